package scanner

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// source is a Dockerfile whose instructions stand at lines 1, 2, 3 ...
const joinSource = `FROM debian
ARG TOKEN
ENV APP_HOME=/srv  MODE=prod
RUN --mount=type=cache,target=/x apt-get update && \
    apt-get install -y curl
COPY --chown=1:1 app.jar /srv/
COPY . .
RUN make
RUN ["/bin/true", "x"]
RUN make
LABEL a=b
CMD ["/srv/app", "-v"]`

func joinSteps() []Step {
	var steps []Step
	for text := range strings.SplitSeq(strings.ReplaceAll(joinSource, "\\\n", "\x00"), "\n") {
		steps = append(steps, Step{Line: len(steps) + 1, Instruction: strings.ReplaceAll(text, "\x00", "\\\n")})
	}
	return steps
}

func TestJoinForms(t *testing.T) {
	for name, history := range map[string][]string{
		"buildkit": {
			"/bin/sh -c #(nop) ADD file:0123 in / ", "/bin/sh -c #(nop)  CMD [\"bash\"]",
			"ARG TOKEN", "ENV APP_HOME=/srv MODE=prod",
			"RUN |1 TOKEN=a b /bin/sh -c apt-get update &&     apt-get install -y curl # buildkit",
			"COPY app.jar /srv/ # buildkit", "COPY . . # buildkit",
			"RUN |1 TOKEN=a b /bin/sh -c make # buildkit", "RUN |1 TOKEN=a b /bin/true x # buildkit",
			"RUN |1 TOKEN=a b /bin/sh -c make # buildkit", "LABEL a=b", "CMD [\"/srv/app\" \"-v\"]",
		},
		"docker": {
			"/bin/sh -c #(nop) ADD file:0123 in / ", "/bin/sh -c #(nop)  CMD [\"bash\"]",
			"/bin/sh -c #(nop)  ARG TOKEN", "/bin/sh -c #(nop)  ENV APP_HOME=/srv MODE=prod",
			"|1 TOKEN=a /bin/sh -c apt-get update &&     apt-get install -y curl",
			"/bin/sh -c #(nop) COPY file:ab12 in /srv/ ", "/bin/sh -c #(nop) COPY dir:ab12 in /srv ",
			"|1 TOKEN=a /bin/sh -c make", "|1 TOKEN=a /bin/true x", "|1 TOKEN=a /bin/sh -c make",
			"/bin/sh -c #(nop)  LABEL a=b", "/bin/sh -c #(nop)  CMD [\"/srv/app\" \"-v\"]",
		},
		"kaniko": {
			"ADD file:0123 in /", "CMD [\"bash\"]",
			"ARG TOKEN", "ENV APP_HOME=/srv  MODE=prod", "RUN apt-get update &&     apt-get install -y curl",
			"COPY app.jar /srv/", "COPY . .", "RUN make", "RUN /bin/true x", "RUN make", "LABEL a=b", "CMD [\"/srv/app\", \"-v\"]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range Join(joinSteps(), history) {
				if s == nil {
					got = append(got, "-")
					continue
				}
				got = append(got, fmt.Sprint(s.Line))
			}
			if want := strings.Fields("- - 2 3 4 5 6 7 8 9 10 11"); !slices.Equal(got, want) {
				t.Errorf("lines %v, want %v", got, want)
			}
		})
	}
}

func TestJoinIsSureOrSilent(t *testing.T) {
	steps := []Step{{Line: 1, Instruction: "RUN make"}, {Line: 2, Instruction: "RUN make"}}
	if got := Join(steps, []string{"RUN make"}); got[0] != nil {
		t.Errorf("one of two like steps was taken: line %d", got[0].Line)
	}
	if got := Join(steps, []string{"RUN make", "RUN make"}); got[0] == nil || got[1] == nil || got[0].Line != 1 || got[1].Line != 2 {
		t.Errorf("two and two are not joined: %v", got)
	}
	if got := Join(steps, []string{"RUN make install"}); got[0] != nil {
		t.Error("an unlike step was taken")
	}
	if got := Join(nil, []string{"RUN x"}); len(got) != 1 || got[0] != nil {
		t.Errorf("no steps: %v", got)
	}
	many := slices.Repeat(steps, 50_000)
	if got := Join(many, slices.Repeat([]string{"RUN make"}, 1000)); len(got) != 1000 || got[0] != nil {
		t.Error("past the bound something was joined")
	}
}
