package raster

import (
	"cmp"
	"image"
	"math"
	"slices"
	"sync"

	"nianbao/extract"
	"nianbao/extract/disjoint"
	"nianbao/extract/grid"
)

// Ink is what stands in a box besides rules.
type Ink struct {
	Box    extract.Box // around it, on the sheet; zero where there is none
	Pixels int         // of clear ink, specks left out
	Specks int         // grains too small to be print
	Faint  int         // pixels of ink that is not clear, but more than the paper's noise
}

// Blank says that nothing is there, not even faintly.
func (k Ink) Blank() bool { return k.Pixels+k.Faint == 0 }

// Contrasts are levels below the paper in the mean of 3 by 3 pixels. Faint ink
// also stands out of the noise of its paper, by so many standard deviations. In a cell
// without any, what is fainter still keeps it from being blank if it is as large as
// print.
const (
	inkContrast   = 45
	faintContrast = 30
	traceContrast = 18
	outOfNoise    = 5
)

// Sizes in inches.
const (
	grain  = 0.012 // the side of the largest square that is a speck
	lowest = 0.05  // the height of low print, or the width of narrow
	margin = 0.008 // what is blanked beside a rule, and a pixel more
	tile   = 0.5   // the paper's brightness is measured in squares of this side
)

// Ink tells what ink is in a box of the sheet, such as a cell. Rules, and what
// is left of them along the sides of the box, do not count.
func (s *Sheet) Ink(box extract.Box) Ink { return s.mask(box, true).ink() }

func (m *mask) ink() Ink {
	out := Ink{Specks: m.specks}
	for _, b := range m.faint {
		out.Faint += b.area
	}
	r := image.Rectangle{Min: image.Pt(m.w, m.h)}
	for _, b := range m.blobs {
		out.Pixels += b.area
		r.Min.X, r.Min.Y = min(r.Min.X, b.box.Min.X), min(r.Min.Y, b.box.Min.Y)
		r.Max.X, r.Max.Y = max(r.Max.X, b.box.Max.X), max(r.Max.Y, b.box.Max.Y)
	}
	if out.Pixels > 0 {
		out.Box = m.onSheet(m.beside(r))
	}
	return out
}

// beside widens a box by the faint ink on its level, such as a pale minus sign or
// the digits of a number whose strokes are thin. What is clear may be no more than
// the bar of a 7: then whole digits close by are on its level, too. Soft edges of
// clear ink do not count.
func (m *mask) beside(r image.Rectangle) image.Rectangle {
	const soft = 3
	for grown := true; grown; {
		grown = false
		for _, b := range m.faint {
			if b.box.Min.X >= r.Min.X-soft && b.box.Max.X <= r.Max.X+soft {
				continue
			}
			slack := r.Dy() / 5
			within := b.box.Min.Y >= r.Min.Y-slack && b.box.Max.Y <= r.Max.Y+slack
			across := min(b.box.Max.Y, r.Max.Y) - max(b.box.Min.Y, r.Min.Y)
			apart := max(b.box.Min.X-r.Max.X, r.Min.X-b.box.Max.X)
			higher := b.box.Dy() > r.Dy() && 2*across >= r.Dy() && apart <= b.box.Dy()
			if within || higher {
				r, grown = r.Union(b.box), true
			}
		}
	}
	return r
}

// Read is the ink in a box of the sheet with its lines of text, as Ink and Lines
// tell them.
func (s *Sheet) Read(box extract.Box) (Ink, []extract.Box) {
	m := s.mask(box, true)
	return m.ink(), s.cellLines(m)
}

// mask is the ink of a box of the sheet.
type mask struct {
	w, h   int
	box    extract.Box
	blobs  []blob // of print: what is clear somewhere, with all that hangs together with it
	clear  []blob // what is clear of it, which keeps lines apart that stand close
	faint  []blob // of faint ink by itself
	specks int
}

// blob is a piece of ink that hangs together.
type blob struct {
	box  image.Rectangle
	area int
}

// onSheet is where pixels of the box lie, zero for none.
func (m *mask) onSheet(r image.Rectangle) extract.Box {
	if r.Empty() {
		return extract.Box{}
	}
	fx, fy := (m.box[2]-m.box[0])/float64(m.w), (m.box[3]-m.box[1])/float64(m.h)
	return extract.Box{
		m.box[0] + float64(r.Min.X)*fx, m.box[1] + float64(r.Min.Y)*fy,
		m.box[0] + float64(r.Max.X)*fx, m.box[1] + float64(r.Max.Y)*fy,
	}
}

// rooms holds room for the pixels of the next box: memory that is new costs more than
// what is done with it.
var rooms sync.Pool

func (s *Sheet) mask(box extract.Box, cell bool) *mask {
	r := s.size(box, s.DPI)
	w, h := r.Dx(), r.Dy()
	m := &mask{w: w, h: h, box: box}
	if w < 3 || h < 3 {
		return m
	}
	room, _ := rooms.Get().(*[]uint8)
	if room == nil || cap(*room) < w*h {
		room = new(make([]uint8, w*h))
	}
	defer rooms.Put(room)
	g := &image.Gray{Pix: (*room)[:w*h], Stride: w, Rect: r}
	s.sample(g, box)
	deepen(g, s.paper(g))
	depth := g.Pix
	s.erase(depth, w, h, box, cell)
	noise := grainDepth(depth)
	pale := uint8(min(inkContrast, max(faintContrast, noise)))
	dark, faint := newBitmap(w, h), newBitmap(w, h)
	for y := range h {
		row := depth[y*w:][:w]
		faint.atLeast(y, row, pale)
		dark.atLeast(y, row, inkContrast)
	}
	least, rim := s.leastInk(), s.rim()
	// Print is what is clear somewhere, with all that hangs together with it.
	clear := blobs(dark)
	for _, c := range clear {
		if c.area >= least && !alongSide(c.box, w, h, rim) {
			m.clear = append(m.clear, c)
		}
	}
	for _, b := range blobs(faint) {
		from, _ := slices.BinarySearchFunc(clear, b.box.Min.Y, func(c blob, y int) int { return cmp.Compare(c.box.Min.Y, y) })
		isClear := false
		for i := from; i < len(clear) && clear[i].box.Min.Y < b.box.Max.Y && !isClear; i++ {
			isClear = clear[i].area > 1 && clear[i].box.In(b.box)
		}
		switch {
		case alongSide(b.box, w, h, rim):
		case b.area < least:
			if isClear {
				m.specks++
			}
		case isClear:
			m.blobs = append(m.blobs, b)
		default:
			m.faint = append(m.faint, b)
		}
	}
	if trace := max(traceContrast, noise); cell && trace < int(pale) && len(m.blobs)+len(m.faint) == 0 {
		for y := range h {
			faint.atLeast(y, depth[y*w:][:w], uint8(trace))
		}
		for _, b := range blobs(faint) {
			if b.area >= least && !alongSide(b.box, w, h, rim) && float64(max(b.box.Dx(), b.box.Dy())) >= s.DPI*lowest {
				m.faint = append(m.faint, b)
			}
		}
	}
	return m
}

// leastInk is how many pixels of ink are no speck.
func (s *Sheet) leastInk() int { return max(4, int(math.Round(s.DPI*grain*s.DPI*grain))) }

// rim is how far the rest of a rule comes into a box, in pixels.
func (s *Sheet) rim() int { return int(s.DPI*margin) + 2 }

// alongSide tells what is left of a rule: it lies at a side of the box and does
// not come far into it.
func alongSide(b image.Rectangle, w, h, rim int) bool {
	return b.Max.X <= rim || b.Min.X >= w-rim || b.Max.Y <= rim || b.Min.Y >= h-rim
}

// aside is how far in points a rule may stand from a side of a cell to be its wall.
const aside = 3.5

// wall tells whether a rule is one of the walls of a cell. What runs through the
// middle of it is print that lies in line with a rule elsewhere.
func wall(r *grid.Rule, cell extract.Box) bool {
	if r.X1-r.X0 > r.Y1-r.Y0 {
		return math.Abs(r.Y0-cell[1]) < aside || math.Abs(r.Y0-cell[3]) < aside
	}
	return math.Abs(r.X0-cell[0]) < aside || math.Abs(r.X0-cell[2]) < aside
}

// erase takes the rules out, of a cell its walls alone.
func (s *Sheet) erase(depth []uint8, w, h int, box extract.Box, cell bool) {
	fx, fy := float64(w)/(box[2]-box[0]), float64(h)/(box[3]-box[1])
	for i := range s.Rules {
		r := &s.Rules[i]
		if cell && !wall(r, box) {
			continue
		}
		half := r.Width/2 + 72*(margin+1/s.DPI)
		x0, x1 := r.X0-half, r.X1+half
		y0, y1 := r.Y0-half, r.Y1+half
		if x0 >= box[2] || x1 <= box[0] || y0 >= box[3] || y1 <= box[1] {
			continue
		}
		px0, px1 := max(0, int((x0-box[0])*fx)), min(w, int(math.Ceil((x1-box[0])*fx)))
		for y := max(0, int((y0-box[1])*fy)); y < min(h, int(math.Ceil((y1-box[1])*fy))); y++ {
			clear(depth[y*w+px0 : y*w+px1])
		}
	}
}

// blobs are the connected pieces of a bitmap, from the top, then from the left.
func blobs(b *bitmap) []blob {
	_, _, out := label(b)
	return out
}

// piece is a stretch of ink in one row.
type piece struct{ y, x0, x1 int }

// label finds the connected pieces of a bitmap: its stretches of ink, which blob
// each belongs to, and the blobs.
func label(b *bitmap) (ps []piece, of []int, out []blob) {
	starts := make([]int, 0, b.h+1)
	ps = make([]piece, 0, b.stretches())
	for y := range b.h {
		starts = append(starts, len(ps))
		row := b.row(y)
		for x := next(row, 0, b.w, true); x < b.w; {
			end := next(row, x, b.w, false)
			ps = append(ps, piece{y, x, end})
			x = next(row, end, b.w, true)
		}
	}
	starts = append(starts, len(ps))
	set := disjoint.New(len(ps))
	for y := 1; y < b.h; y++ {
		i, j := starts[y-1], starts[y]
		for i < starts[y] && j < starts[y+1] {
			if ps[i].x0 <= ps[j].x1 && ps[j].x0 <= ps[i].x1 {
				set.Join(i, j)
			}
			if ps[i].x1 < ps[j].x1 {
				i++
			} else {
				j++
			}
		}
	}
	of = make([]int, len(ps))
	for i, p := range ps {
		r := image.Rect(p.x0, p.y, p.x1, p.y+1)
		root := set.Root(i)
		if root == i { // the first of its blob
			of[i] = len(out)
			out = append(out, blob{r, p.x1 - p.x0})
			continue
		}
		k := of[root]
		of[i] = k
		out[k].box = out[k].box.Union(r)
		out[k].area += p.x1 - p.x0
	}
	return ps, of, out
}

// Lines are the lines of text in a box of the sheet, from the top, each as tight
// as its ink.
func (s *Sheet) Lines(box extract.Box) []extract.Box { return s.cellLines(s.mask(box, true)) }

// cellLines are the lines in a cell; one alone is all of its ink, be some faint.
func (s *Sheet) cellLines(m *mask) []extract.Box {
	if k := m.ink(); len(m.lines()) <= 1 && k.Pixels > 0 {
		return []extract.Box{k.Box}
	}
	return s.linesOf(m)
}

// lines puts the pieces of ink together that stand beside each other.
func (m *mask) lines() []image.Rectangle {
	bs := slices.Clone(m.clear)
	slices.SortStableFunc(bs, func(a, b blob) int { return a.box.Min.Y - b.box.Min.Y })
	var bands []image.Rectangle
	for _, b := range bs {
		if n := len(bands); n > 0 && b.box.Min.Y < bands[n-1].Max.Y {
			bands[n-1] = bands[n-1].Union(b.box)
			continue
		}
		bands = append(bands, b.box)
	}
	// Strokes of one character may lie apart (二, 三): what is no higher together
	// than a character is wide belongs together.
	em := 0
	for _, r := range bands {
		em = max(em, r.Dy())
	}
	for _, b := range bs {
		if b.box.Dy()*3 < b.box.Dx() && em*3 < b.box.Dx() {
			em = b.box.Dx() // only flat strokes: a character is as high as they are wide
		}
	}
	var out []image.Rectangle
	for _, r := range bands {
		if n := len(out); n > 0 {
			u := out[n-1].Union(r)
			if 20*u.Dy() <= 23*em && 5*min(r.Dy(), out[n-1].Dy()) < 3*em {
				out[n-1] = u
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

// Text are the lines of text outside the tables, from the top.
func (s *Sheet) Text() []extract.Box {
	var out []extract.Box
	y := 0.0
	for _, t := range s.bands() {
		out = append(out, s.text(extract.Box{0, y, s.Width, t[1]})...)
		out = append(out, s.text(extract.Box{0, t[1], t[0], t[3]})...)
		out = append(out, s.text(extract.Box{t[2], t[1], s.Width, t[3]})...)
		y = t[3]
	}
	return append(out, s.text(extract.Box{0, y, s.Width, s.Height})...)
}

// highestInk is the height in inches beyond which ink is no character: the desk
// around a photographed page, a frame, a seal.
const highestInk = 0.9

// text are the lines in a box beside tables. What is no character, and what stands
// at the edge of the picture, does not join the lines that it stands beside.
func (s *Sheet) text(box extract.Box) []extract.Box {
	m := s.mask(box, false)
	edge := s.rim()
	m.clear = slices.DeleteFunc(m.clear, func(b blob) bool {
		atEdge := b.box.Min.X <= edge && box[0] <= 0 || b.box.Max.X >= m.w-edge && box[2] >= s.Width
		return atEdge || float64(b.box.Dy()) > highestInk*s.DPI
	})
	return s.linesOf(m)
}

func (s *Sheet) linesOf(m *mask) []extract.Box {
	var out []extract.Box
	for _, r := range m.lines() {
		out = append(out, m.onSheet(r))
	}
	return out
}

// bands are the tables; those that stand beside each other are one.
func (s *Sheet) bands() []extract.Box {
	var out []extract.Box
	for _, t := range s.Tables {
		if n := len(out); n > 0 && t[1] < out[n-1][3] {
			b := &out[n-1]
			*b = extract.Box{min(b[0], t[0]), b[1], max(b[2], t[2]), max(b[3], t[3])}
			continue
		}
		out = append(out, t)
	}
	return out
}
