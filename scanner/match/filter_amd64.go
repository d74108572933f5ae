package match

import "golang.org/x/sys/cpu"

//go:generate go -C asm run . -out ../kernel_amd64.s -stubs ../kernel_amd64.go -pkg match

// filters returns those that this machine can run, the fastest first.
func filters() []filter {
	var fs []filter
	if cpu.X86.HasAVX512VBMI && cpu.X86.HasAVX512VBMI2 && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasPOPCNT {
		fs = append(fs, avx512)
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT {
		fs = append(fs, avx2)
	}
	return append(fs, portable)
}

// run finds the positions in data, of blocks times blockLength, at which a
// literal may have its window: all of them, and few others. It writes them to
// out, in their order, and returns how many there are. It reads window bytes
// from each position on. Out has room for a block more, and what is in it past
// the positions is left as it happens to be.
func (f filter) run(t *tables, data *byte, blocks int, out *uint32) int {
	switch f {
	case avx512:
		return filterVBMI(&t.bytes[0][0][0], data, blocks, out)
	case avx2:
		return filterAVX2(&t.bytes[0][0][0], data, blocks, out)
	}
	return filterPortable(t, data, blocks, out)
}

// mark is Mark for blocks with a byte behind the last of them.
func (s *Sieve) mark(data *byte, blocks int, set, pairs *uint64) {
	switch s.filter {
	case avx512:
		sieveVBMI(&s.tables.first[0], data, blocks, set, pairs)
	case avx2:
		sieveAVX2(&s.tables.first[0], data, blocks, set, pairs)
	default:
		s.markPortable(data, blocks, set, pairs)
	}
}
