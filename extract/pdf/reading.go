package pdf

import (
	"errors"
	"fmt"

	"github.com/ledongthuc/pdf"

	"nianbao/extract"
	"nianbao/extract/grid"
)

// reading is one file on its way through the readers and the gate.
type reading struct {
	b        []byte
	opt      Options
	file     *file
	damage   damage
	alien    string // why our interpreter can't read the file
	foreign  string // why it can't read all of it
	pages    []*canvas
	readers  []string
	warnings []extract.Warning
	engine   *pdfiumFile
	ocrError error // the first one
}

// own reads the file with our interpreter.
func (r *reading) own() error {
	f, err := openFile(r.b, r.opt.Passwords, &r.damage)
	if err != nil {
		return err
	}
	for i := range f.defs {
		if d := &f.defs[i]; !d.isStream && d.end-d.pos > maxObject {
			return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("the PDF has an object of more than %d MB that is no stream; this is no report", maxObject>>20)}
		}
	}
	r.file = f
	if r.alien = f.alien; r.alien != "" {
		return nil
	}
	objects, err := pdf.NewReader(f, f.size())
	if err != nil {
		r.alien = err.Error()
		return r.bounded(f)
	}
	d := openObjects(objects, &r.damage)
	nodes, err := d.pages(r.opt.maxPages())
	if err != nil {
		return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("the PDF has %v; split it", err)}
	}
	for i, p := range nodes {
		r.pages = append(r.pages, d.safely(i, p))
		r.readers = append(r.readers, ReaderOwn)
		if r.damage.excess != "" {
			break
		}
	}
	r.foreign = d.foreign
	if r.damage.excess != "" {
		return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "the PDF is not read to its end: " + r.damage.excess}
	}
	if r.foreign != "" {
		return r.bounded(f)
	}
	return nil
}

// bounded refuses a file of which PDFium would lose a stream for its size.
func (r *reading) bounded(f *file) error {
	if f.bursts(r.alien != "") {
		return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("the PDF is not read: a stream is larger than %d MB", maxRuns>>20)}
	}
	return nil
}

// safely draws page i; what goes wrong is damage, and an empty page.
func (d *document) safely(i int, p node) (c *canvas) {
	defer func() {
		if x := recover(); x != nil {
			d.damage.add("page %d could not be read: %v", i+1, x)
			c, _ = d.sheet(p)
		}
	}()
	c = d.draw(p)
	switch {
	case c.unknown > 0:
		d.damage.add("the content of page %d is broken", i+1)
	case c.operators == 0 && c.bytes > 0 || c.drawn > 0 && c.drawn == c.outside+c.clipped:
		d.damage.add("page %d has content that draws nothing", i+1)
	}
	c.finish()
	if c.outside > 0 && !c.onPaper() {
		d.damage.doubt("text lies beyond the edge of page %d, which is no sheet's size", i+1)
	}
	if grid.Overlapping(c.glyphs) > 0 {
		d.damage.doubt("numbers on page %d lie on top of each other", i+1)
	}
	return c
}

// finish is done once all of a page is drawn.
func (c *canvas) finish() {
	c.glyphs = grid.DropOverprints(c.glyphs)
	c.measured = c.measure()
}

// second reads again with PDFium what did not pass the gate: everything, or
// the pages at fault. Of a damaged file it reads all, to compare.
func (r *reading) second() error {
	whole := ""
	switch {
	case r.alien != "":
		whole = r.alien
	case len(r.pages) == 0:
		r.damage.add("the file has no pages")
		whole = "no pages"
	case len(r.damage.notes) > 0:
		whole = "damage"
	case r.foreign != "":
		whole = r.foreign
	case !r.allPictured():
		whole = documentFault(r.pages)
	}
	need := make([]bool, len(r.pages))
	any := whole != ""
	for i, c := range r.pages {
		need[i] = whole != "" || c.measured.fault() != ""
		any = any || need[i]
	}
	if !any {
		return nil
	}
	if err := r.open(); err != nil {
		return r.without(err)
	}
	if r.engine.count > r.opt.maxPages() {
		return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("the PDF has more than %d pages; split it", r.opt.maxPages())}
	}
	if len(r.pages) == 0 {
		return r.onlyPDFium()
	}
	if r.engine.count != len(r.pages) {
		r.damage.add("one reader finds %d pages, the other %d", len(r.pages), r.engine.count)
	}
	other := make([]*canvas, len(r.pages))
	for i := range r.pages {
		if !need[i] || i >= r.engine.count {
			continue
		}
		c, err := r.engine.draw(i)
		if err != nil {
			r.warn(WarnUntrusted, i, "the second reader failed: %v", err)
			continue
		}
		c.finish()
		other[i] = c
	}
	r.choose(whole, other)
	return nil
}

// without goes on where PDFium can't read the file.
func (r *reading) without(err error) error {
	switch {
	case errors.Is(err, errPassword):
		return &extract.Refusal{Code: extract.RefusedEncrypted, Detail: "the PDF is encrypted and needs a password; save it without one, or give the password"}
	case len(r.pages) == 0:
		return &extract.Refusal{Code: extract.RefusedDamaged, Detail: fmt.Sprintf("the PDF can't be read (%v); get the file again from its source", err)}
	}
	for i, c := range r.pages {
		if f := c.measured.fault(); f != "" {
			r.warn(WarnUntrusted, i, "%s", f)
		}
	}
	r.warn(WarnUntrusted, -1, "the second reader failed: %v", err)
	return nil
}

// onlyPDFium takes every page from PDFium.
func (r *reading) onlyPDFium() error {
	for i := range r.engine.count {
		c, err := r.engine.draw(i)
		if err != nil {
			r.damage.add("%v", err)
			c = &canvas{}
		}
		c.finish()
		r.pages = append(r.pages, c)
		r.readers = append(r.readers, ReaderPDFium)
		r.fontless(i)
		if f := c.measured.fault(); f != "" {
			r.warn(WarnUntrusted, i, "%s", f)
		}
	}
	if len(r.pages) == 0 {
		return &extract.Refusal{Code: extract.RefusedDamaged, Detail: "the PDF has no pages that can be read; get the file again from its source"}
	}
	if f := documentFault(r.pages); f != "" && !r.allPictured() {
		r.alphabet()
	}
	return nil
}

// choose decides page by page between two readings.
func (r *reading) choose(whole string, other []*canvas) {
	damaged := len(r.damage.notes) > 0
	better := whole != "" && !damaged && documentFault(other) == ""
	for i, b := range other {
		a := r.pages[i]
		if b == nil {
			if f := a.measured.fault(); f != "" {
				r.warn(WarnUntrusted, i, "%s", f)
			}
			continue
		}
		fa, fb := a.measured.fault(), b.measured.fault()
		take := false
		switch {
		case fb == "" && (fa != "" || better || r.foreign != ""):
			take = true
		case fa == "" && fb != "":
		case damaged: // whoever read more lost less
			take = b.measured.glyphs-b.measured.suspect > a.measured.glyphs-a.measured.suspect
			if !sameText(a, b) {
				r.damage.doubt("the readers differ on page %d", i+1)
			}
		case fa != "" && !sameText(a, b), fa != "" && a.measured.suspect > 0:
			take = b.measured.suspect < a.measured.suspect
			r.warn(WarnUntrusted, i, "%s", fa)
		}
		if take {
			r.pages[i], r.readers[i] = b, ReaderPDFium
			r.fontless(i)
		}
	}
	r.alphabet()
}

// fontless warns that PDFium read a page on a machine without a Chinese font.
func (r *reading) fontless(page int) {
	if _, err := ChineseFont(); err != nil {
		r.warn(WarnUntrusted, page, "no Chinese font is installed for text whose font the PDF does not embed; install one (Debian: fonts-arphic-uming)")
	}
}

// alphabet warns where numbers look like letters to every reader.
func (r *reading) alphabet() {
	var all measures
	for _, c := range r.pages {
		all.add(c.measured)
	}
	if f := all.alphabet(); f != "" {
		r.warn(WarnUntrusted, -1, "%s", f)
	}
}

func (r *reading) allPictured() bool {
	for _, c := range r.pages {
		if !c.pictured() && (len(c.glyphs) > 0 || c.picture == 0) {
			return false
		}
	}
	return len(r.pages) > 0
}

// warn adds a warning about page i, counted from 0, or about all with -1.
func (r *reading) warn(code string, i int, format string, args ...any) {
	r.warnings = append(r.warnings, extract.Warning{Code: code, Page: i + 1, Message: fmt.Sprintf(format, args...)})
}

func (r *reading) result() ([]grid.Page, []extract.Warning, error) {
	var all measures
	for _, c := range r.pages {
		all.add(c.measured)
	}
	garbled := all.glyphs > 0 && all.suspect*5 > all.glyphs
	if garbled && r.damage.broken() {
		return nil, nil, &extract.Refusal{Code: extract.RefusedDamaged, Detail: "the text of the PDF can't be decoded any more (" + r.damage.String() + "); get the file again from its source"}
	}
	var pages []grid.Page
	unread, read, glyphs := 0, 0, 0
	for i, c := range r.pages {
		p := grid.Page{
			Number: i + 1, Width: c.width, Height: c.height, Reader: r.readers[i],
			Glyphs: c.glyphs, Rules: c.ruler.rules,
		}
		switch {
		case garbled || c.pictured():
			if scan, ok := r.recognise(i); ok {
				p = scan
				read++
			} else {
				unread++
				if c.invisible > 0 || garbled {
					p.Glyphs = nil
				}
			}
			pages = append(pages, p)
		case c.picture >= minPicture:
			pages = append(pages, r.withTables(p)...)
		default:
			pages = append(pages, p)
		}
		glyphs += len(p.Glyphs)
	}
	switch {
	case unread > 0 && (unread == len(pages) || glyphs < 50):
		return nil, nil, &extract.Refusal{Code: extract.RefusedScan, Detail: r.unread(garbled)}
	case glyphs == 0 && r.damage.broken():
		return nil, nil, &extract.Refusal{Code: extract.RefusedDamaged, Detail: "nothing readable is left in the PDF (" + r.damage.String() + "); get the file again from its source"}
	case glyphs == 0:
		return nil, nil, &extract.Refusal{Code: extract.RefusedEmpty, Detail: "the PDF has no text on its pages"}
	}
	if len(r.damage.notes) > 0 {
		r.warn(WarnDamaged, -1, "%s", r.damage.String())
	}
	return pages, r.warnings, nil
}

// open opens the file in PDFium, once.
func (r *reading) open() (err error) {
	if r.engine == nil {
		r.engine, err = openPDFium(r.b, r.opt)
	}
	return err
}

func (r *reading) close() {
	if r.engine != nil {
		r.engine.Close()
	}
}
