// Package rules holds what sluice looks for: Rule says what one kind of secret
// or identifier looks like, where it may stand and what to do about it; Set is
// an immutable collection of rules. Rules are TOML, read strictly: an unknown
// key, a bad expression or a duplicate id is an error with file and line.
package rules

// MaxReach bounds, in bytes, how far a match may extend before the start of
// its anchor and how far after it. The splitter of the sources keeps this much
// of the stream on either side, so that a match never depends on where a
// stream is cut.
const MaxReach = 64 << 10

// A Rule describes one kind of secret or identifier. It is immutable once
// loaded and safe for concurrent use.
type Rule struct {
	ID          string
	Title       string
	Description string
	Kind        Kind
	Severity    Severity
	Confidence  Confidence
	Provider    string
	Tags        []string
	// Generic rules know a value by its name and looks alone; every other rule
	// that matches it knows more.
	Generic bool

	// Expr is the regular expression in Go's syntax; empty for a rule that
	// judges by path alone.
	Expr string
	// SecretGroup is the capture group that holds the value; 0 is the whole
	// match. A rule read from a gitleaks file takes the first group that is
	// not empty when it names none: SecretGroup is then -1.
	SecretGroup int
	// Entropy is the least Shannon entropy of the value in bits a byte.
	Entropy float64
	// Checksum names the check that the value must pass; see checksums.
	Checksum string
	// Judge names the classifier that has the last word on a value; see judges.
	Judge string
	// Paths limits the rule to paths that match one of these; empty: all.
	Paths []*Pattern
	// Allow lists what the rule finds but nobody wants to hear of.
	Allow []Allowlist
	// Pairs names the rules whose finding near this one's completes it.
	Pairs []Pair

	References  []string
	Remediation Remediation
	Match       []Example
	NoMatch     []Example
	// ExamplePath is the path of the file that the examples stand for; a rule
	// that is limited to some paths needs one.
	ExamplePath string

	// Anchoring says what a literal hit means for the expression.
	Anchoring Anchoring
	// Keywords are the literals as the rule names them.
	Keywords []string
	// Source is where the rule was read: "file:line".
	Source string

	anchors []Anchor
	cut     int   // the bytes at which a match is cut off that nothing else bounds; 0: something does
	lazy    *lazy // nil for a rule without an expression
}

// Anchoring says how the literals of a rule bound where its expression runs.
type Anchoring uint8

const (
	// Inside: every match holds one of the anchors.
	Inside Anchoring = iota
	// Near: an anchor stands within NearReach of every match, before or after.
	Near
	// Everywhere: the rule declared itself unanchored; the expression runs
	// over all data that its path conditions let through.
	Everywhere
)

// NearReach is the distance in bytes within which the keyword of a Near rule
// must stand.
const NearReach = 4 << 10

// An Anchor is a literal that the matcher looks for, and where a match can
// lie round it.
type Anchor struct {
	// Literal is lower-cased ASCII; the matcher ignores the case of ASCII
	// letters.
	Literal string
	// Exact, where it is not empty, is how the literal must be written.
	Exact string
	// Before is the most and BeforeMin the least bytes from the start of the
	// match to the start of the literal; After is the most bytes from the
	// start of the literal to the end of the match. All at most MaxReach.
	BeforeMin, Before, After int
}

// Remediation says what to do about a leaked secret.
type Remediation struct {
	Revoke string `toml:"revoke"` // what to do, one imperative sentence
	Where  string `toml:"where"`  // the page or command that does it
	Check  string `toml:"check"`  // how to see that it worked
}

// A Pair names another rule whose hit must, or may, stand near.
type Pair struct {
	Rule string
	// Bytes and Lines bound the distance between the nearest ends of the two
	// values; 0 is no bound of that kind (but never past MaxReach bytes).
	Bytes, Lines int
	// Required: without the other, this rule finds nothing. Otherwise the
	// two become one finding where both stand.
	Required bool
}

// An Allowlist names findings that are known to be harmless.
type Allowlist struct {
	Description string
	// All: every kind of condition that is given must hold; else any.
	All       bool
	Regexes   []*Pattern
	Target    Target
	StopWords []string // lower-case; looked for in the value, case ignored
	Paths     []*Pattern
	Commits   []string
	// Rules limits a list of the whole set to these ids; empty: all.
	Rules []string
}

// Target is what the expressions of an allow list look at.
type Target uint8

const (
	OnSecret Target = iota
	OnMatch
	OnLine
)

// Anchors returns the literals of which every match holds, or has near, at
// least one; empty for Everywhere and for rules without an expression. The
// caller must not change them.
func (r *Rule) Anchors() []Anchor { return r.anchors }

// judges are the names a rule may give as its judge; package classify
// implements each.
var judges = []string{"assigned", "basic", "password", "jwt", "pem"}
