package raster

import (
	"image"
	"math"
	"slices"
)

// atOrigin is the same picture with its top left pixel at 0, 0.
func atOrigin(g *image.Gray) *image.Gray {
	if g.Rect.Min == (image.Point{}) {
		return g
	}
	return &image.Gray{Pix: g.Pix, Stride: g.Stride, Rect: g.Rect.Sub(g.Rect.Min)}
}

// Turn turns a picture by quarter turns clockwise.
func Turn(g *image.Gray, quarters int) *image.Gray {
	g = atOrigin(g)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	switch quarters & 3 {
	case 1:
		return turned(g, h, w, func(x, y int) (int, int) { return y, h - 1 - x })
	case 2:
		return turned(g, w, h, func(x, y int) (int, int) { return w - 1 - x, h - 1 - y })
	case 3:
		return turned(g, h, w, func(x, y int) (int, int) { return w - 1 - y, x })
	}
	return g
}

// turned fills a picture of w by h from the places that from gives, in squares
// so that both pictures stay in the cache.
func turned(g *image.Gray, w, h int, from func(x, y int) (int, int)) *image.Gray {
	const block = 64
	out := image.NewGray(image.Rect(0, 0, w, h))
	for by := 0; by < h; by += block {
		for bx := 0; bx < w; bx += block {
			for y := by; y < min(h, by+block); y++ {
				x0, y0 := from(bx, y)
				x1, y1 := from(bx+1, y)
				at, step := y0*g.Stride+x0, (y1-y0)*g.Stride+x1-x0
				row := out.Pix[y*out.Stride+bx : y*out.Stride+min(w, bx+block)]
				for i := range row {
					row[i] = g.Pix[at+i*step]
				}
			}
		}
	}
	return out
}

// strokeSize is how long, in inches, the smallest stroke of a character is.
const strokeSize = 0.03

// Posture is how a page lies and how sure that is.
type Posture struct {
	// Turns is how many quarter turns clockwise set the page upright.
	Turns int
	// Side is how sure it is that lines of text now run along the rows, and Head
	// that the page now stands on its feet; 0 to 1. Where Side is below ½ all four
	// turns are possible; where Head is, Turns and Turns+2 are.
	Side, Head float64
}

// Posture tells how a page lies. Lying on a side is told by how lines of text run.
// Standing on its head is told by small signs only (punctuation lies low, lines
// begin together and end apart); where it is not sure, let an OCR engine read a few
// lines of the page turned by both Turns and Turns+2.
func (s *Sheet) Posture() (p Posture) {
	sc := scale{s.DPI}
	b, pieces := withoutGrain(s.ink, sc)
	along, down := flow(b, sc)
	if down > along {
		b = b.transposed().mirrored() // a quarter turn clockwise
		pieces = blobs(b)
		p.Turns = 1
	}
	p.Side = sureness(max(along, down), min(along, down), 0.12)
	feet, head := standing(pieces, b.w, b.h, sc)
	if head > feet {
		p.Turns += 2
	}
	p.Head = sureness(max(feet, head), min(feet, head), 0.5)
	return p
}

// sureness makes a number from 0 to 1 of how much larger a is than b: ½ where it
// is larger by the share that counts.
func sureness(a, b, counts float64) float64 {
	if a <= 0 {
		return 0
	}
	d := (a - b) / max(b, a/100)
	return 1 - math.Exp2(-d/counts)
}

// mirrored swaps left and right, so that a transposed page is a turned one.
func (b *bitmap) mirrored() *bitmap {
	out := newBitmap(b.w, b.h)
	for y := range b.h {
		row := b.row(y)
		for x := next(row, 0, b.w, true); x < b.w; x = next(row, x+1, b.w, true) {
			out.set(b.w-1-x, y)
		}
	}
	return out
}

// flow is how long pieces of text are along the rows and down the columns once
// the gaps between characters are filled.
func flow(b *bitmap, s scale) (along, down float64) {
	small := shrink(b, max(1, int(s.px(0.02))))
	return meanRun(small), meanRun(small.transposed())
}

// withoutGrain leaves out pieces of ink too small to be part of a character: the
// grain of a bad scan.
func withoutGrain(b *bitmap, s scale) (*bitmap, []blob) {
	out := newBitmap(b.w, b.h)
	ps, of, all := label(b)
	least := int(s.px(strokeSize))
	grain := func(k blob) bool { return max(k.box.Dx(), k.box.Dy()) < least }
	for i, p := range ps {
		if !grain(all[of[i]]) {
			out.fill(p.y, p.x0, p.x1)
		}
	}
	return out, slices.DeleteFunc(all, grain)
}

// meanRun is the mean length of runs, without those of rules.
func meanRun(b *bitmap) float64 {
	const rule = 75 // a run of an inch and a half is a rule
	n, sum := 0, 0
	for y := range b.h {
		row := b.row(y)
		for x := next(row, 0, b.w, true); x < b.w; {
			end := next(row, x, b.w, false)
			if end-x < rule {
				n, sum = n+1, sum+end-x
			}
			x = next(row, end, b.w, true)
		}
	}
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}
