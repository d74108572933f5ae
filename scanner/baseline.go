package scanner

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Baseline is a list of secrets that a project knows and lives with. It holds
// no secret, only what recognises one: a keyed hash. An entry holds as long as
// the value is the same, wherever it moves, and no further than the circle of
// people it was known in.
type Baseline struct {
	name    string // of the file
	salt    []byte
	cost    cost
	entries []BaselineEntry
	byKnown map[string]int
}

// A BaselineEntry is one secret that a baseline knows.
type BaselineEntry struct {
	// Known recognises the value: "hmac-sha256:" or "scrypt:" and hex digits.
	Known string `json:"known"`
	// Rule and Place are for people: the rule and where it was found.
	Rule  string `json:"rule"`
	Place string `json:"place"`
	// Circles are those it was known in, the narrowest first: the entry hides
	// it in the widest, and whatever is narrower.
	Circles []Circle `json:"circles"`
	// Reason, By and When say why, who and when; Until ends the decision.
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	When   time.Time `json:"when"`
	Until  *Date     `json:"until,omitempty"`

	line int
}

// A Decision is what a person says of secrets that a baseline is to know.
type Decision struct {
	Reason, By string
	When       time.Time
	Until      *Date // nil is never
}

// A Date is a day without a time.
type Date time.Time

// ParseDate reads "2006-01-02".
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Date{}, fmt.Errorf("%.20q is not a date, as 2027-01-31 is", text)
	}
	return Date(t), nil
}

func (d Date) String() string { return time.Time(d).Format(time.DateOnly) }

// MarshalText returns the date as ParseDate takes it.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDate.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// over reports whether the day has passed, in any zone of the world.
func (d *Date) over(now time.Time) bool {
	return d != nil && now.UTC().After(time.Time(*d).Add(36*time.Hour))
}

// baselineDocument is the file. Fields may be added with a new version only.
type baselineDocument struct {
	About   string          `json:"about"`
	Version int             `json:"version"`
	Salt    []byte          `json:"salt"`
	Scrypt  cost            `json:"scrypt"`
	Entries []BaselineEntry `json:"entries"`
}

const (
	baselineVersion = 1
	aboutBaseline   = "Secrets that this project knows of: keyed hashes, no values. Made by sluice baseline; people edit reason, by and until."
	saltLength      = 32
)

// NewBaseline returns an empty baseline with a salt of its own. The name is for
// messages.
func NewBaseline(name string) *Baseline {
	b := &Baseline{name: name, salt: make([]byte, saltLength), cost: usualCost, byKnown: map[string]int{}}
	_, _ = rand.Read(b.salt) // it cannot fail
	return b
}

// Entries returns what the baseline knows. The caller must not change it.
func (b *Baseline) Entries() []BaselineEntry { return b.entries }

// MaxBaseline bounds the file of a baseline, in bytes.
const MaxBaseline = 8 << 20

// Encode returns the file. Its entries are ordered by their hashes, so that two
// branches seldom change the same lines.
func (b *Baseline) Encode() ([]byte, error) {
	entries := append([]BaselineEntry{}, b.entries...)
	slices.SortFunc(entries, func(x, y BaselineEntry) int { return cmp.Compare(x.Known, y.Known) })
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(baselineDocument{aboutBaseline, baselineVersion, b.salt, b.cost, entries}); err != nil {
		return nil, fmt.Errorf("%s: %w", b.name, err)
	}
	if text.Len() > MaxBaseline {
		return nil, fmt.Errorf("%s: %d entries make more than %d bytes", b.name, len(entries), MaxBaseline)
	}
	return text.Bytes(), nil
}

// Add makes the findings known, each in the circles where it stands, and
// returns how many are new and how many were known in a narrower circle. A
// finding that is known as widely stays as it is.
func (b *Baseline) Add(ctx context.Context, findings []Finding, d Decision) (added, widened int, err error) {
	if d.Reason == "" || d.By == "" {
		return 0, 0, errors.New("an entry needs a reason and who gave it")
	}
	known, err := b.recogniseAll(ctx, findings)
	if err != nil {
		return 0, 0, err
	}
	for i := range findings {
		f := &findings[i]
		e := BaselineEntry{
			Known: known[i], Rule: f.Rule.ID, Place: f.Occurrences[0].Origin.FullPath(), Circles: f.circles(),
			Reason: d.Reason, By: d.By, When: d.When.UTC().Truncate(time.Second), Until: d.Until,
		}
		if line := f.Occurrences[0].Span.Line; line > 0 && f.Occurrences[0].Span.Length > 0 {
			e.Place += fmt.Sprintf(":%d", line)
		}
		at, old := b.byKnown[e.Known]
		switch {
		case !old:
			b.byKnown[e.Known] = len(b.entries)
			b.entries = append(b.entries, e)
			added++
		case !b.entries[at].covers(f) || b.entries[at].Until.over(d.When):
			e.Circles = append(e.Circles, b.entries[at].Circles...)
			slices.Sort(e.Circles)
			e.Circles = slices.Compact(e.Circles)
			b.entries[at] = e
			widened++
		}
	}
	return added, widened, nil
}

// widest is the circle up to which the entry hides the value.
func (e *BaselineEntry) widest() Circle { return slices.Max(e.Circles) }

func (e *BaselineEntry) covers(f *Finding) bool { return slices.Max(f.circles()) <= e.widest() }

// Prune removes the entries that a report names as stale, and returns them.
func (b *Baseline) Prune(r *Report) []BaselineEntry {
	stale := map[string]bool{}
	for _, s := range r.Stale {
		if s.Kind == Baselined {
			stale[s.known] = true
		}
	}
	var gone []BaselineEntry
	b.entries = slices.DeleteFunc(b.entries, func(e BaselineEntry) bool {
		if !stale[e.Known] {
			return false
		}
		gone = append(gone, e)
		return true
	})
	clear(b.byKnown)
	for i := range b.entries {
		b.byKnown[b.entries[i].Known] = i
	}
	return gone
}

// suppression is the entry as a report tells it.
func (b *Baseline) suppression(e *BaselineEntry) *Suppression {
	s := &Suppression{
		Kind: Baselined, Reason: e.Reason, By: e.By, When: e.When, Where: fmt.Sprintf("%s:%d", b.name, e.line), known: e.Known,
	}
	if e.Until != nil {
		s.Expires = time.Time(*e.Until)
	}
	return s
}
