package scanner

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/cache"
)

// Options say how to scan. Only Rules must be given.
type Options struct {
	Rules *rules.Set
	// MaxHits bounds how many matches are kept, MaxHitBytes how many bytes of
	// their values; what is beyond is counted in a problem. Defaults: 200,000
	// and 64 MiB.
	MaxHits     int
	MaxHitBytes int64
	// Policy is what people decided to live with; nil hides nothing.
	Policy *Policy
	// Excerpts keeps what stands round each finding: Finding.Excerpt.
	Excerpts bool
	// Profile counts what each rule costs, which itself costs some; see
	// Scanner.Profile.
	Profile bool
	// Cache, if set, remembers the git objects and layers that nothing was found in. It must
	// be of these rules and of all other options that decide what is found.
	Cache *cache.Cache
	// Log takes what is worth telling beside the report; nil is silence.
	Log *slog.Logger
}

// A Scanner finds what its rules describe in what sources read. It is
// immutable and safe for concurrent use.
type Scanner struct {
	rules    *rules.Set
	detector *detector
	byPath   []*rules.Rule
	paths    []*rules.Pattern // that anything depends on
	wants    wants
	opts     Options
}

// New makes a rule set ready to run.
func New(o Options) (*Scanner, error) {
	if o.MaxHits == 0 {
		o.MaxHits = 200_000
	}
	if o.MaxHitBytes == 0 {
		o.MaxHitBytes = 64 << 20
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d, err := newDetector(o.Rules)
	if err != nil {
		return nil, err
	}
	if o.Profile {
		d.meter = &meter{counts: make([]count, len(d.plans))}
	}
	s := &Scanner{rules: o.Rules, detector: d, opts: o, paths: pathsOf(o.Rules)}
	s.wants = wants{allowances: o.Policy != nil && !o.Policy.NoInline, excerpt: o.Excerpts}
	for _, r := range o.Rules.Rules() {
		if r.Expr == "" {
			s.byPath = append(s.byPath, r)
		}
	}
	return s, nil
}

// Scan reads the sources one after the other and reports what they hold. It
// always returns a report; what went wrong is in its problems, a cancelled
// context included.
func (s *Scanner) Scan(ctx context.Context, sources ...Source) *Report {
	start := time.Now()
	c := &collector{scanner: s}
	r := &Report{}
	var hits []*Hit
	for _, source := range sources {
		r.Targets = append(r.Targets, targets(source)...)
		if err := source.Scan(ctx, c); err != nil {
			c.Problem(&Origin{Path: source.Name()}, interrupted(ctx, err))
		}
		found := c.take()
		if a, ok := source.(Attributor); ok && len(found) > 0 {
			if err := a.Attribute(ctx, found); err != nil {
				c.Problem(&Origin{Path: source.Name()}, interrupted(ctx, err))
			}
		}
		hits = append(hits, slices.DeleteFunc(found, func(h *Hit) bool { return h.Covered })...)
		if p, ok := source.(interface{ Images() []Image }); ok {
			r.Images = append(r.Images, p.Images()...)
		}
	}
	findings, m := group(hits)
	c.report(r)
	s.decide(ctx, r, findings)
	m.report(r)
	r.Stats.ElapsedMS = time.Since(start).Milliseconds()
	return r
}

// targets returns what a source reads, one by one where it says so.
func targets(s Source) []string {
	if several, ok := s.(interface{ Targets() []string }); ok {
		return several.Targets()
	}
	return []string{s.Name()}
}

// interrupted says of an error that follows from a cancelled context what it
// means to the reader of the report.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return errors.New("the scan was interrupted; what was read until then is reported")
	}
	return err
}
