package rules

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// LoadFile reads a configuration in sluice's own format or in that of
// gitleaks; open is that of LoadGitleaks.
//
// The keys tell the two apart. Only gitleaks has a top-level title, allowlist
// or allowlists, useDefault, path, url or disabledRules under extend, and
// path, secretGroup, required, allowlist or allowlists in a rule; only sluice
// has allow, builtin or disable under extend, and a title, kind, confidence,
// paths and the like in a rule. A file with keys of neither kind is gitleaks'
// if it has rules, since every rule of sluice has a title. Where a file has
// keys of both kinds, or no rules either, its name decides: it is gitleaks' if
// that word is in it.
func LoadFile(name, text string, open func(path string) (string, error)) (*File, error) {
	if isGitleaks(name, text) {
		return LoadGitleaks(name, text, open)
	}
	return Load(name, text)
}

// The keys that only one of the formats has, lower-cased, by the table they
// stand in.
var (
	gitleaksMarks = map[string][]string{
		"":       {"title", "description", "minversion", "allowlist", "allowlists", "whitelist"},
		"extend": {"usedefault", "path", "url", "disabledrules"},
		"rules":  {"path", "secretgroup", "allowlist", "allowlists", "required", "skipreport", "entropies"},
	}
	sluiceMarks = map[string][]string{
		"":       {"allow"},
		"extend": {"builtin", "disable"},
		"rules": {"title", "kind", "confidence", "provider", "generic", "near", "unanchored", "secret_group", "reach", "checksum",
			"judge", "paths", "allow", "pairs", "references", "remediation", "match", "nomatch", "example_path"},
	}
)

func isGitleaks(name, text string) bool {
	var doc map[string]any
	meta, err := toml.Decode(text, &doc)
	if err != nil {
		return false // Load says where
	}
	var foreign, own, rules bool
	for _, key := range meta.Keys() {
		if len(key) > 2 {
			continue
		}
		table, last := strings.ToLower(key[:len(key)-1].String()), strings.ToLower(key[len(key)-1])
		foreign = foreign || slices.Contains(gitleaksMarks[table], last)
		own = own || slices.Contains(sluiceMarks[table], last)
		rules = rules || table == "" && last == "rules"
	}
	switch {
	case foreign != own:
		return foreign
	case !foreign && rules:
		return true
	}
	return strings.Contains(strings.ToLower(filepath.Base(name)), "gitleaks")
}
