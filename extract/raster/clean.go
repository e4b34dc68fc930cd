package raster

import (
	"image"
)

// Clean makes a page grey by its luma, and takes red seals out: print below them stays,
// and so does print in colour. What was taken out is shown by seal, as dark as it was
// on white paper; nil where there was nothing. It also takes out specks, but only where
// the page is strewn with them, since on a clean page a speck may be a decimal point. A
// page that is grey already and has none is given back as it is.
func Clean(img image.Image) (g, seal *image.Gray) {
	g, grey := img.(*image.Gray)
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
	// A pixel is dark by the brightest pixel two steps around it.
	dark := func(x, y int) bool {
		if x < 2 || y < 2 || x >= w-2 || y >= h-2 {
			return false
		}
		i := y*g.Stride + x
		v := g.Pix[i]
		around := max(g.Pix[i-2], g.Pix[i+2], g.Pix[i-2*g.Stride], g.Pix[i+2*g.Stride])
		return int(v)+speckDark < int(around)
	}
	visited := newBitmap(w, h)
	var grain []image.Point
	for y := 2; y < h-2; y++ {
		for x := 2; x < w-2; x++ {
			if g.Pix[y*g.Stride+x] >= 255-speckDark || visited.at(x, y) || !dark(x, y) {
				continue
			}
			grain = append(grain[:0], image.Pt(x, y))
			visited.set(x, y)
			for i := 0; i < len(grain); i++ {
				p := grain[i]
				for dy := -1; dy <= 1; dy++ {
					for dx := -1; dx <= 1; dx++ {
						if q := image.Pt(p.X+dx, p.Y+dy); !visited.at(q.X, q.Y) && dark(q.X, q.Y) {
							visited.set(q.X, q.Y)
							grain = append(grain, q)
						}
					}
				}
			}
			if len(grain) <= speckPixels && wipe(g, grain) {
				specks++
			}
		}
	}
	return specks
}

func (b *bitmap) set(x, y int) { b.words[y*b.stride+x>>6] |= 1 << (x & 63) }

// wipe gives a grain the brightness of the paper around it.
func wipe(g *image.Gray, grain []image.Point) bool {
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
		return false // it stands by other ink: part of a character
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
			return false
		}
	}
	for y := r.Min.Y + 1; y < r.Max.Y-1; y++ {
		for x := r.Min.X + 1; x < r.Max.X-1; x++ {
			g.Pix[y*g.Stride+x] = uint8(max(paper, int(g.Pix[y*g.Stride+x])))
		}
	}
	return true
}
