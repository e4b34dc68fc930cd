package flow

import (
	"slices"

	"nianbao/extract"
)

// Cell is a cell where it stands: the grid rows and columns it covers, and what
// it holds.
type Cell struct {
	Row, Col   int
	Rows, Cols int // at least 1
	Items      []Item
	Marks      Marks
}

// Marks are things in a cell that its text does not show.
type Marks uint8

// The marks, which become doubts of the cell.
const (
	Image   Marks = 1 << iota // a picture, and no text
	Struck                    // text struck out was left away
	Raised                    // a note mark stands beside the text
	Control                   // characters that no text has
)

var doubtOf = [...]struct {
	Marks
	kind string
}{{Image, "image"}, {Struck, "struck_out"}, {Raised, "superscript"}, {Control, "control"}}

// Grid is a table as the file has it.
type Grid struct {
	Rows, Cols int
	Cells      []Cell // by row, then column, none over another
	Doubts     []extract.Doubt
	Reader     string
}

// prose is the length from which a cell's text is no label or value: the page
// is laid out by the table, or a paragraph stands between its rows.
const prose = 200

// Items makes a table of g. Where g only lays the page out, it gives what its
// cells hold; paragraphs that stand between its rows part it.
func (g *Grid) Items() []Item {
	rows := g.byRow()
	if g.layout(rows) {
		return g.content(0, g.Rows)
	}
	var out []Item
	from := 0
	for r := range rows {
		if cell := only(rows[r]); cell == nil || length(cell.Items) < prose {
			continue
		}
		out = append(append(out, g.piece(from, r)...), g.content(r, r+1)...)
		from = r + 1
	}
	return append(out, g.piece(from, g.Rows)...)
}

func (g *Grid) byRow() [][]*Cell {
	rows := make([][]*Cell, g.Rows)
	for i := range g.Cells {
		c := &g.Cells[i]
		rows[c.Row] = append(rows[c.Row], c)
	}
	return rows
}

// only is the one cell of a row that holds something.
func only(row []*Cell) *Cell {
	var one *Cell
	for _, c := range row {
		if len(c.Items) > 0 {
			if one != nil {
				return nil
			}
			one = c
		}
	}
	return one
}

// layout says whether g holds no data of its own: a table within it that is not
// a small part of its cells, or paragraphs beside each other.
func (g *Grid) layout(rows [][]*Cell) bool {
	filled, inner, long := 0, 0, false
	for _, row := range rows {
		several := only(row) == nil
		for _, c := range row {
			tables := 0
			for _, it := range c.Items {
				if it.Table != nil {
					tables++
					inner += len(it.Table.Cells)
				}
			}
			if tables == 0 && len(c.Items) > 0 {
				filled++
				long = long || several && length(c.Items) >= prose
			}
		}
	}
	return inner > 0 && (filled < 12 || inner*2 > filled) || long && filled <= 12
}

// content is what the cells of some rows hold.
func (g *Grid) content(from, to int) []Item {
	var out []Item
	for i := range g.Cells {
		if c := &g.Cells[i]; c.Row >= from && c.Row < to {
			out = append(out, c.Items...)
		}
	}
	return out
}

// piece makes a table of some rows, or lines where there is none: one column
// with text, or text in the midst of blanks.
func (g *Grid) piece(from, to int) []Item {
	rowAt, colAt := make([]int, to-from+1), make([]int, g.Cols+1)
	begin, _ := slices.BinarySearchFunc(g.Cells, from, func(c Cell, row int) int { return c.Row - row })
	end, _ := slices.BinarySearchFunc(g.Cells, to, func(c Cell, row int) int { return c.Row - row })
	cells := g.Cells[begin:end]
	for i := range cells {
		rowAt[cells[i].Row-from], colAt[cells[i].Col] = 1, 1
	}
	t := &extract.Table{Rows: number(rowAt), Cols: number(colAt), Cells: make([]extract.Cell, 0, len(cells))}
	column, several := -1, false // columns with text
	for i := range cells {
		p := &cells[i]
		c := extract.Cell{Row: rowAt[p.Row-from], Col: colAt[p.Col], Text: text(p.Items), Reader: g.Reader, Confidence: 1}
		if n := rowAt[min(p.Row+p.Rows, to)-from] - c.Row; n > 1 {
			c.RowSpan = n
		}
		if n := colAt[p.Col+p.Cols] - c.Col; n > 1 {
			c.ColSpan = n
		}
		marks := p.Marks
		if c.Text != "" {
			marks &^= Image
		}
		if c.Text != "" || marks != 0 {
			several = several || column >= 0 && c.Col != column
			column = c.Col
		}
		t.Doubts = append(t.Doubts, doubts(c, marks, p.Items)...)
		t.Cells = append(t.Cells, c)
	}
	if !several && !(column == 0 && t.Cols > 1) {
		return g.content(from, to)
	}
	for _, d := range g.Doubts {
		switch {
		case d.Row < 0:
			t.Doubts = append(t.Doubts, d)
		case d.Row >= from && d.Row < to:
			d.Row = rowAt[d.Row-from]
			if d.Col >= 0 {
				d.Col = colAt[d.Col]
			}
			t.Doubts = append(t.Doubts, d)
		}
	}
	return []Item{{Table: t}}
}

func doubts(c extract.Cell, marks Marks, items []Item) []extract.Doubt {
	var out []extract.Doubt
	for _, d := range doubtOf {
		if marks&d.Marks != 0 {
			out = append(out, extract.Doubt{Kind: d.kind, Row: c.Row, Col: c.Col})
		}
	}
	if slices.ContainsFunc(items, func(it Item) bool { return it.Table != nil }) {
		out = append(out, extract.Doubt{Kind: "nested_table", Row: c.Row, Col: c.Col})
	}
	return out
}

// number turns marks of where cells begin into the folded number of each
// place, and gives their count. A place where none begins has the number of
// the next one.
func number(at []int) int {
	n := 0
	for i, begins := range at {
		at[i] = n
		n += begins
	}
	return n
}
