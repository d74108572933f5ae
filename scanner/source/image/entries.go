package image

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// How layers spell what they remove.
const (
	whiteout       = ".wh."         // .wh.NAME removes NAME of lower layers
	whiteoutMeta   = ".wh..wh."     // bookkeeping of the aufs driver
	whiteoutOpaque = ".wh..wh..opq" // hides what lower layers have in the folder
)

// maxSparse bounds the bytes that sparse files of one layer claim to have, if
// Options.MaxBytes does not. Their zeros are made up while reading and are in
// no proportion to the layer.
const maxSparse = 16 << 30

// walkFiles sends the files of an archive and notes what becomes of paths. Its
// error is the archive's or the context's. Links, devices and other things
// without content of their own are ordinary in layers; they count for what
// they replace and are not reported, and what a hard link shows is found under
// the name that has the content.
func (r *reading) walkFiles(ctx context.Context, archive io.Reader) error {
	t := tar.NewReader(archive)
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return err
		}
		if err := r.entry(ctx, h, t); err != nil {
			return err
		}
	}
}

func (r *reading) entry(ctx context.Context, h *tar.Header, content io.Reader) error {
	name := cleanPath(h.Name)
	switch h.Typeflag {
	case tar.TypeXGlobalHeader:
		return nil
	case tar.TypeDir:
		r.note(name, madeDir)
		return nil
	case tar.TypeLink, tar.TypeSymlink, tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
		if !r.noteWhiteout(name) {
			r.note(name, madeFile)
		}
		return nil
	}
	if r.noteWhiteout(name) && h.Size == 0 {
		return nil
	}
	return r.file(ctx, h, name, content)
}

// file sends a file. A whiteout has no content; should one have some, it is a
// file like others and removes what it names nonetheless.
func (r *reading) file(ctx context.Context, h *tar.Header, name string, content io.Reader) error {
	o := r.part.origin(scanner.InLayer, name)
	o.Mode = h.FileInfo().Mode()
	o.Owner = strconv.Itoa(h.Uid) + ":" + strconv.Itoa(h.Gid)
	if again := r.note(name, madeFile); again != nil {
		o.Layer = again
	}
	if r.last == "" {
		r.unit.prefix = rootPrefix(h.Name)
	}
	if isSparse(h) {
		if most := min(maxSparse, r.source.opts.MaxBytes); h.Size > most-r.sparse {
			r.problem(name, fmt.Errorf("not read: sparse files claim more than %d bytes", most))
			return nil
		}
		r.sparse += h.Size
	}
	if r.unit.silent {
		r.last = name
		return nil
	}
	err := r.feed.File(ctx, o, content)
	if err == nil {
		r.last = name
	}
	return err
}

// note remembers what is done to a path. If it was made before it returns a
// Layer of its own for the origin, by which the two are told apart.
func (r *reading) note(name string, e effect) *scanner.Layer {
	if name == "" && e&made != 0 { // the root is always there
		return nil
	}
	hash := r.source.seed.hash(name)
	if r.unit.paths.get(hash) == 0 && !r.take() {
		return nil
	}
	before := r.unit.paths.add(hash, e)
	if before&made == 0 || e&made == 0 || before&e == madeDir {
		return nil
	}
	l := *r.part.layer
	r.unit.paths.rewritten(hash, &l)
	return &l
}

// take makes room for one more path.
func (r *reading) take() bool {
	if r.source.room.entries.Add(-1) >= 0 {
		return true
	}
	if !r.full {
		r.full = true
		r.problem("", fmt.Errorf("more than %d entries in all layers: whether later layers removed the files from here on is not known",
			r.source.opts.MaxEntries))
	}
	return false
}

// noteWhiteout notes what a whiteout removes, and reports whether the name is
// that of one. Those of the aufs driver's own bookkeeping remove nothing.
func (r *reading) noteWhiteout(name string) bool {
	dir, base := path.Split(name)
	target, ok := strings.CutPrefix(base, whiteout)
	switch dir = strings.TrimSuffix(dir, "/"); {
	case !ok:
		return false
	case base == whiteoutOpaque:
		r.note(dir, opaque)
	case strings.HasPrefix(base, whiteoutMeta), target == "":
	default:
		r.note(path.Join(dir, target), whitedOut)
	}
	return true
}

// maxPath bounds a path in bytes, since findings keep theirs: Linux opens none
// that is longer.
const maxPath = 4096

// cleanPath makes the name of an entry a path below the root, whatever it
// tries. One that is too long is cut, and stays told apart from others.
func cleanPath(name string) string {
	name = path.Clean("/" + name)[1:]
	if len(name) > maxPath {
		sum := sha256.Sum256([]byte(name))
		name = fmt.Sprintf("%s...%x", strings.ToValidUTF8(name[:maxPath-40], "\uFFFD"), sum[:16])
	}
	return name
}

// rootPrefix is how the names of an archive begin at the root.
func rootPrefix(name string) string {
	for _, prefix := range []string{"./", "/"} {
		if strings.HasPrefix(name, prefix) {
			return prefix
		}
	}
	return ""
}

// isSparse reports whether a file is longer than what the archive has of it.
func isSparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}
