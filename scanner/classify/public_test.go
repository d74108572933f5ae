package classify

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"math/big"
	"testing"
)

// TestPublic: the two halves of key pairs of all kinds that are in use, in every
// form in which they are written without the lines around them.
func TestPublic(t *testing.T) {
	must := func(der []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	open, shut := map[string][]byte{}, map[string][]byte{}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	open["rsa"], open["rsa, PKCS 1"] = must(x509.MarshalPKIXPublicKey(&r.PublicKey)), x509.MarshalPKCS1PublicKey(&r.PublicKey)
	shut["rsa"], shut["rsa, PKCS 1"] = must(x509.MarshalPKCS8PrivateKey(r)), x509.MarshalPKCS1PrivateKey(r)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		e, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		name := curve.Params().Name
		open[name] = must(x509.MarshalPKIXPublicKey(&e.PublicKey))
		template := &x509.Certificate{SerialNumber: big.NewInt(1)}
		open[name+", certificate"] = must(x509.CreateCertificate(rand.Reader, template, template, &e.PublicKey, e))
		shut[name], shut[name+", PKCS 8"] = must(x509.MarshalECPrivateKey(e)), must(x509.MarshalPKCS8PrivateKey(e))
	}
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	open["ed25519"], shut["ed25519"] = must(x509.MarshalPKIXPublicKey(pub)), must(x509.MarshalPKCS8PrivateKey(priv))
	for _, name := range []string{"ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com"} {
		open[name] = append(append(binary.BigEndian.AppendUint32(nil, uint32(len(name))), name...), open["rsa"]...)
	}
	shut["openssh"] = append([]byte("openssh-key-v1\x00\x00\x00\x00\x04none"), open["rsa"]...)

	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		for name, key := range open {
			if text := encoding.EncodeToString(key); !public([]byte(text)) {
				t.Errorf("%s is public: %s", name, text)
			}
		}
		for name, key := range shut {
			if text := encoding.EncodeToString(key); public([]byte(text)) {
				t.Errorf("%s is private: %s", name, text)
			}
		}
	}
	for seed := range uint64(200) {
		for _, v := range []string{"M", "MIIB", "MFkw", "AAAA", "AAAAB3Nz"} {
			if v += random(seed, inBase64, 60); public([]byte(v)) {
				t.Errorf("%s is drawn", v)
			}
		}
	}
	for _, v := range []string{"", "M", "AAAA", "MIIBCgKCAQEA", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"} {
		if public([]byte(v)) {
			t.Errorf("%q is not whole", v)
		}
	}
}
