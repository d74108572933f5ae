package image

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestScrub(t *testing.T) {
	for _, form := range []string{
		`Get "https://user:%s@host/v2/": EOF`,
		`dial https://user:%s@host/v2/: EOF`,
		`dial https://%s@host/v2/: EOF`,
		`see https://host/blob?sig=%s&x=y: EOF`,
		`header Authorization: Bearer %s`,
		`authorization: basic %s==`,
		"no token in bearer response:\n" + `{"refresh":"%s"}`,
		strings.Repeat("long ", 200) + "%s",
		`echo of %s`, // known to be secret
	} {
		text := fmt.Sprintf(form, testPass)
		if got := scrub(text, "", testPass); strings.Contains(got, testPass) || len(got) > maxMessage+3 {
			t.Errorf("%s: %s", text, got)
		}
		if got := scrub(text); strings.Contains(got, testPass) && !strings.HasPrefix(text, "echo") {
			t.Errorf("%s: %s", text, got)
		}
	}
	if got, want := scrub("two\nlines\x1b[31m \u009b0m"), "two lines [31m 0m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestScrubError(t *testing.T) {
	err := scrubError(&url.Error{Op: "Get", URL: "https://u:" + testPass + "@host/", Err: context.Canceled})
	if !errors.Is(err, context.Canceled) || err.Error() != "context canceled" {
		t.Errorf("%v", err)
	}
	if inner := new(url.Error); errors.As(err, &inner) {
		t.Errorf("gives out %v", inner)
	}
}
