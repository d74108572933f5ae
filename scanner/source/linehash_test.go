package source

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

// The values are those that github/codeql-action publishes with its own tests.
func TestLineHashes(t *testing.T) {
	greetings := []string{"e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1",
		"b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1"}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"empty":       {"", []string{"c129715d7a2bc9a3:1"}},
		"short":       {" a\nb\n  \t\tc\n d", []string{"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"}},
		"no line end": {" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", []string{"8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1", "c6805c5e1288b612:1", "b86d3392aea1be30:1", "e6ceba753e1a442:1"}},
		"LF":          {" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", greetings},
		"CR":          {" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", greetings},
		"CR LF":       {" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", greetings},
		"mixed":       {" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", greetings},
		"the same line": {strings.Repeat("Lorem ipsum dolor sit amet.\n", 10), []string{"a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3",
			"a7f2ff13bc495cf2:4", "a7f2ff13bc495cf2:5", "a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1",
			"cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			want := map[int]string{}
			for i, hash := range c.want {
				want[i+1] = hash
			}
			if diff := cmp.Diff(want, lineHashes(t, c.text, len(c.want)+1)); diff != "" {
				t.Error(diff)
			}
			for i, hash := range c.want {
				one := map[int]string{i + 1: ""}
				must(t, LineHashes(strings.NewReader(c.text), one))
				if one[i+1] != hash {
					t.Errorf("line %d alone: %s, want %s", i+1, one[i+1], hash)
				}
			}
		})
	}
}

// lineHashes returns the hashes of the first lines that there are.
func lineHashes(t *testing.T, text string, lines int) map[int]string {
	t.Helper()
	got := map[int]string{}
	for i := range lines {
		got[i+1] = ""
	}
	must(t, LineHashes(strings.NewReader(text), got))
	for line, hash := range got {
		if hash == "" {
			delete(got, line)
		}
	}
	return got
}

// A window of 100 units by hand: the definition against the rolling form.
func TestLineHashesByDefinition(t *testing.T) {
	text := "x" + strings.Repeat("é密🔑 ab\n", 4000) + "caf\xe9 \xe2\x82 \xf0\x9f\x94 \xed\xa0\x80\n" + string(sourcetest.Text(1, 9000)) + "\xe2\x82"
	units := []uint16{}
	starts := []int{0}
	readable := strings.NewReplacer("\xe2\x82", "\uFFFD", "\xf0\x9f\x94 ", "\uFFFD ", "\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD", "\xe9 ", "\uFFFD ")
	for _, r := range strings.NewReplacer("\r\n", "\n", " ", "", "\t", "").Replace(readable.Replace(text)) {
		if r > 0xffff {
			r -= 0x10000
			units = append(units, uint16(0xd800+r>>10), uint16(0xdc00+r&0x3ff))
			continue
		}
		if units = append(units, uint16(r)); r == '\n' {
			starts = append(starts, len(units))
		}
	}
	units = append(append(units, 65535), make([]uint16, 100)...)
	want, counts := map[int]string{}, map[uint64]int{}
	for line, start := range starts {
		hash := uint64(0)
		for _, u := range units[start : start+100] {
			hash = hash*37 + uint64(u)
		}
		counts[hash]++
		want[line+1] = fmt.Sprintf("%x:%d", hash, counts[hash])
	}
	if diff := cmp.Diff(want, lineHashes(t, text, len(want)+5)); diff != "" {
		t.Error(diff)
	}
	for line := 1; line <= len(want); line += 97 {
		some := map[int]string{line: "", len(want): ""}
		must(t, LineHashes(strings.NewReader(text), some))
		if some[line] != want[line] || some[len(want)] != want[len(want)] {
			t.Errorf("line %d and the last alone: %v, want %s and %s", line, some, want[line], want[len(want)])
		}
	}
}

// A line is the same line wherever the text is cut into what is read.
func TestLineHashesAlone(t *testing.T) {
	for _, end := range []string{"\r\n", "\r", "\n", "\n\n", " \t\n"} {
		text := ""
		for _, long := range []int{40_000, 70_000, 10} {
			text += strings.Repeat("x", long) + end
			for i := range 3000 {
				text += fmt.Sprintf("line %d\n", i)
			}
		}
		all := lineHashes(t, text, 10_000)
		for line := 1; line <= len(all); line += 997 {
			one := map[int]string{line: ""}
			must(t, LineHashes(strings.NewReader(text), one))
			if one[line] != all[line] {
				t.Errorf("%q: line %d alone: %s, want %s", end, line, one[line], all[line])
			}
		}
	}
}

func TestLineHashesOfNoText(t *testing.T) {
	for name, content := range map[string]string{"binary": "a\x00b\n", "utf-16": string(encode("a = b\n", 0, true))} {
		t.Run(name, func(t *testing.T) {
			if got := lineHashes(t, content, 3); len(got) != 0 {
				t.Errorf("hashes %v", got)
			}
		})
	}
	t.Run("unreadable", func(t *testing.T) {
		if err := LineHashes(unreadable{strings.NewReader("a")}, map[int]string{1: ""}); !errors.Is(err, errBroken) {
			t.Errorf("error %v", err)
		}
	})
}

var errBroken = errors.New("input/output error")

type unreadable struct{ io.Seeker }

func (unreadable) Read([]byte) (int, error) { return 0, errBroken }
