package grid

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"nianbao/extract"
)

// place returns the interval of the ascending lines in which v lies, or -1.
func place(lines []float64, v float64) int {
	if len(lines) < 2 || v < lines[0] || v > lines[len(lines)-1] {
		return -1
	}
	return min(max(0, sort.SearchFloat64s(lines, v)-1), len(lines)-2)
}

// fill puts the glyphs that lie on the part into its cells and returns those
// that do not.
func (p *part) fill(glyphs []glyph) (rest []glyph) {
	var dirs [4]int
	var sizes []float64
	b := p.box()
	var in []glyph
	for i := range glyphs {
		g := &glyphs[i]
		if x, y := g.cx(), g.cy(); x < b[0] || x > b[2] || y < b[1] || y > b[3] {
			rest = append(rest, *g)
			continue
		}
		in = append(in, *g)
		sizes = append(sizes, g.size)
		dirs[g.dir]++
	}
	if len(in) == 0 {
		return rest
	}
	slices.Sort(sizes)
	usual := sizes[len(sizes)/2]
	for i := range in {
		g := &in[i]
		x := p.cellAt(place(p.ys, g.cy()), place(p.xs, g.cx()))
		if x == nil {
			rest = append(rest, *g)
			continue
		}
		if g.size > 2*usual && p.crosses(g, x) {
			continue // a watermark laid over the table
		}
		x.glyphs = append(x.glyphs, *g)
	}
	rest = p.spill(rest)
	p.mendOverflow()
	rest = p.mendOuter(rest)
	p.judgeOverflow()
	for _, x := range p.cells {
		x.text = cellText(x.glyphs)
		if overlapping(x.glyphs) {
			x.doubts = append(x.doubts, doubtOverlap)
		}
	}
	return rest
}

// spill gives cells that a page break cut open the lines of theirs that were
// printed below the last rule, or above the first one.
func (p *part) spill(rest []glyph) []glyph {
	for _, down := range []bool{true, false} {
		var open []*cell
		edge := p.ys[0]
		if down {
			edge = p.ys[p.nr()]
		}
		for _, x := range p.cells {
			if down && x.openBottom || !down && x.openTop {
				open = append(open, x)
			}
		}
		if len(open) == 0 {
			continue
		}
		var near []glyph
		for _, g := range rest {
			if d := g.cy() - edge; g.dir == 0 && (down && d > 0 && d < 60 || !down && d < 0 && d > -60) {
				near = append(near, g)
			}
		}
		ls := splitLines(near)
		if !down {
			slices.Reverse(ls)
		}
		taken := map[glyph]bool{}
		for _, l := range ls {
			if math.Abs(l.cy-edge) > 2.1*l.size {
				break
			}
			into := make([]*cell, len(l.glyphs))
			for i, g := range l.glyphs {
				k := slices.IndexFunc(open, func(x *cell) bool { return g.x0 >= p.xs[x.col]-1 && g.x1 <= p.xs[x.col+x.cols]+1 })
				if k < 0 || i > 0 && into[i-1] != open[k] && g.x0-l.glyphs[i-1].x1 < 0.3*g.size {
					into = nil
					break
				}
				into[i] = open[k]
			}
			if into == nil {
				break
			}
			for i, g := range l.glyphs {
				into[i].glyphs = append(into[i].glyphs, g)
				taken[g] = true
			}
			edge = l.cy
		}
		if len(taken) > 0 {
			rest = slices.DeleteFunc(rest, func(g glyph) bool { return taken[g] })
		}
	}
	return rest
}

// crosses reports whether a glyph reaches well over the walls of its cell.
func (p *part) crosses(g *glyph, x *cell) bool {
	over := max(p.xs[x.col]-g.x0, g.x1-p.xs[x.col+x.cols], p.ys[x.row]-g.y0, g.y1-p.ys[x.row+x.rows])
	return over > 0.15*g.size
}

// mendOverflow finds numbers that run over a wall between two cells. A number
// that a wall cuts through belongs to the cell that holds most of it; both
// cells are in doubt, as they are where digits meet at a wall.
func (p *part) mendOverflow() {
	nc := p.nc()
	for i, x := range p.cells {
		c := x.col + x.cols
		if c >= nc || len(x.glyphs) == 0 {
			continue
		}
		wall := p.xs[c]
		seen := int32(-1)
		for r := x.row; r < x.row+x.rows; r++ {
			j := p.at[r*nc+c]
			if j < 0 || j == seen || int(j) == i {
				continue
			}
			seen = j
			p.mendWall(x, p.cells[j], wall)
		}
	}
}

func (p *part) mendWall(a, b *cell, wall float64) {
	for i := range a.glyphs {
		l := &a.glyphs[i]
		if l.dir != 0 || !numeral(l.text) || wall-l.x1 > 0.3*l.size {
			continue
		}
		for k := range b.glyphs {
			r := &b.glyphs[k]
			if r.dir != 0 || !numeral(r.text) || r.x0-l.x1 > 0.12*l.size || r.x0 < l.x0 || math.Abs(r.cy()-l.cy()) > 0.3*l.size {
				continue
			}
			a.doubts = append(a.doubts, doubtOverflow)
			b.doubts = append(b.doubts, doubtOverflow)
			if l.x1-wall > 0.1*l.size || wall-r.x0 > 0.1*r.size {
				moveRun(a, b, *l, *r, wall)
			}
			return
		}
	}
}

// mendOuter takes back the digits of numbers that run out of the table.
func (p *part) mendOuter(rest []glyph) []glyph {
	b := p.box()
	var out []glyph // digits close beside the table
	for _, g := range rest {
		if d := max(g.x0-b[2], b[0]-g.x1); g.dir == 0 && numeral(g.text) && d < 4*g.size && g.cy() > b[1] && g.cy() < b[3] {
			out = append(out, g)
		}
	}
	if len(out) == 0 {
		return rest
	}
	taken := map[glyph]bool{}
	for range 12 { // a digit at a time
		more := false
		for _, g := range out {
			if taken[g] {
				continue
			}
			col := 0
			if g.cx() > b[2] {
				col = p.nc() - 1
			}
			x := p.cellAt(place(p.ys, g.cy()), col)
			if x == nil || !slices.ContainsFunc(x.glyphs, func(o glyph) bool {
				return numeral(o.text) && math.Abs(o.cy()-g.cy()) < 0.3*g.size && max(g.x0-o.x1, o.x0-g.x1) < 0.15*g.size
			}) {
				continue
			}
			x.glyphs = append(x.glyphs, g)
			x.doubts = append(x.doubts, doubtOverflow)
			taken[g], more = true, true
		}
		if !more {
			break
		}
	}
	if len(taken) > 0 {
		rest = slices.DeleteFunc(slices.Clone(rest), func(g glyph) bool { return taken[g] })
	}
	return rest
}

// judgeOverflow puts a table in doubt as a whole where numbers run over many
// walls: then its texts were not set for these walls.
func (p *part) judgeOverflow() {
	n := 0
	for _, x := range p.cells {
		if slices.Contains(x.doubts, doubtOverflow) {
			n++
		}
	}
	if n > 4 {
		p.doubts = append(p.doubts, extract.Doubt{Kind: doubtOverflow, Row: -1, Col: -1})
	}
}

// moveRun gives the run of numerals around l and r to the cell on whose side of
// the wall most of it lies.
func moveRun(a, b *cell, l, r glyph, wall float64) {
	run := func(from []glyph, at glyph, step float64) (in, out []glyph) {
		line := slices.Clone(from)
		slices.SortStableFunc(line, func(x, y glyph) int { return cmp.Compare(step*x.x0, step*y.x0) })
		last := at
		for _, g := range line {
			d := max(g.x0-last.x1, last.x0-g.x1)
			if g == at || step*(g.cx()-last.cx()) >= 0 && d < 0.15*at.size && math.Abs(g.cy()-at.cy()) < 0.3*at.size && numeral(g.text) {
				in, last = append(in, g), g
			} else {
				out = append(out, g)
			}
		}
		return in, out
	}
	li, lo := run(a.glyphs, l, -1)
	ri, ro := run(b.glyphs, r, 1)
	box := bounds(append(slices.Clone(li), ri...))
	if wall-box[0] >= box[2]-wall {
		a.glyphs, b.glyphs = append(a.glyphs, ri...), ro
	} else {
		a.glyphs, b.glyphs = lo, append(b.glyphs, li...)
	}
}

// numeral reports whether a glyph is part of a number.
func numeral(s string) bool {
	switch s {
	case ".", ",", "．", "，":
		return true
	}
	r := []rune(s)
	return len(r) > 0 && (r[0] >= '0' && r[0] <= '9' || r[0] >= '０' && r[0] <= '９')
}

// overlapping reports whether different characters lie upon each other, so that
// the text may be mixed of two.
func overlapping(gs []glyph) bool {
	if len(gs) < 2 || len(gs) > 2000 {
		return false
	}
	order := slices.Clone(gs)
	slices.SortFunc(order, func(a, b glyph) int { return cmp.Compare(a.x0, b.x0) })
	for i := range order {
		a := &order[i]
		for k := i + 1; k < len(order) && order[k].x0 < a.x1; k++ {
			b := &order[k]
			w := min(a.x1, b.x1) - max(a.x0, b.x0)
			h := min(a.y1, b.y1) - max(a.y0, b.y0)
			if w > 0.5*min(a.x1-a.x0, b.x1-b.x0) && h > 0.5*min(a.y1-a.y0, b.y1-b.y0) && a.text != b.text {
				return true
			}
		}
	}
	return false
}

// hasText reports whether any cell of the part has text.
func (p *part) hasText() bool {
	return slices.ContainsFunc(p.cells, func(x *cell) bool { return x.text != "" })
}

// rect is the cell's rectangle on its sheet.
func (p *part) rect(x *cell) extract.Box {
	return extract.Box{p.xs[x.col], p.ys[x.row], p.xs[x.col+x.cols], p.ys[x.row+x.rows]}
}
