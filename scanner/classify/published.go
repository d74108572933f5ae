package classify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// published are keys that everybody has: constants of protocols, keys that
// programs test themselves with. They open nothing, or what nobody should keep
// closed with them. Each stands here by the start of its SHA-256, of a PEM
// block by that of its base64.
var published = map[string]string{
	"7f44193a6edea087f5c0811306efae87": "the GUID of the WebSocket protocol (RFC 6455, section 1.3)",
	"d0720d84879472284611dc023d47fc39": "the key that OpenSSL's FIPS module sums itself up with (openssl/fipskey.h)",
	"0011cc25eb4320717494d2703e8cba85": "the key of the Azurite emulator (Microsoft Learn, storage-use-azurite)",
	"aa6547439583c3a275d4542a0df6c1ad": "the key of the Azure Cosmos DB emulator (Microsoft Learn, cosmos-db/emulator)",

	"3ad8f14b04b634983ece3710397663e9": vagrant,
	"bf552d2ff30b20f0b0ee2bcc357a5ab6": gnutls,
	"cadf1e62661d5d21a7fce2c80b331902": gnutls,
	"6d03bbf47115fad00d6f990593a6465c": gnutls,
	"30db3ea6d728b88c03c56388f64efb5b": gnutls,
	"518a21fe5a8a54f8f31d8913c3aa5be4": gnutls,
	"c780c483da21d36753a9662fc03234d3": gnutls,
	"0abce0c5fd3b863ee4d881dcc5382b33": gnutls,
	"24a2416c5abbb67327599619c2590655": gnutls,
	"9ab6db67523ba6071fdb948b3ce38349": gnutls,
	"f287c70b1db074fe73f73bfb1f09a8b0": gnutls,
	"8f642f0351e1761dd3f7d8934a2da0a5": gnutls,
	"bbe1aa11658d78c055f3d4ea85c76fa0": gnutls,
	"d63cfe7d0783ea1dde58d51f2c76880a": "the example of Go's crypto/tls",
}

const (
	vagrant = "Vagrant's insecure key (hashicorp/vagrant, keys)"
	gnutls  = "a key of GnuTLS' self-tests"
)

// publishedAs says where a value was published; empty where it is not known
// that it was.
func publishedAs(v []byte) string {
	if bytes.IndexByte(v, '\n') >= 0 {
		v = base64Text(v)
	}
	if !publishedLength(len(v)) {
		return ""
	}
	sum := sha256.Sum256(v)
	var start [32]byte
	hex.Encode(start[:], sum[:16])
	return published[string(start[:])]
}

// publishedLength reports whether something published may be that long, which
// saves most values the hash: the GUID has 36 bytes, and the digits of a key, in
// hexadecimal or base64, are 64 or more.
func publishedLength(n int) bool { return n == 36 || n >= 64 }

// pemText returns the base64 of a PEM block, however its lines end.
func pemText(v []byte) []byte {
	_, rest, _ := bytes.Cut(v, []byte("-----BEGIN "))
	_, rest, _ = bytes.Cut(rest, []byte("-----"))
	rest, _, _ = bytes.Cut(rest, []byte("-----END"))
	return base64Text(rest)
}

// base64Text returns a text without all that is no base64, escaped line ends
// among it.
func base64Text(rest []byte) []byte {
	text := make([]byte, 0, len(rest))
	for i := 0; i < len(rest); i++ {
		start := i
		for i < len(rest) && base64Bytes[rest[i]] {
			i++
		}
		text = append(text, rest[start:i]...)
		if i+1 < len(rest) && rest[i] == '\\' && strings.IndexByte("nrt", rest[i+1]) >= 0 {
			i++
		}
	}
	return text
}

// base64Bytes are the digits of base64, and what fills it up.
var base64Bytes = func() (is [256]bool) {
	for b := range is {
		is[b] = isBase64(byte(b)) || b == '='
	}
	return is
}()
