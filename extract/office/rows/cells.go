package rows

import (
	"slices"

	"nianbao/extract"
	"nianbao/extract/layout"
)

const (
	// sliver is the width below which an empty cell is none: programs round
	// the edges of merged cells.
	sliver = 20
	// jitter is how far the edges of one column may lie apart from row to row,
	// as hands drag them; no character is as narrow.
	jitter = 60
)

// place gives the cells of a row their edges, and says what is odd about it.
func place(r *row, at int) ([]placed, []string) {
	out := make([]placed, 0, len(r.cells))
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
		} else if n > 0 && len(c.Items) == 0 {
			continue
		}
		if p.Left < end {
			if end-p.Left > sliver {
				odd = append(odd, "overlap")
			}
			p.Left = end
		}
		switch narrow := p.Right-p.Left < sliver; {
		case narrow && len(out) > 0 && len(c.Items) == 0:
			out[len(out)-1].right = max(p.Right, end)
		case (narrow || p.Joined) && len(out) > 0:
			last := &out[len(out)-1]
			last.right = max(p.Right, end)
			last.Items = append(slices.Clip(last.Items), c.Items...)
			last.Marks |= c.Marks
			if narrow {
				odd = append(odd, "no_width")
			} else if len(c.Items) > 0 {
				last.doubts = append(last.doubts, "merged_text")
			}
		case narrow && len(c.Items) == 0: // the first one
		default:
			if narrow {
				odd = append(odd, "no_width")
				p.Right = p.Left + sliver
			}
			out = append(out, placed{Content: c, row: at, left: p.Left, right: p.Right, down: p.Down})
		}
		end = max(end, p.Right)
	}
	return out, odd
}

func empty(cells []layout.Content) bool {
	return !slices.ContainsFunc(cells, func(c layout.Content) bool { return len(c.Items) > 0 })
}

// mergeDown adds the cells to g and joins those of vertical merges.
func mergeDown(g *layout.Grid, cells []placed) {
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
				switch o := &g.Cells[k]; {
				case o.Row+o.Rows != row:
				case o.Col == c.left && o.Col+o.Cols == c.right:
					match = k
				case o.Col < c.right && c.left < o.Col+o.Cols:
					uneven = true
				}
			}
			if match >= 0 {
				o := &g.Cells[match]
				o.Rows++
				o.Marks |= c.Marks
				if len(c.Items) > 0 { // nobody sees it
					o.Doubts = append(o.Doubts, "merged_text")
				}
				open = append(open, match)
				continue
			}
			if uneven {
				g.Doubts = append(g.Doubts, extract.Doubt{Kind: "merge_uneven", Row: row, Col: -1})
			}
		}
		g.Cells = append(g.Cells, layout.Cell{Content: c.Content, Row: row, Col: c.left, Rows: 1, Cols: c.right - c.left, Doubts: c.doubts})
		if c.down != Alone {
			open = append(open, len(g.Cells)-1)
		}
	}
}
