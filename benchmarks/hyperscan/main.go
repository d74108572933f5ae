//go:build hyperscan

// Command hyperscan runs the literals and the expressions of the built-in
// rules through Hyperscan and through sluice over the same data, by turns, and
// prints the medians beside each other. It needs cgo and libhyperscan-dev:
//
//	go run -tags hyperscan ./benchmarks/hyperscan [flags] [FILE...]
//
// Without files it takes the built-in corpora.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/sluice-sec/sluice/benchmarks/corpus"
	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/match"
)

// block is what a program that reads files hands to its matcher at a time.
const block = 64 << 10

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 5, "how often each contender runs over each corpus")
	only := flag.String("only", "", "run the contenders whose names hold this text")
	flag.Parse()
	if err := run(*rounds, *only, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func run(rounds int, only string, paths []string) error {
	set, err := rules.Builtin()
	if err != nil {
		return err
	}
	b, err := newBench(set)
	if err != nil {
		return err
	}
	defer b.close()
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "corpus\tMB\tcontender\tMB/s\tmin\tmax\tof Hyperscan\thits\t")
	all, err := corpora(paths)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := b.compare(out, c, rounds, only); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		out.Flush()
	}
	return nil
}

func corpora(paths []string) ([]corpus.Corpus, error) {
	if len(paths) == 0 {
		return corpus.Builtin(1, 1)
	}
	var out []corpus.Corpus
	for _, path := range paths {
		c, err := corpus.File(path)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// A bench holds both sides, compiled.
type bench struct {
	literals    *database
	expressions *database
	matcher     *match.Matcher
	scanner     *scanner.Scanner
}

func newBench(set *rules.Set) (*bench, error) {
	texts := corpus.Literals(set)
	b := &bench{}
	var err error
	if b.literals, err = literals(texts); err != nil {
		return nil, err
	}
	taken, refused := accepted(set)
	if b.expressions, err = expressions(taken); err != nil {
		return nil, err
	}
	if b.matcher, err = match.Compile(texts); err != nil {
		return nil, err
	}
	if b.scanner, err = scanner.New(scanner.Options{Rules: set}); err != nil {
		return nil, err
	}
	fmt.Printf("%d literals; %d expressions, and %d that Hyperscan does not take:\n", len(texts), len(taken), len(refused))
	for _, line := range refused {
		fmt.Println("  " + line)
	}
	return b, nil
}

func (b *bench) close() {
	b.literals.free()
	b.expressions.free()
}

// accepted returns the expressions that Hyperscan takes, and why it does not
// take the others.
func accepted(set *rules.Set) (taken, refused []string) {
	for _, r := range set.Rules() {
		if r.Expr == "" {
			continue
		}
		d, err := expressions([]string{r.Expr})
		if err != nil {
			refused = append(refused, r.ID+": "+strings.TrimPrefix(err.Error(), "hyperscan: pattern 0: "))
			continue
		}
		d.free()
		taken = append(taken, r.Expr)
	}
	return taken, refused
}
