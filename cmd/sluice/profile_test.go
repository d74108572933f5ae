package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// profiles holds that each of the files is a whole profile.
func profiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: profiles FILE...")
	}
	for _, name := range args {
		ts.Check(wholeProfile(ts.MkAbs(name)))
	}
}

// wholeProfile reads a file to its end: what package pprof writes is gzip, which
// says itself where that is, and a trace opens with the version of its format.
func wholeProfile(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(data, []byte("go 1.")) {
		return nil
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s: %d bytes: %w", path, len(data), err)
	}
	if n, err := io.Copy(io.Discard, r); err != nil || n == 0 {
		return fmt.Errorf("%s: %d bytes unpacked, %w", path, n, err)
	}
	return nil
}
