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
	rows   [][]*cell // every row's covering cells, left to right
	cells  []cell
	doubts []extract.Doubt
}

// cell is a cell of a part with what its text says.
type cell struct {
	*extract.Cell
	label label
	value bool // can stand where a number is asked, blanks and dashes included
	blank bool
	line  int // of the document, from 1, where the cell comes from running text
}

func newPart(doc *extract.Document, number int) *part {
	t := &doc.Tables[number-1]
	p := &part{doc: doc, number: number, line: t.Line, cols: t.Cols, ragged: t.Ragged, doubts: t.Doubts}
	p.cells = make([]cell, len(t.Cells))
	p.rows = make([][]*cell, t.Rows)
	for i := range t.Cells {
		c := &t.Cells[i]
		p.cells[i] = newCell(c)
		for r := c.Row; r < min(c.Row+c.Height(), t.Rows); r++ {
			p.rows[r] = append(p.rows[r], &p.cells[i])
		}
	}
	for _, r := range p.rows {
		slices.SortStableFunc(r, func(a, b *cell) int { return a.Col - b.Col })
	}
	return p
}

func newCell(c *extract.Cell) cell {
	blank := strings.TrimFunc(c.Text, func(r rune) bool { return invisible(r) != r || r <= ' ' }) == ""
	out := cell{Cell: c, blank: blank, value: blank || valuelike(c.Text)}
	if !out.value {
		out.label = newLabel(c.Text)
	}
	return out
}

// span is a range of grid columns, its end excluded.
type span struct{ from, to int }

func (c *cell) span() span             { return span{c.Col, c.Col + c.Width()} }
func (a span) overlaps(b span) bool    { return a.from < b.to && b.from < a.to }
func (a span) within(b span) bool      { return a.from >= b.from && a.to <= b.to }
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
	switch {
	case c.Box != nil:
	case p.number == 0:
		e.Place = &Place{Row: c.line, Column: c.Col + 1}
	default:
		e.Place = &Place{Table: p.number, Row: c.Row + 1, Column: c.Col + 1}
	}
	return e
}
