package classify

import "bytes"

// sealed reports whether the value is ciphertext of a tool that keeps its key
// elsewhere, by the mark that the tool puts on it.
func sealed(v []byte) bool {
	if seals.begin(v) {
		return true
	}
	return len(v) >= 200 && bytes.HasPrefix(v, []byte("AgA")) || len(v) >= 200 && bytes.HasPrefix(v, []byte("AgB")) ||
		bytes.HasPrefix(v, []byte("ENC(")) && v[len(v)-1] == ')'
}

// seals open what these tools write: SOPS, Vault's transit engine, Ansible
// Vault, age, GPG, hiera-eyaml, Spring Cloud Config, AWS KMS (the first bytes
// of its ciphertext blob in base64), PowerShell's ConvertFrom-SecureString
// (the DPAPI header in hex), git-crypt, Chef and Puppet node encryption,
// Travis CI and AppVeyor. Bitnami's sealed secrets and Jasypt are in sealed.
var seals = starters(
	"ENC[AES256_GCM,", "vault:v1:", "vault:v2:", "vault:v3:", "$ANSIBLE_VAULT;",
	"-----BEGIN AGE ENCRYPTED FILE-----", "age-encryption.org/v1", "YWdlLWVuY3J5cHRpb24ub3Jn",
	"-----BEGIN PGP MESSAGE-----", "ENC[PKCS7,", "ENC[GPG,", "{cipher}", "AQICAH", "AQECAH",
	"01000000d08c9ddf", "01000000D08C9DDF", "AQAAANCMnd8B", "\x00GITCRYPT\x00",
	"AES256:", "{AQAAAB", "AQAAABAAAA", "{DESede}", "{AES}", "kms:", "!vault",
)
