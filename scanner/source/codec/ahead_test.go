package codec

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/sourcegraph/conc/panics"
)

func noise(n int) []byte {
	random := rand.NewChaCha8([32]byte{7})
	b := make([]byte, n)
	_, _ = random.Read(b)
	return b
}

func TestAhead(t *testing.T) {
	const held = aheadBuffers * aheadSize
	all := noise(aheadAfter + 3*held + 77)
	broken := errors.New("broken")
	for _, size := range []int{0, 1, aheadAfter - 1, aheadAfter, aheadAfter + 1, aheadAfter + aheadSize, aheadAfter + held + 1, len(all)} {
		for name, c := range map[string]struct {
			reader func(io.Reader) io.Reader
			err    error
		}{
			"whole":      {func(r io.Reader) io.Reader { return r }, nil},
			"half":       {iotest.HalfReader, nil},
			"data error": {iotest.DataErrReader, nil},
			"broken":     {func(r io.Reader) io.Reader { return io.MultiReader(r, iotest.ErrReader(broken)) }, broken},
		} {
			a := ReadAhead(c.reader(bytes.NewReader(all[:size])))
			got, err := io.ReadAll(a)
			if !bytes.Equal(got, all[:size]) || !errors.Is(err, c.err) {
				t.Errorf("%s: %d bytes of %d, error %v, want %v", name, len(got), size, err, c.err)
			}
			if n, again := a.Read(make([]byte, 1)); n != 0 || err == nil && again != io.EOF || err != nil && again != err {
				t.Errorf("%s: after the end %d bytes, error %v", name, n, again)
			}
			a.Close()
		}
	}
}

// TestAheadStuck: what has nothing to read, and no error, is no endless loop.
func TestAheadStuck(t *testing.T) {
	a := ReadAhead(io.MultiReader(bytes.NewReader(noise(aheadAfter+10)), stuck{}))
	defer a.Close()
	if n, err := io.Copy(io.Discard, a); n != aheadAfter+10 || !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("%d bytes, error %v", n, err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// A counted reader never ends, and counts what was read of it.
type counted struct {
	n    atomic.Int64
	stop atomic.Bool // to fail the test, should it be read then
	late atomic.Bool
}

func (c *counted) Read(p []byte) (int, error) {
	if c.stop.Load() {
		c.late.Store(true)
	}
	c.n.Add(int64(len(p)))
	return len(p), nil
}

// TestAheadBounded: while nobody reads, a goroutine fills the buffers and then
// waits. Nothing is read after the end.
func TestAheadBounded(t *testing.T) {
	c := &counted{}
	a := ReadAhead(c)
	_, err := io.CopyN(io.Discard, a, aheadAfter)
	if err != nil || c.n.Load() < aheadAfter {
		t.Fatalf("%d bytes, %v", c.n.Load(), err)
	}
	before := c.n.Load()
	if _, err := a.Read(make([]byte, 1)); err != nil { // starts the goroutine
		t.Fatal(err)
	}
	full := before + aheadBuffers*aheadSize
	for end := time.Now().Add(10 * time.Second); c.n.Load() < full && time.Now().Before(end); {
		runtime.Gosched()
	}
	for range 1000 {
		runtime.Gosched()
	}
	if got := c.n.Load(); got != full {
		t.Errorf("%d bytes were read, want %d", got, full)
	}
	a.Close()
	c.stop.Store(true)
	for range 1000 {
		runtime.Gosched()
	}
	if c.late.Load() {
		t.Error("read after the end")
	}
	if _, err := a.Read(make([]byte, 1)); err == nil {
		t.Error("no error after the end")
	}
}

// TestAheadClose: the end waits for a read that is under way.
func TestAheadClose(t *testing.T) {
	pr, pw := io.Pipe()
	a := ReadAhead(io.MultiReader(bytes.NewReader(noise(aheadAfter)), pr))
	if _, err := io.CopyN(io.Discard, a, aheadAfter); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = pw.Write(noise(aheadSize + 1)) }() // one buffer, and a byte of the next
	if _, err := a.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		a.Close()
	}()
	for range 1000 {
		runtime.Gosched()
	}
	select {
	case <-closed:
		t.Error("did not wait")
	default:
	}
	pw.Close()
	<-closed
}

// TestAheadShort: a short stream is read by who wants it.
func TestAheadShort(t *testing.T) {
	before := runtime.NumGoroutine()
	a := ReadAhead(strings.NewReader(strings.Repeat("x", aheadAfter-1)))
	got, err := io.ReadAll(a)
	if len(got) != aheadAfter-1 || err != nil || a.full != nil || runtime.NumGoroutine() > before {
		t.Errorf("%d bytes, %v, a goroutine: %t", len(got), err, a.full != nil)
	}
	a.Close()
}

// TestAheadPanic: a decoder that panics does so where it is read.
func TestAheadPanic(t *testing.T) {
	for _, size := range []int{0, aheadAfter, aheadAfter + 5*aheadSize} {
		a := ReadAhead(io.MultiReader(bytes.NewReader(noise(size)), panicking{}))
		var c panics.Catcher
		c.Try(func() { _, _ = io.Copy(io.Discard, a) })
		if r := c.Recovered(); r == nil || !strings.Contains(r.String(), "a decoder's bug") {
			t.Errorf("after %d bytes: %v", size, r)
		}
		a.Close()
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("a decoder's bug") }
