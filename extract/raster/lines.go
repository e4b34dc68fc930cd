package raster

import (
	"cmp"
	"image"
	"math"
	"slices"

	"nianbao/extract/disjoint"
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
const maxLines = 1500

// lines are the ruling lines of a page: hs run along its rows, and vs down its
// columns with x and y swapped.
type lines struct {
	hs, vs []*line
	scale  scale
}

// findLines finds the ruling lines of a page; b is g in black and white.
func findLines(g *image.Gray, b *bitmap, s scale) *lines {
	l := &lines{scale: s}
	l.hs = joinLines(pieces(b, s, minAcross), s)
	l.vs = joinLines(pieces(b.transposed(), s, minDown), s)
	for _, h := range l.hs {
		h.dark = darkness(h, s, func(x, y int) uint8 { return g.Pix[y*g.Stride+x] }, g.Rect.Dx(), g.Rect.Dy())
	}
	for _, v := range l.vs {
		v.dark = darkness(v, s, func(y, x int) uint8 { return g.Pix[y*g.Stride+x] }, g.Rect.Dy(), g.Rect.Dx())
	}
	l.prune()
	l.dropUnlike()
	l.prune()
	l.part()
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

// met says which ends of a line reach another line.
type met struct{ first, last bool }

// cross finds which lines cross: hs come first in what it returns, then vs.
func (l *lines) cross() (disjoint.Sets, []met) {
	hs, vs, tol := l.hs, l.vs, l.scale.px(touch)
	set := disjoint.New(len(hs) + len(vs))
	ends := make([]met, len(hs)+len(vs))
	for i, h := range hs {
		for j, v := range vs {
			if h.gone || v.gone || !mayCross(h, v, tol) {
				continue
			}
			x, y := crossing(h, v)
			if x < h.lo()-tol || x > h.hi()+tol || y < v.lo()-tol || y > v.hi()+tol {
				continue
			}
			set.Join(i, len(hs)+j)
			e, f := &ends[i], &ends[len(hs)+j]
			e.first, e.last = e.first || x < h.lo()+tol, e.last || x > h.hi()-tol
			f.first, f.last = f.first || y < v.lo()+tol, f.last || y > v.hi()-tol
		}
	}
	return set, ends
}

// leastCut is how many rules must end side by side for a page to end there.
const leastCut = 4

func (l *lines) pruneOnce() (changed bool) {
	hs, vs := l.hs, l.vs
	set, ends := l.cross()
	// The extent of each set of lines that cross.
	type extent struct {
		x0, y0, x1, y1 float64
		h, v           bool
		long           int // rules along the rows over most of its width
	}
	all := make(map[int]*extent)
	grow := func(i int, x0, y0, x1, y1 float64) *extent {
		r := set.Root(i)
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
		if e := all[set.Root(i)]; !h.gone && h.len() > shareOfTable*(e.x1-e.x0) {
			e.long++
		}
	}
	// Where a page ends within a table, its rules all end there in the open.
	type side struct {
		root int
		down bool
	}
	cut := make(map[side]int)
	tol := l.scale.px(touch)
	open := func(j int, v *line, down bool) bool {
		e := all[set.Root(len(hs)+j)]
		if down {
			return !ends[len(hs)+j].last && v.hi() > e.y1-2*tol
		}
		return !ends[len(hs)+j].first && v.lo() < e.y0+2*tol
	}
	for j, v := range vs {
		for _, down := range []bool{false, true} {
			if !v.gone && open(j, v, down) {
				cut[side{set.Root(len(hs) + j), down}]++
			}
		}
	}
	for j, v := range vs {
		for _, down := range []bool{false, true} {
			if !v.gone && open(j, v, down) && cut[side{set.Root(len(hs) + j), down}] >= leastCut {
				m := &ends[len(hs)+j]
				m.first, m.last = m.first || !down, m.last || down
			}
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
		r := set.Root(i)
		if _, ok := number[r]; !ok {
			number[r] = len(number)
		}
		a.table = number[r]
	}
	for i, h := range hs {
		if e := all[set.Root(i)]; !h.gone {
			judge(i, h, e.x1-e.x0, e)
		}
	}
	for j, v := range vs {
		if e := all[set.Root(len(hs)+j)]; !v.gone {
			judge(len(hs)+j, v, e.y1-e.y0, e)
		}
	}
	gone := func(a *line) bool { return a.gone }
	l.hs, l.vs = slices.DeleteFunc(hs, gone), slices.DeleteFunc(vs, gone)
	return changed
}

// part takes lines apart that run on from one table into another: the borders
// of tables below each other lie on one line.
func (l *lines) part() {
	var parents [2][]int
	l.hs, parents[0] = l.split(l.hs)
	l.vs, parents[1] = l.split(l.vs)
	set, _ := l.cross()
	size := make(map[int][2]int)
	for i := range l.hs {
		n := size[set.Root(i)]
		size[set.Root(i)] = [2]int{n[0] + 1, n[1]}
	}
	for j := range l.vs {
		r := set.Root(len(l.hs) + j)
		size[r] = [2]int{size[r][0], size[r][1] + 1}
	}
	table := func(i int) int {
		if r := set.Root(i); size[r][0] > 0 && size[r][1] > 0 {
			return r
		}
		return -1
	}
	l.hs, l.vs = regroup(l.hs, parents[0], func(i int) int { return table(i) }), regroup(l.vs, parents[1], func(j int) int { return table(len(parents[0]) + j) })
}

// split cuts lines where they have no ink, and tells of which line each piece is.
func (l *lines) split(ls []*line) (out []*line, parents []int) {
	for k, a := range ls {
		from := 0
		for i := range a.ink {
			if i+1 < len(a.ink) && a.ink[i+1].lo-a.ink[i].hi <= l.scale.px(nearGap) {
				continue
			}
			p := *a
			p.ink = a.ink[from : i+1 : i+1]
			p.nodes = nil
			for _, n := range a.nodes {
				if n.x >= p.lo()-1 && n.x <= p.hi()+1 {
					p.nodes = append(p.nodes, n)
				}
			}
			if len(p.nodes) < 2 { // too short to tell its own direction
				p.nodes = []point{{p.lo(), a.at(p.lo())}, {p.hi(), a.at(p.hi())}}
			}
			out, parents = append(out, &p), append(parents, k)
			from = i + 1
		}
	}
	return out, parents
}

// regroup joins the pieces of one line that belong to one table. A piece that
// crosses nothing belongs to the piece before it, or else to the one behind it.
func regroup(ls []*line, parents []int, table func(int) int) (out []*line) {
	for i := range ls {
		ls[i].table = table(i)
	}
	for i := 1; i < len(ls); i++ {
		if ls[i].table < 0 && parents[i] == parents[i-1] {
			ls[i].table = ls[i-1].table
		}
	}
	for i := len(ls) - 2; i >= 0; i-- {
		if ls[i].table < 0 && parents[i] == parents[i+1] {
			ls[i].table = ls[i+1].table
		}
	}
	for i, a := range ls {
		if n := len(out); n > 0 && parents[i] == parents[i-1] && out[n-1].table == a.table {
			out[n-1].join(a)
			continue
		}
		out = append(out, a)
	}
	return out
}

// darkness is how much darker than the paper beside it a line is: 0 to 1.
func darkness(l *line, s scale, at func(x, y int) uint8, length, extent int) float64 {
	sum, n := 0.0, 0
	side := int(s.px(thick)) + 2
	for i := 1; i < len(l.nodes); i++ {
		p, q := l.nodes[i-1], l.nodes[i]
		paper := 0.0
		for k := max(0, int(p.y)-side); k <= min(extent-1, int(p.y)+side); k++ {
			paper = max(paper, float64(at(min(length-1, int(p.x)), k)))
		}
		if paper == 0 || q.x-p.x > 2*s.px(step) {
			continue
		}
		for x := p.x; x < q.x; x += 2 {
			y := int(mix(p.y, q.y, (x-p.x)/(q.x-p.x)))
			ink := uint8(255)
			for k := max(0, y-1); k <= min(extent-1, y+1); k++ {
				ink = min(ink, at(min(length-1, int(x)), k))
			}
			sum, n = sum+max(0, 1-float64(ink)/paper), n+1
		}
	}
	return sum / float64(max(1, n))
}

// How unlike the other rules of its table a line must be to be no rule.
const (
	paler    = 0.5 // of the usual ink across a rule
	thicker  = 2.2 // times the thickness of the thickest fifth, and a pixel more
	alikeMin = 6   // rules that tell what the table's rules are like
)

// dropUnlike marks the short lines that have less ink or are thicker than nearly
// all rules of their table: strokes of seals that happen to end at rules.
func (l *lines) dropUnlike() {
	tables := make(map[int][]*line)
	longest := make(map[int][2]float64) // along the rows and down the columns
	across := make(map[int]int)         // so many of the table's lines are along the rows
	for d, ls := range [][]*line{l.hs, l.vs} {
		for _, a := range ls {
			if a.table >= 0 {
				tables[a.table] = append(tables[a.table], a)
				m := longest[a.table]
				m[d] = max(m[d], a.len())
				longest[a.table] = m
				if d == 0 {
					across[a.table]++
				}
			}
		}
	}
	for k, t := range tables {
		if len(t) < alikeMin {
			continue
		}
		var ink, thick []float64
		for _, a := range t {
			ink, thick = append(ink, a.dark*a.thick), append(thick, a.thick)
		}
		slices.Sort(ink)
		slices.Sort(thick)
		pale, fat := paler*ink[len(ink)/2], thicker*thick[len(thick)*4/5]+1
		for i, a := range t {
			size := longest[k][0]
			if i >= across[k] {
				size = longest[k][1]
			}
			a.gone = a.len() < size/2 && (a.dark*a.thick < pale || a.thick > fat)
		}
	}
}

// mayCross is a cheap test that h and v are not far from each other.
func mayCross(h, v *line, tol float64) bool {
	x, y := v.nodes[0].y, h.nodes[0].y
	// No rule strays further than this from its first node.
	far := 0.12*(h.len()+v.len()) + tol
	return x >= h.lo()-far && x <= h.hi()+far && y >= v.lo()-far && y <= v.hi()+far
}
