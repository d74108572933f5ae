package match

import "unsafe"

// A Sieve marks, in each block of data, the bytes of a set and the places where
// a pair stands: a certain byte with one of certain bytes behind it. It is
// immutable and safe for concurrent use.
type Sieve struct {
	tables sieveTables
	filter filter
}

// A Pair is a byte with one of Second behind it.
type Pair struct {
	First  byte
	Second string
}

// sieveTables are what the kernels look up; they know where each is.
type sieveTables struct {
	// first has for each byte setBit if it is one of the set, and the bits of the
	// pairs that it begins; second has the bits of those that it ends. Both end
	// with ASCII.
	first, second [128]uint8
	// halves has the same by the low and the high half of a byte, twice over, as
	// the vectors have it: of the set, of first and of second. A byte is one if
	// its halves share a bit.
	halves [3][2][32]uint8
}

const setBit = 1

// BlockLength is how many bytes a block of a Sieve has.
const BlockLength = blockLength

// NewSieve makes a sieve of a set of ASCII characters, and pairs of such. It
// panics where it has not bits enough for them: a set, or the second bytes of
// all the pairs, may have seven different patterns among the eight rows of the
// ASCII table.
func NewSieve(set string, pairs ...Pair) *Sieve { return newSieve(set, pairs, filters()[0]) }

func newSieve(set string, pairs []Pair, f filter) *Sieve {
	s := &Sieve{filter: f}
	t := &s.tables
	for i := range len(set) {
		t.first[set[i]] |= setBit
	}
	t.spread(0, set, setBit)
	bit := uint8(setBit << 1)
	for _, p := range pairs {
		next := t.spread(2, p.Second, bit)
		for b := bit; b != next; b <<= 1 {
			t.first[p.First] |= b
			t.half(1, 0, p.First&15, b)
			t.half(1, 1, p.First>>4, b)
			for i := range 128 {
				if t.halves[2][0][i&15]&t.halves[2][1][i>>4]&b != 0 {
					t.second[i] |= b
				}
			}
		}
		bit = next
	}
	return s
}

// spread gives each pattern that a row of the ASCII table has of the set a bit
// of its own in a table of halves, from bit on, and returns the first that is
// left.
func (t *sieveTables) spread(table int, set string, bit uint8) uint8 {
	var rows [8]uint16
	for i := range len(set) {
		rows[set[i]>>4] |= 1 << (set[i] & 15)
	}
	given := map[uint16]uint8{}
	for row, pattern := range rows {
		if pattern == 0 {
			continue
		}
		if given[pattern] == 0 {
			if bit == 0 {
				panic("match: a sieve of too many patterns")
			}
			given[pattern] = bit
			for low := range uint8(16) {
				if pattern>>low&1 != 0 {
					t.half(table, 0, low, bit)
				}
			}
			bit <<= 1
		}
		t.half(table, 1, uint8(row), given[pattern])
	}
	return bit
}

func (t *sieveTables) half(table, half int, nibble, bits uint8) {
	t.halves[table][half][nibble] |= bits
	t.halves[table][half][16+nibble] |= bits
}

// Mark notes the bytes of the first blocks of data, as many as set and pairs
// have room for and data has whole: bit i of a block's number is its byte i. It
// returns how many blocks these are. A pair may end in the byte behind a block;
// where data ends, there is none.
func (s *Sieve) Mark(data []byte, set, pairs []uint64) int {
	blocks := min(len(data)/blockLength, len(set), len(pairs))
	if whole := min(blocks, (len(data)-1)/blockLength); whole > 0 {
		s.mark(&data[0], whole, &set[0], &pairs[0])
		if whole == blocks {
			return blocks
		}
		data, set, pairs = data[whole*blockLength:], set[whole:], pairs[whole:]
	} else if blocks == 0 {
		return 0
	}
	var last [2 * blockLength]byte // data ends with the block
	copy(last[:], data)
	s.mark(&last[0], 1, &set[0], &pairs[0])
	return blocks
}

// markPortable is mark for every machine.
func (s *Sieve) markPortable(data *byte, blocks int, set, pairs *uint64) {
	bytes := unsafe.Slice(data, blocks*blockLength+1)
	sets, ps := unsafe.Slice(set, blocks), unsafe.Slice(pairs, blocks)
	for n := range blocks {
		block := bytes[n*blockLength : n*blockLength+blockLength+1]
		var m, p uint64
		for i, b := range block[:blockLength] {
			if b >= 128 {
				continue
			}
			of := s.tables.first[b]
			m |= uint64(of&setBit) << i
			if of > setBit && of&s.tables.second[block[i+1]&127] > setBit {
				p |= 1 << i
			}
		}
		sets[n], ps[n] = m, p
	}
}
