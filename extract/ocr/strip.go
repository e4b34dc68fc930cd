package ocr

import (
	"image"
	"slices"

	"nianbao/extract"
	"nianbao/extract/ocr/engine"
)

// strip is a line image pasted together from pieces: engines read a row of
// numbers better than one number alone, and at half the cost.
type strip struct {
	img    *image.Gray
	pieces [][2]int // the columns of each piece
}

// look is how an engine likes its line images, in pixels: height of the digits,
// the gap between pieces and the margin around.
type look struct{ ink, gap, margin int }

var looks = map[string]look{
	engine.Tesseract: {ink: 24, gap: 14, margin: 10},
	engine.PPOCR:     {ink: 34, gap: 20, margin: 6},
}

// paste lays pieces of one height side by side on white.
func paste(pieces []*image.Gray, l look) strip {
	w, h := 2*l.margin-l.gap, 0
	for _, p := range pieces {
		w += p.Rect.Dx() + l.gap
		h = max(h, p.Rect.Dy())
	}
	s := strip{img: image.NewGray(image.Rect(0, 0, w, h+2*l.margin))}
	for i := range s.img.Pix {
		s.img.Pix[i] = 255
	}
	x := l.margin
	for _, p := range pieces {
		top := l.margin + (h-p.Rect.Dy())/2
		for y := range p.Rect.Dy() {
			copy(s.img.Pix[(top+y)*s.img.Stride+x:], p.Pix[y*p.Stride:y*p.Stride+p.Rect.Dx()])
		}
		s.pieces = append(s.pieces, [2]int{x, x + p.Rect.Dx()})
		x += p.Rect.Dx() + l.gap
	}
	return s
}

// share gives each piece the symbols that stand in it, with places of its own. A
// symbol between two pieces goes to the nearer one.
func (s *strip) share(line engine.Line) []engine.Line {
	out := make([]engine.Line, len(s.pieces))
	for _, sym := range line.Symbols {
		mid := (sym.X0 + sym.X1) / 2
		at, best := 0, 1<<30
		for i, p := range s.pieces {
			if d := max(p[0]-mid, mid-p[1], 0); d < best {
				at, best = i, d
			}
		}
		sym.X0, sym.X1 = sym.X0-s.pieces[at][0], sym.X1-s.pieces[at][0]
		out[at].Symbols = append(out[at].Symbols, sym)
	}
	return out
}

// split reads a line off as the number in each piece.
func (s *strip) split(line engine.Line, reader string) []extract.Reading {
	var out []extract.Reading
	for _, l := range s.share(line) {
		r := extract.Reading{Reader: reader, Text: l.Text()}
		if r.Text != "" {
			r.Confidence = 1
		}
		for _, sym := range l.Symbols {
			r.Confidence = min(r.Confidence, sym.Confidence)
		}
		out = append(out, r)
	}
	return out
}

// whiten stretches the grey levels of a crop so that its paper is white and its
// ink black. Where there is next to no contrast it is left as it is.
func whiten(g *image.Gray) {
	var count [256]int
	n := 0
	for y := range g.Rect.Dy() {
		for _, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			count[v]++
			n++
		}
	}
	level := func(share float64) int {
		seen := 0
		for v, c := range count {
			if seen += c; float64(seen) >= share*float64(n) {
				return v
			}
		}
		return 255
	}
	dark, paper := level(0.01), level(0.7)
	if paper-dark < 30 {
		return
	}
	var to [256]uint8
	for v := range to {
		to[v] = uint8(max(0, min(255, (v-dark)*255/(paper-dark))))
	}
	for y := range g.Rect.Dy() {
		row := g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()]
		for i, v := range row {
			row[i] = to[v]
		}
	}
}

// median of values; 0 of none.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}
