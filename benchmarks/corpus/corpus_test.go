package corpus

import (
	"bytes"
	"testing"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// TestCorpora holds of every corpus that it is the same each time, about as
// large as was asked for, and that what reaches the engine is all of it.
func TestCorpora(t *testing.T) {
	const size = 2 << 20
	all := func(t *testing.T, seed uint64) []Corpus {
		source, err := GoSource(size)
		if err != nil {
			t.Fatal(err)
		}
		rootFS, err := RootFS(seed, size)
		if err != nil {
			t.Fatal(err)
		}
		return []Corpus{source, rootFS, Leaky(seed, size), Minified(seed, size)}
	}
	first, again, other := all(t, 1), all(t, 1), all(t, 2)
	for i, c := range first {
		t.Run(c.Name, func(t *testing.T) {
			if !bytes.Equal(c.Data, again[i].Data) {
				t.Error("one seed makes two corpora")
			}
			if c.Name != "go" && bytes.Equal(c.Data, other[i].Data) {
				t.Error("two seeds make one corpus")
			}
			if len(c.Data) < size*9/10 || len(c.Data) > size*5/4 {
				t.Errorf("%d bytes", len(c.Data))
			}
			chunks, err := c.Chunks()
			if err != nil {
				t.Fatal(err)
			}
			if n := int(chunks.Bytes()); n > len(c.Data) || n < len(c.Data)*9/10 {
				t.Errorf("%d of %d bytes reach the engine", n, len(c.Data))
			}
			if len(chunks) < 10 {
				t.Errorf("only %d chunks", len(chunks))
			}
		})
	}
}

// TestLeaky holds how dense the corpus is in secrets and in what looks like
// one: that is what it is for.
func TestLeaky(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scanner.New(scanner.Options{Rules: set})
	if err != nil {
		t.Fatal(err)
	}
	c := Leaky(1, 1<<20)
	chunks, err := c.Chunks()
	if err != nil {
		t.Fatal(err)
	}
	kB := float64(len(c.Data)) / 1e3
	if perKB := float64(len(s.Scan(t.Context(), chunks).Findings)) / kB; perKB < 0.5 || perKB > 1.5 {
		t.Errorf("%.2f secrets a kB", perKB)
	}
}

// TestRootFSBinary holds that about half of the file system is programs.
func TestRootFSBinary(t *testing.T) {
	c, err := RootFS(1, 4<<20)
	if err != nil {
		t.Fatal(err)
	}
	chunks, err := c.Chunks()
	if err != nil {
		t.Fatal(err)
	}
	binary := int64(0)
	for i := range chunks {
		if chunks[i].Binary {
			binary += Replay(chunks[i : i+1]).Bytes()
		}
	}
	if part := float64(binary) / float64(chunks.Bytes()); part < 0.4 || part > 0.6 {
		t.Errorf("%.2f of the file system is binary", part)
	}
}

func TestAppendVLQ(t *testing.T) {
	for n, want := range map[int]string{0: "A", 1: "C", -1: "D", 15: "e", 16: "gB", -16: "hB", 511: "+f"} {
		if got := string(appendVLQ(nil, n)); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

// TestAdversarial holds that the inputs have the size asked for.
func TestAdversarial(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	all, err := Adversarial(set, 1, 64<<10, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		want := 64 << 10
		if c.Name == "line" {
			want = 1 << 20
			if bytes.IndexByte(c.Data, '\n') >= 0 {
				t.Error("the line ends")
			}
		}
		if len(c.Data) < want*8/10 || len(c.Data) > want+4 {
			t.Errorf("%s has %d bytes", c.Name, len(c.Data))
		}
	}
}
