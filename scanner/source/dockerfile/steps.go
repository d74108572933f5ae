package dockerfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// Steps returns the instructions of a Dockerfile that reach the image which is
// built from it, in order, for scanner.Join: those of the stage that is built
// and of the stages it goes on from, without FROM. Of the options it heeds
// BuildArgs, Target and Base.
func Steps(path string, o Options) ([]scanner.Step, error) {
	s, err := Open([]string{path}, o)
	if err != nil {
		return nil, err
	}
	if s.base, err = filepath.Abs(o.Base); err != nil {
		return nil, fmt.Errorf("base folder: %w", err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	data, err := readDockerfile(abs)
	if err != nil {
		return nil, err
	}
	f, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.walk(s.given, func(*walk, resolved) {}) // finds out what each stage goes on from
	if err := f.target(o.Target); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var steps []scanner.Step
	for _, ins := range f.instructions {
		if ins.stage == nil || !ins.stage.reached || ins.name == "FROM" && !ins.onbuild {
			continue
		}
		steps = append(steps, scanner.Step{
			File: s.shown(abs), Line: ins.lines.from, EndLine: ins.lines.to, Stage: ins.stage.String(), Instruction: strings.TrimSpace(ins.text),
		})
	}
	return steps, nil
}

// readDockerfile reads a regular file; one that is longer than what is
// understood is cut, and then refused by parse.
func readDockerfile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}
