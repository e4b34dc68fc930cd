package raster

import (
	"cmp"
	"image"
	"math"
	"slices"

	"nianbao/extract"
	"nianbao/extract/grid"
)

// Sheet is a page made straight. Its coordinates are points of 1/72 inch from
// the top left corner of a page as large as the picture. Rules lie exactly
// along its axes, and those of a table at common heights and widths; a side of a
// cell that has no ink has no rule.
type Sheet struct {
	Width, Height float64
	DPI           float64     // of the picture
	Rules         []grid.Rule // by place; Width is the thickness seen
	Tables        []extract.Box

	gray *image.Gray
	ink  *bitmap // gray in black and white
	warp warp

	seal   *image.Gray     // what was taken out of the picture, if anything
	sealed image.Rectangle // and where
}

// Find finds the ruling lines of an upright page and makes it straight by them;
// a page without any, by its lines of text. It stands skew pages, perspective
// and the curl of a book's page. dpi 0 means that it is not known.
func Find(g *image.Gray, dpi float64) *Sheet {
	dpi = resolution(g.Rect, dpi)
	g = atOrigin(g)
	s := &Sheet{DPI: dpi, gray: g}
	w, h := g.Rect.Dx(), g.Rect.Dy()
	s.Width, s.Height = s.points(float64(w)), s.points(float64(h))
	sc := scale{dpi}
	s.ink = threshold(g, int(sc.px(windowSize)))
	l := findLines(g, s.ink, sc)
	s.warp = newWarp(l, s.ink, w, h)
	s.draw(l)
	return s
}

// newWarp bends the page by its rules. The direction that has none is square to
// the other, and a page with none at all is turned by its text.
func newWarp(l *lines, b *bitmap, w, h int) warp {
	var wp warp
	wp.across = newFamily(l.hs, l.scale, w, h, 0)
	wp.down = newFamily(l.vs, l.scale, h, w, 0)
	across, down := wp.across.fromRules, wp.down.fromRules
	switch {
	case !across && !down:
		slope := textSlope(b, l.scale)
		wp.across = newFamily(nil, l.scale, w, h, slope)
		wp.down = newFamily(nil, l.scale, h, w, -slope)
	case !down:
		wp.down = newFamily(nil, l.scale, h, w, -wp.across.slope())
	case !across:
		wp.across = newFamily(nil, l.scale, w, h, -wp.down.slope())
	}
	return wp
}

func (s *Sheet) points(px float64) float64 { return px * 72 / s.DPI }
func (s *Sheet) pixels(pt float64) float64 { return pt * s.DPI / 72 }

// ToPicture maps a place on the sheet to the picture; both in points.
func (s *Sheet) ToPicture(x, y float64) (px, py float64) {
	px, py = s.warp.picture(s.pixels(x), s.pixels(y))
	return s.points(px), s.points(py)
}

// FromPicture maps a place on the picture to the sheet; both in points.
func (s *Sheet) FromPicture(px, py float64) (x, y float64) {
	x, y = s.warp.straight(s.pixels(px), s.pixels(py))
	return s.points(x), s.points(y)
}

// Box is the box on the picture around a box of the sheet, within the picture.
func (s *Sheet) Box(straight extract.Box) extract.Box {
	out := extract.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	const parts = 8 // the sides may be bent
	for i := range parts + 1 {
		t := float64(i) / parts
		x := straight[0] + t*(straight[2]-straight[0])
		y := straight[1] + t*(straight[3]-straight[1])
		for _, p := range [][2]float64{{x, straight[1]}, {x, straight[3]}, {straight[0], y}, {straight[2], y}} {
			px, py := s.ToPicture(p[0], p[1])
			out = extract.Box{min(out[0], px), min(out[1], py), max(out[2], px), max(out[3], py)}
		}
	}
	for i, limit := range [4]float64{s.Width, s.Height, s.Width, s.Height} {
		out[i] = max(0, min(limit, out[i]))
	}
	return out
}

// Levels nearer than this, in inches, are one.
const sameLevel = 0.05

// placed is a line on the straight page, in pixels.
type placed struct {
	line  *line
	level float64
	ink   []span
}

// draw makes the rules of the sheet of the lines found.
func (s *Sheet) draw(l *lines) {
	hs := s.place(l.hs, &s.warp.across, func(x, y float64) float64 { u, _ := s.warp.straight(x, y); return u })
	vs := s.place(l.vs, &s.warp.down, func(y, x float64) float64 { _, v := s.warp.straight(x, y); return v })
	align(hs, l.scale.px(sameLevel))
	align(vs, l.scale.px(sameLevel))
	trim(hs, vs, l.scale)
	trim(vs, hs, l.scale)
	meet(hs, vs, l.scale.px(touch))
	meet(vs, hs, l.scale.px(touch))
	boxes := make(map[int]extract.Box)
	add := func(p *placed, r func(lo, hi float64) grid.Rule) {
		for _, k := range p.ink {
			rule := r(s.points(k.lo), s.points(k.hi))
			rule.Width = s.points(p.line.thick)
			s.Rules = append(s.Rules, rule)
			if t := p.line.table; t >= 0 {
				b, ok := boxes[t]
				if !ok {
					b = extract.Box{rule.X0, rule.Y0, rule.X1, rule.Y1}
				}
				boxes[t] = extract.Box{min(b[0], rule.X0), min(b[1], rule.Y0), max(b[2], rule.X1), max(b[3], rule.Y1)}
			}
		}
	}
	for _, p := range hs {
		y := s.points(p.level)
		add(p, func(lo, hi float64) grid.Rule { return grid.Rule{X0: lo, Y0: y, X1: hi, Y1: y} })
	}
	for _, p := range vs {
		x := s.points(p.level)
		add(p, func(lo, hi float64) grid.Rule { return grid.Rule{X0: x, Y0: lo, X1: x, Y1: hi} })
	}
	slices.SortStableFunc(s.Rules, func(a, b grid.Rule) int {
		return cmp.Or(cmp.Compare(a.Y0, b.Y0), cmp.Compare(a.X0, b.X0), cmp.Compare(a.Y1, b.Y1), cmp.Compare(a.X1, b.X1))
	})
	for _, b := range boxes {
		if b[2]-b[0] > 0 && b[3]-b[1] > 0 {
			s.Tables = append(s.Tables, b)
		}
	}
	slices.SortFunc(s.Tables, func(a, b extract.Box) int {
		return slices.Compare([]float64{a[1], a[0], a[3], a[2]}, []float64{b[1], b[0], b[3], b[2]})
	})
}

// place puts lines on the straight page. along maps a place on a line to its
// place along the straight line.
func (s *Sheet) place(ls []*line, f *family, along func(x, y float64) float64) []*placed {
	var out []*placed
	for _, l := range ls {
		levels := make([]float64, len(l.nodes))
		for i, n := range l.nodes {
			levels[i] = f.level(n.x, n.y)
		}
		slices.Sort(levels)
		p := &placed{line: l, level: levels[len(levels)/2]}
		for _, k := range l.ink {
			lo, hi := along(k.lo, l.at(k.lo)), along(k.hi, l.at(k.hi))
			if n := len(p.ink); n > 0 && lo-p.ink[n-1].hi <= s.DPI*nearGap {
				p.ink[n-1].hi = max(p.ink[n-1].hi, hi)
			} else {
				p.ink = append(p.ink, span{lo, hi})
			}
		}
		out = append(out, p)
	}
	return out
}

// align gives the lines of one table that lie at nearly the same level exactly
// the same.
func align(ps []*placed, tol float64) {
	slices.SortStableFunc(ps, func(a, b *placed) int {
		return cmp.Or(cmp.Compare(a.line.table, b.line.table), cmp.Compare(a.level, b.level))
	})
	for i := 0; i < len(ps); {
		n, moment, weight := i, 0.0, 0.0
		for n < len(ps) && ps[n].line.table == ps[i].line.table && ps[n].level-ps[i].level <= tol {
			c := ps[n].line.covered()
			moment, weight = moment+c*ps[n].level, weight+c
			n++
		}
		if ps[i].line.table >= 0 {
			for _, p := range ps[i:n] {
				p.level = moment / weight
			}
		}
		i = n
	}
}

// A side of a cell counts as drawn where little of it has no ink: this many
// inches, or this share. Where the rules of a table are broken, more may be missing.
const (
	missing      = 0.02
	missingShare = 0.05
	brokenShare  = 0.4
)

// trim takes away the ink of a line between two neighbouring lines that it does
// not lead from one to the other: a stroke of a character beyond its end.
func trim(ps, others []*placed, s scale) {
	levels := make(map[int][]float64)
	for _, o := range others {
		levels[o.line.table] = append(levels[o.line.table], o.level)
	}
	for t := range levels {
		slices.Sort(levels[t])
		levels[t] = slices.Compact(levels[t])
	}
	type side struct {
		p      *placed
		lo, hi float64
		bare   float64 // length without ink
	}
	tables := make(map[int][]side)
	for _, p := range ps {
		t := p.line.table
		if t < 0 {
			continue
		}
		for i := 0; i+1 < len(levels[t]); i++ {
			lo, hi := levels[t][i], levels[t][i+1]
			bare := hi - lo
			for _, k := range p.ink {
				bare -= max(0, min(hi, k.hi)-max(lo, k.lo))
			}
			if bare < hi-lo-1 {
				tables[t] = append(tables[t], side{p, lo, hi, bare})
			}
		}
	}
	for _, sides := range tables {
		whole, drawn := 0, 0
		good := func(x side) bool { return x.bare <= max(s.px(missing), missingShare*(x.hi-x.lo)) }
		for _, x := range sides {
			if x.bare <= brokenShare*(x.hi-x.lo) {
				drawn++
			}
			if good(x) {
				whole++
			}
		}
		broken := whole*10 < drawn*9
		for _, x := range sides {
			if good(x) || broken && x.bare <= brokenShare*(x.hi-x.lo) {
				continue
			}
			var ink []span
			for _, k := range x.p.ink {
				if k.lo < x.lo {
					ink = append(ink, span{k.lo, min(k.hi, x.lo)})
				}
				if k.hi > x.hi {
					ink = append(ink, span{max(k.lo, x.hi), k.hi})
				}
			}
			x.p.ink = ink
		}
	}
}

// meet lets lines end exactly at those lines of their table that they reach.
func meet(ps, others []*placed, tol float64) {
	levels := make(map[int][]float64)
	for _, o := range others {
		levels[o.line.table] = append(levels[o.line.table], o.level)
	}
	snap := func(v float64, t int) float64 {
		best := v
		least := tol
		for _, l := range levels[t] {
			if d := math.Abs(l - v); d < least {
				best, least = l, d
			}
		}
		return best
	}
	for _, p := range ps {
		if t := p.line.table; t >= 0 {
			for i := range p.ink {
				lo, hi := snap(p.ink[i].lo, t), snap(p.ink[i].hi, t)
				if lo < hi {
					p.ink[i] = span{lo, hi}
				}
			}
		}
	}
}
