package scanner

import (
	"bytes"
	"strings"
	"testing"
)

const (
	someSalt = `"salt": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",`
	someCost = `"scrypt": {"n": 32768, "r": 8, "p": 1},`
)

func document(entries ...string) string {
	return "{\n\"version\": 1,\n" + someSalt + "\n" + someCost + "\n\"entries\": [\n" + strings.Join(entries, ",\n") + "\n]\n}\n"
}

func entry(known, rest string) string {
	return `{"known": "` + known + `", "rule": "r", "place": "p", "circles": ["working tree"], "when": "2026-01-02T03:04:05Z"` + rest + `}`
}

func TestReadBaselineErrors(t *testing.T) {
	zeros := quickly + strings.Repeat("0", 64)
	good := entry(zeros, `, "reason": "why", "by": "Ann"`)
	if b, err := ReadBaseline("b", []byte(document(good))); err != nil || len(b.Entries()) != 1 || b.Entries()[0].line != 6 {
		t.Fatalf("%v: %+v", err, b)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":             {"", "b:1: unexpected end"},
		"no JSON":           {"{\n\"version\": 1,\nx", "b:3: invalid character"},
		"a list":            {"[]", "b:1: not a baseline"},
		"another program's": {`[{"Fingerprint": "x"}]`, "not a baseline"},
		"no version":        {"{}", "no version"},
		"newer":             {`{"version": 2, "new": 1}`, "b:1: version 2 is not known"},
		"cut off":           {document(good)[:120], "b:5: unexpected end"},
		"more behind":       {document(good) + "{}", "b:9: invalid character '{' after top-level value"},
		"unknown field":     {strings.Replace(document(), `"scrypt"`, `"more": 1, "scrypt"`, 1), `b:4: unknown field "more"`},
		"twice":             {strings.Replace(document(), someCost, someCost+someCost, 1), `b:4: "scrypt" is there twice`},
		"no salt":           {`{"version": 1, ` + someCost + `"entries": []}`, "the salt has 0 bytes"},
		"short salt":        {`{"version": 1, "salt": "AAAA", ` + someCost + `"entries": []}`, "the salt has 3 bytes"},
		"cheap":             {strings.Replace(document(), "32768", "1024", 1), "out of bounds"},
		"dear":              {strings.Replace(document(), `"r": 8`, `"r": 1000`, 1), "out of bounds"},
		"no power":          {strings.Replace(document(), "32768", "32769", 1), "out of bounds"},
		"negative":          {strings.Replace(document(), `"p": 1`, `"p": -1`, 1), "out of bounds"},
		"entries":           {strings.Replace(document(), "[\n\n]", "{}", 1), "entries is not a list"},
		"an entry's field":  {document(good, entry(zeros, `, "secret": "x"`)), `b:7: unknown field "secret"`},
		"an entry's type":   {document(`{"known": 1}`), "b:6: cannot unmarshal number"},
		"no hash":           {document(entry("sha1:00", "")), `b:6: "known" is no hash`},
		"short hash":        {document(entry(quickly+"00", "")), `b:6: "known" is no hash`},
		"no reason":         {document(entry(zeros, `, "by": "x"`)), "b:6: an entry needs a reason"},
		"nobody":            {document(entry(zeros, `, "reason": "x"`)), "b:6: an entry needs to say by whom"},
		"unknown circle":    {document(strings.Replace(good, "working tree", "moon", 1)), `b:6: "moon" is not one of`},
		"no circle":         {document(strings.Replace(good, `"working tree"`, "", 1)), "b:6: an entry needs the circles"},
		"bad date":          {document(strings.Replace(good, `"rule"`, `"until": "soon", "rule"`, 1)), `b:6: "soon" is not a date`},
		"the same twice":    {document(good, good), "b:7: this secret has an entry already"},
		"too long":          {strings.Repeat(" ", MaxBaseline+1), "more than"},
		"deep":              {strings.Repeat("[", 100_000), "b:1: "},
	} {
		if _, err := ReadBaseline("b", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "b:") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// FuzzReadBaseline: what is read is written so that it is read as the same.
func FuzzReadBaseline(f *testing.F) {
	f.Add([]byte(document(entry(quickly+strings.Repeat("0", 64), `, "reason": "why", "by": "Ann", "until": "2027-01-02"`))))
	f.Add([]byte(document(entry(slowly+strings.Repeat("f", 64), `, "reason": "why", "by": "Ann"`))))
	f.Add([]byte(`{"version": 1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := ReadBaseline("b", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "b:") {
				t.Errorf("an error without a place: %v", err)
			}
			return
		}
		out, err := b.Encode()
		if err != nil {
			t.Skip(err) // too long once indented, or a year that RFC 3339 has not
		}
		again, err := ReadBaseline("b", out)
		if err != nil {
			t.Fatalf("%v in\n%s", err, out)
		}
		if twice, err := again.Encode(); err != nil || !bytes.Equal(out, twice) {
			t.Errorf("%v:\n%s\nthen\n%s", err, out, twice)
		}
	})
}
