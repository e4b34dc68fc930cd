package raster

import (
	"image"
	"math"

	"nianbao/extract"
)

// Taken is what went with seals from a box of the sheet.
type Taken struct {
	// Print are the pieces that may have been print: they reach no side of the box, as a
	// seal's strokes mostly do.
	Print []extract.Box
	// Bare is around clear ink on which no seal's lies, zero where there is none.
	Bare extract.Box
	// Rest says that the ink that is left, if any is, may be the rest of red print.
	Rest bool
	// Stays says that the ink is red, and stayed.
	Stays bool

	gone *bitmap
	mask *mask
}

const (
	muchTaken   = 30           // levels: more than the noise of paper, and than the mark of what stays
	littleTaken = redStays / 2 // less
	strokeSide  = 5            // pixels beside what is blanked at a wall, within which strokes reach it
)

// Mark tells the sheet what was taken out of its picture: seal, as Clean tells it.
func (s *Sheet) Mark(seal *image.Gray) {
	s.seal, s.sealed = seal, image.Rectangle{}
	if seal == nil {
		return
	}
	for y := range seal.Rect.Dy() {
		row := seal.Pix[y*seal.Stride:][:seal.Rect.Dx()]
		x0, x1 := 0, len(row)
		for x0 < x1 && row[x0] == 255 {
			x0++
		}
		for x1 > x0 && row[x1-1] == 255 {
			x1--
		}
		s.sealed = s.sealed.Union(image.Rect(x0, y, x1, y+1))
	}
}

// Taken tells what went with seals from a box, such as a cell; nil if nothing did.
func (s *Sheet) Taken(box extract.Box) *Taken {
	if s.sealed.Empty() {
		return nil
	}
	on := s.Box(box)
	px := func(pt float64) int { return int(math.Round(s.pixels(pt))) }
	if !image.Rect(px(on[0]), px(on[1]), px(on[2]), px(on[3])).Overlaps(s.sealed) {
		return nil
	}
	o := *s
	o.gray = s.seal
	g := o.cell(box)
	if g == nil {
		return nil
	}
	w, h := g.Rect.Dx(), g.Rect.Dy()
	gone := g.Pix
	deepen(g, whitePaper)
	o.erase(gone, w, h, box, true)
	t := &Taken{gone: newBitmap(w, h), mask: &mask{w: w, h: h, box: box}}
	for y := range h {
		t.gone.atLeast(y, gone[y*w:][:w], muchTaken)
	}
	pieces := blobs(t.gone)
	if len(pieces) == 0 {
		return nil
	}
	side := int(s.DPI*margin) + strokeSide
	inner := image.Rect(side, side, w-side, h-side)
	var bare image.Rectangle
	for _, k := range pieces {
		if k.box.In(inner) {
			t.Print = append(t.Print, t.onSheet(k.box))
		}
	}
	left := s.cell(box)
	deepen(left, s.paper(left))
	s.erase(left.Pix, w, h, box, true)
	free := newBitmap(w, h) // of a seal's ink
	var rest, all float64
	ink, stays := 0, 0
	for i, v := range left.Pix {
		if v < inkContrast {
			continue
		}
		// Weighed by its darkness: the soft edges of black print lose as much as they keep.
		all += float64(v) * float64(v)
		rest += float64(v) * float64(gone[i])
		ink++
		if gone[i] >= littleTaken && gone[i] < muchTaken {
			stays++
		}
		if gone[i] < littleTaken {
			free.set(i%w, i/w)
		}
	}
	for _, b := range blobs(free) {
		if b.area >= s.leastInk() && !alongSide(b.box, w, h, s.rim()) {
			bare = bare.Union(b.box)
		}
	}
	t.Rest, t.Stays = rest > all, 2*stays > ink
	t.Bare = t.onSheet(bare)
	return t
}

func (t *Taken) onSheet(r image.Rectangle) extract.Box {
	if r.Empty() {
		return extract.Box{}
	}
	return t.mask.onSheet(r)
}

// In is around what went from a part of the box: as high as the most rows of it that
// hang together, as those of a digit do. It is zero if nothing went.
func (t *Taken) In(part extract.Box) extract.Box {
	m := t.mask
	fx, fy := float64(m.w)/(m.box[2]-m.box[0]), float64(m.h)/(m.box[3]-m.box[1])
	at := image.Rect(int((part[0]-m.box[0])*fx), int((part[1]-m.box[1])*fy), int((part[2]-m.box[0])*fx)+1, int((part[3]-m.box[1])*fy)+1)
	at = at.Intersect(image.Rect(0, 0, m.w, m.h))
	const gap = 1 // rows: strokes may be broken
	var best, rows image.Rectangle
	for y := at.Min.Y; y < at.Max.Y; y++ {
		row := t.gone.row(y)
		x0, x1 := next(row, at.Min.X, at.Max.X, true), 0
		if x0 >= at.Max.X {
			continue
		}
		for x := x0; x < at.Max.X; x = next(row, x1, at.Max.X, true) {
			x1 = next(row, x, at.Max.X, false)
		}
		if y > rows.Max.Y+gap {
			rows = image.Rectangle{}
		}
		if rows = rows.Union(image.Rect(x0, y, x1, y+1)); rows.Dy() > best.Dy() {
			best = rows
		}
	}
	return t.onSheet(best)
}

// cell is the crop of a cell, nil if it is too small to hold anything.
func (s *Sheet) cell(box extract.Box) *image.Gray {
	r := s.size(box, s.DPI)
	if r.Dx() < 3 || r.Dy() < 3 {
		return nil
	}
	g := image.NewGray(r)
	s.sample(g, box)
	return g
}
