package rows

import (
	"nianbao/extract"
	"nianbao/extract/layout"
)

// table makes items of rows: tables, and lines where the table only lays the
// page out.
func table(rows []row, reader string) []layout.Item {
	held := make([][]layout.Content, len(rows))
	for i := range rows {
		held[i] = rows[i].cells
	}
	if layout.LaysOut(held) {
		return layout.Contents(held)
	}
	return layout.Parts(held, func(from, to int) []layout.Item {
		var out []layout.Item
		begins := append(pieces(rows[from:to]), to-from)
		for i, begin := range begins[:len(begins)-1] {
			begin, end := from+begin, from+begins[i+1]
			if t := grid(rows[begin:end], reader); t != nil {
				out = append(out, layout.Item{Table: t})
			} else {
				out = append(out, layout.Contents(held[begin:end])...)
			}
		}
		return out
	})
}

// placed is a cell with its edges.
type placed struct {
	layout.Content
	row, left, right int
	down             Merge
	doubts           []string // of this cell
}

// grid makes a table of rows, or nil where they hold none.
func grid(rows []row, reader string) *extract.Table {
	n := 0
	for i := range rows {
		n += len(rows[i].cells)
	}
	cells := make([]placed, 0, n)
	g := layout.Grid{Rows: len(rows), Reader: reader}
	for i := range rows {
		row, odd := place(&rows[i], i)
		cells = append(cells, row...)
		for _, kind := range odd {
			g.Doubts = append(g.Doubts, extract.Doubt{Kind: kind, Row: i, Col: -1})
		}
	}
	extents := make([]layout.Extent, len(cells))
	for i := range cells {
		extents[i] = layout.Extent{Left: cells[i].left, Right: cells[i].right, Filled: true}
	}
	column := layout.Columns(extents, jitter)
	for i := range cells {
		cells[i].left, cells[i].right = column[cells[i].left], column[cells[i].right]
		g.Cols = max(g.Cols, cells[i].right)
	}
	g.Cells = make([]layout.Cell, 0, len(cells))
	mergeDown(&g, cells)
	return g.Table()
}
