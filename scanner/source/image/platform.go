package image

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// A platformChoice says which images of an index are wanted.
type platformChoice struct {
	all  bool
	want []v1.Platform // in the order of preference
	any  bool          // if there is none of those, the first one will do
}

// parsePlatform reads "os/arch[/variant]", "all" or nothing.
func parsePlatform(s string) (platformChoice, error) {
	switch s {
	case "all":
		return platformChoice{all: true}, nil
	case "":
		return platformChoice{any: true, want: []v1.Platform{
			{OS: "linux", Architecture: runtime.GOARCH},
			{OS: "linux", Architecture: "amd64"},
		}}, nil
	}
	parts := strings.Split(strings.ToLower(s), "/")
	if len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
		return platformChoice{}, fmt.Errorf("platform %q: want os/arch, os/arch/variant or all", s)
	}
	p := v1.Platform{OS: parts[0], Architecture: parts[1]}
	if len(parts) == 3 {
		p.Variant = parts[2]
	}
	return platformChoice{want: []v1.Platform{p}}, nil
}

// platformName writes a platform as users do; one that is not known is "".
func platformName(p *v1.Platform) string {
	if p == nil || p.OS == "" || p.OS == "unknown" {
		return ""
	}
	name := p.OS + "/" + p.Architecture
	if p.Variant != "" {
		name += "/" + p.Variant
	}
	return name
}

// satisfies reports whether have is what was asked for. A variant counts only
// if it was given; v8 is the one that arm64 has without saying so.
func satisfies(have *v1.Platform, want v1.Platform) bool {
	if have == nil || have.OS != want.OS || have.Architecture != want.Architecture {
		return false
	}
	variant := have.Variant
	if have.Architecture == "arm64" {
		variant = cmp.Or(variant, "v8")
	}
	return want.Variant == "" || want.Variant == variant
}

// pick returns the index of the image that is wanted among these, or -1.
func (c platformChoice) pick(images []*leaf) int {
	for _, want := range c.want {
		if i := slices.IndexFunc(images, func(l *leaf) bool { return satisfies(l.platform, want) }); i >= 0 {
			return i
		}
	}
	if !c.any || len(images) == 0 {
		return -1
	}
	return max(0, slices.IndexFunc(images, func(l *leaf) bool { return platformName(l.platform) != "" }))
}

// choose returns which of the leaves are wanted: one image under each root,
// its attestations, and whatever is for no platform.
func (c platformChoice) choose(ref string, leaves []*leaf) ([]*leaf, error) {
	if c.all {
		return leaves, nil
	}
	chosen := map[v1.Hash]*leaf{}
	roots := map[int][]*leaf{}
	var have []string
	for _, l := range leaves {
		if l.kind == imageLeaf {
			roots[l.root] = append(roots[l.root], l)
			have = append(have, cmp.Or(platformName(l.platform), "unknown"))
		}
	}
	for _, images := range roots {
		if i := c.pick(images); i >= 0 {
			chosen[images[i].desc.Digest] = images[i]
		}
	}
	if len(chosen) == 0 && len(have) > 0 {
		return nil, &ReferenceError{Ref: ref, Have: held(have), Err: errors.New("no image for platform " + platformName(&c.want[0]))}
	}
	var list []*leaf
	for _, l := range leaves {
		switch {
		case l.kind == imageLeaf && chosen[l.desc.Digest] != l:
		case l.kind == attestationLeaf && chosen[l.subject] == nil:
		default:
			list = append(list, l)
		}
	}
	return list, nil
}
