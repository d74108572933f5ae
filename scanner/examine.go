package scanner

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/classify"
)

// examine decides whether what an expression found is a hit: the conditions of
// the rule from the cheap to the dear, then the classifier. The second result
// says that an allow list hid it.
func (s *Scanner) examine(c *cursor, f found) (hit *Hit, suppressed bool) {
	r := f.plan.rule
	start, end := valueOf(r, f.groups)
	if start == end || !onPath(r.Paths, c.fullPath()) {
		return nil, false
	}
	v := c.Data[start:end]
	if r.Entropy > 0 && classify.Entropy(v) < r.Entropy || r.Checksum != "" && !r.ChecksumHolds(string(v)) {
		return nil, false
	}
	if r.Judge == "" && buried(c.Data, f.groups[0], f.groups[1]) {
		return nil, false
	}
	name, verdict := c.judge(f, start, end)
	if verdict.Class > classify.Identifier {
		return nil, false
	}
	if s.allowed(c.Chunk, f, v) {
		return nil, true
	}
	if r.Judge == "assigned" && start > 0 && !quotes(c.Data[start-1]) {
		v = classify.Alone(v)
		end = start + len(v)
	}
	at, encoded := c.where(start, end)
	hit = c.hit()
	*hit = Hit{
		Rule: r, Origin: c.Origin, Blob: c.Blob, Span: at, Encoded: encoded, read: c.Where != nil,
		Kind: r.Kind, Confidence: r.Confidence, Human: verdict.Human, Reason: verdict.Reason, Name: c.text(name),
		start: c.Pos + int64(f.groups[0]), end: c.Pos + int64(f.groups[1]),
	}
	if verdict.Class == classify.Identifier {
		hit.Kind = rules.Identifier
	}
	if verdict.Doubtful || r.Generic && hit.Kind == rules.Identifier {
		hit.Confidence = rules.Doubtful
	}
	hit.secret = NewSecret(c.text(v), hit.Human)
	if r.Kind == rules.Identifier { // a classifier's guess could hide a secret
		hit.secret = OpenSecret(hit.secret.value)
	}
	return hit, false
}

func quotes(b byte) bool { return b == '"' || b == '\'' || b == '`' }

// valueOf returns where the value of a match lies.
func valueOf(r *rules.Rule, groups []int) (start, end int) {
	group := r.SecretGroup
	if group < 0 {
		group = 0
		for g := 1; g < len(groups)/2; g++ {
			if groups[2*g] < groups[2*g+1] {
				group = g
				break
			}
		}
	}
	return max(0, groups[2*group]), max(0, groups[2*group+1])
}

// A judged value is one that was judged, and what was said of it.
type judged struct {
	judge            string
	match, name      int // where the match starts; where its name ends
	start, end, tail int // of the value; where the match ends
	title            []byte
	verdict          classify.Verdict
}

// judge returns the verdict on a value, and what the value is assigned to. Of a
// name that is several rules' the value is judged once.
func (c *cursor) judge(f found, start, end int) (name []byte, v classify.Verdict) {
	r, last := f.plan.rule, &c.last
	named := 0 // where a name ends that the match starts with: the judge takes it as a whole
	if s := f.plan.cheap.Load(); s.opens {
		named = f.groups[2*s.name+1]
	}
	same := named > 0 && last.name == named && last.judge == r.Judge && last.start == start && last.end == end && last.tail == f.groups[1]
	if same && c.beginsLine(max(f.groups[0], last.match), min(f.groups[0], last.match)) {
		return last.title, last.verdict
	}
	candidate := c.candidate(f, start, end)
	if c.verdicts != nil && classify.ByValue(r.Judge) {
		v = c.verdicts.judge(r.Judge, &candidate)
	} else {
		v = c.opinions.judge(r.Judge, c.Data, f.groups[0]-candidate.MatchStart, &candidate)
	}
	if named > 0 { // what begins with no name is nobody else's
		*last = judged{judge: r.Judge, match: f.groups[0], name: named, start: start, end: end, tail: f.groups[1], title: candidate.Name, verdict: v}
	}
	return candidate.Name, v
}

// beginsLine reports whether the line that a position is on begins within
// Margin of a later one. A judge sees no more of it.
func (c *cursor) beginsLine(later, at int) bool {
	lo := max(0, later-Margin)
	return lo == 0 || lo <= at && c.breaks(lo, at)
}

// breaks reports whether a line ends within a stretch. Of long lines it is asked
// again and again.
func (c *cursor) breaks(from, to int) bool {
	if from < c.unbroken.from || from > c.unbroken.to {
		c.unbroken = part{from, from}
	}
	if known := c.unbroken.to; known < to {
		if bytes.IndexByte(c.Data[known:to], '\n') >= 0 {
			return true
		}
		c.unbroken.to = to
	}
	return false
}

// candidate shows the classifier the value and Margin bytes on either side.
func (c *cursor) candidate(f found, start, end int) classify.Candidate {
	lo, hi := max(0, f.groups[0]-Margin), min(len(c.Data), f.groups[1]+Margin)
	out := classify.Candidate{
		Data: c.Data[lo:hi], Start: start - lo, End: end - lo,
		MatchStart: f.groups[0] - lo, MatchEnd: f.groups[1] - lo, File: c.kind(), Titles: f.titles,
	}
	if g := f.plan.cheap.Load().name; g > 0 && f.groups[2*g] >= 0 {
		out.Name = c.Data[f.groups[2*g]:f.groups[2*g+1]]
	}
	return out
}

// fullPath is that of the chunk's origin.
func (c *cursor) fullPath() string {
	if c.path == "" {
		c.path = c.Origin.FullPath()
	}
	return c.path
}

// kind is what the path of the chunk says.
func (c *cursor) kind() *classify.File {
	if c.file == nil {
		c.learn()
	}
	return c.file
}

func (c *cursor) learn() { c.file = classify.FileOf(c.fullPath()) }

// allowed reports whether an allow list of the rule or of the set names this.
func (s *Scanner) allowed(c *Chunk, f found, v []byte) bool {
	if len(f.plan.rule.Allow) == 0 && len(s.rules.Allow()) == 0 {
		return false
	}
	t := texts{chunk: c, value: v, start: f.groups[0], end: f.groups[1]}
	for i := range f.plan.rule.Allow {
		if t.covers(&f.plan.rule.Allow[i]) {
			return true
		}
	}
	for i := range s.rules.Allow() {
		a := &s.rules.Allow()[i]
		if (len(a.Rules) == 0 || slices.Contains(a.Rules, f.plan.rule.ID)) && t.covers(a) {
			return true
		}
	}
	return false
}

// texts are what an allow list looks at.
type texts struct {
	chunk      *Chunk
	value      []byte
	start, end int // of the match
}

// of returns what the expressions of a list are about.
func (t *texts) of(target rules.Target) []byte {
	switch target {
	case rules.OnMatch:
		return t.chunk.Data[t.start:t.end]
	case rules.OnLine:
		return t.chunk.line(t.start, t.end)
	}
	return t.value
}

func (t *texts) covers(a *rules.Allowlist) bool {
	origin, held, asked := t.chunk.Origin, 0, 0
	condition := func(given, holds bool) {
		if given {
			asked++
			if holds {
				held++
			}
		}
	}
	if len(a.Regexes) > 0 {
		text := t.of(a.Target)
		condition(true, slices.ContainsFunc(a.Regexes, func(p *rules.Pattern) bool { return p.Match(text) }))
	}
	condition(len(a.StopWords) > 0, holdsWord(a.StopWords, t.value))
	if len(a.Paths) > 0 {
		condition(true, onPath(a.Paths, origin.FullPath()))
	}
	condition(len(a.Commits) > 0, origin.Commit != nil && slices.Contains(a.Commits, origin.Commit.ID))
	return held > 0 && (held == asked || !a.All)
}

func holdsWord(words []string, value []byte) bool {
	if slices.ContainsFunc(value, func(b byte) bool { return b >= utf8.RuneSelf }) {
		low := strings.ToLower(string(value))
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(low, w) })
	}
	return slices.ContainsFunc(words, func(w string) bool { return containsFold(value, w) })
}

// containsFold reports whether a word in lower case stands in ASCII data, whatever
// the case there.
func containsFold(data []byte, word string) bool {
	if word == "" {
		return true
	}
	first, fold := word[0], byte(0)
	if first >= 'a' && first <= 'z' {
		fold = 'a' - 'A'
	}
	for at := 0; at+len(word) <= len(data); at++ {
		if data[at]|fold == first && equalFold(data[at:at+len(word)], word) {
			return true
		}
	}
	return false
}

// onPath reports whether one of the expressions matches the path; none given
// match all.
func onPath(paths []*rules.Pattern, path string) bool {
	return len(paths) == 0 || slices.ContainsFunc(paths, func(p *rules.Pattern) bool { return p.MatchString(path) })
}

// line returns the lines that hold Data[start:end], as far as Margin bytes on
// either side.
func (c *Chunk) line(start, end int) []byte {
	lo, hi := max(0, start-Margin), min(len(c.Data), end+Margin)
	if nl := bytes.LastIndexByte(c.Data[lo:start], '\n'); nl >= 0 {
		lo += nl + 1
	}
	if nl := bytes.IndexByte(c.Data[end:hi], '\n'); nl >= 0 {
		hi = end + nl
	}
	return c.Data[lo:hi]
}
