package grid

import (
	"cmp"
	"slices"
	"strings"

	"nianbao/extract"
)

// Build finds the tables on pages. It returns the lines of text outside tables
// in reading order, and the tables, joined over page breaks; each table says
// how many of the lines come before it.
func Build(pages []Page) (lines []extract.Line, tables []extract.Table) {
	views := make([]*view, len(pages))
	for i := range pages {
		views[i] = newView(&pages[i])
	}
	markFurniture(views)
	alignText(views)
	for _, t := range joinPages(views) {
		switch {
		case t.line != nil:
			lines = append(lines, *t.line)
		case len(t.table.cells) == 1:
			lines = append(lines, t.table.asLines()...) // a frame around text is no table
		default:
			tables = append(tables, t.table.export(len(lines)))
		}
	}
	return lines, tables
}

// view is what one page shows, in reading order.
type view struct {
	sheet *sheet
	items []item
}

// item is either a line of text or a part of a table.
type item struct {
	y0, y1 float64 // on the sheet
	x0, x1 float64
	line   *extract.Line
	text   *textLine // the glyphs of a line that runs from left to right
	part   *part
	table  *table // read from this line and those after it
	gone   bool   // read into a table
	// aside is true for text that does not stand between tables: page numbers,
	// running titles, text along the margin. Repeated asides are left out.
	aside, repeated bool
}

// newView finds the parts of tables on a page and the lines around them.
func newView(p *Page) *view {
	s := newSheet(p)
	parts, rest := ruled(s)
	v := &view{sheet: s}
	for _, t := range parts {
		if s.over {
			t.doubts = append(t.doubts, extract.Doubt{Kind: doubtLimit, Row: -1, Col: -1})
		}
		b := t.box()
		v.items = append(v.items, item{y0: b[1], y1: b[3], x0: b[0], x1: b[2], part: t})
	}
	var flat []glyph
	var side [4][]glyph
	for _, g := range rest {
		if g.dir == 0 && !g.vert {
			flat = append(flat, g)
		} else {
			side[g.dir] = append(side[g.dir], g)
		}
	}
	for _, d := range []int{0, 3} {
		// Many columns of vertical text are the headings of a table without
		// rules; few are a note along the margin.
		if len(splitColumns(side[d])) >= 5 {
			flat, side[d] = append(flat, side[d]...), nil
		}
	}
	for _, l := range splitLines(flat) {
		v.addLine(l.text(), l.box(), false)
		v.items[len(v.items)-1].text = &l
	}
	for d, gs := range side {
		if len(gs) == 0 {
			continue
		}
		if d == 0 {
			v.addLine(columns(gs), bounds(gs), true)
		} else {
			v.addLine(joinLines(splitLines(turned(gs, d))), bounds(gs), true)
		}
	}
	slices.SortStableFunc(v.items, func(a, b item) int { return cmp.Or(cmp.Compare(a.y0, b.y0), cmp.Compare(a.x0, b.x0)) })
	return v
}

func (v *view) addLine(text string, b extract.Box, aside bool) {
	v.items = append(v.items, item{
		y0: b[1], y1: b[3], x0: b[0], x1: b[2], aside: aside,
		line: &extract.Line{Text: text, Page: v.sheet.page.Number, Box: v.sheet.out(b)},
	})
}

// ruled finds the tables drawn by rules and returns the glyphs outside them.
func ruled(s *sheet) (parts []*part, rest []glyph) {
	rest = s.glyphs
	hs, vs := straighten(s.rules, false)
	for _, f := range frames(hs, vs) {
		f.widen(s.glyphs)
		if p := lattice(s, f); p != nil {
			p.soft = f.soft
			parts = append(parts, p)
		}
	}
	hs, vs = straighten(s.rules, true)
	strong := len(parts)
	for _, f := range frames(hs, vs) {
		p := lattice(s, f)
		if p == nil || slices.ContainsFunc(parts[:strong], func(q *part) bool { return len(q.cells) > 1 && overlaps(p.box(), q.box()) }) {
			continue
		}
		p.weak = true
		if len(p.cells) > 1 { // a single filled area is decoration
			parts = append(parts, p)
		}
	}
	// Inner tables take their glyphs first.
	slices.SortStableFunc(parts, func(a, b *part) int { return cmp.Compare(area(a.box()), area(b.box())) })
	parts = slices.DeleteFunc(parts, func(p *part) bool { return len(p.cells) == 1 && standsWith(p, parts) })
	kept, out := fillParts(parts, rest)
	if weak := func(p *part) bool { return p.weak }; slices.ContainsFunc(kept, weak) {
		// Shading that leaves out rows of values is a pattern over a table, not
		// its cells.
		if n, _ := rowsOfValues(splitLines(out)); n > 1 {
			kept, out = fillParts(slices.DeleteFunc(parts, weak), rest)
		}
	}
	return kept, out
}

// fillParts puts the glyphs into the parts. It leaves out the parts without
// text, those that only frame running text, and those that do not tell the
// values of a row apart.
func fillParts(parts []*part, glyphs []glyph) (kept []*part, rest []glyph) {
	rest = glyphs
	for _, p := range parts {
		p.doubts = nil
		for _, x := range p.cells {
			x.glyphs, x.text, x.doubts = nil, "", x.shapeDoubts()
		}
		out := p.fill(rest)
		if !p.hasText() || p.isLayout() || p.holdsRows() {
			continue
		}
		rest = out
		kept = append(kept, p)
	}
	for _, p := range kept {
		p.dropOpen()
		p.foldRows()
	}
	return kept, rest
}

// shapeDoubts are the doubts of a cell that come from its rules, not its text.
func (x *cell) shapeDoubts() []string {
	if slices.Contains(x.doubts, doubtShape) {
		return []string{doubtShape}
	}
	return nil
}

// holdsRows reports whether cells hold whole rows of values: the rules then
// are not those of all columns.
func (p *part) holdsRows() bool {
	n, most := 0, 0
	for _, x := range p.cells {
		if len(x.glyphs) >= 3 {
			rows, values := rowsOfValues(splitLines(x.glyphs))
			n, most = n+rows, max(most, values)
		}
	}
	return n > 1 || most > 4
}

// rowsOfValues counts the lines that hold three numbers or more apart from each
// other, and the most numbers of a line.
func rowsOfValues(ls []textLine) (n, most int) {
	for i := range ls {
		values := 0
		for _, t := range tokens(&ls[i], nil, 0, 0) {
			if isNumber(t.text) && !strings.HasSuffix(t.text, ".") {
				values++
			}
		}
		if values >= 3 {
			n++
		}
		most = max(most, values)
	}
	return n, most
}

// standsWith reports whether a single frame holds another part or lies in one:
// then it is a page border or a box in a cell, and no table.
func standsWith(p *part, all []*part) bool {
	b := p.box()
	return slices.ContainsFunc(all, func(q *part) bool { return q != p && overlaps(b, q.box()) })
}

// isLayout reports whether the part is a frame around running text that covers
// much of the page.
func (p *part) isLayout() bool {
	if len(p.cells) > 6 || area(p.box()) < 0.4*p.sheet.w*p.sheet.h {
		return false
	}
	return slices.ContainsFunc(p.cells, func(x *cell) bool { return len(x.glyphs) > 300 })
}

// dropOpen removes the cells that no rule closes and that have no text.
func (p *part) dropOpen() {
	kept := p.cells[:0]
	for _, x := range p.cells {
		if !x.open || x.text != "" {
			kept = append(kept, x)
		}
	}
	p.cells = kept
	p.index()
}

// index maps grid positions to cells again after cells have changed.
func (p *part) index() {
	nc := p.nc()
	p.at = make([]int32, p.nr()*nc)
	for i := range p.at {
		p.at[i] = -1
	}
	for i, x := range p.cells {
		for r := x.row; r < x.row+x.rows; r++ {
			for c := x.col; c < x.col+x.cols; c++ {
				p.at[r*nc+c] = int32(i)
			}
		}
	}
}

func area(b extract.Box) float64 { return (b[2] - b[0]) * (b[3] - b[1]) }

// overlaps reports whether two boxes share more than their borders.
func overlaps(a, b extract.Box) bool {
	return min(a[2], b[2])-max(a[0], b[0]) > 2 && min(a[3], b[3])-max(a[1], b[1]) > 2
}
