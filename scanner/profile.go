package scanner

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sluice-sec/sluice/rules"
)

// A RuleProfile says what one rule cost in a scan, and what came of it.
type RuleProfile struct {
	Rule *rules.Rule
	// Anchors counts the literals of the rule that were followed, of a rule
	// without any the blocks that it swept. Matches counts what its expression
	// matched, Hits the matches that were taken for a secret or an identifier.
	// One place can count more than once where two anchors of a rule stand in
	// one match.
	Anchors, Matches, Hits int64
	// Time is what all this took, of all goroutines together.
	Time time.Duration
}

// A meter counts what each plan of a detector costs. It is safe for concurrent
// use.
type meter struct{ counts []count }

type count struct{ anchors, matches, hits, nanoseconds atomic.Int64 }

// start returns when a run of a plan starts, if anybody counts; m may be nil.
func (m *meter) start() time.Time {
	if m == nil {
		return time.Time{}
	}
	return time.Now()
}

// ran counts a run of a plan that started when start says.
func (m *meter) ran(plan int32, start time.Time) {
	if m == nil {
		return
	}
	c := &m.counts[plan]
	c.anchors.Add(1)
	c.nanoseconds.Add(int64(time.Since(start)))
}

// Profile returns what each rule that was met cost in all scans so far, the
// dearest first; nil unless Options.Profile was set.
func (s *Scanner) Profile() []RuleProfile {
	if s.detector.meter == nil {
		return nil
	}
	var out []RuleProfile
	for i := range s.detector.meter.counts {
		c := &s.detector.meter.counts[i]
		if c.anchors.Load() == 0 {
			continue
		}
		out = append(out, RuleProfile{
			Rule: s.detector.plans[i].rule, Anchors: c.anchors.Load(), Matches: c.matches.Load(), Hits: c.hits.Load(),
			Time: time.Duration(c.nanoseconds.Load()),
		})
	}
	slices.SortFunc(out, func(a, b RuleProfile) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	return out
}

// count notes a match, and whether it is a hit.
func (d *detector) count(p *plan, h *Hit) {
	if d.meter == nil {
		return
	}
	c := &d.meter.counts[p.index]
	c.matches.Add(1)
	if h != nil {
		c.hits.Add(1)
	}
}
