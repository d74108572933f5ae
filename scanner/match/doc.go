// Package match finds bytes fast: Matcher many literals in one pass over data,
// Sieve the bytes of a set, Program what a regular expression matches at one
// place. It knows no rule and no chunk. All three are compiled once and are then
// immutable and safe for concurrent use.
//
// # How a Matcher works
//
// Each literal has a window: the four bytes in it that are least likely in any
// data, all of it if it is shorter. A filter looks for windows, and where it
// finds one the literals of that window are compared. What text has much oftener than
// its bytes by chance, such as https://, is a window of no literal that has another.
//
// The filter takes two steps. The first shares the windows out to 24 buckets and
// knows for each bucket which bytes stand at each of the four places of its
// windows. One table of 128 entries answers for eight buckets, AVX-512 VBMI looks
// 64 bytes up in it at once, and the answers of the four places are combined: 12
// look-ups for 64 positions, with the case of letters in the tables. The places
// where a bucket is left are written out with a compressing store, so that this
// loop has no branch that depends on the data. The second step hashes the first
// three bytes of each such place to one of 4,096 slots, where a bit says whether
// the fourth byte is one that belongs there. It has no branch either.
//
// With AVX2 a look-up answers for half a byte and a register for half as many
// bytes, so there are 16 buckets, and they let four to seven times as many places
// through to the second step. NEON has 16 buckets too, and tells five bits apart
// in one half: see below. Elsewhere the second step is taken at every position.
//
// # Why this and nothing else
//
// The figures are for the 666 literals of the built-in rules on one core of an
// AMD EPYC with AVX-512, on the source of Go's standard library (90 MB), on text
// full of credentials (7.6 MB) and on a node_modules tree (196 MB), each taken as
// the best of several runs on a machine that others used too. They are there to
// rank the ways, not to be quoted; `make bench` and `make bench-hyperscan` measure.
//
//	                                            Go    text   node_modules
//	Aho-Corasick, a table by byte classes      0.52   0.46   0.51   GB/s
//	this, portable                             0.54   0.39   0.48
//	this, AVX2, 16 buckets                     1.24   0.65   0.98
//	this, AVX-512, 16 buckets                  3.06   1.10   2.24
//	this, AVX-512, 24 buckets                  4.02   1.32   2.80
//	Hyperscan 5.4 (FDR), the same literals     2.55   1.21   1.79
//
// Teddy is the first step with half bytes. Its buckets fill up: with a few dozen
// literals in each, nearly every pair of halves is one of them. Of all positions
// these pass the first step (simulated on the same data, with the 676 literals
// that came of later rules):
//
//	half bytes, 16 buckets, four places       28.7 %  41.6 %  32.3 %
//	half bytes, 32 buckets, four places       10.4    19.9    12.1
//	five bits and half, 16 buckets, four      15.8    25.1    18.9
//	five bits and half, 24 buckets, four       6.8    13.4     9.0
//	whole bytes, 8 buckets, four places       18.3    29.8    21.4
//	whole bytes, 16 buckets, three places     14.2    23.0    16.7
//	whole bytes, 16 buckets, four places       9.2    16.9    11.2
//	whole bytes, 24 buckets, four places       4.2    10.0     5.6
//	whole bytes, 32 buckets, four places       2.3     6.2     3.1
//
// 24 buckets are what fills the registers. FDR and other forms of shift-or read a
// table of some KiB at each position; that costs a load a byte, about what the
// second step costs at each position, and stays below 1 GB/s in the portable form
// here. Skipping ahead, as Wu-Manber does, gains little where a literal may have
// three bytes. A larger window hashed at every position lets less through, but
// the first step is cheaper than any hash. What is left of the time is spent
// comparing literals that do stand there: in text full of credentials one begins
// every 67 bytes.
//
// Vectors are chosen when a matcher is compiled, by what the processor can do.
// The kernels for amd64 are written by package asm, a module of its own.
//
// # NEON
//
// NEON is part of every arm64, so its kernels, which are written by hand, are
// chosen when the program is built. One instruction looks 16 bytes up in a table
// of 16, 32, 48 or 64 entries, which lie in as many registers as they fill. The
// low five bits of a byte tell the letters apart whatever their case. A table of
// 32 for these bits and one of 16 for the high half, which tells letters from most
// else, are three registers; for four places and two sets of eight buckets they
// are 24 of the 32 that there are. That lets through little more than half of what
// two halves do. A table for whole bytes fills eight registers and takes two
// instructions over four of them each; with eight buckets, which fill all there
// are, more would pass. A third set of buckets would halve what passes for half as
// many look-ups more, in tables that no register is left for: counted out, what
// the second step saves is what the first would add.
//
// There is no compressing store. The first step writes a mask for each block,
// without a branch. The second goes through the bits of a mask one by one; where
// they end is hard to foretell, but no vector waits for that.
//
// For 64 bytes the first step takes 189 instructions, 164 of them on vectors; the
// second takes 15 for each place that passed the first, and 6. By the table above
// that is some 350 on the source of Go and 440 on text full of credentials; the
// portable filter takes 1,280 at least. These are counts, not speeds. The kernels
// are tested under qemu-user, which does what an instruction says and tells nothing
// of what it costs: how fast they are on a processor has not been measured, and
// every figure of speed here is of amd64.
//
// # How a Program works
//
// A Program is a list of instructions that is run with backtracking. Four things
// keep the steps few. For each instruction and each byte that may stand at the
// place, a table says where the run comes to without a choice, past loops that
// take nothing there, jumps, and branches that cannot go on; a step is taken only
// where something is. Where several branches can go on, the second byte decides
// as far as it can, and behind blanks the first byte that is none. A loop gives
// back nothing where what follows cannot start within it. And what is made of the
// same characters shares one set, so that little memory is touched.
//
// On the expressions of assigned values, which are 150 instructions long, that
// made 170 ns a run of 230, over the same places of text full of credentials.
//
// A search for all matches tries few places. What a match begins with, where that
// is a dozen bytes or more of one small set, is looked for from its last byte to its
// first, so that one byte that is none of the set passes all starts before it. Where
// a word begins with a match, the byte before is asked; ^ is asked at the start of the
// data alone; and where a match begins with a loop that gives nothing back, what the
// loop took in vain is passed as a whole. Over the examples of all rules, which are
// dense with long values, that made these MB/s:
//
//	forty characters between delimiters or ^     46 -> 970
//	a word of 21 characters, _ and 20 more      157 -> 469
//	32 digits, behind key- or before more       282 -> 814
//	a name of up to 64 characters, : and more    22 -> 261
//
// Where it is known which literal a match begins with, a Gate asks first whether
// what must come behind it can: of the expressions of URLs with a password, nearly
// all runs end before they start.
//
// Runs that start one behind the other, as they do in key:key:key:, would go over
// the same bytes again and again. A Memory keeps for each loop without a bound
// the stretch that it went over last: of a greedy one where it ends, of a lazy one
// where what follows is known to fail, since that does not depend on how the run
// got there. What was learnt within sight of the end of the data is not kept, so
// that a run finds the same with a memory as without.
//
// A program that many runs with a memory are made of becomes an automaton: a table,
// made as runs come to its entries, in which a state and a byte give the next state.
// Expressions of assigned values come to some 420 states and 4,500 entries in text
// full of credentials, which take 3 ms to make. A run then takes some 110 ns where
// backtracking took 350, nearly all of it for memory that is not at hand: so rows
// have the likeliest bytes first, an entry says itself where a run goes on, the notes
// of what the groups come to are read for a match alone, and places in the program
// that were come to the same way share what is known of the groups. What goes on for
// more than 255 bytes, or past ASCII, is left to backtracking, which has the memory
// for it.
package match
