package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zlib"
	"github.com/sourcegraph/conc/pool"
)

// mostCached is what the readers of these tests remember.
const mostCached = 1 << 20

// A memoryFile is a pack that is in memory.
type memoryFile struct{ *bytes.Reader }

func (memoryFile) Close() error { return nil }

// storeOf is a store of one pack of these entries.
func storeOf(entries []byte) *Store {
	all := append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), entries...)
	return &Store{width: 20, packs: []*packFile{{file: memoryFile{bytes.NewReader(all)}, end: int64(len(all))}}}
}

// entryOf writes an entry: its kind, a size, the distance of a base and data.
func entryOf(kind Kind, size uint64, back []byte, data []byte) []byte {
	head := []byte{byte(kind)<<4 | byte(size&0xf)}
	for size >>= 4; size > 0; size >>= 7 {
		head[len(head)-1] |= 0x80
		head = append(head, byte(size&0x7f))
	}
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return append(append(head, back...), b.Bytes()...)
}

// distance writes how far before an entry its base is.
func distance(n int64) []byte {
	text := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		text = append([]byte{0x80 | byte(n&0x7f)}, text...)
	}
	return text
}

// number writes a size as deltas have it.
func number(n uint64) []byte { return binary.AppendUvarint(nil, n) }

// TestHostileEntries: an entry that asks for much, or for what is not there, is
// an error.
func TestHostileEntries(t *testing.T) {
	base := entryOf(Blob, 4, nil, []byte("base"))
	second := int64(packHead + len(base))
	back := []byte{byte(len(base))}
	delta := func(parts ...[]byte) []byte {
		text := bytes.Join(parts, nil)
		return append(bytes.Clone(base), entryOf(ofsDelta, uint64(len(text)), back, text)...)
	}
	for _, c := range []struct {
		name    string
		entries []byte
		at      int64
		want    error
	}{
		{"whole", base, packHead, nil},
		{"copies", delta(number(4), number(8), []byte{0x90, 4, 0x90, 4}), second, nil},
		{"claims more than it has", entryOf(Blob, 5, nil, []byte("base")), packHead, nil},
		{"has more than it claims", entryOf(Blob, 3, nil, []byte("base")), packHead, errEntry},
		{"claims too much", entryOf(Blob, 1<<40, nil, []byte("base")), packHead, ErrLarge},
		{"a size without end", bytes.Repeat([]byte{0xff}, 100), packHead, errEntry},
		{"no kind", entryOf(0, 4, nil, []byte("base")), packHead, errEntry},
		{"reserved", entryOf(5, 4, nil, []byte("base")), packHead, errEntry},
		{"a base by name", entryOf(7, 4, make([]byte, 20), []byte("base")), packHead, errEntry},
		{"its own base", entryOf(ofsDelta, 4, []byte{0}, []byte("base")), packHead, errEntry},
		{"a base before the pack", entryOf(ofsDelta, 4, []byte{100}, []byte("base")), packHead, errEntry},
		{"a base far before", entryOf(ofsDelta, 4, bytes.Repeat([]byte{0xff}, 50), nil), packHead, errEntry},
		{"a base in the head", append(bytes.Clone(base), entryOf(ofsDelta, 4, []byte{byte(len(base) + 1)}, []byte("base"))...), second, errEntry},
		{"makes too much", delta(number(4), number(1<<40), []byte{0x90, 4}), second, ErrLarge},
		{"another base", delta(number(5), number(4), []byte{0x90, 4}), second, errDelta},
		{"copies too little", delta(number(4), number(5), []byte{0x90, 4}), second, errDelta},
		{"copies too much", delta(number(4), number(3), []byte{0x90, 4}), second, errDelta},
		{"copies past the end", delta(number(4), number(4), []byte{0x91, 1, 4}), second, errDelta},
		{"copies 64 KiB", delta(number(4), number(4), []byte{0x80}), second, errDelta},
		{"is cut off in a copy", delta(number(4), number(4), []byte{0xff, 0, 0}), second, errDelta},
		{"is cut off in what is new", delta(number(4), number(4), []byte{4, 'n'}), second, errDelta},
		{"reserved instruction", delta(number(4), number(4), []byte{0}), second, errDelta},
		{"says no sizes", delta([]byte{0xff}), second, errDelta},
		{"a size of 80 bits", delta(bytes.Repeat([]byte{0xff}, 12)), second, errDelta},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := storeOf(c.entries).NewReader(NewMemory(mostCached))
			text, err := r.Read(Place{offset: c.at})
			switch {
			case c.name == "whole" && (err != nil || string(text.Data) != "base"),
				c.name == "copies" && (err != nil || string(text.Data) != "basebase"):
				t.Errorf("%v", err)
			case c.name == "whole", c.name == "copies":
			case err == nil, c.want != nil && !errors.Is(err, c.want):
				t.Errorf("%v, want %v", err, c.want)
			}
			if text, err := r.Read(Place{offset: packHead}); bytes.HasPrefix(c.entries, base) && (err != nil || string(text.Data) != "base") {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// TestLongChain: deltas of deltas are followed as far as git makes them, and
// what one object is made of is bounded.
func TestLongChain(t *testing.T) {
	chain := func(length, size int) (*Store, int64) {
		text := strings.Repeat("x", size)
		all := entryOf(Blob, uint64(size), nil, []byte(text))
		last, copied := int64(packHead), size
		for range length {
			at := int64(packHead + len(all))
			delta := append(number(uint64(size)), number(uint64(size))...)
			for left := copied; left > 0; left -= min(left, 0xffffff) {
				n := min(left, 0xffffff)
				delta = append(delta, 0xf0, byte(n), byte(n>>8), byte(n>>16))
			}
			all = append(all, entryOf(ofsDelta, uint64(len(delta)), distance(at-last), delta)...)
			last = at
		}
		return storeOf(all), last
	}
	for _, c := range []struct {
		length, size int
		large        bool
	}{{mostChain, 10, false}, {mostChain + 1, 10, true}, {200, MostHeld, true}} {
		s, last := chain(c.length, c.size)
		text, err := s.NewReader(NewMemory(mostCached)).Read(Place{offset: last})
		if errors.Is(err, ErrLarge) != c.large || !c.large && (err != nil || len(text.Data) != c.size) {
			t.Errorf("%d deltas of %d bytes: %v", c.length, c.size, err)
		}
	}
}

// TestMemory: a text stays what it is as long as somebody holds it or it can be
// found, whatever else is made, and what is let go of makes room.
func TestMemory(t *testing.T) {
	for seed := range int64(20) {
		random := rand.New(rand.NewSource(seed))
		memory := NewMemory(64 << 10)
		most := []int{1, 100, 3000, 40 << 10}[seed%4]
		type kept struct {
			text *Text
			want byte
		}
		var held []kept
		stamps := map[Place]byte{}
		whole := func(text *Text, want byte) bool {
			return bytes.Count(text.Data, []byte{want}) == len(text.Data)
		}
		outside := 0
		for turn := range 5000 {
			var at Place
			if random.Intn(3) > 0 {
				at = Place{offset: int64(turn + 1)}
			}
			text, stamp := memory.make(at, random.Intn(most+1)), byte(turn)
			copy(text.Data, bytes.Repeat([]byte{stamp}, len(text.Data)))
			if text.room.to == 0 {
				outside++
			}
			if at.Found() {
				memory.know(text)
				stamps[at] = stamp
			}
			held = append(held, kept{text, stamp})
			for len(held) > random.Intn(6) {
				i := random.Intn(len(held))
				if !whole(held[i].text, held[i].want) {
					t.Fatalf("seed %d, turn %d: a text changed while it was held", seed, turn)
				}
				held[i].text.Release()
				held = slices.Delete(held, i, i+1)
			}
			at = Place{offset: int64(max(0, turn-random.Intn(40)) + 1)}
			if text := memory.find(at); text != nil {
				if !whole(text, stamps[at]) {
					t.Fatalf("seed %d, turn %d: what is found changed", seed, turn)
				}
				held = append(held, kept{text, stamps[at]})
			}
		}
		for _, k := range held {
			k.text.Release()
		}
		if len(memory.held) > 0 {
			t.Errorf("seed %d: %d texts count as held", seed, len(memory.held))
		}
		if small := most < 10_000; len(memory.bytes) != 64<<10 || outside > 2500 || small && (outside > 0 || len(memory.known) == 0) {
			t.Errorf("seed %d: %d texts are known, %d were made outside", seed, len(memory.known), outside)
		}
	}
}

// TestMemoryShared: what several make, find, hold and release side by side stays what
// it is as long as anybody holds it.
func TestMemoryShared(t *testing.T) {
	const places = 50
	memory := NewMemory(64 << 10)
	work := pool.New()
	for seed := range int64(4) {
		work.Go(func() {
			random := rand.New(rand.NewSource(seed))
			var held []*Text
			for range 5000 {
				at := Place{offset: int64(random.Intn(places) + 1)}
				text := memory.find(at)
				if text == nil {
					text = memory.make(at, int(at.offset)*100)
					for i := range text.Data {
						text.Data[i] = byte(at.offset)
					}
					memory.know(text)
				}
				if len(text.Data) != int(at.offset)*100 {
					t.Errorf("place %d has %d bytes", at.offset, len(text.Data))
				}
				held = append(held, text, text.Hold())
				for len(held) > random.Intn(8) {
					i := random.Intn(len(held))
					if n := len(held[i].Data); bytes.Count(held[i].Data, []byte{byte(n / 100)}) != n {
						t.Error("a text changed while it was held")
					}
					held[i].Release()
					held = slices.Delete(held, i, i+1)
				}
			}
			for _, text := range held {
				text.Release()
			}
		})
	}
	work.Wait()
	if len(memory.held) > 0 {
		t.Errorf("%d texts count as held", len(memory.held))
	}
}

// TestOpenHostile: files that are no packs are left out.
func TestOpenHostile(t *testing.T) {
	folder := t.TempDir()
	at := filepath.Join(folder, "pack")
	if err := os.MkdirAll(filepath.Join(at, "folder.pack"), 0o700); err != nil {
		t.Fatal(err)
	}
	head := "PACK\x00\x00\x00\x02\x00\x00\x00\x01" + strings.Repeat("x", 40)
	index := func(counts uint32, size int) string {
		text := binary.BigEndian.AppendUint32([]byte(indexMagic), 2)
		for range 256 {
			text = binary.BigEndian.AppendUint32(text, counts)
		}
		return string(append(text, make([]byte, size)...))
	}
	for name, text := range map[string]string{
		"empty.pack": "", "empty.idx": "", "alone.pack": head,
		"version.pack": strings.Replace(head, "\x02", "\x09", 1), "version.idx": index(0, 40),
		"old.pack": head, "old.idx": strings.Repeat("\x00", 2000),
		"short.pack": head, "short.idx": index(1<<31, 100),
		"unordered.pack": head, "unordered.idx": strings.Replace(index(7, 1000), "\x07", "\x08", 1),
		"good.pack": head, "good.idx": index(0, 40),
	} {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := Open([]string{folder}, 20)
	defer s.Close()
	if s.Whole() {
		t.Error("there are others")
	}
	if len(s.packs) != 1 {
		t.Errorf("%d packs are open", len(s.packs))
	}
	if s.Locate([]ID{{1}, {2}})[0].Found() {
		t.Error("something is found")
	}
	if !Open([]string{folder}, 33).Empty() {
		t.Error("ids of 33 bytes")
	}
}

// FuzzRead: whatever a pack holds, reading gives an object or an error, the same
// the second time.
func FuzzRead(f *testing.F) {
	base := entryOf(Blob, 4, nil, []byte("base"))
	f.Add(base, uint16(0))
	f.Add(append(bytes.Clone(base), entryOf(ofsDelta, 4, []byte{byte(len(base))}, []byte{4, 8, 0x90, 4, 0x90, 4})...), uint16(len(base)))
	f.Add(bytes.Repeat([]byte{0xff}, 20), uint16(0))
	f.Fuzz(func(t *testing.T, entries []byte, at uint16) {
		r := storeOf(entries).NewReader(NewMemory(mostCached))
		place := Place{offset: packHead + int64(at)}
		first, err := r.Read(place)
		second, again := r.Read(place)
		if (err == nil) != (again == nil) || err == nil && !bytes.Equal(first.Data, second.Data) {
			t.Errorf("%v, then %v", err, again)
		}
	})
}

// FuzzApply: instructions fill what they are to fill, with what the base or they
// themselves hold, or are an error.
func FuzzApply(f *testing.F) {
	f.Add([]byte("base"), []byte{0x90, 4, 2, 'a', 'b'}, uint8(6))
	f.Add([]byte{}, []byte{0x80}, uint8(0))
	f.Fuzz(func(t *testing.T, base, instructions []byte, size uint8) {
		out := bytes.Repeat([]byte{0xaa}, int(size)+8)
		err := apply(out[:size:size], base, instructions)
		if !bytes.Equal(out[size:], bytes.Repeat([]byte{0xaa}, 8)) {
			t.Error("more is written than there is room for")
		}
		if err != nil {
			return
		}
		for _, b := range out[:size] {
			if !bytes.ContainsRune(base, rune(b)) && bytes.IndexByte(base, b) < 0 && bytes.IndexByte(instructions, b) < 0 {
				t.Errorf("%x is in neither", b)
			}
		}
	})
}

// TestPages: what is read of a pack is what is there, wherever pages begin.
func TestPages(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	var packs []*packFile
	var all [][]byte
	for range 2 {
		data := make([]byte, 3*pageCount*pageSize+random.Intn(pageSize))
		random.Read(data)
		end := len(data) - random.Intn(40)
		packs = append(packs, &packFile{file: memoryFile{bytes.NewReader(data)}, end: int64(end)})
		all = append(all, data[:end])
	}
	p := pages{store: &Store{packs: packs}}
	for range 20_000 {
		pack, n := random.Intn(2), random.Intn(1<<random.Intn(17))
		offset := random.Intn(len(all[pack]) + 10)
		want := all[pack][min(offset, len(all[pack])):min(offset+n, len(all[pack]))]
		if got := p.read(int32(pack), int64(offset), n); !bytes.Equal(got, want) {
			t.Fatalf("%d bytes from %d of pack %d are %d others", n, offset, pack, len(got))
		}
	}
}
