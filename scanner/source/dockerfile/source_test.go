package dockerfile

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

// TestExposure has a secret in every stage of one file.
func TestExposure(t *testing.T) {
	text := strings.Join([]string{
		"FROM a AS base", "ENV A=" + tok,
		"FROM base AS build", "RUN x " + tok,
		"FROM base AS Final", "COPY --from=build /x /y", "LABEL l=" + tok,
		"FROM scratch AS unused", "ARG A=" + tok,
	}, "\n")
	for target, want := range map[string]string{
		"":      "2:7-2:27 ENV build cache; 4:7-4:27 RUN build cache; 7:9-7:29 LABEL build cache; 9:7-9:27 ARG history",
		"final": "2:7-2:27 ENV image config; 4:7-4:27 RUN build cache; 7:9-7:29 LABEL image config; 9:7-9:27 ARG build cache",
		"build": "2:7-2:27 ENV image config; 4:7-4:27 RUN history; 7:9-7:29 LABEL build cache; 9:7-9:27 ARG build cache",
		"0":     "2:7-2:27 ENV image config; 4:7-4:27 RUN build cache; 7:9-7:29 LABEL build cache; 9:7-9:27 ARG build cache",
	} {
		r := report(t, folder(t, map[string]string{"Dockerfile": text}), Options{Target: target})
		if diff := cmp.Diff([]string{"test-token: " + want}, chains(r)); diff != "" {
			t.Errorf("target %q: %s", target, diff)
		}
	}
	dir := folder(t, map[string]string{"Dockerfile": text})
	if r := report(t, dir, Options{Target: "none"}); r.Complete || len(r.Findings) != 1 {
		t.Errorf("problems %v, %d findings, want that the stage is named", r.Problems, len(r.Findings))
	}
	if r := report(t, dir, Options{Target: "none"}, "."); !r.Complete || len(r.Skipped) != 1 {
		t.Errorf("problems %v, skipped %v", r.Problems, r.Skipped)
	}
}

// TestContext has instructions that take files, and which they take.
func TestContext(t *testing.T) {
	for name, c := range map[string]struct {
		text, ignore string
		want         []string // the files, with line, stage and exposure
	}{
		"all":            {"COPY . .", "", []string{".env 2", "a b 2", "app-linux/x 2", "app/.env 2", "app/sub/key 2", "other/key 2"}},
		"one":            {"COPY .env /", "", []string{".env 2"}},
		"add":            {"ADD --chown=1 ./app/../.env /", "", []string{".env 2"}},
		"json":           {`COPY ["a b", "/x/"]`, "", []string{"a b 2"}},
		"folder":         {"COPY app other/ /x/", "", []string{"app/.env 2", "app/sub/key 2", "other/key 2"}},
		"wildcard":       {"COPY ap?/*.* /x/", "", []string{"app/.env 2"}},
		"wildcards":      {"COPY */key a* /x/", "", []string{"a b 2", "app-linux/x 2", "app/.env 2", "app/sub/key 2", "other/key 2"}},
		"variable":       {"ARG D=app\nCOPY $D/.env /x/", "", []string{"app/.env 3"}},
		"of the build":   {"COPY app-${TARGETOS} /x/", "", []string{"app-linux/x 2"}},
		"outside":        {"COPY ../../../.env /etc/passwd /x/", "", []string{".env 2"}},
		"of a stage":     {"COPY --from=x . .\nRUN x\nCOPY --from=b a c", "", nil},
		"remote":         {"ADD https://h.example/.env git@h.example:.env /x/", "", nil},
		"heredoc":        {"COPY <<.env /x/\n.env\nCOPY other /", "", []string{"other/key 4"}},
		"excluded":       {"COPY --exclude=*/key --exclude=.env . .", "", []string{"a b 2", "app-linux/x 2", "app/.env 2", "app/sub/key 2"}},
		"ignored":        {"COPY . .", "app\n.env\n# x\n!app/sub/key\n", []string{"a b 2", "app-linux/x 2", "app/sub/key 2", "other/key 2"}},
		"ignored, all":   {"COPY . .", "*\n!other", []string{"other/key 2"}},
		"twice":          {"COPY .env /\nCOPY . /x", "**/key\napp*\na*", []string{".env 2", ".env 3"}},
		"onbuild":        {"ONBUILD COPY .env /", "", nil},
		"unknown flag":   {"COPY --no-such-flag --link .env /", "", []string{".env 2"}},
		"bad pattern":    {"COPY [a .env /", "", []string{".env 2"}},
		"nothing":        {"COPY no/such /x", "", nil},
		"not so named":   {"COPY app/.en /x", "", nil},
		"parent is file": {"COPY .env/x /x", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{".dockerignore": c.ignore, "Dockerfile": "FROM a\n" + c.text}
			for name, value := range map[string]string{".env": tok, "app/.env": tok, "app/sub/key": tok, "other/key": tok, "app-linux/x": tok, "a b": tok} {
				files[name] = value
			}
			r := report(t, folder(t, files), Options{})
			var got []string
			for _, f := range r.Findings {
				for _, o := range f.Occurrences {
					got = append(got, fmt.Sprintf("%s %d", o.Origin.FullPath(), o.Origin.Step.Line))
					if o.Origin.Exposure() != "layer" || o.Span.Line != 1 || o.LineHash == "" || o.Fix == "" {
						t.Errorf("%+v", o)
					}
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if len(r.Problems) != 0 {
				t.Errorf("problems %v", r.Problems)
			}
		})
	}
}

// TestContextPlaces has contexts that are shared, or elsewhere.
func TestContextPlaces(t *testing.T) {
	dir := folder(t, map[string]string{
		"a/Dockerfile": "FROM x\nCOPY . .", "a/key": tok,
		"b/Dockerfile": "FROM x\nFROM y\nCOPY key /", "b/key": tok,
		"b/Dockerfile.dockerignore": "key",
		"Dockerfile.x":              "FROM x AS b\nCOPY a /\nFROM y\nRUN x",
		"Dockerfile.x.dockerignore": "**/Dockerfile",
	})
	for name, c := range map[string]struct {
		context string
		paths   []string
		want    []string
	}{
		"each its own": {"", []string{"."}, []string{"test-token: a/key:1:1-1:21 COPY build cache; a/key:1:1-1:21 COPY layer"}},
		"another":      {"a", []string{"b/Dockerfile"}, nil},
		"shared":       {"a", []string{"a/Dockerfile", "Dockerfile.x"}, []string{"test-token: a/key:1:1-1:21 COPY layer"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{}
			if c.context != "" {
				o.Context = filepath.Join(dir, c.context)
			}
			r := report(t, dir, o, c.paths...)
			if diff := cmp.Diff(c.want, chains(r)); diff != "" {
				t.Error(diff)
			}
			if len(r.Problems) != 0 {
				t.Errorf("problems %v", r.Problems)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		r := report(t, dir, Options{Context: filepath.Join(dir, "none")}, "a/Dockerfile")
		if len(r.Problems) != 1 || !strings.HasPrefix(r.Problems[0].Err, "build context: ") {
			t.Errorf("problems %v", r.Problems)
		}
	})
}

// TestContextArchive has a secret in an archive beside one in a file.
func TestContextArchive(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("key")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, tok)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r := report(t, folder(t, map[string]string{"Dockerfile": "FROM a\nCOPY *.* /", "a.zip": packed.String()}), Options{})
	if diff := cmp.Diff([]string{"test-token: a.zip!/key:1:1-1:21 COPY layer"}, chains(r)); diff != "" {
		t.Error(diff)
	}
}

// TestFolder has names, and which of them are taken for Dockerfiles.
func TestFolder(t *testing.T) {
	files := map[string]string{}
	names := map[string]bool{
		"Dockerfile": true, "Dockerfile.dev": true, "web.Dockerfile": true, "web.dockerfile": true, "Containerfile": true,
		"Containerfile.prod": true, "a/b/Dockerfile": true, "node_modules/x/Dockerfile": true,
		"dockerfile": false, "Dockerfile.dockerignore": false, "a.Dockerfile.dockerignore": false, "Containerfile.containerignore": false,
		"MyDockerfile": false, "Dockerfile-dev": false, "docker/x": false, ".git/Dockerfile": false,
	}
	for name := range names {
		files[name] = "FROM a\nENV A=" + tok
	}
	r := report(t, folder(t, files), Options{}, ".")
	got := map[string]bool{}
	for _, o := range r.Findings[0].Occurrences {
		got[o.Origin.Path] = true
	}
	for name, want := range names {
		if got[name] != want {
			t.Errorf("%s: taken %t", name, got[name])
		}
	}
	if !r.Complete || len(r.Skipped) != 1 || r.Skipped[0].Reason != scanner.SkipVCS {
		t.Errorf("problems %v, skipped %v", r.Problems, r.Skipped)
	}
}

// TestNoDockerfile has files that do not parse: they are scanned as text.
func TestNoDockerfile(t *testing.T) {
	line := "# x " + tok + "\n"
	for name, text := range map[string]string{
		"template":         line + "FROM {{ .Base }}\nRUN x",
		"template, blocks": line + "FROM a\n{{ if .X }}\nRUN x\n{{ end }}",
		"empty":            line,
		"no from":          line + "RUN x",
		"words":            line + "Some notes about\nDockerfiles.",
		"long line":        line + "FROM a\nRUN " + strings.Repeat("x", 70_000),
		"heredoc":          line + "FROM a\nRUN <<EOF\nx",
		"two escapes":      "# escape=`\n# escape=`\nFROM a\n" + line,
		"utf-16":           "\xff\xfe" + strings.Join(strings.Split(line+"FROM a\n", ""), "\x00") + "\x00",
		"long":             line + "FROM a\n" + strings.Repeat("#"+strings.Repeat(" ", 60_000)+"\n", 70),
		"many lines":       line + "FROM a\n" + strings.Repeat("\n", maxLines),
		"many words":       line + "FROM a\n" + strings.Repeat("RUN"+strings.Repeat(" x", 30_000)+"\n", 21),
		"many continued":   line + "FROM a\nRUN <<E\n" + strings.Repeat("xxxxxxxxxxxxxxxxxxx \\\n", 100_000) + "E\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, map[string]string{"Dockerfile": text})
			named, found := report(t, dir, Options{}), report(t, dir, Options{}, ".")
			if len(named.Problems) != 1 || len(named.Skipped) != 0 || named.Complete {
				t.Errorf("named: problems %v, skipped %v", named.Problems, named.Skipped)
			}
			if len(found.Problems) != 0 || len(found.Skipped) != 1 || !strings.HasSuffix(string(found.Skipped[0].Reason), "; scanned as text") {
				t.Errorf("found: problems %v, skipped %v", found.Problems, found.Skipped)
			}
			if len(named.Findings) != 1 || len(found.Findings) != 1 || len(named.Findings[0].Occurrences) != 1 {
				t.Fatalf("%v, %v", chains(named), chains(found))
			}
			if o := named.Findings[0].Occurrences[0]; o.Span.Column != 5 {
				t.Errorf("%+v", o)
			}
		})
	}
}

// TestUnread has what cannot be read, and what must not be opened.
func TestUnread(t *testing.T) {
	dir := folder(t, map[string]string{
		"Dockerfile": "FROM a\nCOPY zero loop/ link up x /\nCOPY /dev/zero ../zero /", "x": tok, "real/Dockerfile": "FROM a",
	})
	for link, to := range map[string]string{"zero": "/dev/zero", "loop": ".", "link": "x", "up": "..", "Dockerfile.link": "Dockerfile", "sub": "real"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	r := report(t, dir, Options{}, ".")
	if got := chains(r); len(got) != 1 || got[0] != "test-token: x:1:1-1:21 COPY layer" {
		t.Errorf("found %v", got)
	}
	if len(r.Problems) != 0 {
		t.Errorf("problems %v", r.Problems)
	}
	var skipped []string
	for _, s := range r.Skipped {
		skipped = append(skipped, s.Path+": "+string(s.Reason))
	}
	if diff := cmp.Diff([]string{"Dockerfile.link: " + string(scanner.SkipSymlink), "link: " + string(scanner.SkipSymlink), "loop: " + string(scanner.SkipSymlink),
		"up: " + string(scanner.SkipSymlink), "zero: " + string(scanner.SkipSymlink)}, skipped); diff != "" {
		t.Error(diff)
	}
	if r := report(t, dir, Options{}, "none", "Dockerfile"); r.Complete || len(r.Findings) != 1 {
		t.Errorf("a path that is not there: problems %v", r.Problems)
	}
	if r := report(t, dir, Options{}, "Dockerfile.link"); !r.Complete || len(r.Findings) != 1 {
		t.Errorf("a link that was named: problems %v", r.Problems)
	}
}

// TestChanged has a file that becomes another one before it is attributed.
func TestChanged(t *testing.T) {
	dir := folder(t, map[string]string{"Dockerfile": "FROM a\nARG A=" + tok + "\nRUN x $A"})
	s, err := Open([]string{filepath.Join(dir, "Dockerfile")}, Options{Base: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Scan(context.Background(), &sourcetest.Recorder{}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte("FROM a"), 0o644); err != nil {
		t.Fatal(err)
	}
	h := &scanner.Hit{Origin: s.origin(filepath.Join(dir, "Dockerfile")), Span: scanner.Span{Offset: 1000, Length: 10, Line: 50}}
	if err := s.Attribute(context.Background(), []*scanner.Hit{h}); err == nil || len(h.Places) != 0 {
		t.Errorf("error %v, places %v", err, h.Places)
	}
}

func TestOpen(t *testing.T) {
	for _, arg := range []string{"A", "=x", ""} {
		if _, err := Open([]string{"."}, Options{BuildArgs: []string{arg}}); err == nil {
			t.Errorf("build argument %q is taken", arg)
		}
	}
}

// A contextOnly hides the Dockerfile of a source, whose context it is then.
type contextOnly struct{ *Source }

func (c contextOnly) Scan(ctx context.Context, sink scanner.Sink) error {
	return c.Source.Scan(ctx, withoutFile{sink})
}

type withoutFile struct{ scanner.Sink }

func (w withoutFile) Chunk(c scanner.Chunk) {
	if c.Origin.Exposed != "" {
		w.Sink.Chunk(c)
	}
}

// TestConformance puts the files of a context through what every source keeps.
func TestConformance(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T, files map[string][]byte) scanner.Source {
		root := map[string]string{}
		for name, content := range files {
			root[name] = string(content)
		}
		context, at := folder(t, root), folder(t, map[string]string{"Dockerfile": "FROM a\nCOPY . .\n"})
		s, err := Open([]string{filepath.Join(at, "Dockerfile")}, Options{Context: context, Base: context})
		if err != nil {
			t.Fatal(err)
		}
		return contextOnly{s}
	})
	t.Run("cancelled within", func(t *testing.T) {
		dir := folder(t, map[string]string{"Dockerfile": "FROM a\n" + strings.Repeat("RUN x \\\n y\n", 1000)})
		s, err := Open([]string{dir}, Options{Base: dir})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		n := 0
		r := &sourcetest.Recorder{OnChunk: func(scanner.Chunk) {
			if n++; n == 5 {
				cancel()
			}
		}}
		if err := s.Scan(ctx, r); !errors.Is(err, context.Canceled) || n > 5 {
			t.Errorf("error %v after %d chunks", err, n)
		}
	})
}

// TestDockerfileText has what a Dockerfile is sent as: the whole, byte by byte.
func TestDockerfileText(t *testing.T) {
	text := mark + "# é\nFROM a\nENV A=1 \\\n # c\n B=2\nRUN $A"
	dir := folder(t, map[string]string{"Dockerfile": text})
	s, err := Open([]string{filepath.Join(dir, "Dockerfile")}, Options{Base: dir})
	if err != nil {
		t.Fatal(err)
	}
	r := &sourcetest.Recorder{}
	if err := s.Scan(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	r.Check(t, false)
	var got []string
	for _, stream := range r.Streams() {
		got = append(got, string(bytes.Clone(stream.Content)))
	}
	slices.Sort(got)
	want := []string{strings.TrimPrefix(text, mark), "ENV A=1  B=2", "RUN 1"}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
