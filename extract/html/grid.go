package html

import (
	"nianbao/extract"
)

// Limits of a grid, as browsers have them.
const (
	maxSpan = 65534
	maxCols = 1000
	// maxWork bounds the cells that a table's rows are looked at for, so that
	// spans over many rows cannot make a small page take long.
	maxWork = 20_000_000
)

// taken is a run of columns that a cell from a row above covers.
type taken struct {
	from, to int // columns
	until    int // first row that is free again
}

// placed is a cell with its place before folding.
type placed struct {
	*sourceCell
	row, col, rows, cols int
}

// grid places the cells of the groups as browsers do, and folds the columns and
// rows in which no cell begins. It gives nil where there is no table: one
// column with text, or a grid beyond all measure.
func (r *reader) grid(groups []group) *extract.Table {
	var cells []placed
	var doubts []extract.Doubt
	row, cols, work := 0, 0, 0
	for gi := range groups {
		rows := groups[gi].rows
		end := row + len(rows)
		var active, next []taken
		for ri := range rows {
			x, a := 0, 0
			next = next[:0]
			for ci := range rows[ri].cells {
				c := &rows[ri].cells[ci]
				for ; a < len(active) && active[a].from <= x; a++ {
					if active[a].until > row {
						x = max(x, active[a].to)
						next = append(next, active[a])
					}
					work++
				}
				p := placed{sourceCell: c, row: row, col: x, cols: min(c.cols, maxCols), rows: c.rows}
				if p.rows == 0 {
					p.rows = end - row
				} else if p.rows > end-row {
					if gi+1 < len(groups) {
						doubts = append(doubts, extract.Doubt{Kind: "span_cut", Row: row, Col: x})
					}
					p.rows = end - row
				}
				for b := a; b < len(active) && active[b].from < x+p.cols; b++ {
					work++
					if active[b].until > row {
						doubts = append(doubts, extract.Doubt{Kind: "overlap", Row: row, Col: x})
						p.cols = active[b].from - x
					}
				}
				if p.rows > 1 {
					next = append(next, taken{from: x, to: x + p.cols, until: row + p.rows})
				}
				x += p.cols
				if x > 4*maxCols || work > maxWork {
					return nil
				}
				cols = max(cols, x)
				cells = append(cells, p)
			}
			for ; a < len(active); a++ {
				work++
				if active[a].until > row+1 {
					next = append(next, active[a])
				}
			}
			active, next = next, active
			row++
		}
	}
	return r.fold(cells, doubts, row, cols)
}

// fold numbers only the rows and columns in which a cell begins, and reads the
// cells' text.
func (r *reader) fold(cells []placed, doubts []extract.Doubt, rows, cols int) *extract.Table {
	rowAt, colAt := make([]int, rows+1), make([]int, cols+1)
	for i := range cells {
		if !cells[i].ghost {
			rowAt[cells[i].row], colAt[cells[i].col] = 1, 1
		}
	}
	t := &extract.Table{Rows: number(rowAt), Cols: number(colAt), Cells: []extract.Cell{}}
	column, several := -1, false // columns with text
	for i := range cells {
		p := &cells[i]
		if p.ghost {
			continue
		}
		c := extract.Cell{
			Row: rowAt[p.row], Col: colAt[p.col],
			Text: textOf(r.items[p.from:p.to]), Reader: "html", Confidence: 1,
		}
		if n := rowAt[p.row+p.rows] - c.Row; n > 1 {
			c.RowSpan = n
		}
		if n := colAt[p.col+p.cols] - c.Col; n > 1 {
			c.ColSpan = n
		}
		if c.Text != "" || p.marks != 0 {
			several = several || column >= 0 && c.Col != column
			column = c.Col
		}
		for _, mark := range [...]marks{markImage, markStruck, markRaised, markControl} {
			if p.marks&mark != 0 {
				d := extract.Doubt{Kind: doubtOf[mark], Row: c.Row, Col: c.Col}
				if mark == markControl { // zero bytes may stand for cells
					d.Col = -1
				}
				t.Doubts = append(t.Doubts, d)
			}
		}
		for _, it := range r.items[p.from:p.to] {
			if it.table != nil {
				t.Doubts = append(t.Doubts, extract.Doubt{Kind: "nested_table", Row: c.Row, Col: c.Col})
				break
			}
		}
		t.Cells = append(t.Cells, c)
	}
	// Labels with blanks beside them are a table nobody filled in; text in the
	// middle of blanks is a page laid out.
	if !several && !(column == 0 && t.Cols > 1) {
		return nil
	}
	for _, d := range doubts {
		t.Doubts = append(t.Doubts, extract.Doubt{Kind: d.Kind, Row: rowAt[d.Row], Col: colAt[d.Col]})
	}
	return t
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
