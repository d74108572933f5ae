package match

// filters returns those that this machine can run, the fastest first: NEON is
// part of every arm64.
func filters() []filter { return []filter{neon, portable} }

// run is what it is on amd64.
func (f filter) run(t *tables, data *byte, blocks int, out *uint32) int {
	if f == neon {
		return filterNEON(&t.bytes[0][0][0], data, blocks, out)
	}
	return filterPortable(t, data, blocks, out)
}

// mark is what it is on amd64.
func (s *Sieve) mark(data *byte, blocks int, set, pairs *uint64) {
	if s.filter == neon {
		sieveNEON(&s.tables.first[0], data, blocks, set, pairs)
		return
	}
	s.markPortable(data, blocks, set, pairs)
}

// filterNEON is filter.run with NEON.
//
//go:noescape
func filterNEON(tables *byte, data *byte, blocks int, out *uint32) int

// sieveNEON is Sieve.mark with NEON.
//
//go:noescape
func sieveNEON(tables *byte, data *byte, blocks int, set *uint64, pairs *uint64)
