package raster

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"
)

// rings is a page of rings as large as digits, black ones and pale ones in turn, on
// paper of a colour, with empty places between them.
func rings(paper color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 800, 800))
	draw.Draw(img, img.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	part := func(v uint8, of float64) uint8 { return uint8(float64(v) * of) }
	for y := 12; y < 780; y += 32 {
		for x := 12; x < 780; x += 32 {
			light := 0.1
			switch (x/32 + y/32) % 3 {
			case 1:
				light = 0.65
			case 2:
				continue
			}
			for dy := range 18 {
				for dx := range 12 {
					if dx < 2 || dx >= 10 || dy < 2 || dy >= 16 {
						img.SetRGBA(x+dx, y+dy, color.RGBA{part(paper.R, light), part(paper.G, light), part(paper.B, light), 255})
					}
				}
			}
		}
	}
	return img
}

// depths is how far the mean of 3 by 3 pixels lies below the paper, as ink is told.
func depths(g *image.Gray, paper int) []int {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := make([]int, w*h)
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			sum := 0
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					sum += int(g.Pix[(y+dy)*g.Stride+x+dx])
				}
			}
			out[y*w+x] = paper - sum/9
		}
	}
	return out
}

// Where a seal was there is paper again, and print below it is what it was, be it pale.
func TestSealsGo(t *testing.T) {
	white, warm := color.RGBA{250, 250, 250, 255}, color.RGBA{240, 228, 205, 255}
	for _, c := range []struct {
		name       string
		paper, ink color.RGBA
		quality    int // of JPEG, after that of the scanner's
	}{
		{"red", white, color.RGBA{220, 30, 40, 255}, 0},
		{"red, JPEG 50", white, color.RGBA{220, 30, 40, 255}, 50},
		{"dark red", white, color.RGBA{180, 20, 30, 255}, 0},
		{"pale red", white, color.RGBA{240, 130, 135, 255}, 0},
		{"vermilion", white, color.RGBA{230, 80, 40, 255}, 0},
		{"red on warm paper", warm, color.RGBA{220, 30, 40, 255}, 0},
	} {
		sealed := stamp(c.ink)(rings(c.paper), nil)
		plain := throughJPEG(rings(c.paper), 80)
		if c.quality > 0 {
			sealed, plain = throughJPEG(sealed, c.quality), throughJPEG(plain, c.quality)
		}
		g, _ := Clean(sealed)
		want, _ := Clean(plain)
		level := int(want.GrayAt(400, 400-16).Y)
		got, was := depths(g, level), depths(want, level)
		dirt, print, lost := 0, 0, 0
		for i, d := range got {
			switch {
			case was[i] < 8 && d >= faintContrast:
				dirt++
			case was[i] >= 60:
				print++
				if d < faintContrast {
					lost++
				}
			}
		}
		if dirt > 20 || lost*200 > print {
			t.Errorf("%s: %d pixels of paper are ink, %d of %d of print are lost", c.name, dirt, lost, print)
		}
	}
}

// What has no seal stays as it is: colours that are not red, and red noise.
func TestSealsOnly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	img := rings(color.RGBA{200, 215, 240, 255})
	for range 300 {
		img.SetRGBA(r.IntN(800), r.IntN(800), color.RGBA{255, 60, 60, 255})
	}
	g, want := lumas(img), lumas(img)
	unseal(img, g)
	for i, v := range g.Pix {
		if v != want.Pix[i] {
			t.Fatalf("pixel %d is %d, was %d", i, v, want.Pix[i])
		}
	}
}

// A seal at the sides of a picture whose corner lies anywhere is taken out, too.
func TestSealAtSide(t *testing.T) {
	white := color.RGBA{250, 250, 250, 255}
	img := rings(white)
	stamped := stamp(color.RGBA{220, 30, 40, 255})(rings(white), nil).(*image.YCbCr)
	for _, at := range []image.Rectangle{image.Rect(501, 501, 640, 639), image.Rect(540, 500, 700, 620)} {
		part := stamped.SubImage(at)
		g, _ := Clean(part)
		dirt := 0
		for y := range at.Dy() {
			for x := range at.Dx() {
				if img.RGBAAt(at.Min.X+x, at.Min.Y+y) == white && g.GrayAt(x, y).Y < 150 {
					dirt++
				}
			}
		}
		if g.Rect.Size() != at.Size() || dirt > 20 {
			t.Errorf("%v: %v, %d dark pixels of paper", at, g.Rect, dirt)
		}
	}
}

// What is red and no seal is print: it is not taken for paper.
func TestRedPrint(t *testing.T) {
	img := rings(color.RGBA{250, 250, 250, 255})
	var red []image.Rectangle
	for x := 44; x < 760; x += 96 { // where rings leave a place empty
		y := 44
		for (x/32+y/32)%3 != 2 {
			y += 32
		}
		for dy := range 18 {
			for dx := range 12 {
				if dx < 3 || dx >= 9 || dy < 3 || dy >= 15 {
					img.SetRGBA(x+dx, y+dy, color.RGBA{255, 0, 0, 255})
				}
			}
		}
		red = append(red, image.Rect(x, y, x+12, y+18))
	}
	stamped := stamp(color.RGBA{220, 30, 40, 255})(img, nil)
	for name, picture := range map[string]image.Image{"lossless": img, "JPEG": stamped} {
		g, _ := Clean(picture)
		depth := depths(g, 250)
		for _, r := range red {
			clear := 0
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					if depth[y*g.Rect.Dx()+x] >= inkContrast {
						clear++
					}
				}
			}
			if clear < 60 {
				t.Errorf("%s: of the red ring at %v %d pixels are clear", name, r.Min, clear)
			}
		}
	}
}

// Pictures without loss, and with few colours, are read as JPEG is.
func TestSealKinds(t *testing.T) {
	white := color.RGBA{250, 250, 250, 255}
	plain, sealed := rings(white), rings(white)
	stamp(color.RGBA{220, 30, 40, 255})(sealed, nil)
	few := color.Palette{color.White, color.Black, color.Gray{Y: 160}, color.RGBA{216, 29, 39, 255}, color.RGBA{140, 19, 26, 255}, color.RGBA{22, 3, 4, 255}}
	for _, to := range []draw.Image{
		image.NewRGBA(sealed.Rect), image.NewNRGBA(sealed.Rect), image.NewRGBA64(sealed.Rect), image.NewPaletted(sealed.Rect, few),
	} {
		draw.Draw(to, to.Bounds(), sealed, image.Point{}, draw.Src)
		g, _ := Clean(to)
		dirt, print, lost := 0, 0, 0
		for i, v := range g.Pix {
			switch was := plain.Pix[4*i]; {
			case was == white.R && v < 200:
				dirt++
			case was < white.R:
				print++
				if v > 200 {
					lost++
				}
			}
		}
		if dirt > 20 || lost*200 > print {
			t.Errorf("%T: %d dark pixels of paper, %d light ones of %d of print", to, dirt, lost, print)
		}
	}
	bilevel := image.NewPaletted(plain.Rect, color.Palette{color.White, color.Black})
	if coloursOf(bilevel) != nil {
		t.Error("black and white has colours")
	}
}

// However coarse JPEG made the colours, pale print below a seal does not become blank.
func TestPalePrint(t *testing.T) {
	white := color.RGBA{250, 250, 250, 255}
	plain := rings(white)
	for _, quality := range []int{100, 80, 50, 30} {
		sealed := rings(white)
		stamp(color.RGBA{220, 30, 40, 255})(sealed, nil)
		g, _ := Clean(throughJPEG(sealed, quality))
		depth := depths(g, int(white.R))
		for y := 12; y < 780; y += 32 {
			for x := 12; x < 780; x += 32 {
				print, faint := 0, 0
				for v := y; v < y+18; v++ {
					for u := x; u < x+12; u++ {
						if plain.RGBAAt(u, v) == white {
							continue
						}
						print++
						if depth[v*800+u] >= faintContrast {
							faint++
						}
					}
				}
				if 2*faint < print {
					t.Errorf("JPEG %d: of the ring at %d, %d only %d of %d pixels are seen", quality, x, y, faint, print)
				}
			}
		}
	}
}
