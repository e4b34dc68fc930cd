package ocr

import (
	"image"
	"math"
	"testing"

	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/extract/ocr/engine"
	"nianbao/extract/raster"
)

// A symbol goes to the piece it stands in, wherever the engine says it is within
// half a gap.
func TestStrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := looks[rapid.SampledFrom([]string{engine.PPOCR, engine.Tesseract}).Draw(t, "engine")]
		var pieces []*image.Gray
		n := rapid.IntRange(1, 9).Draw(t, "pieces")
		for range n {
			pieces = append(pieces, image.NewGray(image.Rect(0, 0, rapid.IntRange(3, 90).Draw(t, "width"), rapid.IntRange(8, 40).Draw(t, "height"))))
		}
		s := paste(pieces, l)
		var line engine.Line
		want, runs := make([]string, n), make([]int, n)
		for i, p := range s.pieces {
			for range rapid.IntRange(0, 4).Draw(t, "symbols") {
				x := rapid.IntRange(p[0]-l.gap/2+1, p[1]+l.gap/2-2).Draw(t, "x")
				digit := rapid.SampledFrom([]string{"0", "7", "."}).Draw(t, "digit")
				line.Symbols = append(line.Symbols, engine.Symbol{Text: digit, X0: x, X1: x + 1, Confidence: 0.5})
				want[i] += digit
				runs[i]++
			}
		}
		for i, r := range s.split(line, "r", runs) {
			if r.Text != want[i] {
				t.Fatalf("piece %d holds %q, want %q", i, r.Text, want[i])
			}
			if (r.Text == "") != (r.Confidence == 0) {
				t.Fatalf("piece %d of %q is read with confidence %v", i, r.Text, r.Confidence)
			}
		}
		for x := range l.margin - 1 {
			if s.img.GrayAt(x, 0).Y != 255 {
				t.Fatal("the margin is not white")
			}
		}
	})
}

// A box on a picture comes out where its page shows it, however the page turns
// the picture.
func TestPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const w, h, unit = 500, 700, 0.36 // pixels, points a pixel
		quarters := rapid.IntRange(0, 3).Draw(t, "quarters")
		m := map[int]affine{
			0: {unit, 0, 0, unit, 0, 0},
			1: {0, unit, -unit, 0, h * unit, 0}, // what was up is right
			2: {-unit, 0, 0, -unit, w * unit, h * unit},
			3: {0, -unit, unit, 0, 0, w * unit},
		}[quarters]
		pw, ph := w*unit, h*unit
		if quarters%2 == 1 {
			pw, ph = ph, pw
		}
		paper := image.NewGray(image.Rect(0, 0, w, h))
		for i := range paper.Pix {
			paper.Pix[i] = 255
		}
		v := newView(extract.Picture{Image: paper, Page: 1, Width: pw, Height: ph, Matrix: m})
		if v == nil {
			t.Fatal("no view")
		}
		if got := float64(v.gray.Rect.Dx()) / v.dpi * 72; math.Abs(got-pw) > 1 {
			t.Fatalf("the picture is %v points wide, its page %v", got, pw)
		}
		x, y := rapid.Float64Range(0, pw-60).Draw(t, "x"), rapid.Float64Range(0, ph-60).Draw(t, "y")
		want := extract.Box{x, y, x + 50, y + 40}
		got := v.place(raster.Find(v.gray, v.dpi))(want)
		for i := range got {
			if math.Abs(got[i]-want[i]) > 0.5 {
				t.Fatalf("turned by %d quarters: box %v, want %v", quarters, got, want)
			}
		}
	})
}
