package main

import (
	"cmp"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-sec/sluice/cmd/sluice/internal/ci"
	"github.com/sluice-sec/sluice/cmd/sluice/internal/hook"
	"github.com/sluice-sec/sluice/scanner/source/image"
)

// hintFor returns the next thing to type, "" where nothing is known to help.
func hintFor(err error) string {
	var unknown unknownRule
	var refused *image.RegistryError
	var reference *image.ReferenceError
	var hidden *ci.HiddenError
	var authority x509.UnknownAuthorityError
	var taken *hook.TakenError
	switch text := err.Error(); {
	case errors.As(err, &unknown):
		return unknown.hint()
	case errors.As(err, &taken):
		return takenHint(taken)
	case errors.As(err, &hidden):
		return hidden.Hint
	case errors.As(err, &reference):
		return referenceHint(reference)
	case errors.As(err, &refused) && (refused.Status == http.StatusUnauthorized || refused.Status == http.StatusForbidden):
		return "log in with `docker login " + refused.Host + "`, or give --username and --password-stdin"
	case errors.Is(err, image.ErrPlainHTTP), errors.As(err, &authority):
		return "--insecure allows plain HTTP and certificates that cannot be verified"
	case errors.Is(err, errNoTerminal):
		return "`sluice baseline create` and " + ignoreName + " do without one"
	case errors.Is(err, errNoReason):
		return "`--reason 'known before we had sluice'`"
	case strings.Contains(text, "--profile"):
		return "`--profile cpu=cpu.out,mem=mem.out,trace=trace.out`; `go tool pprof` reads the first two, `go tool trace` the third"
	case strings.HasPrefix(text, "unknown command"), strings.HasPrefix(text, "unknown flag"),
		strings.HasPrefix(text, "unknown shorthand"), strings.Contains(text, "arg(s)"):
		return "`sluice --help` lists the commands, `sluice COMMAND --help` its flags"
	}
	return ""
}

func takenHint(e *hook.TakenError) string {
	arguments := map[string]string{hook.CommitMsg: ` "$1"`, hook.PrePush: ` "$@"`}[e.Name]
	call := "`sluice hook run " + e.Name + arguments + "`"
	switch {
	case strings.Contains(e.Why, "lefthook"):
		return lefthookHint(e.Name)
	case strings.HasSuffix(e.Path, "_"):
		return "write " + call + " into .husky/" + e.Name
	case strings.Contains(e.Why, "changed"):
		return "put other checks into " + e.Name + ".before-sluice, which runs first, and remove this file"
	}
	return "write " + call + " into the hook that is there"
}

// lefthookHint is the line of a lefthook.yml that calls sluice.
func lefthookHint(name string) string {
	command := map[string]string{
		hook.CommitMsg: `"sluice hook run commit-msg {1}"`,
		hook.PrePush:   `"sluice hook run pre-push {1} {2}", use_stdin: true`,
	}[name]
	return "write `sluice: {run: " + cmp.Or(command, "sluice hook run "+name) + "}` below commands of " + name + " in lefthook.yml"
}

func referenceHint(e *image.ReferenceError) string {
	switch {
	case len(e.Try) > 0:
		return "did you mean " + strings.Join(e.Try, " or ") + "?"
	case len(e.Have) > 0:
		return "there is " + strings.Join(e.Have, ", ")
	}
	return ""
}
