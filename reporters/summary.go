package reporters

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

func skips(p *printer, left []scanner.Skipped) {
	if len(left) == 0 {
		return
	}
	p.line(0, bold, "Left out")
	for _, group := range byReason(left) {
		p.line(len(indent), normal, fmt.Sprintf("%s  %s", grouped(int64(len(group))), group[0].Reason))
	}
	p.end()
}

// byReason groups what was left out, the largest group first.
func byReason(left []scanner.Skipped) [][]scanner.Skipped {
	at := map[scanner.Reason]int{}
	var groups [][]scanner.Skipped
	for _, s := range left {
		i, ok := at[s.Reason]
		if !ok {
			i = len(groups)
			at[s.Reason] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	slices.SortStableFunc(groups, func(a, b []scanner.Skipped) int { return len(b) - len(a) })
	return groups
}

func problems(p *printer, all []scanner.Problem) {
	if len(all) == 0 {
		return
	}
	p.line(0, alarm, "Not read")
	for _, one := range all {
		p.paragraph(len(indent), normal, "", one.Where+": "+strings.ReplaceAll(one.Err, "\n", "; "))
	}
	p.end()
}

// summary prints how it went: what was found, and what was looked at.
func summary(p *printer, r *scanner.Report) {
	text, mood := count(r)
	p.line(0, mood, text)
	p.put(normal, fmt.Sprintf("%s in %s, %s", size(r.Stats.Bytes), plural(r.Stats.Blobs, "piece"),
		(time.Duration(r.Stats.ElapsedMS)*time.Millisecond).Round(10*time.Millisecond)))
	if r.Suppressed > 0 {
		p.put(normal, fmt.Sprintf("; %s suppressed", grouped(int64(r.Suppressed))))
	}
	if n := len(r.Stale); n > 0 {
		p.put(normal, fmt.Sprintf("; %s that %s nothing", plural(int64(n), "decision"), verb(n, "hide")))
	}
	if r.Complete {
		p.put(normal, "; complete")
	} else {
		p.put(alarm, "; INCOMPLETE: "+plural(int64(len(r.Problems)), "problem"))
	}
	p.end()
}

func count(r *scanner.Report) (string, style) {
	var bySeverity [rules.Critical + 1]int
	secrets, names := 0, 0
	for i := range r.Findings {
		if r.Findings[i].Kind == rules.Identifier {
			names++
			continue
		}
		secrets++
		bySeverity[r.Findings[i].Severity]++
	}
	text, mood := "no secrets", green
	if secrets > 0 {
		var parts []string
		for _, s := range []rules.Severity{rules.Critical, rules.High, rules.Medium, rules.Low} {
			if n := bySeverity[s]; n > 0 {
				parts = append(parts, fmt.Sprintf("%s %s", grouped(int64(n)), s))
			}
		}
		text, mood = fmt.Sprintf("%s (%s)", plural(int64(secrets), "secret"), strings.Join(parts, ", ")), alarm
	}
	if names > 0 {
		text += ", " + plural(int64(names), "identifier")
	}
	return text, mood
}

func plural(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return grouped(n) + " " + noun
}

// verb is what n things do.
func verb(n int, does string) string {
	if n == 1 {
		does += "s"
	}
	return does
}

// grouped writes a number with a comma between thousands.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size writes a number of bytes the way people say it.
func size(n int64) string {
	value, units := float64(n), []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	for value >= 1024 && len(units) > 1 {
		value, units = value/1024, units[1:]
	}
	if units[0] == "bytes" {
		return plural(n, "byte")
	}
	return fmt.Sprintf("%.1f %s", value, units[0])
}
