package grid

import (
	"cmp"
	"math"
	"slices"

	"nianbao/extract/disjoint"
)

// Tolerances of drawn rules, in points.
const (
	near     = 1.6 // rules closer than this are one
	nearCap  = 4   // but no bundle of rules is wider than this
	gap      = 3.2 // dashes and dots closer than this are one rule
	dashGap  = 6   // the widest gap between dashes of like length
	dash     = 6.5 // what is longer is no dash
	shortest = 5   // what is shorter when all is joined is no rule
	slack    = 2.5 // rules that miss each other by this much still cross
	maxFlank = 160 // a group label's rules run on by less than this below the last row
	dot      = 3   // what is no longer than this either way is a dot
)

// Limits of the joined rules of a page.
const maxSegments = 6000

// segment is a straight rule along one axis: at pos across, from lo to hi along.
type segment struct{ pos, lo, hi float64 }

// straighten sorts rules into horizontal and vertical segments and joins what
// was drawn in pieces. Weak rules are taken or left as a whole.
func straighten(rules []Rule, weak bool) (hs, vs []segment) {
	for _, r := range rules {
		if r.Weak != weak {
			continue
		}
		dx, dy := math.Abs(r.X1-r.X0), math.Abs(r.Y1-r.Y0)
		h := segment{(r.Y0 + r.Y1) / 2, min(r.X0, r.X1), max(r.X0, r.X1)}
		v := segment{(r.X0 + r.X1) / 2, min(r.Y0, r.Y1), max(r.Y0, r.Y1)}
		switch {
		case dx <= dot && dy <= dot:
			// A dot or a short dash may be part of a rule either way. Its width
			// is its extent across, and along too where it has no length.
			if d := min(math.Abs(r.Width), dot) / 2; dx >= dy {
				v.lo, v.hi = min(v.lo, v.lo-d+dy/2), max(v.hi, v.hi+d-dy/2)
			} else {
				h.lo, h.hi = min(h.lo, h.lo-d+dx/2), max(h.hi, h.hi+d-dx/2)
			}
			hs, vs = append(hs, h), append(vs, v)
		case dy <= max(0.6, 0.01*dx):
			hs = append(hs, h)
		case dx <= max(0.6, 0.01*dy):
			vs = append(vs, v)
		}
	}
	return joinSegments(hs), joinSegments(vs)
}

// joinSegments makes whole rules of pieces: first of pieces on the very same
// line, so that stray dots of crossing rules fall away, then of bundles.
func joinSegments(s []segment) []segment {
	s = bundle(s, 0.4, 1.2)
	s = slices.DeleteFunc(s, func(a segment) bool { return a.hi-a.lo < dot })
	s = bundle(s, near, nearCap)
	s = slices.DeleteFunc(s, func(a segment) bool { return a.hi-a.lo < shortest })
	if len(s) > maxSegments {
		slices.SortFunc(s, func(a, b segment) int { return cmp.Compare(b.hi-b.lo, a.hi-a.lo) })
		s = s[:maxSegments]
	}
	return s
}

// bundle clusters segments by position and joins those of a cluster that touch
// or nearly touch.
func bundle(s []segment, near, width float64) []segment {
	slices.SortFunc(s, func(a, b segment) int {
		return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(a.lo, b.lo), cmp.Compare(a.hi, b.hi))
	})
	var out []segment
	for len(s) > 0 {
		n := 1
		for n < len(s) && s[n].pos-s[n-1].pos <= near && s[n].pos-s[0].pos <= width {
			n++
		}
		out = joinAlong(out, s[:n])
		s = s[n:]
	}
	return out
}

// joinAlong appends to out the rules that the pieces of one line make up.
func joinAlong(out []segment, s []segment) []segment {
	slices.SortFunc(s, func(a, b segment) int { return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.hi, b.hi)) })
	var cur segment
	var moment, weight, last float64 // last is the length of the last piece
	for i, a := range s {
		l := a.hi - a.lo
		if i > 0 {
			reach := float64(gap)
			if l <= dash && last <= dash {
				reach = max(gap, min(dashGap, 1.3*max(l, last)))
			}
			if a.lo-cur.hi <= reach {
				cur.hi = max(cur.hi, a.hi)
				moment, weight, last = moment+a.pos*(l+.1), weight+l+.1, l
				continue
			}
			cur.pos = moment / weight
			out = append(out, cur)
		}
		cur = a
		moment, weight, last = a.pos*(l+.1), l+.1, l
	}
	cur.pos = moment / weight
	return append(out, cur)
}

// frame is a set of rules that cross each other: the drawing of one table.
type frame struct {
	hs, vs         []segment
	x0, y0, x1, y1 float64
	// bare says that the table has no outer border at its right side; soft, that
	// its left side was set where its text begins.
	bare, soft bool
}

// frames splits the rules of a page by what crosses what. A rule that crosses
// nothing (an underline, a separator) belongs to no frame.
func frames(hs, vs []segment) []*frame {
	slices.SortFunc(hs, func(a, b segment) int { return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(a.lo, b.lo)) })
	set := disjoint.New(len(hs) + len(vs))
	for j, v := range vs {
		i, _ := slices.BinarySearchFunc(hs, v.lo-slack, func(h segment, y float64) int { return cmp.Compare(h.pos, y) })
		for ; i < len(hs) && hs[i].pos <= v.hi+slack; i++ {
			if v.pos >= hs[i].lo-slack && v.pos <= hs[i].hi+slack {
				set.Join(i, len(hs)+j)
			}
		}
	}
	byRoot := map[int]*frame{}
	var out []*frame
	add := func(i int) *frame {
		r := set.Root(i)
		f := byRoot[r]
		if f == nil {
			f = &frame{}
			byRoot[r] = f
			out = append(out, f)
		}
		return f
	}
	for i, h := range hs {
		f := add(i)
		f.hs = append(f.hs, h)
	}
	for j, v := range vs {
		f := add(len(hs) + j)
		f.vs = append(f.vs, v)
	}
	var lone []segment // vertical rules that cross nothing
	for _, f := range out {
		if len(f.hs) == 0 {
			lone = append(lone, f.vs...)
		}
	}
	slices.SortFunc(lone, func(a, b segment) int { return cmp.Compare(b.pos, a.pos) })
	out = slices.DeleteFunc(out, func(f *frame) bool { return len(f.hs) == 0 || len(f.vs) == 0 })
	for _, f := range out {
		f.flank(lone)
		f.close()
	}
	return slices.DeleteFunc(out, func(f *frame) bool { return len(f.hs) < 2 || len(f.vs) < 2 })
}

// flank adds the rules left of a frame that run along all of it: those of a
// group label whose cell covers the whole page, so that no rule crosses them.
// The rules are ordered from right to left.
func (f *frame) flank(lone []segment) {
	if len(f.hs) < 2 || len(f.vs) < 2 {
		return
	}
	x0, x1 := extent(f.vs)
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range f.vs {
		lo, hi = min(lo, v.lo), max(hi, v.hi)
	}
	reach := 0.6 * (x1 - x0)
	for _, v := range lone {
		longer := (hi - lo) - (v.hi - v.lo)
		if v.pos < x0 && x0-v.pos < reach && v.lo < lo+shortest && v.hi > hi-shortest && -longer < maxFlank {
			f.vs = append(f.vs, v)
		}
	}
}

// close draws the borders that are missing: where rules run on beyond the last
// rule that crosses them, there is a side without a rule (a table without an
// outer border, or cut off by the end of the page).
func (f *frame) close() {
	left, right := openSides(f.vs, f.hs)
	top, bottom := openSides(f.hs, f.vs)
	f.bare = right > 0
	f.x0, f.x1 = extent(f.vs)
	f.y0, f.y1 = extent(f.hs)
	f.x0, f.x1, f.y0, f.y1 = f.x0-left, f.x1+right, f.y0-top, f.y1+bottom
	for _, side := range []struct{ reach, pos float64 }{{left, f.x0}, {right, f.x1}} {
		if side.reach > 0 {
			f.vs = append(f.vs, segment{side.pos, f.y0, f.y1})
		}
	}
	for _, side := range []struct{ reach, pos float64 }{{top, f.y0}, {bottom, f.y1}} {
		if side.reach > 0 {
			f.hs = append(f.hs, segment{side.pos, f.x0, f.x1})
		}
	}
}

// widen lets a table without an outer border begin where the text left of it
// begins: nothing is drawn left of a first column whose cells span all rows.
func (f *frame) widen(glyphs []glyph) {
	if !f.bare {
		return
	}
	left := f.x0
	for i := range glyphs {
		if g := &glyphs[i]; g.dir == 0 && g.cy() > f.y0 && g.cy() < f.y1 && g.cx() < f.x0 {
			left = min(left, g.x0)
		}
	}
	if left < f.x0-shortest {
		f.x0, f.soft = left-2, true
		f.vs = append(f.vs, segment{f.x0, f.y0, f.y1})
		for i := range f.hs {
			if h := &f.hs[i]; h.pos < f.y0+slack || h.pos > f.y1-slack {
				h.lo = min(h.lo, f.x0)
			}
		}
	}
}

// extent is the least and the greatest position of segments.
func extent(s []segment) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, a := range s {
		lo, hi = min(lo, a.pos), max(hi, a.pos)
	}
	return lo, hi
}

// openSides tells how far the rules along run beyond the first and the last
// rule across; 0 where that is too little, or where it is but one short end.
func openSides(across, along []segment) (before, after float64) {
	lo, hi := extent(across)
	reach := func(over func(segment) float64) float64 {
		far, n := 0.0, 0
		for _, a := range along {
			far = max(far, over(a))
		}
		for _, a := range along {
			if over(a) >= far-3 {
				n++
			}
		}
		if far <= shortest || n < 2 && n < len(along) && far < 2*shortest {
			return 0
		}
		return far
	}
	return reach(func(a segment) float64 { return lo - a.lo }), reach(func(a segment) float64 { return a.hi - hi })
}
