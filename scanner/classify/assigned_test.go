package classify

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// TestAssignedSyntax writes one random value in the ways that languages and
// files of settings assign it.
func TestAssignedSyntax(t *testing.T) {
	for _, c := range []struct{ path, text string }{
		{".env", "DB_‹PASSWORD›=«V»\n"},
		{"a.yml", "db:\n  ‹password›: «V»\n"},
		{"a.yml", "  - name: DB_‹PASSWORD›\n    value: «V»\n"},
		{"a.properties", "spring.datasource.‹password›=«V»\n"},
		{"a.json", `{"‹password›": "«V»"}`},
		{"a.js", "const x = {‹password›: '«V»'}"},
		{"a.go", "opts.‹Password› = `«V»`"},
		{"a.go", "// export ‹PASSWORD›=«V»"},
		{"a.go", "cfg := `\nusers: [{user: a, ‹password›: «V»}]\n`"},
		{"a.rb", ":‹password› => '«V»',"},
		{"a.java", `user.set‹Password›("«V»");`},
		{"a.java", `final Secret ‹password› = new Secret("«V»");`},
		{"a.java", `params.put("‹password›", "«V»");`},
		{"a.kt", `val ‹password›: String = "«V»"`},
		{"a.py", `‹password› = os.environ.get("PASSWORD") or "«V»"`},
		{"a.ps1", `$‹password› = ConvertTo-SecureString "«V»" -AsPlainText`},
		{"a.xml", "<‹password›>«V»</password>"},
		{"a.config", `<add key="‹Password›" value="«V»" />`},
		{"a.sh", "login --‹password› «V» --user x\n"},
		{"a.php", `s:8:"‹password›";s:16:"«V»";`},
		{"a.md", "Use `‹password›: «V»` to sign in."},
		{"a.js", `"{\"‹password›\":\"«V»\"}"`},
	} {
		for _, value := range []string{random(1, inBase62, 16), random(2, inLower, 9)} {
			judged(t, "assigned", c.path, strings.Replace(c.text, "V", value, 1), Secret)
		}
	}
}

// TestAssignedElse holds what stands behind the same names and is no secret.
func TestAssignedElse(t *testing.T) {
	digest := random(5, inHex, 64)
	for _, c := range []struct {
		path, text string
		want       Class
	}{
		{"a.go", "‹password› := «getPassword»()", Ordinary},
		{"a", "my $‹passwd› = «$record[2]»;", Reference},
		{"a.pod", "gr_‹passwd›.\n\n=«item» C<d_x9>", Ordinary},
		{"a.txt", "getfperm(\"/etc/‹passwd›\")\n\t:«echo7»", Ordinary},
		{"a.pm", "'Test2::Event::‹Pass›' => '«cpan9»',", Ordinary},
		{"dpkg.log", "install base-‹passwd›:«amd64» <none>", Ordinary},
		{"a.log", "get ‹passwd›_1:«4.13+dfsg1-1_amd64.deb»", Ordinary},
		{"a.ts", "const ‹pubkey›256 = '«" + random(7, inBase62, 43) + "=»';", Ordinary},
		{"a.py", "['ssh-ask‹pass›', '«libpam-x1»']", Ordinary},
		{"a.go", "‹password› := «cfg.Password»", Ordinary},
		{"a.js", "‹token›: «userToken»,", Ordinary},
		{"a.json", `"‹token›": "«BYRADIUS»",`, Ordinary},
		{"a.json", `"‹token›": "«PXAT»",`, Ordinary},
		{"a.json", `"‹token›": "«` + random(9, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 24) + `»",`, Secret},
		{"a.def", "struct object ‹passwords› = «{users_properties_x9q_passwords»,.length=2};", Ordinary},
		{"a.md", "The ‹password› «must» be set.", Ordinary},
		{"a.js", `‹password›: "«Enter» your password"`, Ordinary},
		{"a.json", `{"‹password›Label": "«Kennwort»"}`, Ordinary},
		{"a.json", `{"‹token›_endpoint":"«https://id.example.org/token»"}`, Ordinary},
		{"a.json", `{"‹token›":"«https://id.internal/token»"}`, Ordinary},
		{"a.yml", "‹secret›: «/run/secrets/db»\n", Ordinary},
		{"a.yml", "‹secret›: «tls-certificate»\n", Ordinary},
		{"a.yml", "‹password›: «${DB_PASSWORD}»\n", Ordinary},
		{"a.yml", "‹password›: «${DB_PASSWORD:-" + random(6, inBase62, 24) + "}»\n", Reference},
		{"a.env", "‹PASSWORD›=«ENC[AES256_GCM,data:" + random(6, inBase64, 24) + "]»\n", Sealed},
		{"a.env", "‹PASSWORD›=«changeme»\n", Placeholder},
		{"a.py", `‹password› = "«test123»"`, Placeholder},
		{"a.go", `has‹Password›("«` + random(1, inBase62, 12) + `»")`, Ordinary},
		{"a.go", `‹password› := vault.get("«` + random(1, inBase62, 12) + `»")`, Ordinary},
		{"a.go", `‹TOKEN› = "«GITHUB_TOKEN»"`, Ordinary},
		{"a.js", "public‹Key›: '«" + random(2, inBase64, 44) + "»'", Identifier},
		{"a.js", "‹token›Id: '«" + random(2, inHex, 32) + "»'", Identifier},
		{"a.lock", "‹key›: «sha512-" + random(3, inBase64, 86) + "»\n", Ordinary},
		{"a.js", "primary‹Key›: '«" + digest + "»'", Ordinary},
		{"a.yml", "‹password›: «$2a$10$" + random(4, inBase62, 53) + "»\n", Ordinary},
		{"commit", " rcnTJXguVDSEppqrnm‹Pw›\n =«Qcxk»\n -----END PGP SIGNATURE-----\n", Ordinary},
		{"a.ini", "‹pw›\n =«Qcxk»\n -----BEGIN\n", Secret},
		{"a.cache", `"src\/Auth\/‹Password›Broker.php":"«` + random(8, inHex, 32) + `»",`, Ordinary},
		{"a.cache", `"src/auth/‹token›.go": "«` + digest + `»",`, Ordinary},
		{"a.json", `"prod/api.‹token›": "«` + digest + `»",`, Secret},
		{"a.json", `"auth/‹token›": "«` + digest + `»",`, Secret},
		{"a.properties", "app.‹token›.value=«" + digest + "»\n", Secret},
		{"a.json", `"get‹pass›": "«^0.1.1»",`, Ordinary},
		{"a.log", "--- ‹PASS›: «TestReference/a1» (0.00s)\n", Ordinary},
		{"a.sh", "‹PASSWORD›= «FILTER=x1y2z3w4» npm test\n", Ordinary},
	} {
		judged(t, "assigned", c.path, c.text, c.want)
	}
}

// TestAssignedBeside holds what is no secret beside what differs from it in that alone.
func TestAssignedBeside(t *testing.T) {
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	strange, digits := random(1, inBase62, 12), random(2, inBase32, 10)
	for _, c := range []struct {
		path, text string
		want       Class
	}{
		// The base64 of a word, and of a password.
		{"values.yaml", "admin‹Password›: «" + encode("topsecret") + "»\n", Placeholder},
		{"values.yaml", "admin‹Password›: «" + encode("example-app-secret\n") + "»\n", Placeholder},
		{"values.yaml", "admin‹Password›: «" + encode("storage") + "==»\n", Secret}, // no base64
		{"values.yaml", "admin‹Password›: «" + encode("storage") + "»\n", Secret},   // doubted, as the word is
		{"README.md", "admin‹Password›: «" + encode("storage") + "»\n", Ordinary},
		{"values.yaml", "admin‹Password›: «" + encode(strange) + "»\n", Secret},
		// What stands before the next setting.
		{"a.yml", "run: x --conn 'server=db;‹password›=«SET_A_PASSWORD_HERE_123;Encrypt=True»'\n", Ordinary},
		{"a.yml", "run: x --conn 'server=db;‹password›=«" + strange + ";Encrypt=True»'\n", Secret},
		// A syntax's tokens are words of a few letters.
		{"a.cs", `‹token›: "«hsbs»"`, Ordinary},
		{"a.cs", `‹token›: "«h5b8qx»"`, Secret},
		// The names of properties are in elements called key.
		{"a.plist", "<‹key›>«" + digits + "»</key>", Ordinary},
		{"a.xml", "<‹key›>«" + random(5, inBase64, 43) + "=»</key>", Secret},
		{"a.xml", "<api‹key›>«" + digits + "»</apikey>", Secret},
		{"a.json", `"WorkspaceIdentifier‹Key›": "«` + random(3, inHex, 40) + `»"`, Ordinary},
		{"a.json", `"Workspace‹Key›": "«` + random(3, inHex, 40) + `»"`, Secret},
		// Palau, and a password.
		{"so.php", "'PS' => 'Falastiin',\n 'PT' => 'x',\n '‹PW›' => '«Balaaw»',\n", Ordinary},
		{"so.yml", "PT: Bortuqaal\n‹PW›: «Balaaw»\nPY: Baraguaay\n", Ordinary},
		{"so.json", `"en_‹PW›": "«en_001»"`, Ordinary},
		{"so.json", `"wifi_‹PW›": "«xq_001»"`, Secret},
		{".env", "‹PW›=«xq_001»", Secret},
		{".env", "ID=root\n‹PW›=«xq_001»\nDB=x\n", Secret},
		{"so.json", `"DB_‹PW›": "«xq_001»"`, Secret},
		{"so.php", "'USER' => 'root',\n '‹PW›' => '«Balaaw»',\n", Secret},
		// A name that says itself.
		{"a.cs", `PM12_FlagForInput‹Password› = "«pm-12-flag-for-input-password»"`, Ordinary},
		{"a.cs", `PM12_FlagForInput‹Password› = "«pm-12-` + strange + `-password»"`, Secret},
		// A path with the UUID of what it leads to.
		{"a.json", `"asset‹Token›": "«Purple1/v4/45/509d/45509d39-6a5d-7f55-f919-` + random(4, inHex, 12) + `/source»"`, Ordinary},
		{"a.json", `"asset‹Token›": "«45509d39-6a5d-7f55-f919-` + random(4, inHex, 12) + `»"`, Secret},
		// What stands before the name, or behind what tells in it.
		{"Dockerfile", "# the public ‹key› \"«RW" + random(6, inBase62, 54) + "»\"", Identifier},
		{"Dockerfile", "# the private ‹key› \"«RW" + random(6, inBase62, 54) + "»\"", Secret},
		{"a.json", `"SSECustomer‹Key›MD5": "«` + random(6, inBase62, 22) + `==»"`, Identifier},
		{"a.json", `"SSECustomer‹Key›": "«` + random(6, inBase62, 22) + `==»"`, Secret},
		{"a.json", `"Sealed-‹Key›": "«` + random(6, inBase62, 64) + `»"`, Ordinary},
		{"a.json", `"‹Key›": "«424f6bae-c48f-42d8-9e25-` + random(6, inHex, 12) + `/a.pdf»"`, Ordinary},
		// The id of an access key in a URL that it signed, and what a stranger would sign with.
		{"a.txt", "?X-Amz-‹Credential›=«AKIA" + random(7, inBase32, 16) + "%2F20230517%2F»&", Identifier},
		{"a.txt", "?X-Amz-‹Credential›=«XKIA" + random(7, inBase32, 16) + "%2F20230517%2F»&", Secret},
		// Words of a translation.
		{"web/locales/af-ZA/portal.json", `"‹Password›": "«Wagwoord»"`, Ordinary},
		{"web/portal/af-ZA/portal.json", `"‹Password›": "«Wagwoord»"`, Secret},
		{"web/locales/af-ZA/portal.json", `"‹Password›": "«Wagw00rd»"`, Secret},
		// Lists, calls that are over, and what an index is called.
		{"a.go", `[]string{"‹password›", "«sslcert»", "sslkey"}`, Ordinary},
		{"a.java", `{"‹password›", "«sslcert»"}`, Secret},
		{"a.ts", "equal(hash('‹password›'), '«" + random(8, inHex, 32) + "»')", Ordinary},
		{"a.ts", "insert(String('‹password›'), '«" + strange + "»')", Secret},
		{"a.ts", "equal('‹password›', '«" + random(8, inHex, 32) + "»')", Secret},
		{"a.sql", "‹KEY› `«FKmnhp1v0al1og8hylmavmnuj7v»` (`ID`),", Ordinary},
		// Passes that no words are, sudo's tag, versions, and names of what holds a secret.
		{"a.toml", `name‹pass› = ["«metricname1»"]`, Ordinary},
		{"a.toml", `mail‹pass› = "«metricname1»"`, Secret},
		{"README.md", "telegraf ALL=(root) NO‹PASSWD›: «FAIL2BAN»\n", Ordinary},
		{"README.md", "‹PASSWD›: «FAIL2BAN»\n", Secret},
		{"yarn.lock", `mini‹pass›: "«npm:^7.0.4»"`, Ordinary},
		{"a.yml", "  --image-pull-‹secret›=«ghcr-auth» x\n", Ordinary},
		{"a.ts", "Bee‹Token›Address = '«0x" + random(9, inHex, 40) + "»'", Ordinary},
		// A template that an escape cuts off.
		{"a.yml", `x: "{\"‹password›\":\"«{{»  .password }}\"}"`, Reference},
		// The examples of standards.
		{"a.go", `"access_‹token›": "«` + "2YotnFZFEjr1" + `zCsicMWpAA»"`, Placeholder},
		{"a.yml", "‹password›: «" + encode("1f2d1e2e"+"67df") + "»\n", Placeholder},
		// P@ssw0rd, however it goes on.
		{"main.tf", `admin_‹password› = "«P@ssw0rd1234!»"`, Placeholder},
		{"main.tf", `admin_‹password› = "«P@ssw1rd1234!»"`, Secret},
		// The secret of every example of one-time passwords.
		{"a.json", `"totp‹Secret›": "«` + "JBSWY3DP" + "EHPK3PXP" + `CFL»"`, Placeholder},
	} {
		judged(t, "assigned", c.path, c.text, c.want)
	}
}

// TestAssignedUUID parts the UUID that opens from the one that names.
func TestAssignedUUID(t *testing.T) {
	uuid := random(1, inHex, 8) + "-" + random(2, inHex, 4) + "-4" + random(3, inHex, 3) + "-a" + random(4, inHex, 3) + "-" + random(5, inHex, 12)
	for name, want := range map[string]Class{"api‹_key›": Secret, "‹token›": Secret, "‹secret›_id": Identifier, "sort_‹key›": Ordinary} {
		judged(t, "assigned", ".env", name+"=«"+uuid+"»\n", want)
	}
}

// TestAssignedHuman looks at what the verdict says of where a value came from.
func TestAssignedHuman(t *testing.T) {
	word := judged(t, "assigned", ".env", "MYSQL_‹PASSWORD›=«elephant»\n", Secret)
	if !word.Human || !word.Doubtful {
		t.Errorf("a word: %+v", word)
	}
	judged(t, "assigned", "a.go", `‹password› = "«elephant»"`, Ordinary)
	short := judged(t, "assigned", ".env", "MYSQL_‹PASSWORD›=«"+random(1, inLower, 8)+"»\n", Secret)
	if !short.Human || short.Doubtful {
		t.Errorf("a short value: %+v", short)
	}
	long := judged(t, "assigned", ".env", "API_‹TOKEN›=«"+random(2, inBase62, 32)+"»\n", Secret)
	if long.Human || long.Reason == "" {
		t.Errorf("a long value: %+v", long)
	}
}

// TestWiden checks that the name grows to the whole identifier.
func TestWiden(t *testing.T) {
	for text, want := range map[string]string{
		"--db.pass‹word›-new=«x»": "db.password-new",
		"MY_‹SECRET›_2: «x»":      "MY_SECRET_2",
		"a/‹token›=«x»":           "token",
		"‹token›«x»":              "token",
		"«x»":                     "",
	} {
		c := candidate(t, "a", text)
		if c.widen(); !bytes.Equal(c.Name, []byte(want)) {
			t.Errorf("%s: %q, want %q", text, c.Name, want)
		}
	}
}

// TestBasic decodes what the header of HTTP's basic authentication holds.
func TestBasic(t *testing.T) {
	encode := base64.StdEncoding.EncodeToString
	for text, want := range map[string]Class{
		"ci:" + random(1, inBase62, 12): Secret,
		"user:password":                 Placeholder,
		"user:${PASSWORD}":              Placeholder,
		"user:":                         Ordinary,
		"no colon at all":               Ordinary,
	} {
		judged(t, "assigned", "a.http", "Authorization: ‹Basic› «"+encode([]byte(text))+"»\n", want)
		if want != Ordinary {
			judged(t, "basic", "config.json", `"auth": "«`+encode([]byte(text))+`»"`, want)
		}
	}
	judged(t, "basic", "config.json", `"auth": "«`+random(3, inBase62, 40)+`»"`, Secret)
	judged(t, "assigned", "a.md", "‹Basic› «authentication» is used", Ordinary)
	judged(t, "assigned", "a.http", "‹Bearer› «"+random(2, inBase62, 30)+"»\n", Secret)
	judged(t, "assigned", "a.md", "‹bearer› «authentication»\n", Ordinary)
}

func TestOpenPGPFingerprint(t *testing.T) {
	id := strings.Repeat("0B7F19C4E2", 4)
	for text, want := range map[string]Class{
		"RUN key='" + id + "'; gpg --batch --recv-keys \"$key\"": Identifier,
		"key='" + id + "'; deploy \"$key\"":                      Secret,
	} {
		at := strings.Index(text, id)
		c := Candidate{Data: []byte(text), Start: at, End: at + len(id), MatchStart: at - 5, MatchEnd: at + len(id) + 1, Name: []byte("key"), File: FileOf("Dockerfile")}
		if got := Judge("assigned", &c); got.Class != want {
			t.Errorf("%s: %v (%s)", text, got.Class, got.Reason)
		}
	}
}
