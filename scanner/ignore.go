package scanner

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// An IgnoreFile lists what is no secret, whatever it looks like. Each line is a
// fingerprint or a pattern of paths, then " # " and why, then, if it ends some
// day, "until:" and a date:
//
//	v1:0d2b…8f3a  # made up for the tests
//	testdata/**   # what the tests read  until: 2027-01-31
//	image:usr/share/doc/**  # examples of the distribution
//
// A pattern is for the files of the working tree, the index and the history of
// git, and one that opens with "image:" for those of images.
type IgnoreFile struct {
	name    string
	entries []ignoreEntry
	byPrint map[string][]int // entries, by fingerprint
	globs   []int            // entries with a pattern
	byPlace map[string][]int // entries of gitleaks, by path and line
}

type ignoreEntry struct {
	line   int
	reason string
	until  *Date
	match  func(path string) bool // of a pattern
	image  bool
	rules  []string // of gitleaks' entries: those it may mean
	commit string
}

// A Glob makes a matcher of a pattern in the syntax of .gitignore.
type Glob func(pattern string) (match func(path string) bool, err error)

// maxIgnores bounds the entries of a file: every path is held against each.
const maxIgnores = 20_000

var (
	fingerprintForm = regexp.MustCompile(`^v[0-9]+:`)
	fingerprintOK   = regexp.MustCompile(`^v1:[0-9a-f]{32}$`)
	untilForm       = regexp.MustCompile(`(?:^|\s)until:\s*(\S+)\s*$`)
)

// ParseIgnores reads an ignore file. All that is wrong with it is in the error,
// a line of it each: the file and the line come first.
func ParseIgnores(name, text string, glob Glob) (*IgnoreFile, error) {
	f := &IgnoreFile{name: name, byPrint: map[string][]int{}}
	var errs []error
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := f.entry(line, number, glob); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, number, err))
		}
		if len(f.entries) > maxIgnores {
			return nil, fmt.Errorf("%s:%d: more than %d entries", name, number, maxIgnores)
		}
		if len(errs) > 20 {
			break
		}
	}
	return f, errors.Join(errs...)
}

func (f *IgnoreFile) entry(line string, number int, glob Glob) error {
	what, reason, found := cutReason(line)
	e := ignoreEntry{line: number, reason: reason}
	if m := untilForm.FindStringSubmatchIndex(reason); m != nil {
		day, err := ParseDate(reason[m[2]:m[3]])
		if err != nil {
			return fmt.Errorf("until: %w", err)
		}
		e.until, e.reason = &day, strings.TrimSpace(reason[:m[0]])
	}
	if !found || e.reason == "" {
		return errors.New(`no reason: write it behind " # "`)
	}
	if len(e.reason) > maxReason {
		return fmt.Errorf("a reason has at most %d bytes", maxReason)
	}
	if fingerprintForm.MatchString(what) {
		if !fingerprintOK.MatchString(what) {
			return fmt.Errorf("%.60q is no fingerprint: they are v1: and 32 hex digits", what)
		}
		f.byPrint[what] = append(f.byPrint[what], len(f.entries))
		f.entries = append(f.entries, e)
		return nil
	}
	what, e.image = strings.CutPrefix(what, "image:")
	if strings.HasPrefix(what, "!") {
		return errors.New("an entry hides; none can show again what another hides")
	}
	var err error
	if e.match, err = glob(what); err != nil {
		return err
	}
	f.globs = append(f.globs, len(f.entries))
	f.entries = append(f.entries, e)
	return nil
}

// cutReason parts a line at the first # that stands behind white space.
func cutReason(line string) (what, reason string, found bool) {
	for i := 1; i < len(line); i++ {
		if line[i] == '#' && (line[i-1] == ' ' || line[i-1] == '\t') {
			return strings.TrimSpace(line[:i]), strings.TrimSpace(line[i+1:]), true
		}
	}
	return line, "", false
}

// hides calls found with each entry that hides an occurrence. Met remembers the
// patterns of paths that were met before, by the path.
func (f *IgnoreFile) hides(of *Finding, at *Occurrence, met map[string][]int, found func(entry int)) {
	for _, i := range f.byPrint[of.Fingerprint] {
		found(i)
	}
	image := at.Origin.Kind.inImage()
	path := at.Origin.FullPath()
	if len(f.globs) > 0 && path != "" {
		covering, known := met[path]
		if !known {
			for _, i := range f.globs {
				if f.entries[i].covers(at.Origin) {
					covering = append(covering, i)
				}
			}
			met[path] = covering
		}
		for _, i := range covering {
			if f.entries[i].image == image {
				found(i)
			}
		}
	}
	if len(f.byPlace) == 0 || image {
		return
	}
	for _, i := range f.byPlace[gitleaksPlace(path, at.Span.Line)] {
		if e := &f.entries[i]; e.commit == "" && of.foundBy(e.rules) {
			found(i)
		}
	}
}

// sinceCommit returns the entries of gitleaks that name a commit which brought
// the value to one of its paths. There such an entry speaks for all that
// follows in the history: what a later commit only moves or renames is no
// finding of its own.
func (f *IgnoreFile) sinceCommit(of *Finding) (entries []int) {
	if len(f.byPlace) == 0 {
		return nil
	}
	for k := range of.Occurrences {
		o, line := of.Occurrences[k].Origin, of.Occurrences[k].Span.Line
		if o.Kind != InCommit || o.Commit == nil {
			continue
		}
		for _, i := range f.byPlace[gitleaksPlace(o.FullPath(), line)] {
			if e := &f.entries[i]; e.commit == o.Commit.ID && of.foundBy(e.rules) {
				entries = append(entries, i)
			}
		}
	}
	return entries
}

// covers reports whether the pattern names the file, or the member of it.
func (e *ignoreEntry) covers(o *Origin) bool {
	return e.match(o.Path) || o.Member != "" && e.match(o.FullPath())
}

// foundBy reports whether one of the rules found it, alone or with others.
func (f *Finding) foundBy(ids []string) bool {
	a := allowance{rules: ids}
	return a.allows(f.ruleIDs())
}

// ruleIDs are those of the rules that matched, the owner's first.
func (f *Finding) ruleIDs() []string { return append([]string{f.Rule.ID}, f.owner.also...) }

func (f *IgnoreFile) suppression(i int) *Suppression {
	e := &f.entries[i]
	s := &Suppression{Kind: Ignored, Reason: e.reason, Where: fmt.Sprintf("%s:%d", f.name, e.line)}
	if e.until != nil {
		s.Expires = time.Time(*e.until)
	}
	return s
}

// circle is the one that the entry is for above all.
func (e *ignoreEntry) circle() Circle {
	switch {
	case e.image:
		return InImage
	case e.commit != "":
		return InGit
	}
	return InTree
}
