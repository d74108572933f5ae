package classify

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
)

// public reports whether a value is the public half of a key pair, or a
// certificate, in base64: it says who somebody is, and opens nothing.
func public(v []byte) bool {
	v = bytes.TrimRight(v, "=")
	if len(v) < 40 || v[0] != 'M' && !bytes.HasPrefix(v, []byte("AAAA")) {
		return false
	}
	decoded := base64.StdEncoding
	if bytes.ContainsAny(v, "-_") {
		decoded = base64.URLEncoding
	}
	// What tells them apart stands at the start; of a modulus the length is enough.
	head := make([]byte, 48)
	n, err := decoded.Decode(head, v[:min(len(v), 64)/4*4])
	if err != nil {
		return false
	}
	head = head[:n]
	return publicSSH(head) || publicDER(head, len(v)*6/8)
}

// calledPublic reports whether the word before the name, which starts at from, says
// that the key is public.
func (c *Candidate) calledPublic(from int) bool {
	before := bytes.TrimRight(c.Data[max(0, from-longestBlank-len("public")):from], " ")
	return len(before) > 0 && isSpace(c.Data[from-1]) && named(c, "key") && bytes.EqualFold(lastName(before), []byte("public"))
}

const longestBlank = 4

// accessKeyID reports whether a value starts with the id of an access key of AWS, which
// in a signed request the day and the region follow:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func accessKeyID(v []byte) bool {
	const length = 20
	if len(v) < length || string(v[:4]) != "AKIA" && string(v[:4]) != "ASIA" {
		return false
	}
	base32 := func(b byte) bool { return isUpper(b) || isDigit(b) }
	return all(v[:length], base32) && (len(v) == length || v[length] == '/' || v[length] == '%')
}

// publicSSH reports whether the name of an algorithm comes first, as in a public
// key of SSH: https://www.rfc-editor.org/rfc/rfc4253#section-6.6
func publicSSH(head []byte) bool {
	size := binary.BigEndian.Uint32(head)
	if size < 7 || int(size) > len(head)-4 {
		return false
	}
	name := head[4 : 4+size]
	for _, family := range []string{"ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"} {
		if bytes.HasPrefix(name, []byte(family)) {
			return true
		}
	}
	return false
}

// The tags of what public keys and certificates are made of.
const (
	derInteger  = 0x02
	derBits     = 0x03
	derSequence = 0x30
	derVersion  = 0xa0
)

// publicDER reports whether so many bytes are a SubjectPublicKeyInfo or a
// certificate (https://www.rfc-editor.org/rfc/rfc5280#section-4.1), or an
// RSAPublicKey (https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.1). A
// private key says its version where these have an algorithm or the modulus.
func publicDER(head []byte, size int) bool {
	in, length := derElement(head, derSequence)
	if in < 0 || in+length != size {
		return false
	}
	head = head[in:]
	if in, modulus := derElement(head, derInteger); in > 0 {
		exponent := length - in - modulus
		return modulus >= 64 && exponent >= 3 && exponent < 12
	}
	in, first := derElement(head, derSequence)
	switch {
	case in < 0:
		return false
	case in+first < len(head): // the algorithm, and the key
		return head[in+first] == derBits
	}
	return len(head) > in && (head[in] == derVersion || head[in] == derInteger) // the certificate that is signed
}

// derElement returns where the content of the element of a tag begins, and how
// long that is; in is negative if it is not one.
func derElement(data []byte, tag byte) (in, length int) {
	if len(data) < 4 || data[0] != tag {
		return -1, 0
	}
	switch b := data[1]; {
	case b < 0x80:
		return 2, int(b)
	case b == 0x81:
		return 3, int(data[2])
	case b == 0x82:
		return 4, int(binary.BigEndian.Uint16(data[2:]))
	}
	return -1, 0
}
