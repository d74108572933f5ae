package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// countArray counts the elements of a JSON array.
func countArray(output []byte) (int, error) {
	var all []json.RawMessage
	err := json.Unmarshal(output, &all)
	return len(all), err
}

// countField counts the elements of an array in a JSON object.
func countField(name string) func([]byte) (int, error) {
	return func(output []byte) (int, error) {
		var document map[string]json.RawMessage
		if err := json.Unmarshal(output, &document); err != nil {
			return 0, err
		}
		if document[name] == nil {
			return 0, fmt.Errorf("no field %q in the output", name)
		}
		return countArray(document[name])
	}
}

// countLines counts the lines that are JSON objects with a field, among others
// that are something else.
func countLines(field string) func([]byte) (int, error) {
	return func(output []byte) (int, error) {
		n := 0
		for line := range bytes.Lines(output) {
			var object map[string]json.RawMessage
			if json.Unmarshal(line, &object) == nil && object[field] != nil {
				n++
			}
		}
		return n, nil
	}
}

// countTrivy counts the secrets of all results.
func countTrivy(output []byte) (int, error) {
	var document struct {
		Results []struct{ Secrets []json.RawMessage }
	}
	err := json.Unmarshal(output, &document)
	n := 0
	for _, r := range document.Results {
		n += len(r.Secrets)
	}
	return n, err
}

// countSums adds up the numbers at the ends of lines "path:number".
func countSums(output []byte) (int, error) {
	sum := 0
	for line := range strings.Lines(string(output)) {
		n, err := strconv.Atoi(strings.TrimSpace(line[strings.LastIndexByte(line, ':')+1:]))
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// countNothing is for a tool that looks for nothing.
func countNothing([]byte) (int, error) { return 0, nil }
