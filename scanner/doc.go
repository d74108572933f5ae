// Package scanner finds secrets in what sources read. Scanner is its principal
// type: it runs a rule set over the chunks that sources send and makes the
// report.
//
//	image  dockerfile  git  dir  stdin            scanner/source/*   open, unpack, attribute
//	  \        |        |    |    /
//	   '-------+---+----+---+----'
//	               v  Chunk{Data, *Origin, offsets, BlobID}
//	       match  ->  verify  ->  classify        scanner/match  rules  scanner/classify
//	       literals   regex in     secret? identifier? placeholder? encrypted?
//	         ^        a window
//	         '--- views of what is encoded        scanner/decode -> match
//	               v  Hit
//	    resolve -> attribute -> group -> policy -> mask   one finding a secret, chain of occurrences
//	               v  Report
//	    table  json  jsonl  sarif                 reporters
//
// # Chunks
//
// A source cuts a stream into chunks and repeats at least Overlap bytes of one
// in the next. A decision about an anchor (a literal of a rule) depends on the
// bytes within rules.MaxReach and Margin of it and on nothing else, and each
// anchor belongs to the one chunk in which all of these are first in sight. So
// what is found does not depend on where a stream is cut, nothing is found
// twice, and the expression never runs over the repeated bytes a second time.
//
// # Views
//
// What a stretch of a stream says once it is decoded is a view: a chunk of its
// own that is looked at beside the stream, and whose positions are those of the
// stretch it was made of. The engine makes those of encodings, out of the bytes
// within reach of their start, so that these too do not depend on the cuts. What
// is encoded at length is in several, which overlap: each anchor belongs to one of
// them, and no value starts or ends where a view is cut. A
// source makes those that take an understanding of the file as a whole: the
// values of a manifest with their names. Where a view and the text, or two
// views, show a value at one place, it is one hit.
//
// # Policy
//
// What people decided to live with is handed in, read from places that the user
// trusts: Policy. A Baseline knows values by keyed hashes, and how wide a Circle
// of people each was known in; an IgnoreFile goes by fingerprints and paths;
// comments beside a value are read as its chunk is scanned, and believed only
// where the origin is the user's own tree. A finding is hidden if every place
// of it is. Fingerprints of values that can be guessed stay those of their
// places whether or not there is a baseline, so that an ignore file means the
// same with and without one.
//
// # Cost
//
// The cheap question comes before the dear one. The literals of all rules are
// looked for at once, and so is all that may be encoded, 64 bytes at a time
// (package match). At a literal a rule asks, in this order: may the identifier
// that it stands in be the name of a credential, and does more than a word of a
// sentence or a piece of code follow it (package classify); does what must stand
// before it; do the bytes behind it, such as those of a user and a password behind
// ://, lead to one that must come; can the first bytes be those of a match, or does
// the window hold the run of bytes that each match has; does the expression match, tried at one place
// where the literal says which; do entropy and checksum agree; does the
// classifier, which asks first how random the value is. An expression is compiled
// when its literal is first met.
//
// What several literals would ask is asked once: an identifier is judged once for
// all that stand in it, rules that differ in their keyword alone share a program
// for the remainder, whose answer serves every keyword of one name, and so does
// the verdict on the value. Where a chunk holds the same text again, as far round a
// value as its judge sees, so is what the judge said. Windows that overlap cost what each adds, and what
// stands near many anchors is found from one of them. A program remembers what its
// loops went over, positions in a chunk are found from the last ones, and what a
// chunk was looked at with is used for the next, so that one without a hit
// allocates nothing. Scanner.Profile says what each rule costs.
//
// What comes after the scan is linear in the hits: partners are looked for among
// the nearest, sorting compares what is cheap first, and masking looks texts up in
// one index of all values in all their forms. Where there are many hits, they and
// their values are made and lie side by side, and what orders and pairs them goes
// by a short form of each, since to fetch a hit costs more than to compare it.
//
// A history is the same text again and again. A source that holds the version
// before a chunk, and knows where anything was found in it, says with a Likeness how
// much of the two is the same but for that: literals are then looked for round what
// is not, and in the rest only the few whose anchors reach far; views are made only
// of what reaches into it. From scan to scan a Cache
// remembers the objects and layers in which there was nothing at all.
//
// # Concurrency
//
// Scanner, rule set and matcher are immutable after New. A source may call its
// Sink from many goroutines, the chunks of one stream in order from one. The
// sink scans on the caller's goroutine and takes one lock only for a chunk with
// hits. What comes after the last source returned runs on one goroutine, but for
// putting findings in order, their fingerprints and the index of their values, which
// are made side by side. The report is sorted, so that two runs give the same bytes
// but for the stats.
package scanner
