package grid

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"nianbao/extract"
	"nianbao/schema"
)

// sameLine is how far, in points, a column line may stand off on another page.
const sameLine = 4

// nearer is how much larger or smaller a table may be on one photograph than on
// the next.
const nearer = 0.08

// table is a table under construction: the parts joined so far.
type table struct {
	sheet  *sheet // of the part joined last
	xs     []float64
	rows   int
	cells  []*cell
	doubts []extract.Doubt
	soft   bool // its left side is not drawn
}

func newTable(p *part) *table {
	t := &table{sheet: p.sheet, xs: p.xs, rows: p.nr(), cells: p.cells, doubts: p.doubts, soft: p.soft}
	p.place()
	return t
}

// place gives the part's cells their boxes on the page.
func (p *part) place() {
	for _, x := range p.cells {
		x.box = p.sheet.out(p.rect(x))
		x.full = p.isFull(x)
		x.readings = p.read(x)
		x.glyphs = nil
	}
}

// read collects what the engines read in a cell, nil where its text was not
// recognised or not read as one piece.
func (p *part) read(x *cell) (out []extract.Reading) {
	room := p.rect(x)
	for _, r := range p.sheet.page.Readings {
		at := p.sheet.in(r.Box)
		cx, cy := (at[0]+at[2])/2, (at[1]+at[3])/2
		if cx < room[0] || cx > room[2] || cy < room[1] || cy > room[3] {
			continue
		}
		if out != nil {
			return nil
		}
		out = r.All
	}
	return out
}

// isFull reports whether the last line of a cell has no room for another digit
// beside a usual padding.
func (p *part) isFull(x *cell) bool {
	if len(x.glyphs) == 0 {
		return false
	}
	ls := splitLines(x.glyphs)
	l := &ls[len(ls)-1]
	b, room, last := l.box(), p.rect(x), &l.glyphs[len(l.glyphs)-1]
	return (room[2]-room[0])-(b[2]-b[0]) < (last.x1-last.x0)+1.1*l.size
}

// export makes the table that others see.
func (t *table) export(line int) extract.Table {
	out := extract.Table{Line: line, Rows: t.rows, Cols: len(t.xs) - 1, Doubts: t.doubts}
	slices.SortStableFunc(t.cells, func(a, b *cell) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col)) })
	for _, x := range t.cells {
		c := extract.Cell{
			Row: x.row, Col: x.col, Text: x.text, Page: x.page.Number, Box: x.box, Confidence: 1,
			Reader: x.page.Reader, Recognised: x.page.Recognised, Readings: x.readings,
		}
		for _, r := range x.readings {
			c.Confidence = min(c.Confidence, r.Confidence)
		}
		if x.rows > 1 {
			c.RowSpan = x.rows
		}
		if x.cols > 1 {
			c.ColSpan = x.cols
		}
		for _, kind := range x.doubts {
			c.Confidence = min(c.Confidence, 0.5)
			out.Doubts = append(out.Doubts, extract.Doubt{Kind: kind, Row: x.row, Col: x.col})
		}
		out.Cells = append(out.Cells, c)
	}
	return out
}

// asLines gives a frame of one cell back as the text it holds.
func (t *table) asLines() []extract.Line {
	var out []extract.Line
	for _, x := range t.cells {
		for _, s := range strings.Split(x.text, "\n") {
			out = append(out, extract.Line{Text: s, Page: x.page.Number, Box: x.box})
		}
	}
	return out
}

// align brings the part onto the table's columns. It fails where their column
// lines do not agree: then they are two tables. A part may show fewer columns
// than the other, and stand further left or right on its page.
func (t *table) align(p *part) bool {
	if t.soft != p.soft {
		// The side that is drawn tells where the other one is.
		off := t.xs[len(t.xs)-1] - p.xs[p.nc()]
		if t.soft && p.xs[0]+off < t.xs[1] {
			t.xs[0], t.soft = p.xs[0]+off, false
		} else if p.soft && t.xs[0]-off < p.xs[1] {
			p.xs[0] = t.xs[0] - off
		}
	}
	tw, pw := t.xs[len(t.xs)-1]-t.xs[0], p.xs[p.nc()]-p.xs[0]
	scale := 1.0
	if p.sheet.page.Recognised { // the camera may have stood nearer
		scale = tw / pw
	}
	if math.Abs(tw-pw) > sameLine && (scale == 1 || math.Abs(scale-1) > nearer) {
		return false
	}
	xs := make([]float64, len(p.xs))
	for i, x := range p.xs {
		xs[i] = t.xs[0] + (x-p.xs[0])*scale
	}
	union, ti, pi := unite(t.xs, xs)
	tin, pin := len(t.xs)-2, len(xs)-2
	shared := tin + pin - (len(union) - 2)
	if few := min(tin, pin); shared < few {
		// Only the label columns may differ: the values must stand in the same.
		if few < 3 || float64(shared) < 0.7*float64(few) {
			return false
		}
		t.doubts = append(t.doubts, extract.Doubt{Kind: doubtColumns, Row: t.rows, Col: -1})
	}
	t.xs = union
	remap(t.cells, ti)
	remap(p.cells, pi)
	return true
}

// unite merges two ascending lists of column lines and says where each line of
// either went.
func unite(a, b []float64) (union []float64, ai, bi []int) {
	i, k := 0, 0
	for i < len(a) || k < len(b) {
		n := len(union)
		switch {
		case k == len(b) || i < len(a) && a[i] < b[k]-sameLine:
			union, ai, i = append(union, a[i]), append(ai, n), i+1
		case i == len(a) || b[k] < a[i]-sameLine:
			union, bi, k = append(union, b[k]), append(bi, n), k+1
		case i+1 < len(a) && math.Abs(a[i+1]-b[k]) < math.Abs(a[i]-b[k]):
			union, ai, i = append(union, a[i]), append(ai, n), i+1
		case k+1 < len(b) && math.Abs(a[i]-b[k+1]) < math.Abs(a[i]-b[k]):
			union, bi, k = append(union, b[k]), append(bi, n), k+1
		default:
			union, ai, bi = append(union, a[i]), append(ai, n), append(bi, n)
			i, k = i+1, k+1
		}
	}
	return union, ai, bi
}

func remap(cells []*cell, index []int) {
	for _, x := range cells {
		from, to := index[x.col], index[x.col+x.cols]
		x.col, x.cols = from, to-from
	}
}

// last returns for each column the cell of the table's last row, and first for
// each column the cell of row r of a part.
func (t *table) last() []*cell { return rowOf(t.cells, t.rows-1, len(t.xs)-1) }

func rowOf(cells []*cell, r, nc int) []*cell {
	out := make([]*cell, nc)
	for _, x := range cells {
		if x.row <= r && r < x.row+x.rows {
			for c := x.col; c < x.col+x.cols; c++ {
				out[c] = x
			}
		}
	}
	return out
}

// repeated counts the rows at the top of the part that print the table's own
// header again. Such rows hold labels only, and no cell reaches out of them.
func (t *table) repeated(cells []*cell, rows int) int {
	nc := len(t.xs) - 1
	best := 0
	for from := 0; from < min(3, t.rows) && best == 0; from++ {
		for k := 0; k < rows && from+k < t.rows; k++ {
			a, b := rowOf(t.cells, from+k, nc), rowOf(cells, k, nc)
			words, same := false, true
			for c := range nc {
				x, y := a[c], b[c]
				if x == nil || y == nil {
					same = same && x == y
					continue
				}
				same = same && x.col == y.col && x.cols == y.cols && x.row-from == y.row &&
					schema.Fold(x.text) == schema.Fold(y.text) && !isValue(y.text)
				words = words || isWords(y.text)
			}
			if !same || !words {
				break
			}
			if !slices.ContainsFunc(b, func(y *cell) bool { return y != nil && y.row+y.rows > k+1 }) {
				best = k + 1
			}
		}
	}
	return best
}
