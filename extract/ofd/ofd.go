// Package ofd reads OFD files (GB/T 33190), the page format of Chinese offices:
// the visible characters of every page with their places, and the rules that
// are drawn. Positions are in the file itself, so no font is opened; characters
// are those of TextCode, whatever glyphs are drawn for them.
//
// Annotations, seals and attachments are left out, and nothing is rendered. It
// does not know tables (extract/grid makes them) or reports.
package ofd

import (
	"nianbao/extract"
	"nianbao/extract/grid"
)

// ReaderName names this package as the reader of a page.
const ReaderName = "ofd"

// Options of a reading. The zero value serves.
type Options struct {
	OCR Recogniser // nil for none
	// Progress, if set, is told before a page is recognised, which takes long.
	Progress func(page, pages int)
}

// Recogniser reads pages that are pictures.
type Recogniser interface {
	Recognise(extract.Picture) (grid.Page, error)
}

// Codes of warnings.
const (
	WarnDamaged   = "damaged"        // the file is broken; every value of it is in doubt
	WarnUntrusted = "text_untrusted" // the text of a page may not be what it shows
	WarnImage     = "image_only"     // a page is a picture, or a table on it is, and was not read
	WarnDocuments = "more_documents" // the file holds more than one document
)

// Read reads an OFD file into a Document. What gives none is an
// *extract.Refusal.
func Read(b []byte, opt Options) (*extract.Document, error) {
	r := &reading{opt: opt}
	if err := r.open(b); err != nil {
		return nil, err
	}
	pages, err := r.pages()
	if err != nil {
		return nil, err
	}
	d := &extract.Document{MediaType: extract.TypeOFD, Title: r.title, Warnings: r.warnings}
	seen := 0
	for _, p := range pages {
		if p.Number > seen { // a page may come in parts, around a picture
			seen = p.Number
			d.Pages = append(d.Pages, extract.Page{Width: p.Width, Height: p.Height, Reader: p.Reader})
		}
	}
	d.Lines, d.Tables = grid.Build(pages)
	return d, nil
}
