package image

import (
	"regexp"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// steps are the instructions of a Dockerfile that made an image, as far as its
// history tells.
type steps struct {
	all   []scanner.Step
	made  []*scanner.Step // by history entry; nil where none, or more than one, could have
	known bool            // some entry was made by some step
}

// joinSteps finds out which step made what. A single layer above the base that
// no one step made is the whole of the Dockerfile, squashed.
func joinSteps(all []scanner.Step, c *config, img *image) steps {
	s := steps{all: all}
	if len(all) == 0 {
		return s
	}
	history := make([]string, len(c.history))
	for i, h := range c.history {
		history[i] = h.createdBy
	}
	s.made = scanner.Join(all, history)
	for i, step := range s.made {
		if step != nil {
			s.made[i], s.known = shown(step), true
		}
	}
	if len(img.parts)-img.below != 1 {
		return s
	}
	if i := img.parts[img.below].layer.History; i >= 0 && s.made[i] == nil {
		first, last := all[0], all[len(all)-1]
		s.made[i] = &scanner.Step{File: first.File, Line: first.Line, EndLine: last.EndLine, Stage: last.Stage}
		s.known = true
	}
	return s
}

// entry returns the step that made a history entry, nil if that is not known.
func (s *steps) entry(i int) *scanner.Step {
	if i < 0 || i >= len(s.made) {
		return nil
	}
	return s.made[i]
}

// instructionFor returns the instruction that sets a field of the
// configuration.
func instructionFor(field string) string {
	switch field {
	case "Env", "Cmd", "Entrypoint", "Healthcheck", "OnBuild", "Shell":
		return strings.ToUpper(field)
	case "Labels":
		return "LABEL"
	}
	return ""
}

var settingPath = regexp.MustCompile(`^config\.([A-Z][A-Za-z]+)(?:\[([^\]]*)\])?`)

// setting returns the step that set what stands at a path of the configuration.
func (s *steps) setting(path string) *scanner.Step {
	m := settingPath.FindStringSubmatch(path)
	if m == nil || !s.known {
		return nil
	}
	name := ""
	if m[1] == "Env" || m[1] == "Labels" {
		name = m[2]
	}
	if step := scanner.LastSetting(s.all, instructionFor(m[1]), name); step != nil {
		return shown(step)
	}
	return nil
}

// maxInstruction bounds the text of an instruction in a report.
const maxInstruction = 1000

// shown returns a step as reports have it.
func shown(s *scanner.Step) *scanner.Step {
	c := *s
	if len(c.Instruction) > maxInstruction {
		c.Instruction = strings.ToValidUTF8(c.Instruction[:maxInstruction], "") + "..."
	}
	return &c
}
