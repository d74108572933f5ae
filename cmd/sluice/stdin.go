package main

import (
	"github.com/spf13/cobra"

	"github.com/sluice-sec/sluice/scanner/source/files"
)

func newStdinCommand() *cobra.Command {
	var scan scanOptions
	var name string
	var options files.Options
	cmd := &cobra.Command{
		Use:     "stdin",
		Short:   "Scan what comes in on a pipe",
		Long:    "Scans standard input to its end.\n" + exitStatus,
		Example: "  kubectl get configmaps -o yaml | sluice stdin --name configmaps.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := scan.prepare(cmd)
			if err != nil {
				return err
			}
			return s.run(cmd.Context(), files.Pipe(cmd.InOrStdin(), name, options))
		},
	}
	scan.AddFlags(cmd.Flags())
	addLimits(cmd.Flags(), &options.Limits)
	cmd.Flags().StringVar(&name, "name", "", "`PATH` that the input stands for: rules that look at paths go by it")
	return cmd
}
