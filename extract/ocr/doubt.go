package ocr

import (
	"math"
	"slices"

	"nianbao/extract"
	"nianbao/extract/grid"
)

// Sizes of what may be a number, as shares of the height of digits.
const (
	leastDigit = 0.5
	leastDash  = 0.4
	mostDigit  = 0.75 // the height of what a seal's strokes may hide a digit in
	besides    = 0.65 // how far from where digits have their middle their ink may lie
)

// doubt finds the cells from which a seal may have taken a red number: they hold
// something that was not read. What stands there in another colour stayed, whatever
// went. What a seal's own strokes are is told by their reaching the walls of a cell;
// where they lie on the very place of a number, one may have gone with them.
func (p *page) doubt(frame int) {
	digits := p.digitHeight(frame)
	where := p.placing(frame, digits)
	for _, slot := range p.frames[frame].Slots {
		t := p.sheet.Taken(slot.Box)
		if t == nil {
			continue
		}
		large := func(b extract.Box) bool {
			return b[3]-b[1] >= leastDigit*digits || b[2]-b[0] >= leastDash*digits
		}
		i := slices.IndexFunc(p.spots, func(s *spot) bool { return s.frame == frame && s.slot == slot })
		var ink extract.Box
		if i >= 0 {
			ink = p.spots[i].ink
			beside := func(b extract.Box) bool { // as the next digit of a number
				level := min(b[3], ink[3])-max(b[1], ink[1]) >= min(b[3]-b[1], ink[3]-ink[1])/2
				return large(b) && level && max(b[0]-ink[2], ink[0]-b[2]) <= digits
			}
			if large(t.Bare) || !t.Rest && !slices.ContainsFunc(t.Print, beside) {
				continue
			}
		} else if ink = around(t.Print); !large(ink) {
			if ink = t.In(where.in(slot)); ink[3]-ink[1] < mostDigit*digits {
				continue
			}
		}
		if i >= 0 {
			p.spots = slices.Delete(p.spots, i, i+1)
		}
		p.spots = append(p.spots, &spot{frame: frame, slot: slot, ink: ink})
	}
}

// around is the box around others, zero around none.
func around(boxes []extract.Box) (out extract.Box) {
	for i, b := range boxes {
		if i == 0 {
			out = b
		}
		out = extract.Box{min(out[0], b[0]), min(out[1], b[1]), max(out[2], b[2]), max(out[3], b[3])}
	}
	return out
}

// digitHeight is about how high a digit is in a table.
func (p *page) digitHeight(frame int) float64 {
	var heights []float64
	for _, s := range p.spots {
		if s.frame == frame && s.numeric && s.ink[3]-s.ink[1] >= leastLine {
			heights = append(heights, s.ink[3]-s.ink[1])
		}
	}
	const usual, ofEm = 6.5, 0.68
	switch em := p.ems[frame]; {
	case len(heights) > 0:
		return median(heights)
	case em > 0:
		return ofEm * em
	}
	return usual
}

// placing is where a table has its numbers: how far their middle lies from that of
// their cells at most, to the sides and up or down.
type placing struct{ x0, y0, x1, y1 float64 }

// placing is that of nearly all numbers of a table; anywhere where there are few.
func (p *page) placing(frame int, digits float64) placing {
	var xs, ys []float64
	for _, s := range p.spots {
		if b := s.slot.Box; s.frame == frame && s.numeric {
			xs = append(xs, (s.ink[0]+s.ink[2]-b[0]-b[2])/2)
			ys = append(ys, (s.ink[1]+s.ink[3]-b[1]-b[3])/2)
		}
	}
	const few = 5
	if len(xs) < few {
		return placing{math.Inf(-1), math.Inf(-1), math.Inf(1), math.Inf(1)}
	}
	slices.Sort(xs)
	slices.Sort(ys)
	out := len(xs) / 10 // what stands otherwise is something else
	first, last := out, len(xs)-1-out
	by := besides * digits
	return placing{xs[first] - by, ys[first] - by, xs[last] + by, ys[last] + by}
}

// in is where in a cell ink of a number lies, in part at least.
func (w placing) in(slot grid.Slot) extract.Box {
	b := slot.Box
	x, y := (b[0]+b[2])/2, (b[1]+b[3])/2
	return extract.Box{max(b[0], x+w.x0), max(b[1], y+w.y0), min(b[2], x+w.x1), min(b[3], y+w.y1)}
}
