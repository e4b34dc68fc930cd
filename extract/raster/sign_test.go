package raster

import (
	"image"
	"math"
	"testing"

	"nianbao/extract"
)

// A minus sign is a flat stroke before the middle of a number, however pale.
func TestSign(t *testing.T) {
	const w, h, digits = 60, 14, 30
	for _, c := range []struct {
		name  string
		marks []image.Rectangle
		depth uint8
		want  image.Rectangle
	}{
		{"paper", nil, 0, image.Rectangle{}},
		{"a sign", []image.Rectangle{image.Rect(18, 6, 26, 8)}, 22, image.Rect(18, 5, 26, 8)},
		{"one that is as pale as the grain", []image.Rectangle{image.Rect(18, 6, 26, 8)}, 8, image.Rectangle{}},
		{"too short", []image.Rectangle{image.Rect(23, 6, 25, 8)}, 22, image.Rectangle{}},
		{"too long", []image.Rectangle{image.Rect(2, 6, 26, 8)}, 22, image.Rectangle{}},
		{"too far away", []image.Rectangle{image.Rect(4, 6, 12, 8)}, 22, image.Rectangle{}},
		{"at the foot", []image.Rectangle{image.Rect(18, 12, 26, 14)}, 22, image.Rectangle{}},
		{"an upright stroke", []image.Rectangle{image.Rect(22, 1, 27, 13)}, 22, image.Rectangle{}},
	} {
		g := image.NewGray(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				g.Pix[y*w+x] = uint8((7*x + 5*y) % 9) // grain
				if x >= digits {
					g.Pix[y*w+x] = 60
				}
				for _, m := range c.marks {
					if image.Pt(x, y).In(m) {
						g.Pix[y*w+x] = c.depth
					}
				}
			}
		}
		if got := sign(g, digits-1); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// The sign is found where it stands on the sheet.
func TestSheetSign(t *testing.T) {
	const unit = 72. / 200
	g := gray(1200, 1200, 250)
	paint := func(r image.Rectangle, level uint8) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				g.Pix[y*g.Stride+x] = level
			}
		}
	}
	number, stroke := image.Rect(600, 600, 640, 618), image.Rect(585, 608, 595, 610)
	paint(number, 60)
	paint(stroke, 200)
	box := func(r image.Rectangle) extract.Box {
		return extract.Box{float64(r.Min.X) * unit, float64(r.Min.Y) * unit, float64(r.Max.X) * unit, float64(r.Max.Y) * unit}
	}
	s, cell := Find(g, 200), box(image.Rect(500, 580, 800, 640))
	got, want := s.Sign(box(number), cell), box(stroke)
	for i := range want {
		if math.Abs(got[i]-want[i]) > 2*unit {
			t.Fatalf("the sign is %v, want about %v", got, want)
		}
	}
	paint(stroke, 250)
	if got := s.Sign(box(number), cell); got != (extract.Box{}) {
		t.Errorf("a sign in %v, and there is none", got)
	}
}
