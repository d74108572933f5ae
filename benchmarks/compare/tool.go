package main

import (
	"os"
	"os/exec"
	"slices"
)

// A kind is what a target is.
type kind string

const (
	directory  kind = "dir"
	repository kind = "git"
	image      kind = "image" // the file of a docker archive, or the folder of an OCI layout
)

// A tool is one program and how it is run, by its public documentation.
type tool struct {
	name    string
	program string   // looked for on PATH
	version []string // arguments that have it say which version it is
	// command returns the arguments that scan a target and write every finding
	// as JSON, into the file report or to standard output; nil if the tool does
	// not read targets of that kind.
	command func(t *target, report string) []string
	// count returns how many findings the output holds.
	count func(output []byte) (int, error)
	// statuses are those that say that the scan was done.
	statuses []int
}

// base is the tool that the others are measured by.
const base = "sluice"

// tools returns every tool that is known. None of them checks what it finds
// over the network, and none keeps a cache between runs where that can be said.
func tools() []tool {
	return []tool{
		{name: base, program: "sluice", version: []string{"--version"}, command: sluice, count: countField("findings"), statuses: []int{0, 1}},
		{name: "gitleaks", program: "gitleaks", version: []string{"version"}, command: gitleaks, count: countArray, statuses: []int{0}},
		{name: "betterleaks", program: "betterleaks", version: []string{"version"}, command: gitleaks, count: countArray, statuses: []int{0}},
		{name: "trufflehog", program: "trufflehog", version: []string{"--version"}, command: trufflehog, count: countLines("DetectorName"), statuses: []int{0}},
		{name: "trivy", program: "trivy", version: []string{"--version"}, command: trivy, count: countTrivy, statuses: []int{0}},
		{name: "kingfisher", program: "kingfisher", version: []string{"--version"}, command: kingfisher, count: countField("findings"), statuses: []int{0, 200, 205}},
		{name: "ripgrep", program: "rg", version: []string{"--version"}, command: ripgrep, count: countSums, statuses: []int{0, 1}},
		{name: "gzip", program: "sh", version: []string{"-c", "gzip --version"}, command: unpack, count: countNothing, statuses: []int{0}},
		{name: "git", program: "sh", version: []string{"-c", "git --version"}, command: objects, count: countNothing, statuses: []int{0}},
	}
}

// installed returns those of the tools that are on PATH and read the target,
// those only that are wanted if any are named.
func installed(all []tool, t *target, wanted []string) []tool {
	var out []tool
	for _, one := range all {
		path, err := exec.LookPath(one.program)
		named := len(wanted) == 0 || slices.Contains(wanted, one.name)
		if err == nil && named && one.command(t, os.DevNull) != nil {
			one.program = path
			out = append(out, one)
		}
	}
	return out
}

func sluice(t *target, report string) []string {
	args := []string{string(t.kind), "--quiet", "--allow-incomplete", "--report", "json=" + report}
	switch {
	case t.kind != image:
		return append(args, t.path)
	case t.folder:
		return append(args, "oci:"+t.path)
	}
	return append(args, "docker-archive:"+t.path)
}

// gitleaks is betterleaks too: the second takes what the first takes.
func gitleaks(t *target, report string) []string {
	if t.kind == image {
		return nil
	}
	return []string{string(t.kind), t.path, "--no-banner", "--exit-code", "0", "--report-format", "json", "--report-path", report}
}

func trufflehog(t *target, _ string) []string {
	var args []string
	switch {
	case t.kind == directory:
		args = []string{"filesystem", t.path}
	case t.kind == repository:
		args = []string{"git", "file://" + t.path}
	case t.folder:
		return nil
	default:
		args = []string{"docker", "--image", "file://" + t.path}
	}
	return append(args, "--json", "--no-verification", "--no-update")
}

func trivy(t *target, report string) []string {
	args := []string{"--scanners", "secret", "--format", "json", "--output", report, "--quiet", "--timeout", "24h", "--cache-backend", "memory"}
	switch t.kind {
	case directory:
		return append([]string{"filesystem"}, append(args, t.path)...)
	case image:
		return append([]string{"image"}, append(args, "--input", t.path)...)
	}
	return nil // it reads a repository's files, not its history
}

func kingfisher(t *target, report string) []string {
	var args []string
	switch {
	case t.kind == directory:
		args = []string{"scan", t.path, "--git-history", "none"}
	case t.kind == repository:
		args = []string{"scan", t.path}
	case t.folder:
		return nil
	default:
		args = []string{"scan", "docker", "--archive", t.path}
	}
	return append(args, "--no-validate", "--no-update-check", "--quiet", "--format", "json", "--output", report)
}

// ripgrep looks for two literals, which is about what reading costs.
func ripgrep(t *target, _ string) []string {
	if t.kind != directory {
		return nil
	}
	return []string{"-a", "-c", "-F", "-e", "AKIA", "-e", "ghp_", t.path}
}

// unpack decompresses the layers side by side, which is what reading an image
// costs. Gzip hands on what is not compressed.
func unpack(t *target, _ string) []string {
	if t.kind != image {
		return nil
	}
	return append([]string{"-c", `printf '%s\0' "$@" | xargs -0 -P 2 -n 1 gzip -dcf >/dev/null`, "sh"}, t.layers...)
}

// objects has git write out every object, which is what reading a repository
// costs.
func objects(t *target, _ string) []string {
	if t.kind != repository {
		return nil
	}
	return []string{"-c", `git -C "$1" cat-file --batch-all-objects --batch --unordered --buffer >/dev/null`, "sh", t.path}
}
