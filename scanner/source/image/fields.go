package image

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A field is a member of a JSON object.
type field struct {
	key   string
	value json.RawMessage
}

// faults collects what is wrong with a JSON value: it tells the first and
// counts the rest, of which somebody can make thousands.
type faults struct {
	first error
	more  int
}

// add notes an error, if there is one.
func (f *faults) add(at string, err error) {
	switch {
	case err == nil:
		return
	case f.first != nil:
		f.more++
		return
	case at != "":
		err = fmt.Errorf("%s: %w", cutName(at), err)
	}
	f.first = err
}

func (f *faults) err() error {
	if f.more == 0 {
		return f.first
	}
	return fmt.Errorf("%w, and %d more faults", f.first, f.more)
}

// fieldsOf returns the members of an object in their order, at most so many.
// An object can have several of one name; readers differ in which of them
// counts, so all are returned.
func fieldsOf(data []byte, most int) ([]field, error) {
	var fields []field
	err := decodeAll(data, '{', most, func(d *json.Decoder) error {
		key, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		f := field{key: name}
		err = d.Decode(&f.value)
		fields = append(fields, f)
		return err
	})
	return fields, err
}

// elementsOf returns the elements of an array, at most so many.
func elementsOf(data []byte, most int) ([]json.RawMessage, error) {
	var elements []json.RawMessage
	err := decodeAll(data, '[', most, func(d *json.Decoder) error {
		var value json.RawMessage
		err := d.Decode(&value)
		elements = append(elements, value)
		return err
	})
	return elements, err
}

// decodeAll calls next for each member of the one array or object that data
// is. null has none.
func decodeAll(data []byte, open json.Delim, most int, next func(*json.Decoder) error) error {
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != open {
		return errors.Join(err, fmt.Errorf("no JSON value that begins with %s", open))
	}
	for n := 0; d.More(); n++ {
		if n == most {
			return fmt.Errorf("more than %d members in a JSON value", most)
		}
		if err := next(d); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("text behind a JSON value")
	}
	return nil
}
