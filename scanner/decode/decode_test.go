package decode

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// text returns n bytes of prose from a seed.
func text(n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 0))
	words := strings.Fields("gold gravel the of stream river=12 \"sieve\": {pan} water, and, über Straße #7 / + & ? 100%")
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(words[r.IntN(len(words))] + " ")
	}
	return b.String()[:n]
}

func wrapped(s string, width int, end string) string {
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width] + end)
		s = s[width:]
	}
	return b.String() + s
}

func wide(s string, order order) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if lo, hi := byte(u), byte(u>>8); order == little {
			b.Write([]byte{lo, hi})
		} else {
			b.Write([]byte{hi, lo})
		}
	}
	return b.String()
}

// canonical returns digits in the standard alphabet.
func canonical(run []byte) []byte {
	return []byte(strings.NewReplacer("-", "+", "_", "/").Replace(string(run)))
}

func packed(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// codecs encode a text so that it is found again.
var codecs = []struct {
	name   string
	form   Form
	encode func(string) string
}{
	{"base64", Base64, func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"base64, URLs", Base64, func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
	{"base64, lines", Base64, func(s string) string { return wrapped(base64.StdEncoding.EncodeToString([]byte(s)), 76, "\r\n") }},
	{"base64, indented", Base64, func(s string) string { return wrapped(base64.StdEncoding.EncodeToString([]byte(s)), 64, "\n    ") }},
	{"base64, in a string", Base64, func(s string) string { return wrapped(base64.StdEncoding.EncodeToString([]byte(s)), 64, `\n`) }},
	{"hex", Hex, func(s string) string { return hex.EncodeToString([]byte(s)) }},
	{"HEX", Hex, func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }},
	{"percent", Percent, url.QueryEscape},
	{`\u`, Escape, func(s string) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(s)) {
			fmt.Fprintf(&b, `\u%04x`, u)
		}
		return b.String()
	}},
	{`\x`, Escape, func(s string) string {
		var b strings.Builder
		for _, u := range []byte(s) {
			fmt.Fprintf(&b, `\x%02X`, u)
		}
		return b.String()
	}},
}

// TestEach: what is encoded is found, and every byte of it comes from where it
// stands, as decoding that stretch alone shows.
func TestEach(t *testing.T) {
	for _, c := range codecs {
		for _, n := range []int{24, 25, 26, 27, 100, 1000, 2500} {
			for _, around := range [][2]string{{"", ""}, {"key: ", "\n"}, {`{"a": "`, `"}`}, {"x = '", "'; y"}, {strings.Repeat("a", 40) + "\n", "\nb"}} {
				plain := strings.ReplaceAll(text(n, uint64(n)), " ", "+") // a query escapes it, and not as %20
				data := around[0] + c.encode(plain) + around[1]
				var found *View
				Each([]byte(data), Options{To: len(data)}, func(v *View) {
					if v.Form == c.form && bytes.Contains(v.Data, []byte(plain)) {
						copied := *v
						copied.Data, copied.segments = bytes.Clone(v.Data), slices.Clone(v.segments)
						found = &copied
					}
				})
				if found == nil {
					t.Fatalf("%s: %d bytes after %q are not found", c.name, n, around[0])
				}
				at := bytes.Index(found.Data, []byte(plain))
				from, to := found.Source(at, at+len(plain))
				if got := strings.TrimRight(data[from:to], "="); got != strings.TrimRight(c.encode(plain), "=") {
					t.Errorf("%s: %d bytes come from %q", c.name, n, got)
				}
			}
		}
	}
}

// TestSource: the middle of a view comes from a stretch that decodes to it.
func TestSource(t *testing.T) {
	const plain = "user=somebody&password=über-gold&host=example"
	for _, c := range codecs {
		data := []byte(`"` + c.encode(plain) + `"`)
		Each(data, Options{To: len(data)}, func(v *View) {
			at := bytes.Index(v.Data, []byte("über-gold"))
			if at < 0 {
				return
			}
			from, to := v.Source(at, at+len("über-gold"))
			var again []byte
			if v.Form == Base64 { // the stretch is a part of groups of four
				lo := (from-1)/4*4 + 1
				again, _ = base64.RawURLEncoding.DecodeString(string(canonical(data[lo : (to-1+3)/4*4+1])))
			} else if v.Form == Hex {
				again, _ = hex.DecodeString(string(data[from:to]))
			} else if s, err := url.QueryUnescape(string(data[from:to])); v.Form == Percent && err == nil {
				again = []byte(s)
			} else {
				return
			}
			if !bytes.Contains(again, []byte("über-gold")) {
				t.Errorf("%s: %q decodes to %q", c.name, data[from:to], again)
			}
		})
	}
}

func TestWide(t *testing.T) {
	plain := strings.Repeat("connect to gold ", 20)
	for _, o := range []order{little, big} {
		for _, before := range []string{"", "\x01\x02\x03", "\x00\x00\x00\x00", "MZ\x90\x00\x03"} {
			data := []byte(before + wide(plain, o) + "\x00\x00\xff")
			found := false
			Each(data, Options{To: len(data), Binary: true}, func(v *View) {
				if at := bytes.Index(v.Data, []byte(plain)); v.Form == UTF16 && at >= 0 {
					from, to := v.Source(at, at+len(plain))
					found = to-from == 2*len(plain) && from-len(before) <= 1 && from-len(before) >= -1
				}
			})
			if !found {
				t.Errorf("order %d after %q: not found, or elsewhere", o, before)
			}
		}
	}
}

// TestMixedEscapes: escapes of several kinds in one stretch, whole and broken.
func TestMixedEscapes(t *testing.T) {
	for data, want := range map[string]string{
		`\x67\u006f\x6c\u0064-and-gravel`:         "gold-and-gravel",
		`%67%6f%6C%64-and-%67ravel%`:              "gold-and-gravel%",
		`\x67\x6f\xzz\x6c\x64-and-gravel`:         `go\xzzld-and-gravel`,
		`%67%6f%zz%6c%64-and-gravel%6`:            "go%zzld-and-gravel%6",
		`\u0067\u00fc\ud83d\ude00\x6f-and-gravel`: "gü😀o-and-gravel",
	} {
		found := false
		Each([]byte(data), Options{To: len(data)}, func(v *View) {
			if found = found || string(v.Data) == want; !found {
				t.Errorf("%s: %q, want %q", data, v.Data, want)
				return
			}
			at := strings.Index(want, "-and")
			if from, to := v.Source(at, at+len("-and")); data[from:to] != "-and" {
				t.Errorf("%s: what follows comes from %q", data, data[from:to])
			}
		})
		if !found {
			t.Errorf("%s: no view", data)
		}
	}
}

// TestNested: views of views, as the engine asks for them.
func TestNested(t *testing.T) {
	plain := text(300, 1)
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, data := range map[string]string{
		"gzip in base64":   encode(packed(plain)),
		"UTF-16 in base64": encode(wide("gold and gravel and more", little)),
		"base64 in base64": encode(encode(plain)),
		"hex in base64":    encode(hex.EncodeToString([]byte(plain))),
	} {
		var views [][]byte
		Each([]byte(data), Options{To: len(data)}, func(v *View) {
			Each(v.Data, Options{To: len(v.Data), Binary: v.Binary, Packed: true, MaxInflated: MaxInflated}, func(v *View) { views = append(views, bytes.Clone(v.Data)) })
		})
		if !slices.ContainsFunc(views, func(v []byte) bool { return string(v) == plain || string(v) == "gold and gravel and more" }) {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestGzipBomb(t *testing.T) {
	data := []byte(packed(strings.Repeat(" ", 50<<20)))
	views := 0
	Each(data, Options{To: len(data), Packed: true, MaxInflated: MaxInflated}, func(v *View) {
		views++
		if !v.Cut || len(v.Data) != MaxInflated {
			t.Errorf("%d bytes, cut %v", len(v.Data), v.Cut)
		}
	})
	if views != 1 {
		t.Errorf("%d views", views)
	}
}

// TestNothing: what is no encoding makes no view.
func TestNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	random := make([]byte, 3000)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	for name, data := range map[string]string{
		"prose":         text(10_000, 3),
		"identifiers":   "func TestTheVeryLongNameOfSomethingThatIsTested(t *testing.T) { some_other_long_name_with_underscores() }",
		"paths":         "/usr/lib/python3/dist-packages/setuptools/command/install_egg_info.py\nvendor/github.com/example/project/internal/name",
		"hash":          hex.EncodeToString(random[:32]),
		"random base64": base64.StdEncoding.EncodeToString(random),
		"random":        string(random),
		"printf":        `"%02d %5.2f %s %c %x \n \t \033[0m \x1b[0m %%" 100%`,
		"short":         base64.StdEncoding.EncodeToString([]byte("gold")),
	} {
		if strings.ContainsAny(data, "%\\") && name == "prose" {
			data = strings.NewReplacer("%", "", `\`, "").Replace(data)
		}
		Each([]byte(data), Options{To: len(data), Binary: name == "random"}, func(v *View) { t.Errorf("%s: %s of %q", name, v.Form, v.Data) })
	}
}

// pieces collects the views of data, looked at in windows that own step bytes
// each.
func pieces(data []byte, step int, binary bool) []string {
	var all []string
	for at := 0; at < len(data); at += step {
		lo, hi := max(0, at-Reach-4096), min(len(data), at+step+Reach+4096)
		o := Options{From: at - lo, To: min(at+step, len(data)) - lo, Pos: int64(lo), Binary: binary}
		Each(data[lo:hi], o, func(v *View) {
			from, to := v.Source(0, len(v.Data))
			all = append(all, fmt.Sprintf("%s %d %d %d %x", v.Form, v.Start+lo, from+lo, to+lo, v.Data))
		})
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestPieces: the views are the same however a stream is cut, and long
// stretches are decoded to their end.
func TestPieces(t *testing.T) {
	plain := strings.ReplaceAll(text(200_000, 9), " ", "+")
	for _, c := range codecs {
		data := []byte(text(3001, 2) + " " + c.encode(plain) + " " + text(100, 3) + " " + c.encode(text(500, 4)) + "\n")
		whole := pieces(data, len(data), false)
		for _, step := range []int{70_001, 200_000} {
			if got := pieces(data, step, false); !slices.Equal(got, whole) {
				t.Errorf("%s: %d views in steps of %d, %d of the whole", c.name, len(got), step, len(whole))
			}
		}
		for _, part := range []int{0, 100_000, 199_900} {
			if !slices.ContainsFunc(whole, func(v string) bool { return strings.Contains(v, hex.EncodeToString([]byte(plain[part:part+100]))) }) {
				t.Errorf("%s: byte %d of a long stretch is in no view", c.name, part)
			}
		}
	}
	data := []byte("\x01\x02" + wide(strings.Repeat("gold and gravel ", 10_000), little) + "\x05\x06")
	whole := pieces(data, len(data), true)
	if got := pieces(data, 70_001, true); len(got) < 4 || !slices.Equal(got, whole) {
		t.Errorf("UTF-16: %d views, %d of the whole", len(got), len(whole))
	}
}

// TestOwn: of a long stretch each byte is one view's own, and hardly any is two's,
// and where a view begins or ends within the stretch it says so.
func TestOwn(t *testing.T) {
	all := append(codecs[:len(codecs):len(codecs)], struct {
		name   string
		form   Form
		encode func(string) string
	}{"UTF-16", UTF16, func(s string) string { return wide(s, little) }})
	for _, c := range all {
		for _, n := range []int{100, 30_000, 100_000, 300_000} {
			var b strings.Builder
			for i := 0; b.Len() < n; i++ {
				fmt.Fprintf(&b, "%d=g+", i)
			}
			plain := b.String()
			encoded := c.encode(plain)
			data := []byte(text(701, 2) + " '" + encoded + "' " + text(100, 3))
			owned, views := make([]int, len(plain)), 0
			Each(data, Options{To: len(data), Binary: c.form == UTF16}, func(v *View) {
				if v.Form != c.form || !bytes.Contains([]byte(plain), v.Data[v.From:v.To]) && !bytes.Contains(v.Data, []byte(plain[:12])) {
					return
				}
				views++
				at := strings.Index(plain, string(v.Data))
				if at < 0 {
					t.Fatalf("%s: %.60q is in no text", c.name, v.Data)
				}
				for i := v.From; i < v.To; i++ {
					owned[at+i]++
				}
				if back, on := at > 0, at+len(v.Data) < len(plain); v.GoesBack != back || v.GoesOn != on {
					t.Errorf("%s: [%d, %d) of %d: %v, %v", c.name, at, at+len(v.Data), len(plain), v.GoesBack, v.GoesOn)
				}
				if at > 0 && v.From < 600 || at+len(v.Data) < len(plain) && len(v.Data)-v.To < 2000 {
					t.Errorf("%s: %d bytes before its own of %d, %d behind", c.name, v.From, v.To-v.From, len(v.Data)-v.To)
				}
			})
			twice := 0
			for i, n := range owned {
				if n == 0 {
					t.Fatalf("%s: byte %d of %d is in no view", c.name, i, len(plain))
				}
				if n > 1 {
					twice++
				}
			}
			if twice > 64*views {
				t.Errorf("%s: %d bytes of %d are in two views", c.name, twice, len(plain))
			}
		}
	}
}

// FuzzEach: views lie in the data, and so does what each of their bytes comes
// from.
func FuzzEach(f *testing.F) {
	for _, c := range codecs {
		f.Add([]byte(c.encode("user=somebody&password=gold-and-gravel")), 0, true)
	}
	f.Add([]byte(wide("gold and gravel and more", big)), 3, true)
	f.Add([]byte(packed("gold")), 0, false)
	f.Add([]byte("00%09"), 2, true)
	f.Fuzz(func(t *testing.T, data []byte, from int, binary bool) {
		from = min(max(0, from), len(data))
		o := Options{From: from, To: len(data), GoesBack: from > 0, GoesOn: binary, Binary: binary, Packed: true, MaxInflated: MaxInflated}
		Each(data, o, func(v *View) {
			if v.Start < 0 || v.Start > v.End || v.End > len(data) || len(v.Data) == 0 {
				t.Fatalf("[%d, %d) of %d", v.Start, v.End, len(data))
			}
			if v.From < 0 || v.From >= v.To || v.To > len(v.Data) {
				t.Fatalf("%s: its own are [%d, %d) of %d", v.Form, v.From, v.To, len(v.Data))
			}
			last := 0
			for i := range v.Data {
				lo, hi := v.Source(i, i+1)
				if lo < v.Start || lo >= hi || hi > v.End || lo < last {
					t.Fatalf("%s: byte %d comes from [%d, %d) in [%d, %d)", v.Form, i, lo, hi, v.Start, v.End)
				}
				last = lo
			}
		})
	})
}
