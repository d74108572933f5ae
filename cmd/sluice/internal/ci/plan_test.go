package ci

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// A clone is a repository as a table.
type clone struct {
	commits map[string]string   // ids by revision; an id names itself
	parents map[string][]string // of the commits that are there
	edge    []string            // of a shallow clone
}

func (c *clone) Commit(_ context.Context, revision string) (string, error) {
	if id, ok := c.commits[revision]; ok {
		return id, nil
	}
	if _, ok := c.parents[revision]; ok {
		return revision, nil
	}
	return "", errors.New("no such commit")
}

func (c *clone) Parents(_ context.Context, commit string) ([]string, error) {
	return c.parents[commit], nil
}

func (c *clone) Shallow() bool { return len(c.edge) > 0 }

func (c *clone) reach(id string) []string {
	all := []string{id}
	for _, p := range c.parents[id] {
		all = append(all, c.reach(p)...)
	}
	return all
}

func (c *clone) Hidden(_ context.Context, head string, others ...string) (bool, error) {
	var known []string
	for _, id := range others {
		known = append(known, c.reach(id)...)
	}
	return slices.ContainsFunc(c.reach(head), func(id string) bool {
		return slices.Contains(c.edge, id) && !slices.Contains(known, id)
	}), nil
}

// history is base1 <- base2 on main, base1 <- head1 <- head2 of a pull request,
// and merge, which the system made of base2 and head2.
var base1, base2, head1, head2, merge = commit(11), commit(12), commit(21), commit(22), commit(31)

func history() *clone {
	return &clone{
		commits: map[string]string{"refs/remotes/origin/main": base2, "HEAD": head2},
		parents: map[string][]string{base1: nil, base2: {base1}, head1: {base1}, head2: {head1}, merge: {base2, head2}},
	}
}

func TestPlan(t *testing.T) {
	gone := commit(99)
	proposal := Job{Event: Proposal, Head: []string{head2}, Base: []string{base2}}
	without := func(c *clone, ids ...string) *clone {
		for _, id := range ids {
			delete(c.parents, id)
		}
		return c
	}
	shallow := func(c *clone, edge ...string) *clone {
		c.edge = edge
		for _, id := range edge {
			c.parents[id] = nil
		}
		return c
	}
	noMain := history()
	delete(noMain.commits, "refs/remotes/origin/main")
	for _, test := range []struct {
		name string
		job  Job
		repo *clone
		want string // head ^without, base
	}{
		{"pull request", proposal, history(), head2 + " ^" + base2 + ", " + base2},
		{"its base is not here, its branch is", Job{Event: Proposal, Head: []string{head2}, Base: append([]string{gone}, origin("main")...)}, history(), head2 + " ^" + base2 + ", " + base2},
		{"its base is the system's merge's", Job{Event: Proposal, Head: []string{head2}, Base: []string{gone}, Merge: merge}, history(), head2 + " ^" + base2 + ", " + base2},
		{"the merge has a newer base", Job{Event: Proposal, Head: []string{head2}, Base: []string{base1}, Merge: merge}, history(), head2 + " ^" + base1 + " ^" + base2 + ", " + base1},
		{"the merge is not of the head", Job{Event: Proposal, Head: []string{head1}, Base: []string{base1}, Merge: merge}, history(), head1 + " ^" + base1 + ", " + base1},
		{"the head is not here", Job{Event: Proposal, Head: []string{gone}, Base: []string{base2}}, history(), "hidden: head of the pull request"},
		{"no head is told", Job{Event: Proposal, Base: []string{base2}}, history(), "hidden: head of the pull request"},
		{"the base is not here", Job{Event: Proposal, Head: []string{head2}, Base: []string{gone}}, history(), "hidden: branch that the pull request is for"},
		{"no base is told", Job{Event: Proposal, Head: []string{head2}}, history(), "hidden: branch that the pull request is for"},
		{"shallow before the range", proposal, shallow(history(), base1), head2 + " ^" + base2 + ", " + base2},
		{"shallow within the range", proposal, shallow(without(history(), head1), head2), "hidden: shallow"},
		{"full", Job{Event: Proposal, Full: true, Head: []string{head2}, Base: []string{base2}}, history(), "everything, " + base2},

		{"push", Job{Event: Push, Before: head1, Head: []string{head2}, Branch: "x", Default: "main"}, history(), head2 + " ^" + head1},
		{"new branch", Job{Event: Push, Head: []string{head2}, Branch: "x", Default: "main"}, history(), head2 + " ^" + base2},
		{"new branch, default not told", Job{Event: Push, Head: []string{head2}, Branch: "x"}, history(), head2 + " ^" + base2},
		{"new branch, default not here", Job{Event: Push, Head: []string{head2}, Branch: "x", Default: "main"}, noMain, "everything"},
		{"tag", Job{Event: Push, Head: []string{head2}, Default: "main"}, history(), head2 + " ^" + base2},
		{"forced", Job{Event: Push, Before: gone, Head: []string{head2}, Branch: "x", Default: "main"}, history(), head2 + " ^" + base2},
		{"forced to the default", Job{Event: Push, Before: gone, Head: []string{base2}, Branch: "main", Default: "main"}, history(), "everything"},
		{"the default is new", Job{Event: Push, Head: []string{base2}, Branch: "main", Default: "main"}, history(), "everything"},
		{"the default, not told", Job{Event: Push, Head: []string{base2}, Branch: "main"}, history(), "everything"},
		{"shallow, before not here", Job{Event: Push, Before: gone, Head: []string{head2}, Branch: "x", Default: "main"}, shallow(history(), head1), "hidden: before the push"},
		{"shallow, new branch", Job{Event: Push, Head: []string{head2}, Branch: "x", Default: "main"}, shallow(history(), head1), "hidden: shallow"},
		{"what was pushed is not here", Job{Event: Push, Head: []string{gone}}, history(), "hidden: what was pushed"},
		{"push, full", Job{Event: Push, Full: true, Head: []string{gone}}, history(), "everything"},

		{"removal", Job{Event: Removal}, history(), "nothing"},
		{"schedule", Job{}, history(), "everything"},
		{"schedule, shallow", Job{}, shallow(history(), base1), "hidden: shallow"},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan, err := test.job.Plan(context.Background(), test.repo, false)
			var hidden *HiddenError
			if about, ok := strings.CutPrefix(test.want, "hidden: "); ok {
				if !errors.As(err, &hidden) || !strings.Contains(hidden.What, about) || !strings.Contains(hidden.Hint, "git fetch") {
					t.Errorf("error %v, want one about %q with a command", err, about)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(plan.Range(), " ")
			switch {
			case plan.Nothing:
				got = "nothing"
			case plan.Everything:
				got = "everything"
			}
			if plan.Base != "" {
				got += ", " + plan.Base
			}
			if got != test.want || plan.Why == "" {
				t.Errorf("%s (%s), want %s", got, plan.Why, test.want)
			}
		})
	}
}

// TestPartly: what a shallow clone left out may stay out, but nothing else is
// made up for.
func TestPartly(t *testing.T) {
	repo := history()
	repo.edge = []string{head2}
	if plan, err := (&Job{}).Plan(context.Background(), repo, true); err != nil || !plan.Everything {
		t.Errorf("%+v, %v", plan, err)
	}
	proposal := Job{Event: Proposal, Head: []string{head2}, Base: []string{commit(99)}}
	if _, err := proposal.Plan(context.Background(), repo, true); err == nil {
		t.Error("a pull request without a base: no error")
	}
}

// TestHint: the command brings what is missing, and what stands in it is a word
// to any shell.
func TestHint(t *testing.T) {
	whole, cut := history(), history()
	cut.edge = []string{base1}
	for _, test := range []struct {
		repo    *clone
		ref     string
		missing []string
		want    string
	}{
		{cut, "refs/pull/7/merge", nil, "git fetch --unshallow origin refs/pull/7/merge"},
		{cut, "refs/heads/$(id)", nil, "git fetch --unshallow origin"},
		{cut, "refs/heads/a;b", nil, "git fetch --unshallow origin"},
		{cut, "--upload-pack=x", nil, "git fetch --unshallow origin"},
		{cut, "", nil, "git fetch --unshallow origin"},
		{whole, "refs/heads/main", []string{head2}, "git fetch origin " + head2},
		{whole, "", append([]string{base2}, origin("main")...), "git fetch origin +refs/heads/main:refs/remotes/origin/main"},
		{whole, "", origin("$(id)"), "git fetch origin"},
		{whole, "", nil, "git fetch origin"},
	} {
		for _, s := range []System{"", GitHub, GitLab, Jenkins, Buildkite, Azure, Bitbucket} {
			j := Job{System: s, Ref: test.ref}
			var hidden *HiddenError
			if !errors.As(j.hidden(test.repo, "x", test.missing), &hidden) || !strings.HasSuffix(hidden.Hint, "`"+test.want+"`") {
				t.Errorf("%s, %q, %q: %q, want %q", s, test.ref, test.missing, hidden.Hint, test.want)
			}
		}
	}
}
