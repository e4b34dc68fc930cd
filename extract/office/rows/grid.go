package rows

import (
	"slices"

	"nianbao/extract"
)

const (
	// sliver is the width below which an empty cell is none: programs round
	// the edges of merged cells.
	sliver = 20
	// jitter is how far the edges of one column may lie apart from row to row,
	// as hands drag them; no character is as narrow.
	jitter = 60
)

// placed is a cell with its edges.
type placed struct {
	content
	row, left, right int
	down             Merge
	doubts           []string // of this cell
}

// grid makes a table of rows, or nil where they hold none: one column with
// text.
func (b *Builder) grid(rows []row) *extract.Table {
	var cells []placed
	var doubts []extract.Doubt // with edges as columns, until columns are known
	for i := range rows {
		row, odd := place(&rows[i], i)
		cells = append(cells, row...)
		for _, kind := range odd {
			doubts = append(doubts, extract.Doubt{Kind: kind, Row: i, Col: -1})
		}
	}
	if len(cells) == 0 {
		return nil
	}
	column := columns(cells)
	for i := range cells {
		cells[i].left, cells[i].right = column[cells[i].left], column[cells[i].right]
	}
	return b.fold(mergeDown(cells, &doubts), doubts, len(rows))
}

// place gives the cells of a row their edges, and says what is odd about it.
func place(r *row, at int) ([]placed, []string) {
	var out []placed
	var odd []string
	n := len(r.places)
	if n != len(r.cells) && !(n < len(r.cells) && empty(r.cells[n:])) {
		odd = append(odd, "undefined")
	}
	if r.open {
		odd = append(odd, "open_row")
	}
	end := 0
	if n > 0 {
		end = r.places[0].Left
	}
	for i, c := range r.cells {
		p := Cell{Left: end, Right: end + 1000} // where nothing is declared
		if i < n {
			p = r.places[i]
		} else if n > 0 && len(c.items) == 0 {
			continue
		}
		if p.Left < end {
			if end-p.Left > sliver {
				odd = append(odd, "overlap")
			}
			p.Left = end
		}
		switch narrow := p.Right-p.Left < sliver; {
		case narrow && len(out) > 0 && len(c.items) == 0:
			out[len(out)-1].right = max(p.Right, end)
		case (narrow || p.Joined) && len(out) > 0:
			last := &out[len(out)-1]
			last.right = max(p.Right, end)
			last.items = append(slices.Clip(last.items), c.items...)
			last.marks |= c.marks
			if narrow {
				odd = append(odd, "no_width")
			} else if len(c.items) > 0 {
				last.doubts = append(last.doubts, "merged_text")
			}
		case narrow && len(c.items) == 0: // the first one
		default:
			if narrow {
				odd = append(odd, "no_width")
				p.Right = p.Left + sliver
			}
			out = append(out, placed{content: c, row: at, left: p.Left, right: p.Right, down: p.Down})
		}
		end = max(end, p.Right)
	}
	return out, odd
}

func empty(cells []content) bool {
	return !slices.ContainsFunc(cells, func(c content) bool { return len(c.items) > 0 })
}

// columns numbers the edges of all cells. Edges that lie closer than hands can
// place them are one, unless a row has them both.
func columns(cells []placed) map[int]int {
	type edge struct{ at, row int }
	edges := make([]edge, 0, 2*len(cells))
	for i := range cells {
		edges = append(edges, edge{cells[i].left, cells[i].row}, edge{cells[i].right, cells[i].row})
	}
	slices.SortFunc(edges, func(a, b edge) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return a.row - b.row
	})
	number := map[int]int{}
	seen := map[int][2]int{} // the row's last edge: its cluster and place
	cluster, start := 0, edges[0].at
	for i := 0; i < len(edges); {
		j := i
		at := edges[i].at
		fits := at-start <= jitter
		for ; j < len(edges) && edges[j].at == at; j++ {
			if s, ok := seen[edges[j].row]; ok && s[0] == cluster && s[1] != at {
				fits = false
			}
		}
		if !fits {
			cluster++
			start = at
		}
		for ; i < j; i++ {
			seen[edges[i].row] = [2]int{cluster, at}
		}
		number[at] = cluster
	}
	return number
}

// merged is a cell with the row below it.
type merged struct {
	placed
	end int
}

// mergeDown joins the cells of vertical merges.
func mergeDown(cells []placed, doubts *[]extract.Doubt) []merged {
	var out []merged
	var above, open []int // cells of the row above that go on, by left edge
	row := -1
	for i := range cells {
		c := &cells[i]
		if c.row != row {
			if c.row != row+1 {
				open = open[:0]
			}
			above, open = open, above[:0]
			row = c.row
		}
		if c.down == Next {
			match, uneven := -1, false
			for _, k := range above {
				switch o := &out[k]; {
				case o.end != row:
				case o.left == c.left && o.right == c.right:
					match = k
				case o.left < c.right && c.left < o.right:
					uneven = true
				}
			}
			if match >= 0 {
				o := &out[match]
				o.end = row + 1
				o.marks |= c.marks
				if len(c.items) > 0 { // nobody sees it
					o.doubts = append(o.doubts, "merged_text")
				}
				open = append(open, match)
				continue
			}
			if uneven {
				*doubts = append(*doubts, extract.Doubt{Kind: "merge_uneven", Row: row, Col: -1})
			}
		}
		out = append(out, merged{*c, row + 1})
		if c.down != Alone {
			open = append(open, len(out)-1)
		}
	}
	return out
}

// fold numbers only the rows and columns in which a cell begins.
func (b *Builder) fold(cells []merged, doubts []extract.Doubt, rows int) *extract.Table {
	cols := 0
	for i := range cells {
		cols = max(cols, cells[i].right)
	}
	rowAt, colAt := make([]int, rows+1), make([]int, cols+1)
	for i := range cells {
		rowAt[cells[i].row], colAt[cells[i].left] = 1, 1
	}
	t := &extract.Table{Rows: number(rowAt), Cols: number(colAt), Cells: make([]extract.Cell, 0, len(cells))}
	column, several := -1, false // columns with text
	for i := range cells {
		m := &cells[i]
		c := extract.Cell{Row: rowAt[m.row], Col: colAt[m.left], Text: text(m.items), Reader: b.Reader, Confidence: 1}
		if n := rowAt[m.end] - c.Row; n > 1 {
			c.RowSpan = n
		}
		if n := colAt[m.right] - c.Col; n > 1 {
			c.ColSpan = n
		}
		if c.Text != "" || m.marks != 0 {
			several = several || column >= 0 && c.Col != column
			column = c.Col
		}
		t.Doubts = append(t.Doubts, doubtsOf(&m.content, c.Row, c.Col)...)
		for _, kind := range m.doubts {
			t.Doubts = append(t.Doubts, extract.Doubt{Kind: kind, Row: c.Row, Col: c.Col})
		}
		t.Cells = append(t.Cells, c)
	}
	// Labels with blanks beside them are a table nobody filled in; text in the
	// middle of blanks is a page laid out.
	if !several && !(column == 0 && t.Cols > 1) {
		return nil
	}
	for _, d := range doubts {
		t.Doubts = append(t.Doubts, extract.Doubt{Kind: d.Kind, Row: min(rowAt[d.Row], t.Rows-1), Col: d.Col})
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
