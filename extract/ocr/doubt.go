package ocr

import (
	"math"
	"slices"

	"nianbao/extract"
	"nianbao/extract/raster"
)

// Sizes of what may be a number, as shares of the height of digits.
const (
	leastDigit = 0.5
	leastDash  = 0.4
	mostDigit  = 0.75 // the height of what a seal's strokes may hide a digit in
)

// doubt finds the cells from which a seal may have taken a red number: they hold
// something that was not read. What stands there in another colour stayed, whatever
// went. What a seal's own strokes are is told by their reaching the walls of a cell;
// where they lie on the very place of a number, one may have gone with them.
func (p *page) doubt(frame int) {
	digits := p.digitHeight(frame)
	where := p.placing(frame)
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
			left := t.In(extract.Box{ink[0] - digits, ink[1], ink[0], ink[3]})
			right := t.In(extract.Box{ink[2], ink[1], ink[2] + digits, ink[3]})
			part := t.Rest || slices.ContainsFunc(t.Print, beside) || t.Stays && (large(left) || large(right))
			if large(t.Bare) || !part {
				continue
			}
		} else if ink = around(t.Print); !large(ink) {
			if ink = where.hidden(t, slot.Box, digits); ink == (extract.Box{}) {
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
// their cells, to the side and down, from the least to the most.
type placing struct{ x0, y0, x1, y1 float64 }

// placing is that of nearly all numbers of a table; anywhere where they are few.
func (p *page) placing(frame int) placing {
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
	return placing{xs[first], ys[first], xs[last], ys[last]}
}

// hidden is around what a seal's strokes in a blank cell may hide: they lie where the
// digit of a number in the middle would, or the two digits. It is zero if they do not.
func (w placing) hidden(t *raster.Taken, cell extract.Box, digits float64) extract.Box {
	x, y := (cell[0]+cell[2])/2, (cell[1]+cell[3])/2
	const half, wide, slack = 0.5, 0.75, 0.1 // of a digit's height: half of it, its width
	part := func(from, to float64) extract.Box {
		return t.In(extract.Box{
			max(cell[0], x+w.x0+(from-slack)*digits), max(cell[1], y+w.y0-(half+slack)*digits),
			min(cell[2], x+w.x1+(to+slack)*digits), min(cell[3], y+w.y1+(half+slack)*digits),
		})
	}
	tall := func(b extract.Box) bool { return b[3]-b[1] >= mostDigit*digits }
	if one := part(-wide/2, wide/2); tall(one) {
		return one
	}
	left, right := part(-wide, 0), part(0, wide)
	if none := (extract.Box{}); left != none && right != none && (tall(left) || tall(right)) { // one may be a sign
		return around([]extract.Box{left, right})
	}
	return extract.Box{}
}
