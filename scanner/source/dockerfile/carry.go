package dockerfile

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// A pull is what COPY --from takes from a stage.
type pull struct {
	from  *stage
	paths []string // absolute
}

// maxCarried bounds the paths that are told apart; with more, a stage is taken
// to be carried whole.
const maxCarried = 64

// track notes where an instruction puts files and takes them from.
func (w *walk) track(ins *instruction) {
	if ins.stage == nil || ins.onbuild {
		return
	}
	switch c := ins.command.(type) {
	case *instructions.CopyCommand:
		ins.to = w.destination(ins.stage, c.DestPath)
		if from := w.file.stageNumbered(w.word(c.From, w.now), ins.stage.index); from != nil {
			p := pull{from: from}
			for _, source := range c.SourcePaths {
				p.paths = append(p.paths, fixedPart(path.Clean("/"+w.word(source, w.now))))
			}
			ins.stage.pulls = append(ins.stage.pulls, p)
		}
	case *instructions.AddCommand:
		ins.to = w.destination(ins.stage, c.DestPath)
	default:
		if ins.name == "WORKDIR" {
			ins.stage.workdir = w.destination(ins.stage, strings.TrimSpace(ins.text[len("WORKDIR"):]))
		}
	}
}

// destination returns an absolute path; empty if that of the image's own
// working folder would have to be known.
func (w *walk) destination(s *stage, at string) string {
	at = w.word(at, w.now)
	switch {
	case len(at) > maxPath || strings.ContainsRune(at, '$'):
		return ""
	case path.IsAbs(at):
	case s.workdir == "":
		return ""
	default:
		at = s.workdir + "/" + at
	}
	clean := path.Clean(at)
	if strings.HasSuffix(at, "/") && clean != "/" {
		clean += "/"
	}
	return strings.Clone(clean)
}

// fixedPart returns the folder that all that a pattern matches lies in, or the
// path itself.
func fixedPart(pattern string) string {
	if i := strings.IndexAny(pattern, "*?[$"); i >= 0 {
		return path.Dir(pattern[:i] + "x")
	}
	return strings.Clone(pattern)
}

// carry finds out what of the stages that are no part of the image gets into it
// all the same.
func (f *file) carry() {
	for _, s := range slices.Backward(f.stages) {
		if !s.reached && len(s.carried) == 0 {
			continue
		}
		for _, p := range s.pulls {
			p.from.carried.add(p.paths)
		}
		if s.base != nil {
			s.base.carried.add(s.carried)
		}
	}
}

// carried are the paths of a stage that get into the image.
type carried []string

func (c *carried) add(paths []string) {
	if *c = append(*c, paths...); len(*c) > maxCarried {
		*c = carried{"/"}
	}
}

// holds reports whether what lies at one of the paths, of which an empty one
// may be any, gets into the image.
func (c carried) holds(at ...string) bool {
	return slices.ContainsFunc(at, func(p string) bool {
		return slices.ContainsFunc(c, func(c string) bool {
			return p == "" || c == "/" || strings.HasPrefix(path.Clean(p)+"/", c+"/")
		})
	})
}

// destinations returns where what is put to a path may end up, which is empty
// if it is not known: a file taken as source, or as the rest of a path below it.
func destinations(to, source, rest string) []string {
	if to == "" {
		return []string{""}
	}
	return []string{to, path.Join(to, path.Base(path.Join(source, rest))), path.Join(to, rest)}
}
