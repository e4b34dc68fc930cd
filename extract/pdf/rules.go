package pdf

import (
	"math"

	"nianbao/extract/grid"
)

const (
	thin     = 3.0 // a filled shape or image thinner than this many points is a line
	wide     = 6.0 // a stroke wider than this is an area
	maxRules = 200_000
)

// subpath is a run of points in visible page space.
type subpath struct {
	pts    []point
	closed bool
	curved bool // has Bézier segments; pts then holds their end and control points
}

// path collects subpaths; their points lie in one shared slice.
type path struct {
	subs []subpath
	cur  point // current point in user space
}

func (p *path) clear() { p.subs = p.subs[:0] }

func (p *path) move(q point) {
	if n := len(p.subs); n < cap(p.subs) { // reuse the points of an earlier path
		p.subs = p.subs[:n+1]
		s := &p.subs[n]
		s.pts, s.closed, s.curved = append(s.pts[:0], q), false, false
		return
	}
	p.subs = append(p.subs, subpath{pts: []point{q}})
}

func (p *path) last() *subpath {
	if len(p.subs) == 0 {
		return nil
	}
	return &p.subs[len(p.subs)-1]
}

func (p *path) line(q point) {
	s := p.last()
	if s == nil {
		p.move(q)
		return
	}
	if s.closed { // a segment after h starts anew where the subpath began
		p.move(s.pts[0])
		s = p.last()
	}
	s.pts = append(s.pts, q)
}

func (p *path) bounds() rect {
	b := nowhere
	for i := range p.subs {
		for _, q := range p.subs[i].pts {
			b.add(q)
		}
	}
	return b
}

func (s *subpath) bounds() rect {
	b := nowhere
	for _, q := range s.pts {
		b.add(q)
	}
	return b
}

// ruler turns painted paths into rules. Everything is in visible page space.
type ruler struct {
	page  rect
	rules []grid.Rule
}

// paint adds what a painted path shows. width is the line width on the page.
func (r *ruler) paint(p *path, clip rect, fill, stroke bool, width float64) {
	for i := range p.subs {
		s := &p.subs[i]
		if stroke {
			r.stroke(s, clip, width)
		}
		if fill {
			r.fill(s.bounds(), s, clip)
		}
	}
}

func (r *ruler) stroke(s *subpath, clip rect, width float64) {
	if s.curved {
		if b := s.bounds(); b.w() <= thin && b.h() <= thin {
			r.dot(b, clip)
		}
		return
	}
	if pageSized(s.bounds(), r.page) {
		return
	}
	for i := 1; i < len(s.pts); i++ {
		r.segment(s.pts[i-1], s.pts[i], clip, width, width > wide)
	}
	if n := len(s.pts); s.closed && n > 2 {
		r.segment(s.pts[n-1], s.pts[0], clip, width, width > wide)
	}
	if len(s.pts) == 1 || len(s.pts) == 2 && s.pts[0] == s.pts[1] { // a dot by round caps
		b := nowhere
		b.add(s.pts[0])
		if b = b.grow(width / 2); b.w() <= thin {
			r.dot(b, clip)
		}
	}
}

func (r *ruler) fill(b rect, s *subpath, clip rect) {
	w, h := b.w(), b.h()
	switch {
	case w <= thin && h <= thin:
		r.dot(b, clip)
	case w < thin:
		x := (b.x0 + b.x1) / 2
		r.segment(point{x, b.y0}, point{x, b.y1}, clip, w, false)
	case h < thin:
		y := (b.y0 + b.y1) / 2
		r.segment(point{b.x0, y}, point{b.x1, y}, clip, h, false)
	case s == nil || s.curved || len(s.pts) < 4 || pageSized(b, r.page):
	default:
		n := len(s.pts)
		for i := range s.pts {
			r.segment(s.pts[i], s.pts[(i+1)%n], clip, 0, true)
		}
	}
}

// dot is part of a dotted border, whichever way that runs.
func (r *ruler) dot(b, clip rect) {
	x, y := (b.x0+b.x1)/2, (b.y0+b.y1)/2
	r.segment(point{b.x0, y}, point{b.x1, y}, clip, b.h(), false)
	r.segment(point{x, b.y0}, point{x, b.y1}, clip, b.w(), false)
}

// segment adds a rule along an axis; slanted lines are no table's.
func (r *ruler) segment(p, q point, clip rect, width float64, weak bool) {
	dx, dy := math.Abs(q.x-p.x), math.Abs(q.y-p.y)
	if dx == 0 && dy == 0 || min(dx, dy) > 0.04*max(dx, dy) && min(dx, dy) > 0.5 {
		return
	}
	if len(r.rules) >= maxRules {
		return
	}
	b := nowhere
	b.add(p)
	b.add(q)
	b = b.intersect(clip.grow(max(1, width)))
	if b.empty() {
		return
	}
	g := grid.Rule{Width: width, Weak: weak}
	if dx >= dy {
		y := (b.y0 + b.y1) / 2
		g.X0, g.X1, g.Y0, g.Y1 = b.x0, b.x1, y, y
	} else {
		x := (b.x0 + b.x1) / 2
		g.X0, g.X1, g.Y0, g.Y1 = x, x, b.y0, b.y1
	}
	r.rules = append(r.rules, g)
}

// image adds an image drawn as a line.
func (r *ruler) image(b, clip rect) {
	if b.w() < thin || b.h() < thin {
		r.fill(b, nil, clip)
	}
}

func pageSized(b, page rect) bool {
	return b.w() >= 0.9*page.w() && b.h() >= 0.9*page.h()
}
