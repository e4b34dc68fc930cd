package parts

import (
	"encoding/base64"
	"strings"

	"nianbao/extract/office/xmlscan"
)

// Elements of a flat package.
const (
	flatPart = iota + 1
	flatXML
	flatBinary
)

// OpenFlat opens a package written as one XML file.
func OpenFlat(b []byte) (*Package, error) {
	x := xmlscan.New(b, func(space, local string) int {
		if !strings.HasSuffix(space, "/xmlPackage") {
			return 0
		}
		return map[string]int{"part": flatPart, "xmlData": flatXML, "binaryData": flatBinary}[local]
	})
	p := &Package{}
	name := ""
	for x.Next() {
		if x.Kind != xmlscan.Start {
			continue
		}
		switch x.Tag {
		case flatPart:
			name = x.Attr("name")
			p.types = append(p.types, contentType{name, strings.ToLower(x.Attr("contentType"))})
		case flatXML:
			from := x.Rest()
			x.Skip()
			to := x.Offset()
			if x.Err() != nil { // cut off within the part
				to = x.Rest()
			}
			p.keep(name, x.Source(from, max(from, to)))
		case flatBinary:
			var text strings.Builder
			for x.Next() && x.Kind == xmlscan.Text {
				for _, c := range x.Text() {
					if c > ' ' {
						text.WriteByte(c)
					}
				}
			}
			data, err := base64.StdEncoding.DecodeString(text.String())
			if err != nil {
				continue // a picture that cannot be read
			}
			p.keep(name, data)
		}
	}
	p.CutOff = x.Err() != nil
	if len(p.names) == 0 && p.CutOff {
		return nil, damaged(x.Err())
	}
	return p, nil
}

func (p *Package) keep(name string, b []byte) {
	p.add(name, func(limit int) ([]byte, error) {
		if len(b) > limit {
			return nil, tooLarge()
		}
		return b, nil
	})
}
