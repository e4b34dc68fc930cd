package odt

import (
	"nianbao/extract"
	"nianbao/extract/layout"
)

// Limits of what is written once for many places.
const (
	maxSpan    = 1000
	maxRepeats = 1000
)

// cell is a cell as the file has it.
type cell struct {
	container
	at, rows, cols int
}

// table is a table as the file has it.
type table struct {
	edges []int // of columns, in twips
	rows  [][]cell
}

func (r *reader) table(c *container) {
	t := table{edges: []int{0}}
	lists := r.lists.open
	r.lists.open = nil
	r.each(func(tag int) { r.tablePart(&t, tag) })
	r.lists.open = lists
	if g := t.grid(); g != nil {
		c.items = append(c.items, g.Items()...)
	}
}

func (r *reader) tablePart(t *table, tag int) {
	switch tag {
	case tagColumn:
		w := r.styles[r.x.Attr("style-name")].width
		for range r.number("number-columns-repeated", 1, maxSpan, 1) {
			t.widen(w)
		}
	case tagRow:
		repeats := r.number("number-rows-repeated", 1, maxRepeats, 1)
		row, filled := r.row()
		if !filled { // where rows are empty, one says as much as many
			repeats = 1
		}
		for range repeats {
			r.count(len(row))
			t.rows = append(t.rows, row)
		}
	case tagSkip, tagTitle:
	default:
		r.each(func(tag int) { r.tablePart(t, tag) })
	}
}

func (t *table) widen(width int) {
	const usual = 1000
	if width == 0 {
		width = usual
	}
	if len(t.edges) <= maxSpan {
		t.edges = append(t.edges, t.edges[len(t.edges)-1]+width)
	}
}

func (r *reader) row() (row []cell, filled bool) {
	at := 0
	r.each(func(tag int) {
		if tag != tagCell && tag != tagCovered {
			return
		}
		repeats := r.number("number-columns-repeated", 1, maxSpan, 1)
		if tag == tagCovered {
			at = min(at+repeats, maxSpan)
			return
		}
		k := cell{rows: r.number("number-rows-spanned", 1, 1_000_000, 1), cols: r.number("number-columns-spanned", 1, maxSpan, 1)}
		r.blocks(&k.container)
		filled = filled || len(k.items) > 0
		for range repeats {
			if at >= maxSpan {
				return
			}
			k.at = at
			row = append(row, k)
			at++ // the places it covers follow as cells of their own
		}
	})
	return row, filled
}

// grid places the cells.
func (t *table) grid() *layout.Grid {
	var extents []layout.Extent
	for _, row := range t.rows {
		for i := range row {
			for len(t.edges) <= row[i].at+row[i].cols && len(t.edges) <= maxSpan {
				t.widen(0)
			}
			extents = append(extents, t.extent(&row[i]))
		}
	}
	column := layout.Columns(extents, layout.Slip)
	g := &layout.Grid{Rows: len(t.rows), Reader: "odt"}
	until := make([]int, len(t.edges)) // by column: first row that is free again
	for i, row := range t.rows {
		for j := range row {
			k := &row[j]
			e := t.extent(k)
			if e.Sliver() {
				continue
			}
			c := layout.Cell{Row: i, Col: column[e.Left], Rows: min(k.rows, len(t.rows)-i), Content: layout.Content{Items: k.items, Marks: k.marks}}
			c.Cols = column[e.Right] - c.Col
			for x := c.Col; x < c.Col+c.Cols; x++ {
				if until[x] > i { // no covered cell stands here, though one should
					g.Doubts = append(g.Doubts, extract.Doubt{Kind: "overlap", Row: i, Col: -1})
					c.Cols = x - c.Col
					break
				}
			}
			if c.Cols == 0 {
				continue
			}
			for x := c.Col; x < c.Col+c.Cols; x++ {
				until[x] = i + c.Rows
			}
			g.Cells = append(g.Cells, c)
			g.Cols = max(g.Cols, c.Col+c.Cols)
		}
	}
	if len(g.Cells) == 0 {
		return nil
	}
	return g
}

func (t *table) extent(k *cell) layout.Extent {
	last := len(t.edges) - 1
	from := min(k.at, last-1)
	return layout.Extent{Left: t.edges[from], Right: t.edges[min(k.at+k.cols, last)], Filled: len(k.items) > 0 || k.marks != 0}
}
