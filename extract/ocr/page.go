package ocr

import (
	"context"

	"nianbao/extract"
	"nianbao/extract/grid"
	"nianbao/extract/raster"
)

const (
	workDPI = 300 // finer pictures are reduced to this
	leastPx = 200 // a picture smaller than this either way shows no table
)

// page is a picture on its way to a grid.Page. Boxes lie on the sheet, where
// rules are straight, in points.
type page struct {
	*Reader
	ctx    context.Context
	sheet  *raster.Sheet
	frames []grid.Frame
	spots  []*spot
	ems    map[int]float64 // height of the Chinese characters of each frame, where known
	out    grid.Page
}

// spot is a piece of text: the ink of a slot, or a line outside the tables.
type spot struct {
	frame    int // index of its frame, -1 outside the tables
	slot     grid.Slot
	ink      extract.Box
	lines    []extract.Box // of text, from top to bottom
	numeric  bool
	dash     bool // a flat stroke and nothing else
	signed   bool // a pale stroke stands before the number
	readings []extract.Reading
	texts    []text // of each line, where it was read as text
}

// Recognise reads a picture. What can't be read at all is an error: extract.ErrNoEngine,
// extract.ErrNoTable for a part of a page without a table, or a *engine.Failure.
func (r *Reader) Recognise(pic extract.Picture) (grid.Page, error) {
	return r.RecogniseContext(context.Background(), pic)
}

// RecogniseContext is Recognise with an end to it.
func (r *Reader) RecogniseContext(ctx context.Context, pic extract.Picture) (grid.Page, error) {
	return r.recognise(ctx, pic, nil)
}

// recognise reads a picture; begin, if set, is called before an engine reads.
func (r *Reader) recognise(ctx context.Context, pic extract.Picture, begin func()) (grid.Page, error) {
	v := newView(pic)
	p := &page{Reader: r, ctx: ctx}
	if v == nil {
		if pic.Part {
			return grid.Page{}, extract.ErrNoTable
		}
		return blank(pic), nil
	}
	p.look(v)
	if pic.Part && !p.hasTable() {
		return grid.Page{}, extract.ErrNoTable
	}
	if err := r.ready(); err != nil {
		return grid.Page{}, err
	}
	if begin != nil {
		begin()
	}
	// Pages lie upright as a rule, and signs that they do not may be wrong.
	if posture := p.sheet.Posture(); posture.Turns != 0 {
		if _, err := p.upright(v, 0, posture.Turns, 2, 1, 3); err != nil {
			return grid.Page{}, err
		}
	}
	err := p.read()
	if err == nil && p.garbled() {
		var turned bool
		if turned, err = p.upright(v, 0, 2, 1, 3); err == nil && turned {
			p.look(v)
			err = p.read()
		}
	}
	if err != nil {
		return grid.Page{}, err
	}
	p.out.Number, p.out.Recognised, p.out.Reader, p.out.Place = pic.Page, true, readerName, v.place(p.sheet)
	p.out.Shown = [2]float64{pic.Width, pic.Height}
	p.out.Rules = p.sheet.Rules
	p.set()
	return p.out, nil
}

// blank is the page of a picture of which nothing was read.
func blank(p extract.Picture) grid.Page {
	return grid.Page{Number: p.Page, Width: p.Width, Height: p.Height, Reader: readerName, Recognised: true}
}

// readerName names this package as the reader of a cell; its readings name the
// engines.
const readerName = "ocr"
