package scanner

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ReadBaseline reads what Encode wrote. The file may come from anybody: an error
// names it and the line.
func ReadBaseline(name string, text []byte) (*Baseline, error) {
	if len(text) > MaxBaseline {
		return nil, fmt.Errorf("%s: more than %d bytes", name, MaxBaseline)
	}
	r := &baselineReader{name: name, text: text, Baseline: &Baseline{name: name, byKnown: map[string]int{}}}
	if err := r.version(); err != nil {
		return nil, err
	}
	return r.Baseline, r.read()
}

type baselineReader struct {
	*Baseline
	name string
	text []byte
}

// fail says where an error is.
func (r *baselineReader) fail(at int64, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the file ends too early")
	}
	text := strings.TrimPrefix(err.Error(), "json: ")
	return fmt.Errorf("%s:%d: %s", r.name, r.line(at), text)
}

func (r *baselineReader) line(at int64) int {
	return 1 + bytes.Count(r.text[:min(max(at, 0), int64(len(r.text)))], []byte{'\n'})
}

// version comes first: what a newer sluice writes may look different.
func (r *baselineReader) version() error {
	var head struct{ Version *int }
	err := json.Unmarshal(r.text, &head)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return r.fail(syntax.Offset, err)
	case errors.As(err, &kind):
		return r.fail(kind.Offset, errors.New("not a baseline of sluice"))
	case err != nil, head.Version == nil:
		return r.fail(0, errors.New("no version: not a baseline of sluice"))
	case *head.Version != baselineVersion:
		return r.fail(0, fmt.Errorf("version %d is not known, %d is: a newer sluice may have written it", *head.Version, baselineVersion))
	}
	return nil
}

// read goes through the file, which is valid JSON, field by field.
func (r *baselineReader) read() error {
	d := json.NewDecoder(bytes.NewReader(r.text))
	if _, err := d.Token(); err != nil {
		return r.fail(d.InputOffset(), err)
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return r.fail(d.InputOffset(), err)
		}
		field, at := fmt.Sprint(key), d.InputOffset()
		if seen[field] {
			return r.fail(at, fmt.Errorf("%.40q is there twice", field))
		}
		seen[field] = true
		if err := r.field(d, field); err != nil {
			return err
		}
	}
	if len(r.salt) != saltLength {
		return r.fail(0, fmt.Errorf("the salt has %d bytes, not %d", len(r.salt), saltLength))
	}
	if err := r.cost.check(); err != nil {
		return r.fail(0, err)
	}
	return nil
}

func (r *baselineReader) field(d *json.Decoder, name string) error {
	at := d.InputOffset()
	var err error
	switch name {
	case "about":
		var text string
		err = d.Decode(&text)
	case "version":
		var n int
		err = d.Decode(&n)
	case "salt":
		err = d.Decode(&r.salt)
	case "scrypt":
		err = r.strict(d, &r.cost)
	case "entries":
		return r.list(d)
	default:
		err = fmt.Errorf("unknown field %.40q", name)
	}
	if err != nil {
		return r.fail(at, err)
	}
	return nil
}

// strict decodes a value that may have no other fields than these.
func (r *baselineReader) strict(d *json.Decoder, into any) error {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return err
	}
	inner := json.NewDecoder(bytes.NewReader(raw))
	inner.DisallowUnknownFields()
	return inner.Decode(into)
}

func (r *baselineReader) list(d *json.Decoder) error {
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return r.fail(d.InputOffset(), errors.New("entries is not a list"))
	}
	for d.More() {
		at := d.InputOffset()
		at += int64(len(r.text[at:]) - len(bytes.TrimLeft(r.text[at:], ", \t\r\n")))
		var e BaselineEntry
		if err := r.strict(d, &e); err != nil {
			return r.fail(at, err)
		}
		if e.line = r.line(at); e.valid() != nil {
			return r.fail(at, e.valid())
		}
		if _, twice := r.byKnown[e.Known]; twice {
			return r.fail(at, errors.New("this secret has an entry already"))
		}
		slices.Sort(e.Circles)
		r.byKnown[e.Known] = len(r.entries)
		r.entries = append(r.entries, e)
	}
	_, err := d.Token()
	return err
}

func (e *BaselineEntry) valid() error {
	digits, quick := strings.CutPrefix(e.Known, quickly)
	if !quick {
		digits = strings.TrimPrefix(e.Known, slowly)
	}
	switch sum, err := hex.DecodeString(digits); {
	case err != nil || len(sum) != 32 || digits != strings.ToLower(digits):
		return errors.New(`"known" is no hash`)
	case len(e.Circles) == 0:
		return errors.New("an entry needs the circles it holds in")
	case strings.TrimSpace(e.Reason) == "":
		return errors.New("an entry needs a reason")
	case strings.TrimSpace(e.By) == "":
		return errors.New("an entry needs to say by whom it is")
	}
	return nil
}
