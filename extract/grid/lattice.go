package grid

import (
	"cmp"
	"slices"
	"sort"

	"nianbao/extract"
	"nianbao/extract/disjoint"
)

const (
	apart   = 4.6 // column and row lines closer than this are one
	covered = 0.6 // the share of a side that rules must cover to make it a wall
	maxCols = 128
	maxRows = 1500
)

// Kinds of Doubt.
const (
	doubtShape    = "cell_not_rectangular"
	doubtOverflow = "text_over_wall"
	doubtOverlap  = "text_overlaps"
	doubtBetween  = "number_between_columns"
	doubtTwo      = "numbers_in_one_place"
	doubtStitched = "row_stitched"
	doubtCut      = "row_cut_unclear"
	doubtColumns  = "columns_differ"
	doubtGroup    = "group_unclear"
	doubtRow      = "row_unclear"
	doubtLimit    = "page_too_large"
)

// part is what one page shows of a table: a grid of column and row lines and
// the cells on it.
type part struct {
	sheet  *sheet
	xs, ys []float64
	cells  []*cell
	doubts []extract.Doubt
	weak   bool    // made of filled areas, not of rules
	soft   bool    // its left side was set where its text begins
	at     []int32 // index of the cell at each grid position, -1 where there is none
}

// cell is a cell of a part or of a table.
type cell struct {
	row, col, rows, cols int
	text                 string
	page                 *Page
	box                  *extract.Box
	glyphs               []glyph
	open                 bool // no rule closes it to the outside: a cell only if it has text
	openTop, openBottom  bool
	full                 bool // its last line leaves no room for another digit
	doubts               []string
	readings             []extract.Reading
}

func (p *part) nr() int { return len(p.ys) - 1 }
func (p *part) nc() int { return len(p.xs) - 1 }

// cellAt returns the cell that covers a grid position, or nil.
func (p *part) cellAt(r, c int) *cell {
	if i := p.at[r*p.nc()+c]; i >= 0 {
		return p.cells[i]
	}
	return nil
}

func (p *part) box() extract.Box {
	return extract.Box{p.xs[0], p.ys[0], p.xs[p.nc()], p.ys[p.nr()]}
}

// lattice turns a frame into a grid of cells: a side between two grid positions
// that rules do not cover is no wall, and positions without a wall between them
// are one cell. It returns nil where the frame is no grid.
func lattice(s *sheet, f *frame) *part {
	xs, xi := lines(f.vs)
	ys, yi := lines(f.hs)
	nc, nr := len(xs)-1, len(ys)-1
	if nc < 1 || nr < 1 || nc > maxCols || nr > maxRows {
		return nil
	}
	vwall := walls(f.vs, xi, xs, ys)
	hwall := walls(f.hs, yi, ys, xs)
	set := disjoint.New(nr * nc)
	for r := range nr {
		for c := range nc {
			if c > 0 && !vwall[c*nr+r] {
				set.Join(r*nc+c-1, r*nc+c)
			}
			if r > 0 && !hwall[r*nc+c] {
				set.Join((r-1)*nc+c, r*nc+c)
			}
		}
	}
	p := &part{sheet: s, xs: xs, ys: ys}
	p.cut(set)
	p.findOpen(vwall, hwall)
	return p
}

// cut makes cells of the sets of grid positions. A set that is not a rectangle
// becomes several cells, each with a doubt.
func (p *part) cut(set disjoint.Sets) {
	nr, nc := p.nr(), p.nc()
	p.at = make([]int32, nr*nc)
	for i := range p.at {
		p.at[i] = -1
	}
	pieces := make(map[int][]*cell)
	for r := range nr {
		for c := range nc {
			if p.at[r*nc+c] >= 0 {
				continue
			}
			// The widest, then tallest rectangle of this set from here.
			root := set.Root(r*nc + c)
			same := func(r, c int) bool { return p.at[r*nc+c] < 0 && set.Root(r*nc+c) == root }
			w := 1
			for c+w < nc && same(r, c+w) {
				w++
			}
			h := 1
		grow:
			for r+h < nr {
				for k := range w {
					if !same(r+h, c+k) {
						break grow
					}
				}
				h++
			}
			x := &cell{row: r, col: c, rows: h, cols: w, page: p.sheet.page}
			for k := range w * h {
				p.at[(r+k/w)*nc+c+k%w] = int32(len(p.cells))
			}
			p.cells = append(p.cells, x)
			pieces[root] = append(pieces[root], x)
		}
	}
	for _, cs := range pieces {
		if len(cs) > 1 {
			for _, x := range cs {
				x.doubts = append(x.doubts, doubtShape)
			}
		}
	}
}

// findOpen marks the places within the table's outline that no rule closes
// towards the left or right outside (a table with a step in its border has
// fewer cells there, not empty ones) and the cells that a page break cut open.
func (p *part) findOpen(vwall, hwall []bool) {
	nr, nc := p.nr(), p.nc()
	for _, x := range p.cells {
		for r := x.row; r < x.row+x.rows; r++ {
			x.open = x.open || x.col == 0 && !vwall[r] || x.col+x.cols == nc && !vwall[nc*nr+r]
		}
		for c := x.col; c < x.col+x.cols; c++ {
			x.openTop = x.openTop || x.row == 0 && !hwall[c]
			x.openBottom = x.openBottom || x.row+x.rows == nr && !hwall[nr*nc+c]
		}
	}
}

// lines returns the distinct positions of segments in order, and for each
// segment the index of its position.
func lines(s []segment) (pos []float64, index []int) {
	order := make([]int, len(s))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(s[a].pos, s[b].pos), cmp.Compare(a, b)) })
	index = make([]int, len(s))
	var moment, weight, first float64
	for k, i := range order {
		l := s[i].hi - s[i].lo
		if k > 0 && s[i].pos-first <= apart {
			moment, weight = moment+s[i].pos*l, weight+l
			pos[len(pos)-1] = moment / weight
		} else {
			first, moment, weight = s[i].pos, s[i].pos*l, l
			pos = append(pos, first)
		}
		index[i] = len(pos) - 1
	}
	return pos, index
}

// walls tells for each line and each interval across it whether segments on
// the line cover the interval: walls[line*intervals+interval].
func walls(s []segment, index []int, lines, across []float64) []bool {
	n := len(across) - 1
	out := make([]bool, len(lines)*n)
	byLine := make([][]segment, len(lines))
	for i, a := range s {
		byLine[index[i]] = append(byLine[index[i]], a)
	}
	for l, segs := range byLine {
		slices.SortFunc(segs, func(a, b segment) int { return cmp.Compare(a.lo, b.lo) })
		cover := make([]float64, n)
		end := across[0] // what lies before it is counted already
		for _, a := range segs {
			lo := max(a.lo, end)
			for k := max(0, sort.SearchFloat64s(across, lo)-1); k < n && across[k] < a.hi; k++ {
				if o := min(a.hi, across[k+1]) - max(lo, across[k]); o > 0 {
					cover[k] += o
				}
			}
			end = max(end, a.hi)
		}
		for k := range n {
			out[l*n+k] = cover[k] >= covered*(across[k+1]-across[k])
		}
	}
	return out
}
