package classify

import "bytes"

// refers reports whether a value that has these traits is written to be replaced by the real one
// before it is used: a variable, an expression of a template, a call.
func refers(v []byte, has traits) bool {
	if len(v) < 2 {
		return false
	}
	last := v[len(v)-1]
	switch v[0] {
	case '$':
		if variable(v[1:]) || variables(v) {
			return true
		}
	case '%':
		if last == '%' && all(v[1:len(v)-1], isNameByte) || len(v) <= 4 && isLetter(last) {
			return true
		}
	case '{':
		if v[1] == '%' || last == '}' && all(v[1:len(v)-1], isNameByte) {
			return true
		}
	}
	return sources.begin(v) || has&openers != 0 && embeds(v)
}

// variable reports whether what follows a dollar sign is the name of a
// variable and nothing else.
func variable(v []byte) bool {
	if isDigit(v[0]) {
		return false
	}
	for i, b := range v {
		if !isNameByte(b) && b != ':' && b != '>' {
			return i > 1 && (b == '[' || b == '{') && isIdentifier(v[:i]) && Rarity(v[:i]) < 10 // an element: $record[2]
		}
	}
	return Rarity(v) < 10
}

// variables reports whether a value is put together from nothing but variables
// named as those of the environment are: $USER:$HOST. In small letters it may be
// a password that has dollar signs for an s.
func variables(v []byte) bool {
	for part := range bytes.SplitSeq(v[1:], []byte{'$'}) {
		if n := len(part); n > 0 && bytes.IndexByte([]byte("-./:@+"), part[n-1]) >= 0 {
			part = part[:n-1]
		}
		if len(part) == 0 || isDigit(part[0]) || !all(part, isConstantByte) || Rarity(part) >= 10 {
			return false
		}
	}
	return true
}

// isConstantByte reports whether a byte may stand in a name such as MAX_SIZE.
func isConstantByte(b byte) bool { return isUpper(b) || isDigit(b) || b == '_' }

// embeds reports whether an expression stands anywhere in a value. Each has one of
// the openers.
func embeds(v []byte) bool {
	for _, p := range [][2]string{{"${", "}"}, {"#{", "}"}, {"@{", "}"}, {"{{", ""}, {"$(", ""}, {"<%", "%>"}, {"<?", ""}} {
		if i := bytes.Index(v, []byte(p[0])); i >= 0 && bytes.Contains(v[i:], []byte(p[1])) {
			return true
		}
	}
	if slotted(v) {
		return true
	}
	for i := 0; i+1 < len(v); i++ { // %s and %d, but not the %d1 of a URL
		if v[i] == '%' && (v[i+1] == 's' || v[i+1] == 'v' || v[i+1] == 'd' && (i+2 == len(v) || !isHexDigit(v[i+2]))) {
			return true
		}
	}
	return v[0] == '$' && (v[1] == '{' || v[1] == '(')
}

// slotted reports whether a value has a named slot for a formatter to fill:
// {user}, {token:08x}.
func slotted(v []byte) bool {
	for open := bytes.IndexByte(v, '{'); open >= 0; {
		v = v[open+1:]
		slot, _, closed := bytes.Cut(v, []byte{'}'})
		name, _, _ := bytes.Cut(slot, []byte{':'})
		if closed && len(name) > 1 && isLetter(name[0]) && all(slot, func(b byte) bool { return isNameByte(b) || b == ':' }) {
			return true
		}
		open = bytes.IndexByte(v, '{')
	}
	return false
}

// sources open what names where a value comes from.
var sources = starters(
	"process.env", "os.environ", "os.getenv", "ENV[", "System.getenv", "env(", "env:", "getenv(", "secrets.", "var.", "local.",
	"data.", "module.", "ref+", "op://", "vault://", "secret://", "ssm://", "awssm://", "gcp-sm://", "keyring:", "arn:aws", "projects/",
	"!Ref", "!Sub", "Fn::", "file://", "file(", "@Microsoft.KeyVault(", "akv://", "azurekeyvault://", "bws:",
)
