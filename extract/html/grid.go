package html

import (
	"nianbao/extract"
	"nianbao/extract/layout"
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

// grid places the cells of rows as browsers do. It gives nil where there is no
// table: one column with text, or a grid beyond all measure.
func grid(rows []placedRow, held [][]layout.Content) *extract.Table {
	g := layout.Grid{Rows: len(rows), Reader: "html"}
	var active, next []taken
	end, work := 0, 0 // of the row's group
	for ri := range rows {
		if ri == end {
			for end < len(rows) && rows[end].group == rows[ri].group {
				end++
			}
			active = active[:0]
		}
		x, a := 0, 0
		next = next[:0]
		for ci := range rows[ri].cells {
			c := &rows[ri].cells[ci]
			for ; a < len(active) && active[a].from <= x; a++ {
				if active[a].until > ri {
					x = max(x, active[a].to)
					next = append(next, active[a])
				}
				work++
			}
			p := layout.Cell{Content: held[ri][ci], Row: ri, Col: x, Cols: min(c.cols, maxCols), Rows: c.rows}
			if p.Rows == 0 {
				p.Rows = end - ri
			} else if p.Rows > end-ri {
				if end < len(rows) {
					g.Doubts = append(g.Doubts, extract.Doubt{Kind: "span_cut", Row: ri, Col: x})
				}
				p.Rows = end - ri
			}
			for b := a; b < len(active) && active[b].from < x+p.Cols; b++ {
				work++
				if active[b].until > ri {
					g.Doubts = append(g.Doubts, extract.Doubt{Kind: "overlap", Row: ri, Col: x})
					p.Cols = active[b].from - x
				}
			}
			if p.Rows > 1 {
				next = append(next, taken{from: x, to: x + p.Cols, until: ri + p.Rows})
			}
			x += p.Cols
			if x > 4*maxCols || work > maxWork {
				return nil
			}
			g.Cols = max(g.Cols, x)
			if c.ghost {
				continue
			}
			if p.Marks&layout.Control != 0 { // zero bytes may stand for cells
				g.Doubts = append(g.Doubts, extract.Doubt{Kind: "control", Row: ri, Col: -1})
				p.Marks &^= layout.Control
			}
			g.Cells = append(g.Cells, p)
		}
		for ; a < len(active); a++ {
			work++
			if active[a].until > ri+1 {
				next = append(next, active[a])
			}
		}
		active, next = next, active
	}
	return g.Table()
}
