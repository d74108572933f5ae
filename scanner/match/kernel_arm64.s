// Written by hand: the generator in asm knows amd64 alone. filter_arm64.go
// declares what is here; TestLayout holds where the tables are.
//
// NEON is part of every arm64. The instructions are named as Go names them,
// the destination last.

#include "textflag.h"

// Where match.tables and match.sieveTables have what is looked up, and what
// package match calls slotBits, hashFactor and foldEach.
#define nibblesAt 1536
#define slotsAt 2048
#define halvesAt 256
#define slotBits 12
#define hashFactor 0x9e377900
#define foldEach 0x20202020

// A bit of its own for each of eight bytes: the sum of those that are left is
// the mask of the eight.
DATA weights<>+0(SB)/8, $0x8040201008040201
DATA weights<>+8(SB)/8, $0x8040201008040201
GLOBL weights<>(SB), RODATA|NOPTR, $16

// LOAD has the sixteen bytes at a place of the block by what the tables go by:
// their low five bits in V25, their high four in V26.
#define LOAD(at) \
	FMOVQ (at)(R1), F25            \
	VUSHR $4, V25.B16, V26.B16     \
	VAND  V24.B16, V25.B16, V25.B16

// BEGIN looks up the buckets of a first byte: in V27 those of one set, in V28
// those of the other. Each set has a table of 32 for the low bits and one of 16
// for the high, and a bucket is left where both have it.
#define BEGIN(low0a, low0b, high0, low1a, low1b, high1) \
	VTBL V25.B16, [low0a.B16, low0b.B16], V27.B16 \
	VTBL V25.B16, [low1a.B16, low1b.B16], V28.B16 \
	VTBL V26.B16, [high0.B16], V29.B16            \
	VTBL V26.B16, [high1.B16], V26.B16            \
	VAND V29.B16, V27.B16, V27.B16                \
	VAND V26.B16, V28.B16, V28.B16

// GOON leaves of the buckets in V27 and V28 those that go on with this byte.
// The last look-up is left to be combined: in V29 and V26.
#define GOON(low0a, low0b, high0, low1a, low1b, high1) \
	VTBL V25.B16, [low0a.B16, low0b.B16], V29.B16 \
	VTBL V25.B16, [low1a.B16, low1b.B16], V25.B16 \
	VAND V29.B16, V27.B16, V27.B16                \
	VTBL V26.B16, [high0.B16], V29.B16            \
	VTBL V26.B16, [high1.B16], V26.B16            \
	VAND V25.B16, V28.B16, V28.B16

// JOIN combines what GOON left.
#define JOIN \
	VAND V29.B16, V27.B16, V27.B16 \
	VAND V26.B16, V28.B16, V28.B16

// SIXTEEN looks at the windows from sixteen places on. Where a bucket of either
// set is left, the result has the weight of the place, else 0. The comparison
// joins the last look-up as it tests.
#define SIXTEEN(at, result) \
	LOAD(at)                                  \
	BEGIN(V0, V1, V2, V3, V4, V5)             \
	LOAD(at+1)                                \
	GOON(V6, V7, V8, V9, V10, V11)            \
	JOIN                                      \
	LOAD(at+2)                                \
	GOON(V12, V13, V14, V15, V16, V17)        \
	JOIN                                      \
	LOAD(at+3)                                \
	GOON(V18, V19, V20, V21, V22, V23)        \
	VCMTST V29.B16, V27.B16, V27.B16          \
	VCMTST V26.B16, V28.B16, V28.B16          \
	FMOVQ  (R6), F29                          \
	VORR   V27.B16, V28.B16, V27.B16          \
	VAND   V29.B16, V27.B16, result.B16

// func filterNEON(tables *byte, data *byte, blocks int, out *uint32) int
//
// The first step leaves a mask for each block where its positions will be at
// the earliest, so that it has no branch which depends on the data. The second
// goes through the masks: it has written no position past a block by the time
// it comes to the next one's mask.
TEXT ·filterNEON(SB), NOSPLIT, $0-40
	MOVD tables+0(FP), R0
	MOVD data+8(FP), R1
	MOVD blocks+16(FP), R2
	MOVD out+24(FP), R3

	// The tables of the four places, two sets each, stay in V0 to V23. In memory
	// the one for the high half is there twice: 64 bytes for a set.
	ADD    $nibblesAt, R0, R4
	MOVD   $64, R5
	VLD1.P (R4)(R5), [V0.B16, V1.B16, V2.B16]
	VLD1.P (R4)(R5), [V3.B16, V4.B16, V5.B16]
	VLD1.P (R4)(R5), [V6.B16, V7.B16, V8.B16]
	VLD1.P (R4)(R5), [V9.B16, V10.B16, V11.B16]
	VLD1.P (R4)(R5), [V12.B16, V13.B16, V14.B16]
	VLD1.P (R4)(R5), [V15.B16, V16.B16, V17.B16]
	VLD1.P (R4)(R5), [V18.B16, V19.B16, V20.B16]
	VLD1   (R4), [V21.B16, V22.B16, V23.B16]
	VMOVI  $31, V24.B16

	// R6 is where the weights are: there is no register left for them.
	MOVD $weights<>(SB), R6
	MOVD R2, R7
	MOVD R3, R8

block:
	// Sums of neighbours, three times over, make of the 64 weights eight bytes
	// with a bit for each position, the first to the lowest.
	SIXTEEN(0, V30)
	SIXTEEN(16, V31)
	VADDP V31.B16, V30.B16, V30.B16
	SIXTEEN(32, V31)
	SIXTEEN(48, V27)
	VADDP V27.B16, V31.B16, V31.B16
	VADDP V31.B16, V30.B16, V30.B16
	VADDP V30.B16, V30.B16, V30.B16
	FMOVD F30, (R8)
	ADD   $(4*64), R8
	ADD   $64, R1
	SUBS  $1, R7
	BNE   block

	MOVD data+8(FP), R1
	ADD  $slotsAt, R0
	MOVD $foldEach, R9
	MOVD $hashFactor, R10
	MOVD R3, R4               // where the next position goes
	MOVD R3, R8               // the mask
	MOVD ZR, R11              // where the block starts

mask:
	MOVD (R8), R5
	ADD  $(4*64), R8
	CBZ  R5, next

place:
	// The lowest bit is the next position, and is taken out.
	RBIT R5, R12
	CLZ  R12, R12
	SUB  $1, R5, R13
	AND  R13, R5, R5
	ADD  R11, R12, R12

	// It is written, and stays if the slot of its first three bytes has the bit
	// of the fourth: of whose five low bits the shift takes notice.
	MOVWU (R1)(R12), R13
	MOVW  R12, (R4)
	ORRW  R9, R13, R13
	MULW  R10, R13, R14
	LSRW  $24, R13, R13
	LSRW  $(32-slotBits), R14, R14
	MOVWU (R0)(R14<<2), R14
	LSRW  R13, R14, R14
	AND   $1, R14, R14
	ADD   R14<<2, R4, R4
	CBNZ  R5, place

next:
	ADD  $64, R11
	SUBS $1, R2
	BNE  mask
	SUB  R3, R4, R4
	LSR  $2, R4, R4
	MOVD R4, ret+32(FP)
	RET

// HALVES has the sixteen bytes at a place of the block by their halves.
#define HALVES(at, low, high, v) \
	FMOVQ (at)(R1), v                 \
	VUSHR $4, low.B16, high.B16       \
	VAND  V6.B16, low.B16, low.B16

// SIEVE marks sixteen places, with their weights: set those of the set, pairs
// those where both bytes of a pair stand. A byte is one of a table if its halves
// share a bit, and begins the pairs that it shares a bit with the next one for.
#define SIEVE(at, set, pairs) \
	HALVES(at, V8, V9, F8)               \
	HALVES(at+1, V10, V11, F10)          \
	VTBL   V8.B16, [V0.B16], V12.B16     \
	VTBL   V9.B16, [V1.B16], V13.B16     \
	VTBL   V8.B16, [V2.B16], V14.B16     \
	VTBL   V9.B16, [V3.B16], V15.B16     \
	VTBL   V10.B16, [V4.B16], V16.B16    \
	VTBL   V11.B16, [V5.B16], V17.B16    \
	VCMTST V13.B16, V12.B16, V12.B16     \
	VAND   V15.B16, V14.B16, V14.B16     \
	VAND   V17.B16, V16.B16, V16.B16     \
	VAND   V7.B16, V12.B16, set.B16      \
	VCMTST V16.B16, V14.B16, V14.B16     \
	VAND   V7.B16, V14.B16, pairs.B16

// MASK makes of the weights of 64 places a bit for each, and writes them.
#define MASK(v0, v1, v2, v3, f0, to) \
	VADDP   v1.B16, v0.B16, v0.B16 \
	VADDP   v3.B16, v2.B16, v2.B16 \
	VADDP   v2.B16, v0.B16, v0.B16 \
	VADDP   v0.B16, v0.B16, v0.B16 \
	FMOVD.P f0, 8(to)

// func sieveNEON(tables *byte, data *byte, blocks int, set *uint64, pairs *uint64)
TEXT ·sieveNEON(SB), NOSPLIT, $0-40
	MOVD tables+0(FP), R0
	MOVD data+8(FP), R1
	MOVD blocks+16(FP), R2
	MOVD set+24(FP), R3
	MOVD pairs+32(FP), R4

	// The halves of the set, of what begins a pair and of what ends one.
	ADD    $halvesAt, R0, R5
	MOVD   $32, R6
	VLD1.P (R5)(R6), [V0.B16]
	VLD1.P (R5)(R6), [V1.B16]
	VLD1.P (R5)(R6), [V2.B16]
	VLD1.P (R5)(R6), [V3.B16]
	VLD1.P (R5)(R6), [V4.B16]
	VLD1   (R5), [V5.B16]
	VMOVI  $15, V6.B16
	MOVD   $weights<>(SB), R6
	VLD1   (R6), [V7.B16]

block:
	SIEVE(0, V20, V24)
	SIEVE(16, V21, V25)
	SIEVE(32, V22, V26)
	SIEVE(48, V23, V27)
	MASK(V20, V21, V22, V23, F20, R3)
	MASK(V24, V25, V26, V27, F24, R4)
	ADD  $64, R1
	SUBS $1, R2
	BNE  block
	RET
