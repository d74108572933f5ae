package ci

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// githubEvent is what is read of the payload of a webhook.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads
type githubEvent struct {
	Before, After string
	Deleted       bool
	Repository    struct {
		DefaultBranch string `json:"default_branch"`
	}
	PullRequest *struct {
		Head, Base struct {
			SHA, Ref string
			Repo     *struct {
				FullName string `json:"full_name"`
			}
		}
	} `json:"pull_request"`
	MergeGroup *struct {
		HeadSHA string `json:"head_sha"`
		BaseSHA string `json:"base_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
}

// github reads the variables of GitHub Actions.
// https://docs.github.com/en/actions/reference/workflows-and-actions/variables
// https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
func github(env map[string]string, event []byte) (Job, error) {
	name := env["GITHUB_EVENT_NAME"]
	j := Job{
		System: GitHub, Because: "GITHUB_EVENT_NAME is " + name, Ref: env["GITHUB_REF"],
		Summary: env["GITHUB_STEP_SUMMARY"], Outputs: env["GITHUB_OUTPUT"],
	}
	var e githubEvent
	if len(event) > 0 {
		if err := json.Unmarshal(event, &e); err != nil {
			return j, fmt.Errorf("GITHUB_EVENT_PATH: %w", misread(err))
		}
	}
	j.Default = e.Repository.DefaultBranch
	switch {
	case name == "merge_group" && e.MergeGroup != nil:
		j.Event = Proposal
		j.Head, j.Base = first(id(e.MergeGroup.HeadSHA)), append(first(id(e.MergeGroup.BaseSHA)), tracked(e.MergeGroup.BaseRef)...)
	case strings.HasPrefix(name, "pull_request") && e.PullRequest != nil:
		p := e.PullRequest
		j.Event = Proposal
		j.Head, j.Base = first(id(p.Head.SHA)), append(first(id(p.Base.SHA)), tracked(p.Base.Ref)...)
		j.Merge = ofMerge(env["GITHUB_REF"], env["GITHUB_SHA"])
		// The repository of a pull request may be gone.
		j.Fork = p.Head.Repo == nil || p.Base.Repo != nil && p.Head.Repo.FullName != p.Base.Repo.FullName
	case strings.HasPrefix(name, "pull_request"), env["GITHUB_BASE_REF"] != "":
		j.Event, j.Head, j.Base = Proposal, first(id(env["GITHUB_SHA"])), tracked(env["GITHUB_BASE_REF"])
	case name == "push" && e.Deleted:
		j.Event = Removal
	case name == "push":
		j.Event, j.Before = Push, id(e.Before)
		j.Head = first(id(e.After), id(env["GITHUB_SHA"]))
		j.Branch, _ = strings.CutPrefix(env["GITHUB_REF"], "refs/heads/")
		if env["GITHUB_REF_TYPE"] == "tag" || strings.HasPrefix(env["GITHUB_REF"], "refs/tags/") {
			j.Branch = ""
			j.Head = first(id(env["GITHUB_SHA"]), id(e.After)) // after is the tag, of an annotated one
		}
	}
	return j, nil
}

// misread says what is wrong with a payload without the types of this program.
func misread(err error) error {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return fmt.Errorf("%s is a %s, which it is in no event", cmp.Or(wrong.Field, "the payload"), wrong.Value)
	}
	return err
}

// gitlab reads the predefined variables of GitLab.
// https://docs.gitlab.com/ci/variables/predefined_variables
func gitlab(env map[string]string) Job {
	source := env["CI_PIPELINE_SOURCE"]
	j := Job{System: GitLab, Because: "CI_PIPELINE_SOURCE is " + source, Default: env["CI_DEFAULT_BRANCH"]}
	switch {
	case source == "merge_request_event", env["CI_MERGE_REQUEST_IID"] != "":
		j.Event, j.Ref = Proposal, env["CI_MERGE_REQUEST_REF_PATH"]
		// The first of each is there in pipelines of merged results alone.
		j.Head = first(id(env["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"]), id(env["CI_COMMIT_SHA"]))
		j.Base = first(id(env["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"]), id(env["CI_MERGE_REQUEST_DIFF_BASE_SHA"]))
		j.Base = append(j.Base, tracked(env["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"])...)
		if env["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"] != "" {
			j.Merge = id(env["CI_COMMIT_SHA"])
		}
		j.Fork = env["CI_MERGE_REQUEST_SOURCE_PROJECT_PATH"] != env["CI_MERGE_REQUEST_PROJECT_PATH"]
	case source == "external_pull_request_event":
		j.Event = Proposal
		j.Head = first(id(env["CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA"]), id(env["CI_COMMIT_SHA"]))
		j.Base = append(first(id(env["CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA"])), tracked(env["CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"])...)
		j.Fork = env["CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY"] != env["CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY"]
	case source == "push":
		j.Event, j.Before, j.Branch = Push, id(env["CI_COMMIT_BEFORE_SHA"]), env["CI_COMMIT_BRANCH"]
		j.Head = first(id(env["CI_COMMIT_SHA"]))
	}
	return j
}

// jenkins reads the variables of multibranch pipelines and of the Git plugin.
// https://www.jenkins.io/doc/book/pipeline/multibranch/#additional-environment-variables
// https://plugins.jenkins.io/git/#plugin-content-environment-variables
func jenkins(env map[string]string) Job {
	j := Job{System: Jenkins, Head: []string{"HEAD"}}
	now := id(env["GIT_COMMIT"])
	switch {
	case env["CHANGE_ID"] != "":
		j.Event, j.Because = Proposal, "CHANGE_ID is set"
		j.Base, j.Fork = tracked(env["CHANGE_TARGET"]), env["CHANGE_FORK"] != ""
	case env["TAG_NAME"] != "":
		j.Event, j.Because = Push, "TAG_NAME is set"
	case now != "":
		// A build that failed is no reason to believe what it was about.
		before := append(first(id(env["GIT_PREVIOUS_SUCCESSFUL_COMMIT"]), id(env["GIT_PREVIOUS_COMMIT"])), "")[0]
		if before == now {
			j.Because = "GIT_COMMIT was built before"
			return j
		}
		j.Event, j.Because, j.Before = Push, "GIT_COMMIT is set", before
		j.Branch = append(first(env["BRANCH_NAME"], strings.TrimPrefix(env["GIT_BRANCH"], "origin/")), "")[0]
		if env["BRANCH_IS_PRIMARY"] == "true" {
			j.Default = j.Branch
		}
	default:
		j.Because = "neither CHANGE_ID nor GIT_COMMIT is set"
	}
	return j
}

// buildkite reads the variables of Buildkite.
// https://buildkite.com/docs/pipelines/configure/environment-variables
func buildkite(env map[string]string) Job {
	j := Job{System: Buildkite, Default: env["BUILDKITE_PIPELINE_DEFAULT_BRANCH"]}
	j.Head = append(first(id(env["BUILDKITE_COMMIT"])), "HEAD")[:1] // it may be the word HEAD
	number, source := env["BUILDKITE_PULL_REQUEST"], env["BUILDKITE_SOURCE"]
	switch {
	case number != "" && number != "false":
		j.Event, j.Because, j.Base = Proposal, "BUILDKITE_PULL_REQUEST is set", tracked(env["BUILDKITE_PULL_REQUEST_BASE_BRANCH"])
		from := env["BUILDKITE_PULL_REQUEST_REPO"]
		j.Fork = from != "" && repositoryName(from) != repositoryName(env["BUILDKITE_REPO"])
	case source == "webhook":
		j.Event, j.Because = Push, "BUILDKITE_SOURCE is webhook"
		if env["BUILDKITE_TAG"] == "" {
			j.Branch = env["BUILDKITE_BRANCH"]
		}
	default:
		j.Because = "BUILDKITE_SOURCE is " + source
	}
	return j
}

// repositoryName is the end of an address of a repository, owner and name,
// however it is reached.
func repositoryName(address string) string {
	parts := strings.FieldsFunc(strings.TrimSuffix(address, ".git"), func(r rune) bool { return r == '/' || r == ':' })
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}

// azure reads the predefined variables of Azure Pipelines.
// https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables
func azure(env map[string]string) Job {
	reason := env["BUILD_REASON"]
	j := Job{System: Azure, Because: "BUILD_REASON is " + reason, Ref: env["BUILD_SOURCEBRANCH"]}
	switch reason {
	case "PullRequest":
		j.Event = Proposal
		j.Head = append(first(id(env["SYSTEM_PULLREQUEST_SOURCECOMMITID"])), "HEAD")[:1]
		j.Base = tracked(env["SYSTEM_PULLREQUEST_TARGETBRANCH"])
		j.Merge = ofMerge(env["BUILD_SOURCEBRANCH"], env["BUILD_SOURCEVERSION"])
		j.Fork = strings.EqualFold(env["SYSTEM_PULLREQUEST_ISFORK"], "true")
	case "IndividualCI", "BatchedCI":
		j.Event, j.Head = Push, append(first(id(env["BUILD_SOURCEVERSION"])), "HEAD")[:1]
		j.Branch, _ = strings.CutPrefix(env["BUILD_SOURCEBRANCH"], "refs/heads/")
		if strings.HasPrefix(env["BUILD_SOURCEBRANCH"], "refs/tags/") {
			j.Branch = ""
		}
	}
	return j
}

// bitbucket reads the default variables of Bitbucket Pipelines.
// https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
func bitbucket(env map[string]string) Job {
	j := Job{System: Bitbucket, Head: first(id(env["BITBUCKET_COMMIT"]))}
	switch {
	case env["BITBUCKET_PR_ID"] != "":
		j.Event, j.Because = Proposal, "BITBUCKET_PR_ID is set"
		// The commit may be cut short.
		j.Base = append(first(env["BITBUCKET_PR_DESTINATION_COMMIT"]), tracked(env["BITBUCKET_PR_DESTINATION_BRANCH"])...)
	case env["BITBUCKET_TAG"] != "":
		j.Event, j.Because = Push, "BITBUCKET_TAG is set"
	case env["BITBUCKET_BRANCH"] != "":
		j.Event, j.Because, j.Branch = Push, "BITBUCKET_BRANCH is set", env["BITBUCKET_BRANCH"]
	default:
		j.Because = "neither BITBUCKET_PR_ID nor BITBUCKET_BRANCH is set"
	}
	return j
}
