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
func marshal(v any, prefix, step string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, step)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return disarm(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
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

// writeFilled writes v with the items in the place of the one empty list that
// it holds under key. The items are rendered one at a time: a report of any
// length takes the memory of one.
func writeFilled(w io.Writer, v any, key string, items iter.Seq[any]) error {
	text, err := marshal(v, "", indent)
	if err != nil {
		return err
	}
	// A quote within a string is escaped, so the key is found nowhere else.
	head, tail, ok := bytes.Cut(text, []byte(`"`+key+`": []`))
	if !ok {
		panic("reporters: no empty list " + key)
	}
	outer := string(head[bytes.LastIndexByte(head, '\n'):])
	out := bufio.NewWriter(w)
	out.Write(head)
	out.WriteString(`"` + key + `": [`)
	separator := ""
	for item := range items {
		text, err := marshal(item, outer[1:]+indent, indent)
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
	out.Write(tail)
	out.WriteString("\n")
	return out.Flush()
}
