package dockerfile

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// A stage is what one FROM begins.
type stage struct {
	index   int
	name    string // empty if it has none
	from    string // the image or stage, as it is written until scopes are known
	base    *stage // the stage it goes on from, nil for an image
	reached bool   // it is a part of the image that is built
	env     *scope // once it was gone through
	workdir string // absolute, empty while it is the image's own
	pulls   []pull
	carried carried // by COPY --from
}

// String returns the name of the stage, or its number.
func (s *stage) String() string {
	switch {
	case s == nil:
		return ""
	case s.name == "":
		return strconv.Itoa(s.index)
	}
	return s.name
}

// stageNamed returns the stage that a reference from before stage n means.
func (f *file) stageNamed(name string, n int) *stage {
	same := f.names[strings.ToLower(name)]
	i := sort.Search(len(same), func(i int) bool { return same[i].index >= n })
	if i == 0 {
		return nil
	}
	return same[i-1]
}

// target marks the stages that the image of that name, empty for the last, is
// made of: the one that is built, and those it goes on from.
func (f *file) target(name string) error {
	last := f.stages[len(f.stages)-1]
	if name != "" {
		last = f.stageNumbered(name, len(f.stages))
	}
	if last == nil {
		return fmt.Errorf("no stage %q", cut(name, 100))
	}
	for s := last; s != nil && !s.reached; s = s.base {
		s.reached = true
	}
	f.carry()
	return nil
}

// stageNumbered returns the stage before stage n that a name or a number means.
func (f *file) stageNumbered(name string, n int) *stage {
	s := f.stageNamed(name, n)
	if i, err := strconv.Atoi(name); s == nil && err == nil && i >= 0 && i < n {
		s = f.stages[i]
	}
	return s
}

// Exposures beside those of the kinds of origins: who can see a text of a
// Dockerfile in what is built from it.
const (
	inConfig  = "image config"
	inHistory = "history"
	inLayer   = "layer"
	inCache   = "build cache"
	inFile    = "working tree"
)

// exposure says who can see what stands in an instruction, in its heredocs if
// body.
func (ins *instruction) exposure(body bool) string {
	switch {
	case ins.stage == nil: // an ARG before the first FROM
		return inFile
	case !ins.stage.reached && body && ins.stage.carried.holds(ins.bodyDestinations()...):
		return inLayer
	case !ins.stage.reached:
		return inCache
	case ins.onbuild:
		return inConfig
	}
	switch ins.name {
	case "COPY", "ADD":
		if body {
			return inLayer
		}
		return inHistory
	case "RUN", "ARG", "FROM":
		return inHistory
	}
	return inConfig
}

// bodyDestinations returns where the heredocs of an instruction end up.
func (ins *instruction) bodyDestinations() []string {
	if ins.name != "COPY" && ins.name != "ADD" {
		return nil
	}
	var all []string
	for _, b := range ins.bodies {
		all = append(all, destinations(ins.to, b.name, "")...)
	}
	return all
}

// A copied is what COPY or ADD takes from the context.
type copied struct {
	*instruction
	sources []string // patterns, with variables replaced
	exclude []string
	dest    string
}

// copied returns what an instruction takes from the context, nil if nothing.
func (r resolved) copied(w *walk) *copied {
	var c *copied
	switch cmd := r.command.(type) {
	case *instructions.CopyCommand:
		if cmd.From != "" {
			return nil
		}
		c = &copied{sources: cmd.SourcePaths, exclude: cmd.ExcludePatterns, dest: cmd.DestPath}
	case *instructions.AddCommand:
		c = &copied{sources: cmd.SourcePaths, exclude: cmd.ExcludePatterns, dest: cmd.DestPath}
	default:
		return nil
	}
	c.instruction = r.instruction
	var local []string
	for _, source := range c.sources {
		source = w.word(source, r.scope)
		if len(source) <= maxPath && !(r.name == "ADD" && remote(source)) {
			local = append(local, unset.ReplaceAllString(source, "*"))
		}
	}
	c.sources, c.dest = local, w.word(c.dest, r.scope)
	if len(local) == 0 {
		return nil
	}
	return c
}

// maxPath bounds what may be the path of a file.
const maxPath = 4096

// unset is a reference to what only the build knows, such as the platform.
var unset = regexp.MustCompile(`\$(\w+|\{\w+\})`)

// remote reports whether ADD would fetch a source.
func remote(source string) bool {
	return strings.Contains(source, "://") || strings.HasPrefix(source, "git@")
}

// dest returns where COPY or ADD puts what it takes, as it is written.
func (ins *instruction) dest() string {
	words := strings.Fields(ins.text)
	return words[len(words)-1]
}
