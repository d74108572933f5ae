package rules

import "fmt"

// Kind parts what opens something from what only names it. Only secrets fail
// a build.
type Kind uint8

const (
	Secret     Kind = iota // endangers its owner: a password, a token, a private key
	Identifier             // only names something: an access-key id, a user name
)

// Severity says how bad the loss of a secret is. The order is that of the
// constants.
type Severity uint8

const (
	Low Severity = iota
	Medium
	High
	Critical
)

// Confidence says how sure a rule is that what it found is what its title
// says. The order is that of the constants.
type Confidence uint8

const (
	Doubtful  Confidence = iota // "low": worth a look, never fails a build by default
	Plausible                   // "medium": shape and context agree
	Certain                     // "high": a documented prefix, a checksum or a structure proves it
)

var (
	kindNames       = []string{"secret", "identifier"}
	severityNames   = []string{"low", "medium", "high", "critical"}
	confidenceNames = []string{"low", "medium", "high"}
)

func (k Kind) String() string       { return kindNames[k] }
func (s Severity) String() string   { return severityNames[s] }
func (c Confidence) String() string { return confidenceNames[c] }

// MarshalText gives the lower-case name, as in every report.
func (k Kind) MarshalText() ([]byte, error)       { return []byte(k.String()), nil }
func (s Severity) MarshalText() ([]byte, error)   { return []byte(s.String()), nil }
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText takes the lower-case name and nothing else.
func (k *Kind) UnmarshalText(text []byte) error {
	i, err := named("kind", kindNames, text)
	*k = Kind(i)
	return err
}

// UnmarshalText takes the lower-case name and nothing else.
func (s *Severity) UnmarshalText(text []byte) error {
	i, err := named("severity", severityNames, text)
	*s = Severity(i)
	return err
}

// UnmarshalText takes the lower-case name and nothing else.
func (c *Confidence) UnmarshalText(text []byte) error {
	i, err := named("confidence", confidenceNames, text)
	*c = Confidence(i)
	return err
}

func named(what string, names []string, text []byte) (int, error) {
	for i, name := range names {
		if name == string(text) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("unknown %s %q (one of %v)", what, text, names)
}
