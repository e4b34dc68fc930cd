package parts

import (
	"path"
	"strings"

	"nianbao/extract/office/xmlscan"
)

// maxRelations bounds the relationships of one part, and the content types.
const maxRelations = 20_000

// Relation is how a part refers to another.
type Relation struct {
	ID       string
	Type     string // the last word of its address: officeDocument, styles
	Target   string // name of the part; "" where it is outside the package
	External bool
}

type contentType struct{ part, media string }

// Relations lists what a part refers to; the part "" is the package itself.
func (p *Package) Relations(part string) ([]Relation, error) {
	dir, file := path.Split(fold(part))
	b, err := p.Part(dir + "_rels/" + file + ".rels")
	if err != nil {
		return nil, err
	}
	const relationship = 1
	x := xmlscan.New(b, func(_, local string) int {
		if local == "Relationship" {
			return relationship
		}
		return 0
	})
	var out []Relation
	for x.Next() && len(out) < maxRelations {
		if x.Kind != xmlscan.Start || x.Tag != relationship {
			continue
		}
		r := Relation{ID: x.Attr("Id"), Type: path.Base(x.Attr("Type")), External: strings.EqualFold(x.Attr("TargetMode"), "External")}
		if target := x.Attr("Target"); !r.External && target != "" {
			if !strings.HasPrefix(target, "/") {
				target = dir + target
			}
			r.Target = fold(target)
		}
		out = append(out, r)
	}
	return out, nil // what is cut off refers to less
}

// Main is the name of the document's main part: the one that the package refers
// to as such, else one whose content type ends with media, else usual.
func (p *Package) Main(media []string, usual string) (string, error) {
	relations, err := p.Relations("")
	if err != nil {
		return "", err
	}
	for _, r := range relations {
		if r.Type == "officeDocument" && p.Has(r.Target) {
			return r.Target, nil
		}
	}
	if err := p.contentTypes(); err != nil {
		return "", err
	}
	for _, t := range p.types {
		for _, m := range media {
			if strings.Contains(t.media, m) && p.Has(t.part) {
				return fold(t.part), nil
			}
		}
	}
	return fold(usual), nil
}

func (p *Package) contentTypes() error {
	b, err := p.Part("[Content_Types].xml")
	if err != nil || p.types != nil {
		return err
	}
	const override = 1
	x := xmlscan.New(b, func(_, local string) int {
		if local == "Override" {
			return override
		}
		return 0
	})
	for x.Next() && len(p.types) < maxRelations {
		if x.Kind == xmlscan.Start && x.Tag == override {
			p.types = append(p.types, contentType{x.Attr("PartName"), strings.ToLower(x.Attr("ContentType"))})
		}
	}
	return nil
}
