package event

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A distributionEvent is one of the envelope that the CNCF distribution
// registry and what is built on it send:
// https://distribution.github.io/distribution/about/notifications/
type distributionEvent struct {
	Action string `json:"action"`
	Target struct {
		MediaType  string `json:"mediaType"`
		Digest     string `json:"digest"`
		Repository string `json:"repository"`
		Tag        string `json:"tag"`
	} `json:"target"`
}

func distribution(events []distributionEvent) []Pushed {
	var all []Pushed
	for _, e := range events {
		t := e.Target
		if e.Action == "push" && mayBeManifest(t.MediaType) {
			all = append(all, Pushed{t.Repository, t.Digest, t.Tag, t.MediaType})
		}
	}
	return all
}

// mayBeManifest tells manifests and indexes from layers and configurations.
// What has no type is taken for a manifest: a scan that fails is seen, one that
// is left out is not.
func mayBeManifest(mediaType string) bool {
	return mediaType == "" || strings.Contains(mediaType, "manifest") || strings.Contains(mediaType, "image.index")
}

// cloudEvent reads the JSON form of CloudEvents, in which zot and Harbor send:
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
// The prefix of zot's types can be configured, so their end is what counts.
func cloudEvent(kind string, data json.RawMessage) ([]Pushed, error) {
	switch {
	case strings.HasPrefix(kind, "harbor."):
		var d harborData
		if err := json.Unmarshal(data, &d); err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		return harbor(kind == "harbor.artifact.pushed", &d), nil
	case strings.HasSuffix(kind, ".image.updated"):
		return zot(data)
	case strings.HasSuffix(kind, ".image.deleted"), strings.HasSuffix(kind, ".image.lint_failed"),
		strings.HasSuffix(kind, ".repository.created"):
		return nil, nil
	}
	return nil, fmt.Errorf("unknown type of CloudEvents: %.80q", kind)
}

// zot reads the data of zot's event zotregistry.image.updated, which is also
// the whole body where the rest of the event is in HTTP headers:
// https://zotregistry.dev/latest/articles/events/
func zot(data json.RawMessage) ([]Pushed, error) {
	var d struct {
		Name      string `json:"name"`
		Reference string `json:"reference"`
		Digest    string `json:"digest"`
		MediaType string `json:"mediaType"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("zot: %w", err)
	}
	p := Pushed{Repository: d.Name, Digest: d.Digest, MediaType: d.MediaType}
	switch {
	case !strings.Contains(d.Reference, ":"):
		p.Tag = d.Reference
	case p.Digest == "":
		p.Digest = d.Reference
	}
	return []Pushed{p}, nil
}

// harborData is what Harbor tells of artifacts, in its own format below
// event_data, in CloudEvents below data:
// https://goharbor.io/docs/latest/working-with-projects/project-configuration/configure-webhooks/
type harborData struct {
	Resources []struct {
		Digest string `json:"digest"`
		Tag    string `json:"tag"`
	} `json:"resources"`
	Repository struct {
		FullName string `json:"repo_full_name"`
	} `json:"repository"`
}

func harbor(push bool, d *harborData) []Pushed {
	if !push {
		return nil
	}
	var all []Pushed
	for _, r := range d.Resources {
		p := Pushed{Repository: d.Repository.FullName, Digest: r.Digest, Tag: r.Tag}
		if strings.Contains(r.Tag, ":") { // pushed without a tag
			p.Tag = ""
		}
		all = append(all, p)
	}
	return all
}
