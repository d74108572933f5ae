// Command asm writes kernel_amd64.s and its declarations: `go generate` in the
// package above runs it.
//
// Both filters do the same in two steps. The first compares each position with
// the sets of bytes that the windows of each bucket have, sixteen or more buckets
// side by side, and notes the positions where a bucket is left. The second looks
// those up by the hash of their bytes and keeps the ones whose slot agrees,
// without a branch.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The layout of match.tables, and what package match calls the same.
const (
	window      = 4
	sets        = 3 // of eight buckets, by whole bytes; two by half bytes
	nibblesAt   = window * sets * 128
	slotsAt     = nibblesAt + window*2*2*32
	highAt      = slotsAt + 4*slots
	slots       = 1 << slotBits
	slotBits    = 12
	hashFactor  = 0x9e3779 << 8
	foldEach    = 0x20202020
	blockLength = 64
)

const signature = "func(tables, data *byte, blocks int, out *uint32) int"

func main() {
	ConstraintExpr("amd64")
	vbmi()
	avx2()
	sieveVBMI()
	sieveAVX2()
	Generate()
}

// arguments are those of a kernel, in registers.
type arguments struct{ tables, data, blocks, out reg.GPVirtual }

func load() arguments {
	return arguments{
		tables: Load(Param("tables"), GP64()).(reg.GPVirtual),
		data:   Load(Param("data"), GP64()).(reg.GPVirtual),
		blocks: Load(Param("blocks"), GP64()).(reg.GPVirtual),
		out:    Load(Param("out"), GP64()).(reg.GPVirtual),
	}
}

// vbmi looks up whole bytes: a table of 128 fills two registers, and a byte
// past ASCII is told by its sign.
func vbmi() {
	TEXT("filterVBMI", NOSPLIT, signature)
	Doc("filterVBMI is filter.run with AVX-512 VBMI and VBMI2.")
	Pragma("noescape")
	a := load()
	tables := wholeTables(a)
	iota, base := ZMM(), ZMM()
	VMOVDQU64(iotaData(), iota)
	VPXORQ(base, base, base)
	step := stepData()
	noHigh, at, n := K(), GP64(), GP64()
	KMOVQ(Mem{Base: a.tables, Disp: highAt}, noHigh)
	MOVQ(a.data, at)
	XORQ(n, n)

	Label("block")
	var left [sets]reg.VecVirtual
	high := K()
	for pos := range tables {
		for set := range left {
			z := ZMM()
			VMOVDQU64(Mem{Base: at, Disp: pos}, z)
			if pos == 0 && set == 0 {
				VPMOVB2M(z, high)
			}
			VPERMI2B(tables[pos][set][1], tables[pos][set][0], z)
			if pos > 0 {
				VPANDQ(left[set], z, z)
			}
			left[set] = z
		}
	}
	for set := 1; set < sets; set++ {
		VPORQ(left[0], left[set], left[0])
	}
	mask := K()
	VPTESTMB(left[0], left[0], mask)
	KANDQ(noHigh, high, high)
	KANDNQ(mask, high, mask)

	positions, bits, count := ZMM(), GP64(), GP64()
	compress(iota, mask, positions)
	KMOVQ(mask, bits)
	POPCNTQ(bits, count)
	store := func(quarter int) {
		x, wide := XMM(), ZMM()
		if quarter == 0 {
			VMOVDQA32(positions.AsX(), x)
		} else {
			VEXTRACTI32X4(U8(quarter), positions, x)
		}
		VPMOVZXBD(x, wide)
		VPADDD(base, wide, wide)
		VMOVDQU32(wide, Mem{Base: a.out, Index: n, Scale: 4, Disp: 64 * quarter})
	}
	store(0)
	CMPQ(count, U8(16))
	JHI(LabelRef("many"))
	Label("next")
	ADDQ(count, n)
	VPADDD(step, base, base)
	ADDQ(U8(blockLength), at)
	DECQ(a.blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	keep(a, n)

	Label("many")
	for quarter := 1; quarter < 4; quarter++ {
		store(quarter)
	}
	JMP(LabelRef("next"))
}

// wholeTables loads the tables by position, set, half of the table.
func wholeTables(a arguments) (tables [window][sets][2]reg.VecVirtual) {
	for pos := range tables {
		for set := range tables[pos] {
			for half := range 2 {
				z := ZMM()
				VMOVDQU64(Mem{Base: a.tables, Disp: (sets*pos+set)*128 + half*64}, z)
				tables[pos][set][half] = z
			}
		}
	}
	return tables
}

// compress is VPCOMPRESSB, which the generator's tables lack.
func compress(from, mask, to reg.Register) {
	Instruction(&ir.Instruction{
		Opcode: "VPCOMPRESSB", Suffixes: []string{"Z"}, Operands: []Op{from, mask, to},
		Inputs: []Op{from, mask}, Outputs: []Op{to}, ISA: []string{"AVX512_VBMI2"},
	})
}

// iotaData is 0, 1, 2, ... 63.
func iotaData() Mem {
	m := GLOBL("iota64", RODATA|NOPTR)
	for i := range 64 {
		DATA(i, U8(i))
	}
	return m
}

// stepData is a block's length, sixteen times.
func stepData() Mem {
	m := GLOBL("step16", RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, U32(blockLength))
	}
	return m
}

// avx2 looks up the halves of bytes, which lets more positions through.
func avx2() {
	TEXT("filterAVX2", NOSPLIT, signature)
	Doc("filterAVX2 is filter.run with AVX2, BMI and POPCNT.")
	Pragma("noescape")
	a := load()
	low, zero := YMM(), YMM()
	nibble := GP32()
	MOVL(U32(0x0f0f0f0f), nibble)
	x := XMM()
	VMOVD(nibble, x)
	VPBROADCASTD(x, low)
	VPXOR(zero, zero, zero)
	table := func(pos, set, half int) Mem {
		return Mem{Base: a.tables, Disp: nibblesAt + ((2*pos+set)*2+half)*32}
	}
	var held [2][2][2]reg.VecVirtual // the tables of the first positions
	for pos := range held {
		for set := range 2 {
			for half := range 2 {
				held[pos][set][half] = YMM()
				VMOVDQU(table(pos, set, half), held[pos][set][half])
			}
		}
	}
	at, n, start := GP64(), GP64(), GP64()
	MOVQ(a.data, at)
	XORQ(n, n)
	XORQ(start, start)

	Label("block")
	var masks [2]reg.GPVirtual
	for part := range masks {
		var left [2]reg.VecVirtual
		for pos := range window {
			v, halves := YMM(), [2]reg.VecVirtual{YMM(), YMM()}
			VMOVDQU(Mem{Base: at, Disp: 32*part + pos}, v)
			VPAND(low, v, halves[0])
			VPSRLW(U8(4), v, v)
			VPAND(low, v, halves[1])
			for set := range 2 {
				for half := range 2 {
					t := YMM()
					if pos < len(held) {
						VPSHUFB(halves[half], held[pos][set][half], t)
					} else {
						VMOVDQU(table(pos, set, half), t)
						VPSHUFB(halves[half], t, t)
					}
					if pos+half > 0 {
						VPAND(t, left[set], t)
					}
					left[set] = t
				}
			}
		}
		VPOR(left[0], left[1], left[0])
		VPCMPEQB(zero, left[0], left[0])
		none := GP32()
		VPMOVMSKB(left[0], none)
		NOTL(none)
		masks[part] = none.As64().(reg.GPVirtual)
	}
	flatten(masks, a.out, n, start)
	ADDQ(U8(blockLength), start)
	ADDQ(U8(blockLength), at)
	DECQ(a.blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	keep(a, n)
}

// flatten writes the positions of a block's bits behind the n that out has,
// four at a time, and counts them in.
func flatten(masks [2]reg.GPVirtual, out, n, start reg.GPVirtual) {
	bits, count, end := masks[1], GP64(), GP64()
	SHLQ(U8(32), bits)
	ORQ(masks[0], bits)
	POPCNTQ(bits, count)
	LEAQ(Mem{Base: n, Index: count, Scale: 1}, end)
	Label("few")
	for i := range 4 {
		p := GP64()
		TZCNTQ(bits, p)
		BLSRQ(bits, bits)
		ADDQ(start, p)
		MOVL(p.As32(), Mem{Base: out, Index: n, Scale: 4, Disp: 4 * i})
	}
	ADDQ(U8(4), n)
	CMPQ(n, end)
	JLT(LabelRef("few"))
	MOVQ(end, n)
}

// keep drops of the first n positions those whose slot disagrees, and returns
// how many are left.
func keep(a arguments, n reg.GPVirtual) {
	next, kept := GP64(), GP64()
	XORQ(next, next)
	XORQ(kept, kept)
	Label("keep")
	CMPQ(next, n)
	JGE(LabelRef("done"))
	at, w, slot := GP64(), GP32(), GP32()
	MOVL(Mem{Base: a.out, Index: next, Scale: 4}, at.As32())
	INCQ(next)
	MOVL(Mem{Base: a.data, Index: at, Scale: 1}, w)
	ORL(U32(foldEach), w)
	IMUL3L(I32(hashFactor-1<<32), w, slot)
	SHRL(U8(32-slotBits), slot)
	SHRL(U8(24), w)
	MOVL(Mem{Base: a.tables, Index: slot, Scale: 4, Disp: slotsAt}, slot)
	MOVL(at.As32(), Mem{Base: a.out, Index: kept, Scale: 4})
	BTL(w, slot)
	ADCQ(U8(0), kept)
	JMP(LabelRef("keep"))
	Label("done")
	Store(kept, ReturnIndex(0))
	RET()
}
