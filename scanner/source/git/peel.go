package git

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// A peeler follows refs to what they stand for: through tags to a commit, as a
// rule. It asks one cat-file, in step. It is for one goroutine.
type peeler struct {
	scan *scan
	refs *refs
	git  *process
	tags map[oid]int // that were met, by where they are in refs.objects
}

func (p *peeler) end() {
	if p.git != nil {
		p.git.kill()
	}
}

// ref follows one ref.
func (p *peeler) ref(ctx context.Context, id oid, kind, name string) error {
	for depth := range mostTags {
		switch kind {
		case "commit":
			p.refs.name(id, name)
			if strings.HasPrefix(name, "refs/notes/") {
				p.scan.notes = append(p.scan.notes, id)
			}
			return nil
		case "blob":
			p.refs.objects = append(p.refs.objects, object{id: id, kind: blobObject, path: tagPath(name), ref: name})
			return nil
		case "tree":
			return p.tree(ctx, id, name)
		case "tag":
		default:
			return fmt.Errorf("an object of type %q", kind)
		}
		text, err := p.read(ctx, id)
		if err != nil {
			return err
		}
		t := parseTag(text)
		p.tag(id, name, t.name, depth)
		if t.kind == "" {
			return fmt.Errorf("tag %s names no object", p.scan.log.hex(id))
		}
		id, kind = t.object, t.kind
	}
	return fmt.Errorf("a tag of more than %d tags", mostTags)
}

// tag adds a tag object, once: by the ref that names it, where one does, else by
// the name that it gives itself.
func (p *peeler) tag(id oid, name, own string, depth int) {
	o := object{id: id, kind: tagObject, path: tagPath(name), ref: name}
	if depth > 0 && own != "" {
		o.path = "tag:" + own
	}
	at, met := p.tags[id]
	switch {
	case !met:
		if p.tags == nil {
			p.tags = map[oid]int{}
		}
		p.tags[id] = len(p.refs.objects)
		p.refs.objects = append(p.refs.objects, o)
	case depth == 0:
		p.refs.objects[at] = o
	}
}

// tagPath is how reports name what stands at a ref and is no commit.
func tagPath(name string) string {
	if tag, ok := strings.CutPrefix(name, "refs/tags/"); ok {
		return "tag:" + tag
	}
	return "ref:" + name
}

// tree reads all files of a tree that a ref names without a commit.
func (p *peeler) tree(ctx context.Context, id oid, name string) error {
	out, err := p.scan.repo.git.output(ctx, "ls-tree", "-r", "-z", "--full-tree", p.scan.log.hex(id))
	for _, entry := range strings.Split(string(out), "\x00") {
		head, path, _ := strings.Cut(entry, "\t")
		if fields := strings.Fields(head); len(fields) == 3 && fields[1] == "blob" {
			if blob, ok := parseOID(fields[2]); ok {
				p.refs.objects = append(p.refs.objects, object{id: blob, kind: blobObject, path: tagPath(name) + "/" + valid(path), ref: name})
			}
		}
	}
	return err
}

// mostHeader bounds objects that are read to be understood, in bytes.
const mostHeader = 1 << 20

// read returns the first bytes of an object.
func (p *peeler) read(ctx context.Context, id oid) ([]byte, error) {
	return p.atMost(ctx, id, mostHeader)
}

// readAll returns an object, unless it is too large to be compared.
func (p *peeler) readAll(ctx context.Context, id oid) ([]byte, error) {
	text, err := p.atMost(ctx, id, mostCompared+1)
	if len(text) > mostCompared {
		return nil, err
	}
	return text, err
}

func (p *peeler) atMost(ctx context.Context, id oid, most int64) ([]byte, error) {
	if p.git == nil {
		var err error
		if p.git, err = p.scan.repo.git.start(ctx, "cat-file", "--batch"); err != nil {
			return nil, err
		}
	}
	text, err := p.content(id, most)
	if err != nil {
		err = cmpErr(p.git.end(), err)
		p.git = nil
	}
	return text, err
}

// content returns at most so many bytes of an object; of one that is not there
// it returns none.
func (p *peeler) content(id oid, most int64) ([]byte, error) {
	if _, err := fmt.Fprintln(p.git.in, p.scan.log.hex(id)); err != nil {
		return nil, err
	}
	line, err := p.git.out.ReadSlice('\n')
	if err != nil {
		return nil, unexpected(err)
	}
	var name, kind string
	var size int64
	if n, _ := fmt.Sscan(string(line), &name, &kind, &size); n != 3 {
		if kind == "missing" {
			return nil, nil
		}
		return nil, fmt.Errorf("git cat-file says %q", bytes.TrimSpace(line))
	}
	c := &content{from: p.git.out, left: size}
	text, err := io.ReadAll(io.LimitReader(c, most))
	if err = cmpErr(err, c.drain()); err != nil {
		return nil, err
	}
	_, err = p.git.out.ReadByte()
	return text, err
}

// A tag is what a tag object says.
type tag struct {
	object oid
	kind   string
	name   string
	by     scanner.Commit // who made it, and when
}

func parseTag(text []byte) (t tag) {
	for name, value := range headers(text) {
		switch name {
		case "object":
			t.object, _ = parseOID(value)
		case "type":
			t.kind = value
		case "tag":
			t.name = valid(value)
		case "tagger":
			t.by.Author, t.by.Email, t.by.Date = signature(value)
		}
	}
	t.by.Subject = subject(text)
	return t
}
