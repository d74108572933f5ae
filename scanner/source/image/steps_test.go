package image

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
)

// lines says for each place of an image which line of the Dockerfile made it.
func lines(t *testing.T, history []object, made []scanner.Step, archives ...[]byte) []string {
	t.Helper()
	f := newShelf()
	f.refs["app"] = append(f.refs["app"], f.plainImage(archives, object{
		"history": history,
		"config":  object{"Env": []string{"A=1", "B=2"}, "Labels": object{"l": "x"}, "Cmd": []string{"run"}},
	}))
	s := f.source(t, Options{Steps: made}, "app")
	sink := &tape{}
	if err := s.Scan(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	var hits []*scanner.Hit
	for _, stream := range sink.streams {
		hits = append(hits, &scanner.Hit{Origin: stream.origin})
	}
	if err := s.Attribute(t.Context(), hits); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range hits {
		for _, p := range h.Places {
			line := "-"
			if p.Origin.Step != nil {
				line = fmt.Sprintf("%d-%d", p.Origin.Step.Line, p.Origin.Step.EndLine)
			}
			got = append(got, p.Origin.Path+" "+line)
		}
	}
	slices.Sort(got)
	return got
}

var dockerSteps = []scanner.Step{
	{Line: 2, EndLine: 2, Instruction: "ENV A=1 B=2"},
	{Line: 3, EndLine: 3, Instruction: "ENV B=2"},
	{Line: 4, EndLine: 5, Instruction: "COPY secret.txt \\\n  /srv/"},
	{Line: 6, EndLine: 6, Instruction: "RUN rm /srv/secret.txt"},
	{Line: 7, EndLine: 7, Instruction: `CMD ["run"]`},
}

func TestStepsOfPlaces(t *testing.T) {
	got := lines(t, []object{
		{"created_by": "/bin/sh -c #(nop) ADD file:12ab in / "},
		{"created_by": "ENV A=1 B=2", "empty_layer": true},
		{"created_by": "ENV B=2", "empty_layer": true},
		{"created_by": "COPY secret.txt /srv/ # buildkit"},
		{"created_by": "RUN /bin/sh -c rm /srv/secret.txt # buildkit"},
		{"created_by": `CMD ["run"]`, "empty_layer": true},
	}, dockerSteps, archive(inTar{"etc/base", "b"}), archive(inTar{"srv/secret.txt", "s"}), archive(inTar{"srv/.wh.secret.txt", ""}))
	want := []string{
		"config.Cmd 7-7", "config.Env[A] 2-2", "config.Env[B] 3-3", "config.Labels[l] -", "config.architecture -", "config.os -",
		"etc/base -", "history[0] -", "history[1] 2-2", "history[2] 3-3", "history[3] 4-5", "history[4] 6-6", "history[5] 7-7",
		"srv/secret.txt 4-5",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestStepsOfSquashedLayer(t *testing.T) {
	got := lines(t, []object{{"created_by": "squashed"}}, dockerSteps, archive(inTar{"srv/secret.txt", "s"}))
	if !slices.Contains(got, "srv/secret.txt 2-7") {
		t.Errorf("the one layer is not the whole Dockerfile: %q", got)
	}
}

func TestStepsOfAnotherImage(t *testing.T) {
	got := lines(t, []object{{"created_by": "RUN one"}, {"created_by": "RUN two"}}, dockerSteps,
		archive(inTar{"a", "1"}), archive(inTar{"b", "2"}))
	for _, place := range got {
		if place[len(place)-1] != '-' {
			t.Errorf("joined: %q", place)
		}
	}
}
