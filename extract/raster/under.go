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
	strokeSide  = 3            // pixels beside the rest of a wall, within which strokes reach it
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
	gone, w, h := o.depths(box, func(*image.Gray) paperLevels { return whitePaper })
	if gone == nil {
		return nil
	}
	t := &Taken{gone: newBitmap(w, h), mask: &mask{w: w, h: h, box: box}}
	for y := range h {
		t.gone.atLeast(y, gone[y*w:][:w], muchTaken)
	}
	pieces := blobs(t.gone)
	if len(pieces) == 0 {
		return nil
	}
	side := s.rim() + strokeSide
	inner := image.Rect(side, side, w-side, h-side)
	var bare image.Rectangle
	for _, k := range pieces {
		if k.box.In(inner) {
			t.Print = append(t.Print, t.mask.onSheet(k.box))
		}
	}
	left, _, _ := s.depths(box, s.paper)
	free := newBitmap(w, h) // of a seal's ink
	var rest, all float64
	ink, stays := 0, 0
	for i, v := range left {
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
	t.Bare = t.mask.onSheet(bare)
	return t
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
	return t.mask.onSheet(best)
}

// depths is how far the pixels of a cell lie below its paper, without its walls; nil if
// it is too small to hold anything.
func (s *Sheet) depths(box extract.Box, paper func(*image.Gray) paperLevels) (depth []uint8, w, h int) {
	r := s.size(box, s.DPI)
	if w, h = r.Dx(), r.Dy(); w < 3 || h < 3 {
		return nil, 0, 0
	}
	g := image.NewGray(r)
	s.sample(g, box)
	deepen(g, paper(g))
	s.erase(g.Pix, w, h, box, true)
	return g.Pix, w, h
}
