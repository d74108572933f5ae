package scanner

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/sourcegraph/conc/pool"
	"golang.org/x/crypto/scrypt"
)

// A cost says how dear it is to try one guess against a hash, in the terms of
// scrypt: it takes 128*N*R bytes.
type cost struct {
	N int `json:"n"`
	R int `json:"r"`
	P int `json:"p"`
}

// usualCost takes 32 MiB and about 80 ms.
var usualCost = cost{N: 1 << 15, R: 8, P: 1}

const (
	quickly = "hmac-sha256:"
	slowly  = "scrypt:"
	// mostDerived bounds the values that one scan derives slowly, and
	// mostBeside how many at a time, since each takes memory.
	mostDerived = 2000
	mostBeside  = 4
)

// check refuses what would take too much, or too little to protect anything.
func (c cost) check() error {
	if c.N < 1<<14 || c.N > 1<<17 || c.N&(c.N-1) != 0 || c.R < 1 || c.P < 1 || c.P > 16 || c.R > 16 || 128*c.N*c.R > 64<<20 {
		return fmt.Errorf("scrypt n=%d r=%d p=%d is out of bounds", c.N, c.R, c.P)
	}
	return nil
}

// domain parts these hashes from others of the same values.
const domain = "sluice baseline v1\x00"

// quick recognises a value that nobody can guess, or guess from a hash alone:
// the salt is in the file, and only keeps two projects' hashes apart.
func (b *Baseline) quick(key string) string {
	m := hmac.New(sha256.New, b.salt)
	m.Write([]byte(domain + key))
	return quickly + hex.EncodeToString(m.Sum(nil))
}

// slow recognises a value that a person made up: each guess costs.
func (b *Baseline) slow(key string) (string, error) {
	sum, err := scrypt.Key([]byte(domain+key), b.salt, b.cost.N, b.cost.R, b.cost.P, 32)
	if err != nil {
		return "", fmt.Errorf("%s: %w", b.name, err)
	}
	return slowly + hex.EncodeToString(sum), nil
}

// slowAll derives several keys side by side.
func (b *Baseline) slowAll(ctx context.Context, keys []string) ([]string, error) {
	out := make([]string, len(keys))
	p := pool.New().WithMaxGoroutines(min(mostBeside, runtime.GOMAXPROCS(0))).WithContext(ctx).WithCancelOnError()
	for i, key := range keys {
		p.Go(func(ctx context.Context) (err error) {
			if err = ctx.Err(); err == nil {
				out[i], err = b.slow(key)
			}
			return err
		})
	}
	return out, p.Wait()
}

// recogniseAll returns for each finding what recognises it.
func (b *Baseline) recogniseAll(ctx context.Context, findings []Finding) ([]string, error) {
	out := make([]string, len(findings))
	var keys []string
	var of []int
	for i := range findings {
		f := &findings[i]
		key := f.owner.key()
		// What is known already by either hash needs no other one.
		if out[i] = b.quick(key); !f.Guessable() || f.owner.pathOnly() {
			continue
		}
		if _, known := b.byKnown[out[i]]; !known {
			keys, of = append(keys, key), append(of, i)
		}
	}
	slow, err := b.slowAll(ctx, keys)
	for i, at := range of {
		out[at] = slow[i]
	}
	return out, err
}

// find returns for each finding the index of the entry that knows it, or -1. It
// derives values slowly only as long as there are entries that need it, those
// first that are most likely known, and reports how many it did not come to.
func (b *Baseline) find(ctx context.Context, findings []Finding) (known []int, left int) {
	known = make([]int, len(findings))
	wanted, likely := 0, map[string]bool{}
	for i := range b.entries {
		if e := &b.entries[i]; strings.HasPrefix(e.Known, slowly) {
			wanted++
			likely[e.Rule] = true
		}
	}
	var ask []int
	for i := range findings {
		f := &findings[i]
		at, ok := b.byKnown[b.quick(f.owner.key())]
		if known[i] = at; ok {
			continue
		}
		known[i] = -1
		if wanted > 0 && !f.owner.pathOnly() && (f.Guessable() || likely[f.Rule.ID]) {
			ask = append(ask, i)
		}
	}
	slices.SortStableFunc(ask, func(x, y int) int {
		rank := func(i int) int { return map[bool]int{true: 0, false: 1}[likely[findings[i].Rule.ID]] }
		return cmp.Compare(rank(x), rank(y))
	})
	for done := 0; len(ask) > 0 && wanted > 0; {
		n := min(len(ask), mostBeside, mostDerived-done)
		if n <= 0 || ctx.Err() != nil {
			return known, len(ask)
		}
		keys := make([]string, n)
		for i, at := range ask[:n] {
			keys[i] = findings[at].owner.key()
		}
		slow, err := b.slowAll(ctx, keys)
		if err != nil {
			return known, len(ask)
		}
		for i, at := range ask[:n] {
			if entry, ok := b.byKnown[slow[i]]; ok {
				known[at] = entry
				wanted--
			}
		}
		ask, done = ask[n:], done+n
	}
	return known, 0
}
