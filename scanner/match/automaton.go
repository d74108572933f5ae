package match

import (
	"math"
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
	// next has for each state a row, with a move for each class; 0 where none was made
	// yet. A note is there before a move has its index.
	next  []uint32
	notes []note

	mu     sync.Mutex // of what follows
	rows   map[string]int
	states []state
	places map[note]int // where each is
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

// A move is what a run does at a byte: it goes on in a row, and there may be a note of
// what starts or ends. It says itself what a run has to know to go on, so that no note
// is read on the way.
type move uint32

const (
	// noted says that there is a note, and leads that the run goes on, and no match
	// ended.
	noted move = 1 << iota
	leads

	noteShift = iota
	rowShift  = noteShift + 12
)

func (m move) note() uint32 { return uint32(m >> noteShift & (1<<(rowShift-noteShift) - 1)) }
func (m move) row() uint32  { return uint32(m >> rowShift) }

// A note says more of a move than where it leads to.
type note struct {
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
)

const (
	// atEnd stands for the byte that is none.
	atEnd = -1
	// mostWalked bounds the bytes that a run of an automaton looks at; the others
	// what an automaton is made of.
	mostWalked  = math.MaxUint8
	mostStates  = 1024 // with up to 256 moves each, so that a move has room for a row
	mostNotes   = 4 * mostStates
	mostThreads = 32
	mostTracks  = 8
	mostBounds  = 8
)

// A trail is what a walk came past.
type trail [mostWalked + 1]footprint

// A footprint is a move that a run made, and where.
type footprint struct {
	move move
	at   uint32
}

// walk tries the program at a place in data by its automaton. Not sure says that the
// automaton cannot tell. Of a match the groups are in m.caps: they are found on the
// way back, since most of what starts and ends on the way is of no match.
func (m *Machine) walk(p *Program, data []byte, start int) (outcome Outcome, sure bool) {
	a := p.automaton()
	if a.width == 0 {
		return NoMatch, false
	}
	near := data[:min(len(data), start+mostWalked)]
	row, at := a.begin(data, start), uint(start)
	var best footprint  // of the match
	var way, gone uint8 // how many were noted on the way to it, and in all
	for {
		var next move
		next, row, at, gone = m.stride(a, near, row, at, gone)
		if next == 0 {
			class := a.end
			if int(at) < len(near) {
				class = int(a.class[near[at]])
			} else if len(near) < len(data) {
				return NoMatch, false
			}
			next = a.extend(row, class)
		}
		if next&leads == 0 {
			n := &a.notes[next.note()]
			if n.kind&unknown != 0 {
				return NoMatch, false
			}
			if n.kind&matched != 0 {
				outcome, best, way = Match, footprint{next, uint32(at)}, gone
			}
			if n.kind&over != 0 {
				m.reach(int(at))
				if outcome == Match {
					m.retrace(p.groups, a, m.trail[:way], best, start)
				}
				return outcome, true
			}
		}
		m.trail[gone] = footprint{next, uint32(at)}
		gone += uint8(next & noted)
		row = next.row()
		at++
	}
}

// stride goes on from a row and a place as long as the moves are there and lead on. It
// returns the one where that ends, 0 if it is not there, and what a run then stands
// at. It calls nothing, so that all of this stays in registers, and does not branch on
// whether there is a note, which is hard to foretell.
func (m *Machine) stride(a *automaton, near []byte, row uint32, at uint, gone uint8) (move, uint32, uint, uint8) {
	moves, trail := a.next, &m.trail
	for ; at < uint(len(near)); at++ {
		next := move(atomic.LoadUint32(&moves[row+uint32(a.class[near[at]])]))
		if next&leads == 0 {
			return next, row, at, gone
		}
		trail[gone] = footprint{next, uint32(at)}
		gone += uint8(next & noted)
		row = next.row()
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
	caps, notes := m.caps, a.notes
	caps[0], caps[1] = start, int(end.at)
	n := &notes[end.move.note()]
	track, open := n.ended, noteSet(1<<len(caps)-1)&^3
	open = n.endedSets.tell(open, caps, int(end.at))
	for i := len(way) - 1; i >= 0; i-- {
		n := &notes[way[i].move.note()]
		open = n.sets[track%mostTracks].tell(open, caps, int(way[i].at))
		track = n.from[track%mostTracks]
	}
	open = a.opened.tell(open, caps, start)
	open.tell(open, caps, -1)
}

// tell notes pos for those of a set that are open, and returns which still are.
func (s noteSet) tell(open noteSet, caps []int, pos int) noteSet {
	for left := s & open; left != 0; left &= left - 1 {
		caps[bits.TrailingZeros8(uint8(left))] = pos
	}
	return open &^ s
}
