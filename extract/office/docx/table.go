package docx

import (
	"nianbao/extract"
	"nianbao/extract/layout"
)

// maxSpan is how many columns a table of Word can have.
const maxSpan = 63

// merge is what a cell says of the cell above or to the left of it.
type merge uint8

const (
	single merge = iota
	restart
	goesOn
)

// cell is a cell as the file has it.
type cell struct {
	container
	at, span    int // grid columns
	left, right int // twips
	width       int // as the cell says, 0 for unknown
	v, h        merge
	deleted     bool
}

// row is a row as the file has it.
type row struct {
	cells         []cell
	before, after int // grid columns left free
	gone          bool
}

// table is a table as the file has it.
type table struct {
	columns []int // widths
	rows    []row
	doubts  []extract.Doubt
}

func (r *reader) table(c *container) {
	var t table
	fields := r.fields
	r.fields = nil
	r.each(func(tag int) { r.tablePart(&t, tag) })
	r.fields = fields
	if g := t.grid(r.name); g != nil {
		c.items = append(c.items, g.Items()...)
	}
}

func (r *reader) tablePart(t *table, tag int) {
	if r.one(tag, func(tag int) { r.tablePart(t, tag) }) {
		return
	}
	switch tag {
	case tagGrid:
		r.each(func(tag int) {
			if tag == tagGridColumn && len(t.columns) < maxSpan {
				t.columns = append(t.columns, r.number("w", 0, 100_000))
			}
		})
	case tagRow:
		w := row{cells: make([]cell, 0, len(t.columns))}
		r.each(func(tag int) { r.rowPart(&w, tag) })
		if !w.gone && len(w.cells) > 0 {
			t.rows = append(t.rows, w)
		}
	default:
		r.each(func(tag int) { r.tablePart(t, tag) })
	}
}

func (r *reader) rowPart(w *row, tag int) {
	if r.one(tag, func(tag int) { r.rowPart(w, tag) }) {
		return
	}
	switch tag {
	case tagRowProps:
		r.each(func(tag int) {
			switch tag {
			case tagBefore:
				w.before = r.number("val", 0, maxSpan)
			case tagAfter:
				w.after = r.number("val", 0, maxSpan)
			case tagDeleted:
				w.gone = true
			case tagVanish:
				w.gone = w.gone || r.on()
			case tagAnnotation:
				w.gone = w.gone || r.x.Attr("type") == "Word.Deletion"
			}
		})
	case tagCell:
		k := cell{span: 1}
		r.each(func(tag int) {
			if tag == tagCellProps {
				r.each(func(tag int) { r.cellProp(&k, tag) })
				return
			}
			r.block(&k.container, tag)
		})
		k.flush()
		r.fields = nil // none goes on in the next cell
		r.count(1)
		w.cells = append(w.cells, k)
	default:
		r.each(func(tag int) { r.rowPart(w, tag) })
	}
}

func (r *reader) cellProp(k *cell, tag int) {
	switch tag {
	case tagSpan:
		k.span = r.number("val", 1, maxSpan)
	case tagVMerge:
		k.v = r.merge()
	case tagHMerge:
		k.h = r.merge()
	case tagWidth:
		if v := r.x.Attr("type"); v == "dxa" || v == "" {
			k.width = r.number("w", 0, 100_000)
		}
	case tagCellDeleted:
		k.deleted = true
	}
}

func (r *reader) merge() merge {
	if r.x.Attr("val") == "restart" {
		return restart
	}
	return goesOn
}

// grid places the cells.
func (t *table) grid(reader string) *layout.Grid {
	t.joinAcross()
	t.place()
	var extents []layout.Extent
	for i := range t.rows {
		for j := range t.rows[i].cells {
			extents = append(extents, t.rows[i].cells[j].extent())
		}
	}
	column := layout.Columns(extents, layout.Slip)
	g := &layout.Grid{Rows: len(t.rows), Reader: reader, Doubts: t.doubts}
	open := map[int]int{} // by column: cell that may go on below
	for i := range t.rows {
		next := map[int]int{}
		for j := range t.rows[i].cells {
			k := &t.rows[i].cells[j]
			if k.extent().Sliver() {
				continue
			}
			c := layout.Cell{Row: i, Col: column[k.left], Rows: 1, Content: layout.Content{Items: k.items, Marks: k.marks}}
			c.Cols = column[k.right] - c.Col
			g.Cols = max(g.Cols, c.Col+c.Cols)
			if k.v == goesOn {
				if above, ok := open[c.Col]; ok && g.Cells[above].Cols == c.Cols {
					g.Cells[above].Rows++
					next[c.Col] = above
					if len(k.items) > 0 { // Word does not show it
						g.Doubts = append(g.Doubts, extract.Doubt{Kind: "covered_text", Row: g.Cells[above].Row, Col: c.Col})
					}
					continue
				} else if ok {
					g.Doubts = append(g.Doubts, extract.Doubt{Kind: "merge", Row: i, Col: c.Col})
				}
			}
			g.Cells = append(g.Cells, c)
			if k.v != single {
				next[c.Col] = len(g.Cells) - 1
			}
		}
		open = next
	}
	if len(g.Cells) == 0 {
		return nil
	}
	return g
}

func (k *cell) extent() layout.Extent {
	return layout.Extent{Left: k.left, Right: k.right, Filled: len(k.items) > 0 || k.marks != 0}
}

// joinAcross gives each cell its grid columns, and joins cells that go on from
// the one to the left in the way of old versions of Word.
func (t *table) joinAcross() {
	for i := range t.rows {
		w := &t.rows[i]
		kept := w.cells[:0]
		at := w.before
		for _, k := range w.cells {
			k.at = at
			if k.deleted { // the ones behind it move left when the deletion is accepted
				t.doubts = append(t.doubts, extract.Doubt{Kind: "deleted_cell", Row: i, Col: -1})
				continue
			}
			at += k.span
			if n := len(kept); k.h == goesOn && n > 0 {
				last := &kept[n-1]
				last.span += k.span
				last.width += k.width
				last.items = append(last.items, k.items...)
				continue
			}
			kept = append(kept, k)
		}
		w.cells = kept
	}
}

// place gives each cell its edges. Widths of columns are as the table says;
// where it does not, all are the same. A row that covers fewer columns than the
// table has and does not say that it leaves some free goes by the widths of its
// cells, as programs write that know no spans; without widths it is in doubt.
func (t *table) place() {
	const usual = 1000
	known := false
	for _, w := range t.columns {
		known = known || w > 0
	}
	edges := make([]int, 1, 2*maxSpan)
	edge := func(i int) int {
		for len(edges) <= i {
			w := usual
			if n := len(edges) - 1; known && n < len(t.columns) {
				w = max(1, t.columns[n])
			}
			edges = append(edges, edges[len(edges)-1]+w)
		}
		return edges[i]
	}
	for i := range t.rows {
		w := &t.rows[i]
		end, all := w.before, 0
		for j := range w.cells {
			k := &w.cells[j]
			end = k.at + k.span
			k.left, k.right = edge(k.at), edge(end)
			if k.width == 0 {
				all = -1
			} else if all >= 0 {
				all += k.width
			}
		}
		if !known || w.after > 0 || w.before > 0 || end >= len(t.columns) {
			continue
		}
		if all <= 0 {
			t.doubts = append(t.doubts, extract.Doubt{Kind: "row_length", Row: i, Col: -1})
			continue
		}
		x := 0
		for j := range w.cells {
			k := &w.cells[j]
			k.left, k.right = x, x+k.width
			x = k.right
		}
	}
}
