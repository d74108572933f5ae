package image

import (
	"context"
	"fmt"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// maxPlaces bounds the places of all hits.
const maxPlaces = 1_000_000

// Attribute implements scanner.Attributor: a hit in a layer stands in every
// image that has the layer, in each with a state of its own. It reads nothing,
// and does its work for an interrupted scan too; there a layer that was not
// read has removed nothing.
func (s *Source) Attribute(_ context.Context, hits []*scanner.Hit) error {
	a := attribution{source: s, known: map[*scanner.Origin][]scanner.Place{}, images: map[[2]string]*image{}}
	for _, img := range s.images {
		key := [2]string{img.name, img.platform}
		if other, taken := a.images[key]; taken && other.prefix == "" {
			continue
		}
		a.images[key] = img
	}
	left := maxPlaces
	var err error
	for _, h := range hits {
		h.Places = a.places(h.Origin)
		if left -= len(h.Places); left < 0 {
			h.Places = h.Places[:1]
			err = fmt.Errorf("more than %d places of secrets; of some only the first is listed", maxPlaces)
		}
	}
	return err
}

// An attribution finds places once for all hits of an origin. Hits share them.
type attribution struct {
	source *Source
	known  map[*scanner.Origin][]scanner.Place
	images map[[2]string]*image // by name and platform
}

// places returns where the content of an origin stands, at least one place.
func (a *attribution) places(o *scanner.Origin) []scanner.Place {
	places, ok := a.known[o]
	if !ok {
		if o.Kind == scanner.InLayer || o.Kind == scanner.Blob {
			places = a.inParts(o)
		}
		switch {
		case places != nil:
		case o.Kind == scanner.InLayer: // known by neither digest nor diffID
			places = []scanner.Place{{Origin: o, State: scanner.Live}}
		default:
			places = []scanner.Place{{Origin: o, Extract: a.document(o)}}
		}
		a.known[o] = places
	}
	return places
}

// inParts returns the places of what stands in a blob.
func (a *attribution) inParts(o *scanner.Origin) []scanner.Place {
	if o.Layer == nil {
		return nil
	}
	found := a.source.byKey[(&part{layer: o.Layer}).key()]
	if found == nil {
		return nil
	}
	places := make([]scanner.Place, 0, len(found.parts))
	for _, p := range found.parts {
		places = append(places, a.inPart(o, p))
	}
	return places
}

func (a *attribution) inPart(o *scanner.Origin, p *part) scanner.Place {
	at := p.origin(o.Kind, o.Path)
	at.Member, at.Mode, at.Owner = o.Member, o.Mode, o.Owner
	if o.Kind == scanner.Blob {
		at.Path = p.name
		if strings.HasSuffix(o.Path, trailer) {
			at.Path += trailer
		}
		return scanner.Place{Origin: at, Extract: p.extractBlob()}
	}
	place := scanner.Place{Origin: at, Extract: p.extract(o.Path)}
	var by *scanner.Layer
	place.State, by = p.image.state(a.source.seed, p.layer.Index, o.Path, o.Layer)
	if by != nil {
		place.By = &scanner.By{Layer: by}
	}
	return place
}

// document returns the command that shows the configuration or manifest in
// which an origin is.
func (a *attribution) document(o *scanner.Origin) string {
	img := a.images[[2]string{o.Target, o.Platform}]
	if img == nil || o.Kind == scanner.Blob || img.prefix != "" || strings.Contains(o.Path, "/") {
		return ""
	}
	return img.extractDocument(o.Path)
}
