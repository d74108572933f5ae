package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluice-sec/sluice/scanner/source/dockerfile"
	"github.com/sluice-sec/sluice/scanner/source/files"
)

func newDirCommand() *cobra.Command {
	var scan scanOptions
	var dir files.Options
	cmd := &cobra.Command{
		Use:   "dir PATH...",
		Short: "Scan directories and files",
		Long: `Scans every file below the paths, archives included. Dockerfiles are read by what
their variables stand for, and a file that one copies into an image is said to
end up there. Symbolic links and version control folders are skipped and named in
the report. Paths in reports are relative to the repository's root, else to the
working directory.
` + exitStatus,
		Example: "  sluice dir .\n  sluice dir --gitignore --report sarif=sluice.sarif .",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			s, err := scan.prepare(cmd)
			if err != nil {
				return err
			}
			source, err := openFiles(paths, dir)
			if err != nil {
				return err
			}
			return s.run(cmd.Context(), source)
		},
	}
	scan.AddFlags(cmd.Flags())
	addFiles(cmd.Flags(), &dir)
	return cmd
}

// addFiles adds the flags of what of the files below paths is scanned.
func addFiles(fs *pflag.FlagSet, o *files.Options) {
	addLimits(fs, &o.Limits)
	fs.BoolVar(&o.GitIgnore, "gitignore", false, "leave out what .gitignore files name")
	fs.StringArrayVar(&o.Exclude, "exclude", nil, "leave out what this `PATTERN` names, in the syntax of .gitignore; repeatable")
}

// openFiles returns the source of what lies at the paths, of which there is at
// least one, Dockerfiles read by what their variables stand for.
func openFiles(paths []string, o files.Options) (*files.Dir, error) {
	var err error
	if o.Base, err = reportBase(paths[0]); err != nil {
		return nil, err
	}
	if o.Expert, err = dockerfile.NewExpert(dockerfile.Options{Base: o.Base, Limits: o.Limits}); err != nil {
		return nil, err
	}
	return files.Open(paths, o)
}

// reportBase returns the folder that paths in reports are relative to: the
// root of the repository that holds the path, else the working directory.
func reportBase(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if root, found := repositoryRoot(absolute); found {
		return root, nil
	}
	return os.Getwd()
}
