package image

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// trailer ends the path of what stands behind the end of a layer's archive.
const trailer = "/trailer"

// readUnit reads a blob where it was first named. If that is not what its
// digest says, the next place is read too: a registry that lies cannot keep
// another's layer from being read.
func (s *Source) readUnit(ctx context.Context, sink scanner.Sink, u *unit) {
	for i, p := range u.parts {
		if ctx.Err() != nil {
			return
		}
		if i > 0 && p.image.store == u.parts[i-1].image.store {
			continue
		}
		u.paths, u.prefix = paths{}, ""
		r := reading{source: s, sink: sink, unit: u, part: p, feed: source.Feed{Sink: sink, Limits: s.opts.Limits}}
		s.opts.Progress(Event{Stage: Started, Digest: p.layer.Digest, Bytes: max(0, p.desc.Size)})
		r.blob(ctx)
		s.opts.Progress(Event{Stage: Done, Digest: p.layer.Digest, Bytes: r.stored})
		if r.problems == 0 {
			return
		}
	}
}

// A reading is one pass over one blob.
type reading struct {
	source   *Source
	sink     scanner.Sink
	unit     *unit
	part     *part
	feed     source.Feed
	stored   int64  // bytes read
	last     string // the path of the file that was read last
	sparse   int64  // bytes that sparse files claimed
	full     bool   // there was no room for a path
	problems int
}

// problem reports what could not be read at a path of the blob.
func (r *reading) problem(path string, err error) {
	r.problems++
	r.sink.Problem(r.part.origin(scanner.InLayer, path), err)
}

// broken reports an error that ends the reading of the blob. One that follows
// from the context is the caller's to report.
func (r *reading) broken(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	if r.last != "" {
		err = fmt.Errorf("after this file: %w", err)
	}
	r.problem(r.last, err)
}

// blob opens the blob, reads it to its end and compares it with its digest.
func (r *reading) blob(ctx context.Context) {
	d := r.part.desc
	if _, entry := archiveEntry(d); d.Digest.Hex == "" && !entry {
		return // was reported with the manifest
	}
	rc, err := r.part.image.store.Open(ctx, d)
	if err != nil {
		if !d.MediaType.IsDistributable() {
			err = fmt.Errorf("not in the registry, and its URLs are not followed: %w", err)
		}
		r.broken(ctx, err)
		return
	}
	defer rc.Close()
	stored := &meter{ctx: ctx, r: rc, hash: newHash(d.Digest), limit: r.source.opts.MaxBytes, tell: func(n int64) {
		r.source.opts.Progress(Event{Stage: Read, Digest: r.part.layer.Digest, Bytes: n})
	}}
	if d.Size > 0 {
		stored.limit, stored.fixed = d.Size, true
	}
	r.content(ctx, stored)
	r.verify(ctx, stored, d)
}

// verify reads what is left of the blob and compares it with its descriptor.
func (r *reading) verify(ctx context.Context, stored *meter, d v1.Descriptor) {
	err := drain(stored)
	r.stored = stored.n
	switch {
	case ctx.Err() != nil:
	case err != nil && r.problems > 0: // it ended the reading before
	case err != nil:
		r.broken(ctx, err)
	case stored.over:
		r.problem("", fmt.Errorf("size mismatch: the content is longer than %d bytes", d.Size))
	case d.Size > 0 && stored.n != d.Size:
		r.problem("", fmt.Errorf("size mismatch: the content has %d bytes, not %d", stored.n, d.Size))
	default:
		if err := stored.check(d.Digest); err != nil {
			r.problem("", err)
		}
	}
}

// content sends what a blob holds.
func (r *reading) content(ctx context.Context, stored io.Reader) {
	if r.part.form == single {
		r.broken(ctx, r.feed.File(ctx, r.part.origin(scanner.Blob, r.part.name), stored))
		return
	}
	packed, release := r.source.decoders.buffered(stored)
	defer release()
	start, _ := packed.Peek(10)
	r.unit.codec = sniffCodec(start)
	content, release2, err := r.source.decoders.unpack(ctx, r.unit.codec, packed)
	defer release2()
	if err != nil {
		r.broken(ctx, fmt.Errorf("unpack: %w", err))
		return
	}
	unpacked := &meter{ctx: ctx, r: content, hash: newHash(r.diffID()), limit: r.source.opts.MaxBytes}
	archive, release3 := r.source.decoders.buffered(unpacked)
	defer release3()
	if err := r.files(ctx, archive); err != nil {
		r.broken(ctx, err)
		return
	}
	r.verifyDiffIDs(unpacked)
}

func (r *reading) diffID() v1.Hash {
	h, _ := parseDigest(r.part.layer.DiffID)
	return h
}

// files sends the content of an unpacked blob, to its end. The error is one of
// reading; an archive that is damaged is reported, and what is left of it sent
// as the bytes it is.
func (r *reading) files(ctx context.Context, archive *bufio.Reader) error {
	start, err := archive.Peek(512)
	if len(start) == 0 && err != io.EOF {
		return err
	}
	if !isTar(start) {
		if r.part.form == files {
			r.problem("", errors.New("not a tar archive, scanned as the bytes it is"))
		}
		return r.feed.File(ctx, r.part.origin(scanner.Blob, r.part.name), archive)
	}
	if err := r.walkFiles(ctx, archive); err != nil {
		if !errors.Is(err, tar.ErrHeader) && !errors.Is(err, tar.ErrFieldTooLong) {
			return err
		}
		r.broken(ctx, err)
	}
	return r.trailer(ctx, archive)
}

// trailer sends what stands behind the end of an archive, where padding should
// be.
func (r *reading) trailer(ctx context.Context, archive *bufio.Reader) error {
	for {
		start, err := archive.Peek(1)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		start, _ = archive.Peek(archive.Buffered())
		padding := len(start) - len(bytes.TrimLeft(start, "\x00"))
		_, _ = archive.Discard(padding)
		if padding < len(start) {
			return r.feed.File(ctx, r.part.origin(scanner.Blob, r.part.name+trailer), archive)
		}
	}
}

// verifyDiffIDs compares the unpacked content with the diffID that each image
// has for it.
func (r *reading) verifyDiffIDs(unpacked *meter) {
	if unpacked.hash == nil {
		return
	}
	for _, p := range r.unit.parts {
		want, _ := parseDigest(p.layer.DiffID)
		if want.Algorithm != r.diffID().Algorithm {
			continue
		}
		if err := unpacked.check(want); err != nil {
			r.problems++
			r.sink.Problem(p.origin(scanner.InLayer, ""), fmt.Errorf("unpacked: %w", err))
		}
	}
}

// isTar reports whether an archive begins so: with a header whose checksum is
// right, or with the zeros of an empty one.
func isTar(block []byte) bool {
	if len(block) < 512 {
		return len(block) == 0
	}
	if bytes.Count(block, []byte{0}) == len(block) {
		return true
	}
	var unsigned, signed int64
	for i, b := range block {
		if i >= 148 && i < 156 { // the checksum itself counts as spaces
			b = ' '
		}
		unsigned += int64(b)
		signed += int64(int8(b))
	}
	field, _, _ := bytes.Cut(bytes.TrimLeft(block[148:156], " \x00"), []byte{0})
	sum, err := strconv.ParseInt(string(bytes.TrimRight(field, " ")), 8, 64)
	return err == nil && (sum == unsigned || sum == signed)
}
