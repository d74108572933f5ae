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
	"github.com/sluice-sec/sluice/scanner/source/codec"
)

// trailer ends the path of what stands behind the end of a layer's archive.
const trailer = "/trailer"

// content sends what a blob holds.
func (r *reading) content(ctx context.Context, stored *meter) {
	if r.unit.form == single {
		r.broken(ctx, r.feed.File(ctx, r.part.origin(scanner.Blob, r.part.name), stored))
		return
	}
	packed, freePacked := buffered(stored)
	defer freePacked()
	start, _ := packed.Peek(codec.StartLen)
	r.unit.codec = codec.Sniff(start)
	content, freeDecoder, err := r.source.decoders.Open(ctx, r.unit.codec, start, packed)
	defer freeDecoder()
	if err != nil {
		r.broken(ctx, fmt.Errorf("unpack: %w", err))
		return
	}
	unpacked := &meter{ctx: ctx, limit: r.source.opts.MaxBytes}
	// What is not packed has one digest, which is computed once.
	same := r.unit.codec == codec.Plain && stored.hash != nil && r.part.desc.Digest.Algorithm == r.diffID().Algorithm
	if !same {
		unpacked.hash = newHash(r.diffID())
	}
	ahead, stop := unpackAhead(r.unit.codec, content, unpacked)
	defer stop()
	archive, freeArchive := buffered(ahead)
	defer freeArchive()
	if err := r.files(ctx, archive); err != nil {
		r.broken(ctx, err)
		return
	}
	if err := drain(archive); err != nil {
		r.broken(ctx, err)
		return
	}
	if same {
		unpacked.hash = stored.hash
	}
	r.verifyDiffIDs(unpacked)
}

// unpackAhead returns a reader of content through the meter, read ahead, and
// what ends that. The meter's hash is on the side that has less to do: the
// decoder's where that is fast.
func unpackAhead(c codec.Codec, content io.Reader, m *meter) (io.Reader, func()) {
	if c == codec.Plain || c == codec.Zstd {
		m.r = content
		ahead := codec.ReadAhead(m)
		return ahead, ahead.Close
	}
	ahead := codec.ReadAhead(content)
	m.r = ahead
	return m, ahead.Close
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
		if r.unit.form == files {
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
		if _, err := archive.Peek(1); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		start, _ := archive.Peek(archive.Buffered())
		padding := len(start) - len(bytes.TrimLeft(start, "\x00"))
		_, _ = archive.Discard(padding)
		if padding < len(start) {
			if r.unit.silent {
				return nil
			}
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
