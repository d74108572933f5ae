package source

import (
	"bytes"
	"io"
	"math/rand"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

func TestSniffEncoding(t *testing.T) {
	chinese := strings.Repeat("密碼是什麼，我不知道。\n", 20)
	mp3 := append([]byte("\xff\xfe"), sourcetest.Noise(3, 4000)...)
	for name, c := range map[string]struct {
		start    []byte
		encoding scanner.Encoding
		mark     int
	}{
		"empty":                     {nil, scanner.Bytes, 0},
		"ascii":                     {[]byte("a = b\n"), scanner.Bytes, 0},
		"utf-8 mark":                {[]byte("\xef\xbb\xbfa"), scanner.Bytes, 3},
		"utf-16le mark":             {encode("a = b\n", 0, true), scanner.UTF16LE, 2},
		"utf-16be mark":             {encode("a = b\n", 1, true), scanner.UTF16BE, 2},
		"chinese":                   {encode(chinese, 0, true), scanner.UTF16LE, 2},
		"chinese, big":              {encode(chinese, 1, true), scanner.UTF16BE, 2},
		"pairs":                     {encode(strings.Repeat("🔑", 50), 0, true), scanner.UTF16LE, 2},
		"a pair cut off":            {encode(strings.Repeat("🔑", 50), 0, true)[:100], scanner.UTF16LE, 2},
		"ascii without a mark":      {encode("a = b\n", 0, false), scanner.UTF16LE, 0},
		"three units":               {encode("abc", 0, false), scanner.Bytes, 0},
		"mark before noise":         {mp3, scanner.Bytes, 0},
		"mark before plain text":    {[]byte("\xff\xfe" + strings.Repeat("key = value\n", 9)), scanner.Bytes, 0},
		"utf-32":                    {[]byte("\xff\xfe\x00\x00" + strings.Repeat("a\x00\x00\x00", 50)), scanner.Bytes, 0},
		"a tenth is no ascii":       {encode("是是"+strings.Repeat("a", 18), 0, false), scanner.UTF16LE, 0},
		"a tenth, big":              {encode("是是"+strings.Repeat("a", 18), 1, false), scanner.UTF16BE, 0},
		"more than a tenth is none": {encode("是是是"+strings.Repeat("a", 17), 0, false), scanner.Bytes, 0},
		"some NUL, not every other": {bytes.Repeat([]byte("ab\x00c\x00\x00de"), 50), scanner.Bytes, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if encoding, mark := sniffEncoding(c.start); encoding != c.encoding || mark != c.mark {
				t.Errorf("encoding %d, mark of %d bytes; want %d, %d", encoding, mark, c.encoding, c.mark)
			}
		})
	}
}

func TestIsBinary(t *testing.T) {
	for name, c := range map[string]struct {
		start string
		want  bool
	}{
		"empty":       {"", false},
		"text":        {"a line\r\n\tanother\f\n", false},
		"terminal":    {"\x1b[31mred\x1b[0m text of a log\b\n", false},
		"latin-1":     {"caf\xe9 cr\xe8me \x80\x9f\n", false},
		"NUL":         {strings.Repeat("text", 100) + "\x00", true},
		"late NUL":    {strings.Repeat("a", sniffed) + "\x00", false},
		"control":     {"\x01\x02\x03\x04 and so on", true},
		"one control": {strings.Repeat("text ", 20) + "\x01", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := isBinary([]byte(c.start)); got != c.want {
				t.Errorf("binary %t, want %t", got, c.want)
			}
		})
	}
}

// Eight bytes at a time count what one at a time does.
func TestControls(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for i := range 2000 {
		data := make([]byte, random.Intn(100))
		for j := range data {
			data[j] = byte(random.Intn([]int{16, 40, 256}[i%3]))
			if data[j] == '\v' && i%2 == 0 {
				data[j] = '\f'
			}
		}
		if got, want := controls(data), countControls(data); got != want {
			t.Fatalf("%q: %d control characters, want %d", data, got, want)
		}
	}
	for b := range 256 {
		x := uint64(b) * 0x0101010101010101
		if got, want := mayControl(x)&highBits != 0, b < ' ' && (b < '\b' || b > '\r'); got != want {
			t.Errorf("byte %#x: %t, want %t", b, got, want)
		}
	}
}

func TestDecoder(t *testing.T) {
	for name, c := range map[string]struct{ stored, want string }{
		"pair":                {"\x3d\xd8\x11\xdd", "🔑"},
		"first half alone":    {"\x3d\xd8a\x00", "\uFFFDa"},
		"second half alone":   {"\x11\xdda\x00", "\uFFFDa"},
		"halves swapped":      {"\x11\xdd\x3d\xd8", "\uFFFD\uFFFD"},
		"first half at end":   {"a\x00\x3d\xd8", "a\uFFFD"},
		"odd byte at end":     {"a\x00b", "a\uFFFD"},
		"half and odd at end": {"\x3d\xd8\x11", "\uFFFD\uFFFD"},
		"pair after a half":   {"\x3d\xd8\x3d\xd8\x11\xdd", "\uFFFD🔑"},
		"nothing":             {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.stored), iotest.OneByteReader(strings.NewReader(c.stored))} {
				got, err := io.ReadAll(newDecoder(r, scanner.UTF16LE))
				if err != nil || string(got) != c.want {
					t.Errorf("%q, %v; want %q", got, err, c.want)
				}
			}
		})
	}
}
