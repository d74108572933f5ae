package match

import (
	"testing"
	"unsafe"
)

// TestLayout: the kernels find the tables where package asm says they are.
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
