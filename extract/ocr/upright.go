package ocr

import (
	"image"
	"slices"

	"nianbao/extract/ocr/engine"
)

const (
	// sure is how sure raster must be of how a page lies, so that no engine is asked.
	sure = 0.5
	// legible is what an upright page scores at least, by legibility.
	legible = 0.75
	// samples is how many lines are read to tell how a page lies.
	samples = 6
)

// upright turns a page so that an engine can read it, where raster could not
// tell for sure how it lies.
func (p *page) upright(v *view) error {
	turns := []int{0}
	switch {
	case v.posture.Side < sure:
		turns = []int{0, 1, 3, 2}
	case v.posture.Head < sure:
		turns = []int{0, 2}
	default:
		return nil
	}
	best, at, most := *p, *v, -1.0
	for i, t := range turns {
		turned, now := *v, *p
		if turned.turn(t); i > 0 {
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
	return sum / float64(n), nil
}
