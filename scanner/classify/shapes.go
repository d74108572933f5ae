package classify

import (
	"bytes"
	"slices"
)

// isUUID reports whether the value is a UUID, in braces or not.
func isUUID(v []byte) bool {
	v = bytes.TrimSuffix(bytes.TrimPrefix(v, []byte("{")), []byte("}"))
	if len(v) != 36 {
		return false
	}
	for i, b := range v {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (b == '-') || !dash && !isHexDigit(b) {
			return false
		}
	}
	return true
}

// isHex reports whether the value is nothing but hexadecimal digits.
func isHex(v []byte) bool { return all(v, isHexDigit) }

// isChecksum reports whether the value is a digest behind the name of its
// algorithm: sha256-..., sha512:...
func isChecksum(v []byte) bool {
	i := bytes.IndexAny(v, ":-")
	return i > 0 && algorithms[string(v[:i])]
}

var algorithms = set("md5 sha1 sha224 sha256 sha384 sha512 blake2b blake3")

// isArchitecture reports whether the value names a kind of processor, as the
// names of packages end in one.
func isArchitecture(v []byte) bool { return len(v) <= len("mips64el") && architectures[string(v)] }

var architectures = set(`amd64 arm64 i386 i686 x86_64 aarch64 armhf armel armv7 armv7l ppc64el ppc64le s390x riscv64 mips64el noarch`)

// isNumber reports whether the value counts something: digits with signs,
// points, grouping or a unit.
func isNumber(v []byte) bool {
	if len(v) > 2 && len(v) < 20 && v[0] == '0' && bytes.IndexByte([]byte("xXbBoO"), v[1]) >= 0 {
		return all(v[2:], func(b byte) bool { return isHexDigit(b) || bytes.IndexByte([]byte("._+-pPuUlLin"), b) >= 0 })
	}
	digits := 0
	for _, b := range v {
		switch {
		case isDigit(b):
			digits++
		case b != '.' && b != '-' && b != '+' && b != ',' && b != '_' && b != ':' && b != '/' && b != 'x' && b != '%':
			return false
		}
	}
	return digits > 0
}

// isRange reports whether the value says which versions will do, as the
// dependencies of packages have it: ^1.2.3, >=4.0, ~2.1-rc.1.
func isRange(v []byte) bool {
	whole := len(v)
	v = bytes.TrimPrefix(v, []byte("npm:")) // as the lock files of Yarn have it
	if len(v) == whole && (whole == 0 || bytes.IndexByte([]byte("^~<>="), v[0]) < 0) {
		return false
	}
	rest := bytes.TrimLeft(v, "^~<>=")
	if len(rest) == whole || len(rest) >= 24 {
		return false
	}
	release, _, _ := bytes.Cut(rest, []byte("-"))
	return bytes.IndexByte(release, '.') > 0 &&
		all(release, func(b byte) bool { return isDigit(b) || b == '.' || b == 'x' || b == '*' })
}

// isURL reports whether the value is a URL or another thing named by a scheme.
func isURL(v []byte) bool {
	i := bytes.IndexByte(v, ':')
	if i < 2 || i > 16 || !all(v[:i], func(b byte) bool { return isLetter(b) || isDigit(b) || b == '+' || b == '-' || b == '.' }) {
		return false
	}
	if bytes.HasPrefix(v[i:], []byte("://")) {
		return true
	}
	switch string(v[:i]) {
	case "urn", "arn", "data", "mailto", "tel", "file", "blob", "spiffe", "classpath", "resource", "ssm", "jdbc":
		return true
	}
	return false
}

// isEmail reports whether the value is an address of the form local@host.tld.
func isEmail(v []byte) bool {
	at := bytes.IndexByte(v, '@')
	if at < 1 || bytes.IndexByte(v[at+1:], '@') >= 0 {
		return false
	}
	dot := bytes.LastIndexByte(v, '.')
	return dot > at+1 && len(v)-dot > 2 && all(v[dot+1:], isLower) && all(v[:at], isAtom) && all(v[at+1:], isAtom)
}

// isPath reports whether the value is a path of a file system, or ends in the
// extension of a file that holds keys, texts or settings.
func isPath(v []byte) bool {
	if paths.begin(v) && Rarity(v) < float64(len(v))/2 {
		return true
	}
	if len(v) > 3 && isLetter(v[0]) && v[1] == ':' && (v[2] == '\\' || v[2] == '/') {
		return true
	}
	if bytes.Count(v, []byte("/")) > 2 && slices.ContainsFunc(bytes.Split(v, []byte("/")), isUUID) {
		return true
	}
	dot := bytes.LastIndexByte(v, '.')
	return dot >= 0 && len(v)-dot < 12 && fileTypes[string(bytes.ToLower(v[dot+1:]))]
}

var paths = starters("/", "./", "../", "~/", `.\`, `..\`, "@/")

var fileTypes = set(`pem key crt cer cert der p12 pfx jks keystore pub asc gpg json yaml yml xml toml ini conf cfg properties env txt
	md html htm php asp aspx jsp js ts py rb go java cs sh log db sqlite csv zip gz tar png jpg svg css local com org net io html tpl tmpl deb rpm
	pdf doc docx xls xlsx ppt pptx mp3 mp4 gif webp ico woff woff2 ttf jar war dll exe iso img xz bz2 zst tgz 7z rar parquet avro`)

// isColor reports whether the value is a colour: #d0d0d0.
func isColor(v []byte) bool {
	return v[0] == '#' && (len(v) == 4 || len(v) == 7 || len(v) == 9) && isHex(v[1:])
}

// isTimestamp reports whether the value starts with a date: 2006-01-02.
func isTimestamp(v []byte) bool {
	return len(v) >= 10 && v[4] == v[7] && (v[4] == '-' || v[4] == '/') && isNumber(v[:10]) && (v[0] == '1' || v[0] == '2')
}

// isConstant reports whether the value is a name in capitals, as of an
// environment variable: GITHUB_TOKEN.
func isConstant(v []byte) bool {
	return bytes.IndexByte(v, '_') > 0 && all(v, func(b byte) bool { return isUpper(b) || isDigit(b) || b == '_' }) && Rarity(v) < 8
}

// isIdentifier reports whether the value could be a name in a program.
func isIdentifier(v []byte) bool {
	return len(v) > 0 && !isDigit(v[0]) && all(v, func(b byte) bool { return isLetter(b) || isDigit(b) || b == '_' })
}

// isHash reports whether the value is a password after a one-way function, in
// one of the forms that systems store: crypt's, LDAP's, PBKDF2's.
func isHash(v []byte) bool {
	if hashes.begin(v) {
		return true
	}
	return len(v) == 41 && v[0] == '*' && isHex(v[1:]) // mysql_native_password
}

var hashes = starters(
	"$2a$", "$2b$", "$2x$", "$2y$", "$1$", "$5$", "$6$", "$y$", "$apr1$", "$argon2", "$scrypt$", "$pbkdf2", "$P$", "$H$",
	"pbkdf2", "bcrypt$", "bcrypt_sha256$", "argon2$", "scrypt:", "sha1$", "sha256$", "md5$", "{SSHA", "{SHA", "{MD5}", "{SMD5}", "{CRYPT}",
	"{PBKDF2", "{bcrypt}", "{ssha", "SCRAM-SHA-", "md5:",
)

// isPattern reports whether the value is a regular expression.
func isPattern(v []byte) bool {
	if v[0] == '^' && v[len(v)-1] == '$' || bytes.HasPrefix(v, []byte("~r")) {
		return true
	}
	for _, class := range []string{"[A-Z", "[a-z", "[0-9", "[^", `\d{`, `\w+`, ".*", ".+", "(?"} {
		if bytes.Contains(v, []byte(class)) {
			return true
		}
	}
	return false
}

// byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) has(b byte) bool { return s[b>>6]>>(b&63)&1 != 0 }

func bytesIn(v []byte) byteSet {
	var s byteSet
	var low, high uint64 // of ASCII, which most are
	for _, b := range v {
		bit := uint64(1) << (b & 63)
		if b >= 0x80 {
			s[b>>6] |= bit
			continue
		}
		upper := -uint64(b >> 6) // all ones or none
		low |= bit &^ upper
		high |= bit & upper
	}
	s[0], s[1] = low, high
	return s
}

// foreign reports whether a value holds letters beyond ASCII: words of another
// language, for what generators make and keyboards share is ASCII.
func foreign(v []byte) bool {
	n, digits := 0, 0
	for _, b := range v {
		switch {
		case b >= 0x80:
			n++
		case isDigit(b):
			digits++
		}
	}
	return n > 0 && digits == 0 || 3*n > len(v)
}

// escapes reports whether most of a value is the escapes of a language: bytes
// by their numbers, line ends, classes of a regular expression.
func escapes(v []byte) bool {
	n := bytes.Count(v, []byte(`\\`))
	for i := 1; i < len(v); i++ {
		escape := false
		switch b := v[i]; v[i-1] {
		case '\\':
			escape = bytes.IndexByte([]byte("xuUnrtdws0b"), b) >= 0
		case '%':
			escape = b == '['
		case '.':
			escape = b == '*' || b == '+'
		case '(':
			escape = b == '?'
		case '[':
			escape = b == '^'
		}
		if escape {
			n += 2
		}
	}
	return n > 0 && 8*n >= len(v)
}

func isHexDigit(b byte) bool {
	return isDigit(b) || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

func isLetter(b byte) bool { return isLower(b) || isUpper(b) }

func isAtom(b byte) bool {
	return isLetter(b) || isDigit(b) || b == '.' || b == '-' || b == '_' || b == '+'
}

func all(v []byte, is func(byte) bool) bool {
	for _, b := range v {
		if !is(b) {
			return false
		}
	}
	return len(v) > 0
}

// isNameByte reports whether a byte can stand in a name of a program or of
// settings, qualified or not.
func isNameByte(b byte) bool { return nameBytes[b] }

var nameBytes = tableOf(func(b byte) bool { return isLetter(b) || isDigit(b) || b == '_' || b == '-' || b == '.' })

// tableOf answers a question about bytes in advance: it is asked of most of a text.
func tableOf(holds func(byte) bool) (t [256]bool) {
	for b := range t {
		t[b] = holds(byte(b))
	}
	return t
}

// isDigest reports whether a value may be a digest in hexadecimal.
func isDigest(v []byte) bool {
	switch len(v) {
	case 32, 40, 56, 64, 96, 128:
		return isHex(v)
	}
	return false
}

// ofFile reports whether the value is a digest and its name, which starts at from,
// that of a file in a folder: caches and manifests have one of each. What a folder of
// a store of secrets holds may be named so, too: app/api.token.
func (c *Candidate) ofFile(from int) bool {
	if !isDigest(c.Value()) {
		return false
	}
	dot := bytes.LastIndexByte(c.Name, '.')
	if dot <= 0 || from == 0 || c.Data[from-1] != '/' && c.Data[from-1] != '\\' {
		return false
	}
	extension := c.Name[dot+1:]
	return len(extension) > 0 && len(extension) <= 5 && all(extension, isLetter) && c.Titles.read(extension).promise == nothing
}

// armored reports whether the value is the checksum of OpenPGP's armor (RFC 9580,
// section 6.1.1): "=" and four digits on a line before the last. What the line before
// it ends with is no name.
func (c *Candidate) armored() bool {
	if c.End-c.Start != 4 || c.Start == 0 || c.Data[c.Start-1] != '=' {
		return false
	}
	rest := bytes.TrimLeft(c.Data[c.End:min(len(c.Data), c.End+longestIndent+len(armorEnd))], " \t\r\n")
	return bytes.HasPrefix(rest, []byte(armorEnd))
}

const (
	armorEnd      = "-----END PGP "
	longestIndent = 32 // of its last line
)

// fingerprint reports whether the value is the fingerprint of an
// OpenPGP key (RFC 9580, section 5.5.4), written as gpg does, in a text that
// speaks of such keys.
func (c *Candidate) fingerprint() bool {
	v := c.Value()
	if len(v) != 40 || !all(v, func(b byte) bool { return isDigit(b) || b >= 'A' && b <= 'F' }) {
		return false
	}
	const near = 512
	text := bytes.ToLower(c.Data[max(0, c.Start-near):min(len(c.Data), c.End+near)])
	for _, word := range []string{"gpg", "pgp", "fingerprint", "keyserver", "recv-key"} {
		if bytes.Contains(text, []byte(word)) {
			return true
		}
	}
	return false
}
