package match

import (
	"bytes"
	"os"
	"syscall"
	"testing"
)

// guarded is memory with a page behind it that nobody may read.
func guarded(t *testing.T, size int) []byte {
	t.Helper()
	page := os.Getpagesize()
	room := (size + page - 1) / page * page
	m, err := syscall.Mmap(-1, 0, room+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(m); err != nil {
			t.Error(err)
		}
	})
	if err := syscall.Mprotect(m[room:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	return m[room-size : room : room]
}

// TestReadsNothingBehind: no filter reads past the data, whatever its length; a
// read past it ends the test with a fault.
func TestReadsNothingBehind(t *testing.T) {
	memory := guarded(t, (blocksAtOnce+3)*blockLength)
	copy(memory, bytes.Repeat([]byte("a token, %41 and ghp_; "), len(memory)))
	var set, pairs [blocksAtOnce + 3]uint64
	for _, f := range filters() {
		m, s := compile([]string{"token", "ghp_", "k"}, f), newSieve(digits64, []Pair{{'%', hexits}}, f)
		for from := range memory {
			m.Scan(memory[from:], 0, func(int, int) {})
			s.Mark(memory[from:], set[:], pairs[:])
		}
	}
	for _, f := range filters() { // as much as run says that it reads
		data, t := memory[len(memory)-blockLength-window+1:], compile([]string{"token"}, f).tables
		var out [2 * blockLength]uint32
		f.run(t, &data[0], 1, &out[0])
	}
}
