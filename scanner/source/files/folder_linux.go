package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// A listing reads a folder. It goes without os.File, which takes longer to get
// ready than a folder of some files takes to read.
type listing struct{ fd int }

// openFolder opens a folder that was none of another kind when it was looked
// at.
func openFolder(p place) (*folder, error) {
	const flags = syscall.O_RDONLY | syscall.O_DIRECTORY | openFlags | syscall.O_CLOEXEC
	fd, err := retried(func() (int, error) { return syscall.Open(p.real, flags, 0) })
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: p.real, Err: err}
	}
	return &folder{place: p, listing: listing{fd}}, nil
}

func (l listing) close() { _ = syscall.Close(l.fd) }

var listings = sync.Pool{New: func() any { return new([16 << 10]byte) }}

// list appends some of what is in the folder; with the last of it, or after it,
// comes io.EOF.
func (f *folder) list(to []entry) ([]entry, error) {
	buf := listings.Get().(*[16 << 10]byte)
	defer listings.Put(buf)
	n, err := retried(func() (int, error) { return syscall.ReadDirent(f.fd, buf[:]) })
	if err != nil {
		return to, &os.PathError{Op: "readdirent", Path: f.real, Err: err}
	}
	if n <= 0 {
		return to, io.EOF
	}
	return f.entriesOf(buf[:n], to)
}

// entriesOf appends what getdents gave.
func (f *folder) entriesOf(data []byte, to []entry) ([]entry, error) {
	for len(data) > nameAt {
		e, length := direntOf(data)
		if length <= nameAt || length > len(data) {
			return to, &os.PathError{Op: "readdirent", Path: f.real, Err: errDirent}
		}
		data = data[length:]
		if e.name == "" {
			continue
		}
		if e.kind == unknown {
			info, err := os.Lstat(f.in(e.name).real)
			if errors.Is(err, fs.ErrNotExist) {
				continue // gone since
			}
			if err != nil {
				return to, err
			}
			e.kind = info.Mode().Type()
		}
		to = append(to, e)
	}
	return to, nil
}

var errDirent = errors.New("the system gave an entry that is none")

// unknown is the type of an entry where the file system does not tell it.
const unknown = fs.ModeType

// nameAt is where the name starts in a struct linux_dirent64, behind the number
// of the inode, the offset of the next entry, the length of the entry and the
// type; see getdents(2).
const nameAt = 8 + 8 + 2 + 1

// direntOf returns the first entry of what getdents gave, without a name for
// the folder itself and the one above, and its length.
func direntOf(data []byte) (entry, int) {
	length := int(binary.NativeEndian.Uint16(data[16:]))
	name := data[nameAt:max(nameAt, min(length, len(data)))]
	if end := bytes.IndexByte(name, 0); end >= 0 {
		name = name[:end]
	}
	if inode := binary.NativeEndian.Uint64(data); inode == 0 || string(name) == "." || string(name) == ".." {
		return entry{}, length
	}
	e := entry{name: string(name)}
	switch data[nameAt-1] {
	case syscall.DT_REG:
	case syscall.DT_DIR:
		e.kind = fs.ModeDir
	case syscall.DT_LNK:
		e.kind = fs.ModeSymlink
	case syscall.DT_UNKNOWN:
		e.kind = unknown
	default:
		e.kind = fs.ModeIrregular
	}
	return e, length
}
