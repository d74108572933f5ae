package reporters

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// indent is one level of the formats that people open too.
const indent = "  "

// marshal renders v as JSON without a line end; every line but the first
// starts with prefix, and an empty step gives one line. Bytes that are no
// UTF-8 become U+FFFD.
func marshal(v any, prefix, step string) ([]byte, error) { return newEncoder(prefix, step).marshal(v) }

// An encoder marshals one value after the other, in memory that it uses again:
// of findings there may be hundreds of thousands.
type encoder struct {
	buffer bytes.Buffer
	json   *json.Encoder
}

func newEncoder(prefix, step string) *encoder {
	e := &encoder{}
	e.json = json.NewEncoder(&e.buffer)
	e.json.SetEscapeHTML(false)
	e.json.SetIndent(prefix, step)
	return e
}

// marshal returns a text that is good until the next call.
func (e *encoder) marshal(v any) ([]byte, error) {
	e.buffer.Reset()
	if err := e.json.Encode(v); err != nil {
		return nil, err
	}
	return disarm(bytes.TrimSuffix(e.buffer.Bytes(), []byte("\n"))), nil
}

// disarm escapes what JSON lets pass and a terminal obeys: DEL, the C1
// controls, the marks that turn the direction of text. They can only stand in
// strings, where an escape means the same.
func disarm(text []byte) []byte {
	if bytes.IndexFunc(text, hidden) < 0 {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch hi, lo := utf16.EncodeRune(r); {
		case !hidden(r):
			out = append(out, text[:n]...)
		case hi != utf8.RuneError:
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[n:]
	}
	return out
}

func hidden(r rune) bool { return r >= 0x7f && !unicode.IsPrint(r) }

// A list is one empty list of an envelope, and what belongs into it.
type list struct {
	key   string
	items iter.Seq[any]
}

// writeFilled writes v with the items in the place of the empty lists that it
// holds under their keys, in that order. The items are rendered one at a time:
// a report of any length takes the memory of one.
func writeFilled(w io.Writer, v any, lists ...list) error {
	text, err := marshal(v, "", indent)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	for _, l := range lists {
		// A quote within a string is escaped, so the key is found nowhere else.
		head, tail, ok := bytes.Cut(text, []byte(`"`+l.key+`": []`))
		if !ok {
			panic("reporters: no empty list " + l.key)
		}
		out.Write(head)
		if err := l.write(out, string(head[bytes.LastIndexByte(head, '\n'):])); err != nil {
			return err
		}
		text = tail
	}
	out.Write(text)
	out.WriteString("\n")
	return out.Flush()
}

// write writes the key and the list; outer is the line end and the margin of
// the object that it stands in.
func (l list) write(out *bufio.Writer, outer string) error {
	out.WriteString(`"` + l.key + `": [`)
	separator, e := "", newEncoder(outer[1:]+indent, indent)
	for item := range l.items {
		text, err := e.marshal(item)
		if err != nil {
			return err
		}
		out.WriteString(separator + outer + indent)
		out.Write(text)
		separator = ","
	}
	if separator != "" {
		out.WriteString(outer)
	}
	out.WriteString("]")
	return nil
}
