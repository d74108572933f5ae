package image

import (
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sluice-sec/sluice/scanner/source/codec"
)

// repository is where blobs are asked for in a registry.
func (t target) repository() string { return t.Registry + "/" + t.Repository }

// path is that of the archive or layout, as the user gave it.
func (t target) path() string {
	path := strings.TrimPrefix(t.Name, string(t.Transport)+":")
	if t.Tag != "" {
		path = strings.TrimSuffix(path, ":"+t.Tag)
	}
	return strings.TrimSuffix(path, "@"+t.Digest)
}

// sibling is the reference of a digest in the same place, "" where there can
// be none.
func (t target) sibling(digest string) string {
	switch t.Transport {
	case viaRegistry:
		return t.repository() + "@" + digest
	case viaLayout, viaOCIArchive, viaDockerArchive:
		return string(t.Transport) + ":" + t.path() + "@" + digest
	}
	return ""
}

// show is the command that prints a blob as it is stored.
func (t target) show(d v1.Descriptor) string {
	entry, ok := archiveEntry(d)
	if !ok {
		entry = "blobs/" + d.Digest.Algorithm + "/" + d.Digest.Hex
	}
	switch t.Transport {
	case viaRegistry:
		return "crane blob " + quote(t.repository()+"@"+d.Digest.String())
	case viaLayout:
		return "cat " + quote(t.path()+"/"+entry)
	case viaDaemon:
		return "docker save " + quote(strings.TrimPrefix(t.Name, string(viaDaemon)+":")) + " | tar -xO -f - " + member(entry)
	case viaStdin:
		return "tar -xO -f ARCHIVE " + member(entry)
	}
	return "tar -xO -f " + quote(t.path()) + " " + member(entry)
}

// extract is the command that prints a file of a layer.
func (p *part) extract(path string) string {
	unpack := map[codec.Codec]string{
		codec.Plain: "tar -xO", codec.Gzip: "tar -xzO", codec.Bzip2: "tar -xjO", codec.XZ: "tar -xJO", codec.Zstd: "zstd -dc | tar -xO",
	}[p.unit.codec]
	return p.image.target.show(p.desc) + " | " + unpack + " -f - " + member(p.unit.prefix+path)
}

// extractBlob is the command that prints a blob that is no archive of files.
func (p *part) extractBlob() string {
	unpack := map[codec.Codec]string{
		codec.Gzip: " | gzip -dc", codec.Bzip2: " | bzip2 -dc", codec.XZ: " | xz -dc", codec.Zstd: " | zstd -dc",
	}[p.unit.codec]
	return p.image.target.show(p.desc) + unpack
}

// extractDocument is the command that prints the configuration of an image,
// or the manifest for what stands there.
func (img *image) extractDocument(path string) string {
	d := img.config
	if strings.HasPrefix(path, "annotations") || strings.HasPrefix(path, "layers") || strings.HasPrefix(path, "manifest") {
		if img.target.Transport == viaRegistry {
			return "crane manifest " + quote(img.target.repository()+"@"+img.manifest.Digest.String())
		}
		d = img.manifest
	}
	if strings.HasPrefix(path, "index.") || d.Digest.Hex == "" {
		return ""
	}
	return img.target.show(d)
}

// member quotes the name of an archive's member, which may look like an
// option.
func member(name string) string {
	if strings.HasPrefix(name, "-") {
		return "-- " + quote(name)
	}
	return quote(name)
}

// quote makes a text one word of a shell.
func quote(s string) string {
	const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_"
	if s != "" && strings.Trim(s, safe) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
