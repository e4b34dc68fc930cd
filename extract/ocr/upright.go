package ocr

import (
	"image"
	"slices"

	"nianbao/extract/ocr/engine"
)

const (
	// legible is what an upright page scores at least, by legibility.
	legible = 0.7
	// samples is how many lines are read to tell how a page lies.
	samples = 6
)

// upright sets a page upright by what an engine can read of some lines of it, as
// it lies or turned: clockwise by so many quarters, tried in this order.
func (p *page) upright(v *view, turns ...int) error {
	best, at, most := *p, *v, -1.0
	for _, t := range turns {
		turned, now := *v, *p
		if t != 0 {
			turned.turn(4 - t)
			now.look(&turned)
		}
		score, err := now.legibility()
		if err != nil {
			return err
		}
		if score > most {
			best, at, most = now, turned, score
		}
		if score >= legible {
			break
		}
	}
	*p, *v = best, at
	return nil
}

// garbled: is what was read of a page no Chinese text, as of a page that lies on
// its side or its head?
func (p *page) garbled() bool {
	var lines []engine.Line
	for _, s := range p.spots {
		for _, t := range s.texts {
			lines = append(lines, t.line)
		}
	}
	return len(lines) >= 3 && legibility(lines) < legible/2
}

// legibility is how much an engine makes of some lines of a page: the share that
// is Chinese, by its confidence.
func (p *page) legibility() (float64, error) {
	words := slices.DeleteFunc(p.words(p.spots), func(w word) bool {
		width := w.pieces[0][2] - w.pieces[0][0]
		return len(w.pieces) > 1 || width < 3*w.height || width > 20*w.height
	})
	if len(words) == 0 {
		return 0, nil
	}
	n := min(samples, len(words))
	var images []*image.Gray
	for i := range n {
		st, _ := p.cut(words[i*len(words)/n], textLook[engine.Tesseract])
		images = append(images, st.img)
	}
	name := engine.Tesseract
	if !p.has(name) {
		name = engine.PPOCR
	}
	lines, err := p.engine.Read(p.ctx, name, engine.Text, images)
	if err != nil {
		return 0, err
	}
	return legibility(lines), nil
}

func legibility(lines []engine.Line) float64 {
	sum := 0.0
	for _, l := range lines {
		good, all := 0.0, 0.0
		for _, s := range l.Symbols {
			if r := []rune(s.Text)[0]; r >= 0x4E00 && r <= 0x9FFF {
				good += s.Confidence
			}
			all++
		}
		if all > 0 {
			sum += good / all
		}
	}
	return sum / float64(len(lines))
}
