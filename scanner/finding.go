package scanner

import (
	"github.com/sluice-sec/sluice/rules"
)

// A Span is a stretch of a stream. Offset and Length count bytes as stored.
// Lines and columns count from 1, columns in code points; EndLine is
// inclusive, EndColumn exclusive.
type Span struct {
	Offset, Length     int64
	Line, Column       int
	EndLine, EndColumn int
}

// A Hit is one rule's match at one place of one stream. What every step after
// the scan asks of each stands together, at the start.
type Hit struct {
	Rule   *rules.Rule
	Origin *Origin
	Span   Span // of the value
	secret Secret
	// Kind and Confidence are the rule's, unless a classifier knew better.
	Kind       rules.Kind
	Confidence rules.Confidence
	// Human: the value was made by a person, and can be guessed.
	Human bool
	// Covered is set by an Attributor: another hit stands for this one, whose
	// value is a part of it, or the other way round.
	Covered bool
	read    bool // it stands in what the stream means
	dropped bool // it is no finding, since it is a part of one or lacks a partner
	wants   wants

	Blob   BlobID
	Reason string
	// Name is what the value is assigned to, where the rule captures it.
	Name string
	// Places is where the hit stands, set by an Attributor.
	Places []Place

	// Encoded says how the value stands there, empty where it is as it is.
	Encoded string

	// Identifiers are the redacted values beside it that complete it.
	Identifiers []string

	start, end int64    // of the whole match, in bytes of the decoded stream
	also       []string // ids of other rules that matched the value
	around     *around  // nil where there was nothing
}

// A Place is one place where a hit stands, with what became of it.
type Place struct {
	Origin *Origin
	State  State
	By     *By
	// LineHash is GitHub's hash of the line, for text files on disk.
	LineHash string
	// Extract is a command that gets the content out again.
	Extract string
	// Ref is a git ref at whose tip it is live: HEAD, refs/heads/main,
	// stash@{1}.
	Ref string
	// At is the position within this place, nil where it is the hit's.
	At *Span
	// Hit is the one at this place, nil where it is the one whose place it is.
	// It counts until the hits are grouped.
	Hit *Hit
	// Fix is the instruction of Origin.Step rewritten so that it needs no
	// secret in it; it may have several lines.
	Fix string
}

// State says whether content can still be seen where it stood.
type State uint8

const (
	Stateless   State = iota // of what is no file: configuration, history
	Live                     // visible in the final file system, tree or pipe
	Overwritten              // a later layer holds another file of this path
	Deleted                  // a later layer or commit removed it
)

func (s State) String() string { return [...]string{"", "live", "overwritten", "deleted"}[s] }

// By names what overwrote or deleted content; one of the two is set.
type By struct {
	Layer  *Layer
	Commit *Commit
}

// A Finding is one secret or identifier, with every place it stands.
type Finding struct {
	// Fingerprint is "v1:<hex>"; it is the same over transports, rule
	// changes, line moves and retags.
	Fingerprint string
	Rule        *rules.Rule
	Kind        rules.Kind
	Severity    rules.Severity
	Confidence  rules.Confidence
	Secret      Secret
	// Reason is why it is what it is, and which other rules matched it.
	Reason string
	// Identifiers are the redacted values found beside it that it belongs to.
	Identifiers []string
	// Occurrences are ordered; the first is where it came in.
	Occurrences []Occurrence
	// Suppression says why a finding in Report.Hidden is there.
	Suppression *Suppression
	// Excerpt is what stands round it, if Options.Excerpts asked for it.
	Excerpt *Excerpt

	owner *Hit     // whose rule the finding has
	raw   []string // the value in every form in which it was found
}

// An Occurrence is one place where a finding stands. Its strings, and those of
// its Origin, are already masked.
type Occurrence struct {
	Place
	Span Span
	// Encoded says how the value stands there where it is not as it is:
	// "base64", "gzip in base64". The span is that of the encoded form.
	Encoded string

	allowances []allowance // of the hit
}

// A Report is what a scan found and what it could not read. It is sorted: two
// runs over the same content differ in Stats alone.
type Report struct {
	Targets  []string
	Findings []Finding
	// Hidden are findings that somebody decided to live with: they fail
	// nothing.
	Hidden []Finding
	// Stale are the decisions that had nothing to hide, or have ended.
	Stale []Suppression
	// Suppressed counts what was hidden: Hidden, and the matches that
	// configuration left out before they were findings.
	Suppressed int
	Skipped    []Skipped
	Problems   []Problem
	Stats      Stats
	// Complete: everything that should have been read was read.
	Complete bool
	// Images describes the images that were scanned.
	Images []Image
}

// An Image is what a report says of one image as a whole.
type Image struct {
	Name     string `json:"name"`
	Digest   string `json:"digest,omitempty"` // of the manifest
	Platform string `json:"platform,omitempty"`
}

// Skipped is something left out by policy or by the user.
type Skipped struct {
	Path   string
	Reason Reason
}

// A Problem is something that should have been read and was not.
type Problem struct {
	Where string
	Err   string
}

// Stats counts what was done.
type Stats struct {
	Bytes     int64 // scanned, after decompression
	Blobs     int64 // streams: files, members, configuration values
	ElapsedMS int64
}
