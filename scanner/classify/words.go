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
	if len(word) > 64 {
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
