package decode

import (
	"bytes"
	"compress/gzip"
	"io"
)

// gzip unpacks all of the data, as far as it is whole.
func (d *decoder) gzip() {
	if !isGzip(d.data) {
		return
	}
	r, err := gzip.NewReader(bytes.NewReader(d.data))
	if err != nil {
		return
	}
	text := bytes.NewBuffer(d.text[:0])
	_, err = io.CopyN(text, r, int64(d.MaxInflated)+1)
	d.text = text.Bytes()
	cut := err == nil
	if cut {
		d.text = d.text[:d.MaxInflated]
	}
	d.segments = d.segments[:0]
	if n, packed := usable(d.text, 0); n > 0 {
		d.emit(&View{Form: Gzip, End: len(d.data), Data: d.text[:n], Binary: packed, Cut: cut})
	}
}
