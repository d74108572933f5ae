//go:build !amd64 && !arm64

package match

// filters returns those that this machine can run.
func filters() []filter { return []filter{portable} }

// run is what it is on amd64.
func (f filter) run(t *tables, data *byte, blocks int, out *uint32) int {
	return filterPortable(t, data, blocks, out)
}

// mark is what it is on amd64.
func (s *Sieve) mark(data *byte, blocks int, set, pairs *uint64) {
	s.markPortable(data, blocks, set, pairs)
}
