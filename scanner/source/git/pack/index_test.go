package pack

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFind finds every name of indexes of all sizes, however its names are spread,
// and no other; in one that is out of order it comes to an end.
func TestFind(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, width := range []int{20, 32} {
		for _, count := range []int{0, 1, 2, 127, 205, 5_000, 200_000} {
			for _, same := range []int{0, 1, 3, 6} { // bytes that all begin with
				t.Run(fmt.Sprint(width, count, same), func(t *testing.T) {
					names := make([][]byte, count)
					for i := range names {
						names[i] = name(random, width, same)
					}
					slices.SortFunc(names, bytes.Compare)
					x := indexOf(t, names, width)
					finds(t, x, random, names, width, same)
					x.hold(width)
					x.file = memoryFile{bytes.NewReader(nil)} // it is not needed any more
					finds(t, x, random, names, width, same)
					random.Shuffle(count, func(i, j int) { names[i], names[j] = names[j], names[i] })
					damaged := indexOf(t, names, width)
					for range min(count, 100) {
						damaged.find(names[random.IntN(count)])
					}
				})
			}
		}
	}
}

// finds looks for names that are there, the first at 1, and for others.
func finds(t *testing.T, x *index, random *rand.Rand, names [][]byte, width, same int) {
	t.Helper()
	for i := 0; i < len(names); i += 1 + len(names)/3_000 {
		if got, want := x.find(names[i]), int64(i+1); got != want {
			t.Fatalf("name %d of %d: found %d", i, len(names), got-1)
		}
		if other := name(random, width, same); x.find(other) != 0 {
			t.Fatalf("%x is not there, and is found", other)
		}
	}
	for _, end := range []byte{0, 0xff} {
		if x.find(bytes.Repeat([]byte{end}, width)) != 0 {
			t.Errorf("%x is found", end)
		}
	}
}

func name(random *rand.Rand, width, same int) []byte {
	n := bytes.Repeat([]byte{0xa7}, width)
	for i := same; i < width; i++ {
		n[i] = byte(random.Uint32())
	}
	return n
}

// indexOf is an index of names, the first of which stands at 1.
func indexOf(t *testing.T, names [][]byte, width int) *index {
	t.Helper()
	file := append([]byte(indexMagic), 0, 0, 0, 2)
	var first [256]uint32
	for _, name := range names {
		first[name[0]]++
	}
	n := uint32(0)
	for _, some := range first {
		n += some
		file = binary.BigEndian.AppendUint32(file, n)
	}
	file = append(append(file, slices.Concat(names...)...), make([]byte, 4*len(names))...)
	for i := range names {
		file = binary.BigEndian.AppendUint32(file, uint32(i+1))
	}
	file = append(file, make([]byte, 2*width)...)
	x := &index{file: memoryFile{bytes.NewReader(file)}}
	if err := x.open(int64(len(file)), int64(width)); err != nil {
		t.Fatal(err)
	}
	return x
}
