package ci

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// one, two and so on are ids of commits.
var one, two, three, four = commit(1), commit(2), commit(3), commit(4)

func commit(n int) string { return fmt.Sprintf("%040x", 0xabc000+n) }

const zeros = "0000000000000000000000000000000000000000"

// env reads NAME=value, separated by spaces.
func env(text string) map[string]string {
	all := map[string]string{}
	for _, pair := range strings.Fields(text) {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	return all
}

func origin(branch string) []string {
	return []string{"refs/remotes/origin/" + branch, "refs/remotes/upstream/" + branch}
}

type detection struct {
	name, env, event string
	want             Job
}

func check(t *testing.T, tests []detection) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Detect(env(test.env), []byte(test.event))
			if err != nil {
				t.Fatal(err)
			}
			got.Because = ""
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGitHub(t *testing.T) {
	pull := func(head, base string) string {
		return `{"repository": {"default_branch": "main"}, "pull_request": {"head": {"sha": "` + one + `", "ref": "x", "repo": ` + head +
			`}, "base": {"sha": "` + two + `", "ref": "` + base + `", "repo": {"full_name": "acme/app"}}}}`
	}
	own, fork := `{"full_name": "acme/app"}`, `{"full_name": "eve/app"}`
	const on = "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=/s GITHUB_OUTPUT=/o "
	job := func(j Job) Job {
		j.System, j.Summary, j.Outputs, j.Default = GitHub, "/s", "/o", "main"
		return j
	}
	merge := on + "GITHUB_EVENT_NAME=pull_request GITHUB_REF=refs/pull/7/merge GITHUB_BASE_REF=main GITHUB_HEAD_REF=x GITHUB_SHA=" + three
	proposal := Job{Event: Proposal, Head: []string{one}, Base: append([]string{two}, origin("main")...), Ref: "refs/pull/7/merge", Merge: three}
	forked, target, noPayload := proposal, proposal, proposal
	forked.Fork = true
	target.Ref, target.Merge = "refs/heads/main", ""
	noPayload.Head, noPayload.Base, noPayload.Merge = []string{three}, origin("main"), ""
	push := on + "GITHUB_EVENT_NAME=push GITHUB_REF=refs/heads/x GITHUB_REF_TYPE=branch GITHUB_SHA=" + two + " "
	pushed := func(before, after, more string) string {
		return `{"repository": {"default_branch": "main"}, "before": "` + before + `", "after": "` + after + `"` + more + `}`
	}
	check(t, []detection{
		{"pull request", merge, pull(own, "main"), job(proposal)},
		{"from a fork", merge, pull(fork, "main"), job(forked)},
		{"from a fork that is gone", merge, pull("null", "main"), job(forked)},
		{"pull_request_target", strings.NewReplacer("pull_request ", "pull_request_target ", "refs/pull/7/merge", "refs/heads/main").Replace(merge), pull(own, "main"), job(target)},
		{"without the payload", merge, `{"repository": {"default_branch": "main"}}`, job(noPayload)},
		{"merge queue", on + "GITHUB_EVENT_NAME=merge_group", `{"repository": {"default_branch": "main"}, "merge_group": {"head_sha": "` + one + `", "base_sha": "` + two + `", "base_ref": "refs/heads/main"}}`,
			job(Job{Event: Proposal, Head: []string{one}, Base: append([]string{two}, origin("main")...)})},
		{"push", push, pushed(one, two, ""), job(Job{Event: Push, Before: one, Head: []string{two, two}, Branch: "x", Ref: "refs/heads/x"})},
		{"new branch", push, pushed(zeros, two, ""), job(Job{Event: Push, Head: []string{two, two}, Branch: "x", Ref: "refs/heads/x"})},
		{"annotated tag", on + "GITHUB_EVENT_NAME=push GITHUB_REF=refs/tags/v1 GITHUB_REF_TYPE=tag GITHUB_SHA=" + two, pushed(zeros, three, ""),
			job(Job{Event: Push, Head: []string{two, three}, Ref: "refs/tags/v1"})},
		{"removal", push, pushed(one, zeros, `, "deleted": true`), job(Job{Event: Removal, Ref: "refs/heads/x"})},
		{"schedule", on + "GITHUB_EVENT_NAME=schedule GITHUB_REF=refs/heads/main", pushed("", "", ""), job(Job{Ref: "refs/heads/main"})},
		{"by hand", on + "GITHUB_EVENT_NAME=workflow_dispatch", pushed("", "", ""), job(Job{})},
		{"an id that is none", push, pushed("--output=x", "$(id)", ""), job(Job{Event: Push, Head: []string{two}, Branch: "x", Ref: "refs/heads/x"})},
	})
	if _, err := Detect(env(on), []byte("{")); err == nil {
		t.Error("a payload that is no JSON: no error")
	}
}

func TestGitLab(t *testing.T) {
	const on = "GITLAB_CI=true CI_DEFAULT_BRANCH=main "
	request := on + "CI_PIPELINE_SOURCE=merge_request_event CI_MERGE_REQUEST_IID=7 CI_MERGE_REQUEST_REF_PATH=refs/merge-requests/7/head CI_MERGE_REQUEST_DIFF_BASE_SHA=" + two +
		" CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_MERGE_REQUEST_PROJECT_PATH=acme/app CI_COMMIT_BEFORE_SHA=" + zeros + " CI_COMMIT_SHA=" + one
	proposal := Job{System: GitLab, Default: "main", Event: Proposal, Ref: "refs/merge-requests/7/head", Head: []string{one}, Base: append([]string{two}, origin("main")...)}
	merged, forked := proposal, proposal
	merged.Head, merged.Base, merged.Merge = []string{three, one}, append([]string{four, two}, origin("main")...), one
	forked.Fork = true
	push := on + "CI_PIPELINE_SOURCE=push CI_COMMIT_SHA=" + two
	check(t, []detection{
		{"merge request", request + " CI_MERGE_REQUEST_SOURCE_PROJECT_PATH=acme/app", "", proposal},
		{"from a fork", request + " CI_MERGE_REQUEST_SOURCE_PROJECT_PATH=eve/app", "", forked},
		{"merged results", request + " CI_MERGE_REQUEST_SOURCE_PROJECT_PATH=acme/app CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=" + three + " CI_MERGE_REQUEST_TARGET_BRANCH_SHA=" + four, "", merged},
		{"push", push + " CI_COMMIT_BRANCH=x CI_COMMIT_BEFORE_SHA=" + one, "", Job{System: GitLab, Default: "main", Event: Push, Before: one, Head: []string{two}, Branch: "x"}},
		{"new branch", push + " CI_COMMIT_BRANCH=x CI_COMMIT_BEFORE_SHA=" + zeros, "", Job{System: GitLab, Default: "main", Event: Push, Head: []string{two}, Branch: "x"}},
		{"tag", push + " CI_COMMIT_TAG=v1 CI_COMMIT_BEFORE_SHA=" + zeros, "", Job{System: GitLab, Default: "main", Event: Push, Head: []string{two}}},
		{"schedule", on + "CI_PIPELINE_SOURCE=schedule CI_COMMIT_BRANCH=main CI_COMMIT_SHA=" + two, "", Job{System: GitLab, Default: "main"}},
		{"by hand", on + "CI_PIPELINE_SOURCE=web CI_COMMIT_SHA=" + two, "", Job{System: GitLab, Default: "main"}},
		{"pull request from outside", on + "CI_PIPELINE_SOURCE=external_pull_request_event CI_COMMIT_SHA=" + one + " CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA=" + one +
			" CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA=" + two + " CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME=main CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY=a/b CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY=a/b", "",
			Job{System: GitLab, Default: "main", Event: Proposal, Head: []string{one, one}, Base: append([]string{two}, origin("main")...)}},
	})
}

func TestJenkins(t *testing.T) {
	const on = "JENKINS_URL=https://ci.example.com/ "
	head := []string{"HEAD"}
	check(t, []detection{
		{"pull request", on + "CHANGE_ID=7 CHANGE_TARGET=main CHANGE_BRANCH=x BRANCH_NAME=PR-7 GIT_COMMIT=" + one, "", Job{System: Jenkins, Event: Proposal, Head: head, Base: origin("main")}},
		{"from a fork", on + "CHANGE_ID=7 CHANGE_TARGET=main CHANGE_FORK=eve GIT_COMMIT=" + one, "", Job{System: Jenkins, Event: Proposal, Fork: true, Head: head, Base: origin("main")}},
		{"push", on + "BRANCH_NAME=x GIT_COMMIT=" + two + " GIT_PREVIOUS_COMMIT=" + three + " GIT_PREVIOUS_SUCCESSFUL_COMMIT=" + one, "", Job{System: Jenkins, Event: Push, Head: head, Before: one, Branch: "x"}},
		{"push after none that succeeded", on + "GIT_BRANCH=origin/x GIT_COMMIT=" + two + " GIT_PREVIOUS_COMMIT=" + three, "", Job{System: Jenkins, Event: Push, Head: head, Before: three, Branch: "x"}},
		{"new branch", on + "BRANCH_NAME=x GIT_COMMIT=" + two, "", Job{System: Jenkins, Event: Push, Head: head, Branch: "x"}},
		{"the default branch", on + "BRANCH_NAME=trunk BRANCH_IS_PRIMARY=true GIT_COMMIT=" + two, "", Job{System: Jenkins, Event: Push, Head: head, Branch: "trunk", Default: "trunk"}},
		{"tag", on + "TAG_NAME=v1 BRANCH_NAME=v1 GIT_COMMIT=" + two, "", Job{System: Jenkins, Event: Push, Head: head}},
		{"schedule", on + "BRANCH_NAME=x GIT_COMMIT=" + two + " GIT_PREVIOUS_SUCCESSFUL_COMMIT=" + two, "", Job{System: Jenkins, Head: head}},
		{"no git", on, "", Job{System: Jenkins, Head: head}},
	})
}

func TestBuildkite(t *testing.T) {
	const on = "BUILDKITE=true BUILDKITE_PIPELINE_DEFAULT_BRANCH=main BUILDKITE_REPO=git@github.com:acme/app.git "
	job := func(j Job) Job {
		j.System, j.Default = Buildkite, "main"
		return j
	}
	at := "BUILDKITE_COMMIT=" + one + " BUILDKITE_SOURCE=webhook BUILDKITE_BRANCH=x BUILDKITE_PULL_REQUEST="
	check(t, []detection{
		{"pull request", on + at + "7 BUILDKITE_PULL_REQUEST_BASE_BRANCH=main BUILDKITE_PULL_REQUEST_REPO=https://github.com/acme/app", "", job(Job{Event: Proposal, Head: []string{one}, Base: origin("main")})},
		{"from a fork", on + at + "7 BUILDKITE_PULL_REQUEST_BASE_BRANCH=main BUILDKITE_PULL_REQUEST_REPO=git://github.com/eve/app.git", "", job(Job{Event: Proposal, Fork: true, Head: []string{one}, Base: origin("main")})},
		{"push", on + at + "false", "", job(Job{Event: Push, Head: []string{one}, Branch: "x"})},
		{"tag", on + at + "false BUILDKITE_TAG=v1", "", job(Job{Event: Push, Head: []string{one}})},
		{"schedule", on + "BUILDKITE_COMMIT=HEAD BUILDKITE_SOURCE=schedule BUILDKITE_PULL_REQUEST=false", "", job(Job{Head: []string{"HEAD"}})},
	})
}

func TestAzure(t *testing.T) {
	const on = "TF_BUILD=True "
	pull := on + "BUILD_REASON=PullRequest BUILD_SOURCEBRANCH=refs/pull/7/merge SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main SYSTEM_PULLREQUEST_SOURCECOMMITID=" + one + " BUILD_SOURCEVERSION=" + three
	proposal := Job{System: Azure, Event: Proposal, Ref: "refs/pull/7/merge", Head: []string{one}, Base: origin("main"), Merge: three}
	forked := proposal
	forked.Fork = true
	check(t, []detection{
		{"pull request", pull + " SYSTEM_PULLREQUEST_ISFORK=False", "", proposal},
		{"from a fork", pull + " SYSTEM_PULLREQUEST_ISFORK=True", "", forked},
		{"push", on + "BUILD_REASON=IndividualCI BUILD_SOURCEBRANCH=refs/heads/a/b BUILD_SOURCEVERSION=" + one, "", Job{System: Azure, Event: Push, Ref: "refs/heads/a/b", Head: []string{one}, Branch: "a/b"}},
		{"tag", on + "BUILD_REASON=IndividualCI BUILD_SOURCEBRANCH=refs/tags/v1 BUILD_SOURCEVERSION=" + one, "", Job{System: Azure, Event: Push, Ref: "refs/tags/v1", Head: []string{one}}},
		{"schedule", on + "BUILD_REASON=Schedule BUILD_SOURCEBRANCH=refs/heads/main", "", Job{System: Azure, Ref: "refs/heads/main"}},
	})
}

func TestBitbucket(t *testing.T) {
	on := "BITBUCKET_BUILD_NUMBER=3 BITBUCKET_COMMIT=" + one
	head := []string{one}
	check(t, []detection{
		{"pull request", on + " BITBUCKET_BRANCH=x BITBUCKET_PR_ID=7 BITBUCKET_PR_DESTINATION_BRANCH=main BITBUCKET_PR_DESTINATION_COMMIT=abcdef123456", "",
			Job{System: Bitbucket, Event: Proposal, Head: head, Base: append([]string{"abcdef123456"}, origin("main")...)}},
		{"push", on + " BITBUCKET_BRANCH=x", "", Job{System: Bitbucket, Event: Push, Head: head, Branch: "x"}},
		{"tag", on + " BITBUCKET_TAG=v1", "", Job{System: Bitbucket, Event: Push, Head: head}},
		{"schedule", on, "", Job{System: Bitbucket, Head: head}},
	})
}

func TestUnknown(t *testing.T) {
	check(t, []detection{{"another system", "CI=true", "", Job{}}, {"none", "", "", Job{}}})
}

// TestReports: every system has reports, and what its log obeys is said by one
// of them.
func TestReports(t *testing.T) {
	for _, s := range []System{"", GitHub, GitLab, Jenkins, Buildkite, Azure, Bitbucket} {
		reports := s.Reports()
		stdout := 0
		for _, spec := range reports {
			format, file, _ := strings.Cut(spec, "=")
			if file == "" {
				stdout++
			}
			if file == "" && s.Commands() != "" && format != s.Commands() {
				t.Errorf("%s: %s on standard output", s, format)
			}
		}
		if stdout != 1 {
			t.Errorf("%s: %d reports to standard output in %v", s, stdout, reports)
		}
	}
}

func TestQuiet(t *testing.T) {
	for _, s := range []System{GitHub, Azure} {
		var b strings.Builder
		w := s.Quiet(&b)
		for _, text := range []string{"a::b\n::error::x\n#", "#vso[task.complete]", "##", "#[add-mask]x :", ":"} {
			if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
				t.Fatalf("%d, %v", n, err)
			}
		}
		want := "a: :b\n: :error: :x\n# #vso[task.complete]# # #[add-mask]x : :"
		if b.String() != want {
			t.Errorf("%s: %q, want %q", s, b.String(), want)
		}
	}
	var b strings.Builder
	fmt.Fprint(GitLab.Quiet(&b), "##[x] ::")
	if b.String() != "##[x] ::" {
		t.Errorf("%q is not as it was", b.String())
	}
}
