package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

var (
	one = "sha256:" + strings.Repeat("1a", 32)
	two = "sha512:" + strings.Repeat("2b", 64)
)

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	listType     = "application/vnd.docker.distribution.manifest.list.v2+json"
	indexType    = "application/vnd.oci.image.index.v1+json"
)

// fill puts the digests into a payload, which says ONE and TWO.
func fill(payload string) string { return strings.NewReplacer("ONE", one, "TWO", two).Replace(payload) }

// formats are notifications in the form that their documentation shows.
var formats = []struct {
	name, payload string
	want          []Pushed
}{
	{"distribution", `{"events":[
		{"id":"a-0","timestamp":"2024-05-06T07:08:09Z","action":"push","target":{"mediaType":"` + listType + `","size":708,
		 "digest":"ONE","length":708,"repository":"team/app","url":"http://10.0.0.1/v2/team/app/manifests/x","tag":"v1"},
		 "request":{"id":"r","addr":"192.0.2.1:61","host":"10.0.0.1","method":"PUT","useragent":"test"},"actor":{},"source":{"addr":"x:5003"}},
		{"id":"a-1","action":"push","target":{"mediaType":"` + indexType + `","digest":"TWO","repository":"team/app"}},
		{"id":"a-2","action":"push","target":{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","digest":"TWO","repository":"team/layer"}},
		{"id":"a-3","action":"push","target":{"mediaType":"application/octet-stream","digest":"TWO","repository":"team/layer"}},
		{"id":"a-4","action":"pull","target":{"mediaType":"` + manifestType + `","digest":"ONE","repository":"team/pulled"}},
		{"id":"a-5","action":"push","target":{"mediaType":"` + listType + `","digest":"ONE","repository":"team/app","tag":"latest"}},
		{"id":"a-6","action":"push","target":{"digest":"ONE","repository":"untyped"}}]}`,
		[]Pushed{{"team/app", one, "v1", listType}, {"team/app", two, "", indexType}, {"untyped", one, "", ""}}},
	{"distribution, empty", `{"events":[]}`, nil},
	{"zot", `{"specversion":"1.0","id":"5","source":"zotregistry.dev","type":"zotregistry.image.updated","datacontenttype":"application/json",
		"time":"2025-04-03T06:04:46Z","data":{"name":"team/app","reference":"v2","digest":"ONE","mediaType":"` + manifestType + `","manifest":"{}"}}`,
		[]Pushed{{"team/app", one, "v2", manifestType}}},
	{"zot, own prefix, by digest", `{"specversion":"1.0","type":"com.example.image.updated","data":{"name":"app","reference":"ONE","digest":"ONE"}}`,
		[]Pushed{{"app", one, "", ""}}},
	{"zot, body alone", `{"digest":"ONE","manifest":"{}","mediaType":"` + manifestType + `","name":"app","reference":"v2"}`,
		[]Pushed{{"app", one, "v2", manifestType}}},
	{"zot, deleted", `{"specversion":"1.0","type":"zotregistry.image.deleted","data":{"name":"app","reference":"v2"}}`, nil},
	{"harbor", `{"type":"PUSH_ARTIFACT","occur_at":1686922308,"operator":"robot","event_data":{
		"resources":[{"digest":"ONE","tag":"v3","resource_url":"hub.example.com/web/debian:v3"},{"digest":"TWO","tag":"TWO","resource_url":"x"}],
		"repository":{"date_created":1586922308,"name":"debian","namespace":"web","repo_full_name":"web/debian","repo_type":"private"}}}`,
		[]Pushed{{"web/debian", one, "v3", ""}, {"web/debian", two, "", ""}}},
	{"harbor, pull", `{"type":"PULL_ARTIFACT","event_data":{"resources":[{"digest":"ONE"}],"repository":{"repo_full_name":"web/debian"}}}`, nil},
	{"harbor, CloudEvents", `{"specversion":"1.0","id":"66","requestid":"51","source":"/projects/2/webhook/policies/15","type":"harbor.artifact.pushed",
		"datacontenttype":"application/json","time":"2025-04-03T06:04:46Z","operator":"robot","data":{
		"resources":[{"digest":"ONE","tag":"v4","resource_url":"hub.example.com/web/debian:v4"}],"repository":{"repo_full_name":"web/debian"}}}`,
		[]Pushed{{"web/debian", one, "v4", ""}}},
	{"harbor, scanned", `{"specversion":"1.0","type":"harbor.scan.completed","data":{"resources":[{"digest":"ONE"}]}}`, nil},
	{"ecr", `{"version":"0","id":"1","detail-type":"ECR Image Action","source":"aws.ecr","account":"000000000000","time":"2024-11-16T01:54:34Z",
		"region":"eu-north-1","resources":[],"detail":{"result":"SUCCESS","repository-name":"team/app","image-digest":"ONE","action-type":"PUSH","image-tag":"v5"}}`,
		[]Pushed{{"team/app", one, "v5", ""}}},
	{"ecr, failed", `{"detail-type":"ECR Image Action","detail":{"result":"FAILURE","repository-name":"app","image-digest":"ONE","action-type":"PUSH"}}`, nil},
	{"ecr, deleted", `{"detail-type":"ECR Image Action","detail":{"result":"SUCCESS","repository-name":"app","image-digest":"ONE","action-type":"DELETE"}}`, nil},
	{"ecr, scan", `{"detail-type":"ECR Image Scan","detail":{"scan-status":"COMPLETE"}}`, nil},
	{"ghcr, registry_package", `{"action":"published","registry_package":{"id":1,"name":"App","namespace":"Team","ecosystem":"CONTAINER","package_type":"CONTAINER",
		"package_version":{"id":2,"version":"ONE","name":"ONE","container_metadata":{"tag":{"name":"v6","digest":"ONE"},"labels":{},"manifest":{}}},"registry":null},
		"repository":{"full_name":"Team/source"},"sender":{"login":"someone"}}`, []Pushed{{"team/app", one, "v6", ""}}},
	{"ghcr, package without tag", `{"action":"updated","package":{"name":"app/web","namespace":"team","package_type":"container","package_version":{"version":"TWO",
		"container_metadata":{"tag":{"name":""}}}}}`, []Pushed{{"team/app/web", two, "", ""}}},
	{"github, not an image", `{"action":"published","package":{"name":"lib","namespace":"team","package_type":"npm","package_version":{"version":"1.2.3"}}}`, nil},
	{"docker hub", `{"callback_url":"https://hub.example.com/hook/1/","push_data":{"pushed_at":1717566161,"pusher":"someone","tag":"v7"},
		"repository":{"name":"app","namespace":"team","owner":"team","repo_name":"team/app","repo_url":"https://hub.example.com/team/app","star_count":0,"status":"Active"}}`,
		[]Pushed{{"team/app", "", "v7", ""}}},
}

func TestParse(t *testing.T) {
	for _, c := range formats {
		t.Run(c.name, func(t *testing.T) {
			got, err := Parse(strings.NewReader(fill(c.payload)))
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

// TestRefused: each error names what was wrong.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ payload, want string }{
		"empty":          {"", "not a JSON object"},
		"array":          {"[]", "not a JSON object"},
		"trailing":       {`{"events":[]} {}`, "not a JSON object"},
		"no keys":        {"{}", "empty object"},
		"null":           {"null", "empty object"},
		"unknown":        {`{"zen":"x","hook_id":1}`, `"hook_id", "zen"`},
		"many keys":      {`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1}`, `"f", ...`},
		"cloud type":     {`{"specversion":"1.0","type":"com.example.other"}`, `"com.example.other"`},
		"no data":        {`{"specversion":"1.0","type":"zotregistry.image.updated"}`, "zot"},
		"detail-type":    {`{"detail-type":"EC2 State","detail":{}}`, `"EC2 State"`},
		"wrong type":     {`{"events":{"action":"push"}}`, "events"},
		"neither":        {distributed("app", ""), "neither"},
		"no repository":  {distributed("", one), "not a repository"},
		"dots":           {distributed("../app", one), "not a repository"},
		"dots inside":    {distributed("team/../app", one), "not a repository"},
		"scheme":         {distributed("http://evil.example/app", one), "not a repository"},
		"port":           {distributed("evil.example:5000/app", one), "not a repository"},
		"user info":      {distributed("user@evil.example/app", one), "not a repository"},
		"capitals":       {distributed("Team/app", one), "not a repository"},
		"slash in front": {distributed("/app", one), "not a repository"},
		"new line":       {distributed(`app\n`, one), "not a repository"},
		"too long":       {distributed(strings.Repeat("a", 256), one), "not a repository"},
		"short digest":   {distributed("app", "sha256:1a"), "not a digest"},
		"other digest":   {distributed("app", "md5:"+strings.Repeat("1a", 16)), "not a digest"},
		"digest and on":  {distributed("app", one+"/../x"), "not a digest"},
		"tag":            {`{"push_data":{"tag":"a/b"},"repository":{"repo_name":"app"}}`, "not a tag"},
		"no tag":         {`{"push_data":{},"repository":{"repo_name":"app"}}`, "neither"},
		"no hub name":    {`{"push_data":{"tag":"v1"}}`, "docker hub"},
		"too many":       {pushes(MaxPushes + 1), "more than 1000 pushes"},
		"too large":      {`{"events":[]}` + strings.Repeat(" ", MaxPayload), "more than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(strings.NewReader(c.payload))
			if err == nil || !strings.Contains(err.Error(), c.want) || got != nil {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	broken := errors.New("broken")
	if _, err := Parse(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Error(err)
	}
	if got, err := Parse(strings.NewReader(pushes(MaxPushes))); err != nil || len(got) != MaxPushes {
		t.Errorf("%d pushes, %v", len(got), err)
	}
}

func distributed(repository, digest string) string {
	return fmt.Sprintf(`{"events":[{"action":"push","target":{"repository":"%s","digest":"%s"}}]}`, repository, digest)
}

// pushes is an envelope of n different ones.
func pushes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"action":"push","target":{"repository":"app","digest":"sha256:%064x"}}`, i)
	}
	return `{"events":[` + b.String()[1:] + `]}`
}

// FuzzParse: what is accepted names a repository and its content, and nothing
// that could lead elsewhere.
func FuzzParse(f *testing.F) {
	for _, c := range formats {
		f.Add([]byte(fill(c.payload)))
	}
	f.Add([]byte(distributed("../../x", one)))
	f.Fuzz(func(t *testing.T, payload []byte) {
		got, err := Parse(strings.NewReader(string(payload)))
		if err != nil && got != nil {
			t.Fatalf("both %v and %v", got, err)
		}
		if err == nil && !json.Valid(payload) {
			t.Fatal("not JSON, but accepted")
		}
		for _, p := range got {
			if strings.ContainsAny(p.Repository, ":@\\ \n%?#") || slices.Contains(strings.Split(p.Repository, "/"), "..") ||
				slices.Contains(strings.Split(p.Repository, "/"), "") || strings.ContainsAny(p.Tag, "/:@") || p.Digest+p.Tag == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}
