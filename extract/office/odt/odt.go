// Package odt reads OpenDocument texts, packed and as one XML file: paragraphs,
// headings and list items with their generated numbers, text boxes, and tables
// with their spans. Deleted text, notes, comments, headers and footers are left
// out, as in what is printed.
//
// Pictures are handed to Options.Pictures, which knows what to do with them;
// this package does not. It knows no meaning of a cell.
package odt

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"nianbao/extract"
	"nianbao/extract/embedded"
	"nianbao/extract/layout"
	"nianbao/extract/office/parts"
	"nianbao/extract/office/xmlscan"
)

// Options say what a reader does beyond the text.
type Options struct {
	Pictures *embedded.Pictures // nil leaves pictures unread
}

// maxCells bounds the cells of a document; a report has a thousand.
const maxCells = 300_000

// Read reads a document. The error is an *extract.Refusal where the file itself
// is the reason.
func Read(b []byte, o Options) (*extract.Document, error) {
	r := &reader{options: o, styles: map[string]style{}, kinds: map[string]*listKind{}}
	if !bytes.HasPrefix(b, []byte("PK")) {
		r.x = xmlscan.New(b, vocabulary)
		return r.document()
	}
	p, err := parts.OpenZip(b)
	if err != nil {
		return nil, err
	}
	r.parts = p
	manifest, err := p.Part("META-INF/manifest.xml")
	if err != nil {
		return nil, err
	}
	if bytes.Contains(manifest, []byte("encryption-data")) {
		return nil, &extract.Refusal{Code: extract.RefusedEncrypted, Detail: "the document is locked with a password; open it with the password and save it without one"}
	}
	for _, name := range []string{"meta.xml", "styles.xml"} {
		part, err := p.Part(name)
		if err != nil {
			return nil, err
		}
		r.x = xmlscan.New(part, vocabulary)
		r.x.Next()
		r.each(func(tag int) { r.head(tag) })
	}
	content, err := p.Part("content.xml")
	if err != nil {
		return nil, err
	}
	r.x = xmlscan.New(content, vocabulary)
	return r.document()
}

// document reads the part that holds the text.
func (r *reader) document() (*extract.Document, error) {
	found := false
	var c container
	if r.x.Next() {
		r.each(func(tag int) {
			if tag != tagBody {
				r.head(tag)
				return
			}
			found = true
			r.blocks(&c)
		})
	}
	if r.err != nil {
		return nil, r.err
	}
	if !found {
		return nil, &extract.Refusal{Code: extract.RefusedDamaged, Detail: "the file holds no text of a document; fetch it again from its source, or open it in an office program and save it anew"}
	}
	doc := layout.Document(c.items)
	doc.MediaType, doc.Title = extract.TypeODT, r.title
	if err := r.x.Err(); err != nil || r.parts != nil && r.parts.CutOff {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "damaged", Message: "the end of the document is missing and it was read as far as it goes; fetch it again from its source"})
	}
	if r.pictures > 0 && len(doc.Tables) == 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: extract.WarnImage, Message: fmt.Sprintf("the document has %d pictures and no table; the tables may be pictures", r.pictures)})
	}
	return doc, nil
}

// style is what a style says that matters here.
type style struct {
	hidden, struck, raised bool
	width                  int // of a column, in twips
	list                   string
}

const maxStyles = 20_000

// head reads what stands before the text: title, styles, kinds of lists.
func (r *reader) head(tag int) {
	switch tag {
	case tagTitle:
		r.title, _ = layout.Clean(r.text())
	case tagStyle:
		s := style{list: r.x.Attr("list-style-name")}
		name := r.x.Attr("name")
		r.each(func(int) {
			if w, set := r.x.Lookup("column-width"); set {
				s.width = twips(w)
			}
			if r.x.Attr("display") == "none" {
				s.hidden = true
			}
			for _, attr := range []string{"text-line-through-style", "text-line-through-type"} {
				if v := r.x.Attr(attr); v != "" && v != "none" {
					s.struck = true
				}
			}
			if v := r.x.Attr("text-position"); v != "" && !strings.HasPrefix(v, "0%") {
				s.raised = true
			}
		})
		if len(r.styles) < maxStyles {
			r.styles[name] = s
		}
	case tagListStyle, tagOutlineStyle:
		name := r.x.Attr("name")
		if tag == tagOutlineStyle {
			name = outline
		}
		k := &listKind{}
		r.each(func(tag int) {
			if tag == tagLevelNumber || tag == tagOutlineLevel {
				k.levels[r.number("level", 1, 10, 1)-1] = level{format: formats[r.x.Attr("num-format")], prefix: r.x.Attr("num-prefix"), suffix: r.x.Attr("num-suffix"),
					start: r.number("start-value", 0, 1_000_000, 1), shown: r.number("display-levels", 1, 10, 1)}
			}
		})
		if len(r.kinds) < maxStyles {
			r.kinds[name] = k
		}
	default:
		r.each(r.head)
	}
}

// twips reads a length: 2.54cm, 1in, 72pt.
func twips(s string) int {
	for _, unit := range []struct {
		name  string
		twips float64
	}{{"cm", 1440 / 2.54}, {"mm", 144 / 2.54}, {"in", 1440}, {"pt", 20}} {
		if n, found := strings.CutSuffix(s, unit.name); found {
			if v, err := strconv.ParseFloat(n, 64); err == nil && v >= 0 && v < 1000 {
				return int(v * unit.twips)
			}
		}
	}
	return 0
}

// number reads an attribute as a number between bounds.
func (r *reader) number(attr string, least, most, otherwise int) int {
	n, err := strconv.Atoi(r.x.Attr(attr))
	if err != nil {
		return otherwise
	}
	return min(max(n, least), most)
}
