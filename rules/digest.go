package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// Digest is another one for each set that finds something else. It is the same
// on every machine, and may change with the version of the program.
func (s *Set) Digest() [sha256.Size]byte {
	d := digester{sha256.New()}
	carrySet(d, &Set{rules: s.rules, allow: s.allow})
	return [sha256.Size]byte(d.Sum(nil))
}

// A digester is a codec that writes to a hash.
type digester struct{ hash.Hash }

func (d digester) number(n uint64) uint64 {
	_, _ = d.Write(binary.LittleEndian.AppendUint64(nil, n))
	return n
}

func (d digester) text(s string) string {
	d.number(uint64(len(s)))
	_, _ = d.Write([]byte(s))
	return s
}

func (d digester) count(n int) int { return int(d.number(uint64(n))) }

// part is what follows from the rest.
func (d digester) part(func(codec)) string { return "" }
