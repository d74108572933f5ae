// Package benchmarks measures the engine, and holds what must not get worse:
// see its README. It has tests only; the data they run over comes from package
// corpus.
package benchmarks
