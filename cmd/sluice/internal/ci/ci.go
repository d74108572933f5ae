// Package ci tells what a job of a CI system is to scan: Detect reads the
// environment of the job, Job.Plan holds it against the clone. Neither reads
// anything but what it is handed, and nothing is run. What the environment says
// was in part chosen by strangers, who name branches and open pull requests: a
// name is never more than a name, and an id is an id or is not believed.
package ci

import (
	"strings"
)

// A System is what runs the job; empty is none that is known.
type System string

// The systems that Detect knows.
const (
	GitHub    System = "GitHub"
	GitLab    System = "GitLab"
	Jenkins   System = "Jenkins"
	Buildkite System = "Buildkite"
	Azure     System = "Azure"
	Bitbucket System = "Bitbucket"
)

// An Event is why the job runs.
type Event int

// What brings a job about. The zero value is a schedule, or somebody who
// started it by hand.
const (
	ByHand   Event = iota
	Proposal       // a pull request, or a merge request
	Push           // to a branch, or of a tag
	Removal        // of a branch: there is nothing to scan
)

func (e Event) String() string {
	return [...]string{"schedule, or by hand", "pull request", "push", "removal of a branch"}[e]
}

// A Job is what the environment says.
type Job struct {
	System System
	Event  Event
	// Because names what the event was told by.
	Because string
	// Fork says that a pull request comes from another repository.
	Fork bool
	// Head and Base are revisions of what was proposed or pushed and, of a
	// pull request, of the branch that it is for: the first that is there.
	Head, Base []string
	// Merge is the commit that the system made of a pull request and its base;
	// empty if it made none.
	Merge string
	// Before is the commit that a branch was at before a push, if it is known.
	Before string
	// Branch is the one that was pushed to, Default the repository's own, each
	// empty if it is not known.
	Branch, Default string
	// Ref is what the clone was made of, as far as it is known.
	Ref string
	// Full says that all there is was asked for, whatever the event.
	Full bool
	// Summary and Outputs are files that GitHub reads after the step.
	Summary, Outputs string
}

// Detect reads the environment of a job. The event is the text of the file that
// GITHUB_EVENT_PATH names, if there is one.
func Detect(env map[string]string, event []byte) (Job, error) {
	yes := func(name string) bool { return strings.EqualFold(env[name], "true") }
	switch {
	case yes("GITHUB_ACTIONS"):
		return github(env, event)
	case yes("GITLAB_CI"):
		return gitlab(env), nil
	case yes("BUILDKITE"):
		return buildkite(env), nil
	case yes("TF_BUILD"):
		return azure(env), nil
	case env["BITBUCKET_BUILD_NUMBER"] != "":
		return bitbucket(env), nil
	case env["JENKINS_URL"] != "":
		return jenkins(env), nil
	}
	return Job{Because: "no variable of a CI system that is known"}, nil
}

// Reports are the ones that fit the system, as --report takes them.
func (s System) Reports() []string {
	switch s {
	case GitHub:
		return []string{"github", "sarif=sluice.sarif"}
	case GitLab:
		return []string{"table", "gitlab=gl-secret-detection-report.json"}
	case Azure:
		return []string{"azure", "junit=sluice-junit.xml", "sarif=sluice.sarif"}
	case Bitbucket: // it looks for tests in folders of this name
		return []string{"table", "junit=test-results/sluice.xml", "sarif=sluice.sarif"}
	case Jenkins, Buildkite:
		return []string{"table", "junit=sluice-junit.xml", "sarif=sluice.sarif"}
	}
	return []string{"table"}
}

// Commands is the report whose lines the log of the system obeys; empty if it
// obeys none.
func (s System) Commands() string {
	switch s {
	case GitHub:
		return "github"
	case Azure:
		return "azure"
	}
	return ""
}

// id returns the text if it is the whole id of a commit, and not the one of
// zeros that stands for none.
func id(text string) string {
	if len(text) != 40 && len(text) != 64 || strings.Trim(text, "0123456789abcdefABCDEF") != "" || strings.Trim(text, "0") == "" {
		return ""
	}
	return text
}

// tracked are the refs that a clone has for a branch of the repository. A local
// branch is none: it may be the one of a pull request that has the same name.
func tracked(branch string) []string {
	branch = strings.TrimPrefix(branch, "refs/heads/")
	if branch == "" {
		return nil
	}
	return []string{"refs/remotes/origin/" + branch, "refs/remotes/upstream/" + branch}
}

// ofMerge returns the id if the ref is one that holds merges of pull requests
// which the system made.
func ofMerge(ref, commit string) string {
	if strings.HasPrefix(ref, "refs/pull/") && strings.HasSuffix(ref, "/merge") {
		return id(commit)
	}
	return ""
}

// first are the texts that are not empty.
func first(texts ...string) []string {
	var all []string
	for _, text := range texts {
		if text != "" {
			all = append(all, text)
		}
	}
	return all
}
