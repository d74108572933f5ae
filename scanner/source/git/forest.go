package git

import (
	"cmp"
	"slices"
)

// A forest is the commits of a history by their first parents: each commit is
// below its first parent. What a path holds is the same down to the next
// commits that change it.
type forest struct {
	in, out []int32 // of a commit: what is below it, and it, has in of [in, out)
	tips    []ref   // by in
}

func newForest(h *history) *forest {
	n := len(h.commits)
	f := &forest{in: make([]int32, n), out: make([]int32, n), tips: slices.Clone(h.refs)}
	below, next := make([]int32, n), make([]int32, n) // the first below, and the next beside
	for i := range n {
		below[i], next[i] = none, none
	}
	for i := n - 1; i >= 0; i-- {
		if p := h.parent(int32(i)); p != none {
			next[i], below[p] = below[p], int32(i)
		}
	}
	clock := int32(0)
	var path []int32
	for i := range n {
		if !h.commits[i].listed || h.parent(int32(i)) != none {
			continue
		}
		for at := int32(i); ; {
			f.in[at] = clock
			clock++
			path = append(path, at)
			if below[at] != none {
				at = below[at]
				continue
			}
			for len(path) > 0 && next[path[len(path)-1]] == none {
				f.out[path[len(path)-1]] = clock
				path = path[:len(path)-1]
			}
			if len(path) == 0 {
				break
			}
			last := path[len(path)-1]
			f.out[last] = clock
			path = path[:len(path)-1]
			at = next[last]
		}
	}
	for i := range f.tips {
		f.tips[i].order = precedence(f.tips[i].name)
	}
	slices.SortFunc(f.tips, func(a, b ref) int {
		return cmp.Or(cmp.Compare(f.in[a.commit], f.in[b.commit]), cmp.Compare(a.order, b.order), cmp.Compare(a.name, b.name))
	})
	return f
}

// parent is the first parent of a commit, if that is listed.
func (h *history) parent(n int32) int32 {
	parents := h.parentsOf(n)
	if len(parents) == 0 || !h.commits[parents[0]].listed {
		return none
	}
	return parents[0]
}

// sort orders changes of one path, each of another commit, from the tops down.
func (f *forest) sort(changes []change) {
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(f.in[a.commit], f.in[b.commit]) })
}

// standing tells for each of the sorted changes of one path the best ref at
// whose tip the path is still as the change left it: its number in tips, or
// none.
func (f *forest) standing(changes []change) []int32 {
	at := make([]int32, len(changes))
	for i := range at {
		at[i] = none
	}
	var open []int // changes that the tip is below, the nearest last
	i := 0
	for t, tip := range f.tips {
		in := f.in[tip.commit]
		for i < len(changes) && f.in[changes[i].commit] <= in {
			open = append(open, i)
			i++
		}
		for len(open) > 0 && f.out[changes[open[len(open)-1]].commit] <= in {
			open = open[:len(open)-1]
		}
		if len(open) == 0 {
			continue
		}
		// What is open below the last that holds the tip was closed before.
		if n := open[len(open)-1]; at[n] == none || tip.order < f.tips[at[n]].order {
			at[n] = int32(t)
		}
	}
	return at
}

// holds reports whether a commit is the top or below it.
func (f *forest) holds(top, c int32) bool { return f.in[top] <= f.in[c] && f.in[c] < f.out[top] }
