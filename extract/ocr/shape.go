package ocr

import (
	"image"
	"math"
)

// looksNumeric tells from its shape whether a line of ink is made of digits and
// signs. Digits are upright, of one height, and no column of theirs crosses
// more than three strokes; Chinese characters are as wide as high, or fall into
// parts of several heights, or cross more strokes.
func looksNumeric(g *image.Gray) bool {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if w == 0 || h == 0 {
		return false
	}
	const black = 128
	type run struct{ x0, x1, top, bottom int }
	var runs []run
	inked, dense := 0, 0
	open := false
	for x := range w {
		top, bottom, strokes, before := -1, -1, 0, false
		for y := range h {
			ink := g.Pix[y*g.Stride+x] < black
			if ink {
				if top < 0 {
					top = y
				}
				bottom = y
				if !before {
					strokes++
				}
			}
			before = ink
		}
		if top < 0 {
			open = false
			continue
		}
		inked++
		if strokes >= 4 {
			dense++
		}
		if !open {
			runs = append(runs, run{x, x, top, bottom})
			open = true
		}
		r := &runs[len(runs)-1]
		r.x1, r.top, r.bottom = x, min(r.top, top), max(r.bottom, bottom)
	}
	if len(runs) == 0 || dense*8 > inked {
		return false
	}
	tall := 0
	for _, r := range runs {
		tall = max(tall, r.bottom-r.top+1)
	}
	for _, r := range runs {
		width, height := float64(r.x1-r.x0+1)/float64(tall), float64(r.bottom-r.top+1)/float64(tall)
		switch {
		case height < 0.4: // a sign
		case height < 0.7, width > 0.9 && len(runs) < 3 && width < 1.25, width > 3.2:
			return false
		}
	}
	return true
}

// strokes counts the flat strokes in a crop, which has paper around it: one, as in a
// dash, or two of a size side by side, as in that of two characters (——), that fill
// the boxes they stand in. It is 0 for anything else.
func strokes(g *image.Gray) int {
	darkest := uint8(255)
	for _, v := range g.Pix {
		darkest = min(darkest, v)
	}
	black := uint8((int(darkest) + 255) / 2) // thin strokes are pale
	var found []image.Rectangle
	ink, area := 0, 0
	open := false
	for x := range g.Rect.Dx() {
		before := ink
		for y := range g.Rect.Dy() {
			if g.Pix[y*g.Stride+x] >= black {
				continue
			}
			if !open {
				found, open = append(found, image.Rectangle{}), true
			}
			s := &found[len(found)-1]
			*s = s.Union(image.Rect(x, y, x+1, y+1))
			ink++
		}
		open = ink > before
	}
	for _, s := range found {
		area += s.Dx() * s.Dy()
	}
	if len(found) == 0 || len(found) > 2 || 3*ink < 2*area {
		return 0
	}
	if len(found) == 2 {
		a, b := found[0], found[1]
		long, short := max(a.Dx(), b.Dx()), min(a.Dx(), b.Dx())
		level := min(a.Max.Y, b.Max.Y) > max(a.Min.Y, b.Min.Y)
		if !level || 5*(long-short) > long || 2*(b.Min.X-a.Max.X) > long || short < 2*max(a.Dy(), b.Dy()) {
			return 0
		}
	}
	return len(found)
}

// Shapes tell dashes and zeros: that of the ink itself, and those of others in its
// table.
const (
	byShape = "ocr/shape"
	byPeers = "ocr/shape/peers"
)

// Bounds of a zero's shape, as shares of its width, height or area.
const (
	zeroNarrow, zeroWide = 0.42, 0.86 // its width by its height
	zeroHole             = 0.5        // the height of its hole
	zeroOff              = 0.07       // how far the middle of the hole is from that of the ink
	zeroUneven           = 0.09       // the mean difference to its mirror images, as a share of black
	zeroPaper            = 180        // what the middle of its hole is at least, of 255
)

// looksZero tells from its shape whether a piece of ink, cut out tight, is a lone
// 0: one ring that is as its mirror images are, with nothing in the middle of its
// hole. It says no where it is in doubt: the holes of 6 and 9 lie low and high, 8
// has two, and where they run together its waist is grey.
func looksZero(g *image.Gray) bool {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if ratio := float64(w) / float64(max(1, h)); h < 12 || ratio < zeroNarrow || ratio > zeroWide {
		return false
	}
	const black = 128
	at := func(x, y int) uint8 { return g.Pix[y*g.Stride+x] }
	// Flood from the sides: what paper is left is in holes.
	seen, room := make([]bool, w*h), make([]image.Point, 0, w*h)
	flood := func(from []image.Point, dark bool) (box image.Rectangle) {
		reached := room
		reach := func(x, y int) {
			if x >= 0 && y >= 0 && x < w && y < h && !seen[y*w+x] && (at(x, y) < black) == dark {
				seen[y*w+x] = true
				box = box.Union(image.Rect(x, y, x+1, y+1))
				reached = append(reached, image.Pt(x, y))
			}
		}
		for _, p := range from {
			reach(p.X, p.Y)
		}
		for len(reached) > 0 {
			p := reached[len(reached)-1]
			reached = reached[:len(reached)-1]
			reach(p.X-1, p.Y)
			reach(p.X+1, p.Y)
			reach(p.X, p.Y-1)
			reach(p.X, p.Y+1)
		}
		return box
	}
	var sides []image.Point
	for x := range w {
		sides = append(sides, image.Pt(x, 0), image.Pt(x, h-1))
	}
	for y := range h {
		sides = append(sides, image.Pt(0, y), image.Pt(w-1, y))
	}
	flood(sides, false)
	var hole image.Rectangle
	holes, rings := 0, 0
	for y := range h {
		for x := range w {
			if seen[y*w+x] {
				continue
			}
			if at(x, y) < black {
				rings++
				flood([]image.Point{{x, y}}, true)
				continue
			}
			holes++
			hole = flood([]image.Point{{x, y}}, false)
		}
	}
	if holes != 1 || rings != 1 || float64(hole.Dy()) < zeroHole*float64(h) ||
		math.Abs(float64(hole.Min.Y+hole.Max.Y-h)) > 2*zeroOff*float64(h) ||
		math.Abs(float64(hole.Min.X+hole.Max.X-w)) > 2*zeroOff*float64(w)+1 {
		return false
	}
	// The middle half of the hole is paper.
	for y := hole.Min.Y + hole.Dy()/4; y < hole.Max.Y-hole.Dy()/4; y++ {
		for x := hole.Min.X + hole.Dx()/3; x < hole.Max.X-hole.Dx()/3; x++ {
			if at(x, y) < zeroPaper {
				return false
			}
		}
	}
	// Mirrors stand in the middle of the hole: the box around the ink may end half a
	// pixel off.
	mirrored := func(x, y int) float64 {
		if x < 0 || y < 0 || x >= w || y >= h {
			return 255
		}
		return float64(at(x, y))
	}
	across, down := 0.0, 0.0
	for y := range h {
		for x := range w {
			v := float64(at(x, y))
			across += math.Abs(v - mirrored(hole.Min.X+hole.Max.X-1-x, y))
			down += math.Abs(v - mirrored(x, hole.Min.Y+hole.Max.Y-1-y))
		}
	}
	most := zeroUneven * 255 * float64(w*h)
	return across <= most && down <= most
}
