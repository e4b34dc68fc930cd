package raster

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"
)

// shape draws what f says of the middles of blocks of a square, by polar coordinates in
// parts of half its side.
func shape(side int, f func(d, angle, x, y float64) bool) *bitmap {
	b := newBitmap(side, side)
	half := float64(side) / 2
	for v := range side {
		for u := range side {
			x, y := (float64(u)+0.5-half)/half, (float64(v)+0.5-half)/half
			if f(math.Hypot(x, y), math.Atan2(y, x), x, y) {
				b.set(u, v)
			}
		}
	}
	return b
}

// A ring, a frame and what is left of them are outlines; a star and half a ring are none.
func TestOutline(t *testing.T) {
	ring := func(d float64) bool { return d > 0.88 && d < 0.98 }
	for name, c := range map[string]struct {
		shape *bitmap
		whole bool
		area  float64 // within, as a share of the square
	}{
		"ring": {shape(160, func(d, a, x, y float64) bool { return ring(d) }), true, math.Pi / 4 * 0.96},
		"broken ring": {shape(160, func(d, a, x, y float64) bool {
			return ring(d) && math.Mod(a+10, 1) > 0.15
		}), true, math.Pi / 4 * 0.96},
		"oval": {shape(160, func(d, a, x, y float64) bool { return ring(math.Hypot(x, y/0.6)) }), true, math.Pi / 4 * 0.6 * 0.96},
		"frame": {shape(160, func(d, a, x, y float64) bool {
			m := max(math.Abs(x+y), math.Abs(x-y)) / 1.2 // turned by 45°
			return ring(m)
		}), true, 0.7},
		"star": {shape(160, func(d, a, x, y float64) bool {
			k := math.Mod(a+math.Pi/2+20*math.Pi, 2*math.Pi/5) - math.Pi/5
			return d*math.Cos(math.Pi/5-math.Abs(math.Abs(k)-math.Pi/5)+math.Pi/5) < 0.36
		}), false, 0},
		"half a ring": {shape(160, func(d, a, x, y float64) bool { return ring(d) && x > y }), false, 0},
	} {
		stretches, _, _ := label(c.shape)
		rows, whole := outline(stretches)
		if whole != c.whole {
			t.Errorf("%s: whole is %v", name, whole)
		}
		area := 0
		for i, r := range rows {
			area += r.x1 - r.x0
			y := stretches[0].y + i
			for x := range c.shape.w {
				if c.shape.at(x, y) && (x < r.x0 || x >= r.x1) {
					t.Fatalf("%s: %d, %d lies outside", name, x, y)
				}
			}
		}
		if share := float64(area) / (160 * 160); whole && math.Abs(share-c.area) > 0.05 {
			t.Errorf("%s: %.2f of the square is within, not %.2f", name, share, c.area)
		}
	}
}

// redRing prints a red ring as large as a digit.
func redRing(img *image.RGBA, at image.Rectangle) {
	ink := image.NewUniform(color.RGBA{255, 0, 0, 255})
	const thick = 2
	for _, r := range []image.Rectangle{
		{at.Min, image.Pt(at.Max.X, at.Min.Y+thick)}, {image.Pt(at.Min.X, at.Max.Y-thick), at.Max},
		{at.Min, image.Pt(at.Min.X+thick, at.Max.Y)}, {image.Pt(at.Max.X-thick, at.Min.Y), at.Max},
	} {
		draw.Draw(img, r, ink, image.Point{}, draw.Src)
	}
}

func whitePage(side int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	return img
}

// Red print outside of a seal's outline stays, however near. Within it goes, and is
// shown with what was taken; on the outline it goes whole.
func TestPrintBesideSeal(t *testing.T) {
	// The seal has its middle at 840, 840 and its outline at 120 from there.
	digit := func(x, y int) image.Rectangle { return image.Rect(x-6, y-9, x+6, y+9) }
	for name, c := range map[string]struct {
		digits []image.Rectangle
		stays  bool
	}{
		"beside":  {[]image.Rectangle{digit(975, 840), digit(990, 840)}, true},
		"above":   {[]image.Rectangle{digit(840, 698)}, true},
		"in":      {[]image.Rectangle{digit(840, 905)}, false},
		"between": {[]image.Rectangle{digit(800, 915), digit(815, 915), digit(830, 915)}, false},
		"across":  {[]image.Rectangle{digit(940, 875), digit(955, 875), digit(970, 875)}, false},
	} {
		img := whitePage(1200)
		for _, r := range c.digits {
			redRing(img, r)
		}
		sealed := stamp(color.RGBA{220, 30, 40, 255})(img, nil)
		g, seal := Clean(sealed)
		if seal == nil {
			t.Fatalf("%s: no seal", name)
		}
		for _, r := range c.digits {
			print, taken, all := 0, 0, 0
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					if img.RGBAAt(x, y).G > 100 {
						continue
					}
					all++
					if g.GrayAt(x, y).Y < 130 {
						print++
					}
					if seal.GrayAt(x, y).Y < 255-muchTaken {
						taken++
					}
				}
			}
			if c.stays && (10*print < 9*all || taken > 0) || !c.stays && 10*taken < 9*all {
				t.Errorf("%s: of %d pixels at %v %d are print, %d were taken", name, all, r, print, taken)
			}
		}
	}
}

// Of a line of red print that runs into a seal only what is near goes.
func TestRedLineAtSeal(t *testing.T) {
	img := whitePage(1200) // the seal ends at 954 in this line
	for x := 940; x < 1180; x += 23 {
		redRing(img, image.Rect(x-6, 866, x+6, 884))
	}
	_, seal := Clean(stamp(color.RGBA{220, 30, 40, 255})(img, nil))
	if seal == nil {
		t.Fatal("no seal")
	}
	for x := 940; x < 1180; x += 23 {
		if gone := seal.GrayAt(x-5, 875).Y < 255-muchTaken; gone != (x < 954) && (x < 954 || x > 1050) {
			t.Errorf("the digit at %d went: %v", x, gone)
		}
	}
}

// What is larger than a seal, such as the rules of a table in red, is print.
func TestRedFrame(t *testing.T) {
	img := whitePage(1200)
	for x := 100; x <= 1100; x += 100 {
		draw.Draw(img, image.Rect(x, 100, x+3, 703), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	}
	for y := 100; y <= 700; y += 50 {
		draw.Draw(img, image.Rect(100, y, 1103, y+3), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	}
	g, seal := Clean(throughJPEG(img, 80))
	if seal != nil || g.GrayAt(500, 101).Y > 120 {
		t.Errorf("a rule is %d, a seal was found: %v", g.GrayAt(500, 101).Y, seal != nil)
	}
}

// In a cell what was taken tells print from strokes that pass.
func TestTaken(t *testing.T) {
	// The seal has its middle at 840, 840; cells are 144 by 72.
	img := whitePage(1200)
	for x := 72; x <= 1080; x += 144 {
		draw.Draw(img, image.Rect(x, 72, x+2, 1082), image.Black, image.Point{}, draw.Src)
	}
	for y := 72; y <= 1080; y += 72 {
		draw.Draw(img, image.Rect(72, y, 1082, y+2), image.Black, image.Point{}, draw.Src)
	}
	redRing(img, image.Rect(858, 891, 870, 909))
	g, seal := Clean(stamp(color.RGBA{220, 30, 40, 255})(img, nil))
	s := Find(g, 200)
	s.Mark(seal)
	cell := func(x, y float64) [4]float64 {
		const k = 72. / 200
		return [4]float64{(x + 1) * k, (y + 1) * k, (x + 145) * k, (y + 73) * k}
	}
	taken := s.Taken(cell(792, 864))
	if taken == nil || len(taken.Print) != 1 {
		t.Fatalf("a digit below a seal: %+v", taken)
	}
	if b := taken.Print[0]; math.Abs(b[3]-b[1]-18*72./200) > 1.5 || math.Abs(b[2]-b[0]-12*72./200) > 1.5 {
		t.Errorf("the digit is %v", b)
	}
	passing := cell(648, 864)
	if taken = s.Taken(passing); taken == nil || len(taken.Print) > 0 {
		t.Errorf("a ring that passes: %+v", taken)
	} else if b := taken.In(passing); b[3]-b[1] < 20 {
		t.Errorf("the ring lies in %v of %v", b, passing)
	}
	if taken = s.Taken(cell(216, 216)); taken != nil {
		t.Errorf("far from the seal: %+v", taken)
	}
}

// Solid ink, as of a star or between white characters, is taken as well as strokes.
func TestTakenSolid(t *testing.T) {
	s := Find(gray(1200, 1200, 255), 200)
	seal := gray(1200, 1200, 255)
	for y := 40; y < 110; y++ {
		for x := 40; x < 140; x++ {
			seal.Pix[y*seal.Stride+x] = 130
		}
	}
	s.Mark(seal)
	const k = 72. / 200
	cell := [4]float64{36 * k, 36 * k, 144 * k, 114 * k}
	taken := s.Taken(cell)
	if taken == nil {
		t.Fatal("nothing was taken")
	}
	if b := taken.In(cell); b[3]-b[1] < 60*k {
		t.Errorf("%v of %v went", b, cell)
	}
}

func gray(w, h int, level uint8) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = level
	}
	return g
}
