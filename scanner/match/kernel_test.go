//go:build amd64 || arm64

package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// TestLayout: the kernels find the tables where they expect them.
func TestLayout(t *testing.T) {
	var s tables
	var v sieveTables
	for _, c := range []struct {
		name      string
		got, want uintptr
	}{
		{"bytes", unsafe.Offsetof(s.bytes), 0},
		{"nibbles", unsafe.Offsetof(s.nibbles), 1536},
		{"slots", unsafe.Offsetof(s.slots), 2048},
		{"ascii", unsafe.Offsetof(s.ascii), 2048 + 4<<slotBits},
		{"second", unsafe.Offsetof(v.second), 128},
		{"halves", unsafe.Offsetof(v.halves), 256},
	} {
		if c.got != c.want {
			t.Errorf("%s at %d, want %d", c.name, c.got, c.want)
		}
	}
}

// TestKernels: whatever the tables have, a kernel keeps the positions that they
// say and no other, in order, and writes nothing past what it is given.
func TestKernels(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	all := func() uint8 { return 0xff }
	none := func() uint8 { return 0 }
	half := func() uint8 { return uint8(random.Uint32()) }
	quarter := func() uint8 { r := random.Uint32(); return uint8(r & (r >> 8)) }
	for _, f := range filters() {
		if f == portable {
			continue // has no first step
		}
		sparse := half
		if f == avx512 {
			sparse = quarter // four look-ups have to agree, not eight
		}
		for i, c := range []struct{ buckets, slots func() uint8 }{
			{all, all}, {all, none}, {none, all}, {sparse, all}, {all, half}, {sparse, half},
		} {
			for _, blocks := range []int{1, 2, 3, blocksAtOnce} {
				t.Run(fmt.Sprint(f, " ", i, " ", blocks), func(t *testing.T) {
					compareKernel(t, f, randomTables(f, c.buckets, c.slots, i%2 == 0), blocks, random)
				})
			}
		}
	}
}

// compareKernel runs a filter over random bytes and over ASCII.
func compareKernel(t *testing.T, f filter, s *tables, blocks int, random *rand.Rand) {
	t.Helper()
	const canary = 0xdeadbeef
	data := make([]byte, blocks*blockLength+window-1)
	for _, most := range []int{256, 128} {
		for i := range data {
			data[i] = byte(random.IntN(most))
		}
		out := slices.Repeat([]uint32{canary}, (blocks+1)*blockLength+1)
		n := f.run(s, &data[0], blocks, &out[0])
		var want []uint32
		for i := range blocks * blockLength {
			if kept(f, s, data[i:]) {
				want = append(want, uint32(i))
			}
		}
		if !slices.Equal(out[:n], want) {
			t.Errorf("bytes to %d: keeps %d, want %d:\n got %v\nwant %v", most, n, len(want), out[:n], want)
		}
		if out[len(out)-1] != canary {
			t.Error("writes past what it is given")
		}
	}
}

// randomTables have in them what the functions say, where the filter looks.
func randomTables(f filter, buckets, slots func() uint8, ascii bool) *tables {
	s := new(tables)
	for pos := range window {
		for set := range s.bytes[pos] {
			for b := range s.bytes[pos][set] {
				s.bytes[pos][set][b] = buckets()
			}
		}
		for set := range s.nibbles[pos] {
			low, high := &s.nibbles[pos][set][0], &s.nibbles[pos][set][1]
			for n := range 16 {
				low[n], high[n] = buckets(), buckets()
				if low[16+n], high[16+n] = low[n], high[n]; f == neon {
					low[16+n] = buckets()
				}
			}
		}
	}
	for i := range s.slots {
		s.slots[i] = uint32(slots()) | uint32(slots())<<8 | uint32(slots())<<16 | uint32(slots())<<24
	}
	if ascii {
		s.ascii = ^uint64(0)
	}
	return s
}

// kept reports what both steps of a filter say of the first window.
func kept(f filter, s *tables, data []byte) bool {
	w := windowAt(data, 0)
	if s.slots[slotOf(w)]&signature(w) == 0 || f == avx512 && s.ascii != 0 && data[0] >= 128 {
		return false
	}
	var left [buckets / 8]uint8
	for set := range left {
		if f != avx512 && set >= halfBuckets/8 {
			break
		}
		left[set] = 0xff
		for pos, b := range data[:window] {
			switch f {
			case avx512:
				left[set] &= s.bytes[pos][set][b&127]
			case avx2:
				left[set] &= s.nibbles[pos][set][0][b&15] & s.nibbles[pos][set][1][b>>4]
			case neon:
				left[set] &= s.nibbles[pos][set][0][b&31] & s.nibbles[pos][set][1][b>>4]
			}
		}
	}
	return left != [buckets / 8]uint8{}
}
