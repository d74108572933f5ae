package image

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sluice-sec/sluice/scanner"
)

// config sends the texts of a configuration.
func (t *texts) config(ctx context.Context, c *config) {
	for _, f := range c.fields {
		switch f.key {
		case "config", "container_config":
			t.settings(ctx, f.key, f.value)
		case "rootfs": // nothing but digests
		default:
			t.value(ctx, scanner.Config, "config."+f.key, f.value)
		}
	}
	layers := map[int]*scanner.Layer{}
	for _, p := range t.image.parts {
		layers[p.layer.History] = p.layer
	}
	delete(layers, -1)
	for i, h := range c.history {
		t.layer, t.step = layers[i], i
		path := fmt.Sprintf("history[%d]", i)
		t.send(ctx, scanner.History, path, h.createdBy)
		for _, f := range h.fields {
			t.value(ctx, scanner.History, path+"."+f.key, f.value)
		}
	}
}

// settings sends what a container of the image starts with.
func (t *texts) settings(ctx context.Context, path string, raw json.RawMessage) {
	fields, err := fieldsOf(raw, maxValues)
	if err != nil {
		t.value(ctx, scanner.Config, path, raw)
		return
	}
	for _, f := range fields {
		at := path + "." + f.key
		switch f.key {
		case "Env":
			t.env(ctx, at, f.value)
		case "Labels":
			t.pairs(ctx, at, f.value)
		case "Cmd", "Entrypoint", "Shell":
			t.command(ctx, at, f.value)
		case "OnBuild":
			t.each(ctx, at, f.value)
		case "Healthcheck":
			t.healthcheck(ctx, at, f.value)
		default:
			t.value(ctx, scanner.Config, at, f.value)
		}
	}
}

func (t *texts) healthcheck(ctx context.Context, path string, raw json.RawMessage) {
	fields, err := fieldsOf(raw, maxFields)
	if err != nil {
		t.value(ctx, scanner.Config, path, raw)
		return
	}
	for _, f := range fields {
		if f.key == "Test" {
			t.command(ctx, path+".Test", f.value)
			continue
		}
		t.value(ctx, scanner.Config, path+"."+f.key, f.value)
	}
}
