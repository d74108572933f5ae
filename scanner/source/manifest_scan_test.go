package source_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/files"
)

// scan returns where the built-in rules find a secret: "rule line", sorted by
// line.
func scan(t *testing.T, name, data string) []string {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scanner.New(scanner.Options{Rules: set})
	if err != nil {
		t.Fatal(err)
	}
	report := s.Scan(context.Background(), files.Pipe(strings.NewReader(data), name, files.Options{}))
	if !report.Complete {
		t.Error(report.Problems)
	}
	type place struct {
		line int
		rule string
	}
	var places []place
	for _, f := range report.Findings {
		if f.Kind != rules.Secret {
			continue
		}
		for _, o := range f.Occurrences {
			places = append(places, place{o.Span.Line, f.Rule.ID})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.rule, b.rule)) })
	var found []string
	for _, p := range places {
		found = append(found, fmt.Sprint(p.rule, " ", p.line))
	}
	return found
}

// coin makes a password that no one has used, another one at each call.
func coin(r *rand.Rand) string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	made := make([]byte, 18)
	for i := range made {
		made[i] = letters[r.IntN(len(letters))]
	}
	return string(made)
}

func TestManifestFindings(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 14))
	pw := func() string { return coin(r) }
	auth := func(p string) string {
		return `{"auths":{"r.example.net":{"username":"bob","auth":"` + encoded("bob:"+p) + `"}}}`
	}
	for _, test := range []struct{ name, data, want string }{
		{"env value first", podHead + "env:\n- value: " + pw() + "\n  name: DB_PASSWORD\n", "generic-password 4"},
		{"password with brackets", podHead + "env:\n- name: DB_PASSWORD\n  value: \"" + pw() + ");\"\n", "generic-password 5"},
		{"args", podHead + "args: [--requirepass, " + pw() + "]\n", "generic-password 3"},
		{"settings in a secret", secretHead + "data:\n  .env: " + encoded("A_PASSWORD="+pw()+"\nB_PASSWORD="+pw()+"\n") + "\n",
			"generic-password 4, generic-password 4"},
		{"registry", secretHead + "type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: " + encoded(auth(pw())) + "\n", "docker-config-auth 5"},
		{"old registry", secretHead + "data:\n  .dockercfg: " + encoded(`{"r":{"auth":"`+encoded("bob:"+pw())+`"}}`) + "\n", "docker-config-auth 4"},
		{"two in one release", secretHead + "type: helm.sh/release.v1\ndata:\n  release: " + release(t, map[string]any{"auth": map[string]any{"password": pw()}, "other": map[string]any{"password": pw()}}, "") + "\n", "generic-password 5, generic-password 5"},
		{"random bytes", secretHead + "data:\n  token: " + encoded("\x01\x9f\xfe\x80\x03"+pw()+pw()) + "\n", "generic-token 4"},
		{"a key in a secret", secretHead + "data:\n  db-password: >-\n    " + encoded(pw()) + "\n", "generic-password 5"},
		{"compose default", "services:\n  db:\n    environment:\n      - A=${DB_PASSWORD:-" + pw() + "}\n", "generic-password 4"},
		{"compose alias", "x-it: &it\n  " + pw() + "\nservices:\n  db:\n    environment:\n      DB_PASSWORD: *it\n", "generic-password 2"},
		{"compose hash", "services:\n  db:\n    labels:\n      users: bob:$$2y$$05$$" + strings.Repeat(pw(), 3)[:53] + "\n", "password-hash-user 4"},
		{"compose healthcheck", "services:\n  db:\n    healthcheck:\n      test: [CMD, redis-cli, -a, " + pw() + "]\n", "generic-command-password 4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(scan(t, "a.yaml", test.data), ", "); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// TestManifestJudgedByValue finds nothing in values that only stand under
// telling names.
func TestManifestJudgedByValue(t *testing.T) {
	for name, data := range map[string]string{
		"references": podHead + "imagePullSecrets: [{name: registry-password}]\nenv:\n- name: DB_PASSWORD\n  valueFrom: {secretKeyRef: {name: db-password, key: password}}\n" +
			"- value: /run/secrets/db\n  name: PASSWORD_FILE\n- value: $(OTHER_TOKEN)\n  name: API_TOKEN\n- value: \"\"\n  name: SECRET\n",
		"template":       secretHead + "stringData:\n  password: {{ .Values.password }}\n  token: \"{{ .Values.token }}\"\n",
		"sops":           secretHead + "data:\n  password: ENC[AES256_GCM,data:b3BhbA==,iv:b3BhbA==,tag:b3BhbA==,type:str]\nsops:\n  version: 3.9.0\n",
		"sealed":         "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData:\n    password: AgB" + strings.Repeat(encoded("jade opal ruby "), 12) + "\n",
		"external":       "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec:\n  data:\n  - secretKey: password\n    remoteRef: {key: prod/db, property: password}\n",
		"compose":        "services:\n  db:\n    environment:\n      DB_PASSWORD: ${DB_PASSWORD:?is missing}\n      TOKEN: ${TOKEN:-}\n      SECRET: ${SECRET}\n      PASSWORD_FILE: ${F:-/run/secrets/db}\n      POSTGRES_HOST_AUTH_METHOD: ${M:-trust}\n",
		"placeholder":    secretHead + "data:\n  password: " + encoded("changeme") + "\n  db-password: '" + encoded("your-password-here") + "'\n",
		"public":         secretHead + "data:\n  public-key: " + encoded("ssh-ed25519") + "\n",
		"no base64":      secretHead + "data:\n  note: it's\n",
		"auth mode":      secretHead + "stringData:\n  AUTH_MODE: >-\n    oidc\n",
		"pull secrets":   "apiVersion: v1\nkind: ServiceAccount\nimagePullSecrets:\n- name: regcred\nsecrets:\n- name: default-token-abcde\n",
		"compose secret": "services:\n  db:\n    secrets: [db_password]\nsecrets:\n  db_password:\n    file: ./db_password.txt\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got := scan(t, "a.yaml", data); len(got) > 0 {
				t.Errorf("found %q", got)
			}
		})
	}
}
