package ocr

import "image"

// looksNumeric tells from its shape whether a line of ink is made of digits and
// signs. Digits are upright, of one height, and no column of theirs crosses
// more than three strokes; Chinese characters are as wide as high, or fall into
// parts of several heights, or cross more strokes.
func looksNumeric(g *image.Gray) bool {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if w == 0 || h == 0 {
		return false
	}
	const black = 128
	type run struct{ x0, x1, top, bottom int }
	var runs []run
	inked, dense := 0, 0
	open := false
	for x := range w {
		top, bottom, strokes, before := -1, -1, 0, false
		for y := range h {
			ink := g.Pix[y*g.Stride+x] < black
			if ink {
				if top < 0 {
					top = y
				}
				bottom = y
				if !before {
					strokes++
				}
			}
			before = ink
		}
		if top < 0 {
			open = false
			continue
		}
		inked++
		if strokes >= 4 {
			dense++
		}
		if !open {
			runs = append(runs, run{x, x, top, bottom})
			open = true
		}
		r := &runs[len(runs)-1]
		r.x1, r.top, r.bottom = x, min(r.top, top), max(r.bottom, bottom)
	}
	if len(runs) == 0 || dense*8 > inked {
		return false
	}
	tall := 0
	for _, r := range runs {
		tall = max(tall, r.bottom-r.top+1)
	}
	for _, r := range runs {
		width, height := float64(r.x1-r.x0+1)/float64(tall), float64(r.bottom-r.top+1)/float64(tall)
		switch {
		case height < 0.4: // a sign
		case height < 0.7, width > 0.9 && len(runs) < 3 && width < 1.25, width > 3.2:
			return false
		}
	}
	return true
}
