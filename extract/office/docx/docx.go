// Package docx reads documents of Word and of the programs that write its
// format: packed as .docx, flat as one XML file, and the XML of Word 2003,
// which are one vocabulary in three wrappings. It gives the text as Word shows
// it: insertions kept and deletions left out, the results of fields, generated
// numbers, one branch of what is written twice, text boxes behind the paragraph
// they hang on; no headers, footers, notes or comments. Tables come out as a
// grid in which slivers of columns and strayed edges are gone.
//
// Pages and plain text that stand within the document in place of text are read
// by their readers, pictures by Options.Pictures; what they give stands in their
// place. The package knows no meaning of a cell.
package docx

import (
	"fmt"
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

// mainTypes are the content types of main parts: documents and templates, with
// macros or without.
var mainTypes = []string{"wordprocessingml.document.main+xml", "wordprocessingml.template.main+xml", "ms-word.document.macroenabled.main+xml", "ms-word.template.macroenabledtemplate.main+xml"}

// Read reads a packed document. The error is an *extract.Refusal where the file
// itself is the reason.
func Read(b []byte, o Options) (*extract.Document, error) {
	p, err := parts.OpenZip(b)
	if err != nil {
		return nil, err
	}
	return readPackage(p, extract.TypeDOCX, o)
}

// ReadXML reads a document that is one XML file.
func ReadXML(b []byte, o Options) (*extract.Document, error) {
	x := xmlscan.New(b, vocabulary)
	if !x.Next() {
		return nil, unreadable(x.Err())
	}
	if x.Tag != tagDocument {
		p, err := parts.OpenFlat(b)
		if err != nil {
			return nil, err
		}
		return readPackage(p, extract.TypeWordML, o)
	}
	r := newReader(x, nil, o)
	return r.read(extract.TypeWordML, "wordml")
}

func readPackage(p *parts.Package, media string, o Options) (*extract.Document, error) {
	main, err := p.Main(mainTypes, "word/document.xml")
	if err != nil {
		return nil, err
	}
	b, err := p.Part(main)
	if err != nil {
		return nil, err
	}
	x := xmlscan.New(b, vocabulary)
	if !x.Next() || x.Tag != tagDocument {
		return nil, unreadable(x.Err())
	}
	r := newReader(x, p, o)
	if err := r.otherParts(main); err != nil {
		return nil, err
	}
	return r.read(media, "docx")
}

func unreadable(why error) error {
	detail := "the file holds no text of a Word document"
	if why != nil {
		detail += fmt.Sprintf(" (%v)", why)
	}
	return &extract.Refusal{Code: extract.RefusedDamaged, Detail: detail + "; fetch it again from its source, or open it in Word and save it anew"}
}

// otherParts reads the parts that the main part needs: styles, numbers, the
// document's title.
func (r *reader) otherParts(main string) error {
	relations, err := r.parts.Relations(main)
	if err != nil {
		return err
	}
	for _, rel := range relations {
		r.relations[rel.ID] = rel
		switch rel.Type {
		case "styles", "numbering":
			if err := r.part(rel.Target, func(sub *reader) {
				switch sub.x.Tag {
				case tagStyles:
					sub.readStyles()
				case tagNumbering:
					sub.readNumbering()
				}
			}); err != nil {
				return err
			}
		}
	}
	relations, err = r.parts.Relations("")
	if err != nil {
		return err
	}
	for _, rel := range relations {
		if rel.Type == "core-properties" {
			return r.part(rel.Target, func(sub *reader) {
				sub.each(func(tag int) {
					if tag == tagTitle {
						sub.title, _ = layout.Clean(sub.text())
					}
				})
				r.title = sub.title
			})
		}
	}
	return nil
}

// part reads another part with what is known so far. What cannot be read in it
// is not there.
func (r *reader) part(name string, read func(sub *reader)) error {
	b, err := r.parts.Part(name)
	if err != nil {
		return err
	}
	sub := *r
	sub.x = xmlscan.New(b, vocabulary)
	if sub.x.Next() && sub.x.Kind == xmlscan.Start {
		read(&sub)
	}
	return nil
}

// read reads the main part, whose first element has begun.
func (r *reader) read(media, name string) (*extract.Document, error) {
	r.name = name
	var c container
	r.each(func(tag int) {
		switch tag {
		case tagBody:
			r.blocks(&c)
		case tagStyles:
			r.readStyles()
		case tagNumbering:
			r.readNumbering()
		case 0: // the properties of a document of Word 2003
			r.each(func(tag int) {
				if tag == tagTitle {
					r.title, _ = layout.Clean(r.text())
				}
			})
		}
	})
	if r.err != nil {
		return nil, r.err
	}
	c.flush()
	doc := layout.Document(c.items)
	doc.MediaType, doc.Title = media, r.title
	doc.Warnings = r.warnings(doc)
	return doc, nil
}

// warnings names what a person sees in the document and this reader cannot
// read.
func (r *reader) warnings(doc *extract.Document) []extract.Warning {
	var ws []extract.Warning
	if err := r.x.Err(); err != nil || r.parts != nil && r.parts.CutOff {
		detail := "its end is missing"
		if err != nil {
			detail = err.Error()
		}
		ws = append(ws, extract.Warning{Code: "damaged", Message: fmt.Sprintf("the document is damaged (%s) and was read as far as it goes; fetch it again from its source", detail)})
	}
	if r.pictures > 0 && !hasTable(doc) {
		ws = append(ws, extract.Warning{Code: extract.WarnImage, Message: fmt.Sprintf("the document has %d pictures and no table; the tables may be pictures", r.pictures)})
	}
	if r.unread > 0 {
		ws = append(ws, extract.Warning{Code: "embedded", Message: fmt.Sprintf("the document shows %d other files that stand within it and were not read; open it in Word and save it as PDF", r.unread)})
	}
	return ws
}

func hasTable(doc *extract.Document) bool {
	for i := range doc.Tables {
		if doc.Tables[i].Rows > 1 && doc.Tables[i].Cols > 1 {
			return true
		}
	}
	return false
}

// text is the text directly within the element just begun.
func (r *reader) text() string {
	var b strings.Builder
	for r.x.Next() && r.x.Kind == xmlscan.Text {
		b.Write(r.x.Text())
	}
	return b.String()
}
