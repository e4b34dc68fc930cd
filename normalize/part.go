package normalize

import (
	"slices"
	"strings"

	"nianbao/extract"
)

// part is one table of the document, or running text cut into rows, seen as
// rows of cells.
type part struct {
	doc    *extract.Document
	number int // of the table, from 1; 0 for running text
	line   int // lines of the document before it
	cols   int
	ragged bool
	scan   bool      // read from pixels
	rows   [][]*cell // every row's covering cells, left to right
	cells  []cell
	doubts []extract.Doubt

	from, to int         // the rows to be looked at, to excluded
	begins   map[int]int // where the numbers of a row begin, by its length
	// beside marks rows next to numbers without a label: those may be the rest of
	// the row's own numbers, cut off by a page break.
	beside map[int]bool
}

// cell is a cell of a part with what its text says.
type cell struct {
	*extract.Cell
	label label
	value bool // can stand where a number is asked, blanks and dashes included
	blank bool
	table int // number of its table, from 1; 0 in running text
	row   int // in its table, from 0
	line  int // of the document, from 1, in running text
}

// newParts sees the document's tables as parts. Numbers without any label that
// follow a table of the same width at once are its continuation: some pages
// print headings and numbers as two tables. So is any ragged table that follows
// a ragged one: pasted tables come in pieces.
func newParts(doc *extract.Document) []*part {
	var out []*part
	for i := range doc.Tables {
		p := newPart(doc, i+1)
		if n := len(out); n > 0 && p.continues(out[n-1]) {
			out[n-1].append(p)
			continue
		}
		out = append(out, p)
	}
	return out
}

func newPart(doc *extract.Document, number int) *part {
	t := &doc.Tables[number-1]
	p := &part{doc: doc, number: number, line: t.Line, cols: t.Cols, ragged: t.Ragged, doubts: slices.Clip(t.Doubts)}
	p.cells = make([]cell, len(t.Cells))
	p.rows = make([][]*cell, t.Rows)
	for i := range t.Cells {
		c := &t.Cells[i]
		p.cells[i] = newCell(c)
		p.scan = p.scan || c.Recognised
		p.cells[i].table, p.cells[i].row = number, c.Row
		for r := c.Row; r < min(c.Row+c.Height(), t.Rows); r++ {
			p.rows[r] = append(p.rows[r], &p.cells[i])
		}
	}
	p.to = t.Rows
	for _, r := range p.rows {
		slices.SortStableFunc(r, func(a, b *cell) int { return a.Col - b.Col })
	}
	return p
}

func (p *part) continues(before *part) bool {
	if p.line != before.line || p.ragged != before.ragged {
		return false
	}
	return p.ragged || p.cols == before.cols && !slices.ContainsFunc(p.cells, func(c cell) bool { return !c.value })
}

// append adds the rows of a part below.
func (p *part) append(next *part) {
	shift := len(p.rows)
	for i := range next.cells {
		c := *next.cells[i].Cell
		c.Row += shift
		next.cells[i].Cell = &c
	}
	for _, d := range next.doubts {
		if d.Row >= 0 {
			d.Row += shift
		}
		p.doubts = append(p.doubts, d)
	}
	p.rows = append(p.rows, next.rows...)
	p.to = len(p.rows)
	p.cols = max(p.cols, next.cols)
}

func newCell(c *extract.Cell) cell {
	blank := strings.TrimFunc(c.Text, func(r rune) bool { return invisible(r) != r || r <= ' ' }) == ""
	out := cell{Cell: c, blank: blank, value: blank || valuelike(c.Text)}
	if c.Recognised {
		out.blank, out.value = inkless(c), numeric(c)
	}
	if !out.value {
		out.label = newLabel(c.Text)
	}
	return out
}

// span is a range of grid columns, its end excluded.
type span struct{ from, to int }

func (c *cell) span() span             { return span{c.Col, c.Col + c.Width()} }
func (a span) overlaps(b span) bool    { return a.from < b.to && b.from < a.to }
func (p *part) fullWidth(c *cell) bool { return p.cols > 1 && c.Width() >= p.cols }
func (p *part) doubted(r int, s span) bool {
	for _, d := range p.doubts {
		if (d.Row < 0 || d.Row == r) && (d.Col < 0 || d.Row < 0 || d.Col >= s.from && d.Col < s.to) {
			return true
		}
	}
	return false
}

// numbers counts the cells of a row that hold a number or a dash.
func numbers(row []*cell) int {
	n := 0
	for _, c := range row {
		if c.value && !c.blank {
			n++
		}
	}
	return n
}

// evidence says where a cell stands.
func (p *part) evidence(c *cell) Evidence {
	e := Evidence{Page: c.Page, Box: c.Box, Reader: c.Reader, Confidence: c.Confidence}
	if c.Recognised {
		e.Readings = c.Readings
	}
	switch {
	case c.Box != nil:
	case c.table == 0:
		e.Place = &Place{Row: c.line, Column: c.Col + 1}
	default:
		e.Place = &Place{Table: c.table, Row: c.row + 1, Column: c.Col + 1}
	}
	return e
}
