package ocr

import (
	"image"
	"math"

	"golang.org/x/image/draw"

	"nianbao/extract"
	"nianbao/extract/raster"
)

// view is a picture made ready: grey, with square pixels, turned so far that its
// axes are those of its page.
type view struct {
	pic  extract.Picture
	gray *image.Gray
	seal *image.Gray // what was taken out of it as seals, nil for nothing
	dpi  float64
	back affine // from pixels of gray to points of the page
}

// newView is nil for a picture without pixels or place.
func newView(pic extract.Picture) *view {
	b := pic.Image.Bounds()
	m := affine(pic.Matrix)
	w, h := float64(b.Dx()), float64(b.Dy())
	sx, sy := math.Hypot(m[0], m[1]), math.Hypot(m[2], m[3]) // points a pixel
	if b.Dx() < leastPx || b.Dy() < leastPx || !(sx > 1e-3 && sy > 1e-3 && sx < 10 && sy < 10) {
		return nil
	}
	gray, seal := raster.Clean(pic.Image)
	v := &view{pic: pic, gray: gray, seal: seal, back: m}
	// Fax machines have pixels twice as high as wide; finer scans than needed
	// only cost time.
	fine := max(min(sx, sy), 72.0/workDPI)
	if nw, nh := int(math.Round(w*sx/fine)), int(math.Round(h*sy/fine)); math.Abs(float64(nw)/w-1) > 0.03 || math.Abs(float64(nh)/h-1) > 0.03 {
		scaled := func(g *image.Gray) *image.Gray {
			if g == nil {
				return nil
			}
			to := image.NewGray(image.Rect(0, 0, nw, nh))
			draw.ApproxBiLinear.Scale(to, to.Rect, g, g.Rect, draw.Src, nil)
			return to
		}
		v.back = affine{w / float64(nw), 0, 0, h / float64(nh), 0, 0}.then(m)
		v.gray, v.seal = scaled(v.gray), scaled(v.seal)
	}
	// Where a page is made as large as its picture has pixels, paper tells more.
	v.dpi = raster.Picture{Image: v.gray, DPI: 72 / math.Hypot(v.back[0], v.back[1])}.Resolution()
	// A page turned by its file is turned first; a mirrored one was drawn so.
	angle := math.Atan2(v.back[1], v.back[0])
	v.turn(int(math.Round(-angle/(math.Pi/2))+4) % 4)
	return v
}

// turn turns the picture by quarter turns counter-clockwise.
func (v *view) turn(quarters int) {
	for range quarters {
		w := float64(v.gray.Rect.Dx())
		v.gray = raster.Turn(v.gray, 3)
		if v.seal != nil {
			v.seal = raster.Turn(v.seal, 3)
		}
		// What is at (x, y) now was at (w - y, x).
		v.back = affine{0, 1, -1, 0, w, 0}.then(v.back)
	}
}

// place maps boxes of a sheet of v to the page.
func (v *view) place(s *raster.Sheet) func(extract.Box) extract.Box {
	return func(b extract.Box) extract.Box {
		b = s.Box(b)
		k := v.dpi / 72
		out := extract.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
		for _, p := range [][2]float64{{b[0], b[1]}, {b[2], b[1]}, {b[0], b[3]}, {b[2], b[3]}} {
			x, y := v.back.apply(p[0]*k, p[1]*k)
			out[0], out[2] = min(out[0], x), max(out[2], x)
			out[1], out[3] = min(out[1], y), max(out[3], y)
		}
		out[0], out[2] = max(0, out[0]), min(v.pic.Width, out[2])
		out[1], out[3] = max(0, out[1]), min(v.pic.Height, out[3])
		return out
	}
}

// affine is [a b c d e f]: x' = a·x + c·y + e, y' = b·x + d·y + f.
type affine [6]float64

func (m affine) apply(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// then is m followed by n.
func (m affine) then(n affine) affine {
	return affine{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}
