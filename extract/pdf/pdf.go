// Package pdf reads the text layer of PDF files: every visible glyph with its
// place, and every drawn rule. It interprets page content itself over the
// objects that github.com/ledongthuc/pdf reads, and asks PDFium where what
// comes out can't be trusted.
//
// It does not know tables or reports; it looks for words of the reports' form
// only to tell readable text from garbage.
package pdf

import (
	"nianbao/extract"
	"nianbao/extract/grid"
)

// ReaderOwn names our interpreter over ledongthuc/pdf objects as the reader of
// a page.
const ReaderOwn = "pdf/ledongthuc"

// Options of a reading. The zero value serves.
type Options struct {
	Passwords []string // to try on encrypted files, after the empty one
	CacheDir  string   // of PDFium's compiled code; by default in the user's cache
	MaxPages  int      // more are refused; 0 means 500
	OCR       Recogniser
	// Progress, if set, is told before a page is recognised, which takes long.
	Progress func(page, pages int)
}

// Recogniser reads pages that are pictures.
type Recogniser interface {
	Recognise(extract.Picture) (grid.Page, error)
}

func (o Options) maxPages() int {
	if o.MaxPages > 0 {
		return o.MaxPages
	}
	return 500
}

// Codes of warnings.
const (
	WarnDamaged   = "damaged"         // the file is broken; every value of it is in doubt
	WarnUntrusted = "text_untrusted"  // the text of a page may not be what it shows
	WarnImage     = extract.WarnImage // a page is a picture, or a table on it is, and was not read
)

// Read reads a PDF into a Document. What gives none is an *extract.Refusal.
func Read(b []byte, opt Options) (*extract.Document, error) {
	pages, warnings, err := Pages(b, opt)
	if err != nil {
		return nil, err
	}
	d := &extract.Document{MediaType: "application/pdf", Warnings: warnings}
	for _, p := range pages {
		if p.Number <= len(d.Pages) { // a part of the page before
			continue
		}
		w, h := p.Size()
		d.Pages = append(d.Pages, extract.Page{Width: w, Height: h, Reader: p.Reader})
	}
	d.Lines, d.Tables = grid.Build(pages)
	return d, nil
}

// Pages reads the glyphs and rules of every page.
func Pages(b []byte, opt Options) ([]grid.Page, []extract.Warning, error) {
	r := &reading{b: b, opt: opt}
	defer r.close()
	if err := r.own(); err != nil {
		return nil, nil, err
	}
	if err := r.second(); err != nil {
		return nil, nil, err
	}
	return r.result()
}
