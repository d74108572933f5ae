package match

import (
	"cmp"
	"encoding/binary"
	"math"
	"regexp/syntax"
	"slices"
	"sync/atomic"
	"unicode/utf8"
)

// automaton returns the program's automaton, one without rows where it can have none.
func (p *Program) automaton() *automaton {
	if a := p.tables.Load(); a != nil {
		return a
	}
	return p.tabulate()
}

func (p *Program) tabulate() *automaton {
	p.tabled.Do(func() { p.tables.Store(newAutomaton(p)) })
	return p.tables.Load()
}

func newAutomaton(p *Program) *automaton {
	a := &automaton{program: p, rows: map[string]int{}, places: map[note]int{}}
	if !a.sort() || 2*p.groups > mostBounds {
		return &automaton{}
	}
	a.next, a.notes = make([]uint32, mostStates*a.width), make([]note, mostNotes)
	a.notes[0].kind = unknown
	first := thread{}
	for ; p.insts[first.at].op == opGroup; first.at++ {
		a.opened |= 1 << p.insts[first.at].arg
	}
	a.rowOf(state{threads: []thread{first}})
	if a.words {
		a.rowOf(state{threads: []thread{first}, word: true})
	}
	return a
}

// sort sorts the bytes into classes, the likeliest first: so the entries of a row
// that runs come to lie together. It returns false if there are too many, or what
// stands before a place counts.
func (a *automaton) sort() bool {
	classes := []bitSet{{math.MaxUint64, math.MaxUint64}, {2: math.MaxUint64, 3: math.MaxUint64}}
	for at := range a.program.insts {
		i := &a.program.insts[at]
		switch i.op {
		case opChar, opGreedy, opLazy:
			classes = split(classes, i.set.bits)
		case opFixed, opFolded:
			for _, set := range i.sets {
				classes = split(classes, set.bits)
			}
		case opAssert:
			switch i.kind {
			case syntax.EmptyEndText:
			case syntax.EmptyEndLine:
				classes = split(classes, setOfBytes(func(b byte) bool { return b == '\n' }))
			case syntax.EmptyWordBoundary, syntax.EmptyNoWordBoundary:
				a.words = true
				classes = split(classes, setOfBytes(word))
			default:
				return false
			}
		}
	}
	if len(classes) >= math.MaxUint8 {
		return false
	}
	likely := func(class bitSet) float64 {
		sum := 0.0
		for b := range 256 {
			if class.has(byte(b)) {
				sum += chance(byte(b))
			}
		}
		return sum
	}
	slices.SortFunc(classes, func(a, b bitSet) int { return cmp.Compare(likely(b), likely(a)) })
	for c := range classes {
		sample := 0
		for b := 255; b >= 0; b-- {
			if classes[c].has(byte(b)) {
				a.class[b], sample = uint8(c), b
			}
		}
		a.samples = append(a.samples, sample)
	}
	a.end = len(a.samples)
	a.samples = append(a.samples, atEnd)
	a.width = (len(a.samples) + entriesAtOnce - 1) / entriesAtOnce * entriesAtOnce
	return true
}

// entriesAtOnce are those that memory is read by.
const entriesAtOnce = 16

// lost is the move of all that is not known. Its note is the first.
const lost = noted

func setOfBytes(holds func(byte) bool) (s bitSet) {
	for b := range 256 {
		if holds(byte(b)) {
			s.add(byte(b))
		}
	}
	return s
}

// begin returns the row that a run starts in.
func (a *automaton) begin(data []byte, start int) uint32 {
	if a.words && start > 0 && word(data[start-1]) {
		return uint32(a.width)
	}
	return 0
}

// extend returns the move of a row and a class, which is made if it is not there.
func (a *automaton) extend(row uint32, class int) move {
	at := int(row) + class
	if next := atomic.LoadUint32(&a.next[at]); next != 0 {
		return move(next)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if next := atomic.LoadUint32(&a.next[at]); next != 0 {
		return move(next)
	}
	next := a.moveOf(a.states[int(row)/a.width], a.samples[class])
	atomic.StoreUint32(&a.next[at], uint32(next))
	return next
}

// moveOf works out what comes of a state at a byte.
func (a *automaton) moveOf(s state, b int) move {
	if b >= utf8.RuneSelf {
		return lost
	}
	f := &a.room
	*f = follower{
		program: a.program, b: b, wordBefore: s.word, wordBehind: b != atEnd && word(byte(b)), note: note{kind: still},
		seen: f.seen[:0], next: f.next[:0],
	}
	for _, t := range s.threads {
		f.from = t.track
		f.follow(t.step, 0)
	}
	n := &f.note
	if len(f.next) > mostThreads || f.lost {
		return lost
	}
	var next move
	if n.count == 0 {
		n.kind |= over
	} else {
		row, ok := a.rowOf(state{f.next, a.words && f.wordBehind})
		if !ok {
			return lost
		}
		next = move(row << rowShift)
		if n.kind&matched == 0 {
			next |= leads
		}
		if n.kind == still && n.sets == [mostTracks]noteSet{} {
			return next
		}
	}
	at, known := a.places[*n]
	if !known {
		if at = len(a.places) + 1; at == mostNotes {
			return lost
		}
		a.notes[at], a.places[*n] = *n, at
	}
	return next | noted | move(at<<noteShift)
}

// rowOf returns where the row of a state starts, which is made if there is none;
// false if there are too many. It keeps no slice that it is given.
func (a *automaton) rowOf(s state) (int, bool) {
	key := a.key[:0]
	for _, t := range s.threads {
		key = binary.LittleEndian.AppendUint32(key, uint32(t.at))
		key = append(binary.LittleEndian.AppendUint32(key, uint32(t.done)), t.track)
	}
	if s.word {
		key = append(key, 1)
	}
	a.key = key
	if row, known := a.rows[string(key)]; known {
		return row, true
	}
	row := len(a.states) * a.width
	if len(a.states) == mostStates {
		return 0, false
	}
	a.rows[string(key)] = row
	s.threads = slices.Clone(s.threads)
	a.states = append(a.states, s)
	return row, true
}

// A follower goes from the threads of a state to those behind a byte.
type follower struct {
	program                *Program
	b                      int
	wordBefore, wordBehind bool
	from                   uint8 // the track of the thread that it goes on with
	seen                   []step
	next                   []thread
	note                   note
	lost                   bool // there are too many tracks
}

// follow goes on with a thread as far as it comes without a byte, and by this one
// from there.
func (f *follower) follow(t step, sets noteSet) {
	if f.note.kind&matched != 0 || f.lost || slices.Contains(f.seen, t) {
		return
	}
	f.seen = append(f.seen, t)
	i := &f.program.insts[t.at]
	switch i.op {
	case opMatch:
		f.note.kind, f.note.ended, f.note.endedSets = f.note.kind|matched, f.from, sets
	case opChar:
		f.take(i.set, step{at: t.at + 1}, sets)
	case opFixed, opFolded:
		next := step{t.at, t.done + 1}
		if int(next.done) == len(i.sets) {
			next = step{at: t.at + 1}
		}
		f.take(i.sets[t.done], next, sets)
	case opGreedy, opLazy:
		more := step{t.at, t.done + 1}
		if i.max < 0 {
			more.done = min(more.done, i.min)
		}
		if i.op == opLazy && t.done >= i.min {
			f.follow(step{at: t.at + 1}, sets)
		}
		if f.note.kind&matched == 0 && (i.max < 0 || t.done < i.max) {
			f.take(i.set, more, sets)
		}
		if i.op == opGreedy && t.done >= i.min {
			f.follow(step{at: t.at + 1}, sets)
		}
	case opSplit:
		next, last := t.at+1, i.arg
		if i.min == 1 {
			next, last = last, next
		}
		f.follow(step{at: next}, sets)
		f.follow(step{at: last}, sets)
	case opAlternate:
		for _, at := range i.branches.at {
			f.follow(step{at: at}, sets)
		}
	case opJump:
		f.follow(step{at: i.arg}, sets)
	case opGroup:
		f.follow(step{at: t.at + 1}, sets|1<<i.arg)
	case opAssert:
		if f.holds(i.kind) {
			f.follow(step{at: t.at + 1}, sets)
		}
	}
}

// take goes on behind the byte, if the set has it.
func (f *follower) take(set *charSet, next step, sets noteSet) {
	if f.b == atEnd || !set.ascii[f.b] || slices.ContainsFunc(f.next, func(t thread) bool { return t.step == next }) {
		return
	}
	n, track := &f.note, uint8(0)
	for track < n.count && (n.from[track] != f.from || n.sets[track] != sets) {
		track++
	}
	if track == n.count {
		if f.lost = track == mostTracks; f.lost {
			return
		}
		if n.from[track], n.sets[track] = f.from, sets; f.from != track {
			n.kind &^= still
		}
		n.count++
	}
	f.next = append(f.next, thread{next, track})
}

func (f *follower) holds(kind syntax.EmptyOp) bool {
	switch kind {
	case syntax.EmptyEndText:
		return f.b == atEnd
	case syntax.EmptyEndLine:
		return f.b == atEnd || f.b == '\n'
	}
	return (f.wordBefore != f.wordBehind) == (kind == syntax.EmptyWordBoundary)
}
