package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-sec/sluice/cmd/sluice/internal/demo"
	"github.com/sluice-sec/sluice/reporters"
	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/image"
)

func newDemoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Scan a sample image with planted secrets, without any network",
		Long: `Makes an image with a random secret in each place where they leak, serves it from
a registry on 127.0.0.1, and scans it as ` + "`sluice image`" + ` does.

Exit status: 0 every planted secret was found, 2 one was not.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd) },
	}
}

func runDemo(cmd *cobra.Command) error {
	registry, err := demo.Serve()
	if err != nil {
		return err
	}
	defer registry.Close()
	set, err := rules.Builtin()
	if err != nil {
		return err
	}
	engine, err := scanner.New(scanner.Options{Rules: set})
	if err != nil {
		return err
	}
	source, err := image.Open([]string{registry.Ref}, image.Options{Remote: image.Remote{Insecure: true}, Platform: "all"})
	if err != nil {
		return err
	}
	report := engine.Scan(cmd.Context(), source)
	out := cmd.OutOrStdout()
	table, err := reporters.New("table", terminal(reporters.Options{Version: buildVersion()}, out, ""))
	if err != nil {
		return err
	}
	if err := table.Write(out, report); err != nil {
		return err
	}
	found := 0
	for _, p := range registry.Planted {
		if slices.ContainsFunc(report.Findings, func(f scanner.Finding) bool {
			return f.Kind == rules.Secret && strings.Contains(f.Secret.Reveal(), strings.TrimSpace(p.Value))
		}) {
			found++
			continue
		}
		fmt.Fprintf(out, "not found: %s\n", p.Where)
	}
	fmt.Fprintf(out, "%d of %d planted secrets found\n", found, len(registry.Planted))
	if found < len(registry.Planted) || !report.Complete {
		return exitError{statusIncomplete}
	}
	return nil
}
