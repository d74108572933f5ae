package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
	"github.com/sluice-sec/sluice/scanner/source/git/pack"
)

// An object is one that is read and scanned.
type object struct {
	id     oid
	kind   objectKind
	path   string     // of a blob or a tag, as reports show it
	staged bool       // in the index, and in no commit
	ref    string     // that it stands at
	blob   int32      // its number, of one in a commit
	heir   int32      // the version of the file that follows it, none if it is not known
	at     pack.Place // in a pack
	loose  bool       // or it has a file of its own
}

// unaided reports whether an object is read without a git.
func (o *object) unaided() bool { return o.at.Found() || o.loose }

type objectKind uint8

const (
	blobObject objectKind = iota
	commitObject
	tagObject
)

// String is how git names a kind.
func (k objectKind) String() string {
	return [...]string{blobObject: "blob", commitObject: "commit", tagObject: "tag"}[k]
}

// packed is how packs name a kind.
func (k objectKind) packed() pack.Kind {
	return [...]pack.Kind{blobObject: pack.Blob, commitObject: pack.Commit, tagObject: pack.Tag}[k]
}

// objectsAtOnce bounds the ids that a cat-file is sent at once: two batches of
// them fit into the least pipe there is, so that writing never waits for a git
// that waits for us to read. It is also few enough that every reader has some of a
// history of few large files.
const objectsAtOnce = 128

// mostRestarts bounds how often git may end over an object before the rest is
// given up.
const mostRestarts = 100

// SkipLFS says why what a pointer of Git LFS stands for is not there.
const SkipLFS scanner.Reason = "Git LFS pointer, not followed"

// A reader reads objects and scans them while they are warm: by itself if it
// can, else a cat-file sends them. It is for one goroutine.
type reader struct {
	scan     *scan
	packs    *pack.Reader
	git      *process
	memory   memory
	again    []object // that git is to be asked for in the end
	restarts int
}

func newReader(s *scan, packs *pack.Reader) *reader {
	return &reader{scan: s, packs: packs}
}

// run reads the batches that come until there are no more. Where git sends them, one
// more than the one that is read is asked for, so that it never waits; else another
// reader could wait for it.
func (r *reader) run(ctx context.Context, batches <-chan []object) error {
	defer func() {
		if r.git != nil {
			r.git.kill()
		}
	}()
	var now, next []object
	for {
		if now == nil {
			batch, more := <-batches
			if !more {
				return r.close(ctx)
			}
			now = batch
			r.request(ctx, now)
		}
		if r.git != nil {
			select {
			case batch := <-batches: // nil once there are no more
				next = batch
				r.request(ctx, next)
			default:
			}
		}
		if err := r.receive(ctx, now, next); err != nil {
			return err
		}
		now, next = next, nil
	}
}

// close reads what is left, and lets git end by itself, which says whether it
// went well.
func (r *reader) close(ctx context.Context) error {
	for batch := range slices.Chunk(r.again, objectsAtOnce) {
		r.request(ctx, batch)
		if err := r.receive(ctx, batch, nil); err != nil {
			return err
		}
	}
	if r.git == nil {
		return nil
	}
	return r.git.end()
}

// request asks git for the objects that are not read without it. That git is
// gone is found when they are received.
func (r *reader) request(ctx context.Context, objects []object) {
	var lines []byte
	for _, o := range objects {
		if !o.unaided() {
			lines = append(append(lines, r.scan.log.hex(o.id)...), '\n')
		}
	}
	if lines == nil {
		return
	}
	if r.git == nil {
		var err error
		if r.git, err = r.scan.repo.git.start(ctx, "cat-file", "--batch"); err != nil {
			return
		}
	}
	_, _ = r.git.in.Write(lines)
}

// receive scans the objects that were requested. After them next were.
func (r *reader) receive(ctx context.Context, now, next []object) error {
	for i := range now {
		if err := ctx.Err(); err != nil {
			return err
		}
		o := &now[i]
		var err error
		if o.unaided() {
			err = r.unaided(ctx, o)
		} else {
			err = r.object(ctx, o)
		}
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.git != nil {
			r.git.kill()
			err = fmt.Errorf("%w: %w", err, cmpErr(r.git.end(), errors.New("git cat-file is out of step")))
			r.git = nil
		}
		r.scan.sink.Problem(r.scan.originOf(o), err)
		rest := now[i+1:]
		if r.restarts++; r.restarts > mostRestarts {
			return fmt.Errorf("git cat-file ended %d times: %d objects and what was to come are not scanned", r.restarts, len(rest)+len(next))
		}
		r.request(ctx, rest)
		r.request(ctx, next)
		return r.receive(ctx, rest, next)
	}
	return nil
}

// unaided scans an object that is read without a git. For what cannot be read so
// git is asked in the end: it may know another copy, or what is wrong.
func (r *reader) unaided(ctx context.Context, o *object) error {
	var text *pack.Text
	var err error
	if o.loose {
		text, err = r.packs.Get(o.id)
	} else {
		text, err = r.packs.Read(o.at)
	}
	if err == nil && text.Kind != o.kind.packed() {
		text.Release()
		err = errors.New("an object of another type")
	}
	if err != nil {
		o.at, o.loose = pack.Place{}, false
		r.again = append(r.again, *o)
		return nil
	}
	origin := r.scan.originOf(o)
	id := r.scan.identify(o, len(text.Data))
	_, _ = id.Write(text.Data)
	if err := r.held(ctx, o, origin, text); err != nil {
		return err
	}
	r.scan.whole(o, origin, id)
	return nil
}

// object scans the next object that git sends. An error is that it is not all
// there, and that git may not be asked any more.
func (r *reader) object(ctx context.Context, o *object) error {
	if r.git == nil {
		return errors.New("git cat-file does not start")
	}
	size, err := r.head(o)
	if err != nil || size < 0 {
		return err
	}
	origin := r.scan.originOf(o)
	id := r.scan.identify(o, int(size))
	if size > pack.MostHeld {
		content := &content{from: io.TeeReader(r.git.out, id), left: size}
		if o.kind == blobObject {
			err = r.scan.feed.File(ctx, origin, content)
			r.scan.long(origin)
		} else {
			err = source.Stream(ctx, r.scan.sink, origin, "", content)
		}
		err = cmpErr(err, content.drain())
	} else {
		text := r.packs.New(int(size))
		if _, err := io.ReadFull(r.git.out, text.Data); err != nil {
			return unexpected(err)
		}
		_, _ = id.Write(text.Data)
		err = r.held(ctx, o, origin, text)
	}
	if err != nil {
		return err
	}
	if b, err := r.git.out.ReadByte(); err != nil || b != '\n' {
		return errors.New("git cat-file sent an object of another size")
	}
	r.scan.whole(o, origin, id)
	return nil
}

// held scans an object that is in memory, and releases it.
func (r *reader) held(ctx context.Context, o *object, origin *scanner.Origin, text *pack.Text) error {
	defer text.Release()
	if o.kind != blobObject {
		return source.Stream(ctx, r.scan.sink, origin, "", bytes.NewReader(text.Data))
	}
	if pointsToLFS(text.Data) {
		r.scan.sink.Skip(origin, SkipLFS)
	}
	if err := r.file(ctx, o, origin, text); err != nil {
		return err
	}
	r.scan.interpret(ctx, origin, text.Data)
	return ctx.Err()
}

// file scans a blob where it is not what the version was that came of it.
func (r *reader) file(ctx context.Context, o *object, origin *scanner.Origin, text *pack.Text) error {
	alike := r.memory.likeness(o.path, o.heir, text.Data)
	err := r.scan.feed.Text(ctx, origin, text.Data, alike)
	if err == nil && alike.Looked {
		r.memory.keep(o.path, o.blob, text, alike.Found)
	}
	return err
}

// head reads the line before an object: its id, type and size. The size of one
// that is not there, which is a problem, is -1.
func (r *reader) head(o *object) (int64, error) {
	line, err := r.git.out.ReadSlice('\n')
	if err != nil {
		return 0, unexpected(err)
	}
	fields := bytes.Fields(line)
	if len(fields) == 2 && string(fields[1]) == "missing" {
		r.scan.missing(o)
		return -1, nil
	}
	if len(fields) != 3 || string(fields[0]) != r.scan.log.hex(o.id) {
		return 0, fmt.Errorf("git cat-file says %q", bytes.TrimSpace(line))
	}
	size, err := strconv.ParseInt(string(fields[2]), 10, 64)
	if err != nil || size < 0 {
		return 0, fmt.Errorf("git cat-file says %q", bytes.TrimSpace(line))
	}
	return size, nil
}

// pointsToLFS reports whether a blob is a pointer as the specification of Git
// LFS has it: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
func pointsToLFS(data []byte) bool {
	return len(data) < 1024 && bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/spec/v1\n"))
}

// missing says that an object is not there. In a partial clone it never was.
func (s *scan) missing(o *object) {
	text := "the object is missing"
	if s.repo.git.partial {
		text += ": a partial clone left it out; `git fetch --refetch --no-filter` brings it"
	}
	s.sink.Problem(s.originOf(o), errors.New(text))
}

func (s *scan) originOf(o *object) *scanner.Origin {
	id := s.log.hex(o.id)
	origin := s.origin(o.path)
	origin.Object = id
	switch {
	case o.kind == commitObject:
		origin.Path = "commit:" + id
	case o.staged:
		origin.Kind = scanner.Staged
	}
	return origin
}

// A content is the bytes of one object in what git sends.
type content struct {
	from io.Reader
	left int64
}

// Read implements io.Reader.
func (c *content) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	n, err := c.from.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, unexpected(err)
}

// drain reads what is left.
func (c *content) drain() error {
	_, err := io.Copy(io.Discard, c)
	return err
}

// unexpected is the error of a stream that must not end yet.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
