package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluice-sec/sluice/scanner/source/dockerfile"
	"github.com/sluice-sec/sluice/scanner/source/git"
)

func newGitCommand() *cobra.Command {
	var scan scanOptions
	var options git.Options
	var cache cacheOptions
	cmd := &cobra.Command{
		Use:   "git [REPO]",
		Short: "Scan the history of a git repository, a range of it, or what is staged",
		Long: `Scans every object that a ref of the repository reaches, each once: the files of
all commits, merges among them, the messages of commits and tags, notes and the
stash. A finding names the commit that brought it in, every path it was at,
whether it still stands at the tip of a ref, and who removed it. A range scans
what its commits bring in, --staged what the next commit would. Nothing that the
repository's own configuration names is run. REPO is the working directory if it
is not given.
` + exitStatus,
		Example: "  sluice git\n  sluice git --staged\n  sluice git --range origin/main..HEAD\n  sluice git --since 2.weeks --report sarif=sluice.sarif .",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := scan.prepare(cmd)
			if err != nil {
				return err
			}
			path := ownRepository()
			if len(args) > 0 {
				path = args[0]
			}
			if options.Staged && (len(args) == 0 || filepath.Clean(path) == ".") {
				if options.Index, err = indexInUse(); err != nil {
					return err
				}
			}
			source, err := openRepository(cmd.Context(), path, options)
			if err != nil {
				return err
			}
			cache.open(s, options.Limits)
			return s.run(cmd.Context(), source)
		},
	}
	scan.AddFlags(cmd.Flags())
	addGit(cmd.Flags(), &options)
	cache.AddFlags(cmd.Flags())
	return cmd
}

// openRepository opens a repository whose Dockerfiles are read as the builder
// reads them.
func openRepository(ctx context.Context, path string, o git.Options) (*git.Repo, error) {
	expert, err := dockerfile.NewExpert(dockerfile.Options{})
	if err != nil {
		return nil, err
	}
	o.Interpreter = expert
	return git.Open(ctx, path, o)
}

// addGit adds the flags of what of a repository is scanned.
func addGit(fs *pflag.FlagSet, o *git.Options) {
	fs.BoolVar(&o.Staged, "staged", false, "scan what the next commit would add")
	addHistory(fs, o)
}

// addHistory adds those about its history.
func addHistory(fs *pflag.FlagSet, o *git.Options) {
	addLimits(fs, &o.Limits)
	fs.StringArrayVar(&o.Range, "range", nil, "scan what the commits of `A..B` bring in; repeatable")
	fs.StringVar(&o.Since, "since", "", "only commits younger than `DATE`, as git log takes it")
	fs.StringArrayVar(&o.Branches, "branch", nil, "start from this `REF` and not from all; repeatable")
	fs.BoolVar(&o.FirstParent, "first-parent", false, "follow only the first parent of merges")
	fs.IntVar(&o.MaxCount, "max-count", 0, "at most `N` commits")
	fs.BoolVar(&o.Unreachable, "unreachable", false, "also what no ref reaches: reflogs and dangling objects")
	fs.BoolVar(&o.Alternates, "alternates", false, "let the repository borrow objects that belong to another user")
}
