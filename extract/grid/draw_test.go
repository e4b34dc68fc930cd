package grid

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"nianbao/extract"
)

// drawn is a table to be laid out and printed by a test.
type drawn struct {
	xs    []float64 // column lines, from 0
	cells []extract.Cell
	rows  int
	head  int // rows of the header
}

// style says how a table is printed.
type style struct {
	border  string // solid, double, dotted, dashed, boxes, short, open, gap, cut
	size    float64
	line    float64 // height of a line of text
	pad     float64
	top     bool // text at the top of its cell, not in the middle
	repeat  bool // the header is repeated on every page
	numbers bool // pages are numbered
}

// printer lays tables out on pages, breaking them where the page ends.
type printer struct {
	style
	pages         []Page
	left, y, end  float64
	width, height float64
}

func newPrinter(s style) *printer {
	p := &printer{style: s, left: 50, width: 595, height: 842}
	p.newPage()
	return p
}

func (p *printer) page() *Page { return &p.pages[len(p.pages)-1] }

func (p *printer) newPage() {
	n := len(p.pages) + 1
	p.pages = append(p.pages, Page{Number: n, Width: p.width, Height: p.height, Reader: "test"})
	p.y = 60
	if p.end == 0 {
		p.end = p.height - 60
	}
	if p.numbers {
		p.text(fmt.Sprintf("— %d —", n), p.width/2-20, p.height-40)
	}
}

// text prints one line with its top left corner at x, y.
func (p *printer) text(s string, x, y float64) {
	for _, r := range s {
		w := p.size
		if r < 0x2E80 {
			w = p.size / 2
		}
		if r != ' ' {
			p.page().Glyphs = append(p.page().Glyphs, Glyph{Text: string(r), Box: extract.Box{x, y, x + w, y + p.size}, Size: p.size})
		}
		x += w
	}
}

// paragraph prints a line of running text.
func (p *printer) paragraph(s string) {
	if p.y+p.line > p.end {
		p.newPage()
	}
	p.text(s, p.left, p.y)
	p.y += 1.6 * p.line
}

func width(s string, size float64) (w float64) {
	for _, r := range s {
		if r < 0x2E80 {
			w += size / 2
		} else {
			w += size
		}
	}
	return w
}

// heights gives each row the height that its texts need.
func (p *printer) heights(t *drawn) []float64 {
	h := make([]float64, t.rows)
	for i := range h {
		h[i] = p.line + 2*p.pad
	}
	for _, c := range t.cells {
		need := float64(strings.Count(c.Text, "\n")+1)*p.line + 2*p.pad
		have := 0.0
		for r := c.Row; r < c.Row+c.Height(); r++ {
			have += h[r]
		}
		if need > have {
			h[c.Row+c.Height()-1] += need - have
		}
	}
	return h
}

// table prints a table. A row that does not fit is moved to the next page, and
// so are the rows in breaks.
func (p *printer) table(t *drawn, breaks map[int]bool) {
	h := p.heights(t)
	from := 0
	for from < t.rows {
		to, y := from, p.y
		if from > 0 && p.repeat {
			y += sum(h[:t.head])
		}
		for to < t.rows && (to == from || y+h[to] <= p.end && !breaks[to]) {
			y += h[to]
			to++
		}
		if from > 0 && p.repeat {
			p.rowsOf(t, h, 0, t.head)
		}
		p.rowsOf(t, h, from, to)
		if from = to; from < t.rows {
			p.newPage()
		}
	}
	p.y += p.line
}

func sum(v []float64) (s float64) {
	for _, x := range v {
		s += x
	}
	return s
}

// rowsOf prints rows from…to-1 of a table at the printer's height. A cell that
// began on an earlier page shows no text here.
func (p *printer) rowsOf(t *drawn, h []float64, from, to int) {
	ys := []float64{p.y}
	for r := from; r < to; r++ {
		ys = append(ys, ys[len(ys)-1]+h[r])
	}
	for _, c := range t.cells {
		r0, r1 := max(c.Row, from), min(c.Row+c.Height(), to)
		if r0 >= r1 {
			continue
		}
		x0, x1 := p.left+t.xs[c.Col], p.left+t.xs[c.Col+c.Width()]
		y0, y1 := ys[r0-from], ys[r1-from]
		if p.border == "cut" { // nothing closes a cell that goes on
			over, on := c.Row < from, c.Row+c.Height() > to
			p.sides(x0, y0, x1, y1, [4]bool{over, on, false, false})
		} else {
			p.rect(x0, y0, x1, y1, c.Col == 0, c.Col+c.Width() == len(t.xs)-1, r0 == from, r1 == to)
		}
		if c.Row < from || c.Text == "" {
			continue
		}
		ls := strings.Split(c.Text, "\n")
		y := y0 + p.pad
		if free := y1 - y0 - float64(len(ls))*p.line; !p.top && free > 0 {
			y = y0 + free/2
		}
		for _, l := range ls {
			p.text(l, (x0+x1-width(l, p.size))/2, y+(p.line-p.size)/2)
			y += p.line
		}
	}
	p.y = ys[len(ys)-1]
}

// rect draws the border of a cell; the flags say which sides are the table's.
func (p *printer) rect(x0, y0, x1, y1 float64, left, right, top, bottom bool) {
	if p.border == "gap" { // cells apart from each other
		x0, y0, x1, y1 = x0+0.7, y0+0.7, x1-0.7, y1-0.7
	}
	if p.border == "short" { // rules do not reach each other
		x0, y0, x1, y1 = x0+1, y0+1, x1-1, y1-1
	}
	var without [4]bool
	if p.border == "open" {
		without = [4]bool{top, bottom, left, right}
	}
	p.sides(x0, y0, x1, y1, without)
}

// sides draws the sides of a cell: top, bottom, left and right.
func (p *printer) sides(x0, y0, x1, y1 float64, without [4]bool) {
	for i, s := range [][4]float64{{x0, y0, x1, y0}, {x0, y1, x1, y1}, {x0, y0, x0, y1}, {x1, y0, x1, y1}} {
		if !without[i] {
			p.rule(s[0], s[1], s[2], s[3])
		}
	}
}

func (p *printer) rule(x0, y0, x1, y1 float64) {
	add := func(x0, y0, x1, y1 float64) {
		p.page().Rules = append(p.page().Rules, Rule{X0: x0, Y0: y0, X1: x1, Y1: y1, Width: 0.75})
	}
	l := math.Hypot(x1-x0, y1-y0)
	dx, dy := (x1-x0)/l, (y1-y0)/l
	pieces := func(on, off float64) {
		for d := 0.0; d < l; d += on + off {
			e := min(d+on, l)
			add(x0+dx*d, y0+dy*d, x0+dx*e, y0+dy*e)
		}
	}
	switch p.border {
	case "none":
	case "dotted":
		pieces(0.75, 1.5)
	case "dashed":
		pieces(4, 4)
	case "double":
		add(x0-dy, y0-dx, x1-dy, y1-dx)
		add(x0+dy, y0+dx, x1+dy, y1+dx)
	default:
		add(x0, y0, x1, y1)
	}
}

// show renders a table as text, a row a line: cells by column, with spans.
func show(t *extract.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "table %dx%d after line %d", t.Rows, t.Cols, t.Line)
	for _, d := range t.Doubts {
		fmt.Fprintf(&b, " %s@%d,%d", d.Kind, d.Row, d.Col)
	}
	b.WriteByte('\n')
	row := -1
	for _, c := range t.Cells {
		if c.Row != row {
			if row >= 0 {
				b.WriteString(" |\n")
			}
			row = c.Row
			fmt.Fprintf(&b, "%2d", row)
		}
		fmt.Fprintf(&b, " | %d", c.Col)
		if c.Height() > 1 || c.Width() > 1 {
			fmt.Fprintf(&b, "(%dx%d)", c.Height(), c.Width())
		}
		if c.Text != "" {
			b.WriteString(" " + strings.ReplaceAll(c.Text, "\n", "¶"))
		}
	}
	b.WriteString(" |\n")
	return b.String()
}

func showAll(lines []extract.Line, tables []extract.Table) string {
	var b strings.Builder
	k := 0
	for i := range tables {
		for ; k < tables[i].Line; k++ {
			fmt.Fprintf(&b, "%d: %s\n", lines[k].Page, lines[k].Text)
		}
		b.WriteString(show(&tables[i]))
	}
	for ; k < len(lines); k++ {
		fmt.Fprintf(&b, "%d: %s\n", lines[k].Page, lines[k].Text)
	}
	return b.String()
}

// sound fails the test where a table breaks the rules of its type.
func sound(t interface {
	Helper()
	Fatalf(string, ...any)
}, lines []extract.Line, tables []extract.Table) {
	t.Helper()
	last := 0
	for i := range tables {
		tb := &tables[i]
		if tb.Line < last || tb.Line > len(lines) {
			t.Fatalf("table %d stands after line %d of %d", i, tb.Line, len(lines))
		}
		last = tb.Line
		seen := map[[2]int]bool{}
		for _, c := range tb.Cells {
			if c.Row < 0 || c.Col < 0 || c.Row+c.Height() > tb.Rows || c.Col+c.Width() > tb.Cols {
				t.Fatalf("table %d (%dx%d): cell %+v lies outside", i, tb.Rows, tb.Cols, c)
			}
			if c.Box == nil || c.Page == 0 {
				t.Fatalf("table %d: cell %+v has no place", i, c)
			}
			for r := c.Row; r < c.Row+c.Height(); r++ {
				for k := c.Col; k < c.Col+c.Width(); k++ {
					if seen[[2]int{r, k}] {
						t.Fatalf("table %d: position %d,%d covered twice", i, r, k)
					}
					seen[[2]int{r, k}] = true
				}
			}
		}
		if !slices.IsSortedFunc(tb.Cells, func(a, b extract.Cell) int {
			if a.Row != b.Row {
				return a.Row - b.Row
			}
			return a.Col - b.Col
		}) {
			t.Fatalf("table %d: cells out of order", i)
		}
	}
}
