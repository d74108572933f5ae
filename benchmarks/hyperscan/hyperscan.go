//go:build hyperscan

package main

/*
#cgo pkg-config: libhs
#include <hs.h>
#include <stdlib.h>

static int on_match(unsigned int id, unsigned long long from, unsigned long long to, unsigned int flags, void *count) {
	++*(unsigned long long *)count;
	return 0;
}

static hs_error_t scan(const hs_database_t *db, const char *data, unsigned int length, hs_scratch_t *scratch, unsigned long long *count) {
	return hs_scan(db, data, length, 0, scratch, on_match, count);
}
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// A database is a set of patterns that Hyperscan compiled in block mode for
// this processor, with the scratch space of one goroutine.
type database struct {
	db      *C.hs_database_t
	scratch *C.hs_scratch_t
}

// patterns are C strings with what compiling them wants beside each.
type patterns struct {
	texts   []*C.char
	lengths []C.size_t
	flags   []C.uint
	ids     []C.uint
}

func newPatterns(texts []string, flags C.uint) *patterns {
	p := &patterns{}
	for i, text := range texts {
		p.texts = append(p.texts, C.CString(text))
		p.lengths = append(p.lengths, C.size_t(len(text)))
		p.flags = append(p.flags, flags)
		p.ids = append(p.ids, C.uint(i))
	}
	return p
}

func (p *patterns) free() {
	for _, text := range p.texts {
		C.free(unsafe.Pointer(text))
	}
}

// literals compiles texts that are found whatever the case of their letters.
func literals(texts []string) (*database, error) {
	p := newPatterns(texts, C.HS_FLAG_CASELESS)
	defer p.free()
	d := &database{}
	var wrong *C.hs_compile_error_t
	C.hs_compile_lit_multi(&p.texts[0], &p.flags[0], &p.ids[0], &p.lengths[0], C.uint(len(texts)), C.HS_MODE_BLOCK, nil, &d.db, &wrong)
	return d.ready(wrong)
}

// expressions compiles regular expressions; every end of a match is a hit.
func expressions(texts []string) (*database, error) {
	p := newPatterns(texts, C.HS_FLAG_ALLOWEMPTY)
	defer p.free()
	d := &database{}
	var wrong *C.hs_compile_error_t
	C.hs_compile_multi(&p.texts[0], &p.flags[0], &p.ids[0], C.uint(len(texts)), C.HS_MODE_BLOCK, nil, &d.db, &wrong)
	return d.ready(wrong)
}

func (d *database) ready(wrong *C.hs_compile_error_t) (*database, error) {
	if wrong != nil {
		defer C.hs_free_compile_error(wrong)
		return nil, fmt.Errorf("hyperscan: pattern %d: %s", int(wrong.expression), C.GoString(wrong.message))
	}
	if code := C.hs_alloc_scratch(d.db, &d.scratch); code != C.HS_SUCCESS {
		d.free()
		return nil, fmt.Errorf("hyperscan: scratch space: code %d", int(code))
	}
	return d, nil
}

func (d *database) free() {
	C.hs_free_scratch(d.scratch)
	C.hs_free_database(d.db)
}

// count scans data block by block and returns how many matches ended.
func (d *database) count(data []byte, block int) (uint64, error) {
	var n C.ulonglong
	for len(data) > 0 {
		size := min(block, len(data))
		code := C.scan(d.db, (*C.char)(unsafe.Pointer(&data[0])), C.uint(size), d.scratch, &n)
		if code != C.HS_SUCCESS {
			return 0, fmt.Errorf("hyperscan: scan: code %d", int(code))
		}
		data = data[size:]
	}
	return uint64(n), nil
}
