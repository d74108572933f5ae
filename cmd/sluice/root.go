package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker in releases.
var version = ""

const exitStatus = `
Exit status:
  0   no secrets at or above the threshold, everything read
  1   secrets found
  2   usage error, or something could not be read (wins over 1 and over
      --exit-zero; --allow-incomplete lifts it)
  70  a bug in sluice
`

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "sluice",
		Short: "Find leaked secrets where containers are made and shipped",
		Long: `sluice finds leaked secrets in container images (every layer, deleted files
included), their configuration and history, in Dockerfiles, the history of git,
directories and pipes. It parts secrets, which open something, from identifiers,
which only name it.
` + exitStatus,
		Version:       buildVersion(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("sluice {{.Version}}\n")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		newImageCommand(),
		newGitCommand(),
		newCICommand(),
		newHookCommand(),
		newDockerfileCommand(),
		newDirCommand(),
		newStdinCommand(),
		newBaselineCommand(),
		newTriageCommand(),
		newRulesCommand(),
		newDemoCommand(),
	)
	return root
}

// buildVersion is the release, else what the go command recorded.
func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
