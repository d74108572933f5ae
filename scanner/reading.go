package scanner

import (
	"slices"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/classify"
)

// A Reading is all that matters of a path to what is found in a file there: of
// two paths with equal readings content is judged alike. It is comparable.
type Reading struct {
	file classify.File
	on   string // a bit for each expression about paths: whether it matches
}

// A Judge is a sink that tells how it reads paths, for a source in which one
// content stands at many.
type Judge interface {
	// Reading is safe for concurrent use.
	Reading(path string) Reading
}

var _ Judge = (*collector)(nil)

// Reading implements Judge.
func (c *collector) Reading(path string) Reading {
	bits := make([]byte, (len(c.scanner.paths)+7)/8)
	for i, p := range c.scanner.paths {
		if p.MatchString(path) {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return Reading{*classify.FileOf(path), string(bits)}
}

// pathsOf returns the expressions about paths that a set has, each once.
func pathsOf(set *rules.Set) []*rules.Pattern {
	var all []*rules.Pattern
	known := map[string]bool{}
	add := func(of []*rules.Pattern) {
		for _, p := range of {
			if !known[p.String()] {
				known[p.String()] = true
				all = append(all, p)
			}
		}
	}
	for _, a := range set.Allow() {
		add(a.Paths)
	}
	for _, r := range set.Rules() {
		add(r.Paths)
		for _, a := range r.Allow {
			add(a.Paths)
		}
	}
	return slices.Clip(all)
}
