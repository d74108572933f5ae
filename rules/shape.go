package rules

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	mostText    = 32 << 10 // bytes of all texts in a shape
	mostOfClass = 8        // letters, to be listed one by one
)

// shape is what a piece of an expression can match: its length in bytes, all
// the texts it matches or starts with where they are few, and the literals
// that every match holds one of. ASCII letters are lower-cased; nil: too many
// to list.
type shape struct {
	min, max int
	exact    []string
	heads    []string // exact, where that is known
	taken    []string // of a piece that can be left out, what it starts with where it is not
	anchors  []Anchor // offsets count from the start of this piece
}

// listed returns the shape of a piece that matches these texts.
func listed(least, most int, exact []string) shape {
	return shape{min: capped(least), max: capped(most), exact: exact, heads: exact}
}

func literal(re *syntax.Regexp) shape {
	fold := re.Flags&syntax.FoldCase != 0
	var text strings.Builder
	shortest, longest, exact := 0, 0, true
	for _, r := range re.Rune {
		least, most := width(r)
		for f := unicode.SimpleFold(r); fold && f != r; f = unicode.SimpleFold(f) {
			lo, hi := width(f)
			least, most = min(least, lo), max(most, hi)
		}
		shortest, longest = shortest+least, longest+most
		exact = exact && (r < utf8.RuneSelf || !fold) && r != utf8.RuneError
		text.WriteRune(lower(r))
	}
	if exact && text.Len() <= mostText {
		return listed(shortest, longest, []string{text.String()})
	}
	return listed(shortest, longest, nil)
}

// width returns how many bytes of data a rune of an expression can match: the
// replacement character stands for every invalid byte too.
func width(r rune) (least, most int) {
	if r == utf8.RuneError {
		return 1, 3
	}
	n := utf8.RuneLen(r)
	if n < 0 {
		n = 3 // a surrogate, which no data holds
	}
	return n, n
}

func class(ranges []rune) shape {
	if len(ranges) == 0 {
		return shape{} // matches nothing
	}
	shortest, _ := width(ranges[0])
	_, longest := width(ranges[len(ranges)-1])
	exact := []string{}
	for i := 0; i < len(ranges); i += 2 {
		lo, hi := ranges[i], ranges[i+1]
		if lo <= utf8.RuneError && utf8.RuneError <= hi {
			return listed(1, longest, nil)
		}
		for r := lo; exact != nil && r <= hi; r++ {
			if text := string(lower(r)); !slices.Contains(exact, text) {
				exact = append(exact, text)
			}
			if len(exact) > mostOfClass {
				exact = nil
			}
		}
	}
	return listed(shortest, longest, exact)
}

// lower folds what the matcher folds.
func lower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// product lists every text of a before every text of b; nil: too many.
func product(a, b []string) []string {
	if a == nil || b == nil || len(a)*len(b) > mostAnchors {
		return nil
	}
	out := make([]string, 0, len(a)*len(b))
	total := 0
	for _, x := range a {
		for _, y := range b {
			if total += len(x) + len(y); total > mostText {
				return nil
			}
			out = append(out, x+y)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// union lists the texts of both; nil: too many.
func union(a, b []string) []string {
	if a == nil || b == nil || len(a)+len(b) > mostAnchors {
		return nil
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
