package hook

import "strings"

// script is what git runs, in POSIX sh. Without sluice it refuses: a check that
// is silently gone is worse than none.
func script(name, program string) string {
	run := `[ ! -x "$before" ] || "$before" "$@" || exit $?`
	call := `exec "$sluice" hook run ` + name + ` "$@"`
	if name == PrePush { // both read what is pushed
		run = `lines=$(cat)
[ ! -x "$before" ] || printf '%s\n' "$lines" | "$before" "$@" || exit $?`
		call = `printf '%s\n' "$lines" | "$sluice" hook run ` + name + ` "$@"`
	}
	return strings.NewReplacer("@MARK", mark, "@NAME", name, "@KEPT", kept, "@PROGRAM", quote(program), "@RUN", run, "@CALL", call).Replace(`#!/bin/sh
@MARK
# SLUICE_SKIP=1 in the environment leaves the check out, once.
before=$0@KEPT
@RUN
[ -z "$SLUICE_SKIP" ] || exit 0
sluice=$(command -v sluice) || sluice=@PROGRAM
if [ ! -x "$sluice" ]; then
	echo "sluice: the @NAME hook does not find the program, neither on PATH nor at $sluice" >&2
	echo "  go install github.com/sluice-sec/sluice/cmd/sluice@latest" >&2
	echo "  or, this once: SLUICE_SKIP=1 git ..., and for good: rm $0" >&2
	exit 1
fi
@CALL
`)
}

// quote makes a text one word of sh.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
