package scanner

import (
	"sync"

	"github.com/sluice-sec/sluice/scanner/cache"
)

var _ Keeper = (*collector)(nil)

// A dirt remembers which git objects of a scan must be read again in the next.
type dirt struct {
	mu      sync.Mutex
	objects map[string]bool
}

func (d *dirt) mark(o *Origin) {
	if o.Object == "" {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.objects == nil {
		d.objects = map[string]bool{}
	}
	d.objects[o.Object] = true
}

func (d *dirt) has(object string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.objects[object]
}

// Clean implements Keeper.
func (c *collector) Clean(object, path string) bool {
	k := c.scanner.opts.Cache
	return k != nil && k.Has(cache.NameOf(object, path))
}

// Whole implements Keeper.
func (c *collector) Whole(o *Origin) {
	if k := c.scanner.opts.Cache; k != nil && !c.dirt.has(o.Object) {
		k.Add(cache.NameOf(o.Object, o.Path))
	}
}
