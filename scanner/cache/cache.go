// Package cache remembers from run to run which content nothing was found in.
// Cache is its one type. It knows of no content what it is: only that some of
// that name was scanned whole, under a key that stands for all that decides what
// is found.
package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A Name stands for content at a place: a hash of both.
type Name [16]byte

// names is the bucket that the names are in.
var names = []byte("names")

// NameOf hashes what tells content from other content, and where it is.
func NameOf(parts ...string) Name {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return Name(h.Sum(nil)[:16])
}

const (
	file = "sluice-cache.db"
	// mostBytes bounds the file of a cache that is believed.
	mostBytes = 1 << 30
	// wait is how long another run may hold the file.
	wait = 200 * time.Millisecond
	// atOnce is how many names are kept in memory before they are written.
	atOnce = 8 << 10
)

// A Cache holds names in a file. It is safe for concurrent use.
type Cache struct {
	path string
	key  []byte
	db   *bolt.DB

	mu  sync.Mutex
	new []Name
	err error
}

// Open opens the cache in a folder, which is made if need be. What is not a
// cache of this key, or not as a run left it that ended well, is thrown away: it
// is never believed. The error is that there can be none.
func Open(folder string, key []byte) (*Cache, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	c := &Cache{path: filepath.Join(folder, file), key: key}
	// The library trusts what it reads: it is given only what it wrote itself.
	if seal, err := c.seal(); err != nil || seal != sealed(c.path) {
		if err := os.Remove(c.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, wrap(err)
		}
	}
	var err error
	c.db, err = bolt.Open(c.path, 0o600, &bolt.Options{Timeout: wait, NoFreelistSync: true, FreelistType: bolt.FreelistMapType, NoSync: true})
	if err != nil {
		return nil, wrap(err)
	}
	err = c.db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(names)
		return err
	})
	if err != nil {
		return nil, wrap(errors.Join(err, c.db.Close()))
	}
	return c, nil
}

func wrap(err error) error {
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return nil
}

// seal is a hash of the key and of all of the file.
func (c *Cache) seal() (string, error) {
	f, err := os.Open(c.path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > mostBytes {
		return "", errors.Join(err, errors.New("no file of a cache"))
	}
	h := sha256.New()
	fmt.Fprintf(h, "sluice cache 1 %d:%s", len(c.key), c.key)
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// sealed is the seal that the last run left.
func sealed(path string) string {
	text, _ := os.ReadFile(path + ".seal")
	return string(text)
}

// Has reports whether the name was added, in this run or an earlier one, and
// written.
func (c *Cache) Has(n Name) (found bool) {
	_ = c.db.View(func(tx *bolt.Tx) error {
		found = tx.Bucket(names).Get(n[:]) != nil
		return nil
	})
	return found
}

// Add adds a name.
func (c *Cache) Add(n Name) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.new = append(c.new, n)
	if len(c.new) >= atOnce {
		c.flush()
	}
}

// flush writes the new names, with the lock held.
func (c *Cache) flush() {
	err := c.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(names)
		for _, n := range c.new {
			if err := b.Put(n[:], []byte{}); err != nil {
				return err
			}
		}
		return nil
	})
	c.new = c.new[:0]
	c.err = errors.Join(c.err, err)
}

// Close writes what is new, and seals the file. The error is that the next run
// will not know it.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flush()
	if err := errors.Join(c.err, c.db.Sync(), c.db.Close()); err != nil {
		return wrap(err)
	}
	seal, err := c.seal()
	if err == nil {
		err = os.WriteFile(c.path+".seal", []byte(seal), 0o600)
	}
	return wrap(err)
}
