package classify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// An edition is a key that everybody has, by its length, its characters from markAt on
// and the start of its SHA-256; of a PEM block these are those of its base64.
type edition struct {
	length           int
	mark, sum, where string
}

// published are constants of protocols, and keys that programs test themselves with.
// They open nothing, or what nobody should keep closed with them.
var published = [...]edition{
	{36, "0DC8", "7f44193a6edea087f5c0811306efae87", "the GUID of the WebSocket protocol (RFC 6455, section 1.3)"},
	{64, "1b1a", "d0720d84879472284611dc023d47fc39", "the key that OpenSSL's FIPS module sums itself up with (openssl/fipskey.h)"},
	{88, "DXJ1", "0011cc25eb4320717494d2703e8cba85", "the key of the Azurite emulator (Microsoft Learn, storage-use-azurite)"},
	{88, "IWEH", "aa6547439583c3a275d4542a0df6c1ad", "the key of the Azure Cosmos DB emulator (Microsoft Learn, cosmos-db/emulator)"},

	{1588, "22WD", "3ad8f14b04b634983ece3710397663e9", vagrant},
	{144, "KoUD", "bf552d2ff30b20f0b0ee2bcc357a5ab6", gnutls},
	{100, "KoUD", "cadf1e62661d5d21a7fce2c80b331902", gnutls},
	{96, "AwIC", "6d03bbf47115fad00d6f990593a6465c", gnutls},
	{296, "QtCv", "30db3ea6d728b88c03c56388f64efb5b", gnutls},
	{224, "FcIw", "518a21fe5a8a54f8f31d8913c3aa5be4", gnutls},
	{144, "awOr", "c780c483da21d36753a9662fc03234d3", gnutls},
	{132, "vu/k", "0abce0c5fd3b863ee4d881dcc5382b33", gnutls},
	{164, "AEKW", "24a2416c5abbb67327599619c2590655", gnutls},
	{1132, "udq2", "9ab6db67523ba6071fdb948b3ce38349", gnutls},
	{1588, "MPBX", "f287c70b1db074fe73f73bfb1f09a8b0", gnutls},
	{64, "GZQl", "8f642f0351e1761dd3f7d8934a2da0a5", gnutls},
	{100, "IVdd", "bbe1aa11658d78c055f3d4ea85c76fa0", gnutls},
	{164, "xKtL", "d63cfe7d0783ea1dde58d51f2c76880a", "the example of Go's crypto/tls"},
}

const (
	vagrant = "Vagrant's insecure key (hashicorp/vagrant, keys)"
	gnutls  = "a key of GnuTLS' self-tests"
)

// Few characters tell a key from nearly all that are no key known here, and save those
// the hash. They stand behind what a format begins with.
const (
	markAt  = 28
	markEnd = markAt + 4
)

// marks reports whether a text has the characters that tell a key.
func (e *edition) marks(text []byte) bool {
	return len(text) >= markEnd && string(text[markAt:markEnd]) == e.mark
}

// publishedAs says where a value was published; empty where it is not known
// that it was.
func publishedAs(v []byte) string {
	if len(v) < markEnd {
		return ""
	}
	if bytes.IndexByte(v, '\n') >= 0 {
		v = base64Text(v)
	}
	for i := range published {
		if e := &published[i]; len(v) == e.length && e.marks(v) && digest(v) == e.sum {
			return e.where
		}
	}
	return ""
}

// digest returns the start of a SHA-256.
func digest(v []byte) string {
	sum := sha256.Sum256(v)
	return hex.EncodeToString(sum[:16])
}

// publishedPEM says where a PEM block was published, as publishedAs does. The start of
// its base64 mostly is enough.
func publishedPEM(v []byte) string {
	text := pemText(v)
	head := base64Text(text[:min(len(text), 3*markEnd)])
	if len(head) < markEnd || slices.ContainsFunc(published[:], func(e edition) bool { return e.marks(head) }) {
		return publishedAs(base64Text(text))
	}
	return ""
}

// pemText returns what stands between the lines that a PEM block begins and ends with.
func pemText(v []byte) []byte {
	_, rest, _ := bytes.Cut(v, []byte("-----BEGIN "))
	_, rest, _ = bytes.Cut(rest, []byte("-----"))
	rest, _, _ = bytes.Cut(rest, []byte("-----END"))
	return rest
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
