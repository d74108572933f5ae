package scanner

import (
	"sync"

	"github.com/sluice-sec/sluice/scanner/cache"
)

var _ Keeper = (*collector)(nil)

// kept is what a cache knows content by: a git object, which is judged by its
// path too, or a layer by the digest that it is stored under. It is empty for
// what is neither, and for a layer that has but the name an image gives it.
func (o *Origin) kept() (id, path string) {
	switch {
	case o.Object != "":
		return o.Object, o.Path
	case o.Layer != nil:
		return o.Layer.Digest, ""
	}
	return "", ""
}

// A dirt remembers the objects and layers of a scan that must be read again in
// the next.
type dirt struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (d *dirt) mark(o *Origin) {
	id, _ := o.kept()
	if id == "" {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ids == nil {
		d.ids = map[string]bool{}
	}
	d.ids[id] = true
}

func (d *dirt) has(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ids[id]
}

// Keeps implements Keeper.
func (c *collector) Keeps() bool { return c.scanner.opts.Cache != nil }

// Clean implements Keeper.
func (c *collector) Clean(o *Origin) bool {
	k := c.scanner.opts.Cache
	id, path := o.kept()
	return k != nil && id != "" && k.Has(cache.NameOf(id, path))
}

// Whole implements Keeper.
func (c *collector) Whole(o *Origin) {
	id, path := o.kept()
	if k := c.scanner.opts.Cache; k != nil && id != "" && !c.dirt.has(id) {
		k.Add(cache.NameOf(id, path))
	}
}

// Found implements Keeper.
func (c *collector) Found() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.hits) > 0
}
