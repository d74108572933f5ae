package dockerfile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestSteps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "Dockerfile")
	text := "ARG V=1\nFROM debian AS base\nENV A=1\nFROM golang AS build\nRUN make\nFROM base AS release\n" +
		"COPY --from=build /x \\\n  /x\nONBUILD RUN y\nFROM build AS test\nRUN test\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string][]string{
		"":        {"5 RUN make", "11 RUN test"},
		"release": {"3 ENV A=1", "7 COPY --from=build /x   /x", "9 ONBUILD RUN y"},
	} {
		steps, err := Steps(path, Options{Target: target, Base: filepath.Dir(path)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range steps {
			got = append(got, fmt.Sprint(s.Line, " ", s.Instruction))
			if s.File != "Dockerfile" {
				t.Errorf("file %q", s.File)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("target %q: %q, want %q", target, got, want)
		}
	}
	if _, err := Steps(path, Options{Target: "none"}); err == nil {
		t.Error("an unknown stage is no error")
	}
	if _, err := Steps(filepath.Dir(path), Options{}); err == nil {
		t.Error("a folder is no error")
	}
}
