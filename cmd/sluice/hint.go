package main

import (
	"errors"
	"strings"
)

// hintFor returns the next thing to type, for errors that know it and for
// those of the command-line library.
func hintFor(err error) string {
	var hinted interface{ Hint() string }
	switch text := err.Error(); {
	case errors.As(err, &hinted):
		return hinted.Hint()
	case strings.HasPrefix(text, "unknown command"), strings.HasPrefix(text, "unknown flag"),
		strings.HasPrefix(text, "unknown shorthand"), strings.Contains(text, "arg(s)"):
		return "`sluice --help` lists the commands, `sluice COMMAND --help` its flags"
	}
	return ""
}
