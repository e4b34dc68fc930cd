package ocr

import (
	"image"
	"slices"
	"testing"

	"nianbao/extract"
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
	if samples[0].like(samples[:2]) {
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
