package raster

import (
	"image"
	"image/draw"
	"math/bits"
)

// Clean makes a page grey by its luma, and takes red seals out: print below them stays,
// and so does print in colour. What was taken out is shown by seal, as dark as it was
// on white paper; nil where there was nothing. It also takes out specks, but only where
// the page is strewn with them, since on a clean page a speck may be a decimal point. A
// page that is grey already and has none is given back as it is.
func Clean(img image.Image) (g, seal *image.Gray) {
	g, grey := img.(*image.Gray)
	if m, ok := img.(*image.NRGBA); ok { // as PNG files have it
		rgba := image.NewRGBA(m.Rect)
		draw.Draw(rgba, m.Rect, m, m.Rect.Min, draw.Src)
		img = rgba
	}
	if !grey {
		g = lumas(img)
		seal = unseal(img, g)
	}
	if !strewn(g) {
		return atOrigin(g), seal
	}
	if grey { // not to be written to
		g = lumas(img)
	}
	despeckle(g)
	return g, seal
}

// lumas is a new picture of the luma of each pixel; what is transparent shows white
// paper.
func lumas(img image.Image) *image.Gray {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	g := image.NewGray(image.Rect(0, 0, w, h))
	var palette [levels]uint8
	if m, ok := img.(*image.Paletted); ok {
		for i, c := range m.Palette[:min(levels, len(m.Palette))] {
			luma, _ := lumaAndRedOf(c)
			palette[i] = uint8(luma)
		}
	}
	for y := range h {
		out := g.Pix[y*g.Stride:][:w]
		sx, sy := b.Min.X, b.Min.Y+y
		switch m := img.(type) {
		case *image.Gray:
			copy(out, m.Pix[m.PixOffset(sx, sy):])
		case *image.YCbCr:
			copy(out, m.Y[m.YOffset(sx, sy):])
		case *image.RGBA:
			p := m.Pix[m.PixOffset(sx, sy):][:4*w]
			for x := range out {
				q := p[4*x : 4*x+4 : 4*x+4]
				white := 255 - int(q[3]) // colours are premultiplied
				luma, _ := lumaAndRed(int(q[0])+white, int(q[1])+white, int(q[2])+white)
				out[x] = uint8(luma)
			}
		case *image.Paletted:
			for x, i := range m.Pix[m.PixOffset(sx, sy):][:w] {
				out[x] = palette[i]
			}
		default:
			for x := range out {
				luma, _ := lumaAndRedOf(img.At(sx+x, sy))
				out[x] = uint8(luma)
			}
		}
	}
	return g
}

// Specks are grains of a few pixels, far darker than the paper around them.
const (
	speckPixels  = 5  // the largest
	dotPixels    = 2  // what is as large as this may be a decimal point
	dotReach     = 10 // where print is this near
	dotPrint     = 8  // so many dark pixels around it are print
	speckDark    = 60 // levels below its surroundings
	speckSpacing = 8  // one row in so many is looked at to tell whether there are any
	speckDensity = 40 // alone-standing dark pixels in a million that make a page strewn
)

// strewn: is a page strewn with specks?
func strewn(g *image.Gray) bool {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if w < 8 || h < 8 {
		return false
	}
	alone, seen := 0, 0
	for y := speckSpacing / 2; y < h-1; y += speckSpacing {
		up, row, lo := g.Pix[(y-1)*g.Stride:], g.Pix[y*g.Stride:][:w], g.Pix[(y+1)*g.Stride:]
		seen += w
		for x := 1; x < w-1; x++ {
			v := int(row[x]) + speckDark
			if v < int(row[x-1]) && v < int(row[x+1]) && v < int(up[x]) && v < int(lo[x]) &&
				v < int(up[x-1]) && v < int(up[x+1]) && v < int(lo[x-1]) && v < int(lo[x+1]) {
				alone++
			}
		}
	}
	return alone*1_000_000 >= speckDensity*seen
}

// despeckle takes the specks out of a page.
func despeckle(g *image.Gray) (specks int) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	d := &darkPixels{g, newBitmap(w, h), newBitmap(w, h)}
	d.look(g.Rect)
	var grain []image.Point
	for y := range h {
		row := d.open.row(y)
		for x := next(row, 0, w, true); x < w; x = next(row, x, w, true) {
			grain = d.take(grain[:0], image.Pt(x, y))
			if len(grain) > speckPixels {
				continue
			}
			if wiped := wipe(g, grain); !wiped.Empty() {
				specks++
				d.look(wiped.Inset(-2))
			}
		}
	}
	return specks
}

// darkPixels are those of a page: by the brightest of those two steps around.
type darkPixels struct {
	g           *image.Gray
	open, taken *bitmap // dark ones that were not taken yet; those that were
}

// look looks which pixels are dark.
func (d *darkPixels) look(r image.Rectangle) {
	const light = 255 - speckDark // none that is as light as this
	g := d.g
	r = r.Intersect(g.Rect.Inset(2))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		up, row, lo := g.Pix[(y-2)*g.Stride:], g.Pix[y*g.Stride:][:g.Rect.Dx()], g.Pix[(y+2)*g.Stride:]
		open, taken := d.open.row(y), d.taken.row(y)
		for x := r.Min.X; x < r.Max.X; {
			var seen, dark uint64
			i, end := x>>6, min(r.Max.X, x&^63+64)
			for ; x < end; x++ {
				bit := uint64(1) << (x & 63)
				seen |= bit
				if v := row[x]; v < light && v+speckDark < max(row[x-2], row[x+2], up[x], lo[x]) {
					dark |= bit
				}
			}
			open[i] = open[i]&^seen | dark&^taken[i]
		}
	}
}

// take takes all dark pixels that hang together with one.
func (d *darkPixels) take(grain []image.Point, first image.Point) []image.Point {
	add := func(p image.Point) {
		d.open.clear(p.X, p.Y)
		d.taken.set(p.X, p.Y)
		grain = append(grain, p)
	}
	add(first)
	for i := 0; i < len(grain); i++ {
		p := grain[i]
		for y := p.Y - 1; y <= p.Y+1; y++ {
			for v := d.open.three(p.X-1, y); v != 0; v &= v - 1 {
				add(image.Pt(p.X-1+bits.TrailingZeros64(v), y))
			}
		}
	}
	return grain
}

// wipe gives a grain the brightness of the paper around it, in the box that it returns,
// unless it is print.
func wipe(g *image.Gray, grain []image.Point) (wiped image.Rectangle) {
	r := image.Rectangle{grain[0], grain[0].Add(image.Pt(1, 1))}
	for _, p := range grain {
		r = r.Union(image.Rectangle{p, p.Add(image.Pt(1, 1))})
	}
	r = r.Inset(-2).Intersect(g.Rect)
	sum, n, least := 0, 0, 255
	for x := r.Min.X; x < r.Max.X; x++ {
		for _, y := range []int{r.Min.Y, r.Max.Y - 1} {
			v := int(g.Pix[y*g.Stride+x])
			sum, n, least = sum+v, n+1, min(least, v)
		}
	}
	for y := r.Min.Y + 1; y < r.Max.Y-1; y++ {
		for _, x := range []int{r.Min.X, r.Max.X - 1} {
			v := int(g.Pix[y*g.Stride+x])
			sum, n, least = sum+v, n+1, min(least, v)
		}
	}
	paper := sum / n
	if least < paper-speckDark {
		return // it stands by other ink: part of a character
	}
	if len(grain) >= dotPixels {
		dark := -len(grain)
		near := r.Inset(2 - dotReach).Intersect(g.Rect)
		for y := near.Min.Y; y < near.Max.Y; y++ {
			for _, v := range g.Pix[y*g.Stride+near.Min.X : y*g.Stride+near.Max.X] {
				if int(v) < paper-speckDark {
					dark++
				}
			}
		}
		if dark >= dotPrint {
			return
		}
	}
	wiped = r.Inset(1)
	for y := wiped.Min.Y; y < wiped.Max.Y; y++ {
		for x := wiped.Min.X; x < wiped.Max.X; x++ {
			g.Pix[y*g.Stride+x] = uint8(max(paper, int(g.Pix[y*g.Stride+x])))
		}
	}
	return wiped
}
