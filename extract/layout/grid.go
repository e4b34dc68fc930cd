package layout

import (
	"slices"

	"nianbao/extract"
)

// Content is what a cell holds.
type Content struct {
	Items []Item
	Marks Marks
}

// Marks are things in a cell that its text does not show.
type Marks uint8

// The marks, which become doubts of the cell.
const (
	Image   Marks = 1 << iota // a picture, and no text
	Struck                    // text struck out was left away
	Raised                    // a note mark stands beside the text
	Control                   // characters that no text has
	Object                    // what is shown and is not text: a formula, a symbol of a font
	Covered                   // text that a merged cell hides
)

var doubtOf = [...]struct {
	Marks
	kind string
}{{Image, "image"}, {Struck, "struck_out"}, {Raised, "superscript"}, {Control, "control"}, {Object, "object"}, {Covered, "merged_text"}}

// Cell is a cell where it stands: the grid rows and columns it covers, and what
// it holds.
type Cell struct {
	Content
	Row, Col   int
	Rows, Cols int      // at least 1
	Doubts     []string // kinds, beyond those of its marks
}

// Grid is a table as the file has it.
type Grid struct {
	Rows, Cols int
	Cells      []Cell          // by row, then column, none over another
	Doubts     []extract.Doubt // in rows and columns of the grid, -1 for all of them
	Reader     string
}

// Items makes a table of g. Where g only lays the page out, it gives what its
// cells hold; paragraphs that stand between its rows part it.
func (g *Grid) Items() []Item {
	rows := make([][]Content, g.Rows)
	for _, c := range g.Cells {
		rows[c.Row] = append(rows[c.Row], c.Content)
	}
	if LaysOut(rows) {
		return Contents(rows)
	}
	return Parts(rows, func(from, to int) []Item {
		if t := g.part(from, to).Table(); t != nil {
			return []Item{{Table: t}}
		}
		return Contents(rows[from:to])
	})
}

// part is the grid of some of the rows.
func (g *Grid) part(from, to int) *Grid {
	if from == 0 && to == g.Rows {
		return g
	}
	byRow := func(c Cell, row int) int { return c.Row - row }
	begin, _ := slices.BinarySearchFunc(g.Cells, from, byRow)
	end, _ := slices.BinarySearchFunc(g.Cells, to, byRow)
	p := &Grid{Rows: to - from, Cols: g.Cols, Cells: slices.Clone(g.Cells[begin:end]), Reader: g.Reader}
	for i := range p.Cells {
		c := &p.Cells[i]
		c.Rows = min(c.Rows, to-c.Row)
		c.Row -= from
	}
	for _, d := range g.Doubts {
		if d.Row >= from && d.Row < to {
			d.Row -= from
		} else if d.Row >= 0 {
			continue
		}
		p.Doubts = append(p.Doubts, d)
	}
	return p
}

// Table numbers only the rows and columns in which a cell begins. It gives nil
// where there is no table: one column with text, or text in the midst of blanks,
// which is a page laid out. Labels with blanks beside them are a table nobody
// filled in.
func (g *Grid) Table() *extract.Table {
	rowAt, colAt := make([]int, g.Rows+1), make([]int, g.Cols+1)
	for i := range g.Cells {
		rowAt[g.Cells[i].Row], colAt[g.Cells[i].Col] = 1, 1
	}
	t := &extract.Table{Rows: number(rowAt), Cols: number(colAt), Cells: make([]extract.Cell, 0, len(g.Cells))}
	column, several := -1, false // columns with text
	for i := range g.Cells {
		p := &g.Cells[i]
		c := extract.Cell{Row: rowAt[p.Row], Col: colAt[p.Col], Text: text(p.Items), Reader: g.Reader, Confidence: 1}
		if n := rowAt[p.Row+p.Rows] - c.Row; n > 1 {
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
		for _, kind := range p.doubts(marks) {
			t.Doubts = append(t.Doubts, extract.Doubt{Kind: kind, Row: c.Row, Col: c.Col})
		}
		t.Cells = append(t.Cells, c)
	}
	if !several && !(column == 0 && t.Cols > 1) {
		return nil
	}
	for _, d := range g.Doubts {
		if d.Row >= 0 {
			d.Row = min(rowAt[d.Row], t.Rows-1)
		}
		if d.Col >= 0 {
			d.Col = min(colAt[d.Col], t.Cols-1)
		}
		t.Doubts = append(t.Doubts, d)
	}
	return t
}

// doubts are the kinds of doubt about a cell with these marks.
func (c *Cell) doubts(marks Marks) []string {
	var out []string
	for _, d := range doubtOf {
		if marks&d.Marks != 0 {
			out = append(out, d.kind)
		}
	}
	if c.tables() > 0 {
		out = append(out, "nested_table")
	}
	return append(out, c.Doubts...)
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
