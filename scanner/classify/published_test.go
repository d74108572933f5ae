package classify

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

func TestPublished(t *testing.T) {
	guid := "258EAFA5-E914-47DA-95CA-" + "C5AB0DC85B11"
	judged(t, "assigned", "a.rb", "‹secret_key› = '«"+guid+"»'", Ordinary)
	judged(t, "assigned", "a.rb", "‹secret_key› = '«"+strings.Replace(guid, "A5", "B5", 1)+"»'", Secret)
	fips := "f4556650ac31d35461610bac4ed81b1a" + "181b2d8a43ea2854cbae22ca74560813"
	if publishedAs([]byte(fips)) == "" {
		t.Error("the key of OpenSSL's FIPS module is not known")
	}
	for _, e := range published {
		if raw, err := hex.DecodeString(e.sum); err != nil || len(raw) != sha256.Size/2 || len(e.mark) != markEnd-markAt || e.length < markEnd || e.where == "" {
			t.Errorf("%+v", e)
		}
	}
}

// TestPEMText: the base64 is the same however a block is written.
func TestPEMText(t *testing.T) {
	body := "MIIE" + random(1, inBase62, 124)
	for _, end := range []string{"\n", "\r\n", `\n`, `\r\n`, "\n  ", ""} {
		block := "-----BEGIN PRIVATE" + " KEY-----" + end + body[:64] + end + body[64:] + end + "-----END PRIVATE" + " KEY-----"
		if got := string(base64Text(pemText([]byte(block)))); got != body {
			t.Errorf("%q: %q", end, got)
		}
	}
}

// TestDocuments: what a person wrote in documentation is doubted.
func TestDocuments(t *testing.T) {
	text := "‹password› = «" + random(1, inBase62, 9) + "»"
	for path, want := range map[string]bool{
		"usr/share/doc/git/RelNotes/1.8.txt":             true,
		"rootfs/usr/share/man/man1/x.1.gz!/x.1":          true,
		"usr/share/info/gnupg.info-2.gz":                 true,
		"usr/share/vim/vim90/doc/builtin.txt":            true,
		"usr/lib/perl/Config.pod":                        true,
		"app/CHANGELOG.md":                               true,
		"usr/share/doc/x/changelog.Debian.gz!/changelog": true,
		"usr/local/man/man8/tool.8":                      true,
		"docs/setup.md":                                  false,
		"README.md":                                      false,
		"usr/share/app/config.ini":                       false,
		"etc/newsd/news.conf":                            false,
		"srv/changes/x.env":                              false,
	} {
		c := candidate(t, path, text)
		if v := Judge("assigned", c); v.Class != Secret || v.Doubtful != want {
			t.Errorf("%s: %+v, want doubtful %v", path, v, want)
		}
	}
}

func TestSnakeOil(t *testing.T) {
	block := "«-----BEGIN PRIVATE" + " KEY-----\nMIIE" + random(1, inBase62, 200) + "\n-----END PRIVATE" + " KEY-----»"
	for path, want := range map[string]bool{"etc/ssl/private/ssl-cert-snakeoil.key": true, "etc/ssl/private/server.key": false} {
		v := Judge("pem", candidate(t, path, block))
		if v.Class != Secret || strings.Contains(v.Reason, "snake-oil") != want {
			t.Errorf("%s: %+v", path, v)
		}
	}
}
