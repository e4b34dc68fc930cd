package raster

import (
	"cmp"
	"math"
	"slices"
)

// Tolerances between lines, in inches.
const (
	collinear = 0.02 // how far a line may lie off the end of another that it continues
	nearGap   = 0.05 // pieces closer than this are one line whatever their length
	farGap    = 1.0  // pieces farther apart than this are two
	longPiece = 0.3  // pieces that may be joined over a wide gap
	touch     = 0.06 // a line that ends this near to another reaches it
	lone      = 1.0  // a line that crosses nothing and is as long as this is a rule
	leastWide = 0.8  // a table is at least this wide; large characters are not
	leastHigh = 0.12 // and at least this high
	highest   = 0.5  // and has two long rules where it is no higher than a heading
)

// maxLines bounds the lines of one direction that are looked at: the longest.
const maxLines = 4000

// lines are the ruling lines of a page: hs run along its rows, and vs down its
// columns with x and y swapped.
type lines struct {
	hs, vs []*line
	scale  scale
}

// findLines finds the ruling lines of a page in black and white.
func findLines(b *bitmap, s scale) *lines {
	l := &lines{scale: s}
	l.hs = joinLines(pieces(b, s, minAcross), s)
	l.vs = joinLines(pieces(b.transposed(), s, minDown), s)
	l.prune()
	stray := func(a *line) bool { return a.table < 0 && a.len() < s.px(lone) }
	l.hs, l.vs = slices.DeleteFunc(l.hs, stray), slices.DeleteFunc(l.vs, stray)
	return l
}

// joinLines joins the pieces that continue each other. What was not drawn
// between them stays uncovered.
func joinLines(ps []*line, s scale) []*line {
	if len(ps) > maxLines {
		slices.SortStableFunc(ps, func(a, b *line) int { return cmp.Compare(b.len(), a.len()) })
		ps = ps[:maxLines]
	}
	slices.SortStableFunc(ps, func(a, b *line) int {
		return cmp.Or(cmp.Compare(a.lo(), b.lo()), cmp.Compare(a.nodes[0].y, b.nodes[0].y))
	})
	var out []*line
	for _, p := range ps {
		var best *line
		least := math.Inf(1)
		for _, l := range out {
			gap := p.lo() - l.hi()
			if gap < -s.px(nearGap) || gap > s.px(farGap) {
				continue
			}
			if gap > s.px(nearGap) && (l.len() < s.px(longPiece) || p.len() < s.px(longPiece)) {
				continue
			}
			// Each must lie where the other leads to.
			off := math.Abs(l.at(p.lo()) - p.nodes[0].y)
			off = max(off, math.Abs(p.at(l.hi())-l.nodes[len(l.nodes)-1].y))
			if off <= s.px(collinear) && off+gap/50 < least {
				best, least = l, off+gap/50
			}
		}
		if best == nil {
			out = append(out, p)
			continue
		}
		best.join(p)
	}
	return out
}

// join appends a line that begins where l ends.
func (l *line) join(p *line) {
	end := l.nodes[len(l.nodes)-1].x
	for _, n := range p.nodes {
		if n.x > end+1 {
			l.nodes = append(l.nodes, n)
		}
	}
	a, b := l.len(), p.len()
	l.thick = (l.thick*a + p.thick*b) / (a + b)
	for _, s := range p.ink {
		if last := &l.ink[len(l.ink)-1]; s.lo <= last.hi {
			last.hi = max(last.hi, s.hi)
		} else {
			l.ink = append(l.ink, s)
		}
	}
}

// crossing returns where a line along the rows meets one down the columns.
func crossing(h, v *line) (x, y float64) {
	y = h.at((h.lo() + h.hi()) / 2)
	for range 4 {
		x = v.at(y)
		y = h.at(x)
	}
	return x, y
}

// prune sorts the lines into tables by what crosses what, and takes out of them
// what is no rule: strokes of characters and arcs of seals end in the open,
// rules end at other rules. A long rule may end in the open (a table without a
// border at its sides).
func (l *lines) prune() {
	const rounds = 3
	for range rounds {
		if !l.pruneOnce() {
			break
		}
	}
}

func (l *lines) pruneOnce() (changed bool) {
	hs, vs, tol := l.hs, l.vs, l.scale.px(touch)
	set := newSets(len(hs) + len(vs))
	type met struct{ first, last bool }
	ends := make([]met, len(hs)+len(vs))
	for i, h := range hs {
		if h.gone {
			continue
		}
		for j, v := range vs {
			if v.gone || !mayCross(h, v, tol) {
				continue
			}
			x, y := crossing(h, v)
			if x < h.lo()-tol || x > h.hi()+tol || y < v.lo()-tol || y > v.hi()+tol {
				continue
			}
			set.join(i, len(hs)+j)
			e, f := &ends[i], &ends[len(hs)+j]
			e.first, e.last = e.first || x < h.lo()+tol, e.last || x > h.hi()-tol
			f.first, f.last = f.first || y < v.lo()+tol, f.last || y > v.hi()-tol
		}
	}
	// The extent of each set of lines that cross.
	type extent struct {
		x0, y0, x1, y1 float64
		h, v           bool
		long           int // rules along the rows over most of its width
	}
	all := make(map[int]*extent)
	grow := func(i int, x0, y0, x1, y1 float64) *extent {
		r := set.root(i)
		e := all[r]
		if e == nil {
			e = &extent{x0: x0, y0: y0, x1: x1, y1: y1}
			all[r] = e
		}
		e.x0, e.y0, e.x1, e.y1 = min(e.x0, x0), min(e.y0, y0), max(e.x1, x1), max(e.y1, y1)
		return e
	}
	for i, h := range hs {
		if y := h.at(h.lo()); !h.gone {
			grow(i, h.lo(), y, h.hi(), y).h = true
		}
	}
	for j, v := range vs {
		if x := v.at(v.lo()); !v.gone {
			grow(len(hs)+j, x, v.lo(), x, v.hi()).v = true
		}
	}
	for i, h := range hs {
		if e := all[set.root(i)]; !h.gone && h.len() > shareOfTable*(e.x1-e.x0) {
			e.long++
		}
	}
	number := make(map[int]int)
	judge := func(i int, a *line, size float64, e *extent) {
		a.table = -1
		if !e.h || !e.v {
			return // crosses nothing: no part of a table, and perhaps a rule all the same
		}
		small := e.x1-e.x0 < l.scale.px(leastWide) || e.y1-e.y0 < l.scale.px(leastHigh) ||
			e.y1-e.y0 < l.scale.px(highest) && e.long < 2
		if m := ends[i]; small || !(m.first && m.last) && a.len() < size/2 {
			a.gone, changed = true, true
			return
		}
		r := set.root(i)
		if _, ok := number[r]; !ok {
			number[r] = len(number)
		}
		a.table = number[r]
	}
	for i, h := range hs {
		if e := all[set.root(i)]; !h.gone {
			judge(i, h, e.x1-e.x0, e)
		}
	}
	for j, v := range vs {
		if e := all[set.root(len(hs)+j)]; !v.gone {
			judge(len(hs)+j, v, e.y1-e.y0, e)
		}
	}
	gone := func(a *line) bool { return a.gone }
	l.hs, l.vs = slices.DeleteFunc(hs, gone), slices.DeleteFunc(vs, gone)
	return changed
}

// mayCross is a cheap test that h and v are not far from each other.
func mayCross(h, v *line, tol float64) bool {
	x, y := v.nodes[0].y, h.nodes[0].y
	// No rule strays further than this from its first node.
	far := 0.12*(h.len()+v.len()) + tol
	return x >= h.lo()-far && x <= h.hi()+far && y >= v.lo()-far && y <= v.hi()+far
}
