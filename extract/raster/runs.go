package raster

import (
	"math"

	"nianbao/extract/disjoint"
)

// scale holds the lengths that finding lines goes by, in pixels of a page.
type scale struct{ dpi float64 }

func (s scale) px(inches float64) float64 { return inches * s.dpi }

// Lengths in inches.
const (
	windowSize = 0.2   // of the local mean
	minRun     = 0.12  // what is shorter in one row of pixels is no piece of a rule
	bridge     = 0.01  // gaps within a run, and a pixel more
	thick      = 0.035 // the thickest rule, and two pixels more
	minAcross  = 0.25  // the shortest rule along the rows of the page
	minDown    = 0.16  // and down its columns
	step       = 0.08  // between the places where a line is sampled
)

// minInk is the share of ink in a run whose gaps were bridged, in percent.
const minInk = 60

// run is a stretch of ink x0…x1-1 in one row of pixels.
type run struct {
	y, x0, x1 int32
	ink       int32
}

// runs returns the long stretches of ink in each row of pixels.
func runs(b *bitmap, s scale) []run {
	out := make([]run, 0, 4096)
	gap := int(s.px(bridge)) + 1
	least := int(s.px(minRun))
	for y := range b.h {
		row := b.row(y)
		x0, x1, ink := 0, -1, 0
		flush := func() {
			if x1-x0 >= least && ink*100 >= minInk*(x1-x0) {
				out = append(out, run{int32(y), int32(x0), int32(x1), int32(ink)})
			}
		}
		for x := next(row, 0, b.w, true); x < b.w; {
			end := next(row, x, b.w, false)
			if x1 >= 0 && x-x1 <= gap {
				x1, ink = end, ink+end-x
			} else {
				if x1 >= 0 {
					flush()
				}
				x0, x1, ink = x, end, end-x
			}
			x = next(row, end, b.w, true)
		}
		if x1 >= 0 {
			flush()
		}
	}
	return out
}

// reach is how many rows apart runs may lie that belong to one line.
const reach = 2

// groups joins runs of neighbouring rows that lie above each other. It returns
// the runs of each group, by row.
func groups(rs []run) [][]run {
	set := disjoint.New(len(rs))
	// starts[k] is where the k-th distinct row begins.
	var starts []int
	for i := range rs {
		if i == 0 || rs[i].y != rs[i-1].y {
			starts = append(starts, i)
		}
	}
	starts = append(starts, len(rs))
	for k := range len(starts) - 1 {
		for j := k - 1; j >= 0 && rs[starts[k]].y-rs[starts[j]].y <= reach; j-- {
			a, b := starts[j], starts[k]
			for a < starts[j+1] && b < starts[k+1] {
				if rs[a].x0 <= rs[b].x1 && rs[b].x0 <= rs[a].x1 {
					set.Join(a, b)
				}
				if rs[a].x1 < rs[b].x1 {
					a++
				} else {
					b++
				}
			}
		}
	}
	index := make(map[int]int)
	var out [][]run
	for i := range rs {
		r := set.Root(i)
		k, ok := index[r]
		if !ok {
			k = len(out)
			index[r] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], rs[i])
	}
	return out
}

// point is a place on the picture; along and across where the line runs down
// the page and its coordinates are swapped.
type point struct{ x, y float64 }

// span is a stretch along a line.
type span struct{ lo, hi float64 }

// line is a ruling line: its middle sampled along it, and where it has ink.
// Lines down the page have x and y swapped.
type line struct {
	nodes []point
	ink   []span
	thick float64
	dark  float64 // how much darker than the paper, 0 to 1
	table int     // the table it belongs to, -1 for none
	gone  bool
}

func (l *line) lo() float64  { return l.ink[0].lo }
func (l *line) hi() float64  { return l.ink[len(l.ink)-1].hi }
func (l *line) len() float64 { return l.hi() - l.lo() }

// covered is the length along which the line has ink.
func (l *line) covered() (n float64) {
	for _, s := range l.ink {
		n += s.hi - s.lo
	}
	return n
}

// at is the line's height at x; beyond its ends it goes on as it ended.
func (l *line) at(x float64) float64 {
	n := l.nodes
	lo, hi := 0, len(n)-1
	if hi == 0 {
		return n[0].y
	}
	if x <= n[0].x || x >= n[hi].x {
		return l.beyond(x)
	}
	for hi-lo > 1 {
		if m := (lo + hi) / 2; n[m].x <= x {
			lo = m
		} else {
			hi = m
		}
	}
	t := (x - n[lo].x) / (n[hi].x - n[lo].x)
	return n[lo].y + t*(n[hi].y-n[lo].y)
}

// ends is how many nodes at its end tell how a line goes on.
const ends = 12

// beyond continues the line in the direction of its end.
func (l *line) beyond(x float64) float64 {
	n := l.nodes
	part := n[:min(ends, len(n))]
	if x >= n[len(n)-1].x {
		part = n[max(0, len(n)-ends):]
	}
	a, b := fit(part)
	return a + b*x
}

// fit is the straight line y = a + b*x through points.
func fit(p []point) (a, b float64) {
	var sx, sy float64
	for _, q := range p {
		sx, sy = sx+q.x, sy+q.y
	}
	n := float64(len(p))
	mx, my := sx/n, sy/n
	var sxx, sxy float64
	for _, q := range p {
		sxx += (q.x - mx) * (q.x - mx)
		sxy += (q.x - mx) * (q.y - my)
	}
	if sxx > 0 {
		b = sxy / sxx
	}
	return my - b*mx, b
}

// pieces makes lines of the groups that are thin and long.
func pieces(b *bitmap, s scale, shortest float64) []*line {
	var out []*line
	for _, g := range groups(runs(b, s)) {
		x0, x1, area := int32(math.MaxInt32), int32(0), 0
		for _, r := range g {
			x0, x1 = min(x0, r.x0), max(x1, r.x1)
			area += int(r.ink)
		}
		n := float64(x1 - x0)
		if n < s.px(shortest) || float64(area)/n > s.px(thick)+2 {
			continue
		}
		out = append(out, trace(g, int(x0), int(x1), max(4, int(s.px(step))), float64(area)/n))
	}
	return out
}

// trace samples the middle of a group of runs at regular steps.
func trace(g []run, x0, x1, step int, thick float64) *line {
	type sum struct{ w, x, y float64 }
	n := (x1-x0+step-1)/step + 1
	sums := make([]sum, n)
	covered := make([]bool, x1-x0)
	for _, r := range g {
		for k := (int(r.x0) - x0) / step; k < n; k++ {
			lo, hi := max(int(r.x0), x0+k*step), min(int(r.x1), x0+(k+1)*step)
			if lo >= hi {
				break
			}
			w := float64(hi - lo)
			sums[k].w += w
			sums[k].x += w * float64(lo+hi) / 2
			sums[k].y += w * (float64(r.y) + 0.5)
		}
		for x := int(r.x0) - x0; x < int(r.x1)-x0; x++ {
			covered[x] = true
		}
	}
	l := &line{thick: thick, table: -1}
	for _, m := range sums {
		if m.w > 0 {
			l.nodes = append(l.nodes, point{m.x / m.w, m.y / m.w})
		}
	}
	smooth(l.nodes)
	for x := 0; x < len(covered); x++ {
		if !covered[x] {
			continue
		}
		from := x
		for x < len(covered) && covered[x] {
			x++
		}
		l.ink = append(l.ink, span{float64(x0 + from), float64(x0 + x)})
	}
	return l
}

// smooth takes out what single nodes stand off the line through their
// neighbours: text that touches the line.
func smooth(p []point) {
	if len(p) < 5 {
		return
	}
	mid := make([]float64, len(p))
	for i := range p {
		mid[i] = p[i].y
		if i > 0 && i < len(p)-1 {
			a, c := p[i-1], p[i+1]
			mid[i] = median3(a.y, p[i].y, c.y)
		}
	}
	for i := 1; i < len(p)-1; i++ {
		p[i].y = (mid[i-1] + 2*mid[i] + mid[i+1]) / 4
	}
}

func median3(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }
