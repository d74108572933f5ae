package files

import (
	"io/fs"
	"sync/atomic"
)

// A folder is open until the last of its files was sent.
type folder struct {
	place
	listing
	users atomic.Int32
}

// An entry is what a folder says of what is in it.
type entry struct {
	name string
	kind fs.FileMode // its type
}

func (f *folder) use() { f.users.Add(1) }

// release closes the folder once nobody uses it.
func (w *walker) release(f *folder) {
	if f.users.Add(-1) > 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, f)
	f.listing.close()
}

// use opens a folder, to be released.
func (w *walker) use(p place) (*folder, error) {
	f, err := w.dir.openFolder(p)
	if err != nil {
		return nil, err
	}
	f.use()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open == nil {
		w.open = map[*folder]bool{}
	}
	w.open[f] = true
	return f, nil
}

// close closes the folders of the work that was given up.
func (w *walker) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for f := range w.open {
		f.listing.close()
	}
	w.open = nil
}
