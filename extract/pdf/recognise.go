package pdf

import (
	"errors"

	"nianbao/extract"
	"nianbao/extract/grid"
)

// recognise has page i, counted from 0, read as a picture. It warns and returns
// false where that can't be done.
func (r *reading) recognise(i int) (grid.Page, bool) {
	pictures, err := r.pictures(i, true)
	var page grid.Page
	if err == nil {
		page, err = r.opt.OCR.Recognise(pictures[0])
	}
	if err != nil {
		what := "the page is a picture"
		if r.pages[i].invisible > 0 {
			what += " with a hidden text layer, which is not trusted"
		}
		r.unreadPicture(i, what, err)
		return grid.Page{}, false
	}
	return page, true
}

// withTables adds to a page of text the tables that stand on it as pictures, as
// pages of their own between the text above and below them.
func (r *reading) withTables(p grid.Page) []grid.Page {
	pictures, err := r.pictures(p.Number-1, false)
	if err != nil && !errors.Is(err, extract.ErrNoEngine) {
		r.unreadPicture(p.Number-1, "a picture stands on the page", err)
	}
	out := []grid.Page{p}
	for _, pic := range pictures {
		table, err := r.opt.OCR.Recognise(pic)
		switch {
		case errors.Is(err, extract.ErrNoTable):
			continue
		case err != nil:
			r.unreadPicture(p.Number-1, "a table on the page is a picture", err)
			continue
		}
		last := &out[len(out)-1]
		above, below := *last, *last
		above.Glyphs, below.Glyphs = split(last.Glyphs, pic.Middle())
		above.Rules = last.Rules
		below.Rules = nil
		if len(below.Glyphs) == 0 {
			out = append(out, table)
			continue
		}
		*last = above
		out = append(out, table, below)
	}
	return out
}

// split parts glyphs at a height.
func split(glyphs []grid.Glyph, y float64) (above, below []grid.Glyph) {
	for _, g := range glyphs {
		if (g.Box[1]+g.Box[3])/2 < y {
			above = append(above, g)
		} else {
			below = append(below, g)
		}
	}
	return above, below
}

// pictures opens what is to be recognised on page i.
func (r *reading) pictures(i int, whole bool) ([]extract.Picture, error) {
	if r.opt.OCR == nil {
		return nil, extract.ErrNoEngine
	}
	if r.opt.Progress != nil {
		r.opt.Progress(i+1, len(r.pages))
	}
	if whole {
		if p, ok := r.sole(i); ok {
			return []extract.Picture{p}, nil
		}
	}
	if err := r.open(); err != nil {
		return nil, err
	}
	return r.engine.pictures(i, whole)
}

// unreadPicture warns of a picture that was not read.
func (r *reading) unreadPicture(i int, what string, err error) {
	if r.ocrError == nil {
		r.ocrError = err
	}
	if errors.Is(err, extract.ErrNoEngine) {
		r.warn(WarnImage, i, "%s; reading it needs an OCR engine (nianbao doctor says what to install)", what)
		return
	}
	r.warn(WarnImage, i, "%s and could not be read: %v", what, err)
}

// unread says for people why nothing of the file was read.
func (r *reading) unread(garbled bool) string {
	what := "the PDF holds pictures of pages and no text"
	if garbled {
		what = "the text of the PDF can't be decoded"
	}
	if r.ocrError == nil || errors.Is(r.ocrError, extract.ErrNoEngine) {
		return what + "; reading it needs an OCR engine (nianbao doctor says what to install)"
	}
	return what + ", and they could not be read: " + r.ocrError.Error()
}
