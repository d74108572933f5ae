package match

import "unsafe"

// filterPortable is the filter for every machine: the second step of the
// others, taken at each position.
func filterPortable(t *tables, data *byte, blocks int, out *uint32) int {
	n := blocks * blockLength
	bytes := unsafe.Slice(data, n+window-1)
	positions := unsafe.Slice(out, n)
	w := uint32(bytes[0])<<8 | uint32(bytes[1])<<16 | uint32(bytes[2])<<24
	kept := 0
	for i, b := range bytes[window-1:] {
		w = w>>8 | uint32(b)<<24
		if t.slots[slotOf(w)]&signature(w) != 0 {
			positions[kept] = uint32(i)
			kept++
		}
	}
	return kept
}
