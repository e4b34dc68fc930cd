package ocr

import (
	"image"

	"nianbao/extract/ocr/engine"
	"nianbao/extract/raster"
)

// sureHead is how sure raster must be that a page stands on its feet, so that no
// engine is asked.
const sureHead = 0.5

// samples is how many lines are read both ways where raster is not sure.
const samples = 6

// upright turns a page that stands on its head, by what an engine can read.
func (p *page) upright(v *view) error {
	if v.posture.Head >= sureHead {
		return nil
	}
	var words []word
	for _, w := range p.words(p.spots) {
		if b := w.pieces[0]; len(w.pieces) == 1 && b[2]-b[0] > 4*w.height && b[2]-b[0] < 20*w.height {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return nil // nothing to tell by
	}
	var up, down []*image.Gray
	for i := 0; i < samples && i < len(words); i++ {
		w := words[i*len(words)/min(samples, len(words))]
		st, _ := p.cut(w, textLook[engine.Tesseract])
		up = append(up, st.img)
		down = append(down, raster.Turn(st.img, 2))
	}
	name := engine.Tesseract
	if !p.has(name) {
		name = engine.PPOCR
	}
	lines, err := p.engine.Read(p.ctx, name, engine.Text, append(up, down...))
	if err != nil {
		return err
	}
	if score(lines[len(up):]) <= score(lines[:len(up)]) {
		return nil
	}
	v.turn(2)
	p.look(v)
	return nil
}

// score is how much an engine made of lines.
func score(lines []engine.Line) (sum float64) {
	for _, l := range lines {
		mean, n := 0.0, 0
		for _, s := range l.Symbols {
			mean += s.Confidence
			n++
		}
		if n > 0 {
			sum += mean / float64(n)
		}
	}
	return sum
}
