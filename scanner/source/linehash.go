package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// LineHashes sets the value of each line, counted from 1, to GitHub's
// primaryLocationLineHash of it in the text that r holds: "hash:count". Lines
// that the text does not have are left alone, and so are all of them where it
// is no text, or UTF-16. It reads r from the start, twice, and keeps no more
// than a few bytes for each line asked for.
//
// The hash is the one that github/codeql-action computes for uploads without
// (its src/fingerprints.ts): a polynomial of base 37, modulo 2^64, of the 100
// UTF-16 units from the line's first, counted without spaces and tabs, every
// line end being one line feed. A unit 65535 ends the text, and zeros make up
// what is missing behind it. The count tells lines of the same hash apart.
func LineHashes(r io.ReadSeeker, lines map[int]string) error {
	if text, err := isText(r); err != nil || !text {
		return err
	}
	hashes := map[int]uint64{}
	counts := map[uint64]int{}
	first := 0
	for line := range lines {
		if first == 0 || line < first {
			first = line
		}
	}
	err := rollLines(r, first, func(line int, hash uint64) bool {
		if _, asked := lines[line]; asked {
			hashes[line] = hash
			counts[hash] = 0
		}
		return len(hashes) < len(lines)
	})
	if err != nil {
		return err
	}
	left := len(hashes)
	return rollLines(r, 1, func(line int, hash uint64) bool {
		n, counted := counts[hash]
		if counted {
			counts[hash] = n + 1
		}
		if h, asked := hashes[line]; asked && h == hash {
			lines[line] = fmt.Sprintf("%x:%d", hash, n+1)
			left--
		}
		return left > 0
	})
}

// isText reports whether what r holds is text of bytes. It reads its start.
func isText(r io.ReadSeeker) (bool, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	start := make([]byte, sniffed)
	n, err := io.ReadFull(r, start)
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	encoding, _ := sniffEncoding(start[:n])
	return encoding == 0 && !isBinary(start[:n]), nil
}

const (
	rolled   = 100 // units that a hash covers
	rollBase = 37
	rollEnd  = 65535
)

// A roller computes the hashes of lines unit by unit.
type roller struct {
	window [rolled]uint16
	begins [rolled]int // the line that begins with window[i], 0 if none does
	at     int         // the oldest unit of the window
	hash   uint64
	out    uint64 // what the oldest unit counts in the hash
	line   int
	fresh  bool // the next unit begins a line
	first  int  // of the lines whose hash is wanted
	cr     bool // the unit before was a carriage return
	found  func(line int, hash uint64) bool
	done   bool
}

// rollLines calls found with the hash of each line from the first that is
// wanted, in order, until it returns false; before that it may tell some lines
// and wrong hashes. It reads r from its start.
func rollLines(r io.ReadSeeker, first int, found func(line int, hash uint64) bool) error {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h := &roller{out: 1, fresh: true, first: first, found: found}
	for range rolled {
		h.out *= rollBase
	}
	pooled := buffers.Get().(*[chunkSize]byte)
	defer buffers.Put(pooled)
	buf := pooled[:32<<10]
	kept := 0
	for !h.done {
		n, err := r.Read(buf[kept:])
		rest := h.text(buf[:kept+n], err == io.EOF)
		kept = copy(buf, rest)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	h.unit(rollEnd)
	for range rolled {
		h.push(0)
	}
	return nil
}

// text takes UTF-8 and returns the start of a code point that it ends with. It
// reads what is no UTF-8 as other readers of the web do: the bytes that might
// have become a code point are one U+FFFD.
func (h *roller) text(data []byte, last bool) []byte {
	for len(data) > 0 && !h.done {
		if h.fresh {
			if data = h.skip(data); len(data) == 0 {
				break
			}
		} else {
			if data = h.plain(data); len(data) == 0 {
				break
			}
		}
		if data[0] < utf8.RuneSelf {
			h.unit(uint16(data[0]))
			data = data[1:]
			continue
		}
		if !last && !utf8.FullRune(data) {
			return data
		}
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			for k := min(3, len(data)); k > 1 && n == 1; k-- {
				if !utf8.FullRune(data[:k]) {
					n = k
				}
			}
		}
		data = data[n:]
		if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
			h.unit(uint16(high))
			h.unit(uint16(low))
		} else {
			h.unit(uint16(r))
		}
	}
	return nil
}

// skip takes whole lines before the first that is wanted: they are counted, and
// that is ten times as fast. It returns the rest.
func (h *roller) skip(data []byte) []byte {
	if h.line+1 >= h.first || h.cr {
		return data
	}
	if bytes.IndexByte(data, '\r') >= 0 {
		h.first = 0 // what is a line end is not to be counted like that
		return data
	}
	for h.line+1 < h.first {
		end := bytes.IndexByte(data, '\n')
		if end < 0 {
			break
		}
		h.line++
		data = data[end+1:]
	}
	return data
}

// plain takes the bytes that unit would take and do nothing else, which is most
// of them: ASCII within a line, up to where the hash of a line is complete. It
// returns the rest.
func (h *roller) plain(data []byte) []byte {
	at, hash, i := h.at, h.hash, 0
	for ; i < len(data); i++ {
		b := data[i]
		if b == ' ' || b == '\t' {
			continue
		}
		if b < ' ' || b >= utf8.RuneSelf || h.begins[at] != 0 {
			break
		}
		hash = hash*rollBase + uint64(b) - h.out*uint64(h.window[at])
		h.window[at] = uint16(b)
		if at++; at == rolled {
			at = 0
		}
	}
	if i > 0 {
		h.at, h.hash, h.cr = at, hash, false
	}
	return data[i:]
}

// unit takes the next unit of the text.
func (h *roller) unit(u uint16) {
	afterCR := h.cr
	h.cr = u == '\r'
	switch {
	case u == ' ' || u == '\t' || u == '\n' && afterCR:
		return
	case u == '\r':
		u = '\n'
	}
	fresh := h.fresh
	h.fresh = u == '\n'
	at := h.at
	h.push(u)
	if fresh {
		h.line++
		h.begins[at] = h.line
	}
}

// push moves the window on by a unit. The hash of a line is that of the window
// that it begins.
func (h *roller) push(u uint16) {
	if line := h.begins[h.at]; line != 0 && !h.done {
		h.begins[h.at] = 0
		h.done = !h.found(line, h.hash)
	}
	h.hash = h.hash*rollBase + uint64(u) - h.out*uint64(h.window[h.at])
	h.window[h.at] = u
	h.at = (h.at + 1) % rolled
}
