package demo

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const (
	digits  = "0123456789"
	upper   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	letters = upper + "abcdefghijklmnopqrstuvwxyz"
	base62  = digits + letters
)

// random returns n characters of an alphabet, each equally likely.
func random(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		at, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			panic(err) // the system's source of randomness never fails
		}
		out[i] = alphabet[at.Int64()]
	}
	return string(out)
}

// privateKey returns a new EC key as PEM.
func privateKey() (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

// A step is one layer of the sample, or a history entry without one.
type step struct {
	createdBy string
	files     map[string][]byte
}

// sample builds the image: a secret in each of the places where they leak.
func sample() (v1.Image, []Planted, error) {
	awsID := "AKIA" + random(upper+"234567", 16)
	awsSecret := random(base62, 40)
	dbPassword := random(base62, 20)
	stripe := "sk_" + "live_" + random(base62, 24)
	gitlab := "glpat-" + random(base62, 20)
	webhook := "https://hooks.slack.com/services/T" + random(upper+digits, 10) + "/B" + random(upper+digits, 10) + "/" + random(base62, 24)
	sendgrid := "SG." + random(base62, 22) + "." + random(base62, 43)
	buildArg := "hf_" + random(letters, 34)
	key, err := privateKey()
	if err != nil {
		return nil, nil, err
	}
	jar, err := zipped("BOOT-INF/classes/application.properties", "mail.sendgrid.key="+sendgrid+"\n")
	if err != nil {
		return nil, nil, err
	}
	steps := []step{
		{"COPY config.json /etc/app/config.json # buildkit", files("etc/app/config.json", `{"git": {"token": "`+gitlab+`"}}`+"\n")},
		{"RUN |1 HF_TOKEN=" + buildArg + " /bin/sh -c fetch-model # buildkit", files("var/cache/model.bin", "weights\n")},
		{"COPY id_ecdsa /root/.ssh/id_ecdsa # buildkit", files("root/.ssh/id_ecdsa", key)},
		{"RUN /bin/sh -c git clone git@example.com:app && rm /root/.ssh/id_ecdsa # buildkit", files("root/.ssh/.wh.id_ecdsa", "")},
		{"COPY config.prod.json /etc/app/config.json # buildkit", files("etc/app/config.json", "{}\n")},
		{"COPY .env /srv/.env # buildkit", files("srv/.env", "STRIPE_SECRET_KEY="+stripe+"\n")},
		{"COPY app.jar /srv/app.jar # buildkit", files("srv/app.jar", string(jar))},
		{"ENV DATABASE_URL AWS_ACCESS_KEY_ID", nil},
	}
	img, err := build(steps, v1.Config{
		Env: []string{
			"PATH=/usr/local/bin:/usr/bin:/bin",
			"DATABASE_URL=postgres://app:" + dbPassword + "@db.internal:5432/app",
			"AWS_ACCESS_KEY_ID=" + awsID,
			"AWS_SECRET_ACCESS_KEY=" + awsSecret,
		},
		Labels: map[string]string{"com.example.alerts": webhook},
		Cmd:    []string{"/srv/start"},
	})
	return img, []Planted{
		{"a file overwritten by a later layer", gitlab},
		{"a build argument, in history", buildArg},
		{"a private key removed by a later layer", key},
		{"a .env file that was copied in", stripe},
		{"a properties file in a jar", sendgrid},
		{"a password in a URL in ENV", dbPassword},
		{"a cloud key in ENV, with its id", awsSecret},
		{"a webhook in a label", webhook},
	}, err
}

func files(path, content string) map[string][]byte { return map[string][]byte{path: []byte(content)} }

func build(steps []step, config v1.Config) (v1.Image, error) {
	img := v1.Image(empty.Image)
	for _, s := range steps {
		add := mutate.Addendum{History: v1.History{CreatedBy: s.createdBy, Created: v1.Time{Time: time.Now().AddDate(0, 0, -30).UTC()}, EmptyLayer: s.files == nil}}
		if s.files != nil {
			layer, err := layerOf(s.files)
			if err != nil {
				return nil, err
			}
			add.Layer = layer
		}
		var err error
		if img, err = mutate.Append(img, add); err != nil {
			return nil, err
		}
	}
	file, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Config = "linux", "amd64", config
	return mutate.ConfigFile(img, file)
}

func layerOf(files map[string][]byte) (v1.Layer, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for path, content := range files {
		if err := w.WriteHeader(&tar.Header{Name: path, Mode: 0o600, Size: int64(len(content))}); err != nil {
			return nil, err
		}
		if _, err := w.Write(content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil })
}

func zipped(path, content string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(path)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, content); err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}
