package raster

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// warp maps the picture to the straight page and back, both in pixels. The long
// rules are its coordinate lines: what lies on one has the same height on the
// straight page, what lies between two is shared out between them, and what
// lies beyond the last follows it. The straight page touches the picture where
// its middle lines are.
type warp struct {
	across family // lines along the rows
	down   family // lines down the columns, x and y swapped
}

// family is a set of lines that do not cross, sampled at the same places over
// the whole page.
type family struct {
	step   float64
	lines  [][]float64 // by place along the line: how far down it is there
	levels []float64   // of each line in the middle of the page, ascending
	// fromRules is false where one line of a given slope stands for rules.
	fromRules bool
}

// Rules that bend the page, in inches.
const (
	bender  = 3.0  // a rule outside tables that is as long as this
	between = 0.15 // lines nearer to each other than this bend it in one
)

// shareOfTable is how much of its table a rule must cross to bend the page.
const shareOfTable = 0.55

// newFamily makes coordinate lines of the long lines. Where there are none, one
// straight line of the given slope stands for them. The page is length long in
// their direction and extent across it.
func newFamily(all []*line, s scale, length, extent int, slope float64) family {
	f := family{step: max(8, s.px(step))}
	n := int(math.Ceil(float64(length)/f.step)) + 1
	size := make(map[int]span)
	for _, l := range all {
		if l.table < 0 {
			continue
		}
		e, ok := size[l.table]
		if !ok {
			e = span{l.lo(), l.hi()}
		}
		size[l.table] = span{min(e.lo, l.lo()), max(e.hi, l.hi())}
	}
	var long []*line
	for _, l := range all {
		e := size[l.table]
		if l.table >= 0 && l.len() >= shareOfTable*(e.hi-e.lo) || l.len() >= s.px(bender) {
			long = append(long, l)
		}
	}
	slices.SortStableFunc(long, func(a, b *line) int { return cmp.Compare(b.len(), a.len()) })
	for _, l := range long {
		f.add(l, n, s)
	}
	mid := float64(length) / 2
	if f.fromRules = len(f.lines) > 0; !f.fromRules {
		row := make([]float64, n)
		for k := range row {
			row[k] = float64(extent)/2 + slope*(float64(k)*f.step-mid)
		}
		f.lines = [][]float64{row}
	}
	f.levels = make([]float64, len(f.lines))
	for i := range f.lines {
		f.levels[i] = f.on(i, mid)
	}
	return f
}

// add takes a line in where it keeps its distance from those that are there.
// Beyond its ends it runs alongside its neighbours.
func (f *family) add(l *line, n int, s scale) {
	row := make([]float64, n)
	first, last := int(math.Ceil(l.lo()/f.step)), int(math.Floor(l.hi()/f.step))
	first, last = max(0, first), min(n-1, last)
	if last-first < 3 {
		return
	}
	for k := first; k <= last; k++ {
		row[k] = l.at(float64(k) * f.step)
	}
	i := sort.Search(len(f.lines), func(i int) bool { return f.lines[i][(first+last)/2] > row[(first+last)/2] })
	if len(f.lines) == 0 {
		part := l.nodes[:min(3*ends, len(l.nodes))]
		_, head := fit(part)
		_, tail := fit(l.nodes[max(0, len(l.nodes)-3*ends):])
		for k := first - 1; k >= 0; k-- {
			row[k] = row[k+1] - head*f.step
		}
		for k := last + 1; k < n; k++ {
			row[k] = row[k-1] + tail*f.step
		}
	} else {
		for k := first - 1; k >= 0; k-- {
			row[k] = row[k+1] - f.rise(i, row[k+1], k, k+1)
		}
		for k := last + 1; k < n; k++ {
			row[k] = row[k-1] + f.rise(i, row[k-1], k-1, k)
		}
	}
	apart := s.px(between)
	for k := range n {
		if i > 0 && row[k]-f.lines[i-1][k] < apart || i < len(f.lines) && f.lines[i][k]-row[k] < apart {
			return
		}
	}
	f.lines = slices.Insert(f.lines, i, row)
}

// slope is the mean slope of the lines.
func (f *family) slope() (m float64) {
	for _, row := range f.lines {
		m += (row[len(row)-1] - row[0]) / (f.step * float64(len(row)-1))
	}
	return m / float64(len(f.lines))
}

// rise is how much the lines on both sides of place i, at height y, go down from
// sample a to b.
func (f *family) rise(i int, y float64, a, b int) float64 {
	if i == 0 {
		return f.lines[0][b] - f.lines[0][a]
	}
	up := f.lines[i-1][b] - f.lines[i-1][a]
	if i == len(f.lines) {
		return up
	}
	lo := f.lines[i][b] - f.lines[i][a]
	t := (y - f.lines[i-1][a]) / (f.lines[i][a] - f.lines[i-1][a])
	return up + t*(lo-up)
}

// on is the height of line i at x; beyond the page it runs straight on.
func (f *family) on(i int, x float64) float64 {
	row := f.lines[i]
	k := int(x / f.step)
	k = max(0, min(k, len(row)-2))
	t := x/f.step - float64(k)
	return row[k] + t*(row[k+1]-row[k])
}

// level is the straight height of the place (x, y) of the picture.
func (f *family) level(x, y float64) float64 {
	lo, hi := 0, len(f.lines)
	for lo < hi {
		if m := (lo + hi) / 2; f.on(m, x) > y {
			hi = m
		} else {
			lo = m + 1
		}
	}
	switch lo {
	case 0:
		return f.levels[0] + y - f.on(0, x)
	case len(f.lines):
		return f.levels[lo-1] + y - f.on(lo-1, x)
	}
	a, b := f.on(lo-1, x), f.on(lo, x)
	return f.levels[lo-1] + (y-a)/(b-a)*(f.levels[lo]-f.levels[lo-1])
}

// place is the height on the picture of level v at x, where v lies before level i.
func (f *family) place(i int, x, v float64) float64 {
	k := max(0, min(int(x/f.step), len(f.lines[0])-2))
	t := x/f.step - float64(k)
	on := func(i int) float64 { row := f.lines[i]; return row[k] + t*(row[k+1]-row[k]) }
	switch i {
	case 0:
		return on(0) + v - f.levels[0]
	case len(f.levels):
		return on(i-1) + v - f.levels[i-1]
	}
	a := on(i - 1)
	return a + (v-f.levels[i-1])/(f.levels[i]-f.levels[i-1])*(on(i)-a)
}

// straight maps a place on the picture to the straight page.
func (w *warp) straight(x, y float64) (u, v float64) {
	return w.down.level(y, x), w.across.level(x, y)
}

// picture maps a place on the straight page to the picture. Each step brings it
// nearer by the product of the slopes.
func (w *warp) picture(u, v float64) (x, y float64) {
	i, j := sort.SearchFloat64s(w.across.levels, v), sort.SearchFloat64s(w.down.levels, u)
	x, y = u, v
	for range 8 {
		y1 := w.across.place(i, x, v)
		x1 := w.down.place(j, y1, u)
		done := math.Abs(x1-x)+math.Abs(y1-y) < 1e-4
		x, y = x1, y1
		if done {
			break
		}
	}
	return x, y
}
