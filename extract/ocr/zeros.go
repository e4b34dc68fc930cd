package ocr

import (
	"image"
	"math"

	"nianbao/extract"
)

// Most numbers of most reports are zeros. Where a table's row has many values, and so
// its table has sums, two of three witnesses tell one if no other speaks against it: it
// has the shape of a zero, it looks like others of its table, Tesseract reads it. So
// most need no PP-OCR, and once some of a table's were read, not even Tesseract.

const (
	// zeroSamples is how many of a table's zeros are read for all that look like them.
	zeroSamples = 6
	// zeroUnlike is how much two zeros of a table may differ, zeroVague where the shape of
	// one does not tell it. Nearly all of a page at 150 dpi differ by less, blurred, noisy
	// or photographed, and those of clean pages by half; a 6 or 9 differs by 0.126 and
	// more from a zero, with the other side of the paper shining through by 0.119.
	zeroUnlike = 0.105
	zeroVague  = 0.09
)

// round is a number that may be a zero.
type round struct {
	*spot
	line *image.Gray
	ring bool // it has the shape of a zero
	held bool // not to be read, should others tell what it is
}

// zeros tells those zeros among numbers that need no PP-OCR. The rest is read by
// Tesseract.
func (p *page) zeros(spots []*spot, inRow map[tableRow]int) (rest []*spot, err error) {
	tables := map[int][]*round{} // by frame
	var rounds []*round
	var read []*spot
	for _, s := range spots {
		if w, h := s.ink[2]-s.ink[0], s.ink[3]-s.ink[1]; inRow[s.row()] < fewest || w > h {
			read, rest = append(read, s), append(rest, s)
			continue
		}
		r := &round{spot: s, line: p.line(s.ink)}
		r.ring = looksZero(r.line)
		rounds, tables[s.frame] = append(rounds, r), append(tables[s.frame], r)
	}
	samples := map[int][]*round{}
	for frame, rs := range tables {
		samples[frame] = sampled(rs)
	}
	for _, r := range rounds {
		if !r.held {
			read = append(read, r.spot)
		}
	}
	if err := p.count(rowByTesseract, read); err != nil {
		return nil, err
	}
	for frame, rs := range samples {
		for _, r := range rs {
			if r.readings[0].Text != "0" { // what has the shape of a zero here is none for certain
				samples[frame] = nil
			}
		}
	}
	var unlike []*spot
	for _, r := range rounds {
		if r.held && !r.resembles(samples[r.frame]) {
			unlike = append(unlike, r.spot)
		}
	}
	if err := p.count(rowByTesseract, unlike); err != nil {
		return nil, err
	}
	for _, r := range rounds {
		if !r.tell(samples[r.frame]) {
			rest = append(rest, r.spot)
		}
	}
	return rest, nil
}

// sampled chooses the samples among what has the shape of a zero in a table, and marks
// the others to be held.
func sampled(rs []*round) []*round {
	var rings []*round
	for _, r := range rs {
		if r.ring {
			r.held = true
			rings = append(rings, r)
		}
	}
	var out []*round
	for i := range zeroSamples {
		if k := i * len(rings) / zeroSamples; len(rings) >= zeroSamples {
			rings[k].held = false
			out = append(out, rings[k])
		}
	}
	if out == nil {
		for _, r := range rings {
			r.held = false
		}
	}
	return out
}

// tell gives a number the readings that show that it is a zero, if they do.
func (r *round) tell(samples []*round) bool {
	var zero []extract.Reading
	if r.ring {
		zero = append(zero, extract.Reading{Reader: byShape, Text: "0", Confidence: 1})
	}
	if r.resembles(samples) {
		zero = append(zero, extract.Reading{Reader: byPeers, Text: "0", Confidence: 1})
	}
	for _, reading := range r.readings {
		if reading.Text != "0" {
			return false
		}
		zero = append(zero, reading)
	}
	if len(zero) < 2 {
		return false
	}
	r.readings = zero
	return true
}

// resembles: does a number look like two of the samples, other than itself?
func (r *round) resembles(samples []*round) bool {
	n, most := 0, zeroUnlike
	if !r.ring {
		most = zeroVague
	}
	for _, s := range samples {
		if s != r && difference(r.line, s.line) <= most {
			n++
		}
	}
	return n >= 2
}

// difference is the mean difference of two pieces of ink of about one height, cut out
// tight, as a share of black, the narrower laid where it fits the other best. Where one
// is wider by more than an eighth of its height they are wholly different.
func difference(a, b *image.Gray) float64 {
	if a.Rect.Dx() > b.Rect.Dx() {
		a, b = b, a
	}
	w, h := b.Rect.Dx(), min(a.Rect.Dy(), b.Rect.Dy())
	room := w - a.Rect.Dx()
	if 8*room > h {
		return 1
	}
	least := math.MaxInt
	for left := range room + 1 {
		sum := 0
		for y := range h {
			of, from := a.Pix[y*a.Stride:][:a.Rect.Dx()], b.Pix[y*b.Stride:][:w]
			for x, v := range from {
				paper := uint8(255)
				if x >= left && x-left < len(of) {
					paper = of[x-left]
				}
				sum += max(int(v), int(paper)) - min(int(v), int(paper))
			}
		}
		least = min(least, sum)
	}
	return float64(least) / float64(255*w*h)
}
