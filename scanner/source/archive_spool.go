package source

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// inMemory is the most of an archive that is held in memory.
const inMemory = 4 << 20

// A spool holds an archive for random access: in place where it is a file,
// else in memory or in a file of its own that has no name any more.
type spool struct {
	at   io.ReaderAt
	size int64
	err  error // what reading failed with
	file *os.File
	// named: the file could not be removed while it is open.
	named bool
}

// ReadAt implements io.ReaderAt.
func (s *spool) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.at.ReadAt(p, off)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

func (s *spool) reader() io.Reader { return io.NewSectionReader(s, 0, s.size) }

// inPlace returns an archive that can be read where it is: one of which the
// first bytes were already read from r, a file. The reader is left at its end.
func inPlace(r io.Reader, read int) (*spool, bool) {
	f, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return nil, false
	}
	start, err := f.Seek(-int64(read), io.SeekCurrent)
	if err != nil {
		return nil, false
	}
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil || end < start {
		return nil, false
	}
	return &spool{at: io.NewSectionReader(f, start, end-start), size: end - start}, true
}

// back takes r, which an archive in place was made of, back to where its first
// bytes had been read.
func (s *spool) back(r io.Reader, read int) bool {
	f, ok := r.(io.Seeker)
	if !ok {
		return false
	}
	_, err := f.Seek(int64(read)-s.size, io.SeekCurrent)
	return err == nil
}

// hold reads an archive to its end. The spool has what was read even where
// there is an error; drop gives it back.
func (u *unpacker) hold(r io.Reader) (*spool, error) {
	var head bytes.Buffer
	n, err := io.CopyN(&head, r, min(inMemory, u.spool+1))
	s := &spool{at: bytes.NewReader(head.Bytes()), size: n}
	u.spool -= n
	if err == nil && u.spool >= 0 {
		err = u.toFile(s, head.Bytes(), r)
	}
	switch {
	case err == io.EOF:
		return s, nil
	case err == nil:
		err = fmt.Errorf("not unpacked: it takes more than %d bytes to hold", u.limits.Spool)
	}
	return s, err
}

// toFile moves a spool from memory to a file and reads the rest of it, or one
// byte more than the limit.
func (u *unpacker) toFile(s *spool, head []byte, r io.Reader) error {
	f, err := os.CreateTemp(u.temp, "sluice-*")
	if err != nil {
		return fmt.Errorf("spool an archive: %w", err)
	}
	s.file = f
	s.named = os.Remove(f.Name()) != nil
	if _, err := f.Write(head); err != nil {
		return fmt.Errorf("spool an archive: %w", err)
	}
	s.at = f
	n, err := io.CopyN(f, r, u.spool+1)
	s.size += n
	u.spool -= n
	return err
}

func (u *unpacker) drop(s *spool) {
	u.spool += s.size
	if s.file != nil {
		_ = s.file.Close()
	}
	if s.named {
		_ = os.Remove(s.file.Name())
	}
}
