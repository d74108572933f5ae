package rules

import (
	_ "embed"
	"fmt"

	"github.com/BurntSushi/toml"
)

// gitleaksIDText lists, for each rule that gitleaks ships with, the built-in
// rules that look for the same.
//
//go:embed gitleaks_ids.toml
var gitleaksIDText string

func gitleaksIDs() (map[string][]string, error) {
	var ids map[string][]string
	if _, err := toml.Decode(gitleaksIDText, &ids); err != nil {
		return nil, fmt.Errorf("rules/gitleaks_ids.toml: %w", err)
	}
	return ids, nil
}

// GitleaksIDs returns, for each rule that gitleaks ships with, the ids of the
// built-in rules that look for the same; the map is the caller's.
func GitleaksIDs() (map[string][]string, error) { return gitleaksIDs() }
