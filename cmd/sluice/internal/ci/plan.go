package ci

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Repository is the clone that the job has.
type Repository interface {
	// Commit returns the id of the commit that a revision names; an error is
	// that there is none.
	Commit(ctx context.Context, revision string) (string, error)
	// Parents returns the ids of a commit's parents.
	Parents(ctx context.Context, commit string) ([]string, error)
	// Shallow reports whether a part of the history was left out.
	Shallow() bool
	// Hidden reports whether that is a part of what head has and the others
	// have not.
	Hidden(ctx context.Context, head string, others ...string) (bool, error)
}

// A Plan is what is to be scanned.
type Plan struct {
	// Nothing says that there is nothing to scan, Everything that it is all that
	// the clone has.
	Nothing, Everything bool
	// Head is the commit that has what is scanned, Without those that have
	// what is not.
	Head    string
	Without []string
	// Base is the commit that says, in place of the working tree, what is
	// found and what is hidden; empty if it is the working tree.
	Base string
	// Why says what was picked and for what reason.
	Why string
}

// Range is what git.Options.Range takes: nil is everything.
func (p *Plan) Range() []string {
	if p.Head == "" {
		return nil
	}
	words := []string{p.Head}
	for _, id := range p.Without {
		words = append(words, "^"+id)
	}
	return []string{strings.Join(words, " ")}
}

// A HiddenError says what the clone lacks, and how to bring it.
type HiddenError struct {
	What string
	Hint string
}

func (e *HiddenError) Error() string { return e.What }

// Plan decides what to scan. What the clone does not have is a *HiddenError: a
// range that cannot be told is not replaced by another. Partly says that what a
// shallow clone left out may stay out.
func (j *Job) Plan(ctx context.Context, repo Repository, partly bool) (p Plan, err error) {
	switch {
	case j.Event == Proposal:
		if p, err = j.proposed(ctx, repo); j.Full {
			p = Plan{Everything: true, Base: p.Base, Why: "all that the clone has, as it was asked for"}
		}
	case j.Full:
		p = Plan{Everything: true, Why: "all that the clone has, as it was asked for"}
	case j.Event == Removal:
		return Plan{Nothing: true, Why: "nothing to scan: a branch was removed"}, nil
	case j.Event == Push:
		p, err = j.pushed(ctx, repo)
	default:
		p = Plan{Everything: true, Why: "all that the clone has: no pull request and no push is told of"}
	}
	if err != nil || partly {
		return p, err
	}
	hidden := p.Everything && repo.Shallow()
	if !p.Everything {
		if hidden, err = repo.Hidden(ctx, p.Head, p.Without...); err != nil {
			return p, err
		}
	}
	if hidden {
		return p, j.hidden(repo, "the clone is shallow: it does not have the whole of what is to be scanned", nil)
	}
	return p, nil
}

// proposed is what a pull request adds: what its head has and its base has not.
func (j *Job) proposed(ctx context.Context, repo Repository) (p Plan, err error) {
	if p.Head = pick(ctx, repo, j.Head); p.Head == "" {
		return p, j.hidden(repo, "the clone does not have the head of the pull request", j.Head)
	}
	// Of the merge that the system made for the job the first parent is a newer
	// tip of the base.
	var merged string
	if merge := pick(ctx, repo, first(j.Merge)); merge != "" {
		parents, err := repo.Parents(ctx, merge)
		if err != nil {
			return p, err
		}
		if len(parents) == 2 && parents[1] == p.Head {
			merged = parents[0]
		}
	}
	p.Without = first(pick(ctx, repo, j.Base), merged)
	if len(p.Without) == 0 {
		return p, j.hidden(repo, "the clone does not have the branch that the pull request is for", j.Base)
	}
	p.Base = p.Without[0]
	p.Without = slices.Compact(p.Without)
	p.Why = fmt.Sprintf("what the pull request (%s) adds to its base (%s)", short(p.Head), short(p.Base))
	return p, nil
}

// pushed is what a push brought: what the branch has and had not before. A new
// branch brought what the default branch has not.
func (j *Job) pushed(ctx context.Context, repo Repository) (p Plan, err error) {
	if p.Head = pick(ctx, repo, j.Head); p.Head == "" {
		return p, j.hidden(repo, "the clone does not have what was pushed", j.Head)
	}
	because := "where it was before is not told"
	if j.Before != "" {
		if before := pick(ctx, repo, []string{j.Before}); before != "" {
			p.Without = []string{before}
			p.Why = fmt.Sprintf("what the push brought (%s..%s)", short(before), short(p.Head))
			return p, nil
		}
		if repo.Shallow() {
			return p, j.hidden(repo, "the clone does not have what the branch was at before the push", []string{j.Before})
		}
		because = "where it was before (" + short(j.Before) + ") is not here any more"
	}
	if !j.ofDefault() {
		names := [][]string{tracked(j.Default)}
		if j.Default == "" {
			names = [][]string{{"refs/remotes/origin/HEAD"}, tracked("main"), tracked("master")}
		}
		for _, name := range names {
			if tip := pick(ctx, repo, name); tip != "" {
				p.Without = []string{tip}
				p.Why = fmt.Sprintf("what was pushed (%s) and the default branch (%s) has not: %s", short(p.Head), short(tip), because)
				return p, nil
			}
		}
		because += ", and the clone has no default branch"
	}
	return Plan{Everything: true, Why: "all that the clone has: " + because}, nil
}

// ofDefault reports whether the default branch was pushed to.
func (j *Job) ofDefault() bool {
	if j.Default == "" {
		return j.Branch == "main" || j.Branch == "master"
	}
	return j.Branch == j.Default
}

// pick returns the commit that the first of the revisions which is there names.
func pick(ctx context.Context, repo Repository, revisions []string) string {
	for _, revision := range revisions {
		if id, err := repo.Commit(ctx, revision); err == nil {
			return id
		}
	}
	return ""
}

func short(id string) string { return id[:min(12, len(id))] }

// plainRef matches a ref that may stand in a command without quotes. To compile
// it takes longer than all else that this package does before main.
var plainRef = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^refs/[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$`) })

// hidden is the error that says what is missing, the first of some revisions,
// and how it is brought.
func (j *Job) hidden(repo Repository, what string, missing []string) error {
	var fetch []string
	for i, name := range missing {
		branch, tracks := strings.CutPrefix(name, "refs/remotes/origin/")
		switch {
		case id(name) != "":
			fetch = append(fetch, name)
			name = short(name)
		case tracks && plainRef().MatchString(name):
			fetch = append(fetch, "+refs/heads/"+branch+":"+name)
		}
		if i == 0 {
			what += fmt.Sprintf(" (%.100s)", strings.Trim(fmt.Sprintf("%q", name), `"`))
		}
	}
	command := "git fetch origin"
	switch {
	case repo.Shallow() && plainRef().MatchString(j.Ref):
		command = "git fetch --unshallow origin " + j.Ref
	case repo.Shallow():
		command = "git fetch --unshallow origin"
	case len(fetch) > 0:
		command = "git fetch origin " + fetch[len(fetch)-1]
	}
	if advice := j.System.clone(); advice != "" {
		return &HiddenError{what, advice + "; by hand `" + command + "`"}
	}
	return &HiddenError{what, "`" + command + "`"}
}

// clone says how a job of the system gets a clone with the history.
func (s System) clone() string {
	switch s {
	case GitHub:
		return "`fetch-depth: 0` below `with:` of actions/checkout"
	case GitLab:
		return "`GIT_DEPTH: \"0\"` below `variables:` of the job"
	case Azure:
		return "`fetchDepth: 0` of the checkout step"
	case Bitbucket:
		return "`depth: full` below `clone:`"
	case Buildkite:
		return "no --depth in BUILDKITE_GIT_CLONE_FLAGS and BUILDKITE_GIT_FETCH_FLAGS"
	case Jenkins:
		return "no shallow clone among the behaviours of the job, and the target branch in its refspec"
	}
	return ""
}
