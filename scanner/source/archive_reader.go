package source

import (
	"bytes"
	"context"
	"io"

	"github.com/sluice-sec/sluice/scanner"
)

// A watched reader remembers the error that its reader failed with, to be told
// apart from damage found by what decodes it. It fails once ctx is done.
type watched struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	if w.err == nil {
		w.err = w.ctx.Err()
	}
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.r.Read(p)
	if err != io.EOF {
		w.err = err
	}
	return n, err
}

// A meter counts what a decoder makes against the unpacker's limit.
type meter struct {
	u *unpacker
	o *scanner.Origin
	r io.Reader
}

// meter returns a meter, to be released once it is read no more.
func (u *unpacker) meter(o *scanner.Origin, r io.Reader) *meter {
	u.metered++
	return &meter{u: u, o: o, r: r}
}

func (m *meter) release() { m.u.metered-- }

// Read asks for one byte more than is left, to tell a stream that ends there
// from one that goes on.
func (m *meter) Read(p []byte) (int, error) {
	u := m.u
	if u.spent {
		return 0, errSpent
	}
	if err := u.inTime(m.o); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p[:min(int64(len(p)), u.bytes+1)])
	if int64(n) > u.bytes {
		return int(u.bytes), u.spend(m.o, "the archive unpacks to more than %d bytes: the rest is not scanned", u.limits.Bytes)
	}
	u.bytes -= int64(n)
	return n, err
}

// taped is how many bytes a tape keeps at least: more than what a decoder
// reads ahead.
const taped = 256 << 10

// A tape is a reader whose last bytes can be read again.
type tape struct {
	watched
	buf []byte
	at  position // of buf[0]
}

func newTape(ctx context.Context, r io.Reader) *tape {
	return &tape{watched: watched{ctx: ctx, r: r}, at: streamStart}
}

func (t *tape) Read(p []byte) (int, error) {
	n, err := t.watched.Read(p)
	t.keep(p[:n])
	return n, err
}

// keep appends data, dropping the oldest bytes.
func (t *tape) keep(data []byte) {
	if len(t.buf)+len(data) > 2*taped {
		drop := max(0, len(t.buf)-max(0, taped-len(data)))
		t.at.advance(t.buf[:drop], scanner.Bytes)
		t.buf = t.buf[:copy(t.buf, t.buf[drop:])]
		if past := len(data) - taped; past > 0 {
			t.at.advance(data[:past], scanner.Bytes)
			data = data[past:]
		}
	}
	t.buf = append(t.buf, data...)
}

// pos returns the offset of the next byte to be read.
func (t *tape) pos() int64 { return t.at.offset + int64(len(t.buf)) }

// since returns what was read from the offset on, as far back as it is kept,
// together with all that is still to come, and where that begins. The tape is
// not read itself afterwards.
func (t *tape) since(offset int64) (position, io.Reader) {
	skip := min(max(0, offset-t.at.offset), int64(len(t.buf)))
	at := t.at
	at.advance(t.buf[:skip], scanner.Bytes)
	return at, io.MultiReader(bytes.NewReader(t.buf[skip:]), &t.watched)
}
