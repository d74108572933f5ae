package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/sluice-sec/sluice/cmd/sluice/internal/ci"
	"github.com/sluice-sec/sluice/scanner"
)

// recipe reads the documents of a YAML file at the root of the project.
func recipe(t *testing.T, name string) (text string, documents []map[string]any) {
	t.Helper()
	content, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	for d := yaml.NewDecoder(bytes.NewReader(content)); ; {
		var document map[string]any
		switch err := d.Decode(&document); {
		case errors.Is(err, io.EOF):
			return string(content), documents
		case err != nil:
			t.Fatalf("%s: %v", name, err)
		}
		documents = append(documents, document)
	}
}

// at goes down the keys of maps.
func at(t *testing.T, from any, keys ...string) any {
	t.Helper()
	for _, key := range keys {
		m, ok := from.(map[string]any)
		if !ok || m[key] == nil {
			t.Fatalf("no %s of %s", key, strings.Join(keys, "."))
		}
		from = m[key]
	}
	return from
}

// sluiceFlag is a flag in a line that runs sluice ci.
var sluiceFlag = regexp.MustCompile(`--([a-z-]+)`)

// knownFlags holds what a script gives to sluice ci against what that takes.
func knownFlags(t *testing.T, script string) {
	t.Helper()
	found := false
	for line := range strings.Lines(script) {
		if !strings.Contains(line, "sluice ci") && !strings.Contains(line, `/sluice" ci`) && !strings.Contains(line, "set -- ") {
			continue
		}
		found = found || !strings.Contains(line, "set -- ")
		for _, m := range sluiceFlag.FindAllStringSubmatch(line, -1) {
			if newCICommand().Flags().Lookup(m[1]) == nil {
				t.Errorf("sluice ci has no --%s: %s", m[1], line)
			}
		}
	}
	if !found {
		t.Error("sluice ci is not run")
	}
}

// TestAction: every input of the action is described and used, every output is
// one that sluice writes, no script holds an expression, and what others wrote
// is pinned.
func TestAction(t *testing.T) {
	text, documents := recipe(t, "action.yml")
	action := documents[0]
	for _, key := range []string{"name", "description", "author"} {
		if at(t, action, key) == "" {
			t.Errorf("no %s", key)
		}
	}
	for name := range at(t, action, "inputs").(map[string]any) {
		if at(t, action, "inputs", name, "description") == "" {
			t.Errorf("input %s is not described", name)
		}
		if _, ok := at(t, action, "inputs", name).(map[string]any)["default"]; !ok {
			t.Errorf("input %s has no default", name)
		}
		if !regexp.MustCompile(`inputs\.` + regexp.QuoteMeta(name) + `\b`).MatchString(text) {
			t.Errorf("input %s is not used", name)
		}
	}
	var written bytes.Buffer
	if err := (stepOutputs{"x"}).Write(&written, &scanner.Report{}); err != nil {
		t.Fatal(err)
	}
	for name := range at(t, action, "outputs").(map[string]any) {
		value := at(t, action, "outputs", name, "value").(string)
		if want := "${{ steps.scan.outputs." + name + " }}"; value != want || !strings.Contains(written.String(), name+"=") {
			t.Errorf("output %s is %s, of %q", name, value, written.String())
		}
	}
	if at(t, action, "runs", "using") != "composite" {
		t.Error("no composite action")
	}
	pinned := regexp.MustCompile(`^[\w-]+/[\w/-]+@[0-9a-f]{40}$`)
	var scripts strings.Builder
	var ids []string
	for _, step := range at(t, action, "runs", "steps").([]any) {
		s := step.(map[string]any)
		if id, ok := s["id"].(string); ok {
			ids = append(ids, id)
		}
		script, isScript := s["run"].(string)
		uses, isAction := s["uses"].(string)
		switch {
		case isScript == isAction:
			t.Errorf("step %v neither runs nor uses, or both", s["name"])
		case isScript && (s["shell"] != "bash" || strings.Contains(script, "${{")):
			t.Errorf("step %v has no shell, or an expression in its script", s["name"])
		case isAction && !pinned.MatchString(uses):
			t.Errorf("step %v is not pinned: %s", s["name"], uses)
		}
		scripts.WriteString(script)
	}
	knownFlags(t, scripts.String())
	for _, m := range regexp.MustCompile(`steps\.(\w+)\.`).FindAllStringSubmatch(text, -1) {
		if !slices.Contains(ids, m[1]) {
			t.Errorf("no step %s", m[1])
		}
	}
}

// TestActionScript: what is handed to the action stays words.
func TestActionScript(t *testing.T) {
	_, documents := recipe(t, "action.yml")
	var script string
	for _, step := range at(t, documents[0], "runs", "steps").([]any) {
		if s := step.(map[string]any); s["id"] == "scan" {
			script = s["run"].(string)
		}
	}
	dir := t.TempDir()
	stub := filepath.Join(dir, "sluice/bin/sluice")
	write(t, stub, "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit 1\n")
	if err := os.Chmod(stub, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, full, want string }{
		{"", "false", "<ci><--fail-on><low>"},
		{"--report json=x.json\n--no-ignore", "true", "<ci><--fail-on><low><--full><--report><json=x.json><--no-ignore>"},
		{"* $(touch x) ; touch y", "false", "<ci><--fail-on><low><*><$(touch><x)><;><touch><y>"},
	} {
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "RUNNER_TEMP="+dir, "SLUICE_ARGS="+c.args, "SLUICE_FAIL_ON=low", "SLUICE_FULL="+c.full)
		var failed *exec.ExitError
		if out, err := cmd.Output(); !errors.As(err, &failed) || failed.ExitCode() != 1 || string(out) != c.want {
			t.Errorf("%q: %s, %v, want %s and status 1", c.args, out, err, c.want)
		}
	}
}

// TestComponent: every input of the component is described and used, and the
// report is the one that sluice ci writes.
func TestComponent(t *testing.T) {
	text, documents := recipe(t, "templates/secret-detection/template.yml")
	if len(documents) != 2 {
		t.Fatalf("%d documents, want the specification and the jobs", len(documents))
	}
	inputs := at(t, documents[0], "spec", "inputs").(map[string]any)
	for name := range inputs {
		if at(t, inputs, name, "description") == "" || inputs[name].(map[string]any)["default"] == nil {
			t.Errorf("input %s is not described, or has no default", name)
		}
		if !strings.Contains(text, "$[[ inputs."+name+" ]]") {
			t.Errorf("input %s is not used", name)
		}
	}
	for _, m := range regexp.MustCompile(`\$\[\[ inputs\.([\w-]+) \]\]`).FindAllStringSubmatch(text, -1) {
		if inputs[m[1]] == nil {
			t.Errorf("no input %s", m[1])
		}
	}
	job := at(t, documents[1], "$[[ inputs.job-name ]]")
	report := at(t, job, "artifacts", "reports", "secret_detection").(string)
	if !slices.Contains(ci.GitLab.Reports(), "gitlab="+report) {
		t.Errorf("sluice ci does not write %s", report)
	}
	if at(t, job, "artifacts", "when") != "always" || at(t, job, "variables", "GIT_DEPTH") != "0" {
		t.Error("the report is lost where secrets are found, or the history is not there")
	}
	var script strings.Builder
	for _, line := range at(t, job, "script").([]any) {
		if script.WriteString(line.(string) + "\n"); strings.Contains(line.(string), "$[[") {
			t.Errorf("an input in a script: %s", line)
		}
	}
	knownFlags(t, script.String())
}
