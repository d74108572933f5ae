package cache_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/sluice-sec/sluice/scanner/cache"
)

func open(t *testing.T, folder, key string) *cache.Cache {
	t.Helper()
	c, err := cache.Open(folder, []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCache(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "made")
	c := open(t, folder, "one")
	for i := range 20_000 {
		c.Add(cache.NameOf("blob", fmt.Sprint(i)))
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = open(t, folder, "one")
	for i := range 20_000 {
		if !c.Has(cache.NameOf("blob", fmt.Sprint(i))) {
			t.Fatalf("%d is not known", i)
		}
	}
	if c.Has(cache.NameOf("blob")) || c.Has(cache.NameOf("b", "lob1")) {
		t.Error("knows what was not added")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = open(t, folder, "two")
	defer c.Close()
	if c.Has(cache.NameOf("blob", "1")) {
		t.Error("believes what was scanned under another key")
	}
}

// TestDamaged: what is no cache, or not whole, is made anew.
func TestDamaged(t *testing.T) {
	folder := t.TempDir()
	c := open(t, folder, "key")
	for i := range 5000 {
		c.Add(cache.NameOf(fmt.Sprint(i)))
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(folder, "*.db"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	good, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	damage := map[string][]byte{
		"empty": {}, "text": []byte("not a cache"), "cut": good[:len(good)/2], "short": good[:100], "zeros": make([]byte, len(good)),
		"doubled": append(bytes.Clone(good), good...),
	}
	for at := 0; at < len(good); at += 4096 {
		page := bytes.Clone(good)
		for i := at; i < min(at+64, len(page)); i++ {
			page[i] ^= 0xa5
		}
		damage[fmt.Sprint("page ", at)] = page
	}
	for name, data := range damage {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(found[0], data, 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := cache.Open(folder, []byte("key"))
			if err != nil {
				t.Fatalf("not made anew: %v", err)
			}
			for i := range 5000 {
				if c.Has(cache.NameOf(fmt.Sprint(i))) {
					t.Fatalf("believes %d", i)
				}
			}
			c.Add(cache.NameOf("new"))
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			again := open(t, folder, "key")
			defer again.Close()
			if !again.Has(cache.NameOf("new")) {
				t.Error("the one made anew does not remember")
			}
		})
	}
}
