package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// commitsAtOnce is how many commits a diff-tree is asked for in one go.
const commitsAtOnce = 512

// endOfBatch is a line that is no commit: diff-tree repeats it, once it wrote
// everything before it.
const endOfBatch = "sluice: end of batch\n"

// What is told of one commit is bounded: so many files, and bytes of them with their
// paths. A few trees that name each other many times are more than anybody has.
const (
	mostFiles = 1 << 20
	mostTold  = 128 << 20
)

var (
	errFiles = fmt.Errorf("more than %d files change, or more than %d bytes of paths and ids", mostFiles, mostTold)
	errMany  = errors.New("that is enough at once")
)

// A toll is what it takes to tell of files.
type toll struct{ files, bytes int }

// tollOfFile is about how many bytes one takes besides its path.
const tollOfFile = 128

// add counts one more file, and returns errFiles if these are too many for a commit.
func (t *toll) add(path string) error {
	t.files++
	t.bytes += tollOfFile + len(path)
	if t.files >= mostFiles || t.bytes >= mostTold {
		return errFiles
	}
	return nil
}

// SkipSubmodule says why the content of a submodule is not there.
const SkipSubmodule scanner.Reason = "submodule, not followed"

// A differ tells what changed with commits: by their trees, or what these do not
// tell by asking a diff-tree. It is for one goroutine.
type differ struct {
	scan  *scan
	trees *comparer // nil: git is asked for all
	git   *process
	done  int // commits of the batch that were answered whole
	path  []byte

	restarts int
}

func (s *scan) newDiffer() *differ { return &differ{scan: s} }

// mostAnswered is about how much is told of at once, in bytes: the files of 512
// commits of a hostile history are more than fit into any memory.
const mostAnswered = 4 << 20

// tell compares the commits, and calls emit with what changed with some of them at a
// time, in their order. Those of one commit come together.
func (d *differ) tell(ctx context.Context, commits []int32, emit func([]answer)) error {
	if d.trees == nil {
		d.scan.objectStore().Hold()
		d.trees = &comparer{scan: d.scan, packs: d.scan.treeReader()}
	}
	var all []answer
	told := 0
	flush := func() {
		if len(all) > 0 {
			emit(all)
		}
		all, told = nil, 0
	}
	var rest []question // the last ones, which the trees do not answer
	for _, commit := range commits {
		if ctx.Err() != nil {
			break
		}
		questions := d.scan.questions(commit)
		answers, err := d.compare(questions)
		if err != nil {
			flush()
			rest = append(rest, questions...)
			continue
		}
		if len(rest) > 0 {
			if err := d.ask(ctx, rest, emit); err != nil {
				return err
			}
			rest = nil
		}
		all = append(all, answers...)
		for _, a := range answers {
			told += a.toll
		}
		if told > mostAnswered {
			flush()
		}
	}
	flush()
	return cmpErr(ctx.Err(), d.ask(ctx, rest, emit))
}

// compare answers the questions about one commit by its trees.
func (d *differ) compare(questions []question) ([]answer, error) {
	answers := make([]answer, 0, len(questions))
	for _, q := range questions {
		files, err := d.trees.compare(q)
		if errors.Is(err, errFiles) { // these are scanned
			d.unknown(q, err)
		} else if err != nil {
			return nil, err
		}
		answers = append(answers, answer{q, files, d.trees.toll.bytes})
	}
	return answers, nil
}

// unknown says that not all is known of what changed with a commit.
func (d *differ) unknown(q question, err error) {
	id := d.scan.log.hex(d.scan.log.listedID(q.commit))
	d.scan.sink.Problem(d.scan.origin("commit:"+id), fmt.Errorf("its files are not known: %w", err))
}

func (d *differ) start(ctx context.Context) (err error) {
	d.git, err = d.scan.repo.git.start(ctx, "diff-tree", "--stdin", "--always", "-r", "--root", "--raw", "-z", "--no-renames",
		"--no-abbrev", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
	return err
}

func (d *differ) end() error {
	if d.git == nil {
		return nil
	}
	return d.git.end()
}

// A question is one pair of trees to compare: a commit, and which of its
// parents.
type question struct {
	commit int32
	parent int // -1: there is none
}

// ask has git compare, and calls emit as tell does. A git that ends over a commit is
// a problem of that one, and another goes on.
func (d *differ) ask(ctx context.Context, questions []question, emit func([]answer)) error {
	var all []answer
	for len(questions) > 0 {
		if d.git == nil {
			if err := d.start(ctx); err != nil {
				return err
			}
		}
		answers, err := d.answers(questions)
		all = append(all, answers...)
		if ctx.Err() != nil {
			break
		}
		questions = questions[min(d.done, len(questions)):]
		if err == nil && len(questions) > 0 {
			err = errors.New("git diff-tree answered too little")
		}
		if err != nil {
			many := errors.Is(err, errMany)
			if many || errors.Is(err, errFiles) { // it would go on
				d.git.kill()
			} else {
				err = cmpErr(d.git.end(), err)
			}
			d.git = nil
			if !many {
				if d.restarts++; d.restarts > mostRestarts {
					return fmt.Errorf("git diff-tree ended %d times: %w", d.restarts, err)
				}
				if len(questions) > 0 {
					d.unknown(questions[0], err)
					questions = questions[1:]
				}
			}
		}
		done := len(all)
		for len(questions) > 0 && done > 0 && all[done-1].commit == questions[0].commit {
			done--
		}
		if done > 0 {
			emit(all[:done:done])
			all = all[done:]
		}
	}
	if len(all) > 0 {
		emit(all)
	}
	return ctx.Err()
}

// cmpErr is the first error that is one.
func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// questions compares a commit with its first parent, and where a merge must bring
// content in by itself to count, with the others.
func (s *scan) questions(commit int32) []question {
	n := len(s.log.listedParents(commit))
	if n == 0 {
		return []question{{commit, -1}}
	}
	all := []question{{commit, 0}}
	for i := 1; i < n && s.everyParent; i++ {
		all = append(all, question{commit, i})
	}
	return all
}

func (s *scan) line(q question) string {
	id := s.log.hex(s.log.listedID(q.commit))
	if q.parent < 0 {
		return id + "\n"
	}
	return id + " " + s.log.hex(s.log.listedID(s.log.listedParents(q.commit)[q.parent])) + "\n"
}

// An answer is what changed between two trees.
type answer struct {
	question
	files []changed
	toll  int // bytes that they take
}

// A changed file, as diff-tree tells it. The zero oid is no file.
type changed struct {
	oldMode, newMode string
	old, new         oid
	size             int // of an id in bytes
	path             string
}

// answers returns what diff-tree says to the questions, and sets done to how
// many it answered whole. With errMany there is more to be read.
func (d *differ) answers(questions []question) ([]answer, error) {
	var lines strings.Builder
	for _, q := range questions {
		lines.WriteString(d.scan.line(q))
	}
	lines.WriteString(endOfBatch)
	in := d.git.in
	go func() { _, _ = io.WriteString(in, lines.String()) }() // it may have to wait for us to read
	var all []answer
	var one toll
	told := 0
	d.done = 0
	for {
		first, err := d.git.out.Peek(1)
		if err != nil {
			return whole(all, d.done), err
		}
		switch {
		case first[0] == ':':
			f, err := d.changed()
			if err != nil || len(all) == 0 {
				return whole(all, d.done), cmpErr(err, errors.New("git diff-tree names a file before its commit"))
			}
			last := &all[len(all)-1]
			last.files = append(last.files, f)
			if err := one.add(f.path); err != nil { // these are scanned
				return all, err
			}
		case first[0] == endOfBatch[0]:
			if line, err := d.git.out.ReadSlice('\n'); err != nil || string(line) != endOfBatch {
				return whole(all, d.done), cmpErr(err, fmt.Errorf("git diff-tree says %q", line))
			}
			d.done = len(all)
			return all, nil
		default: // a commit
			if _, err := d.token(); err != nil {
				return whole(all, d.done), err
			}
			d.done = len(all)
			if d.done == len(questions) {
				return all, errors.New("git diff-tree answers what was not asked")
			}
			if told += one.bytes; told > mostAnswered {
				return all, errMany
			}
			one = toll{}
			all = append(all, answer{question: questions[d.done]})
		}
	}
}

// whole leaves out the last answer, which may lack files.
func whole(all []answer, done int) []answer { return all[:done] }

// changed reads ":mode mode old new S", and the path.
func (d *differ) changed() (f changed, err error) {
	head, err := d.token()
	if err != nil {
		return f, err
	}
	fields := strings.Fields(string(head[1:]))
	if len(fields) != 5 {
		return f, fmt.Errorf("git diff-tree says %q", head)
	}
	var ok [2]bool
	f.oldMode, f.newMode = mode(fields[0]), mode(fields[1])
	f.old, ok[0] = parseOID(fields[2])
	f.new, ok[1] = parseOID(fields[3])
	f.size = len(fields[3]) / 2
	path, err := d.token()
	f.path = string(path)
	if err == nil && (!ok[0] || !ok[1]) {
		err = fmt.Errorf("git diff-tree says %q", head)
	}
	return f, err
}

// mode returns a mode that keeps nothing of the text it was read from.
func mode(text string) string {
	for _, known := range [...]string{noFile, "100644", "100755", "120000", submoduleMode} {
		if text == known {
			return known
		}
	}
	return strings.Clone(text)
}

// token reads up to a NUL, which is not returned. It is valid until the next.
func (d *differ) token() ([]byte, error) {
	d.path = d.path[:0]
	for {
		part, err := d.git.out.ReadSlice(0)
		d.path = append(d.path, part...)
		if err == nil {
			return bytes.TrimSuffix(d.path, []byte{0}), nil
		}
		if len(d.path) > mostPointer || !errors.Is(err, bufio.ErrBufferFull) {
			return nil, fmt.Errorf("%s: %w", d.git.name, err)
		}
	}
}
