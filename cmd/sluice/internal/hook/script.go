package hook

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// mark is the second line of every hook that is ours, and seal the start of the
// third, which ends with a digest of those after it: who changed them would not
// have them overwritten.
const (
	mark = "# Installed by `sluice hook install`; `sluice hook uninstall` takes it out again."
	seal = "# Write other checks into another file: this one is made anew, and sealed. "
)

// script is what git runs, in POSIX sh. Without sluice it refuses: a check that
// is silently gone is worse than none.
func script(name, program string) string {
	run, call, subcommand := `"$before" "$@"`, `exec "$sluice" hook run @NAME -- "$@"`, "commit"
	if name == PrePush {
		run, call, subcommand = `pushed | "$before" "$@"`, `pushed | "$sluice" hook run @NAME -- "$@"`, "push"
	}
	text := `# SLUICE_SKIP=1 in the environment leaves the check out.
here=${0%/*}
[ "$here" != "$0" ] || here=.
before=$here/@NAME@KEPT
`
	if name == PrePush {
		text += `lines=$(cat) # for both
pushed() { [ -z "$lines" ] || printf '%s\n' "$lines"; }
`
	}
	text += `[ ! -x "$before" ] || ` + run + ` || exit $?
if [ "${SLUICE_SKIP:-0}" != 0 ]; then
	echo "sluice: left out, as SLUICE_SKIP says" >&2
	exit 0
fi
sluice=$(command -v sluice) || sluice=@PROGRAM
if [ ! -x "$sluice" ]; then
	echo "sluice: the @NAME hook does not find sluice, neither on PATH nor at $sluice" >&2
	echo "  install it: go install github.com/sluice-sec/sluice/cmd/sluice@latest" >&2
	echo "  this once:  SLUICE_SKIP=1 git @GIT ... or git @GIT --no-verify ..." >&2
	exit 2
fi
` + call + "\n"
	body := strings.NewReplacer("@NAME", name, "@KEPT", kept, "@GIT", subcommand, "@PROGRAM", quote(program)).Replace(text)
	return "#!/bin/sh\n" + mark + "\n" + seal + digest(body) + "\n" + body
}

// whose tells of the text of a hook whether it is ours, and whether it is as we
// wrote it, in whatever version.
func whose(text string) (ours, sealed bool) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[1] != mark {
		return false, false
	}
	sum, ok := strings.CutPrefix(lines[2], seal)
	return true, ok && sum == digest(lines[3])
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// quote makes a text one word of sh.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
