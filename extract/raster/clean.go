package raster

import (
	"image"
	"image/color"
	"math/bits"
	"sync"
)

// Clean makes a page grey by the brightest of red, green and blue, and takes red seals
// out: print below them stays. It also takes out specks, but only where the page is
// strewn with them, since on a clean page a speck may be a decimal point; specks is how
// many went. A page that is grey already and has none is given back as it is.
func Clean(img image.Image) (g *image.Gray, specks int) {
	g, grey := img.(*image.Gray)
	if !grey {
		g = brightest(img)
		unseal(img, g)
	}
	if !strewn(g) {
		return atOrigin(g), 0
	}
	if grey { // not to be written to
		g = brightest(img)
	}
	return g, despeckle(g)
}

// brightest is a new picture of the brightest of red, green and blue.
func brightest(img image.Image) *image.Gray {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	g := image.NewGray(image.Rect(0, 0, w, h))
	table := lifts()
	for y := range h {
		out := g.Pix[y*g.Stride : y*g.Stride+w]
		sx, sy := b.Min.X, b.Min.Y+y
		switch m := img.(type) {
		case *image.Gray:
			copy(out, m.Pix[m.PixOffset(sx, sy):])
		case *image.YCbCr:
			luma := m.Y[m.YOffset(sx, sy):][:w]
			shift := 0 // every two pixels share a colour
			if r := m.SubsampleRatio; r == image.YCbCrSubsampleRatio420 || r == image.YCbCrSubsampleRatio422 {
				shift = 1
			} else if r != image.YCbCrSubsampleRatio444 && r != image.YCbCrSubsampleRatio440 {
				slow(out, img, sx, sy)
				continue
			}
			base := m.COffset(sx, sy)
			cb, cr := m.Cb[base:], m.Cr[base:]
			odd := sx & shift
			for x, v := range luma {
				c := (x + odd) >> shift
				out[x] = uint8(min(255, int(v)+int(table[int(cb[c])<<8|int(cr[c])])))
			}
		case *image.RGBA:
			p := m.Pix[m.PixOffset(sx, sy):][:4*w]
			for x := range out {
				q := p[4*x : 4*x+4 : 4*x+4]
				// What is transparent shows white paper; colours are premultiplied.
				out[x] = uint8(min(255, faded(int(q[0]), int(q[1]), int(q[2]))+255-int(q[3])))
			}
		case *image.NRGBA:
			p := m.Pix[m.PixOffset(sx, sy):][:4*w]
			for x := range out {
				q := p[4*x : 4*x+4 : 4*x+4]
				v, a := min(255, faded(int(q[0]), int(q[1]), int(q[2]))), int(q[3])
				out[x] = uint8(255 + (v-255)*a/255)
			}
		case *image.Paletted:
			var lut [256]uint8
			for i, c := range m.Palette {
				if i < 256 {
					lut[i] = bright(c)
				}
			}
			p := m.Pix[m.PixOffset(sx, sy):][:w]
			for x := range out {
				out[x] = lut[p[x]]
			}
		default:
			slow(out, img, sx, sy)
		}
	}
	return g
}

func slow(out []uint8, img image.Image, x, y int) {
	for i := range out {
		out[i] = bright(img.At(x+i, y))
	}
}

func bright(c color.Color) uint8 {
	r, g, b, a := c.RGBA()
	return uint8(min(255, faded(int(r>>8), int(g>>8), int(b>>8))+255-int(a>>8)))
}

// Red beyond this saturation is a seal: it is made lighter still, by half of
// what is beyond, since dark red is as dark as faint print. Print below a seal
// takes on some of its red, but not as much as this.
const seal = 80

// faded is the brightest of red, green and blue, and more for a seal.
func faded(r, g, b int) int {
	most, least := max(r, g, b), min(r, g, b)
	if r == most && most-least > seal {
		most += (most - least - seal) / 2
	}
	return most
}

// lifts is how much faded is above the luma, for each colour of JPEG.
var lifts = sync.OnceValue(func() *[1 << 16]uint8 {
	var t [1 << 16]uint8
	for i := range t {
		b, r := i>>8-128, i&255-128
		// In 1/65536, as JPEG defines them.
		t[i] = uint8(min(255, faded(91881*r>>16, (-22554*b-46802*r)>>16, 116130*b>>16)))
	}
	return &t
})

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

func (b *bitmap) set(x, y int)   { b.words[y*b.stride+x>>6] |= 1 << (x & 63) }
func (b *bitmap) clear(x, y int) { b.words[y*b.stride+x>>6] &^= 1 << (x & 63) }

// three are the bits of a row from x to x+2.
func (b *bitmap) three(x, y int) uint64 {
	row := b.row(y)
	v := row[x>>6] >> (x & 63)
	if x&63 > 61 && x>>6+1 < len(row) {
		v |= row[x>>6+1] << (64 - x&63)
	}
	return v & 7
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
