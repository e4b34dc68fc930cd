package raster

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nianbao/extract"
)

// anyPicture draws a picture, of few levels or of many, part of a wider one.
func anyPicture(t *rapid.T) *image.Gray {
	w, h := rapid.IntRange(1, 150).Draw(t, "w"), rapid.IntRange(1, 60).Draw(t, "h")
	g := image.NewGray(image.Rect(0, 0, w+3, h))
	level := rapid.SampledFrom([]*rapid.Generator[uint8]{rapid.Byte(), rapid.SampledFrom([]uint8{0, 90, 200, 225, 255})}).Draw(t, "level")
	few := rapid.SliceOfN(level, 97, 97).Draw(t, "pixels") // repeated: a page has more than can be drawn by lot
	for i := range g.Pix {
		g.Pix[i] = few[(i*i/7+i)%len(few)]
	}
	return g.SubImage(image.Rect(0, 0, w, h)).(*image.Gray)
}

// TestThreshold holds it to what it says, pixel by pixel.
func TestThreshold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := anyPicture(t)
		g := image.NewGray(image.Rect(0, 0, rapid.IntRange(1, 400).Draw(t, "width"), min(20, part.Rect.Dy())))
		from, to := rapid.IntRange(0, 400).Draw(t, "white from"), rapid.IntRange(0, 400).Draw(t, "to")
		pale := rapid.Uint8Range(215, 235).Draw(t, "pale")
		for y := range g.Rect.Dy() {
			for x := range g.Rect.Dx() {
				v := part.GrayAt(x%part.Rect.Dx(), y).Y
				if x >= from && x < to { // white paper, and pale spots on it
					v = 255
					if (x+y)%13 == 0 {
						v = pale
					}
				}
				g.SetGray(x, y, color.Gray{v})
			}
		}
		window := rapid.IntRange(1, 50).Draw(t, "window")
		b := threshold(g, window)
		for y := range g.Rect.Dy() {
			for x := range g.Rect.Dx() {
				r := max(1, window/2)
				sum, n := 0, 0
				around := image.Rect(x-r, y-r, x+r+1, y+r+1).Intersect(g.Rect)
				for v := around.Min.Y; v < around.Max.Y; v++ {
					for _, p := range g.Pix[v*g.Stride:][around.Min.X:around.Max.X] {
						sum, n = sum+int(p), n+1
					}
				}
				v := int(g.GrayAt(x, y).Y)
				if want := v*n*100 < sum*(100-darkShare) && (v+darkLevels)*n <= sum; b.at(x, y) != want {
					t.Fatalf("level %d at %d,%d, %d in all of %d pixels around: dark %v", v, x, y, sum, n, !want)
				}
			}
		}
	})
}

// TestCrop holds the pixels of a crop to those between which they lie; the warp of
// a page without rules is a straight one.
func TestCrop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyPicture(t)
		w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
		const dpi = 72
		slope := rapid.Float64Range(-0.1, 0.1).Draw(t, "slope")
		s := &Sheet{DPI: dpi, gray: g}
		s.warp.across = newFamily(nil, scale{dpi}, g.Rect.Dx(), g.Rect.Dy(), slope)
		s.warp.down = newFamily(nil, scale{dpi}, g.Rect.Dy(), g.Rect.Dx(), -slope)
		from := rapid.Float64Range(-20, 20)
		x0, y0 := from.Draw(t, "x0"), from.Draw(t, "y0")
		box := extract.Box{x0, y0, x0 + rapid.Float64Range(1, 100).Draw(t, "width"), y0 + rapid.Float64Range(1, 40).Draw(t, "height")}
		crop := s.Crop(box, dpi*rapid.Float64Range(0.9, 2).Draw(t, "scale"))
		fx, fy := (box[2]-box[0])/float64(crop.Rect.Dx()), (box[3]-box[1])/float64(crop.Rect.Dy())
		at := func(x, y float64) float64 {
			return float64(g.GrayAt(int(max(0, min(w-1, x))), int(max(0, min(h-1, y)))).Y)
		}
		for y := range crop.Rect.Dy() {
			for x := range crop.Rect.Dx() {
				px, py := s.warp.picture(box[0]+(float64(x)+0.5)*fx, box[1]+(float64(y)+0.5)*fy)
				px, py = px-0.5, py-0.5
				x0, y0 := math.Floor(px), math.Floor(py)
				want := mix(mix(at(x0, y0), at(x0+1, y0), px-x0), mix(at(x0, y0+1), at(x0+1, y0+1), px-x0), py-y0)
				// Places are rounded to 1/256 of a pixel.
				if got := float64(crop.GrayAt(x, y).Y); math.Abs(got-want) > 0.51+2*255/256. {
					t.Fatalf("%v at %d,%d of a crop, want %.2f", got, x, y, want)
				}
			}
		}
	})
}

// TestDeepen holds it to the mean of 3 by 3 pixels, and of 9 copies at the sides.
func TestDeepen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := anyPicture(t)
		w, h := part.Rect.Dx(), part.Rect.Dy()
		g := image.NewGray(part.Rect)
		for y := range h {
			copy(g.Pix[y*w:][:w], part.Pix[y*part.Stride:])
		}
		s := &Sheet{DPI: float64(rapid.IntRange(32, 400).Draw(t, "dpi"))}
		deepen(g, s.paper(g))
		side := max(16, int(s.DPI*tile))
		nx, ny := max(1, w/side), max(1, h/side)
		paper := func(x, y int) int {
			i, j := x*nx/w, y*ny/h
			var all []uint8
			for v := j * h / ny; v < (j+1)*h/ny; v++ {
				all = append(all, part.Pix[v*part.Stride:][i*w/nx:(i+1)*w/nx]...)
			}
			slices.Sort(all)
			return int(all[max(0, len(all)*3/4-1)])
		}
		for y := range h {
			for x := range w {
				sum := 0
				for v := y - 1; v <= y+1; v++ {
					for u := x - 1; u <= x+1; u++ {
						sum += int(part.GrayAt(max(0, min(w-1, u)), max(0, min(h-1, v))).Y)
					}
				}
				if got, want := int(g.GrayAt(x, y).Y), max(0, paper(x, y)-sum/9); got != want {
					t.Fatalf("depth %d at %d,%d, want %d", got, x, y, want)
				}
			}
		}
	})
}

// TestDespeckle holds it to grains that are gathered pixel by pixel, each dark or not
// by what the page shows by then.
func TestDespeckle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := anyPicture(t)
		got := image.NewGray(part.Rect)
		for y := range part.Rect.Dy() {
			copy(got.Pix[y*got.Stride:][:got.Stride], part.Pix[y*part.Stride:])
		}
		want := image.NewGray(got.Rect)
		copy(want.Pix, got.Pix)
		n := despeckle(got)
		level := func(x, y int) int { return int(want.GrayAt(x, y).Y) }
		inside := want.Rect.Inset(2)
		dark := func(p image.Point) bool {
			return p.In(inside) && level(p.X, p.Y)+speckDark < max(level(p.X-2, p.Y), level(p.X+2, p.Y), level(p.X, p.Y-2), level(p.X, p.Y+2))
		}
		visited := make(map[image.Point]bool)
		for y := range want.Rect.Dy() {
			for x := range want.Rect.Dx() {
				var grain []image.Point
				reach := []image.Point{{x, y}}
				for len(reach) > 0 {
					p := reach[0]
					reach = reach[1:]
					if visited[p] || !dark(p) {
						continue
					}
					visited[p] = true
					grain = append(grain, p)
					for i := range 9 {
						reach = append(reach, p.Add(image.Pt(i%3-1, i/3-1)))
					}
				}
				if len(grain) > 0 && len(grain) <= speckPixels && !wipe(want, grain).Empty() {
					n--
				}
			}
		}
		if n != 0 || !slices.Equal(got.Pix, want.Pix) {
			t.Fatalf("%d specks too many, pixels alike: %v", n, slices.Equal(got.Pix, want.Pix))
		}
	})
}

func TestBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "values")
		least := uint8(rapid.IntRange(1, 128).Draw(t, "least"))
		x0 := rapid.IntRange(0, len(values)).Draw(t, "x0")
		x1 := rapid.IntRange(x0, len(values)).Draw(t, "x1")
		b, filled := newBitmap(len(values), 3), newBitmap(len(values), 3)
		b.atLeast(1, values, least)
		filled.fill(1, x0, x1)
		for y := range 3 {
			for x, v := range values {
				if want := y == 1 && v >= least; b.at(x, y) != want {
					t.Fatalf("value %d, least %d: marked %v", v, least, !want)
				}
				if want := y == 1 && x >= x0 && x < x1; filled.at(x, y) != want {
					t.Fatalf("%d,%d of %d to %d: marked %v", x, y, x0, x1, !want)
				}
			}
		}
	})
}
