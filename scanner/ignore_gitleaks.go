package scanner

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var commitForm = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// ParseGitleaksIgnores reads a .gitleaksignore: "commit:path:rule:line" or
// "path:rule:line", and comments. What gitleaks calls a rule, ours returns the
// ids of ours for; it may be none. A line of another form ignores nothing, as
// there, and is told in the warnings.
func ParseGitleaksIgnores(name, text string, ours func(id string) []string) (f *IgnoreFile, warnings []string) {
	f = &IgnoreFile{name: name, byPlace: map[string][]int{}}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		e, place, ok := gitleaksEntry(line, ours)
		if !ok || len(f.entries) == maxIgnores {
			if len(warnings) < 20 {
				warnings = append(warnings, fmt.Sprintf("%s:%d: not read: no path:rule:line", name, number))
			}
			continue
		}
		e.line = number
		f.byPlace[place] = append(f.byPlace[place], len(f.entries))
		f.entries = append(f.entries, e)
	}
	return f, warnings
}

// gitleaksEntry reads a line from its end: a path may hold colons.
func gitleaksEntry(text string, ours func(id string) []string) (e ignoreEntry, place string, ok bool) {
	rest, number, ok := cutLast(text)
	if !ok {
		return e, "", false
	}
	line, err := strconv.Atoi(number)
	if err != nil || line < 0 {
		return e, "", false
	}
	rest, rule, ok := cutLast(rest)
	if !ok || rule == "" {
		return e, "", false
	}
	path := rest
	if commit, below, found := strings.Cut(rest, ":"); found && commitForm.MatchString(commit) {
		e.commit, path = commit, below
	}
	e.rules = append([]string{rule}, ours(rule)...)
	e.reason = "entry of gitleaks"
	return e, gitleaksPlace(path, line), path != ""
}

func cutLast(text string) (before, after string, found bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

// gitleaksPlace is a path and a line as entries are found by them: slashes in
// the path, and "!" before what is in an archive.
func gitleaksPlace(path string, line int) string {
	path = strings.ReplaceAll(strings.ReplaceAll(path, `\`, "/"), "!/", "!")
	return fmt.Sprintf("%s:%d", strings.TrimPrefix(path, "./"), line)
}
