package ocr

import (
	"image"
	"slices"
	"strings"

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
	engine.PPOCR:     {ink: 34, gap: 28, margin: 6},
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

// split gives each piece the symbols that stand in it. A symbol between two
// pieces goes to the nearer one.
func (s *strip) split(line engine.Line, reader string) []extract.Reading {
	out := make([]extract.Reading, len(s.pieces))
	texts := make([]strings.Builder, len(s.pieces))
	for i := range out {
		out[i] = extract.Reading{Reader: reader, Confidence: 1}
	}
	for _, sym := range line.Symbols {
		mid := (sym.X0 + sym.X1) / 2
		at, best := 0, 1<<30
		for i, p := range s.pieces {
			if d := max(p[0]-mid, mid-p[1], 0); d < best {
				at, best = i, d
			}
		}
		texts[at].WriteString(sym.Text)
		out[at].Confidence = min(out[at].Confidence, sym.Confidence)
	}
	for i := range out {
		if out[i].Text = texts[i].String(); out[i].Text == "" {
			out[i].Confidence = 0
		}
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
