package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Bounds of one configuration. One that is larger is scanned as a file.
const (
	maxConfig = 8 << 20
	maxValues = 20_000
)

// A config is the configuration of an image, as far as it could be
// understood.
type config struct {
	parsed   bool
	platform v1.Platform
	diffIDs  []string // "" where one is malformed
	history  []historyEntry
	fields   []field // all of it but history
}

// A historyEntry is one step of a history.
type historyEntry struct {
	created   time.Time
	createdBy string
	empty     bool    // it made no layer
	fields    []field // all of it but these
}

// configuration reads that of an image. What cannot be read is reported, and
// as much of it returned as can.
func (w *walk) configuration(ctx context.Context, doc *document) *config {
	raw, err := w.fetch(ctx, doc.config, maxConfig)
	if err != nil {
		if errors.Is(err, errTooLong) {
			err = fmt.Errorf("scanned without being understood: %w", err)
		}
		w.problem(doc.config, err)
		return &config{}
	}
	c, err := parseConfig(raw)
	if err != nil {
		w.problem(doc.config, err)
	}
	return c
}

// parseConfig reads a configuration. What is wrong with parts of it is in the
// error, and the rest is returned with it.
func parseConfig(raw []byte) (*config, error) {
	fields, err := fieldsOf(raw, maxValues)
	if err != nil {
		return &config{}, fmt.Errorf("configuration: %w", err)
	}
	c := &config{parsed: true}
	var wrong faults
	for _, f := range fields {
		var err error
		switch f.key {
		case "history":
			err = c.setHistory(f.value)
		case "rootfs":
			err = c.setRootFS(f.value)
		case "os":
			err = json.Unmarshal(f.value, &c.platform.OS)
		case "architecture":
			err = json.Unmarshal(f.value, &c.platform.Architecture)
		case "variant":
			err = json.Unmarshal(f.value, &c.platform.Variant)
		}
		wrong.add("configuration: "+f.key, err)
		if f.key != "history" || len(c.history) == 0 {
			c.fields = append(c.fields, f)
		}
	}
	return c, wrong.err()
}

func (c *config) setRootFS(raw json.RawMessage) error {
	var rootfs struct {
		DiffIDs []string `json:"diff_ids"`
	}
	if err := json.Unmarshal(raw, &rootfs); err != nil {
		return err
	}
	var wrong faults
	for i, id := range rootfs.DiffIDs[:min(len(rootfs.DiffIDs), maxLayers)] {
		if _, err := parseDigest(id); err != nil {
			wrong.add(fmt.Sprintf("diffID %d", i), err)
			id = ""
		}
		c.diffIDs = append(c.diffIDs, id)
	}
	return wrong.err()
}

func (c *config) setHistory(raw json.RawMessage) error {
	elements, err := elementsOf(raw, maxValues)
	var wrong faults
	wrong.add("", err)
	for _, e := range elements {
		fields, err := fieldsOf(e, maxFields)
		wrong.add("entry", err)
		var h historyEntry
		for _, f := range fields {
			switch f.key {
			case "created":
				err = json.Unmarshal(f.value, &h.created)
			case "empty_layer":
				err = json.Unmarshal(f.value, &h.empty)
			case "created_by":
				err = json.Unmarshal(f.value, &h.createdBy)
			default:
				h.fields = append(h.fields, f)
			}
			wrong.add(f.key, err)
		}
		c.history = append(c.history, h)
	}
	return wrong.err()
}

// describe adds to the layers of an image what its configuration says of them.
// Where the counts do not agree nothing is guessed.
func (c *config) describe(parts []*part) {
	if len(c.diffIDs) == len(parts) {
		for i, p := range parts {
			p.layer.DiffID = c.diffIDs[i]
		}
	}
	var made []int
	for i := range c.history {
		if !c.history[i].empty {
			made = append(made, i)
		}
	}
	if len(made) != len(parts) {
		return
	}
	for i, p := range parts {
		h := &c.history[made[i]]
		p.layer.History, p.layer.CreatedBy, p.layer.Created = made[i], h.createdBy, h.created
	}
}
