//go:build hyperscan

package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sluice-sec/sluice/benchmarks/corpus"
)

// A contender runs over a whole corpus and returns how often it hit.
type contender struct {
	name string
	run  func() (uint64, error)
	// against names the contender that it is to be measured by.
	against string
	bytes   int64
	rates   []float64 // MB/s, a round each
	hits    uint64
}

func (b *bench) contenders(c corpus.Corpus, only string) ([]*contender, error) {
	size := int64(len(c.Data))
	all := []*contender{
		{name: "hyperscan literals, blocks", bytes: size, run: func() (uint64, error) { return b.literals.count(c.Data, block) }},
		{name: "sluice literals, blocks", bytes: size, run: func() (uint64, error) { return b.count(c.Data, block), nil }, against: "hyperscan literals, blocks"},
		{name: "hyperscan literals, whole", bytes: size, run: func() (uint64, error) { return b.literals.count(c.Data, len(c.Data)) }},
		{name: "sluice literals, whole", bytes: size, run: func() (uint64, error) { return b.count(c.Data, len(c.Data)), nil }, against: "hyperscan literals, whole"},
		{name: "hyperscan expressions, blocks", bytes: size, run: func() (uint64, error) { return b.expressions.count(c.Data, block) }},
	}
	all = slices.DeleteFunc(all, func(c *contender) bool { return !strings.Contains(c.name, only) })
	if engine := "sluice engine"; strings.Contains(engine, only) {
		replay, err := c.Chunks()
		if err != nil {
			return nil, err
		}
		all = append(all, &contender{name: engine, bytes: replay.Bytes(), against: "hyperscan expressions, blocks", run: func() (uint64, error) {
			return uint64(len(b.scanner.Scan(context.Background(), replay).Findings)), nil
		}})
	}
	return all, nil
}

// count scans data block by block and returns how many literals it found.
func (b *bench) count(data []byte, block int) uint64 {
	n := uint64(0)
	for len(data) > 0 {
		size := min(block, len(data))
		b.matcher.Scan(data[:size], 0, func(int, int) { n++ })
		data = data[size:]
	}
	return n
}

// compare prints a line for each contender.
func (b *bench) compare(out io.Writer, c corpus.Corpus, rounds int, only string) error {
	all, err := b.contenders(c, only)
	if err != nil {
		return err
	}
	for range rounds {
		for _, one := range all {
			if err := one.measure(); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
		}
	}
	for _, one := range all {
		ratio := ""
		if i := slices.IndexFunc(all, func(o *contender) bool { return o.name == one.against }); i >= 0 {
			ratio = fmt.Sprintf("%.2f", one.ratio(all[i]))
		}
		fmt.Fprintf(out, "%s\t%.1f\t%s\t%.0f\t%.0f\t%.0f\t%s\t%d\t\n", c.Name, float64(one.bytes)/1e6, one.name,
			median(one.rates), slices.Min(one.rates), slices.Max(one.rates), ratio, one.hits)
	}
	return nil
}

// leastTime is how long a round lasts at least: a short one tells little.
const leastTime = 100 * time.Millisecond

func (c *contender) measure() error {
	passes := 0
	start := time.Now()
	for time.Since(start) < leastTime {
		hits, err := c.run()
		if err != nil {
			return err
		}
		c.hits = hits
		passes++
	}
	c.rates = append(c.rates, float64(passes)*float64(c.bytes)/1e6/time.Since(start).Seconds())
	return nil
}

// ratio is the median of how the two compare in each round, so that a machine
// that slows down for a while slows both.
func (c *contender) ratio(o *contender) float64 {
	var ratios []float64
	for i := range c.rates {
		ratios = append(ratios, c.rates[i]/o.rates[i])
	}
	return median(ratios)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
