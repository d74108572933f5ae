package rules

import "regexp/syntax"

// An insight is what is worked out of an expression. The compiled form has it
// for each rule: to parse all expressions takes longer than to scan some ten
// megabytes.
type insight struct {
	expr *syntax.Regexp
	tail int // as tailAt has it
	run  Run
}

// insightInto works out the insight of a rule.
func insightInto(r *Rule) *insight {
	in := &insight{expr: r.Syntax()}
	if r.Anchoring == Inside {
		in.tail = tailAt(flatten(in.expr), r.anchors)
	}
	in.run, _ = run(in.expr)
	return in
}

// carry carries the insight of a rule.
func (in *insight) carry(c codec) {
	in.tail = integer(c, in.tail)
	in.run = carryRun(c, in.run)
	in.expr = tree(c, in.expr)
}

func carryRun(c codec, r Run) Run {
	if r.Least = integer(c, r.Least); r.Least == 0 {
		return Run{}
	}
	var carried [256]bool
	if r.Class != nil {
		carried = *r.Class
	}
	for b := 0; b < len(carried); b += 32 {
		var bits uint64
		for i, in := range carried[b : b+32] {
			if in {
				bits |= 1 << i
			}
		}
		bits = c.number(bits)
		for i := range 32 {
			carried[b+i] = bits>>i&1 != 0
		}
	}
	return Run{Class: &carried, Least: r.Least}
}

// tree carries a parsed expression.
func tree(c codec, re *syntax.Regexp) *syntax.Regexp {
	var carried syntax.Regexp
	if re != nil {
		carried = *re
	}
	re = &carried
	re.Op = integer(c, re.Op)
	re.Flags = syntax.Flags(c.number(uint64(re.Flags)))
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass:
		re.Rune = list(c, re.Rune, func(c codec, r rune) rune { return rune(c.number(uint64(r))) })
	case syntax.OpCapture:
		re.Cap = integer(c, re.Cap)
		re.Name = c.text(re.Name)
	case syntax.OpRepeat:
		re.Min = integer(c, re.Min)
		re.Max = integer(c, re.Max+1) - 1 // -1 is without end
	}
	if re.Op >= syntax.OpCapture {
		re.Sub = list(c, re.Sub, tree)
	}
	return re
}
