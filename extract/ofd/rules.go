package ofd

import (
	"math"
	"strings"

	"nianbao/extract"
	"nianbao/extract/grid"
)

const (
	thin      = 3.0 // a filled shape or image thinner than this many points is a line
	wide      = 6.0 // a stroke wider than this is an area
	maxRules  = 200_000
	maxPoints = 1_000_000 // of one path
	usualLine = 0.353     // width of a line in millimetres
)

// subpath is a run of points on the page.
type subpath struct {
	pts    []vec
	closed bool
	curved bool
}

// path adds what a PathObject shows.
func (c *canvas) path(n *node, m matrix, layer string) {
	chain := c.r.res.inherited(n, layer)
	stroke := n.flag("Stroke", true) && opaque(chain, "StrokeColor")
	fill := n.flag("Fill", false) && opaque(chain, "FillColor")
	if !stroke && !fill {
		return
	}
	line := usualLine
	for _, p := range chain {
		if v, ok := number(p.str("LineWidth")); ok {
			line = v
			break
		}
	}
	c.ruler.clip = c.clip(n, m)
	subs, ok := outline(n.content("AbbreviatedData"), m)
	if !ok {
		c.r.warn(WarnDamaged, c.number, "a line on page %d can't be read", c.number)
	}
	for i := range subs {
		s := &subs[i]
		if stroke {
			c.ruler.stroke(s, line*m.scale())
		}
		if fill {
			if s.curved {
				c.shapes++
			}
			c.ruler.fill(around(s.pts), s)
		}
	}
}

// clip is the box that an object's clips leave to be seen on the page; m leads
// there from the object's own space. Text is not cut by clips: what a producer
// meant by a wrong one is never to hide a number.
func (c *canvas) clip(n *node, m matrix) extract.Box {
	box := c.ruler.page
	clips := n.kid("Clips")
	if clips == nil {
		return box
	}
	if own, ok := numbers(n.str("CTM"), 6); ok && !clips.flag("TransFlag", true) {
		// The areas count from the corner of the object, before its matrix.
		if back, ok := matrix(own).inverse(); ok {
			m = back.mul(m)
		}
	}
	for _, clip := range clips.kids {
		var pts []vec
		for _, area := range clip.kids {
			path := area.kid("Path")
			at, ok := placement(path)
			outer, okArea := placement(area)
			if path == nil || !ok || !okArea {
				return c.ruler.page
			}
			subs, _ := outline(path.content("AbbreviatedData"), at.mul(outer).mul(m))
			for i := range subs {
				pts = append(pts, subs[i].pts...)
			}
		}
		if len(pts) > 0 {
			b := around(pts)
			box = extract.Box{max(box[0], b[0]), max(box[1], b[1]), min(box[2], b[2]), min(box[3], b[3])}
		}
	}
	return box
}

// outline reads the abbreviated form of a path and puts it on the page.
func outline(s string, m matrix) (subs []subpath, ok bool) {
	arity := map[string]int{"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
	points := 0
	var op string
	var args []float64
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool { return r <= ' ' || r == ',' }) {
		if _, known := arity[f]; known {
			if len(args) > 0 {
				return subs, false
			}
			op = f
		} else {
			v, isNumber := number(f)
			if !isNumber || op == "" || op == "C" {
				return subs, false
			}
			args = append(args, v)
		}
		if len(args) < arity[op] {
			continue
		}
		if points++; points > maxPoints {
			return subs, false
		}
		if !draw(&subs, op, args, m) {
			return subs, false
		}
		args = args[:0]
	}
	return subs, len(args) == 0
}

// draw carries out one operator.
func draw(subs *[]subpath, op string, args []float64, m matrix) bool {
	if op == "S" || op == "M" {
		*subs = append(*subs, subpath{pts: []vec{m.apply(args[0], args[1])}})
		return true
	}
	if len(*subs) == 0 {
		return false
	}
	p := &(*subs)[len(*subs)-1]
	if p.closed { // what follows begins where the closed one began
		*subs = append(*subs, subpath{pts: []vec{p.pts[0]}})
		p = &(*subs)[len(*subs)-1]
	}
	switch op {
	case "C":
		p.closed = true
	case "L":
		p.pts = append(p.pts, m.apply(args[0], args[1]))
	case "A":
		p.curved = true
		p.pts = append(p.pts, m.apply(args[5], args[6]))
	default: // the control points bound a curve
		p.curved = true
		for i := 0; i < len(args); i += 2 {
			p.pts = append(p.pts, m.apply(args[i], args[i+1]))
		}
	}
	return true
}

// ruler turns painted paths into rules.
type ruler struct {
	page  extract.Box
	clip  extract.Box // of what is painted now
	rules []grid.Rule
}

func (r *ruler) stroke(s *subpath, width float64) {
	b := around(s.pts)
	if s.curved || r.pageSized(b) {
		if b[2]-b[0] <= thin && b[3]-b[1] <= thin {
			r.dot(b)
		}
		return
	}
	for i := 1; i < len(s.pts); i++ {
		r.segment(s.pts[i-1], s.pts[i], width, width > wide)
	}
	if n := len(s.pts); s.closed && n > 2 {
		r.segment(s.pts[n-1], s.pts[0], width, width > wide)
	}
}

// fill adds a filled shape: thin, it is a line; large, its edges may be seen. A
// nil subpath is an image.
func (r *ruler) fill(b extract.Box, s *subpath) {
	w, h := b[2]-b[0], b[3]-b[1]
	switch {
	case w <= thin && h <= thin:
		r.dot(b)
	case w < thin:
		x := (b[0] + b[2]) / 2
		r.segment(vec{x, b[1]}, vec{x, b[3]}, w, false)
	case h < thin:
		y := (b[1] + b[3]) / 2
		r.segment(vec{b[0], y}, vec{b[2], y}, h, false)
	case s == nil || s.curved || len(s.pts) < 4 || r.pageSized(b):
	default:
		for i := range s.pts {
			r.segment(s.pts[i], s.pts[(i+1)%len(s.pts)], 0, true)
		}
	}
}

// dot is part of a dotted border, whichever way that runs.
func (r *ruler) dot(b extract.Box) {
	x, y := (b[0]+b[2])/2, (b[1]+b[3])/2
	r.segment(vec{b[0], y}, vec{b[2], y}, b[3]-b[1], false)
	r.segment(vec{x, b[1]}, vec{x, b[3]}, b[2]-b[0], false)
}

// segment adds a rule along an axis, as far as it can be seen; slanted
// lines are no table's.
func (r *ruler) segment(p, q vec, width float64, weak bool) {
	dx, dy := math.Abs(q.x-p.x), math.Abs(q.y-p.y)
	if dx == 0 && dy == 0 || min(dx, dy) > 0.04*max(dx, dy) && min(dx, dy) > 0.5 || len(r.rules) >= maxRules {
		return
	}
	b := around([]vec{p, q})
	edge := max(1, width)
	b = extract.Box{max(b[0], r.clip[0]-edge), max(b[1], r.clip[1]-edge), min(b[2], r.clip[2]+edge), min(b[3], r.clip[3]+edge)}
	if b[0] > b[2] || b[1] > b[3] {
		return
	}
	g := grid.Rule{X0: b[0], Y0: b[1], X1: b[2], Y1: b[3], Width: width, Weak: weak}
	if dx >= dy {
		g.Y0 = (b[1] + b[3]) / 2
		g.Y1 = g.Y0
	} else {
		g.X0 = (b[0] + b[2]) / 2
		g.X1 = g.X0
	}
	r.rules = append(r.rules, g)
}

func (r *ruler) pageSized(b extract.Box) bool {
	return b[2]-b[0] >= 0.9*(r.page[2]-r.page[0]) && b[3]-b[1] >= 0.9*(r.page[3]-r.page[1])
}
