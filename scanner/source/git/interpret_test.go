package git_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/dockerfile"
	"github.com/sluice-sec/sluice/scanner/source/git"
)

// builders are options under which Dockerfiles are read as the builder does.
func builders(t *testing.T, o git.Options) git.Options {
	t.Helper()
	expert, err := dockerfile.NewExpert(dockerfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o.Interpreter = expert
	return o
}

// halved is a Dockerfile in which a value stands in two pieces.
func halved(seed int64, more string) string {
	value := token(seed)
	return fmt.Sprintf("FROM scratch\n%sARG A=%s\nARG B=%s\nENV GITLAB_TOKEN=\"$A$B\"\n", more, value[:14], value[14:])
}

// steps writes the instructions that the places of a finding are in.
func steps(f *scanner.Finding) string {
	if f == nil {
		return "not found"
	}
	var all []string
	for _, o := range f.Occurrences {
		if s := o.Origin.Step; s != nil {
			all = append(all, fmt.Sprintf("%s:%d %s", s.File, s.Line, s.Instruction))
		}
	}
	return strings.Join(all, "\n")
}

// TestDockerfiles: in every version of a Dockerfile a value is found that stands
// nowhere in one piece, told instruction by instruction.
func TestDockerfiles(t *testing.T) {
	r := newRepository(t)
	r.write("Dockerfile", halved(1, ""))
	first := r.commit("add")
	r.write("Dockerfile", halved(2, ""))
	r.commit("replace")
	r.git("mv", "Dockerfile", "app.Dockerfile")
	r.commit("move")
	r.write("app.Dockerfile", halved(2, "LABEL x=1\n"))
	r.commit("beside")

	report := whole(t, r.dir, builders(t, git.Options{}))
	expect(t, report, token(1), strings.Join([]string{
		"deleted Dockerfile:2 in add out replace", "deleted Dockerfile:3 in add out replace", "deleted Dockerfile:4 in add out replace",
	}, "\n"))
	expect(t, report, token(2), strings.Join([]string{
		"deleted Dockerfile:2 in replace out move", "deleted Dockerfile:3 in replace out move", "deleted Dockerfile:4 in replace out move",
		"live app.Dockerfile:3 in move at HEAD", "live app.Dockerfile:4 in move at HEAD", "live app.Dockerfile:5 in move at HEAD",
	}, "\n"))
	want := "Dockerfile:2 ARG A=****\nDockerfile:3 ARG B=****\nDockerfile:4 ENV GITLAB_TOKEN=\"$A$B\""
	if got := steps(find(report, token(1))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if f := find(report, token(2)); f != nil {
		for _, o := range f.Occurrences {
			if s := o.Origin.Step; s == nil || s.File != o.Origin.Path || (o.Fix != "") != (o.State == scanner.Live) || o.Origin.Circle() != scanner.InGit {
				t.Errorf("%s is %s in %+v, instead %q", o.Origin.Path, o.State, s, o.Fix)
			}
		}
	}
	if len(report.Findings) != 2 {
		t.Errorf("%d findings, want 2", len(report.Findings))
	}

	report = whole(t, r.dir, builders(t, git.Options{Range: []string{"HEAD^..HEAD"}})) // it was there before
	expect(t, report, token(2), "not found")
	report = whole(t, r.dir, builders(t, git.Options{Range: []string{first + "..HEAD"}}))
	if got := tell(find(report, token(2))); !strings.Contains(got, "live app.Dockerfile:3 in move at HEAD") {
		t.Errorf("a range that brings it in says\n%s", got)
	}
}

// TestPartOfAnother: a value that stands in a longer one today was all there was
// when it came.
func TestPartOfAnother(t *testing.T) {
	value, more := token(1)[6:], token(2)[6:]
	r := newRepository(t)
	r.write("Dockerfile", "FROM scratch\nENV DB_PASSWORD="+value+"\n")
	r.commit("short")
	r.write("Dockerfile", "FROM scratch\nARG PASSWORD="+value+"\nARG B="+more+"\nENV DB_PASSWORD=\"$PASSWORD$B\"\n")
	r.commit("long")
	report := whole(t, r.dir, builders(t, git.Options{}))
	expect(t, report, value, "live Dockerfile:2 in short at HEAD")
	expect(t, report, value+more, "live Dockerfile:2 in long at HEAD\nlive Dockerfile:3 in long at HEAD\nlive Dockerfile:4 in long at HEAD")
}

// TestStagedDockerfile: so it is before a commit.
func TestStagedDockerfile(t *testing.T) {
	r := newRepository(t)
	r.write("Dockerfile", halved(1, ""))
	r.commit("add")
	r.write("Dockerfile", halved(1, "LABEL x=1\n"))
	r.write("new/Containerfile", halved(2, ""))
	r.git("add", "-A")
	report := whole(t, r.dir, builders(t, git.Options{Staged: true}))
	expect(t, report, token(1), "not found")
	expect(t, report, token(2), "live new/Containerfile:2\nlive new/Containerfile:3\nlive new/Containerfile:4")
	if f := find(report, token(2)); f != nil && !strings.Contains(f.Occurrences[0].Fix, "--mount=type=secret") {
		t.Errorf("instead: %q", f.Occurrences[0].Fix)
	}
}

// TestNoDockerfile: what is none but in its name is told, once however many versions
// there were, and scanned.
func TestNoDockerfile(t *testing.T) {
	r := newRepository(t)
	for i := range 3 {
		r.write("Dockerfile", fmt.Sprintf("no instruction %d\n%s", i, line(int64(i))))
		r.commit(fmt.Sprint("version ", i))
	}
	r.write("Dockerfile", "FROM scratch\n") // what it was is told nevertheless
	r.commit("mended")
	report := whole(t, r.dir, builders(t, git.Options{}))
	for i := range int64(3) {
		if find(report, token(i)) == nil {
			t.Errorf("version %d is not scanned", i)
		}
	}
	if len(report.Skipped) != 1 || report.Skipped[0].Path != "Dockerfile" || !strings.Contains(string(report.Skipped[0].Reason), "scanned as text") {
		t.Errorf("left out: %v", report.Skipped)
	}
}
