package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A runner runs git on one repository such that the repository is data: what
// its configuration names is never run, and nothing is fetched.
type runner struct {
	program string
	folder  folder
	objects []string // folders that objects are in
	partial bool     // some may be missing, see folder.partial
	env     []string
}

// closed are the settings, of a scope that goes before the repository's own,
// that keep git from running or believing what the repository says.
var closed = []string{
	"safe.directory=*", // it may be anybody's: in containers it often is
	"core.hooksPath=" + os.DevNull,
	"core.fsmonitor=false",
	"core.alternateRefsCommand=",
	"core.commitGraph=false", // says of history what the commits may not
	"core.useReplaceRefs=false",
	"core.deltaBaseCacheLimit=64m",
	"core.packedGitWindowSize=4m", // what is mapped of packs counts as memory
	"core.packedGitLimit=64m",
	"core.bigFileThreshold=16m", // beyond it a blob goes through without being held
	"advice.graftFileDeprecated=false",
	"gc.auto=0",
	"maintenance.auto=false",
}

// inherited are the variables that git is given of the program's own.
var inherited = []string{"PATH", "TMPDIR", "TMP", "TEMP", "SYSTEMROOT", "LD_LIBRARY_PATH"}

func newRunner(f folder, o Options) (*runner, error) {
	program := o.Git
	if program == "" {
		program = "git"
	}
	program, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("git: %w", err)
	}
	objects := filepath.Join(f.common, "objects")
	folders, err := objectFolders(objects, o.Alternates, 0)
	if err != nil && !o.Alternates {
		return nil, err
	}
	r := &runner{program: program, folder: f, objects: folders, partial: f.partial()}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); slices.Contains(inherited, strings.ToUpper(name)) {
			r.env = append(r.env, variable)
		}
	}
	r.env = append(r.env,
		"GIT_DIR="+f.git,
		"HOME="+os.DevNull, "XDG_CONFIG_HOME="+os.DevNull,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_SYSTEM="+os.DevNull, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_ATTR_NOSYSTEM=1",
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=", "GIT_TERMINAL_PROMPT=0",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE="+os.DevNull, "GIT_OPTIONAL_LOCKS=0",
		"LC_ALL=C",
	)
	if o.Index != "" {
		r.env = append(r.env, "GIT_INDEX_FILE="+o.Index)
	}
	if o.Quarantine != "" {
		r.objects = append([]string{o.Quarantine}, r.objects...)
		r.env = append(r.env, "GIT_OBJECT_DIRECTORY="+o.Quarantine, "GIT_ALTERNATE_OBJECT_DIRECTORIES="+objects, "GIT_QUARANTINE_PATH="+o.Quarantine)
	}
	return r, nil
}

// grace is how long a git that was told to stop may take.
const grace = 2 * time.Second

func (r *runner) command(ctx context.Context, args ...string) *exec.Cmd {
	all := []string{"--no-pager"}
	for _, setting := range closed {
		all = append(all, "-c", setting)
	}
	cmd := exec.CommandContext(ctx, r.program, append(all, args...)...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = r.env, r.folder.git, grace
	return cmd
}

// mostOutput bounds what a command may say that answers one question.
const mostOutput = 64 << 20

// output returns what a command prints.
func (r *runner) output(ctx context.Context, args ...string) ([]byte, error) {
	p, err := r.start(ctx, args...)
	if err != nil {
		return nil, err
	}
	_ = p.in.Close()
	out, err := io.ReadAll(io.LimitReader(p.out, mostOutput+1))
	if len(out) > mostOutput {
		err = fmt.Errorf("git %s says more than %d bytes", args[0], mostOutput)
	}
	return out, errors.Join(err, p.end())
}

// A process is a running git.
type process struct {
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	said tail
	once sync.Once
	err  error
}

// pipeSize is how much git may write before it has to wait.
const pipeSize = 1 << 20

func (r *runner) start(ctx context.Context, args ...string) (*process, error) {
	p := &process{name: "git " + args[0], cmd: r.command(ctx, args...)}
	p.cmd.Stderr = &p.said
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	widen(out, pipeSize)
	buffer := 64 << 10
	if args[0] == "cat-file" { // what is large goes past it, straight to where it is scanned
		buffer = 4 << 10
	}
	p.in, p.out = in, bufio.NewReaderSize(out, buffer)
	return p, nil
}

// mostLine bounds a line that git writes: it may name all parents of a commit.
const mostLine = 8 << 20

// line reads a line, with what ends it. It is valid until more is read; with io.EOF
// it is the last, which nothing ends.
func (p *process) line() ([]byte, error) {
	line, err := p.out.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	var long []byte
	for errors.Is(err, bufio.ErrBufferFull) && len(long) < mostLine {
		long = append(long, line...)
		line, err = p.out.ReadSlice('\n')
	}
	return append(long, line...), err
}

// end closes the input of a git, waits for it and says how it ended, every
// time it is asked. Output that nobody read is lost.
func (p *process) end() error {
	p.once.Do(func() {
		_ = p.in.Close()
		_, _ = io.Copy(io.Discard, p.out)
		if err := p.cmd.Wait(); err != nil {
			p.err = fmt.Errorf("%s: %w%s", p.name, err, p.said.quoted())
		}
	})
	return p.err
}

// kill ends a git whose output does not matter any more.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.end()
}

// A tail keeps the first and the last of what was written to it: git says at
// the end why it ended, and at the start what went wrong.
type tail struct {
	mu    sync.Mutex
	first []byte
	last  []byte
}

const mostTail = 2 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(p)
	if room := mostTail - len(t.first); room > 0 {
		k := min(room, len(p))
		t.first, p = append(t.first, p[:k]...), p[k:]
	}
	t.last = append(t.last, p...)
	if over := len(t.last) - mostTail; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	return n, nil
}

// quoted is what was said, on one line.
func (t *tail) quoted() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := bytes.TrimSpace(append(bytes.Clone(t.first), t.last...))
	if len(text) == 0 {
		return ""
	}
	return ": " + strings.ToValidUTF8(strings.Join(strings.Split(string(text), "\n"), "; "), "\uFFFD")
}
