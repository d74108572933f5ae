package source_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

const (
	secretHead = "apiVersion: v1\nkind: Secret\n"
	podHead    = "apiVersion: v1\nkind: Pod\n"
)

// views returns what a file of that name gives beside its stream.
func views(t testing.TB, name, data string) (*sourcetest.Recorder, []scanner.Chunk) {
	t.Helper()
	rec := &sourcetest.Recorder{}
	feed := source.Feed{Sink: rec}
	o := &scanner.Origin{Path: name}
	if err := feed.File(context.Background(), o, strings.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	rec.Check(t, false)
	return rec, rec.Views()
}

func joined(chunks []scanner.Chunk) string {
	var s strings.Builder
	for _, c := range chunks {
		s.Write(c.Data)
	}
	return s.String()
}

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func packed(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s)) // a buffer takes all
	_ = w.Close()
	return b.String()
}

func TestManifestViews(t *testing.T) {
	applied := `{"apiVersion":"v1","kind":"Secret","data":{"pin":"` + encoded("opal") + `"}}`
	for _, test := range []struct{ name, data, want string }{
		{"env value first", podHead + "spec:\n  containers:\n  - env:\n    - value: opal\n      name: PIN\n", "PIN=\"opal\"\n"},
		{"env beside", podHead + "env:\n- name: PIN\n  value: opal\n- {\"name\": \"B\", \"value\": \"c\"}\n", ""},
		{"env quoted", podHead + "env: [{name: PIN, value: 'it''s'}]\n", "PIN=\"it's\"\n"},
		{"env reference", podHead + "env:\n- name: PIN\n  valueFrom:\n    secretKeyRef: {name: a, key: b}\n", ""},
		{"custom kind", "apiVersion: example.org/v1\nkind: Thing\nspec:\n  deep: [{env: [{value: opal, name: PIN}]}]\n", "PIN=\"opal\"\n"},
		{"args", podHead + "command: [mysqld, --password, opal]\n", "mysqld --password opal \n"},
		{"secret", secretHead + "data:\n  pin: " + encoded("opal\n") + "\n", "pin=\"opal\"\n"},
		{"secret in lines", secretHead + "data:\n  pin: |\n    b3\n    Bhb\n    A==\n", "pin=\"opal\"\n"},
		{"secret of lines", secretHead + "data:\n  .env: " + encoded("A=b\nC=d\n") + "\n", ".env=\nA=b\nC=d\n"},
		{"secret of json", secretHead + "data:\n  .dockercfg: " + encoded(`{"a": 1}`) + "\n", ".dockercfg=\n{\"a\": 1}\n"},
		{"secret merged", secretHead + "x: &x {pin: " + encoded("opal") + "}\ndata:\n  <<: *x\n", "pin=\"opal\"\n"},
		{"secret packed", secretHead + "data:\n  pin: " + encoded(packed("opal")) + "\n", "pin=\"opal\"\n"},
		{"secret binary", secretHead + "data:\n  pin: " + encoded("\x00\x01\x02\x03") + "\n", ""},
		{"secret empty", secretHead + "data:\n  pin: \"\"\n  tin:\n", ""},
		{"secret sealed by sops", secretHead + "data:\n  pin: ENC[AES256_GCM,data:b3BhbA==,type:str]\n", ""},
		{"string data", secretHead + "stringData:\n  pin: opal\n  tin: >-\n    jade\n", "tin=\"jade\"\n"},
		{"json list", `{"apiVersion":"v1","kind":"List","items":[{"kind":"Secret","data":{"pin":"` + encoded("opal") + `"}}]}`, "pin=\"opal\"\n"},
		{"last applied", secretHead + "metadata:\n  annotations:\n    last: |\n      " + applied + "\n", "pin=\"opal\"\n"},
		{"config map", "apiVersion: v1\nkind: ConfigMap\nbinaryData:\n  pin: " + encoded("opal") + "\ndata:\n  a: b\n  c: |\n    d=e\n    f=g\n", "pin=\"opal\"\n"},
		{"sealed secret", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData:\n    pin: AgBbb\n", ""},
		{"a broken document beside", podHead + "a: {{ .Values.x }}\n---\n" + secretHead + "data: {pin: " + encoded("opal") + "}\n", "pin=\"opal\"\n"},
		{"compose beside", "services:\n  db:\n    environment:\n      PIN: opal\n      FILE: \"/run/x\"\n", ""},
		{"compose list", "services:\n  db:\n    environment:\n      - PIN=opal\n      - 'TIN=op(al);'\n", "TIN=\"op(al);\"\n"},
		{"compose default", "services:\n  db:\n    environment:\n      - A=${PIN:-opal}\n", "PIN=\"opal\"\nA=\"opal\"\n"},
		{"compose nested default", "services:\n  db:\n    labels:\n      a: x${B-y${C:-z}}$$1\n", "B=\"y${C:-z}\"\nC=\"z\"\na=\"xyz$1\"\n"},
		{"compose reference", "services:\n  db:\n    environment:\n      PIN: ${PIN:?no}\n      TIN: $TIN\n", "PIN=\"${PIN:?no}\"\n"},
		{"compose alias", "x-pin: &pin opal\nservices:\n  db:\n    environment: {PIN: *pin}\n", "x-pin=\"opal\"\nPIN=\"opal\"\n"},
		{"compose test", "services:\n  db:\n    healthcheck:\n      test: [CMD, probe, \"-a\", opal]\n", "CMD probe -a opal \n"},
		{"compose folded", "services:\n  db:\n    command: >\n      redis-server\n      --pass opal\n", "command=\"redis-server --pass opal\"\n"},
		{"compose escapes", "services:\n  db:\n    build:\n      args:\n        PIN: \"o\\x70al\"\n", "PIN=\"opal\"\n"},
		{"no manifest", "a: {b: &c d}\n", ""},
		{"only words", "apiVersion kind: c\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, mark := range []string{"", "\xef\xbb\xbf"} {
				if _, got := views(t, "a.yaml", mark+test.data); joined(got) != test.want {
					t.Errorf("mark %q: got %q, want %q", mark, joined(got), test.want)
				}
			}
		})
	}
}

// TestManifestNames looks only at files whose names promise something.
func TestManifestNames(t *testing.T) {
	data := secretHead + "data:\n  pin: " + encoded("opal") + "\n"
	for name, want := range map[string]bool{"a.yml": true, "A.YAML": true, "a.json": true, "docker-compose.yml.dist": true, "a.txt": false} {
		if _, got := views(t, name, data); len(got) > 0 != want {
			t.Errorf("%s: %d views", name, len(got))
		}
	}
}

// TestManifestSpans holds that a value stands where its view says.
func TestManifestSpans(t *testing.T) {
	lines := encoded("PIN=opal\nTIN=jade\n")
	data := "\xef\xbb\xbf# é\r\n" + secretHead + "data:\n  \"é\": " + lines + " # c\nx: !!str &a 'o''pal'\n--- # d\n" +
		podHead + "a: {kind: Secret, data: {\n    pin: !!str &p\n      b3\n      J1\n      Yg==}}\n"
	for _, want := range []struct{ value, stands string }{
		{"TIN=jade", lines[9*4/3 : (17*4+2)/3]},
		{"PIN", lines[:4]},
		{"é", "é"},
		{"o'pal", "o''pal"},
		{"orub", "b3\n      J1\n      Yg"},
	} {
		_, got := views(t, "a.yaml", data)
		text := joined(got)
		i := strings.LastIndex(text, want.value)
		if i < 0 || len(got) != 1 {
			t.Fatalf("%q is not in %q", want.value, text)
		}
		s, _ := got[0].Where(i, i+len(want.value))
		if stands := data[s.Offset : s.Offset+s.Length]; stands != want.stands {
			t.Errorf("%q stands at %q, want %q", want.value, stands, want.stands)
		}
		checkPlace(t, data[3:], 3, s)
	}
}

// TestManifestVerbatim holds that a value that is written as it is stands
// exactly where its view says, however it is written.
func TestManifestVerbatim(t *testing.T) {
	const value = "opal-jadé(9)"
	for _, written := range []string{
		"VALUE", "'VALUE'", "\"VALUE\"", "|\n      VALUE", ">-\n      VALUE\n", "|2-  # é\n      VALUE", "&a VALUE # c", "!!str VALUE", "&a !!str\n      VALUE",
		"!!str &a 'VALUE'", "\"VALUE\" # c", "\t VALUE \t", "\n      VALUE", "\r\n      VALUE\r",
	} {
		data := podHead + "é:\n  é:\n  - value: " + strings.ReplaceAll(written, "VALUE", value) + "\n    name: PIN\n---\nVALUE: opal\n"
		_, got := views(t, "a.yaml", data)
		text := joined(got)
		at := strings.Index(text, value)
		if at < 0 {
			t.Errorf("%q: not in %q", written, text)
			continue
		}
		s, _ := got[0].Where(at, at+len(value))
		if stands := data[s.Offset : s.Offset+s.Length]; stands != value {
			t.Errorf("%q: stands at %q", written, stands)
		}
		checkPlace(t, data, 0, s)
	}
}

// checkPlace holds that lines and columns of a span are those of its offset.
func checkPlace(t testing.TB, data string, skip int64, s scanner.Span) {
	t.Helper()
	from, to := s.Offset-skip, s.Offset+s.Length-skip
	if from < 0 || s.Length < 0 || to > int64(len(data)) {
		t.Fatalf("%+v is outside the stream", s)
	}
	at := func(i int64) (int, int) {
		line := strings.Count(data[:i], "\n") + 1
		return line, len([]rune(data[strings.LastIndexByte(data[:i], '\n')+1:i])) + 1
	}
	line, column := at(from)
	endLine, endColumn := at(to)
	if got := [...]int{s.Line, s.Column, s.EndLine, s.EndColumn}; got != [...]int{line, column, endLine, endColumn} {
		t.Errorf("%+v, want %d:%d to %d:%d", s, line, column, endLine, endColumn)
	}
}

// release is what Helm's Secret of a release holds.
func release(t testing.TB, values map[string]any, manifest string) string {
	t.Helper()
	chart := map[string]any{
		"values":    map[string]any{"pin": "jade"},
		"templates": []any{map[string]any{"name": "t", "data": encoded("T=t")}},
		"files":     []any{map[string]any{"name": "f", "data": encoded("F=opal")}},
	}
	text, err := json.Marshal(map[string]any{"name": "r", "chart": chart, "config": values, "manifest": manifest})
	if err != nil {
		t.Fatal(err)
	}
	return encoded(encoded(packed(string(text))))
}

func TestManifestHelm(t *testing.T) {
	manifest := "---\n" + secretHead + "data:\n  tin: " + encoded("ruby") + "\n"
	data := secretHead + "type: helm.sh/release.v1\ndata:\n  release: " + release(t, map[string]any{"auth": map[string]any{"pin": "opal"}}, manifest) + "\n"
	rec, got := views(t, "a.yaml", data)
	text := joined(got)
	for _, want := range []string{"pin=\"opal\"\n", "pin=\"jade\"\n", "tin=\"ruby\"\n", "f=\"F=opal\"\n", "manifest=\n---\napiVersion: v1\nkind: Secret\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	if strings.Contains(text, "T=t") {
		t.Error("the templates are scanned as well as what was made of them")
	}
	start := strings.Index(data, "release: ") + len("release: ")
	at := map[int64]bool{}
	for _, value := range []string{"opal", "jade", "ruby"} {
		i := strings.Index(text, `"`+value) + 1
		s, _ := got[0].Where(i, i+len(value))
		if s.Offset < int64(start) || s.Offset+s.Length >= int64(len(data)) || s.Length == 0 || at[s.Offset] {
			t.Errorf("%s at %+v, want a place of its own within the release", value, s)
		}
		at[s.Offset] = true
	}
	if len(rec.Problems()) != 0 {
		t.Error(rec.Problems())
	}
}

// TestManifestBomb tells of what was not unpacked.
func TestManifestBomb(t *testing.T) {
	data := secretHead + "data:\n  pin: " + encoded(packed(strings.Repeat("opal\n", 4<<20))) + "\n"
	rec, got := views(t, "a.yaml", data)
	problems := rec.Problems()
	if len(problems) != 1 || !strings.Contains(problems[0].Err.Error(), "line 4: ") || !strings.Contains(problems[0].Err.Error(), "8388608 bytes") {
		t.Errorf("problems %v", problems)
	}
	if !strings.HasPrefix(joined(got), "pin=\nopal\nopal\n") {
		t.Error("what was unpacked is not scanned")
	}
}

// hostile are texts that cost more than they should where nobody counts.
func hostile() map[string]string {
	bomb := "services:\n  a: &a {x: opal, y: 'it''s'}\n"
	for c := 'b'; c < 'z'; c++ {
		p := string(c - 1)
		bomb += "  " + string(c) + ": &" + string(c) + " {<<: [*" + p + ", *" + p + ", *" + p + "], z: [*" + p + ", *" + p + "]}\n"
	}
	long := strings.Repeat("x", 1<<16)
	lists := "services:\n  a: &a []\n"
	for c := 'b'; c < 'z'; c++ {
		lists += "  " + string(c) + ": &" + string(c) + " [*" + string(c-1) + ", *" + string(c-1) + ", *" + string(c-1) + "]\n"
	}
	return map[string]string{
		"alias bomb":     bomb,
		"lists merged":   lists + "  z: {<<: *y}\n",
		"the same again": secretHead + "x: &x '" + strings.Repeat("apiVersion: kind: ", 2000) + "'\nl:\n" + strings.Repeat("- {\"a\": *x}\n", 4000),
		"open variables": "services:\n  a: " + strings.Repeat("${A:-", 1<<17) + "\n",
		"an endless one": "services: &a\n  <<: *a\n  b: *a\n",
		"deep flow":      podHead + "a: " + strings.Repeat("[", 1<<16),
		"deep block":     podHead + strings.Repeat("- ", 1<<16),
		"many nodes":     podHead + "a: [" + strings.Repeat("b,", 1<<20) + "]",
		"a long name":    podHead + "n: &n " + long + "\nl:\n" + strings.Repeat("- {value: 'it''s', name: *n}\n", 2000),
		"a long key":     podHead + long + "\": v\n",
		"long variables": "services:\n  a: " + strings.Repeat("${A:-", 1000) + strings.Repeat("}", 1000) + "\n",
		"many documents": strings.Repeat("---\n"+podHead, 10000),
		"strange breaks": podHead + "a: \"\u0085\u2028\u2029\\\r\n \\x4\"\nb: |\r\n c\u0085d\r e\n",
	}
}

func TestManifestHostile(t *testing.T) {
	for name, data := range hostile() {
		t.Run(name, func(t *testing.T) { checkViews(t, data) })
	}
}

// checkViews holds what is true of every file.
func checkViews(t testing.TB, data string) {
	rec, got := views(t, "a.yaml", data)
	stream := rec.Stream(t, "a.yaml")
	total := 0
	for _, c := range got {
		total += len(c.Data)
		if c.Origin != stream.Origin || c.Encoding != scanner.Bytes || c.Binary {
			t.Errorf("a view of something else: %+v", c.Origin)
		}
		text, skip := strings.CutPrefix(data, "\xef\xbb\xbf")
		for start := 0; start < len(c.Data); start += 1 + len(c.Data)/50 {
			for _, n := range []int{0, 1, 7, len(c.Data) - start} {
				offset := int64(0)
				if skip {
					offset = 3
				}
				at, _ := c.Where(start, min(start+n, len(c.Data)))
				checkPlace(t, text, offset, at)
			}
		}
	}
	if packed := strings.Contains(data, "H4sI"); !packed && total > 4*len(data) {
		t.Errorf("%d bytes of views of %d", total, len(data))
	}
}

// TestManifestSize reads a manifest as long as the bound, and no longer one,
// through a reader that hands out little at a time.
func TestManifestSize(t *testing.T) {
	text := secretHead + "data:\n  pin: " + encoded("opal") + "\n---\n"
	for _, test := range []struct {
		size int
		want string
	}{{4 << 20, "pin=\"opal\"\n"}, {4<<20 + 1, ""}} {
		data := text + strings.Repeat("#", test.size-len(text)-1) + "\n"
		if _, got := views(t, "a.yaml", data); joined(got) != test.want {
			t.Errorf("%d bytes: %q", test.size, joined(got))
		}
	}
}

func FuzzManifest(f *testing.F) {
	for _, data := range hostile() {
		if len(data) < 4096 {
			f.Add(data)
		}
	}
	f.Add(secretHead + "data:\n  a: " + encoded(packed("B=c\nd: e")) + "\n  f: |\n    b3\n    Bhb\n    A==\n")
	f.Add("\xef\xbb\xbfservices:\r\n  a: &x !!str \"é\\u00e9\\\r\n  b\"\r\n  <<: {c: >-\r\n   d\r\n   e}\r\n")
	f.Add("services:\n  a:\n    environment: [\"A=${B:-c${D-e}}$$f\", *g]\n    command: [h, 'i''j']\n")
	f.Add(podHead + "env:\n- name: &a A\n  value: >-\n    b\n    c\n- {value: d, name: *a}\n")
	f.Fuzz(func(t *testing.T, data string) {
		if len(data) < 1<<14 {
			checkViews(t, data)
		}
	})
}
