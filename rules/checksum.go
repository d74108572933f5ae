package rules

import (
	"hash/crc32"
	"math/big"
)

// checksum is a check that a token carries within itself.
type checksum struct {
	// valid says whether the value passes.
	valid func(value string) bool
	// complete returns what to append to the start of a value, so that the
	// whole passes.
	complete func(start string) string
}

// checksums are the checks a rule may name.
//
// crc32-base62: the last six characters are the CRC-32 (IEEE) of the
// characters between the last underscore and them (the prefix does not count),
// in base 62 (0-9A-Za-z), left-padded with zeros. The article leaves the order
// of the digits and the prefix open; both were checked against an expired token
// that its owner had published. Source:
// https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
var checksums = map[string]checksum{
	"crc32-base62": {valid: validCRC, complete: completeCRC},
}

// ChecksumHolds reports whether the value passes the rule's checksum; a rule
// without one accepts every value.
func (r *Rule) ChecksumHolds(value string) bool {
	return r.Checksum == "" || checksums[r.Checksum].valid(value)
}

func validCRC(value string) bool {
	cut := len(value) - 6
	return cut > 0 && completeCRC(value[:cut]) == value[cut:]
}

func completeCRC(start string) string {
	for i := len(start) - 1; i >= 0; i-- {
		if start[i] == '_' {
			start = start[i+1:]
			break
		}
	}
	return base62(crc32.ChecksumIEEE([]byte(start)))
}

func base62(n uint32) string {
	digits := []byte(big.NewInt(int64(n)).Text(62)) // 0-9a-zA-Z
	for i, c := range digits {
		switch {
		case c >= 'a' && c <= 'z':
			digits[i] = c - 'a' + 'A'
		case c >= 'A' && c <= 'Z':
			digits[i] = c - 'A' + 'a'
		}
	}
	return "000000"[min(6, len(digits)):] + string(digits)
}
