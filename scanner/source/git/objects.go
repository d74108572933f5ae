package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// An object is one that is read and scanned.
type object struct {
	id     oid
	kind   objectKind
	path   string // of a blob or a tag, as reports show it
	staged bool   // in the index, and in no commit
	ref    string // that it stands at
	blob   int32  // its number, of one in a commit
	heir   int32  // the version of the file that follows it, none if it is not known
}

type objectKind uint8

const (
	blobObject objectKind = iota
	commitObject
	tagObject
)

// objectsAtOnce bounds the ids that a cat-file is sent at once: two batches of
// them fit into the least pipe there is, so that writing never waits for a git
// that waits for us to read.
const objectsAtOnce = 256

// mostRestarts bounds how often git may end over an object before the rest is
// given up.
const mostRestarts = 100

// SkipLFS says why what a pointer of Git LFS stands for is not there.
const SkipLFS scanner.Reason = "Git LFS pointer, not followed"

// A reader has a cat-file send objects and scans them while they are warm. It
// is for one goroutine.
type reader struct {
	scan     *scan
	git      *process
	memory   memory
	restarts int
}

// run reads the batches that come until there are no more. One more than the
// one that is read is asked for, so that git never waits.
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
				return r.close()
			}
			now = batch
			r.request(ctx, now)
		}
		select {
		case batch := <-batches: // nil once there are no more
			next = batch
			r.request(ctx, next)
		default:
		}
		if err := r.receive(ctx, now, next); err != nil {
			return err
		}
		now, next = next, nil
	}
}

// close lets git end by itself, which says whether it went well.
func (r *reader) close() error {
	if r.git == nil {
		return nil
	}
	return r.git.end()
}

// request asks for objects. That git is gone is found when they are received.
func (r *reader) request(ctx context.Context, objects []object) {
	if r.git == nil {
		var err error
		if r.git, err = r.scan.repo.git.start(ctx, "cat-file", "--batch"); err != nil {
			return
		}
	}
	var lines []byte
	for _, o := range objects {
		lines = append(append(lines, r.scan.log.hex(o.id)...), '\n')
	}
	_, _ = r.git.in.Write(lines)
}

// receive scans the objects that were requested. After them next were.
func (r *reader) receive(ctx context.Context, now, next []object) error {
	for i := range now {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := r.object(ctx, &now[i])
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
		r.scan.sink.Problem(r.scan.originOf(&now[i]), err)
		rest := now[i+1:]
		if r.restarts++; r.restarts > mostRestarts {
			return fmt.Errorf("git cat-file ended %d times: %d objects and what was to come are not scanned", r.restarts, len(rest)+len(next))
		}
		r.request(ctx, rest)
		if len(next) > 0 {
			r.request(ctx, next)
		}
		return r.receive(ctx, rest, next)
	}
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
	content := &content{from: r.git.out, left: size}
	origin := r.scan.originOf(o)
	if o.kind == blobObject && r.pointsToLFS(size) {
		r.scan.sink.Skip(origin, SkipLFS)
	}
	switch {
	case o.kind != blobObject:
		err = source.Stream(ctx, r.scan.sink, origin, "", content)
	case size > mostAlike:
		err = r.scan.feed.File(ctx, origin, content)
	default:
		err = r.blob(ctx, o, origin, content)
	}
	if err == nil {
		err = content.drain()
	}
	if err != nil {
		return err
	}
	if b, err := r.git.out.ReadByte(); err != nil || b != '\n' {
		return errors.New("git cat-file sent an object of another size")
	}
	if keeper, ok := r.scan.sink.(scanner.Keeper); ok && !o.staged {
		keeper.Whole(origin)
	}
	return nil
}

// blob scans a blob that can be held, where it is not what the version was that
// came of it.
func (r *reader) blob(ctx context.Context, o *object, origin *scanner.Origin, c *content) error {
	data := r.memory.buffer(c.left)
	if _, err := io.ReadFull(c, data); err != nil {
		return unexpected(err)
	}
	alike := like(r.memory.last(o.path, o.heir), data)
	err := r.scan.feed.Text(ctx, origin, data, alike)
	if err == nil && !alike.Found {
		r.memory.keep(o.path, o.blob, data)
	} else {
		r.memory.drop(data)
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

// pointsToLFS reports whether what comes next is a pointer as the specification
// of Git LFS has it: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
func (r *reader) pointsToLFS(size int64) bool {
	const first = "version https://git-lfs.github.com/spec/v1\n"
	if size < int64(len(first)) || size >= 1024 {
		return false
	}
	start, _ := r.git.out.Peek(len(first))
	return string(start) == first
}

// missing says that an object is not there. In a partial clone it never was.
func (s *scan) missing(o *object) {
	text := "the object is missing"
	if s.here != nil {
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
