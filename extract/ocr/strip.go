package ocr

import (
	"image"
	"math"
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

// paste lays pieces of one height side by side on white.
func paste(pieces []*image.Gray, l look) strip {
	w, h := 2*l.margin-l.gap, 0
	for _, p := range pieces {
		w += p.Rect.Dx() + l.gap
		h = max(h, p.Rect.Dy())
	}
	s := strip{img: image.NewGray(image.Rect(0, 0, w, h+2*l.margin))}
	white := s.img.Pix
	for n := copy(white, []uint8{255}); n > 0 && n < len(white); n *= 2 {
		copy(white[n:], white[:n])
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

// narrowed is the strip by a factor as wide, its pixels means of those they cover.
func (s strip) narrowed(by float64) strip {
	w, h := s.img.Rect.Dx(), s.img.Rect.Dy()
	to := int(float64(w) * by)
	if to < 1 || to >= w {
		return s
	}
	out := strip{img: image.NewGray(image.Rect(0, 0, to, h))}
	for y := range h {
		row := s.img.Pix[y*s.img.Stride:][:w]
		// Pixels are measured in to-ths: each of the strip is to wide, each of the
		// result w.
		sum, room, x := 0, w, 0
		slim := out.img.Pix[y*out.img.Stride:][:to]
		for _, v := range row {
			part := min(to, room)
			sum += int(v) * part
			if room -= part; room == 0 {
				slim[x] = uint8(uint32(sum+w/2) / uint32(w)) // half the time of a long division
				rest := to - part
				sum, room, x = int(v)*rest, w-rest, x+1
			}
		}
	}
	for _, p := range s.pieces {
		out.pieces = append(out.pieces, [2]int{int(float64(p[0]) * by), max(1, int(float64(p[1])*by))})
	}
	return out
}

// share gives each piece the symbols that stand in it, with places of its own:
// each the nearest ones, in their order. Where engines let a symbol beside a gap
// reach into it, up to its neighbour, runs help: how many symbols there should be
// in each piece, 0 where that is not known; nil for no such help.
func (s *strip) share(line engine.Line, runs []int) []engine.Line {
	k, n := len(s.pieces), len(line.Symbols)
	away := func(i, j int) float64 {
		x := float64(line.Symbols[j].X0+line.Symbols[j].X1) / 2
		d := max(float64(s.pieces[i][0])-x, x-float64(s.pieces[i][1]), 0)
		return d / float64(s.img.Rect.Dy())
	}
	odd := func(i, count int) float64 {
		if runs == nil || runs[i] == 0 {
			return 0
		}
		return 0.25 * math.Abs(float64(count-runs[i]))
	}
	// cost[j] is the least cost of giving the first j symbols to the pieces so
	// far; from[i][j] is how many of them went to those before piece i.
	cost := make([]float64, n+1)
	for j := 1; j <= n; j++ {
		cost[j] = math.Inf(1)
	}
	from := make([][]int, k)
	for i := range k {
		next := make([]float64, n+1)
		from[i] = make([]int, n+1)
		for j := range next {
			next[j] = math.Inf(1)
			sum := 0.0
			for f := j; f >= 0; f-- {
				if f < j {
					sum += away(i, f)
				}
				if c := cost[f] + sum + odd(i, j-f); c < next[j] {
					next[j], from[i][j] = c, f
				}
			}
		}
		cost = next
	}
	out := make([]engine.Line, k)
	for i, j := k-1, n; i >= 0; i-- {
		f := from[i][j]
		for _, sym := range line.Symbols[f:j] {
			sym.X0, sym.X1 = sym.X0-s.pieces[i][0], sym.X1-s.pieces[i][0]
			out[i].Symbols = append(out[i].Symbols, sym)
		}
		j = f
	}
	return out
}

// inkRuns counts the pieces of ink that stand side by side in an image, a minus
// sign of a pixel's height among them.
func inkRuns(g *image.Gray) (n int) {
	wide, most := 0, 0 // columns of the run, and its most pixels in one
	end := func() {
		if wide >= 2 || most >= 2 {
			n++
		}
		wide, most = 0, 0
	}
	for x := range g.Rect.Dx() {
		ink := 0
		for y := range g.Rect.Dy() {
			if g.Pix[y*g.Stride+x] < faintInk {
				ink++
			}
		}
		if ink == 0 {
			end()
			continue
		}
		wide, most = wide+1, max(most, ink)
	}
	end()
	return n
}

// faintInk is the grey level below which a pixel of a whitened crop is ink, be it
// faint.
const faintInk = 150

// inked takes symbols out that stand where there is no ink, as long as there are
// more of them than there is ink for: Tesseract sees some in gaps.
func (s *strip) inked(line engine.Line, runs []int) engine.Line {
	spare := len(line.Symbols)
	for _, n := range runs {
		spare -= n
	}
	var out engine.Line
	for _, sym := range line.Symbols {
		at := image.Rect(max(0, sym.X0), 0, min(sym.X1, s.img.Rect.Dx()), s.img.Rect.Dy())
		if spare > 0 && !at.Empty() && inkRuns(s.img.SubImage(at).(*image.Gray)) == 0 {
			spare--
			continue
		}
		out.Symbols = append(out.Symbols, sym)
	}
	return out
}

// split reads a line off as the number in each piece. Where a piece has more ink
// side by side than was read, such as a sign, its reading is not sure.
func (s *strip) split(line engine.Line, reader string, runs []int) []extract.Reading {
	var out []extract.Reading
	for i, l := range s.share(s.inked(line, runs), runs) {
		r := extract.Reading{Reader: reader, Text: l.Text()}
		if r.Text != "" {
			r.Confidence = 1
		}
		for _, sym := range l.Symbols {
			r.Confidence = min(r.Confidence, sym.Confidence)
		}
		if runs[i] > len(l.Symbols) {
			r.Confidence /= 2
		}
		out = append(out, r)
	}
	return out
}

// whiten stretches the grey levels of a crop so that its paper is white and its
// ink black. Where there is next to no contrast it is left as it is.
func whiten(g *image.Gray) {
	var count [2][256]int // of every other pixel: neighbours are often alike, and a count waits for the one before
	n := g.Rect.Dx() * g.Rect.Dy()
	for y := range g.Rect.Dy() {
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			count[x&1][v]++
		}
	}
	level := func(share float64) int {
		seen := 0
		for v := range count[0] {
			if seen += count[0][v] + count[1][v]; float64(seen) >= share*float64(n) {
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
