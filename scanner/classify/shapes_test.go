package classify

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestShapes(t *testing.T) {
	uuid := random(1, inHex, 8) + "-" + random(2, inHex, 4) + "-" + random(3, inHex, 4) + "-" + random(4, inHex, 4) + "-" + random(5, inHex, 12)
	for _, c := range []struct {
		name    string
		is      func([]byte) bool
		yes, no []string
	}{
		{"uuid", isUUID, []string{uuid, "{" + strings.ToUpper(uuid) + "}"}, []string{uuid[1:], strings.ReplaceAll(uuid, "-", ""), ""}},
		{"hex", isHex, []string{random(6, inHex, 40)}, []string{"", "0x12", "xyz"}},
		{"checksum", isChecksum, []string{"sha256-" + random(7, inBase64, 43), "sha512:" + random(8, inHex, 128)}, []string{"shadow-of-it", random(9, inHex, 64)}},
		{"range", isRange, []string{"^1.2.3", "~2.1", ">=4.0.0-rc.1", "^1.x"}, []string{"1.2.3", "^", "^12", "^1.2y3", "^1.2" + random(1, inBase62, 30)}},
		{"number", isNumber, []string{"12", "-1.5", "10:30", "0x1F", "0b10", "50%"}, []string{"", "12a", "0x" + random(1, inHex, 64), "1-a"}},
		{"URL", isURL, []string{"https://a.b/c", "amqp://x", "arn:aws:iam::1:role/x", "data:,x"}, []string{"a:b", "://", "p4ss:w0rd", ""}},
		{"e-mail", isEmail, []string{"a@b.io", "first.last+x@mail.example.org"}, []string{"a@b", "p@ss.W0RD", "@b.io", "a@b@c.io"}},
		{"path", isPath, []string{"/etc/passwd", "./key", "~/.ssh/id", `C:\x`, "certs/server.key", "a.json"}, []string{"/" + random(1, inBase64, 30), "a/b", "x"}},
		{"colour", isColor, []string{"#fff", "#d0d0d0"}, []string{"#ggg", "#12345", "fff"}},
		{"time stamp", isTimestamp, []string{"2024-01-02", "1999/12/31T00:00"}, []string{"2024-1-2", "abcd-ef-gh", "3024-01-02"}},
		{"constant", isConstant, []string{"GITHUB_TOKEN", "AWS_REGION"}, []string{"Github_Token", "TOKEN", random(1, "BCDFGHJKLMNPQRSTVWXZ", 12) + "_" + random(2, "BCDFGHJKLMNPQRSTVWXZ", 12)}},
		{"identifier", isIdentifier, []string{"aB_1"}, []string{"", "1a", "a-b"}},
		{"hash", isHash, []string{"$2a$10$" + random(1, inBase62, 53), "{SSHA}" + random(2, inBase64, 32), "$argon2id$v=19"}, []string{"$2", random(3, inBase62, 60)}},
		{"pattern", isPattern, []string{"^a+$", "[A-Z]{3}", "(?i)x"}, []string{"a^b$c", "x"}},
		{"foreign", foreign, []string{"пароль", "contraseña", "密码"}, []string{"", "abc", "pä55wörd12"}},
		{"escapes", escapes, []string{`\x66\x6f`, `\r\n`, `\u0041\u0042`}, []string{"", "abc", `DOMAIN\administrator`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, v := range c.yes {
				if !c.is([]byte(v)) {
					t.Errorf("%q is none", v)
				}
			}
			for _, v := range c.no {
				if v != "" && c.is([]byte(v)) {
					t.Errorf("%q is one", v)
				}
			}
		})
	}
}

func TestSealed(t *testing.T) {
	for _, v := range []string{
		"ENC[AES256_GCM,data:x]", "vault:v1:" + random(1, inBase64, 40), "$ANSIBLE_VAULT;1.1;AES256", "ENC(" + random(2, inBase64, 24) + ")",
		"{cipher}" + random(3, inHex, 64), "AgB" + random(4, inBase64, 300), "AQICAH" + random(5, inBase64, 100), "ENC[PKCS7,MII]",
		"01000000d08c9ddf" + random(6, inHex, 64), "-----BEGIN AGE ENCRYPTED FILE-----", "\x00GITCRYPT\x00x",
	} {
		if !sealed([]byte(v)) {
			t.Errorf("%q is not", v)
		}
	}
	for _, v := range []string{"ENC", "AgB" + random(7, inBase62, 30), random(8, inBase64, 300), "vault:v", ""} {
		if sealed([]byte(v)) {
			t.Errorf("%q is", v)
		}
	}
}

func TestRefers(t *testing.T) {
	for _, v := range []string{
		"$PASSWORD", "${DB_PASSWORD}", "$(cat secret)", "%PASSWORD%", "%s", "{password}", "{{ .Values.password }}", "#{secret}",
		"process.env.SECRET", "os.environ['X']", "prefix-${X}", "$DB_USER$DB_HOST", "$A:$B", "<%= key %>", "@Microsoft.KeyVault(x)", "user:%s", "op://vault/item", "$this->key",
	} {
		if !refers([]byte(v), traitsOf([]byte(v))) {
			t.Errorf("%q does not", v)
		}
	}
	for _, v := range []string{"$", "$2a$10$x", "pa$$word", "$ecure$hop", "$A$b4", "$A$$B", "100%", "a%d1b", random(1, inBase64, 40), "$" + random(2, inBase62, 20), "{" + random(3, inBase64, 30)} {
		if refers([]byte(v), traitsOf([]byte(v))) {
			t.Errorf("%q does", v)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	for _, v := range []string{
		"xxxxxxxx", "********", "....", "0000000000", "12345678", "abcdefgh", "abcabcabc", "a*a*a*a*a*a*a*a*b", "11111111-1111-1111-1111-111111111111",
		"<password>", "[secret]", "__TOKEN__", "your_api_key", "change-me", "s3cr3t-EXAMPLE", "a1b2c3...", "deadbeef", "notarealpassword",
	} {
		if !filler([]byte(v)) {
			t.Errorf("%q is none", v)
		}
	}
	for _, v := range []string{
		"password", "secret", "my_password", "test123", "P@ssw0rd", "topsecret", "admin", "TestPassword1", "MySeCreTPaSsW0rd", "hunter2",
	} {
		if !stock([]byte(v), traitsOf([]byte(v))) {
			t.Errorf("%q is no stock word", v)
		}
	}
	for _, v := range []string{"Sunshine2019", "elephant", random(1, inLower, 8), random(2, inBase62, 12)} {
		if filler([]byte(v)) || stock([]byte(v), traitsOf([]byte(v))) {
			t.Errorf("%q is taken for a placeholder", v)
		}
	}
}

// TestBytesIn holds sets of bytes, those past ASCII among them, against a search.
func TestBytesIn(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		v := make([]byte, draw.IntN(60))
		for i := range v {
			v[i] = byte(draw.IntN(256))
		}
		held := bytesIn(v)
		for b := range 256 {
			if held.has(byte(b)) != (bytes.IndexByte(v, byte(b)) >= 0) {
				t.Fatalf("%q: %#x is told wrong", v, b)
			}
		}
	}
}

// TestRuns: a value is dull if half of it is one character in a row, or a third where
// that are eight or more, wherever the row is; with a few characters more it is not.
func TestRuns(t *testing.T) {
	for run := 4; run < 40; run++ {
		n := 2 * run
		if run >= 8 {
			n = 3 * run
		}
		for _, at := range []int{0, (n - run) / 2, n - run} {
			v := []byte(strings.Repeat("acegikmoqsuwyACEGIKMOQSUWY2468", 5)[:n])
			copy(v[at:], strings.Repeat("#", run))
			if !dull(v) {
				t.Errorf("%q is none", v)
			}
			v = append(v, "Zbz"...)
			if n >= 24 && dull(v) {
				t.Errorf("%q is taken for one", v)
			}
		}
	}
}
