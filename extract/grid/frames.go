package grid

import "nianbao/extract"

// Frame is a table drawn on a page, as far as its rules alone tell it.
type Frame struct {
	Box        extract.Box
	Rows, Cols int
	Slots      []Slot
}

// Slot is a place of a frame that may hold text. Row and Col count from 0.
type Slot struct {
	Row, Col   int
	Rows, Cols int
	Box        extract.Box
	// Ragged says that the rules around it make no rectangle.
	Ragged bool
}

// Frames finds the tables that the rules of a page draw, before any text of the
// page is known: what reads text from pixels learns from it where to look.
// Build finds the same cells when the text is there.
func Frames(p *Page) []Frame {
	s := newSheet(&Page{Number: p.Number, Width: p.Width, Height: p.Height, Rules: p.Rules})
	hs, vs := straighten(s.rules, false)
	var out []Frame
	for _, f := range frames(hs, vs) {
		part := lattice(s, f)
		if part == nil {
			continue
		}
		fr := Frame{Box: part.box(), Rows: part.nr(), Cols: part.nc()}
		for _, x := range part.cells {
			fr.Slots = append(fr.Slots, Slot{
				Row: x.row, Col: x.col, Rows: x.rows, Cols: x.cols,
				Box: part.rect(x), Ragged: len(x.shapeDoubts()) > 0,
			})
		}
		out = append(out, fr)
	}
	return out
}
