package image

// An Event tells of the progress of a scan.
type Event struct {
	Stage Stage
	// Digest is of the blob, as it is stored; empty where that is not known.
	Digest string
	// Bytes are stored bytes: of all blobs if Planned, of this one if Started
	// (0 where not known) or Done, those since the last event if Read.
	Bytes int64
	// Blobs is the number of blobs, if Planned.
	Blobs int
}

// Stage parts the events.
type Stage uint8

// In the order of their coming; those of several blobs mingle.
const (
	Planned Stage = iota // manifests are read, and it is known what will be
	Started              // a blob is being read
	Read                 // some of it was
	Done                 // all of it was, or cannot be
)
