package classify

import "strings"

// set makes a set of the words of a text.
func set(text string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(text) {
		m[w] = true
	}
	return m
}

// parts returns the words of a value in lower case, split where letters end
// and at humps; digits and all else part them and are left out.
func parts(v []byte) []string {
	var out []string
	for i := 0; i < len(v); {
		n := letterRun(v[i:])
		if n == 0 {
			i++
			continue
		}
		for _, w := range camel(v[i : i+n]) {
			out = append(out, strings.ToLower(string(w)))
		}
		i += n
	}
	return out
}

// made reports whether a word is one of the vocabulary or several of them
// written together.
func made(word string, vocabulary map[string]bool) bool {
	if vocabulary[word] {
		return true
	}
	if word == "" || len(word) > 64 {
		return false
	}
	var reach [65]bool
	reach[0] = true
	for end := 1; end <= len(word); end++ {
		for start := max(0, end-16); start < end-1 && !reach[end]; start++ {
			reach[end] = reach[start] && vocabulary[word[start:end]]
		}
	}
	return reach[len(word)]
}

// camel splits a run of letters at its humps: "parseURLPath" into parse, URL
// and Path.
func camel(run []byte) [][]byte {
	var out [][]byte
	start := 0
	for i := 1; i < len(run); i++ {
		if isUpper(run[i]) && (!isUpper(run[i-1]) || i+1 < len(run) && !isUpper(run[i+1])) {
			out = append(out, run[start:i])
			start = i
		}
	}
	return append(out, run[start:])
}

func letterRun(v []byte) int {
	n := 0
	for n < len(v) && symbol(v[n]) != edge {
		n++
	}
	return n
}

func digitRun(v []byte) int {
	n := 0
	for n < len(v) && isDigit(v[n]) {
		n++
	}
	return n
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }
func isLower(b byte) bool { return b >= 'a' && b <= 'z' }

func isSeparator(b byte) bool {
	switch b {
	case '-', '_', '.', ' ', '/', ':', ',':
		return true
	}
	return false
}

// longest returns the longest of the pieces that a value falls into at the
// bytes that part it.
func longest(v []byte, parts func(byte) bool) []byte {
	var best []byte
	start := 0
	for i := 0; i <= len(v); i++ {
		if i < len(v) && !parts(v[i]) {
			continue
		}
		if i-start > len(best) {
			best = v[start:i]
		}
		start = i + 1
	}
	return best
}

func digits(v []byte) int {
	n := 0
	for _, b := range v {
		if isDigit(b) {
			n++
		}
	}
	return n
}

// kinds counts the kinds of characters in a value: small letters, capitals,
// digits, symbols; separators are none.
func kinds(v []byte) int {
	var lower, upper, digit, symbol int
	for _, b := range v {
		switch {
		case isLower(b):
			lower = 1
		case isUpper(b):
			upper = 1
		case isDigit(b):
			digit = 1
		case !isSeparator(b):
			symbol = 1
		}
	}
	return lower + upper + digit + symbol
}
