package scanner

import (
	"io/fs"
	"time"
)

// An Origin says where a stream was read. It is shared by pointer and not
// changed once it was handed to a sink.
type Origin struct {
	Kind OriginKind
	// Target is what the user called the thing scanned: an image reference, a
	// folder, a repository.
	Target string
	// Platform is "os/arch[/variant]" of an image.
	Platform string
	// Path is slash-separated, relative to the root of the target, without a
	// leading slash. Of what is no file it is the place's own name:
	// config.Env[NAME], history[4], commit:ID, tag:NAME, note:COMMIT.
	Path string
	// Member is the path within an archive at Path, nested ones joined by
	// "!/".
	Member string
	// Mode and Owner ("uid:gid") are those of the file, where known.
	Mode  fs.FileMode
	Owner string
	// Inherited is the base image that this came from, where the user named one.
	Inherited string
	// Exposed says who can see what stands there, where the source knows
	// better than the kind does: what a Dockerfile says ends up in an image.
	Exposed string
	// Published: a part of an image that came from a registry.
	Published bool
	// Object is the id of the git object that holds it.
	Object string

	Layer  *Layer
	Commit *Commit
	Step   *Step
}

// OriginKind parts the things that streams are read from.
type OriginKind uint8

const (
	File     OriginKind = iota // of a working tree
	Stdin                      // a pipe
	InLayer                    // a file in a layer of an image
	Config                     // the configuration of an image
	History                    // a history entry of an image
	Blob                       // another blob of an image: an attestation, an artifact
	InCommit                   // an object of a git repository: a file of a commit, a message, a note
	Staged                     // a file in the index of a git repository, as the next commit would hold it
)

// Exposure says who can see what stands there.
func (k OriginKind) Exposure() string {
	return [...]string{"working tree", "standard input", "layer", "image config", "history", "layer", "git history", "index"}[k]
}

// Exposure says who can see what stands there.
func (o *Origin) Exposure() string {
	if o.Exposed != "" {
		return o.Exposed
	}
	return o.Kind.Exposure()
}

// FullPath joins Path and Member.
func (o *Origin) FullPath() string {
	if o.Member == "" {
		return o.Path
	}
	return o.Path + "!/" + o.Member
}

// A Layer is one layer of an image, as the image counts it.
type Layer struct {
	Index     int    // from 0, the lowest
	Digest    string // of the bytes as stored; empty where they are not known by one
	DiffID    string // of the bytes unpacked
	CreatedBy string // what history says made it
	History   int    // the index of that history entry, -1 if there is none
	Created   time.Time
}

// A Commit is what brought a blob into a repository.
type Commit struct {
	ID, Author, Email, Subject string
	Date                       time.Time
	// Rank orders the commits of one repository: parents come before children,
	// whatever their dates say.
	Rank int
}

// A Step is an instruction of a Dockerfile.
type Step struct {
	File          string
	Line, EndLine int // from 1, inclusive
	Instruction   string
	Stage         string
}
