package reporters

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// The sample report holds one of everything: a token that came into an image
// by COPY, stands there twice, was deleted, and is in the configuration too; a
// key that a later layer overwrote, in an archive; a file whose instruction is
// known; a working tree; a commit; an identifier; a token in a repository, live
// at HEAD and on a branch, staged, in a tag and in a message; two that are
// suppressed, and a decision that hides nothing.

const sampleImage = "127.0.0.1:5000/team/app:v1"

var sampleNow = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func sampleOptions() Options {
	return Options{Version: "v1.2.3", Now: sampleNow, Width: 100, Template: testTemplate}
}

// token is a value that is made anew from its seed, so that none stands in a
// file.
func token(seed uint64) string {
	var b [16]byte
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return "tok_" + hex.EncodeToString(b[:])
}

func digest(c string) string { return "sha256:" + strings.Repeat(c, 64) }

func fingerprint(c string) string { return "v1:" + strings.Repeat(c, 32) }

var sampleRules = struct{ token, key, password, id *rules.Rule }{
	&rules.Rule{
		ID: "example-token", Title: "Example API token", Description: "Gives the whole API of Example.",
		Kind: rules.Secret, Severity: rules.Critical, Confidence: rules.Certain, Provider: "Example", Tags: []string{"api", "security"},
		References: []string{"https://example.com/docs/tokens"},
		Remediation: rules.Remediation{
			Revoke: "Delete the token.", Where: "https://example.com/settings/tokens",
			Check: "A request with the token answers 401.",
		},
	},
	&rules.Rule{ID: "private-key", Title: "Private key", Kind: rules.Secret, Severity: rules.High, Confidence: rules.Certain},
	&rules.Rule{ID: "assigned-password", Title: "Password in an assignment", Kind: rules.Secret, Severity: rules.Medium, Confidence: rules.Plausible},
	&rules.Rule{ID: "example-key-id", Title: "Example key id", Kind: rules.Identifier, Severity: rules.Low, Confidence: rules.Plausible},
}

func span(line, column, length int) scanner.Span {
	return scanner.Span{
		Offset: int64(100*line + column), Length: int64(length),
		Line: line, Column: column, EndLine: line, EndColumn: column + length,
	}
}

func sampleReport() *scanner.Report {
	base := &scanner.Layer{Index: 0, Digest: digest("0"), DiffID: digest("a"), CreatedBy: "/bin/sh -c #(nop) ADD file:1 in / "}
	copied := &scanner.Layer{Index: 2, History: 3, Digest: digest("2"), DiffID: digest("c"), CreatedBy: "COPY . /app # buildkit",
		Created: sampleNow.AddDate(0, 0, -40)}
	removed := &scanner.Layer{Index: 5, History: 7, Digest: digest("5"), DiffID: digest("f"), CreatedBy: "RUN /bin/sh -c rm /app/.env && echo ${DONE} # buildkit"}
	in := func(l *scanner.Layer, path string) *scanner.Origin {
		return &scanner.Origin{Kind: scanner.InLayer, Target: sampleImage, Platform: "linux/amd64", Path: path,
			Mode: 0o640, Owner: "0:0", Layer: l}
	}
	dotEnv := in(copied, "app/.env")
	jar := in(copied, "app/lib/app jar.jar")
	jar.Member = "BOOT-INF/key.pem"
	jar.Inherited = "registry.example/base:1"
	config := &scanner.Origin{Kind: scanner.Config, Target: sampleImage, Platform: "linux/amd64", Path: "config.Env[EXAMPLE_TOKEN]"}
	stepped := in(base, "etc/passwords")
	stepped.Mode = 0
	stepped.Step = &scanner.Step{File: "docker/Dockerfile", Line: 7, EndLine: 8, Instruction: "COPY passwords /etc/", Stage: "final"}

	deleted := func(o *scanner.Origin) scanner.Place {
		return scanner.Place{Origin: o, State: scanner.Deleted, By: &scanner.By{Layer: removed},
			Extract: "crane blob team/app@" + digest("2") + " | tar -xzO app/.env"}
	}
	tree := &scanner.Origin{Kind: scanner.File, Target: ".", Path: "deploy/settings.py"}
	added := sampleCommit("b", 2024, "add settings")
	history := inCommit(added, "old/settings.py")

	return &scanner.Report{
		Targets: []string{sampleImage, "."},
		Images:  []scanner.Image{{Name: sampleImage, Digest: digest("9"), Platform: "linux/amd64"}},
		Findings: []scanner.Finding{
			{
				Fingerprint: fingerprint("1"), Rule: sampleRules.token, Kind: rules.Secret, Severity: rules.Critical, Confidence: rules.Certain,
				Secret: scanner.NewSecret(token(1), false), Reason: "the documented format, and the checksum holds",
				Identifiers: []string{"key-id-0001"},
				Occurrences: []scanner.Occurrence{
					{Place: deleted(dotEnv), Span: span(3, 15, 36)},
					{Place: deleted(dotEnv), Span: span(9, 7, 48), Encoded: "gzip in base64"},
					{Place: scanner.Place{Origin: config}, Span: span(1, 15, 36)},
				},
			},
			{
				Fingerprint: fingerprint("2"), Rule: sampleRules.key, Kind: rules.Secret, Severity: rules.High, Confidence: rules.Certain,
				Secret: scanner.NewSecret("-----BEGIN "+"EXAMPLE KEY-----"+token(2), false), Reason: "the documented format",
				Occurrences: []scanner.Occurrence{{
					Place: scanner.Place{Origin: jar, State: scanner.Overwritten, By: &scanner.By{Layer: removed}},
					Span:  scanner.Span{Offset: 0, Length: 300, Line: 1, Column: 1, EndLine: 5, EndColumn: 26},
				}},
			},
			sampleInGit(),
			{
				Fingerprint: fingerprint("3"), Rule: sampleRules.password, Kind: rules.Secret, Severity: rules.Medium, Confidence: rules.Plausible,
				Secret: scanner.NewSecret(token(3), true), Reason: "shape and context agree",
				Occurrences: []scanner.Occurrence{
					{Place: scanner.Place{Origin: stepped, State: scanner.Live, Fix: "RUN --mount=type=secret,id=passwords ...\n# docker build --secret id=passwords ."}, Span: span(2, 4, 36)},
					{Place: scanner.Place{Origin: tree, State: scanner.Live, LineHash: "39fa2ee980eb94b0:1"}, Span: span(12, 9, 36)},
					{Place: scanner.Place{Origin: history, State: scanner.Deleted, By: &scanner.By{Commit: sampleCommit("d", 2025, "no settings")}}, Span: span(12, 9, 36)},
				},
			},
			{
				Fingerprint: fingerprint("4"), Rule: sampleRules.id, Kind: rules.Identifier, Severity: rules.Low, Confidence: rules.Plausible,
				Secret: scanner.OpenSecret("key-id-0002"), Reason: "the documented format",
				Occurrences: []scanner.Occurrence{{Place: scanner.Place{Origin: tree, State: scanner.Live, LineHash: "a1:1"}, Span: span(11, 9, 11)}},
			},
		},
		Hidden: sampleHidden(tree, history), Suppressed: 4,
		Stale: []scanner.Suppression{
			{Kind: scanner.Ignored, Reason: "the old demo", Where: ".sluiceignore:7", Expires: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
			{Kind: scanner.Baselined, Reason: "known", By: "B. Author", Where: ".sluice-baseline.json:11"},
		},
		Skipped: []scanner.Skipped{
			{Path: "app/link", Reason: scanner.SkipSymlink},
			{Path: "app/other", Reason: scanner.SkipSymlink},
			{Path: ".git", Reason: scanner.SkipVCS},
		},
		Problems: []scanner.Problem{{Where: sampleImage + ": layer 3 " + digest("3"), Err: "read etc/shadow: unexpected EOF"}},
		Stats:    scanner.Stats{Bytes: 12_900_000, Blobs: 1204, ElapsedMS: 1234},
	}
}

func sampleCommit(id string, year int, subject string) *scanner.Commit {
	return &scanner.Commit{ID: strings.Repeat(id, 40), Author: "A. Author", Email: "author@example.com", Subject: subject,
		Date: time.Date(year, 6, 1, 9, 30, 0, 0, time.UTC)}
}

func inCommit(c *scanner.Commit, path string) *scanner.Origin {
	return &scanner.Origin{Kind: scanner.InCommit, Target: ".", Path: path, Object: strings.Repeat("0b", 20), Commit: c}
}

// sampleInGit is a finding in each kind of place that a repository has.
func sampleInGit() scanner.Finding {
	live := func(c *scanner.Commit, path, ref string) scanner.Occurrence {
		return scanner.Occurrence{Place: scanner.Place{Origin: inCommit(c, path), State: scanner.Live, Ref: ref}, Span: span(4, 7, 36)}
	}
	added := sampleCommit("a", 2025, "deploy")
	tagged := live(sampleCommit("e", 2025, "version 1"), "tag:v1", "refs/tags/v1")
	tagged.Origin.Object = tagged.Origin.Commit.ID
	return scanner.Finding{
		Fingerprint: fingerprint("5"), Rule: sampleRules.token, Kind: rules.Secret, Severity: rules.High, Confidence: rules.Certain,
		Secret: scanner.NewSecret(token(5), false), Reason: "the documented format",
		Occurrences: []scanner.Occurrence{
			live(added, "deploy/token.yml", "HEAD"),
			live(added, "deploy/old token.yml", "refs/heads/main"),
			live(added, "commit:"+added.ID, ""),
			tagged,
			{Place: scanner.Place{Origin: &scanner.Origin{Kind: scanner.Staged, Target: ".", Path: "deploy/new.yml"}, State: scanner.Live}, Span: span(4, 7, 36)},
		},
	}
}

func sampleHidden(tree, history *scanner.Origin) []scanner.Finding {
	hide := func(c string, seed uint64, o *scanner.Origin, s scanner.Suppression) scanner.Finding {
		return scanner.Finding{
			Fingerprint: fingerprint(c), Rule: sampleRules.password, Kind: rules.Secret, Severity: rules.Medium, Confidence: rules.Plausible,
			Secret: scanner.NewSecret(token(seed), true), Reason: "shape and context agree", Suppression: &s,
			Occurrences: []scanner.Occurrence{{Place: scanner.Place{Origin: o, State: scanner.Live}, Span: span(30, 2, 36)}},
		}
	}
	day := func(year int) time.Time { return time.Date(year, 3, 1, 0, 0, 0, 0, time.UTC) }
	return []scanner.Finding{
		hide("6", 6, tree, scanner.Suppression{Kind: scanner.Inline, Reason: "made up for the tests", Where: "deploy/settings.py:30"}),
		hide("7", 7, history, scanner.Suppression{
			Kind: scanner.Baselined, Reason: "revoked", By: "B. Author", When: day(2025), Expires: day(2027), Where: ".sluice-baseline.json:4",
		}),
	}
}

// render returns what a reporter makes of a report.
func render(t testing.TB, format string, o Options, r *scanner.Report) []byte {
	t.Helper()
	reporter, err := New(format, o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := reporter.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
