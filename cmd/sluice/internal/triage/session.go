// Package triage walks through findings with a person, who decides of each what
// is to be done about it. Session is its principal type: it knows the findings
// and the decisions, and nothing of a terminal; Run shows it on one.
package triage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// A Choice is what can be decided of a finding.
type Choice uint8

const (
	Undecided Choice = iota
	Known            // it is a secret, and the baseline is to know it
	NoSecret         // it is none: its fingerprint is to be ignored
	NoMatter         // what the file holds is never one: its path is to be ignored
)

func (c Choice) String() string {
	return [...]string{"undecided", "to the baseline", "ignored by fingerprint", "ignored by path"}[c]
}

// A Session is a walk through findings. It is for one goroutine.
type Session struct {
	findings  []scanner.Finding
	decisions []decision
	at        int
	reason    string // the last one given
}

type decision struct {
	choice Choice
	reason string
}

// New begins a session at the first of the findings.
func New(findings []scanner.Finding) *Session {
	return &Session{findings: findings, decisions: make([]decision, len(findings))}
}

// Len returns the number of findings.
func (s *Session) Len() int { return len(s.findings) }

// At returns the index of the finding at hand, and Finding the finding.
func (s *Session) At() int { return s.at }

// Finding returns the finding at hand.
func (s *Session) Finding() *scanner.Finding { return &s.findings[s.at] }

// Decision returns what was decided of the finding at hand, and why.
func (s *Session) Decision() (Choice, string) {
	d := s.decisions[s.at]
	return d.choice, d.reason
}

// Reason returns the last reason that was given: many findings have the same.
func (s *Session) Reason() string { return s.reason }

// Move goes on by some findings, or back, and stops at either end.
func (s *Session) Move(by int) { s.at = min(max(s.at+by, 0), len(s.findings)-1) }

// May reports why a choice cannot be made for the finding at hand.
func (s *Session) May(c Choice) error {
	if c != NoMatter {
		return nil
	}
	_, err := patterns(s.Finding())
	return err
}

// Decide notes a choice and goes on to the next finding that has none, if there
// is one. It needs a reason of one line.
func (s *Session) Decide(c Choice, reason string) error {
	if err := s.May(c); err != nil {
		return err
	}
	reason = strings.Join(strings.Fields(reason), " ")
	switch {
	case reason == "":
		return errors.New("a reason is needed, for whoever reads it later")
	case len(reason) > 300:
		return errors.New("a reason has at most 300 bytes")
	case strings.Contains(reason, "until:"):
		return errors.New("until: is written into the file by hand")
	}
	s.decisions[s.at], s.reason = decision{c, reason}, reason
	for i := range s.decisions {
		if next := (s.at + i) % len(s.decisions); s.decisions[next].choice == Undecided {
			s.at = next
			break
		}
	}
	return nil
}

// Undo takes back what was decided of the finding at hand.
func (s *Session) Undo() { s.decisions[s.at] = decision{} }

// Decided returns how many findings have a decision.
func (s *Session) Decided() int {
	n := 0
	for _, d := range s.decisions {
		if d.choice != Undecided {
			n++
		}
	}
	return n
}

// Known returns the findings that go to the baseline, by reason, in order.
func (s *Session) Known() (reasons []string, findings map[string][]scanner.Finding) {
	findings = map[string][]scanner.Finding{}
	for i, d := range s.decisions {
		if d.choice == Known {
			if findings[d.reason] == nil {
				reasons = append(reasons, d.reason)
			}
			findings[d.reason] = append(findings[d.reason], s.findings[i])
		}
	}
	return reasons, findings
}

// Ignores returns the lines that go to the ignore file.
func (s *Session) Ignores() []string {
	var lines []string
	for i, d := range s.decisions {
		entries := []string{s.findings[i].Fingerprint}
		switch d.choice {
		case NoMatter:
			entries, _ = patterns(&s.findings[i]) // Decide saw to it
		case NoSecret:
		default:
			continue
		}
		for _, e := range entries {
			if line := e + "  # " + d.reason; !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// mostPatterns bounds the paths of one finding that are ignored one by one.
const mostPatterns = 20

// patterns returns entries of an ignore file for the paths that a finding is
// at.
func patterns(f *scanner.Finding) ([]string, error) {
	var all []string
	for i := range f.Occurrences {
		o := f.Occurrences[i].Origin
		if o.Path == "" || strings.Contains(o.Path, "****") || strings.TrimSpace(o.Path) != o.Path || strings.ContainsAny(o.Path, "\n\r") {
			return nil, fmt.Errorf("the path %.60q cannot be written into an ignore file", o.Path)
		}
		entry := "/" + escaped.Replace(o.Path)
		switch o.Kind {
		case scanner.InLayer, scanner.Config, scanner.History, scanner.Blob:
			entry = "image:" + entry
		}
		if !slices.Contains(all, entry) {
			all = append(all, entry)
		}
	}
	if len(all) > mostPatterns {
		return nil, fmt.Errorf("it is in %d files; ignore a folder by hand", len(all))
	}
	return all, nil
}

var escaped = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`, "#", `\#`, "!", `\!`)
