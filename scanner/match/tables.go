package match

import (
	"cmp"
	"math/bits"
	"slices"
)

// blockLength is how many positions a filter looks at in one step.
const blockLength = 64

// A filter is a way to find where windows may stand; see run.
type filter uint8

const (
	portable filter = iota
	avx2            // first asks sets of half bytes
	avx512          // first asks sets of bytes
	neon            // first asks sets of half bytes, one half with a bit of the other
)

func (f filter) String() string { return [...]string{"portable", "avx2", "avx512", "neon"}[f] }

// spread returns an empty set of bytes as the filter tells them apart; nil if
// it has no such step.
func (f filter) spread() spread {
	switch f {
	case avx2, neon:
		return &halfBytes{filter: f}
	case avx512:
		return new(wholeBytes)
	}
	return nil
}

// low returns the entries of a byte in the table for its low half, a bit each.
// It has them twice over, but with NEON, which tells five bits apart.
func (f filter) low(b byte) uint32 {
	if f == neon {
		return 1 << (b & 31)
	}
	return 1<<(b&15) | 1<<(16+b&15)
}

// buckets are the groups of windows that the first step of a filter tells
// apart, each with a bit, eight of them in one set: as many as registers have
// room for.
const (
	buckets     = 24 // by whole bytes
	halfBuckets = 16 // by half bytes
)

// tables are what the filters look up. The kernels know where in it each is.
type tables struct {
	// bytes has, for each position of a window and each byte, the buckets with
	// a window that has this byte there.
	bytes [window][buckets / 8][128]uint8
	// nibbles has the same for the low and for the high half of a byte, twice
	// over, as the vectors of AVX2 have it. With NEON, what is for the low half
	// goes by the low five bits.
	nibbles [window][halfBuckets / 8][2][32]uint8
	// slots has a bit for each fourth byte of the windows of a slot.
	slots [slotCount]uint32
	// ascii is all ones if no window starts with a byte past ASCII.
	ascii uint64
}

// A spread is the set of bytes that a bucket has at one position of its
// windows, as far as a filter can tell them apart.
type spread interface {
	// with returns how likely any byte is one of them once b is one.
	with(b byte) float64
	add(b byte)
}

// A bucket is the windows that share a bit.
type bucket struct {
	spreads [window]spread
	likely  [window]float64
}

// passes is how likely any position passes for one of the bucket's.
func (b *bucket) passes() float64 {
	p := 1.0
	for _, l := range b.likely {
		p *= l
	}
	return p
}

// with returns how likely any byte is one of those that the bucket has at a
// position once the window is in it. A window that ends before has them all.
func (b *bucket) with(i int, p pane) float64 {
	if b.likely[i] == 1 || i >= p.bytes {
		return 1
	}
	return b.spreads[i].with(p.text[i])
}

// grown is what passes would be with another window in the bucket.
func (b *bucket) grown(p pane) float64 {
	total := 1.0
	for i := range window {
		total *= b.with(i, p)
	}
	return total
}

func (b *bucket) add(p pane) {
	for i := range window {
		b.likely[i] = b.with(i, p)
		if b.likely[i] < 1 {
			b.spreads[i].add(p.text[i])
		}
	}
}

// group shares the windows out to the buckets so that few positions pass, the
// likeliest windows first, each where it does least harm.
func (t *tables) group(windows []pane, f filter) {
	t.ascii = ^uint64(0)
	if f == portable {
		return
	}
	groups := make([]bucket, buckets)
	if f != avx512 {
		groups = groups[:halfBuckets]
	}
	for i := range groups {
		for j := range window {
			groups[i].spreads[j] = f.spread()
		}
	}
	order := slices.Clone(windows)
	slices.SortFunc(order, func(a, b pane) int {
		return cmp.Or(a.bytes-b.bytes, slices.Compare(a.text[:], b.text[:]))
	})
	order = slices.CompactFunc(order, func(a, b pane) bool { return a.text == b.text && a.bytes == b.bytes })
	slices.SortStableFunc(order, func(a, b pane) int { return cmp.Compare(b.likely(), a.likely()) })
	for _, p := range order {
		best, least := 0, 2.0
		for i := range groups {
			if more := groups[i].grown(p) - groups[i].passes(); more < least {
				best, least = i, more
			}
		}
		groups[best].add(p)
		t.put(p, best, f)
	}
}

// put notes a window in the tables of the first step.
func (t *tables) put(p pane, bucket int, f filter) {
	set, bit := bucket/8, uint8(1)<<(bucket%8)
	for i := range window {
		if i >= p.bytes {
			for b := range 128 {
				t.bytes[i][set][b] |= bit
			}
			for half := 0; half < 2 && bucket < halfBuckets; half++ {
				for n := range 32 {
					t.nibbles[i][set][half][n] |= bit
				}
			}
			continue
		}
		b := p.text[i]
		t.byte(i, set, bit, b, f)
		if b >= 'a' && b <= 'z' {
			t.byte(i, set, bit, b-'a'+'A', f)
		}
		if i == 0 && b >= 128 {
			t.ascii = 0
		}
	}
}

func (t *tables) byte(pos, set int, bit, b uint8, f filter) {
	t.bytes[pos][set][b&127] |= bit
	if set >= halfBuckets/8 {
		return
	}
	halves := &t.nibbles[pos][set]
	for low := f.low(b); low != 0; low &= low - 1 {
		halves[0][bits.TrailingZeros32(low)] |= bit
	}
	halves[1][b>>4] |= bit
	halves[1][16+b>>4] |= bit
}

// wholeBytes is the spread of a filter that looks up whole bytes, less the bit
// that ASCII has not.
type wholeBytes struct {
	has    [2]uint64
	likely float64
}

func (s *wholeBytes) with(b byte) float64 {
	b &= 127
	if s.has[b>>6]>>(b&63)&1 != 0 {
		return s.likely
	}
	return s.likely + chance(b)
}

func (s *wholeBytes) add(b byte) {
	s.likely = s.with(b)
	b &= 127
	s.has[b>>6] |= 1 << (b & 63)
}

// halfBytes is the spread of a filter that looks up the halves of a byte: it
// has every byte of which one of the windows has the low half and one the
// high. Its bits are the entries of the tables.
type halfBytes struct {
	filter filter
	low    uint32
	high   uint16
	likely float64
}

func (s *halfBytes) with(b byte) float64 {
	low, high := s.low|s.filter.low(b), s.high|highOf(b)
	if low == s.low && high == s.high {
		return s.likely
	}
	total := 0.0
	for ; high != 0; high &= high - 1 {
		row := bits.TrailingZeros16(high)
		for in := uint16(low >> (row & 1 << 4)); in != 0; in &= in - 1 {
			total += chanceOfCase(byte(row<<4 | bits.TrailingZeros16(in)))
		}
	}
	return total
}

func (s *halfBytes) add(b byte) {
	s.likely = s.with(b)
	s.low |= s.filter.low(b)
	s.high |= highOf(b)
}

// highOf returns the high halves that a byte has in either case, a bit each.
func highOf(b byte) uint16 {
	high := uint16(1) << (b >> 4)
	if b >= 'a' && b <= 'z' {
		high |= high >> 2
	}
	return high
}

// chanceOfCase is chance where case counts.
func chanceOfCase(b byte) float64 {
	switch {
	case b >= 'a' && b <= 'z':
		return chance(b) * 0.9
	case b >= 'A' && b <= 'Z':
		return chance(fold(b)) * 0.1
	}
	return chance(b)
}
