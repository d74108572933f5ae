package scanner

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Policy is what people decided to live with, as it was read from places that
// may say so. The zero value believes comments in the working tree and nothing
// else. It is not changed by a scan.
type Policy struct {
	Baseline *Baseline
	Ignores  []*IgnoreFile
	// NoInline believes no comments.
	NoInline bool
	// OwnHistory believes comments in commits too: they are the user's own, on
	// their way out.
	OwnHistory bool
	// Stale says of the circles that a decision is for whether the scan reads so
	// much of them that one which hides nothing is out of date; nil is never.
	Stale func([]Circle) bool
	// Now is when decisions that end are held against; zero is the present.
	Now time.Time
}

// A judgement holds findings against a policy.
type judgement struct {
	*Policy
	now   time.Time
	used  [][]bool // entries of each ignore file that hid something
	met   []map[string][]int
	known []bool // entries of the baseline that something matched
}

// decide parts the findings into those that are reported and those that
// somebody decided to live with. A finding is hidden if every place of it is:
// one place that nobody spoke of, and the whole of it is shown, since the places
// that were allowed tell how the value got there.
func (s *Scanner) decide(ctx context.Context, r *Report, findings []Finding) {
	if s.opts.Policy == nil {
		r.Findings = findings
		return
	}
	j := &judgement{Policy: s.opts.Policy, now: s.opts.Policy.Now}
	if j.now.IsZero() {
		j.now = time.Now()
	}
	for _, f := range j.Ignores {
		j.used = append(j.used, make([]bool, len(f.entries)))
		j.met = append(j.met, map[string][]int{})
	}
	entries := make([]int, len(findings))
	for i := range entries {
		entries[i] = -1
	}
	if b := j.Baseline; b != nil {
		var left int
		j.known = make([]bool, len(b.entries))
		if entries, left = b.find(ctx, findings); left > 0 {
			s.opts.Log.Warn(fmt.Sprintf("%s: %d values that people made were not compared with it, and are shown: there are too many", b.name, left))
		}
	}
	// Most are shown, and stay where they are.
	shown := findings[:0]
	for i := range findings {
		f := &findings[i]
		if f.Suppression = j.judge(f, entries[i]); f.Suppression != nil {
			r.Hidden = append(r.Hidden, *f)
		} else if shown = shown[:len(shown)+1]; len(shown) <= i {
			shown[len(shown)-1] = *f
		}
	}
	if len(shown) > 0 {
		r.Findings = shown
	}
	r.Suppressed += len(r.Hidden)
	r.Stale = j.stale()
}

// judge returns why a finding is hidden, the reason at its first place, or nil.
func (j *judgement) judge(f *Finding, entry int) *Suppression {
	if entry >= 0 {
		j.known[entry] = true
	}
	var first *Suppression
	all := true
	var since [][]int
	for _, file := range j.Ignores {
		since = append(since, file.sinceCommit(f))
	}
	for i := range f.Occurrences {
		s := j.at(f, &f.Occurrences[i], entry, since)
		if s == nil {
			all = false
		} else if first == nil {
			first = s
		}
	}
	if all {
		return first
	}
	j.explain(f, entry)
	return nil
}

// at returns why an occurrence is hidden. Every decision is asked, so that the
// ones that could hide something are not called stale.
func (j *judgement) at(f *Finding, at *Occurrence, entry int, since [][]int) *Suppression {
	var why *Suppression
	if len(at.allowances) > 0 && j.believes(at.Origin) {
		ids := f.ruleIDs()
		for i := range at.allowances {
			if a := &at.allowances[i]; a.allows(ids) {
				why = &Suppression{Kind: Inline, Reason: a.reason, Where: fmt.Sprintf("%s:%d", at.Origin.Path, a.line)}
				break
			}
		}
	}
	for n, file := range j.Ignores {
		found := func(i int) {
			if file.entries[i].until.over(j.now) {
				return
			}
			j.used[n][i] = true
			if why == nil {
				why = file.suppression(i)
			}
		}
		file.hides(f, at, j.met[n], found)
		if at.Origin.Kind == InCommit {
			for _, i := range since[n] {
				found(i)
			}
		}
	}
	if why == nil && entry >= 0 {
		if e := &j.Baseline.entries[entry]; at.Origin.Circle() <= e.widest() && !e.Until.over(j.now) {
			why = j.Baseline.suppression(e)
		}
	}
	return why
}

// mostReasons bounds what is told of decisions that do not hide a finding.
const mostReasons = 4

// explain says of a finding that is shown why a decision about it did not hide
// it.
func (j *judgement) explain(f *Finding, entry int) {
	var why []string
	if entry >= 0 {
		e := &j.Baseline.entries[entry]
		where := fmt.Sprintf("%s:%d", j.Baseline.name, e.line)
		switch wide := slices.Max(f.circles()); {
		case e.Until.over(j.now):
			why = append(why, fmt.Sprintf("%s knew it until %s", where, e.Until))
		case wide > e.widest():
			why = append(why, fmt.Sprintf("%s knows it in the %s, and it has reached the %s", where, e.widest(), wide))
		}
	}
	for i := range f.Occurrences {
		at := &f.Occurrences[i]
		for k := range at.allowances {
			text := at.allowances[k].refusal(f.ruleIDs(), j.believes(at.Origin))
			if text != "" && !slices.Contains(why, text) && len(why) < mostReasons {
				why = append(why, text)
			}
		}
	}
	if len(why) > 0 {
		f.Reason += "; " + strings.Join(why, "; ")
	}
}

// stale returns the decisions that had nothing to hide, and those that ended.
func (j *judgement) stale() []Suppression {
	var all []Suppression
	for n, f := range j.Ignores {
		for i := range f.entries {
			e := &f.entries[i]
			if e.until.over(j.now) || !j.used[n][i] && j.outdated([]Circle{e.circle()}) {
				all = append(all, *f.suppression(i))
			}
		}
	}
	for i := range j.known {
		e := &j.Baseline.entries[i]
		if e.Until.over(j.now) || !j.known[i] && j.outdated(e.Circles) {
			all = append(all, *j.Baseline.suppression(e))
		}
	}
	return all
}

func (j *judgement) outdated(circles []Circle) bool { return j.Stale != nil && j.Stale(circles) }
