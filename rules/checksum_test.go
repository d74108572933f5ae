package rules

import (
	"math"
	"strings"
	"testing"
)

func TestBase62(t *testing.T) {
	for n, want := range map[uint32]string{
		0: "000000", 9: "000009", 10: "00000A", 35: "00000Z", 36: "00000a", 61: "00000z", 62: "000010",
		math.MaxUint32: "4gfFC3",
	} {
		if got := base62(n); got != want {
			t.Errorf("base62(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestCRC(t *testing.T) {
	body := strings.Repeat("aB3", 10)
	valid := "ghp" + "_" + body + completeCRC("ghp_"+body)
	if !validCRC(valid) {
		t.Errorf("%q does not pass its own checksum", valid)
	}
	if other := "gho" + valid[3:]; !validCRC(other) {
		t.Errorf("the prefix counts: %q does not pass", other)
	}
	for i := len("ghp_"); i < len(valid); i++ {
		broken := valid[:i] + string(valid[i]^1) + valid[i+1:]
		if validCRC(broken) {
			t.Errorf("%q passes with byte %d changed", broken, i)
		}
	}
	for _, short := range []string{"", "ghp_", "000000", "ghp_00000"} {
		if validCRC(short) {
			t.Errorf("%q passes", short)
		}
	}
}
