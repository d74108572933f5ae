package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The layout of match.sieveTables.
const (
	firstAt  = 0
	secondAt = 128
	halvesAt = 256
	setBit   = 1
)

const sieveSignature = "func(tables, data *byte, blocks int, set, pairs *uint64)"

// sieveArguments are those of a sieve, in registers.
type sieveArguments struct{ tables, data, blocks, set, pairs reg.GPVirtual }

func loadSieve() sieveArguments {
	pointer := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	return sieveArguments{pointer("tables"), pointer("data"), pointer("blocks"), pointer("set"), pointer("pairs")}
}

// next moves on by a block.
func (a sieveArguments) next() {
	ADDQ(U8(blockLength), a.data)
	ADDQ(U8(8), a.set)
	ADDQ(U8(8), a.pairs)
	DECQ(a.blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

func sieveVBMI() {
	TEXT("sieveVBMI", NOSPLIT, sieveSignature)
	Doc("sieveVBMI is Sieve.mark with AVX-512 VBMI.")
	Pragma("noescape")
	a := loadSieve()
	table := func(at int) (half [2]reg.VecVirtual) {
		for i := range half {
			half[i] = ZMM()
			VMOVDQU64(Mem{Base: a.tables, Disp: at + 64*i}, half[i])
		}
		return half
	}
	first, second := table(firstAt), table(secondAt)
	ones, one := ZMM(), GP32()
	MOVL(U32(setBit*0x01010101), one)
	VPBROADCASTD(one, ones)

	Label("block")
	here, next, of := ZMM(), ZMM(), ZMM()
	VMOVDQU64(Mem{Base: a.data}, here)
	VMOVDQU64(Mem{Base: a.data, Disp: 1}, next)
	VMOVDQA64(here, of)
	VPERMI2B(first[1], first[0], of)
	VPERMI2B(second[1], second[0], next)
	set, pairs, high := K(), K(), K()
	VPTESTMB(of, ones, set)
	VPTESTMB(of, next, pairs)
	VPMOVB2M(here, high)
	KANDNQ(set, high, set)
	KANDNQ(pairs, high, pairs)
	KMOVQ(set, Mem{Base: a.set})
	KMOVQ(pairs, Mem{Base: a.pairs})
	a.next()
}

func sieveAVX2() {
	TEXT("sieveAVX2", NOSPLIT, sieveSignature)
	Doc("sieveAVX2 is Sieve.mark with AVX2.")
	Pragma("noescape")
	a := loadSieve()
	table := func(n int) (half [2]reg.VecVirtual) {
		for i := range half {
			half[i] = YMM()
			VMOVDQU(Mem{Base: a.tables, Disp: halvesAt + (2*n+i)*32}, half[i])
		}
		return half
	}
	member, first, second := table(0), table(1), table(2)
	low, zero, nibble, x := YMM(), YMM(), GP32(), XMM()
	MOVL(U32(0x0f0f0f0f), nibble)
	VMOVD(nibble, x)
	VPBROADCASTD(x, low)
	VPXOR(zero, zero, zero)
	halves := func(disp int) (half [2]reg.VecVirtual) {
		half = [2]reg.VecVirtual{YMM(), YMM()}
		VMOVDQU(Mem{Base: a.data, Disp: disp}, half[1])
		VPAND(low, half[1], half[0])
		VPSRLW(U8(4), half[1], half[1])
		VPAND(low, half[1], half[1])
		return half
	}
	look := func(t, half [2]reg.VecVirtual) reg.VecVirtual {
		l, h := YMM(), YMM()
		VPSHUFB(half[0], t[0], l)
		VPSHUFB(half[1], t[1], h)
		VPAND(l, h, l)
		return l
	}
	mask := func(v reg.VecVirtual) reg.GPVirtual {
		m := GP32()
		VPCMPEQB(zero, v, v)
		VPMOVMSKB(v, m)
		NOTL(m)
		return m
	}

	Label("block")
	for part := range 2 {
		here := halves(32 * part)
		MOVL(mask(look(member, here)), Mem{Base: a.set, Disp: 4 * part})
		of := look(first, here)
		next := look(second, halves(32*part+1))
		VPAND(of, next, of)
		MOVL(mask(of), Mem{Base: a.pairs, Disp: 4 * part})
	}
	a.next()
}
