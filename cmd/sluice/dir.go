package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

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
			if dir.Base, err = reportBase(paths[0]); err != nil {
				return err
			}
			if dir.Expert, err = dockerfile.NewExpert(dockerfile.Options{Base: dir.Base, Limits: dir.Limits}); err != nil {
				return err
			}
			source, err := files.Open(paths, dir)
			if err != nil {
				return err
			}
			return s.run(cmd.Context(), source)
		},
	}
	scan.AddFlags(cmd.Flags())
	addLimits(cmd.Flags(), &dir.Limits)
	cmd.Flags().BoolVar(&dir.GitIgnore, "gitignore", false, "leave out what .gitignore files name")
	cmd.Flags().StringArrayVar(&dir.Exclude, "exclude", nil, "leave out what this `PATTERN` names, in the syntax of .gitignore; repeatable")
	return cmd
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
