package decode

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"sync"
)

// An unpacker is used again for other data: it is large, and little data may be made
// to look like gzip in many places.
type unpacker struct {
	packed bytes.Reader
	reader gzip.Reader
}

var unpackers = sync.Pool{New: func() any { return &unpacker{} }}

func (u *unpacker) release() {
	u.packed.Reset(nil)
	unpackers.Put(u)
}

// gzip unpacks all of the data, as far as it is whole.
func (d *decoder) gzip() {
	if d.GoesBack || !isGzip(d.data) || !holdsExtra(d.data) {
		return
	}
	u := unpackers.Get().(*unpacker)
	defer u.release()
	u.packed.Reset(d.data)
	if u.reader.Reset(&u.packed) != nil {
		return
	}
	text := bytes.NewBuffer(d.text[:0])
	_, err := io.CopyN(text, &u.reader, int64(d.MaxInflated)+1)
	d.text = text.Bytes()
	cut := err == nil
	if cut {
		d.text = d.text[:d.MaxInflated]
	}
	d.segments = d.segments[:0]
	if n, packed := usable(d.text, 0); n > 0 {
		d.shown = View{Form: Gzip, End: len(d.data), Data: d.text[:n], Binary: packed, Cut: cut, GoesOn: cut}
		d.show(span{0, len(d.data)})
	}
}

// holdsExtra reports whether the extra field that a header may announce is there.
// Package gzip makes room for it first, up to 64 KiB.
func holdsExtra(data []byte) bool {
	const flags, extra, length = 3, 1 << 2, 10
	if len(data) < length+2 {
		return false
	}
	return data[flags]&extra == 0 || length+2+int(binary.LittleEndian.Uint16(data[length:])) <= len(data)
}
