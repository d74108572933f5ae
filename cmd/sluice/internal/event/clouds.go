package event

import (
	"encoding/json"
	"fmt"
	"strings"
)

// elastic reads what Amazon ECR sends over EventBridge:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
func elastic(detailType string, detail json.RawMessage) ([]Pushed, error) {
	if detailType != "ECR Image Action" {
		if strings.HasPrefix(detailType, "ECR ") {
			return nil, nil
		}
		return nil, fmt.Errorf("unknown detail-type of EventBridge: %.80q", detailType)
	}
	var d struct {
		Result     string `json:"result"`
		Action     string `json:"action-type"`
		Repository string `json:"repository-name"`
		Digest     string `json:"image-digest"`
		Tag        string `json:"image-tag"`
		MediaType  string `json:"manifest-media-type"`
	}
	if err := json.Unmarshal(detail, &d); err != nil {
		return nil, fmt.Errorf("ECR: %w", err)
	}
	if d.Action != "PUSH" || d.Result != "SUCCESS" {
		return nil, nil
	}
	return []Pushed{{d.Repository, d.Digest, d.Tag, d.MediaType}}, nil
}

// A githubPackage is what GitHub tells of an image in ghcr.io, in the webhooks
// registry_package and package alike:
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#registry_package
type githubPackage struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	Type      string `json:"package_type"`
	Version   struct {
		Version   string `json:"version"` // the digest
		Container struct {
			Tag struct {
				Name   string `json:"name"`
				Digest string `json:"digest"`
			} `json:"tag"`
		} `json:"container_metadata"`
	} `json:"package_version"`
}

// github lowers names: accounts may have capitals, repositories of images not.
func github(action string, g *githubPackage) []Pushed {
	if !strings.EqualFold(g.Type, "container") || action != "published" && action != "updated" {
		return nil
	}
	p := Pushed{Repository: g.Name, Tag: g.Version.Container.Tag.Name, Digest: g.Version.Container.Tag.Digest}
	if g.Namespace != "" {
		p.Repository = g.Namespace + "/" + g.Name
	}
	p.Repository = strings.ToLower(p.Repository)
	if p.Digest == "" && strings.Contains(g.Version.Version, ":") {
		p.Digest = g.Version.Version
	}
	return []Pushed{p}
}

// A hubPush is what Docker Hub tells of a push; it knows no digest:
// https://docs.docker.com/docker-hub/repos/manage/webhooks/
type hubPush struct {
	Tag string `json:"tag"`
}

func hub(push *hubPush, repository json.RawMessage) ([]Pushed, error) {
	var r struct {
		Name string `json:"repo_name"`
	}
	if err := json.Unmarshal(repository, &r); err != nil {
		return nil, fmt.Errorf("docker hub: %w", err)
	}
	return []Pushed{{Repository: r.Name, Tag: push.Tag}}, nil
}
