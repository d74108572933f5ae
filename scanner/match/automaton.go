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
	width   int        // of a row; 0: the program has no automaton
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
	row   uint32
	kind  noteKind
	count uint8               // of the tracks of the next state
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
	over                         // no track goes on
	unmade                       // the entry is not there

	telling = matched | unknown | over | unmade // more than where a run goes on
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

// A trail is what a walk came past.
type trail [mostWalked + 1]footprint

// A footprint is a note that a run came past, and how far from its start.
type footprint struct{ note, at uint32 }

// walk tries the program at a place in data by its automaton. Not sure says that the
// automaton cannot tell. Of a match the groups are in m.caps: they are found on the
// way back, since most of what starts and ends on the way is of no match.
func (m *Machine) walk(p *Program, data []byte, start int) (outcome Outcome, sure bool) {
	a := p.automaton()
	if a.width == 0 {
		return NoMatch, false
	}
	near := data[start:min(len(data), start+mostWalked)]
	row, at, trail := a.begin(data, start), uint(0), &m.trail
	var best footprint // of the match
	way, gone := 0, 0  // to it, and in all
	for {
		var entry uint32
		entry, row, at, gone = a.stride(near, row, at, trail, gone)
		if entry == 0 {
			if int(at) < len(near) {
				entry = a.extend(row, int(a.class[near[at]]))
			} else if start+len(near) < len(data) {
				return NoMatch, false
			} else {
				entry = a.extend(row, a.end)
			}
			if entry&1 != 0 {
				row = entry >> 1
				at++
				continue
			}
		}
		here, n := footprint{entry >> 1, uint32(at)}, &a.notes[entry>>1]
		if n.kind&unknown != 0 {
			return NoMatch, false
		}
		if n.kind&matched != 0 {
			outcome, best, way = Match, here, gone
		}
		if n.kind&over != 0 {
			m.reach(start + int(at))
			if outcome == Match {
				m.retrace(p.groups, a, trail[:way], best, start)
			}
			return outcome, true
		}
		trail[gone] = here
		row = n.row
		gone++
		at++
	}
}

// stride goes on from a row and a place as long as the entries are there and lead on
// without a match. It returns the entry where that ends, 0 if it is not there, and
// what a run then stands at. It calls nothing, so that all of this stays in registers.
func (a *automaton) stride(near []byte, row uint32, at uint, trail *trail, gone int) (uint32, uint32, uint, int) {
	next, notes := a.next, a.notes
	for ; at < uint(len(near)); at++ {
		entry := atomic.LoadUint32(&next[row+uint32(a.class[near[at]])])
		if entry&1 != 0 {
			row = entry >> 1
			continue
		}
		n := &notes[entry>>1]
		if n.kind&telling != 0 {
			return entry, row, at, gone
		}
		trail[gone] = footprint{entry >> 1, uint32(at)}
		gone++
		row = n.row
	}
	return 0, row, at, gone
}

// retrace sets the groups of a match to where they started and ended last on the way
// to it.
func (m *Machine) retrace(groups int, a *automaton, way []footprint, end footprint, start int) {
	if cap(m.caps) < 2*groups {
		m.caps = make([]int, 2*groups)
	}
	m.caps = m.caps[:2*groups]
	m.caps[0], m.caps[1] = start, start+int(end.at)
	n := &a.notes[end.note]
	track, open := n.ended, noteSet(1<<len(m.caps)-1)&^3
	open = n.endedSets.tell(open, m.caps, m.caps[1])
	for i := len(way) - 1; i >= 0 && open != 0; i-- {
		n := &a.notes[way[i].note]
		open = n.sets[track%mostTracks].tell(open, m.caps, start+int(way[i].at))
		track = n.from[track%mostTracks]
	}
	open = a.opened.tell(open, m.caps, start)
	open.tell(open, m.caps, -1)
}

// tell notes pos for those of a set that are open, and returns which still are.
func (s noteSet) tell(open noteSet, caps []int, pos int) noteSet {
	for left := s & open; left != 0; left &= left - 1 {
		caps[bits.TrailingZeros8(uint8(left))] = pos
	}
	return open &^ s
}
