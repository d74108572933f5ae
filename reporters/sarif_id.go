package reporters

import (
	"cmp"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"path"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// artifactURI names a file by a relative reference (RFC 3986): GitHub refuses
// a whole upload for one that has a scheme, and before the first slash every
// colon makes one.
func artifactURI(o *scanner.Origin) string { return escape(artifactPath(o)) }

// artifactPath is where a file stands, as a path below the root of a repository
// that nothing else has.
func artifactPath(o *scanner.Origin) string {
	if inImage(o.Kind) {
		return "image" + path.Join("/", repository(o.Target), path.Clean("/"+o.FullPath()))
	}
	switch o.Kind {
	case scanner.Stdin:
		return treePath(cmp.Or(o.FullPath(), "stdin"))
	case scanner.InCommit, scanner.Staged:
		return treePath(path.Clean("/" + o.FullPath())) // a tree object can hold ".."
	}
	return treePath(o.FullPath())
}

// treePath is a file of a working tree.
func treePath(name string) string { return cmp.Or(strings.TrimLeft(path.Clean(name), "/"), ".") }

// repository is what an image is called without the place that it came from
// and the version: of 127.0.0.1:5000/team/app:v1 it is team/app, of an archive
// or a layout the name of the file.
func repository(target string) string {
	if target == "-" {
		return "stdin"
	}
	name := strings.TrimPrefix(strings.TrimPrefix(target, "docker://"), "docker-daemon:")
	name, _, _ = strings.Cut(name, "@sha") // the digest
	transport, file, _ := strings.Cut(name, ":")
	if transport == "docker-archive" || transport == "oci" || transport == "oci-archive" {
		file, _, _ = strings.Cut(file, ":")
		return nameable(path.Base(file))
	}
	if tag := strings.LastIndexByte(name, ':'); tag > strings.LastIndexByte(name, '/') {
		name = name[:tag]
	}
	if host, rest, ok := strings.Cut(name, "/"); ok && (host == "localhost" || strings.ContainsAny(host, ".:")) {
		name = rest
	}
	return nameable(name)
}

func nameable(name string) string {
	return cmp.Or(strings.TrimPrefix(path.Clean("/"+name), "/"), "unnamed")
}

// escape percent-encodes a path. Text that is no UTF-8 is made so first, for
// GitHub's uploader decodes addresses as that and fails on others.
func escape(name string) string {
	const plain = "-._~/!$&'()*+,;=@"
	var b strings.Builder
	for _, c := range []byte(strings.ToValidUTF8(name, "\uFFFD")) {
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// lineHash is the one fingerprint that GitHub reads. For a file of a working
// tree, or of HEAD, it is GitHub's own hash of the line, or none: its uploader
// adds it. For what is in no checkout, the same finding in the same file keeps its alert.
func lineHash(f *scanner.Finding, uri string, first *scanner.Occurrence) string {
	if first.LineHash != "" || inTree(&first.Place) {
		return first.LineHash
	}
	sum := sha256.Sum256([]byte(f.Fingerprint + "\x00" + uri))
	return fmt.Sprintf("%x:1", sum[:8])
}

// namespaceURL is the name space of addresses in RFC 9562.
var namespaceURL = [16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}

// correlation ties the results of a finding together: a UUID of version 5,
// which is made of a name.
func correlation(fingerprint string) string {
	h := sha1.New()
	h.Write(namespaceURL[:])
	h.Write([]byte(toolURL + "/finding/" + fingerprint))
	id := h.Sum(nil)[:16]
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
