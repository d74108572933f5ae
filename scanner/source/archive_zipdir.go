package source

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
)

// The directory of a zip archive is read here and not by archive/zip, which
// holds all of it in memory, makes room for as many members as the archive
// claims, and drops what a member has past its claimed size. The format is
// PKWARE's APPNOTE.TXT, sections 4.3.7 to 4.3.16 and 4.5.3.

var errZip = errors.New("zip: not a valid archive")

const (
	zipEndLen       = 22
	zipLocatorLen   = 20
	zipEnd64Len     = 56
	zipEntryLen     = 46
	zipLocalLen     = 30
	zipMaxComment   = math.MaxUint16
	zip64Mark       = math.MaxUint32
	zipEndSig       = "PK\x05\x06"
	zipLocatorSig   = "PK\x06\x07"
	zipEnd64Sig     = "PK\x06\x06"
	zipEntrySig     = "PK\x01\x02"
	zipLocalSig     = "PK\x03\x04"
	zip64Extra      = 1
	zipEncryptedBit = 1
)

// A zipDirectory walks the entries of a central directory.
type zipDirectory struct {
	r     *bufio.Reader
	base  int64 // where the archive starts in the file
	size  int64 // of the file
	count uint64
	found uint64
}

// A zipEntry is what the directory says of a member.
type zipEntry struct {
	name         string
	method       uint16
	encrypted    bool
	crc          uint32
	packed, size uint64
	offset       uint64 // of the local header, in the file
}

func (e *zipEntry) isFolder() bool {
	return strings.HasSuffix(e.name, "/") && e.size == 0 && e.packed <= 2 // an empty deflate stream
}

// A zipEnd is the record at the end that says where the directory is.
type zipEnd struct {
	at                  int64 // of the record itself
	count, size, offset uint64
}

// openZip finds the directory of the archive at the end of r.
func openZip(r io.ReaderAt, size int64) (*zipDirectory, error) {
	end, err := findZipEnd(r, size)
	if err != nil {
		return nil, err
	}
	if end.size > uint64(end.at) || end.offset > math.MaxInt64 {
		return nil, errZip
	}
	start := end.at - int64(end.size)
	base := start - int64(end.offset)
	// Something may stand between directory and end, and then the offset is
	// the better witness.
	if base > 0 && hasSig(r, int64(end.offset), zipEntrySig) {
		base, start = 0, int64(end.offset)
	}
	d := &zipDirectory{base: base, size: size, count: end.count}
	d.r = bufio.NewReaderSize(io.NewSectionReader(r, start, size-start), 32<<10)
	return d, nil
}

func hasSig(r io.ReaderAt, at int64, sig string) bool {
	var b [4]byte
	_, err := r.ReadAt(b[:], at)
	return err == nil && string(b[:]) == sig
}

func findZipEnd(r io.ReaderAt, size int64) (zipEnd, error) {
	tail := make([]byte, min(size, zipEndLen+zipMaxComment))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return zipEnd{}, err
	}
	for i := len(tail) - zipEndLen; i >= 0; i-- {
		b := tail[i:]
		if string(b[:4]) != zipEndSig || zipEndLen+int(binary.LittleEndian.Uint16(b[20:])) > len(b) {
			continue
		}
		e := zipEnd{
			at:     size - int64(len(b)),
			count:  uint64(binary.LittleEndian.Uint16(b[10:])),
			size:   uint64(binary.LittleEndian.Uint32(b[12:])),
			offset: uint64(binary.LittleEndian.Uint32(b[16:])),
		}
		if e.count == math.MaxUint16 || e.size == zip64Mark || e.offset == zip64Mark {
			return e.extended(r)
		}
		return e, nil
	}
	return zipEnd{}, errZip
}

// extended returns the zip64 form of the record, the record itself if there is
// none.
func (e zipEnd) extended(r io.ReaderAt) (zipEnd, error) {
	var locator [zipLocatorLen]byte
	if e.at < zipLocatorLen {
		return e, nil
	}
	if _, err := r.ReadAt(locator[:], e.at-zipLocatorLen); err != nil {
		return e, err
	}
	at := binary.LittleEndian.Uint64(locator[8:])
	if string(locator[:4]) != zipLocatorSig {
		return e, nil
	}
	if at > uint64(e.at) {
		return e, errZip
	}
	var b [zipEnd64Len]byte
	if _, err := r.ReadAt(b[:], int64(at)); err != nil || string(b[:4]) != zipEnd64Sig {
		return e, errZip
	}
	return zipEnd{
		at:     int64(at),
		count:  binary.LittleEndian.Uint64(b[32:]),
		size:   binary.LittleEndian.Uint64(b[40:]),
		offset: binary.LittleEndian.Uint64(b[48:]),
	}, nil
}

// next returns the next entry, and io.EOF after the last.
func (d *zipDirectory) next() (*zipEntry, error) {
	b, err := d.r.Peek(zipEntryLen)
	if err != nil || string(b[:4]) != zipEntrySig {
		// Only 16 bits of the count are reliable: some writers cut it.
		if uint16(d.found) != uint16(d.count) {
			return nil, errZip
		}
		return nil, io.EOF
	}
	e := &zipEntry{
		encrypted: binary.LittleEndian.Uint16(b[8:])&zipEncryptedBit != 0,
		method:    binary.LittleEndian.Uint16(b[10:]),
		crc:       binary.LittleEndian.Uint32(b[16:]),
		packed:    uint64(binary.LittleEndian.Uint32(b[20:])),
		size:      uint64(binary.LittleEndian.Uint32(b[24:])),
		offset:    uint64(binary.LittleEndian.Uint32(b[42:])),
	}
	name, extra := int(binary.LittleEndian.Uint16(b[28:])), int(binary.LittleEndian.Uint16(b[30:]))
	comment := int(binary.LittleEndian.Uint16(b[32:]))
	if _, err := d.r.Discard(zipEntryLen); err != nil {
		return nil, err
	}
	text := make([]byte, name+extra)
	if _, err := io.ReadFull(d.r, text); err != nil {
		return nil, errZip
	}
	if _, err := d.r.Discard(comment); err != nil {
		return nil, errZip
	}
	d.found++
	e.name = string(text[:name])
	e.extend(text[name:])
	e.offset += uint64(d.base)
	return e, nil
}

// extend takes the numbers that do not fit 32 bits from the extra fields.
func (e *zipEntry) extend(extra []byte) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		field := extra[:min(n, len(extra))]
		extra = extra[len(field):]
		if id != zip64Extra {
			continue
		}
		for _, v := range []*uint64{&e.size, &e.packed, &e.offset} {
			if *v == zip64Mark && len(field) >= 8 {
				*v = binary.LittleEndian.Uint64(field)
				field = field[8:]
			}
		}
	}
}

// open returns a reader of the member as it is packed.
func (e *zipEntry) open(r io.ReaderAt) (io.Reader, error) {
	var b [zipLocalLen]byte
	if e.offset > math.MaxInt64-(1<<20) || e.packed > math.MaxInt64 {
		return nil, errZip
	}
	if _, err := r.ReadAt(b[:], int64(e.offset)); err != nil || !bytes.HasPrefix(b[:], []byte(zipLocalSig)) {
		return nil, errZip
	}
	name, extra := binary.LittleEndian.Uint16(b[26:]), binary.LittleEndian.Uint16(b[28:])
	return io.NewSectionReader(r, int64(e.offset)+zipLocalLen+int64(name)+int64(extra), int64(e.packed)), nil
}
