package reporters

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-sec/sluice/scanner"
)

// inImage reports whether what is read there is a part of an image.
func inImage(k scanner.OriginKind) bool {
	switch k {
	case scanner.InLayer, scanner.Config, scanner.History, scanner.Blob:
		return true
	}
	return false
}

// inHead reports whether what is read there stands in the working tree as well,
// or in what the next commit makes of it: a file at the tip of HEAD, one that is
// staged.
func inHead(p *scanner.Place) bool {
	switch p.Origin.Kind {
	case scanner.Staged:
		return true
	case scanner.InCommit:
		return p.State == scanner.Live && p.Ref == "HEAD"
	}
	return false
}

// inTree reports whether a working tree has a file of this path with it.
func inTree(p *scanner.Place) bool {
	return p.Origin.Kind == scanner.File && p.Origin.Commit == nil || inHead(p)
}

// fate says what became of content: "deleted in layer 5, still extractable",
// "live at refs/heads/main". It is empty for what cannot be deleted.
func fate(p *scanner.Place) string {
	if p.State != scanner.Overwritten && p.State != scanner.Deleted {
		if p.State == scanner.Live && p.Ref != "" {
			return "live at " + p.Ref
		}
		return p.State.String()
	}
	switch by := p.By; {
	case by != nil && by.Layer != nil:
		return fmt.Sprintf("%s in layer %d, still extractable", p.State, by.Layer.Index)
	case by != nil && by.Commit != nil:
		return fmt.Sprintf("%s in commit %s%s, still in the history", p.State, short(by.Commit.ID), authorship(by.Commit))
	}
	if p.Origin != nil && p.Origin.Kind == scanner.InCommit {
		return p.State.String() + ", still in the repository"
	}
	return p.State.String() + ", still extractable"
}

// authorship says who made a commit and when: " by A. Author on 2024-06-01".
func authorship(c *scanner.Commit) string {
	var text string
	if c.Author != "" {
		text = " by " + oneLine(c.Author)
	}
	if date := written(c.Date, time.DateOnly); date != "" {
		text += " on " + date
	}
	return text
}

// commitName names a commit, or the tag that is told as one.
func commitName(o *scanner.Origin) string {
	kind := "commit "
	if o.Commit.ID == o.Object && strings.HasPrefix(o.Path, "tag:") {
		kind = "tag "
	}
	return kind + short(o.Commit.ID)
}

// short shortens a digest or a commit id to what tells it from others.
func short(id string) string {
	algorithm, hex, found := strings.Cut(id, ":")
	if !found {
		algorithm, hex = "", id
	} else {
		algorithm += ":"
	}
	return algorithm + hex[:min(len(hex), 12)]
}

// layerName names a layer by index and digest.
func layerName(l *scanner.Layer) string {
	return strings.TrimSpace(fmt.Sprintf("layer %d %s", l.Index, short(cmp.Or(l.Digest, l.DiffID))))
}

// inHistory names the history entry of an origin's layer and what it says:
// "history[3] RUN make". It is empty if there is none, and does not name what
// is itself the origin.
func inHistory(o *scanner.Origin) string {
	made := madeBy(o.Layer)
	if made == "" || o.Layer.History < 0 || o.Kind == scanner.History {
		return made
	}
	return fmt.Sprintf("history[%d] %s", o.Layer.History, made)
}

// madeBy is what history says of a layer, on one line and without the
// wrapping that builders put round an instruction.
func madeBy(l *scanner.Layer) string {
	text := oneLine(l.CreatedBy)
	text = strings.TrimSuffix(text, " # buildkit")
	if instruction, ok := strings.CutPrefix(text, "/bin/sh -c #(nop) "); ok {
		return instruction
	}
	command := strings.TrimPrefix(strings.TrimPrefix(text, "RUN "), "/bin/sh -c ")
	if command == text {
		return text
	}
	return "RUN " + command
}

// position is a path with where in it the value stands, the way editors and
// compilers write it. A value that is no file has no lines worth naming, and
// a rule that judges by the path alone found no value.
func position(at *scanner.Occurrence) string {
	name := at.Origin.FullPath()
	switch at.Origin.Kind {
	case scanner.Config, scanner.History:
		return name
	case scanner.Stdin:
		name = cmp.Or(name, "standard input")
	}
	if at.Span.Length == 0 {
		return name
	}
	return fmt.Sprintf("%s:%d:%d", name, at.Span.Line, at.Span.Column)
}

// annotated is the file of the working tree that somebody changes to mend a
// place, and where in it: the file itself, the Dockerfile that made it. It is
// false for what is in no tree.
func annotated(at *scanner.Occurrence) (file string, where scanner.Span, ok bool) {
	switch step := at.Origin.Step; {
	case step != nil && inImage(at.Origin.Kind):
		return step.File, scanner.Span{Line: step.Line, EndLine: step.EndLine}, step.File != ""
	case inTree(&at.Place):
		where = at.Span
		if at.Origin.Member != "" || where.Length == 0 {
			where = scanner.Span{} // a file in an archive has lines of its own
		}
		return at.Origin.Path, where, at.Origin.Path != ""
	}
	return "", scanner.Span{}, false
}
