package grid

import "slices"

// foldRows takes out row lines that only end labels of groups while every other
// cell runs on: printers that break a table over pages may end the cell of a
// group in the middle of a row. The row stays with the group that began above.
func (p *part) foldRows() {
	for r := p.nr() - 1; r > 0; r-- {
		if p.endsGroupsOnly(r) {
			p.foldRow(r)
		}
	}
	p.index()
}

// endsGroupsOnly reports whether only cells in the left part of the table end or
// begin at row line r, and no two texts meet there.
func (p *part) endsGroupsOnly(r int) bool {
	right := 0 // where the columns begin that all cross the line
	for _, x := range p.cells {
		if x.row+x.rows == r || x.row == r {
			right = max(right, x.col+x.cols)
		}
		if x.row+x.rows == r && x.text != "" && slices.ContainsFunc(p.cells, func(y *cell) bool {
			return y.row == r && y.text != "" && y.beside(x)
		}) {
			return false
		}
	}
	crossing := 0
	for _, x := range p.cells {
		if x.row < r && r < x.row+x.rows && x.col >= right {
			crossing += x.cols
		}
	}
	return float64(crossing) >= 0.6*float64(p.nc())
}

// beside reports whether two cells share a column.
func (x *cell) beside(y *cell) bool { return x.col < y.col+y.cols && y.col < x.col+x.cols }

// foldRow makes one row of the rows above and below row line r.
func (p *part) foldRow(r int) {
	late := map[*cell]bool{} // cells above that leave the row to the text below
	for _, y := range p.cells {
		if y.row != r || y.text == "" || y.rows > 1 {
			continue
		}
		for _, x := range p.cells {
			if x.row+x.rows == r && x.beside(y) {
				late[x], late[y] = true, true
			}
		}
	}
	kept := p.cells[:0]
	for _, x := range p.cells {
		end := x.row + x.rows
		switch {
		case x.row >= r && late[x], x.row > r:
			x.row, end = x.row-1, end-1
		case x.row == r:
			end--
		case end == r && late[x]:
			end--
		case end > r:
			end--
		}
		if x.rows = end - x.row; x.rows > 0 {
			kept = append(kept, x)
		}
	}
	p.cells = kept
	p.ys = slices.Delete(p.ys, r, r+1)
}
