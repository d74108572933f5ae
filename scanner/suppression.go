package scanner

import "time"

// A Suppression is somebody's decision to live with a finding.
type Suppression struct {
	Kind SuppressionKind
	// Reason is why, in that person's words.
	Reason string
	// By and When say who decided it, and when; zero where nobody wrote it down.
	By   string
	When time.Time
	// Expires is when the decision ends; zero is never.
	Expires time.Time
	// Where is the place of the decision: "file:line".
	Where string

	known string // of a baseline's entry
}

// SuppressionKind parts the places where such decisions are written down.
type SuppressionKind uint8

const (
	Inline    SuppressionKind = iota // a comment beside the value
	Ignored                          // an entry of an ignore file
	Baselined                        // an entry of a baseline
)

func (k SuppressionKind) String() string {
	return [...]string{"inline comment", "ignore file", "baseline"}[k]
}
