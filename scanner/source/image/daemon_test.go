package image

import (
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeDaemon serves the part of docker's HTTP API that is used, of one image.
func fakeDaemon(archive []byte) http.Handler {
	mux := http.NewServeMux()
	known := func(name string) bool { return name == "team/app:v1" || name == aDigest }
	mux.HandleFunc("GET /images/json", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`[{"RepoTags":["team/app:v1"]},{"RepoTags":null}]`))
	})
	mux.HandleFunc("GET /images/", func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/images/")
		name, ok := strings.CutSuffix(path, "/get")
		switch {
		case name == "broken" || path == "broken/json":
			w.WriteHeader(http.StatusInternalServerError)
			w.Write([]byte(`{"message":"graph driver is on fire"}`))
		case ok && known(name):
			w.Header().Set("Content-Type", "application/x-tar")
			w.Write(archive)
		case known(strings.TrimSuffix(path, "/json")):
			w.Write([]byte(`{"Id":"` + aDigest + `"}`))
		default:
			w.WriteHeader(http.StatusNotFound)
			w.Write([]byte(`{"message":"No such image: ` + name + `"}`))
		}
	})
	return mux
}

// onSocket serves a handler on a unix socket and returns its address.
func onSocket(t *testing.T, h http.Handler) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "d") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: h, ErrorLog: quiet}}
	s.Start()
	t.Cleanup(s.Close)
	return "unix://" + l.Addr().String()
}

func TestDaemon(t *testing.T) {
	old, config, layers := oldSave(t)
	newer, two := newSave(t, "")
	for name, archive := range map[string][]byte{"old": old, "new": newer} {
		t.Run(name, func(t *testing.T) {
			h := fakeDaemon(archive)
			for _, host := range []string{onSocket(t, h), "tcp://" + serve(t, h), "http://" + serve(t, h) + "/"} {
				for _, ref := range []string{"docker-daemon:team/app:v1", "docker-daemon:" + aDigest} {
					o := &Remote{DaemonHost: host, TempDir: t.TempDir()}
					s, to := mustOpen(t, ref, o)
					root := mustRoot(t, s)
					if to.Transport != viaDaemon || to.Name != ref {
						t.Errorf("%+v", to)
					}
					if name == "new" {
						sameImage(t, s, root[1], two)
						continue
					}
					m := manifestOf(t, s, root[0])
					if string(mustRead(t, s, m.Config)) != config || string(mustRead(t, s, m.Layers[1])) != layers[1] {
						t.Error("other content")
					}
				}
			}
		})
	}
}

func TestDaemonErrors(t *testing.T) {
	archive, _, _ := oldSave(t)
	host := onSocket(t, fakeDaemon(archive))
	err := mustFail(t, "docker-daemon:team/other:v1", &Remote{DaemonHost: host})
	e := asReference(t, err)
	if !cmp.Equal(e.Have, []string{"team/app:v1"}) || !cmp.Equal(e.Try, []string{"team/other:v1"}) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v: have %v, try %v", err, e.Have, e.Try)
	}
	for _, test := range []struct {
		ref  string
		o    Remote
		want string
	}{
		{"docker-daemon:broken", Remote{DaemonHost: host}, "graph driver is on fire"},
		{"docker-daemon:app", Remote{DaemonHost: "unix:///nowhere/docker.sock"}, "/nowhere/docker.sock"},
		{"docker-daemon:app", Remote{DaemonHost: "ssh://host"}, "not unix://"},
		{"docker-daemon:app", Remote{DaemonHost: "tcp://user:" + testPass + "@host:2375"}, "not an address"},
		{"docker-daemon:team/app:v1", Remote{DaemonHost: host, SpoolLimit: 1000}, "spool limit"},
		{"docker-daemon:team/app:v1", Remote{DaemonHost: onSocket(t, fakeDaemon(archive[:5000]))}, "truncated"},
		{"docker-daemon:team/app:v1", Remote{DaemonHost: onSocket(t, fakeDaemon(nil)), TempDir: t.TempDir()}, "truncated"},
		{"docker-daemon:app", Remote{Stall: 20 * time.Millisecond, DaemonHost: onSocket(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		}))}, "no byte from"},
	} {
		if err := mustFail(t, test.ref, &test.o); !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), testPass) {
			t.Errorf("%s: %v", test.ref, err)
		}
	}
}
