package ocr

import (
	"slices"
	"unicode"

	"nianbao/extract/ocr/engine"
)

const (
	// legible is what an upright page scores at least, if it is clear. One on its
	// head may score four fifths of that: engines are sure of much that is wrong.
	legible = 0.93
	// samples is how many lines are read to tell how a page lies.
	samples = 6
)

// upright sets a page upright by what an engine can read of some lines of it, as
// it lies or turned: clockwise by so many quarters, tried in this order. It
// tells whether the page was turned.
func (p *page) upright(v *view, turns ...int) (bool, error) {
	best, at, most, by := *p, *v, -1.0, 0
	for _, t := range turns {
		turned, now := *v, *p
		if t != 0 {
			turned.turn(4 - t)
			now.look(&turned)
		}
		score, err := now.legibility()
		if err != nil {
			return false, err
		}
		if score > most {
			best, at, most, by = now, turned, score, t
		}
		if score >= legible {
			break
		}
	}
	*p, *v = best, at
	return by != 0, nil
}

// garbled: may what was read of a page be that of one on its side or its head?
func (p *page) garbled() bool {
	var lines []engine.Line
	for _, s := range p.spots {
		for _, t := range s.texts {
			lines = append(lines, t.line)
		}
	}
	return len(lines) >= 3 && legibility(lines) < legible
}

// legibility is how much an engine makes of some lines of a page: the share that
// is Chinese, by its confidence.
func (p *page) legibility() (float64, error) {
	words := slices.DeleteFunc(p.words(p.spots), func(w word) bool {
		width := w.pieces[0][2] - w.pieces[0][0]
		return w.spot.numeric || len(w.pieces) > 1 || width < 3*w.height || width > 20*w.height
	})
	if len(words) == 0 {
		return 0, nil
	}
	n := min(samples, len(words))
	how := byTesseract // PP-OCR is sure of too much that lies on its head
	if !p.has(how.engine) {
		how = largeByPP
	}
	var strips []strip
	for i := range n {
		st, _ := p.cut(words[i*len(words)/n], how)
		strips = append(strips, st)
	}
	lines, err := p.readStrips(how, strips)
	if err != nil {
		return 0, err
	}
	return legibility(lines), nil
}

// legibility of lines is their median, since engines fail on a line of any page.
func legibility(lines []engine.Line) float64 {
	var scores []float64
	for _, l := range lines {
		good, all := 0.0, 0.0
		for _, s := range l.Symbols {
			switch r := []rune(s.Text)[0]; {
			case r >= 0x4E00 && r <= 0x9FFF:
				good += s.Confidence
				all++
			case unicode.IsLetter(r):
				all++
			}
		}
		if all > 0 || len(l.Symbols) == 0 {
			scores = append(scores, good/max(1, all))
		}
	}
	return median(scores)
}
