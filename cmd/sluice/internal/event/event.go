// Package event reads what registries send on a push: Parse finds out which of
// the known formats a notification has, and returns what was Pushed. A payload
// is hostile input: no host, URL or credential of it is ever used.
package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	// MaxPayload bounds a notification in bytes.
	MaxPayload = 1 << 20
	// MaxPushes bounds what one notification names.
	MaxPushes = 1000
)

// Pushed is one manifest or index that was pushed. The repository is valid by
// the distribution specification and has no registry in front. There is a
// digest, a tag, or both; each is valid if it is not empty.
type Pushed struct {
	Repository string
	Digest     string // ALGORITHM:HEX, of sha256 or sha512
	Tag        string
	MediaType  string // as the registry names it; often empty
}

// notification holds the keys that tell the formats apart.
type notification struct {
	Events          []distributionEvent `json:"events"`
	SpecVersion     string              `json:"specversion"`
	Type            string              `json:"type"`
	Data            json.RawMessage     `json:"data"`
	EventData       *harborData         `json:"event_data"`
	DetailType      string              `json:"detail-type"`
	Detail          json.RawMessage     `json:"detail"`
	Action          string              `json:"action"`
	RegistryPackage *githubPackage      `json:"registry_package"`
	Package         *githubPackage      `json:"package"`
	PushData        *hubPush            `json:"push_data"`
	Repository      json.RawMessage     `json:"repository"`
}

// Parse reads one notification to its end and returns what was pushed, each
// thing once, in the notification's order. It is none, without an error, if the
// notification is of something else: a pull, a delete, a layer. One thing that
// is not valid makes all of it an error.
func Parse(r io.Reader) ([]Pushed, error) {
	payload, err := io.ReadAll(io.LimitReader(r, MaxPayload+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("event: %w", err)
	case len(payload) > MaxPayload:
		return nil, fmt.Errorf("event: more than %d bytes", MaxPayload)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(payload, &keys); err != nil {
		return nil, fmt.Errorf("event: not a JSON object: %w", err)
	}
	var n notification
	if err := json.Unmarshal(payload, &n); err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	all, err := n.pushed(payload, keys)
	if err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	return checked(all)
}

func (n *notification) pushed(payload []byte, keys map[string]json.RawMessage) ([]Pushed, error) {
	has := func(key string) bool { _, ok := keys[key]; return ok }
	switch {
	case n.SpecVersion != "":
		return cloudEvent(n.Type, n.Data)
	case has("events"):
		return distribution(n.Events), nil
	case n.EventData != nil:
		return harbor(n.Type == "PUSH_ARTIFACT", n.EventData), nil
	case n.DetailType != "":
		return elastic(n.DetailType, n.Detail)
	case n.RegistryPackage != nil:
		return github(n.Action, n.RegistryPackage), nil
	case n.Package != nil:
		return github(n.Action, n.Package), nil
	case n.PushData != nil:
		return hub(n.PushData, n.Repository)
	case has("name") && has("reference") && has("manifest"):
		return zot(payload)
	}
	return nil, unknownFormat(keys)
}

// unknownFormat names the keys of a payload, not its values.
func unknownFormat(keys map[string]json.RawMessage) error {
	var seen []string
	for k := range keys {
		seen = append(seen, fmt.Sprintf("%.32q", k))
	}
	slices.Sort(seen)
	const few = 6
	if len(seen) > few {
		seen = append(seen[:few], "...")
	}
	if len(seen) == 0 {
		return errors.New("unknown format: an empty object")
	}
	return fmt.Errorf("unknown format: an object with the keys %s", strings.Join(seen, ", "))
}

// checked returns the pushes, valid and each once.
func checked(all []Pushed) ([]Pushed, error) {
	if len(all) > MaxPushes {
		return nil, fmt.Errorf("event: more than %d pushes", MaxPushes)
	}
	var once []Pushed
	known := make(map[Pushed]bool)
	for _, p := range all {
		if err := p.valid(); err != nil {
			return nil, fmt.Errorf("event: %w", err)
		}
		content := Pushed{Repository: p.Repository, Digest: p.Digest}
		if p.Digest == "" {
			content.Tag = p.Tag
		}
		if !known[content] {
			known[content] = true
			once = append(once, p)
		}
	}
	return once, nil
}
