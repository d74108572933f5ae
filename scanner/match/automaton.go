package match

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// An automaton is a program in the form of a table: a state and the next byte give
// the state behind it, so that a run costs a look into the table for each byte and
// never goes back. A state is all the places in the program that a run may be at, in
// the order in which it would try them, and is made when a run first comes to it.
// Which groups have started and ended on the way to each is noted beside, at those
// bytes where that changes. It is safe for concurrent use.
type automaton struct {
	program *Program
	class   [256]uint8 // of bytes that no state tells apart
	samples []int      // a byte of each class; that of end is atEnd
	end     int        // the class of the byte that is none
	width   int        // of a row
	words   bool       // some assertion asks for the bounds of words
	opened  noteSet    // the groups that start where a run does, whatever comes
	// next has for each state a row, with an entry for each class: twice the start of
	// the row of the state behind the byte, plus one, or twice the index of a note; 0
	// where none was made yet. A note is there before an entry has its index.
	next  []uint32
	notes []note

	mu     sync.Mutex // of what follows
	rows   map[string]int
	states []state
	noted  map[note]int // where each is
	room   follower     // for the next entry
	key    []byte
}

// A state is the threads of a run, by their order, between two bytes. Word says that
// the byte before is one of a word, where that is asked for.
type state struct {
	threads []thread
	word    bool
}

// A thread is a place where a run may be, and which of the tracks led there.
type thread struct {
	step
	track uint8
}

// A note says more of an entry than where it leads to. It is small, since a run
// reads one every few bytes.
type note struct {
	row   int32
	kind  noteKind
	count uint8               // of the tracks of the next state; 0: there is none
	from  [mostTracks]uint8   // which each goes on from
	sets  [mostTracks]noteSet // what starts and ends in between
	// ended and endedSets are that for a match that ends before the byte.
	ended     uint8
	endedSets noteSet
}

// A noteSet has a bit for each start and end of a group.
type noteSet uint8

type noteKind uint8

const (
	still   noteKind = 1 << iota // each track goes on from the one in its place
	matched                      // the best match so far ends before the byte
	unknown                      // the automaton does not know
)

const (
	// atEnd stands for the byte that is none.
	atEnd = -1
	// mostWalked bounds the bytes that a run of an automaton looks at; the others
	// what an automaton is made of.
	mostWalked  = 256
	mostStates  = 1024
	mostNotes   = 4 * mostStates
	mostThreads = 32
	mostTracks  = 8
	mostBounds  = 8
)

// A track is where groups started and ended on the way to some threads.
type track [mostBounds]int32

// walk tries the program at a place in data by its automaton. Not sure says that the
// automaton cannot tell. Of a match the groups are in m.caps.
func (m *Machine) walk(p *Program, data []byte, start int) (outcome Outcome, sure bool) {
	a := p.automaton()
	if a == nil {
		return NoMatch, false
	}
	here, there := &m.tracks[0], &m.tracks[1]
	here[0] = track{-1, -1, -1, -1, -1, -1, -1, -1}
	a.opened.note(&here[0], start)
	var best track
	row, end := a.begin(data, start), min(len(data), start+mostWalked)
	for pos := start; ; pos++ {
		at := row + a.end
		if pos < end {
			at = row + int(a.class[data[pos]])
		} else if end < len(data) {
			return NoMatch, false
		}
		next := atomic.LoadUint32(&a.next[at])
		if next == 0 {
			next = a.extend(row, at-row)
		}
		if next&1 != 0 {
			row = int(next >> 1)
			continue
		}
		n := &a.notes[next>>1]
		if n.kind&unknown != 0 {
			return NoMatch, false
		}
		if n.kind&matched != 0 {
			outcome, best = Match, here[n.ended]
			n.endedSets.note(&best, pos)
			best[1] = int32(pos)
		}
		switch {
		case n.count == 0:
			m.reach(pos)
			m.tell(p, best, start)
			return outcome, true
		case n.kind&still != 0:
			for i, set := range n.sets[:n.count] {
				set.note(&here[i], pos)
			}
		default:
			for i, set := range n.sets[:n.count] {
				there[i] = here[n.from[i]]
				set.note(&there[i], pos)
			}
			here, there = there, here
		}
		row = int(n.row)
	}
}

// note sets what starts or ends at pos.
func (s noteSet) note(t *track, pos int) {
	for ; s != 0; s &= s - 1 {
		t[bits.TrailingZeros8(uint8(s))%mostBounds] = int32(pos)
	}
}

// tell sets the groups of a match to those of a track.
func (m *Machine) tell(p *Program, of track, start int) {
	if cap(m.caps) < 2*p.groups {
		m.caps = make([]int, 2*p.groups)
	}
	m.caps = m.caps[:2*p.groups]
	for i := range m.caps {
		m.caps[i] = int(of[i])
	}
	m.caps[0] = start
}
