package scanner

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// mostJoined bounds the pairs of history entries and steps that are compared;
// beyond it nothing is joined.
const mostJoined = 4 << 20

// Join names for each entry of an image's history, oldest first, the step of a
// Dockerfile that made it, nil where no step did or more than one could have.
// The steps are those that reach the image, in order, the steps of the base
// stages before. It knows how Docker, BuildKit, buildah and kaniko write
// history, and goes by the order, the kind of instruction, the destination of
// what is copied, the names of what is set and the text of what is run.
func Join(steps []Step, history []string) []*Step {
	joined := make([]*Step, len(history))
	if len(steps) == 0 || len(history) == 0 || len(steps) > mostJoined/len(history) {
		return joined
	}
	a := alignment{height: len(history), width: len(steps)}
	a.weigh(steps, history)
	for i := range history {
		if j, sure := a.partner(i); sure {
			joined[i] = &steps[j]
		}
	}
	return joined
}

// An alignment is the best way to lay two sequences side by side without
// crossing: the one with the greatest sum of weights.
type alignment struct {
	height, width int
	weight        []uint8 // of history entry i and step j, at i*width+j; 0: unlike
	before, after []int32 // the best sums of all before, and all from, (i, j)
}

func (a *alignment) at(i, j int) int { return i*(a.width+1) + j }

func (a *alignment) weigh(steps []Step, history []string) {
	made := make([]made, len(steps))
	for j, s := range steps {
		made[j] = instructionOf(s.Instruction)
	}
	a.weight = make([]uint8, a.height*a.width)
	for i, text := range history {
		entry := entryOf(text)
		for j := range made {
			a.weight[i*a.width+j] = made[j].likeness(entry)
		}
	}
	cells := (a.height + 1) * (a.width + 1)
	a.before, a.after = make([]int32, cells), make([]int32, cells)
	for i := 1; i <= a.height; i++ {
		for j := 1; j <= a.width; j++ {
			a.before[a.at(i, j)] = max(a.before[a.at(i-1, j)], a.before[a.at(i, j-1)], a.before[a.at(i-1, j-1)]+a.pair(i-1, j-1))
		}
	}
	for i := a.height - 1; i >= 0; i-- {
		for j := a.width - 1; j >= 0; j-- {
			a.after[a.at(i, j)] = max(a.after[a.at(i+1, j)], a.after[a.at(i, j+1)], a.after[a.at(i+1, j+1)]+a.pair(i, j))
		}
	}
}

// pair returns what it is worth to lay i beside j; what is unlike costs more
// than anything gains.
func (a *alignment) pair(i, j int) int32 {
	if w := a.weight[i*a.width+j]; w > 0 {
		return int32(w)
	}
	return -1 << 20
}

// partner returns the step that entry i lies beside in every best alignment.
func (a *alignment) partner(i int) (step int, sure bool) {
	best := a.after[a.at(0, 0)]
	step = -1
	for j := range a.width + 1 {
		if a.before[a.at(i, j)]+a.after[a.at(i+1, j)] == best {
			return -1, false // it is as good to leave the entry out
		}
		if j < a.width && a.before[a.at(i, j)]+a.pair(i, j)+a.after[a.at(i+1, j+1)] == best {
			if step >= 0 {
				return -1, false
			}
			step = j
		}
	}
	return step, step >= 0
}

// made is what an instruction says, in the words that history repeats.
type made struct {
	verb string
	// text is the command of RUN, else the arguments, with single spaces.
	text string
	// key is the destination of COPY and ADD, the first of the names.
	key string
	// names are what ENV, LABEL and ARG set.
	names []string
}

var (
	continued  = regexp.MustCompile(`\\[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*`)
	flags      = regexp.MustCompile(`^(?:--[a-z]+(?:=(?:"[^"]*"|\S)*)?\s+)+`)
	buildArgs  = regexp.MustCompile(`^\|\d+ `)
	digestFrom = regexp.MustCompile(`^(?:file|dir|multi):[0-9a-f]+ in `)
)

// instructionOf reads an instruction as a Dockerfile has it.
func instructionOf(text string) made {
	verb, rest, _ := strings.Cut(strings.TrimSpace(continued.ReplaceAllString(text, " ")), " ")
	verb = strings.ToUpper(verb)
	rest = flags.ReplaceAllString(strings.TrimSpace(rest), "")
	var words []string
	if strings.HasPrefix(rest, "[") && json.Unmarshal([]byte(rest), &words) == nil {
		rest = strings.Join(words, " ")
	}
	return madeOf(verb, rest)
}

// entryOf reads a history entry.
func entryOf(text string) made {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "# buildkit"))
	if i := strings.Index(text, "#(nop)"); i >= 0 {
		text = strings.TrimSpace(text[i+len("#(nop)"):])
	}
	verb, rest, _ := strings.Cut(text, " ")
	switch {
	case verb == "RUN", buildArgs.MatchString(text), strings.HasPrefix(verb, "/"):
		if verb == "RUN" {
			text = rest
		}
		return made{verb: "RUN", text: spaced(text)}
	case verb == "COPY" || verb == "ADD":
		rest = digestFrom.ReplaceAllString(rest, "")
	}
	return madeOf(verb, rest)
}

// madeOf tells the parts of what an instruction says.
func madeOf(verb, rest string) made {
	m := made{verb: verb, text: spaced(rest)}
	switch words := strings.Fields(rest); verb {
	case "COPY", "ADD":
		if len(words) > 0 {
			m.key = strings.TrimSuffix(strings.Trim(words[len(words)-1], `"]`), "/")
		}
	case "ENV", "LABEL", "ARG":
		for i, word := range words {
			if name, _, assigned := strings.Cut(word, "="); assigned || i == 0 {
				m.names = append(m.names, strings.Trim(name, `"'`))
			}
		}
		if len(m.names) > 0 {
			m.key = m.names[0]
		}
	}
	return m
}

// LastSetting returns the last step with the instruction that sets the name,
// or, without a name, the last step with the instruction; nil if there is none.
func LastSetting(steps []Step, verb, name string) *Step {
	for i := len(steps) - 1; i >= 0 && verb != ""; i-- {
		if m := instructionOf(steps[i].Instruction); m.verb == verb && (name == "" || slices.Contains(m.names, name)) {
			return &steps[i]
		}
	}
	return nil
}

func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// likeness tells how well an entry fits the instruction: 0 not at all.
func (m made) likeness(entry made) uint8 {
	if m.verb != entry.verb {
		return 0
	}
	switch m.verb {
	case "RUN":
		// Before the command stand build arguments and the shell; what a
		// heredoc becomes differs by builder.
		switch {
		case m.text != "" && strings.HasSuffix(entry.text, m.text):
			return 9
		case strings.Contains(m.text, "<<"):
			return 2
		}
		return 0
	case "COPY", "ADD":
		switch {
		case m.key == entry.key:
			return 6
		case strings.Contains(m.key, "$"), !strings.HasPrefix(m.key, "/"):
			return 2 // expanded, or made absolute, in history
		}
		return 0
	case "ENV", "LABEL", "ARG":
		if m.key != entry.key {
			return 0
		}
	}
	if m.text == entry.text {
		return 6
	}
	return 4
}
