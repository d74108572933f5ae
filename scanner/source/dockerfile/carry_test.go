package dockerfile

import (
	"strings"
	"testing"
)

// TestCarried: what a stage takes from the context is in the image if COPY
// --from brings it there, and in the build cache alone if not.
func TestCarried(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"not at all":       {"FROM a AS b\nCOPY key /x/\nFROM c", inCache},
		"the file":         {"FROM a AS b\nCOPY key /x/\nFROM c\nCOPY --from=b /x/key /", inLayer},
		"its folder":       {"FROM a AS b\nCOPY key /x/\nFROM c\nCOPY --from=b /x/ /", inLayer},
		"all":              {"FROM a AS b\nCOPY key /x/\nFROM c\nCOPY --from=b / /", inLayer},
		"another file":     {"FROM a AS b\nCOPY key /x/\nFROM c\nCOPY --from=b /x/app /", inCache},
		"a like name":      {"FROM a AS b\nCOPY key /x/\nFROM c\nCOPY --from=b /x/ke /", inCache},
		"renamed":          {"FROM a AS b\nCOPY key /x\nFROM c\nCOPY --from=b /x /", inLayer},
		"by number":        {"FROM a\nCOPY key /x/\nFROM c\nCOPY --from=0 /x /", inLayer},
		"by variable":      {"ARG S=b\nFROM a AS b\nCOPY key /x/\nFROM c\nARG S\nCOPY --from=$S /x /", inLayer},
		"of an image":      {"FROM a AS b\nCOPY key /x/\nFROM c\nCOPY --from=a /x /", inCache},
		"wildcard":         {"FROM a AS b\nCOPY key /x/\nFROM c\nCOPY --from=b /x/k* /", inLayer},
		"another wildcard": {"FROM a AS b\nCOPY key /x/\nFROM c\nCOPY --from=b /y/k* /", inCache},
		"working folder":   {"FROM a AS b\nWORKDIR /x\nCOPY key .\nFROM c\nCOPY --from=b /x /", inLayer},
		"and below":        {"FROM a AS b\nWORKDIR /x\nWORKDIR y\nCOPY key .\nFROM c\nCOPY --from=b /x/z /", inCache},
		"unknown folder":   {"FROM a AS b\nCOPY key .\nFROM c\nCOPY --from=b /x/z /", inLayer},
		"over two":         {"FROM a AS b\nCOPY key /x/\nFROM a AS c\nCOPY --from=b /x /y\nFROM d\nCOPY --from=c /y /", inLayer},
		"to a dead end":    {"FROM a AS b\nCOPY key /x/\nFROM a AS c\nCOPY --from=b /x /y\nFROM d", inCache},
		"inherited":        {"FROM a AS b\nCOPY key /x/\nFROM b AS c\nRUN x\nFROM d\nCOPY --from=c /x /", inLayer},
		"ADD":              {"FROM a AS b\nADD key /x/\nFROM c\nCOPY --from=b /x /", inLayer},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, map[string]string{"Dockerfile": c.text, "key": tok})
			r := report(t, dir, Options{}, "Dockerfile")
			if got := strings.Join(chains(r), "; "); !strings.HasSuffix(got, " "+c.want) || len(r.Findings) != 1 {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	t.Run("heredoc", func(t *testing.T) {
		for from, want := range map[string]string{"/x": inLayer, "/y": inCache} {
			text := "FROM a AS b\nCOPY <<key /x/\n" + tok + "\nkey\nFROM c\nCOPY --from=b " + from + " /"
			r := report(t, folder(t, map[string]string{"Dockerfile": text}), Options{})
			if got := strings.Join(chains(r), "; "); !strings.HasSuffix(got, " "+want) {
				t.Errorf("%s, want %s", got, want)
			}
		}
	})
}
