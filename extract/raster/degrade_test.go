package raster

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"slices"
)

// warpOf says where a place of the page, in parts of its width and height from
// its middle, lies on the picture.
type warpOf func(x, y float64) (float64, float64)

func turnedBy(degrees float64) warpOf {
	s, c := math.Sincos(degrees * math.Pi / 180)
	const a = 1.414 // of height to width
	return func(x, y float64) (float64, float64) { return x*c - y*a*s, x*s/a + y*c }
}

// photographed is a view from the side and above.
func photographed(x, y float64) (float64, float64) {
	x, y = turnedBy(0.8)(x*0.93, y*0.93)
	d := 1 + 0.05*y + 0.03*x
	return x / d, y / d
}

// curled bends the page by its left side, as a thick book does.
func curled(x, y float64) (float64, float64) {
	return x, y*0.98 + 0.008*math.Exp(-6*(x+0.5)) - 0.003
}

// condition is one way a page comes to be a bad picture.
type condition struct {
	name  string
	dpi   int
	warp  warpOf
	spoil func(img *image.RGBA, r *rand.Rand) image.Image
}

func conditions() []condition {
	flat := func(x, y float64) (float64, float64) { return x, y }
	same := func(img *image.RGBA, _ *rand.Rand) image.Image { return img }
	var out []condition
	for _, dpi := range []int{150, 200, 300} {
		out = append(out,
			condition{"clean", dpi, flat, same},
			condition{"skew 0.5", dpi, turnedBy(0.5), same},
			condition{"skew 1", dpi, turnedBy(-1), same},
			condition{"skew 2", dpi, turnedBy(2), same},
			condition{"skew 3", dpi, turnedBy(-3), same},
			condition{"noise", dpi, turnedBy(0.3), noise(25)},
			condition{"blur", dpi, turnedBy(0.3), func(img *image.RGBA, _ *rand.Rand) image.Image { return blur(img, 1.2*float64(img.Rect.Dx())/1654) }},
			condition{"jpeg 30", dpi, flat, func(img *image.RGBA, _ *rand.Rand) image.Image { return throughJPEG(img, 30) }},
			condition{"grey paper", dpi, turnedBy(0.3), light(func(x, y float64) float64 { return 0.7 })},
			condition{"photo", dpi, photographed, func(img *image.RGBA, r *rand.Rand) image.Image {
				light(func(x, y float64) float64 { return 0.85 - 0.35*x + 0.2*y })(img, r)
				noise(8)(img, r)
				return throughJPEG(blur(img, 0.7*float64(img.Rect.Dx())/1654), 75)
			}},
			condition{"curl", dpi, curled, light(func(x, y float64) float64 { return 0.95 - 0.3*math.Exp(-8*(x+0.5)) })},
			condition{"red seal", dpi, turnedBy(0.5), stamp(color.RGBA{220, 30, 40, 255})},
			condition{"grey seal", dpi, turnedBy(0.5), stamp(color.RGBA{110, 110, 110, 255})},
			condition{"speckle", dpi, turnedBy(0.3), speckle},
			condition{"fax", dpi, turnedBy(0.3), fax},
		)
	}
	return out
}

// lay puts a page on a picture of the same size, pixel by pixel.
func lay(page *image.RGBA, w warpOf) *image.RGBA {
	pw, ph := page.Rect.Dx(), page.Rect.Dy()
	out := image.NewRGBA(page.Rect)
	for y := range ph {
		for x := range pw {
			// The inverse of w, by steps.
			tx, ty := (float64(x)+0.5)/float64(pw)-0.5, (float64(y)+0.5)/float64(ph)-0.5
			sx, sy := tx, ty
			for range 4 {
				gx, gy := w(sx, sy)
				sx, sy = sx+tx-gx, sy+ty-gy
			}
			fx, fy := (sx+0.5)*float64(pw)-0.5, (sy+0.5)*float64(ph)-0.5
			x0, y0 := int(math.Floor(fx)), int(math.Floor(fy))
			ax, ay := fx-float64(x0), fy-float64(y0)
			var v [3]float64
			for k, wt := range [4]float64{(1 - ax) * (1 - ay), ax * (1 - ay), (1 - ax) * ay, ax * ay} {
				c := color.RGBA{235, 235, 235, 255} // the table the page lies on
				if p := image.Pt(x0+k&1, y0+k>>1); p.In(page.Rect) {
					c = page.RGBAAt(p.X, p.Y)
				}
				v[0], v[1], v[2] = v[0]+wt*float64(c.R), v[1]+wt*float64(c.G), v[2]+wt*float64(c.B)
			}
			out.SetRGBA(x, y, color.RGBA{uint8(v[0] + 0.5), uint8(v[1] + 0.5), uint8(v[2] + 0.5), 255})
		}
	}
	return out
}

func each(img *image.RGBA, f func(x, y int, v float64) float64) {
	for i := range img.Pix {
		if i%4 != 3 {
			p := i / 4
			img.Pix[i] = uint8(max(0, min(255, f(p%img.Rect.Dx(), p/img.Rect.Dx(), float64(img.Pix[i])))))
		}
	}
}

func noise(sigma float64) func(*image.RGBA, *rand.Rand) image.Image {
	return func(img *image.RGBA, r *rand.Rand) image.Image {
		for i := 0; i < len(img.Pix); i += 4 {
			n := sigma * r.NormFloat64()
			for k := range 3 {
				img.Pix[i+k] = uint8(max(0, min(255, float64(img.Pix[i+k])+n)))
			}
		}
		return img
	}
}

func light(f func(x, y float64) float64) func(*image.RGBA, *rand.Rand) image.Image {
	return func(img *image.RGBA, _ *rand.Rand) image.Image {
		w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
		each(img, func(x, y int, v float64) float64 { return v * f(float64(x)/w-0.5, float64(y)/h-0.5) })
		return img
	}
}

func blur(img *image.RGBA, sigma float64) *image.RGBA {
	n := int(math.Ceil(2.5 * sigma))
	kernel := make([]float64, 2*n+1)
	sum := 0.0
	for i := range kernel {
		kernel[i] = math.Exp(-float64((i-n)*(i-n)) / (2 * sigma * sigma))
		sum += kernel[i]
	}
	for _, step := range []int{4, img.Stride} {
		src := slices.Clone(img.Pix)
		for i := range src {
			v := 0.0
			for k, q := range kernel {
				j := i + (k-n)*step
				if j < 0 || j >= len(src) {
					j = i
				}
				v += q * float64(src[j])
			}
			img.Pix[i] = uint8(v/sum + 0.5)
		}
	}
	return img
}

func throughJPEG(img image.Image, quality int) image.Image {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		panic(err)
	}
	out, err := jpeg.Decode(&b)
	if err != nil {
		panic(err)
	}
	return out
}

// stamp stamps two rings, a star and radial strokes over the lower right part.
func stamp(ink color.RGBA) func(*image.RGBA, *rand.Rand) image.Image {
	return func(img *image.RGBA, _ *rand.Rand) image.Image {
		w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
		cx, cy, radius := 0.7*w, 0.7*h, 0.1*w // 42 mm over
		for y := int(cy - radius); y <= int(cy+radius); y++ {
			for x := int(cx - radius); x <= int(cx+radius); x++ {
				dx, dy := float64(x)-cx, float64(y)-cy
				d, a := math.Hypot(dx, dy)/radius, math.Atan2(dy, dx)
				in := d > 0.94 && d < 1
				in = in || d > 0.65 && d < 0.85 && math.Mod(a*12/math.Pi+100, 1) < 0.3 && a < 0.5
				in = in || d < 0.3*(0.7+0.3*math.Cos(5*a+math.Pi/2))
				if !in || x < 0 || y < 0 || x >= img.Rect.Dx() || y >= img.Rect.Dy() {
					continue
				}
				c := img.RGBAAt(x, y)
				mul := func(a, b uint8) uint8 { return uint8(int(a) * int(b) / 255) }
				img.SetRGBA(x, y, color.RGBA{mul(c.R, ink.R), mul(c.G, ink.G), mul(c.B, ink.B), 255})
			}
		}
		return throughJPEG(img, 80)
	}
}

func speckle(img *image.RGBA, r *rand.Rand) image.Image {
	for range img.Rect.Dx() * img.Rect.Dy() / 1500 {
		x, y, v := r.IntN(img.Rect.Dx()-2), r.IntN(img.Rect.Dy()-2), uint8(r.IntN(90))
		if r.IntN(5) == 0 {
			v = 255 - v
		}
		for k := range 1 + r.IntN(4) {
			img.SetRGBA(x+k&1, y+k>>1, color.RGBA{v, v, v, 255})
		}
	}
	return img
}

// fax is black and white at 204 by 196 dots an inch.
func fax(img *image.RGBA, _ *rand.Rand) image.Image {
	out := image.NewGray(img.Rect)
	for i := range out.Pix {
		if p := img.Pix[4*i:]; (int(p[0])+int(p[1])+int(p[2]))/3 >= 140 {
			out.Pix[i] = 255
		}
	}
	return out
}
