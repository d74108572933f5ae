package benchmarks

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// forms are the ways in which languages and settings assign a value, a line
// each; N is the name and V the value.
var forms = []struct{ path, line string }{
	{".env", "APP_N=V"},
	{"config/app.yml", "  app_N: V"},
	{"config/app.properties", "app.N=V"},
	{"app.ini", "N = V"},
	{"settings.json", `  "N": "V",`},
	{"main.go", `	N := "V"`},
	{"client.py", `N = 'V'`},
	{"client.js", `  N: 'V',`},
	{"App.java", `    static final String N = "V";`},
	{"app.rb", `  :N => 'V',`},
	{"web.config", `<add key="N" value="V" />`},
	{"Dockerfile", "ENV APP_N=V"},
	{"deploy.sh", "tool --N V --verbose"},
	{"README.md", "    curl https://api.internal/?N=V&x=1"},
}

// decoys stand where secrets do and are none.
var decoys = []string{
	"changeme", "<your-value>", "${VALUE}", "{{ .Values.app }}", "xxxxxxxxxxxx", "your_value_here", "password", "test-value", "$APP_VALUE",
	"example", "/run/secrets/app", "https://id.internal/authorize", "true", "null", "config.value", "ENC[AES256_GCM,data:AAAA,iv:BBBB,type:str]",
}

// TestAccuracy writes generated secrets and decoys in every form and counts
// what the built-in rules make of them. The corpus is made here, so the
// figures say that nothing broke, not how good sluice is on the code of others.
func TestAccuracy(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scanner.New(scanner.Options{Rules: set})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	right, missed, wrong, quiet := 0, 0, 0, 0
	for _, form := range forms {
		for _, name := range []string{"password", "token", "api_key", "client_secret"} {
			var lines []string
			for i := range 32 {
				value := decoys[i/2%len(decoys)]
				if i%2 == 0 {
					value = draw(random, 14+i)
				}
				lines = append(lines, strings.NewReplacer("N", name, "V", value).Replace(form.line))
			}
			found := foundLines(s, form.path, strings.Join(lines, "\n")+"\n")
			for i, line := range lines {
				switch secret := i%2 == 0; {
				case secret && found[i+1]:
					right++
				case secret:
					missed++
					t.Logf("missed in %s: %s", form.path, line)
				case found[i+1]:
					wrong++
					t.Logf("wrong in %s: %s", form.path, line)
				default:
					quiet++
				}
			}
		}
	}
	recall, precision := float64(right)/float64(right+missed), float64(right)/float64(right+wrong)
	t.Logf("recall %.3f, precision %.3f", recall, precision)
	if recall < 0.99 || precision < 0.99 || quiet == 0 {
		t.Errorf("recall %.3f, precision %.3f, want 0.99 of both", recall, precision)
	}
}

func draw(random *rand.Rand, n int) string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[random.IntN(len(alphabet))]
	}
	return string(out)
}

// foundLines returns the lines of a text on which a secret was found.
func foundLines(s *scanner.Scanner, path, text string) map[int]bool {
	lines := map[int]bool{}
	for _, f := range s.Scan(context.Background(), file{path: path, text: text}).Findings {
		for _, o := range f.Occurrences {
			if f.Kind == rules.Secret {
				lines[o.Span.Line] = true
			}
		}
	}
	return lines
}

// file is a source of one file in memory.
type file struct{ path, text string }

func (f file) Name() string { return f.path }

func (f file) Scan(_ context.Context, sink scanner.Sink) error {
	if f.text == "" {
		return fmt.Errorf("%s: empty", f.path)
	}
	sink.Chunk(scanner.Chunk{Data: []byte(f.text), Origin: &scanner.Origin{Path: f.path}, Line: 1, Column: 1, Last: true})
	return nil
}
