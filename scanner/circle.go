package scanner

import (
	"fmt"
	"slices"
)

// A Circle is a group of people who can read what stands somewhere; each holds
// the one before it.
type Circle uint8

const (
	InTree     Circle = iota // whoever has the working tree, the index, the pipe
	InGit                    // whoever clones the repository
	InCache                  // whoever shares the build cache
	InImage                  // whoever has the image
	InRegistry               // whoever may pull it
)

var circleNames = [...]string{"working tree", "git history", "build cache", "image", "registry"}

func (c Circle) String() string { return circleNames[c] }

// MarshalText returns the name of the circle.
func (c Circle) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Circle) UnmarshalText(text []byte) error {
	for i, name := range circleNames {
		if name == string(text) {
			*c = Circle(i)
			return nil
		}
	}
	return fmt.Errorf("%.40q is not one of %q", text, circleNames)
}

// Circle says who can read what stands there. A source that says something it
// does not know is taken to mean an image.
func (o *Origin) Circle() Circle {
	switch {
	case o.Kind.inImage() && o.Published:
		return InRegistry
	case o.Kind.inImage():
		return InImage
	case o.Kind == InCommit:
		return InGit
	case o.Exposed == "", o.Exposed == File.Exposure():
		return InTree
	case o.Exposed == InCache.String():
		return InCache
	}
	return InImage
}

// inImage reports whether what is read there is a part of an image.
func (k OriginKind) inImage() bool {
	return k == InLayer || k == Config || k == History || k == Blob
}

// circles are those of a finding's occurrences, the narrowest first.
func (f *Finding) circles() []Circle {
	var all []Circle
	for i := range f.Occurrences {
		if c := f.Occurrences[i].Origin.Circle(); !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	slices.Sort(all)
	return all
}
