package event

import (
	"errors"
	"fmt"
	"regexp"
	"sync"
)

// maxRepository bounds a repository's name, as registries do.
const maxRepository = 255

// Names and digests are those of the OCI distribution specification, "Pulling
// manifests", and of the image specification, "Digests":
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md
// https://github.com/opencontainers/image-spec/blob/main/descriptor.md
//
// They are compiled for an event only: with their long repetitions they would
// take half a millisecond of every start.
var forms = sync.OnceValue(func() (f struct{ repository, tag, digest *regexp.Regexp }) {
	f.repository = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)
	f.tag = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$`)
	f.digest = regexp.MustCompile(`^(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$`)
	return f
})

func (p *Pushed) valid() error {
	switch {
	case len(p.Repository) > maxRepository || !forms().repository.MatchString(p.Repository):
		return fmt.Errorf("%.80q is not a repository", p.Repository)
	case p.Digest != "" && !forms().digest.MatchString(p.Digest):
		return fmt.Errorf("repository %s: %.80q is not a digest", p.Repository, p.Digest)
	case p.Tag != "" && !forms().tag.MatchString(p.Tag):
		return fmt.Errorf("repository %s: %.80q is not a tag", p.Repository, p.Tag)
	case p.Digest == "" && p.Tag == "":
		return errors.New("repository " + p.Repository + ": neither a digest nor a tag was pushed")
	}
	return nil
}
