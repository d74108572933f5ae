package classify

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

func TestPassword(t *testing.T) {
	for text, want := range map[string]Class{
		"postgres://‹app›:«" + random(1, inBase62, 12) + "»@localhost/x": Secret,
		"nats://‹a›:«" + random(2, "bcdfghjklmnpqrstvwxz", 5) + "»@h":    Secret,
		"postgres://‹user›:«password»@localhost":                         Placeholder,
		"postgres://‹user›:«elephant»@localhost":                         Placeholder,
		"postgres://‹shop›:«elephant»@localhost":                         Secret,
		"postgres://‹shop›:«shop»@localhost":                             Placeholder,
		"postgres://‹u›:«${PW}»@localhost":                               Reference,
		"nats://‹u›:«%s»@%s:%d":                                          Reference,
		"ldapsearch -w «<Search» User Password> -x":                      Ordinary,
		"ldapsearch -w «<Sx9mQ2rLw7» -x < in":                            Secret,
		"mysql -p «<Sx9mQ2rLw7» -h db > out":                             Secret,
		`mysql -p "«<Sx9mQ2rLw7»" -h <host>`:                             Secret,
		"mysql -p«elephant»":                                             Ordinary,
		"user ‹a›:«$2y$10$" + random(3, inBase62, 53) + "»":              Ordinary,
		"url=http://‹amqp›:«15672,queue=a,node=rabbit»@amqp":             Ordinary,
		"url=http://‹amqp›:«q5k8wz2p,queue=a,node=rabbit»@amqp":          Secret,
		"mongodb://‹***›:«***»@localhost:27017/x":                        Placeholder,
		"find x -group mysql -p«rint0» x":                                Ordinary,
		"s/(;PWD=)«(.*)(;)$»/":                                           Ordinary,
		`identified by password «Expiry:\n\nCREATE\n»`:                   Ordinary,
		"IDENTIFIED BY '«*" + random(5, "0123456789ABCDEF", 40) + "»'":   Ordinary,
		"# http://‹sam›:«V3ry_Fine»@my.example.com/":                     Placeholder,
		"x http://‹sam›:«V3ry_Fine»@my.example.com/":                     Secret,
		"# http://‹sam›:«V3ry_Fine»@my.example.com.evil.io/":             Secret,
		`-p "«an` + random(4, inBase62, 9) + `» b"`:                      Ordinary,
	} {
		judged(t, "password", "x", text, want)
	}
	if v := Judge("password", candidate(t, "x", "postgres://‹shop›:«elephant»@db")); !v.Human || !v.Doubtful {
		t.Errorf("a word: %+v", v)
	}
}

func TestJWT(t *testing.T) {
	token := func(header, payload, signature string) string {
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(header)) + "." + encode([]byte(payload)) + "." + signature
	}
	signature := random(1, inBase62, 43)
	for value, want := range map[string]Class{
		token(`{"alg":"HS256"}`, `{"sub":"a","exp":1700000000}`, signature):                Secret,
		token(`{"alg":"HS256"}`, `{"sub":7}`, signature):                                   Secret,
		token(`{"alg":"none"}`, `{"sub":"a"}`, signature):                                  Ordinary,
		token(`{"alg":"HS256"}`, `{"sub":"a"}`, ""):                                        Ordinary,
		token(`{"typ":"JWT"}`, `{"sub":"a"}`, signature):                                   Ordinary,
		token(`{"alg":"HS256"}`, `not JSON`, signature):                                    Ordinary,
		token(`{"alg":"dir","enc":"A128GCM"}`, `{"sub":"a"}`, signature):                   Sealed,
		token(`{"alg":"HS256"}`, `{"sub":"1234567890","name":"John Doe"}`, signature):      Placeholder,
		random(2, inBase62, 20) + "." + random(3, inBase62, 20) + "." + signature:          Ordinary,
		token(`{"typ":"JWT","alg":"ES256"}`, `{"sub":"b"}`, signature):                     Secret,
		token(`{"alg":"HS256","typ":"JWT"}`, `{"sub":}`, signature):                        Ordinary,
		token(`{"alg":"HS256","typ":"JWT"}`, `{"sub":"a"}`, signature+".a.b"):              Sealed,
		token(`{"alg":"HS256","kid":"a"}`, `{"sub":"a"}`, signature):                       Secret,
		token(`{"alg":"HS256"}`, `{"sub":"\u0031234567890","name":"John Doe"}`, signature): Placeholder,
	} {
		v := judged(t, "jwt", "x", "«"+value+"»", want)
		if strings.Contains(v.Reason, "expires") != strings.Contains(value, base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"a","exp":1700000000}`))) {
			t.Errorf("%s: reason %q", value, v.Reason)
		}
	}
	for _, claim := range []string{`"exp":1700000000`, `"EXP":1700000000`, `"\u0065xp":1700000000`} {
		value := token(`{"alg":"HS256","typ":"JWT"}`, `{"sub":"a",`+claim+`}`, signature)
		if v := judged(t, "jwt", "x", "«"+value+"»", Secret); !strings.Contains(v.Reason, "expires on 2023-11-14") {
			t.Errorf("%s: reason %q", claim, v.Reason)
		}
	}
}

func TestPEM(t *testing.T) {
	block := func(label, body string) string {
		return fmt.Sprintf("-----BEGIN %s-----%s-----END %s-----", label, body, label)
	}
	rsa := "MIIE" + random(1, inBase62, 200)
	for text, want := range map[string]Verdict{
		block("RSA PRIVATE KEY", "\n"+rsa[:64]+"\n"+rsa[64:128]+"\n"+rsa[128:]+"\n"):                {},
		block("RSA PRIVATE KEY", `\n`+rsa[:64]+`\n`+rsa[64:]+`\n`):                                  {},
		block("RSA PRIVATE KEY", `\\n" +`+"\n  \""+rsa[:64]+`\\n"`+"\n\""+rsa[64:]):                 {},
		block("RSA PRIVATE KEY", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"+rsa+"\n"): {},
		block("ENCRYPTED PRIVATE KEY", "\n"+rsa+"\n"):                                               {},
		block("OPENSSH PRIVATE KEY", "\nb3BlbnNzaC1"+"rZXktdjEAAAAA"+random(2, inBase62, 90)+"\n"):  {},
		block("PGP PRIVATE KEY BLOCK", "\nVersion: GnuPG v1\n\nlQ"+random(3, inBase62, 200)+"\n"):   {},
		block("RSA PRIVATE KEY", "\n"+strings.Repeat("x", 64)+"\n"):                                 {Class: Placeholder},
		block("RSA PRIVATE KEY", "\n...\n"):                                                         {Class: Placeholder},
		block("RSA PRIVATE KEY", "\nAAAA"+random(4, inBase62, 200)+"\n"):                            {Doubtful: true},
		"-----BEGIN AGE ENCRYPTED FILE-----\n" + rsa:                                                {Class: Sealed},
	} {
		got := Judge("pem", candidate(t, "x", "«"+text+"»"))
		if got.Class != want.Class || got.Doubtful != want.Doubtful {
			t.Errorf("%s: %+v", text, got)
		}
		if locked := strings.Contains(text, "ENCRYPTED PRIV") || strings.Contains(text, "4,ENCRYPTED"); locked != strings.Contains(got.Reason, "passphrase") {
			t.Errorf("%s: reason %q", text, got.Reason)
		}
	}
}
