package image

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

func TestConfigTexts(t *testing.T) {
	f := newShelf()
	layer := f.put(types.OCIUncompressedLayer, archive())
	layer.Annotations = map[string]string{"of": "layer"}
	cfg := f.put(types.OCIConfigJSON, []byte(`{
		"os": "linux", "architecture": "amd64", "author": "me", "rootfs": {"diff_ids": ["`+layer.Digest.String()+`"]},
		"config": {"Env": ["A=1=2", "B", "=c"], "Env": ["A=again"], "Cmd": ["sh", "-c", "x  y"], "Entrypoint": "one text",
			"Labels": {"k": "v", "n": 1}, "OnBuild": ["RUN z"], "Healthcheck": {"Test": ["CMD", "t"], "Interval": 5}, "Shell": ["/bin/sh"],
			"User": "u\u003d1", "Volumes": {"/v": {}}},
		"container_config": {"Env": ["OLD=1"]},
		"history": [{"created_by": "RUN a", "comment": "c", "author": "d"}, {"created_by": "ENV b", "empty_layer": true}],
		"x.custom": {"deep": ["s"]}
	}`))
	root := f.putJSON(types.OCIManifestSchema1, object{
		"config": cfg, "layers": []v1.Descriptor{layer}, "annotations": object{"note": "n"}, "subject": object{"digest": "d"},
	})
	index := f.putJSON(types.OCIImageIndex, object{"manifests": []any{root}, "annotations": object{"top": "t"}})
	f.refs["app"] = []v1.Descriptor{index}
	p := record(t, f.source(t, Options{}, "app"))
	want := map[string]string{
		"config.Env[A]": "A=1=2|A=again", "config.Env[1]": "B", "config.Env[2]": "=c", "config.Cmd": "sh -c x  y", "config.Entrypoint": "one text",
		"config.Labels[k]": "k=v", "config.Labels[n]": "n=1", "config.OnBuild[0]": "RUN z", "config.Healthcheck.Test": "CMD t",
		"config.Healthcheck.Interval": "5", "config.Shell": "/bin/sh", "config.User": "u=1", "config.Volumes": `{"/v": {}}`,
		"container_config.Env[OLD]": "OLD=1", "config.x.custom": `{"deep": ["s"]}`, "config.author": "me", "config.os": "linux",
		"config.architecture": "amd64", "annotations[note]": "note=n", "manifest.subject": `{"digest":"d"}`,
		"layers[0].annotations[of]": "of=layer", "index.annotations[top]": "top=t",
	}
	if diff := cmp.Diff(want, p.paths(scanner.Config)); diff != "" {
		t.Error(diff)
	}
	want = map[string]string{"history[0]": "RUN a", "history[0].comment": "c", "history[0].author": "d", "history[1]": "ENV b"}
	if diff := cmp.Diff(want, p.paths(scanner.History)); diff != "" {
		t.Error(diff)
	}
	if len(p.problems) > 0 {
		t.Error(p.problems)
	}
	for _, s := range p.streams {
		if made := s.origin.Layer != nil; s.origin.Kind == scanner.History && made != strings.HasPrefix(s.origin.Path, "history[0]") {
			t.Errorf("%s: layer %v", s.origin.Path, s.origin.Layer)
		}
	}
}

func TestHistory(t *testing.T) {
	made := func(by string) object { return object{"created_by": by} }
	empty := func(by string) object { return object{"created_by": by, "empty_layer": true} }
	for name, c := range map[string]struct {
		history []object
		want    []string
	}{
		"none":          {nil, []string{`-1 ""`, `-1 ""`}},
		"each":          {[]object{made("a"), made("b")}, []string{`0 "a"`, `1 "b"`}},
		"empty between": {[]object{empty("x"), made("a"), empty("y"), empty("z"), made("b"), empty("w")}, []string{`1 "a"`, `4 "b"`}},
		"too few":       {[]object{made("a"), empty("b")}, []string{`-1 ""`, `-1 ""`}},
		"too many":      {[]object{made("a"), made("b"), made("c")}, []string{`-1 ""`, `-1 ""`}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newShelf()
			f.refs["app"] = []v1.Descriptor{f.plainImage([][]byte{archive(inTar{"a", "1"}), archive(inTar{"b", "2"})}, object{"history": c.history})}
			s := f.source(t, Options{}, "app")
			p := record(t, s)
			var got []string
			for _, part := range s.images[0].parts {
				got = append(got, fmt.Sprintf("%d %q", part.layer.History, part.layer.CreatedBy))
			}
			if !slices.Equal(got, c.want) || len(p.problems) > 0 {
				t.Errorf("%q, want %q; problems %v", got, c.want, p.problems)
			}
		})
	}
}

func TestHostileConfigs(t *testing.T) {
	f := newShelf()
	layer := f.put(types.OCIUncompressedLayer, archive(inTar{"a", "1"}))
	for name, c := range map[string]struct {
		config  string
		problem string
	}{
		"no JSON":        {`secret`, "configuration: "},
		"null":           {`null`, "0 diffIDs for 1 layers"},
		"strange types":  {`{"config": 1, "rootfs": [], "history": {}, "os": 7}`, "rootfs"},
		"strange Env":    {`{"config": {"Env": {"a": 1}, "Labels": ["x"], "Cmd": 7, "Healthcheck": "h"}}`, "diffIDs"},
		"strange diffID": {`{"rootfs": {"diff_ids": ["md5:00"]}}`, "diffID 0: digest"},
		"text behind":    {`{} secret`, "text behind"},
		"many values":    {`{"config": {"OnBuild": [` + strings.Repeat(`"x",`, maxValues-10) + `"y"], "Env": [` + strings.Repeat(`"A=1",`, 1000) + `"B=2"]}}`, "more than 20000 values"},
		"large":          {`{"x": "` + strings.Repeat("x", maxConfig) + `secret"}`, "scanned without being understood"},
	} {
		t.Run(name, func(t *testing.T) {
			f.refs["app"] = []v1.Descriptor{f.putJSON(types.OCIManifestSchema1, object{
				"config": f.put(types.OCIConfigJSON, []byte(c.config)), "layers": []v1.Descriptor{layer},
			})}
			p := record(t, f.source(t, Options{}, "app"))
			if !strings.Contains(strings.Join(p.problems, "\n"), c.problem) || p.paths(scanner.InLayer)["a"] != "1" {
				t.Errorf("problems %.500q, files %q", p.problems, p.paths(scanner.InLayer))
			}
			if strings.Contains(c.config, "secret") {
				texts := strings.Join(slices.Collect(maps.Values(p.paths(scanner.Blob))), "")
				if !strings.Contains(texts, "secret") {
					t.Error("content not read")
				}
			}
		})
	}
}

// TestBuildArguments finds a secret in each form in which builders write what
// they were given.
func TestBuildArguments(t *testing.T) {
	set, err := rules.Load("test.toml", "[[rules]]\nid = \"assigned\"\ntitle = \"Assigned value\"\nconfidence = \"high\"\nprovider = \"Test\"\n"+
		"regex = '(?i)[\\w.-]{0,20}token\\s{0,4}[=:]\\s{0,4}(?P<secret>[0-9a-z]{20})\\b'\n")
	if err != nil {
		t.Fatal(err)
	}
	engine, err := scanner.New(scanner.Options{Rules: set.Set})
	if err != nil {
		t.Fatal(err)
	}
	planted := "q7x9" + "k2m4" + "p6w8" + "z1r3" + "t5v0"
	for name, step := range map[string]string{
		"docker":          "|2 APP_TOKEN=" + planted + " V=1 /bin/sh -c make",
		"docker, classic": "RUN |2 V=1 APP_TOKEN=" + planted + " /bin/sh -c make",
		"buildkit":        "RUN |1 APP_TOKEN=" + planted + " /bin/sh -c make # buildkit",
		"buildah":         "/bin/sh -c #(nop) ARG APP_TOKEN=" + planted,
		"kaniko":          "ARG APP_TOKEN=" + planted,
		"in the command":  "RUN /bin/sh -c APP_TOKEN=" + planted + " make",
	} {
		t.Run(name, func(t *testing.T) {
			f := newShelf()
			f.refs["app"] = []v1.Descriptor{f.plainImage(nil, object{"history": []object{{"created_by": step, "empty_layer": true}}})}
			r := engine.Scan(t.Context(), f.source(t, Options{}, "app"))
			if len(r.Findings) != 1 || r.Findings[0].Secret.Reveal() != planted || !r.Complete {
				t.Fatalf("findings %v, problems %v", r.Findings, r.Problems)
			}
			o := r.Findings[0].Occurrences[0]
			if column := strings.Index(step, planted) + 1; o.Origin.Path != "history[0]" || o.Span.Column != column || o.State != scanner.Stateless {
				t.Errorf("at %s column %d, state %q; want column %d", o.Origin.Path, o.Span.Column, o.State, column)
			}
		})
	}
}
