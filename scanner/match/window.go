package match

import (
	"cmp"
	"math"
	"slices"
)

// window is how many bytes of a literal the filter looks at.
const window = 4

// A pane is the window of a literal: the four bytes in it that are least likely
// in any text, or all of one that is shorter.
type pane struct {
	at    int
	text  [window]byte // case folded
	bytes int          // of text that count
}

// panes chooses a window for each literal: of the shortest first, and of those
// that start as few others do, so that few literals are compared at one place.
func panes(literals []string) []pane {
	out := make([]pane, len(literals))
	order := make([]int, len(literals))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(len(literals[a])-len(literals[b]), cmp.Compare(literals[a], literals[b]), a-b)
	})
	starts := map[[hashed]byte]float64{}
	for _, i := range order {
		least := math.Inf(1)
		for at := 0; at == 0 || at+window <= len(literals[i]); at++ {
			p := paneAt(literals[i], at)
			others := starts[[hashed]byte(p.text[:])]
			likely := p.likely()
			if common[p.text] {
				likely += often
			}
			if cost := likely * (1 + others/4); cost < least {
				out[i], least = p, cost
			}
		}
		starts[[hashed]byte(out[i].text[:])]++
	}
	return out
}

func paneAt(literal string, at int) pane {
	p := pane{at: at, bytes: min(window, len(literal))}
	for i := range p.bytes {
		p.text[i] = fold(literal[at+i])
	}
	return p
}

// likely is how likely any position has these bytes.
func (p pane) likely() float64 {
	l := 1.0
	for i, b := range p.text[:p.bytes] {
		if i > 0 && b == p.text[i-1] {
			l *= repeated
			continue
		}
		l *= chance(b)
	}
	return l
}

// common are windows that stand in text much oftener than their bytes do by chance,
// and often is how likely each is.
var common = func() map[[window]byte]bool {
	all := map[[window]byte]bool{}
	for _, run := range []string{"https://www.", "http://", ".com", ".org", "localhost"} {
		for at := 0; at+window <= len(run); at++ {
			all[[window]byte([]byte(run[at:]))] = true
		}
	}
	return all
}()

const often = 5e-4

// repeated is how likely a byte is followed by another of its kind.
const repeated = 0.2

// chance is how often a byte stands in any data, case ignored.
func chance(b byte) float64 {
	if b >= 128 {
		return 3e-4
	}
	return float64(frequency[b]) * 1e-4
}

// frequency is how many of ten thousand bytes are this one, measured on source
// code, configuration, scripts and programs; upper case counts as lower.
var frequency = [128]uint16{
	813, 28, 18, 13, 11, 11, 6, 6, 13, 126, 185, 7, 5, 5, 14, 23, // 0x0
	10, 3, 3, 3, 4, 3, 2, 2, 7, 2, 3, 2, 3, 2, 3, 7, // 0x10
	1293, 9, 137, 11, 20, 8, 8, 39, 69, 68, 27, 9, 208, 45, 93, 102, // 0x20
	171, 71, 49, 41, 40, 36, 35, 25, 33, 27, 84, 35, 9, 54, 11, 5, // 0x30
	8, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, // 0x40
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 19, 54, 17, 2, 87, // 0x50
	12, 447, 118, 250, 179, 544, 133, 113, 159, 327, 23, 52, 206, 129, 315, 289, // 0x60
	173, 22, 343, 336, 427, 178, 60, 50, 119, 75, 19, 39, 12, 38, 2, 1, // 0x70
}

const (
	slotBits  = 12
	slotCount = 1 << slotBits
	// hashed is how many bytes of a window make its slot: hashFactor leaves the
	// last one out.
	hashed     = window - 1
	hashFactor = 0x9e3779 << 8
	// shelfFactor does so for all four bytes and briefFactor for three, otherwise than
	// hashFactor: what passes the filter by chance shall not be on a shelf too. Of many
	// that were tried, with these the fewest windows of text share one.
	shelfFactor = 0xa1aaba05
	briefFactor = 0x9e07e1 << 8
	// foldEach makes lower case of upper, and a few other bytes one.
	foldEach = 0x20202020
)

// slotOf returns the slot of four bytes: a hash of the first three.
func slotOf(w uint32) uint32 { return (w | foldEach) * hashFactor >> (32 - slotBits) }

// signature is the bit in a slot that stands for the fourth byte.
func signature(w uint32) uint32 { return 1 << ((w | foldEach) >> 24 & 31) }

func (p pane) word() uint32 {
	return uint32(p.text[0]) | uint32(p.text[1])<<8 | uint32(p.text[2])<<16 | uint32(p.text[3])<<24
}

// sign notes a window in the slots of all that it can be the start of.
func (t *tables) sign(p pane) {
	bits := uint32(math.MaxUint32)
	if p.bytes == window {
		bits = signature(p.word())
	}
	open := 8 * max(0, hashed-p.bytes) // bits of what is hashed that can be anything
	for i := range uint32(1) << open {
		t.slots[slotOf(p.word()|i<<(8*p.bytes))] |= bits
	}
}
