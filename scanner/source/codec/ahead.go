package codec

import (
	"errors"
	"io"
	"sync"

	"github.com/sourcegraph/conc/panics"
)

// What a stream is read ahead: a ring of buffers, large enough that handing one
// over costs nothing, and small enough that all of them stay in a cache.
const (
	aheadSize    = 128 << 10
	aheadBuffers = 6
	// aheadAfter is how long a stream must be to be worth a goroutine.
	aheadAfter = 256 << 10
)

var aheadPool = sync.Pool{New: func() any { return new([aheadSize]byte) }}

// An Ahead reads a stream on a goroutine of its own, so that unpacking and what
// is done with the unpacked keep two processors busy. The first bytes are read
// without one: most streams are short. It is for one goroutine.
type Ahead struct {
	r      io.Reader
	direct int    // bytes that are still read without a goroutine
	data   []byte // of now, not read yet
	now    filled
	full   chan filled // nil before there is a goroutine
	free   chan *[aheadSize]byte
	stop   chan struct{}
	done   chan struct{}
}

// A filled buffer is what was read in one go, and what ended it.
type filled struct {
	buf      *[aheadSize]byte // may be nil
	n        int
	err      error
	panicked *panics.Recovered
}

// ReadAhead returns a reader of what r holds, to be closed. Until then r
// belongs to it. It holds a bounded number of bytes, and gives them out and
// then the error of r in their order; a panic of r is one of Read.
func ReadAhead(r io.Reader) *Ahead { return &Ahead{r: r, direct: aheadAfter} }

// Read implements io.Reader.
func (a *Ahead) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if a.full == nil && a.now.err == nil {
		if a.direct > 0 {
			var n int
			n, a.now.err = a.r.Read(p)
			a.direct -= n
			return n, a.now.err
		}
		a.start()
	}
	for len(a.data) == 0 {
		if a.now.err != nil {
			return 0, a.now.err
		}
		a.next()
	}
	n := copy(p, a.data)
	if a.data = a.data[n:]; len(a.data) == 0 {
		// With the last bytes comes what ended them: who cannot make sense of
		// them has to know.
		return n, a.now.err
	}
	return n, nil
}

func (a *Ahead) start() {
	a.full, a.free = make(chan filled, aheadBuffers+1), make(chan *[aheadSize]byte, aheadBuffers)
	a.stop, a.done = make(chan struct{}), make(chan struct{})
	for range aheadBuffers {
		a.free <- aheadPool.Get().(*[aheadSize]byte)
	}
	go func() {
		defer close(a.done)
		var c panics.Catcher
		c.Try(a.fill)
		if r := c.Recovered(); r != nil {
			a.full <- filled{err: errPanic, panicked: r}
		}
	}()
}

var errPanic = errors.New("reading ahead panicked")

// fill reads until the stream ends or nobody wants more.
func (a *Ahead) fill() {
	for {
		var f filled
		select {
		case f.buf = <-a.free:
		case <-a.stop:
			return
		}
		f.n, f.err = readFull(a.r, f.buf[:])
		a.full <- f // has room for all buffers
		if f.err != nil {
			return
		}
	}
}

// next takes the next buffer and gives back the one before.
func (a *Ahead) next() {
	if a.now.buf != nil {
		a.free <- a.now.buf
	}
	a.now = <-a.full
	if a.now.panicked != nil {
		panic(a.now.panicked)
	}
	a.data = a.now.buf[:a.now.n]
}

// Close ends the reading; it waits for a read of r that is under way. Then r
// may have been read further than what was given out. No Read may follow.
func (a *Ahead) Close() {
	if a.full == nil {
		return
	}
	close(a.stop)
	<-a.done
	close(a.full)
	close(a.free)
	for f := range a.full {
		a.drop(f.buf)
	}
	for buf := range a.free {
		a.drop(buf)
	}
	a.drop(a.now.buf)
	a.now, a.data = filled{err: io.ErrClosedPipe}, nil
}

func (a *Ahead) drop(buf *[aheadSize]byte) {
	if buf != nil {
		aheadPool.Put(buf)
	}
}

// readFull reads until p is full or the stream ends, which is an error.
func readFull(r io.Reader, p []byte) (n int, err error) {
	for stalls := 0; n < len(p) && err == nil; {
		var k int
		k, err = r.Read(p[n:])
		n += k
		if k > 0 {
			stalls = 0
		} else if stalls++; stalls > 100 && err == nil {
			err = io.ErrNoProgress
		}
	}
	return n, err
}
