// Package pdf reads the text layer of PDF files: every visible glyph with its
// place, and every drawn rule. It interprets page content itself over the
// objects that github.com/ledongthuc/pdf reads, and asks PDFium where what
// comes out can't be trusted.
//
// It does not know tables or reports; it looks for words of the reports' form
// only to tell readable text from garbage.
package pdf

import (
	"fmt"

	"github.com/ledongthuc/pdf"

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
}

func (o Options) maxPages() int {
	if o.MaxPages > 0 {
		return o.MaxPages
	}
	return 500
}

// Pages reads the glyphs and rules of every page.
func Pages(b []byte, opt Options) ([]grid.Page, []extract.Warning, error) {
	dmg := &damage{}
	f, err := openFile(b, dmg)
	if err != nil {
		return nil, nil, err
	}
	r, err := pdf.NewReader(f, f.size())
	if err != nil {
		return nil, nil, fmt.Errorf("open PDF: %w", err)
	}
	d := openObjects(r, dmg)
	nodes, err := d.pages(opt.maxPages())
	if err != nil {
		return nil, nil, &extract.Refusal{Code: extract.RefusedTooLarge, Detail: err.Error()}
	}
	var pages []grid.Page
	for i, p := range nodes {
		c := d.draw(p)
		pages = append(pages, grid.Page{
			Number: i + 1, Width: c.width, Height: c.height, Reader: ReaderOwn,
			Glyphs: c.glyphs, Rules: c.ruler.rules,
		})
	}
	var warnings []extract.Warning
	for _, n := range dmg.notes {
		warnings = append(warnings, extract.Warning{Code: "damaged", Message: n})
	}
	return pages, warnings, nil
}

// Read reads a PDF into a Document.
func Read(b []byte, opt Options) (*extract.Document, error) {
	pages, warnings, err := Pages(b, opt)
	if err != nil {
		return nil, err
	}
	d := &extract.Document{MediaType: "application/pdf", Warnings: warnings}
	for _, p := range pages {
		d.Pages = append(d.Pages, extract.Page{Width: p.Width, Height: p.Height, Reader: p.Reader})
	}
	d.Lines, d.Tables = grid.Build(pages)
	return d, nil
}
