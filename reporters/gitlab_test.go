package reporters

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sluice-sec/sluice/scanner"
)

// gitlabDemands is what version 15.0.7 of GitLab's schema asks of the parts
// that are written, in our words; keys that it does not have are refused.
const gitlabDemands = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$defs": {
    "some": {"type": "string", "minLength": 1},
    "web": {"type": "string", "pattern": "^(https?|ftp)://.+"},
    "time": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"},
    "tool": {
      "type": "object",
      "required": ["id", "name", "version", "vendor"],
      "properties": {
        "id": {"$ref": "#/$defs/some"}, "name": {"$ref": "#/$defs/some"}, "version": {"$ref": "#/$defs/some"}, "url": {"$ref": "#/$defs/web"},
        "vendor": {"type": "object", "required": ["name"], "properties": {"name": {"$ref": "#/$defs/some"}}}
      }
    }
  },
  "type": "object",
  "required": ["scan", "version", "vulnerabilities"],
  "properties": {
    "version": {"const": "15.0.7"},
    "schema": {"$ref": "#/$defs/web"},
    "scan": {
      "type": "object",
      "required": ["analyzer", "scanner", "start_time", "end_time", "status", "type"],
      "properties": {
        "analyzer": {"$ref": "#/$defs/tool"}, "scanner": {"$ref": "#/$defs/tool"},
        "start_time": {"$ref": "#/$defs/time"}, "end_time": {"$ref": "#/$defs/time"},
        "status": {"enum": ["success", "failure"]},
        "type": {"const": "secret_detection"},
        "messages": {"type": "array", "items": {
          "type": "object", "required": ["level", "value"],
          "properties": {"level": {"enum": ["info", "warn", "fatal"]}, "value": {"$ref": "#/$defs/some"}}
        }}
      }
    },
    "vulnerabilities": {"type": "array", "items": {
      "type": "object",
      "required": ["id", "identifiers", "location"],
      "properties": {
        "id": {"$ref": "#/$defs/some", "format": "uuid"},
        "name": {"type": "string", "maxLength": 255},
        "description": {"type": "string", "maxLength": 1048576},
        "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
        "solution": {"type": "string", "maxLength": 7000},
        "identifiers": {"type": "array", "minItems": 1, "items": {
          "type": "object", "required": ["type", "name", "value"],
          "properties": {"type": {"$ref": "#/$defs/some"}, "name": {"$ref": "#/$defs/some"}, "value": {"$ref": "#/$defs/some"}, "url": {"$ref": "#/$defs/web"}}
        }},
        "links": {"type": "array", "items": {"type": "object", "required": ["url"], "properties": {"url": {"$ref": "#/$defs/web"}}}},
        "location": {
          "type": "object", "required": ["commit"],
          "properties": {
            "file": {"type": "string"}, "start_line": {"type": "number", "minimum": 1}, "end_line": {"type": "number", "minimum": 1},
            "commit": {
              "type": "object", "required": ["sha"],
              "properties": {"sha": {"$ref": "#/$defs/some"}, "author": {"type": "string"}, "date": {"type": "string"}, "message": {"type": "string"}}
            }
          }
        }
      }
    }}
  }
}`

func gitlabSchema(t testing.TB) *jsonschema.Schema { return compile(t, gitlabDemands, "", true) }

func TestGitLabKeepsToItsSchema(t *testing.T) {
	s := gitlabSchema(t)
	for _, r := range []*scanner.Report{sampleReport(), hostileReport(), {}, {Complete: true}} {
		validate(t, s, render(t, "gitlab", sampleOptions(), r))
	}
	if s.Validate(map[string]any{"version": "15.0.7", "vulnerabilities": []any{}}) == nil {
		t.Error("a report without a scan passes")
	}
}

func sampleGitLab(t *testing.T, r *scanner.Report) (out gitlabDocument) {
	t.Helper()
	if err := json.Unmarshal(render(t, "gitlab", sampleOptions(), r), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGitLabPlaces(t *testing.T) {
	var got []string
	ids := map[string]bool{}
	for _, v := range sampleGitLab(t, sampleReport()).Vulnerabilities {
		ids[v.ID] = true
		got = append(got, fmt.Sprintf("%s %s %s:%d-%d %.4s", v.Severity, v.Identifiers[0].Value, v.Location.File, v.Location.StartLine, v.Location.EndLine, v.Location.Commit.SHA))
	}
	want := []string{
		"Critical example-token image/team/app/app/.env:3-3 0000",
		"Critical example-token image/team/app/config.Env[EXAMPLE_TOKEN]:1-1 0000",
		"High private-key image/team/app/app/lib/app jar.jar!/BOOT-INF/key.pem:1-5 0000",
		"High example-token deploy/token.yml:4-4 aaaa",
		"High example-token deploy/old token.yml:4-4 aaaa",
		"High example-token commit:" + strings.Repeat("a", 40) + ":4-4 aaaa",
		"High example-token tag:v1:4-4 eeee",
		"High example-token deploy/new.yml:4-4 0000",
		"Medium assigned-password docker/Dockerfile:7-8 0000",
		"Medium assigned-password deploy/settings.py:12-12 0000",
		"Medium assigned-password old/settings.py:12-12 bbbb",
		"Info example-key-id deploy/settings.py:11-11 0000",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(ids) != len(want) {
		t.Errorf("%d ids for %d vulnerabilities", len(ids), len(want))
	}
}

func TestGitLabSaysWhetherItIsWhole(t *testing.T) {
	if got := sampleGitLab(t, sampleReport()).Scan; got.Status != "failure" || len(got.Messages) != 2 || got.Messages[0].Level != "warn" {
		t.Errorf("an incomplete scan is %+v", got)
	}
	if got := sampleGitLab(t, &scanner.Report{Complete: true}).Scan; got.Status != "success" || got.Messages != nil {
		t.Errorf("a complete scan is %+v", got)
	}
	many := &scanner.Report{Problems: make([]scanner.Problem, mostMessages+7)}
	if got := sampleGitLab(t, many).Scan.Messages; len(got) != mostMessages+1 || got[mostMessages].Value != "7 more problems" {
		t.Errorf("%d messages, the last %+v", len(got), got[len(got)-1])
	}
}
