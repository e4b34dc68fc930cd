package ocr

import (
	"context"
	"image"
	"slices"
	"testing"

	"nianbao/extract"
	"nianbao/extract/grid"
	"nianbao/extract/ocr/engine"
	"nianbao/extract/raster"
)

// picture is a line of ink, # black.
func picture(rows ...string) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, len(rows[0]), len(rows)))
	for y, row := range rows {
		for x := range row {
			if row[x] != '#' {
				g.Pix[y*g.Stride+x] = 255
			}
		}
	}
	return g
}

// Two witnesses make a zero, unless another speaks against it.
func TestTell(t *testing.T) {
	ring := picture(".####.", "##..##", "#....#", "#....#", "#....#", "#....#", "##..##", ".####.")
	bar := picture("..##..", "..##..", "..##..", "..##..", "..##..", "..##..", "..##..", "..##..")
	reads := func(text string) []extract.Reading {
		return []extract.Reading{{Reader: tesseract, Text: text, Confidence: .9}}
	}
	var samples []*round
	for range 3 {
		samples = append(samples, &round{spot: &spot{readings: reads("0")}, line: ring, ring: true})
	}
	for _, c := range []struct {
		name     string
		ring     bool
		line     *image.Gray
		readings []extract.Reading
		samples  []*round
		want     []string // who tells it
	}{
		{"shape and peers", true, ring, nil, samples, []string{byShape, byPeers}},
		{"peers and Tesseract", false, ring, reads("0"), samples, []string{byPeers, tesseract}},
		{"shape and Tesseract", true, bar, reads("0"), samples, []string{byShape, tesseract}},
		{"shape and Tesseract, no samples", true, ring, reads("0"), nil, []string{byShape, tesseract}},
		{"Tesseract against it", true, ring, reads("8"), samples, nil},
		{"Tesseract saw nothing", true, ring, reads(""), samples, nil},
		{"Tesseract alone", false, bar, reads("0"), samples, nil},
		{"one sample", true, ring, nil, samples[:1], nil},
		{"shape alone", true, ring, nil, nil, nil},
	} {
		r := &round{spot: &spot{readings: c.readings}, line: c.line, ring: c.ring}
		told := r.tell(c.samples)
		var by []string
		for _, reading := range r.readings {
			by = append(by, reading.Reader)
		}
		if told != (c.want != nil) || told && !slices.Equal(by, c.want) {
			t.Errorf("%s: told %v by %v, want %v", c.name, told, by, c.want)
		}
	}
	if samples[0].resembles(samples[:2]) {
		t.Error("a sample bears witness for itself")
	}
}

// Of many that have the shape of a zero some are read, of few all.
func TestSampled(t *testing.T) {
	for n := range 40 {
		rs := []*round{{}, {}}
		for range n {
			rs = append(rs, &round{ring: true})
		}
		samples, held := sampled(rs), 0
		for _, r := range rs {
			if r.held {
				held++
			}
		}
		if want := max(0, n-zeroSamples); n >= zeroSamples && (held != want || len(samples) != zeroSamples) || n < zeroSamples && (held != 0 || samples != nil) {
			t.Errorf("of %d, %d are samples and %d held", n, len(samples), held)
		}
	}
}

// runReader is an engine that reads each piece of ink as what it is told.
type runReader struct {
	says func(n int) string // of the n-th piece
	n    int                // pieces read
}

func (e *runReader) Info() engine.Hello { return engine.Hello{} }
func (e *runReader) Close()             {}

func (e *runReader) Read(_ context.Context, _ string, _ engine.Kind, images []*image.Gray) ([]engine.Line, error) {
	lines := make([]engine.Line, len(images))
	for i, g := range images {
		from := -1
		for x := range g.Rect.Dx() {
			ink := false
			for y := range g.Rect.Dy() {
				ink = ink || g.GrayAt(x, y).Y < 128
			}
			if ink && from < 0 {
				from = x
			}
			if !ink && from >= 0 {
				lines[i].Symbols = append(lines[i].Symbols, engine.Symbol{Text: e.says(e.n), X0: from, X1: x, Confidence: .9})
				from, e.n = -1, e.n+1
			}
		}
	}
	return lines, nil
}

// Six zeros of a table are read for all, unless one of them is something else.
func TestZeros(t *testing.T) {
	const many = 10
	for _, c := range []struct {
		name       string
		says       func(n int) string
		read, rest int
	}{
		{"zeros", func(int) string { return "0" }, zeroSamples, 0},
		{"a sample that is none", func(n int) string {
			if n == 2 {
				return "8"
			}
			return "0"
		}, many, 1},
	} {
		g := image.NewGray(image.Rect(0, 0, 1200, 1200))
		for i := range g.Pix {
			g.Pix[i] = 255
		}
		const unit = 72. / 200
		e := &runReader{says: c.says}
		p := &page{Reader: &Reader{engine: e}, ctx: t.Context(), ems: map[int]float64{}}
		for i := range many {
			at := image.Rect(100+90*i, 600, 112+90*i, 620)
			for y := at.Min.Y; y < at.Max.Y; y++ {
				for x := at.Min.X; x < at.Max.X; x++ {
					dx, dy := (float64(x-at.Min.X)-5.5)/6, (float64(y-at.Min.Y)-9.5)/10
					if r := dx*dx + dy*dy; r < 1 && r > .4 {
						g.Pix[y*g.Stride+x] = 0
					}
				}
			}
			ink := extract.Box{float64(at.Min.X) * unit, float64(at.Min.Y) * unit, float64(at.Max.X) * unit, float64(at.Max.Y) * unit}
			p.spots = append(p.spots, &spot{slot: grid.Slot{Row: 1}, ink: ink, lines: []extract.Box{ink}, numeric: true})
		}
		p.sheet = raster.Find(g, 200)
		rest, err := p.zeros(p.spots, map[tableRow]int{{0, 1}: many})
		if err != nil {
			t.Fatal(err)
		}
		if e.n != c.read || len(rest) != c.rest {
			t.Errorf("%s: %d were read, want %d; %d are left, want %d", c.name, e.n, c.read, len(rest), c.rest)
		}
	}
}

// A value is not sure without the sign before it.
func TestTake(t *testing.T) {
	for text, want := range map[string]float64{"5": .45, "-5": .9, "－5件": .9, "5件": .45} {
		s := &spot{signed: true}
		if s.take(extract.Reading{Text: text, Confidence: .9}); s.readings[0].Confidence != want {
			t.Errorf("%s is read with confidence %v, want %v", text, s.readings[0].Confidence, want)
		}
	}
}
