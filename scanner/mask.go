package scanner

import (
	"regexp"
	"strings"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/classify"
)

const (
	// shortestMasked is the shortest value that is masked at all.
	shortestMasked = 4
	// shortestLong is the shortest value that is masked within words. Those below it
	// are masked only where they stand as words of their own, and not in paths:
	// "test" may be a password and a folder.
	shortestLong = 8
	// longestWord is the longest value of which it counts that it is a word.
	longestWord = 15
	// longestEncoded bounds the values whose encoded forms are looked for.
	longestEncoded = 4 << 10
)

// A masker takes the values of secrets, in every form in which they could
// have got there, out of texts that came from outside: paths, history,
// instructions, commit subjects, labels, error texts.
type masker struct {
	long    *needles
	plain   *needles // words that are no shorter than long values
	words   *needles
	moved   map[*Origin]*Origin
	layer   map[*Layer]*Layer
	reasons map[string]string // of findings: there are few, again and again
}

var (
	userInfo  = regexp.MustCompile(`(://[^/\s:@]*:)[^/\s@]+@`)
	reference = regexp.MustCompile(`:\$[A-Z][A-Z0-9_]*@$`)
)

func newMasker(findings []Finding) *masker {
	m := &masker{moved: map[*Origin]*Origin{}, layer: map[*Layer]*Layer{}, reasons: map[string]string{}}
	var plain, words []string
	long := make([]string, 0, len(findings))
	for i := range findings {
		if findings[i].Kind != rules.Secret {
			continue
		}
		for _, v := range findings[i].raw {
			switch {
			case len(v) < shortestMasked:
			case len(v) < shortestLong:
				words = append(words, v)
			case isWord(v):
				plain = append(plain, v)
			default:
				long = appendLongLines(append(long, v), v)
			}
		}
	}
	m.long, m.plain, m.words = newNeedles(long, shortestLong, false), newNeedles(plain, shortestLong, false), newNeedles(words, shortestMasked, true)
	return m
}

// isWord reports whether a value is a plain word, which is not masked in paths:
// "postgresql" may be a password and a folder, and who may not see where a secret is
// cannot take it out.
func isWord(v string) bool {
	for i := range len(v) {
		if b := v[i] | 0x20; b < 'a' || b > 'z' {
			return false
		}
	}
	return len(v) <= longestWord && classify.Gibberish([]byte(v)) < 1
}

// appendLongLines appends the long lines of a block of several, each of which says
// something by itself.
func appendLongLines(lines []string, v string) []string {
	const long = 24
	if len(v) <= long {
		return lines
	}
	ends := breaksOf(v, "\n\r\\") // as they are or escaped
	for start := 0; start < len(v); {
		end := ends.next(start)
		if line := v[start:end]; len(line) >= long && len(line) < len(v) && !strings.HasPrefix(line, "-----") {
			lines = append(lines, line)
		}
		start = end + 1
	}
	return lines
}

// path masks a text whose words have to stay what they are.
func (m *masker) path(text string) string {
	if len(text) < shortestMasked { // most are empty
		return text
	}
	return m.masked(text)
}

func (m *masker) masked(text string) string {
	text = m.long.replace(text)
	if !strings.Contains(text, "://") {
		return text
	}
	return userInfo.ReplaceAllStringFunc(text, func(s string) string {
		if reference.MatchString(s) { // $TOKEN says nothing
			return s
		}
		return userInfo.ReplaceAllString(s, "${1}"+redaction+"@")
	})
}

// text masks free text.
func (m *masker) text(text string) string {
	if len(text) < shortestMasked {
		return text
	}
	return m.words.replace(m.plain.replace(m.masked(text)))
}

// report masks every text of a report that came from outside.
func (m *masker) report(r *Report) {
	for i := range r.Targets {
		r.Targets[i] = m.path(r.Targets[i])
	}
	for i := range r.Images {
		r.Images[i].Name = m.path(r.Images[i].Name)
	}
	for i := range r.Skipped {
		s := &r.Skipped[i]
		s.Path, s.Reason = m.path(s.Path), Reason(m.text(string(s.Reason)))
	}
	for i := range r.Problems {
		p := &r.Problems[i]
		p.Where, p.Err = m.path(p.Where), m.text(p.Err)
	}
	for _, findings := range [][]Finding{r.Findings, r.Hidden} {
		for i := range findings {
			m.finding(&findings[i])
		}
	}
	for i := range r.Stale {
		m.suppression(&r.Stale[i])
	}
}

func (m *masker) finding(f *Finding) {
	f.Reason = m.reason(f.Reason)
	for i := range f.Occurrences {
		m.place(&f.Occurrences[i].Place)
	}
	if f.Suppression != nil {
		m.suppression(f.Suppression)
	}
	if f.Excerpt != nil {
		f.Excerpt = f.Excerpt.masked(m)
	}
}

func (m *masker) reason(text string) string {
	masked, known := m.reasons[text]
	if !known {
		masked = m.text(text)
		m.reasons[text] = masked
	}
	return masked
}

func (m *masker) suppression(s *Suppression) {
	s.Reason, s.By, s.Where = m.text(s.Reason), m.text(s.By), m.path(s.Where)
}

func (m *masker) place(p *Place) {
	p.Origin = m.origin(p.Origin)
	p.Extract = m.path(p.Extract)
	p.Ref = m.path(p.Ref)
	p.Fix = m.text(p.Fix)
	if p.By != nil {
		p.By = &By{Layer: m.layerOf(p.By.Layer), Commit: m.commit(p.By.Commit)}
	}
}

// origins masks those of the occurrences ahead, which the report would do.
func (m *masker) origins(findings []Finding) {
	var last *Origin
	for i := range findings {
		for k := range findings[i].Occurrences {
			if o := findings[i].Occurrences[k].Origin; o != last { // one of many in it
				m.origin(o)
				last = o
			}
		}
	}
}

// origin returns a masked copy; origins are shared with the source.
func (m *masker) origin(o *Origin) *Origin {
	if done, ok := m.moved[o]; ok {
		return done
	}
	c := *o
	c.Target, c.Path, c.Member, c.Owner = m.path(o.Target), m.path(o.Path), m.path(o.Member), m.path(o.Owner)
	c.Inherited = m.path(o.Inherited)
	c.Layer, c.Commit = m.layerOf(o.Layer), m.commit(o.Commit)
	if o.Step != nil {
		step := *o.Step
		step.File, step.Instruction, step.Stage = m.path(step.File), m.text(step.Instruction), m.path(step.Stage)
		c.Step = &step
	}
	m.moved[o] = &c
	return &c
}

func (m *masker) layerOf(l *Layer) *Layer {
	if l == nil {
		return nil
	}
	if done, ok := m.layer[l]; ok {
		return done
	}
	c := *l
	c.CreatedBy = m.text(l.CreatedBy)
	m.layer[l] = &c
	return &c
}

func (m *masker) commit(o *Commit) *Commit {
	if o == nil {
		return nil
	}
	c := *o
	c.Author, c.Email, c.Subject = m.text(o.Author), m.text(o.Email), m.text(o.Subject)
	return &c
}
