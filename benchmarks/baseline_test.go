package benchmarks

import (
	"errors"
	"fmt"
)

// A baseline is what the literal stage is measured against on every machine:
// an Aho-Corasick automaton in the form of a table, one row a state, one column
// a class of bytes that no literal tells apart, in plain Go. It finds what
// match.Matcher does. It stays as it is.
type baseline struct {
	class  [256]uint8
	stride int
	// next holds state*stride+class -> state*stride, the high bit set where a
	// literal ends in that state.
	next []uint32
	// ends lists, for each state, the literals that end there.
	ends [][]int32
	lens []int
}

const hit = 1 << 31

func newBaseline(literals []string) (*baseline, error) {
	m := &baseline{lens: make([]int, len(literals))}
	classes := 1 // class 0: bytes that stand in no literal
	for i, l := range literals {
		if l == "" {
			return nil, errors.New("empty literal")
		}
		m.lens[i] = len(l)
		for j := range len(l) {
			if b := lower(l[j]); m.class[b] == 0 {
				if classes == 256 {
					return nil, fmt.Errorf("more than 255 different bytes in the literals")
				}
				m.class[b] = uint8(classes)
				classes++
			}
		}
	}
	for b := byte('A'); b <= 'Z'; b++ {
		m.class[b] = m.class[lower(b)]
	}
	m.stride = classes
	m.build(literals)
	return m, nil
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// build makes the trie and turns it, breadth first, into the table of a
// deterministic automaton.
func (m *baseline) build(literals []string) {
	m.grow()
	for i, l := range literals {
		state := 0
		for j := range len(l) {
			at := state*m.stride + int(m.class[lower(l[j])])
			if m.next[at] == 0 {
				m.next[at] = uint32(m.grow())
			}
			state = int(m.next[at])
		}
		m.ends[state] = append(m.ends[state], int32(i))
	}
	fail := make([]int, len(m.ends))
	queue := []int{0}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		for c := range m.stride {
			at := state*m.stride + c
			child := int(m.next[at])
			if child == 0 {
				if state != 0 {
					m.next[at] = m.next[fail[state]*m.stride+c]
				}
				continue
			}
			if state != 0 {
				fail[child] = int(m.next[fail[state]*m.stride+c])
				m.ends[child] = append(m.ends[child], m.ends[fail[child]]...)
			}
			queue = append(queue, child)
		}
	}
	for i, state := range m.next {
		m.next[i] = state * uint32(m.stride)
		if len(m.ends[state]) > 0 {
			m.next[i] |= hit
		}
	}
}

func (m *baseline) grow() int {
	m.next = append(m.next, make([]uint32, m.stride)...)
	m.ends = append(m.ends, nil)
	return len(m.ends) - 1
}

func (m *baseline) scan(data []byte, from int, found func(literal, start int)) {
	if len(m.lens) == 0 {
		return
	}
	state := uint32(0)
	for i := from; i < len(data); i++ {
		state = m.next[state+uint32(m.class[data[i]])]
		if state&hit != 0 {
			state &^= hit
			for _, l := range m.ends[int(state)/m.stride] {
				found(int(l), i+1-m.lens[l])
			}
		}
	}
}
