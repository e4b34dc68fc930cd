package layout

import (
	"math"
	"slices"
)

// Extent is how far a cell reaches from left to right, in twips (1/1440 inch).
type Extent struct {
	Left, Right int
	Filled      bool // it holds something, and may not vanish
}

// Widths of columns, in twips.
const (
	// sliver is what no cell of a report is narrower than: such cells and columns
	// come from rounding when a file is converted.
	sliver = 20
	// Slip is how far an edge may stray that is dragged in one row only, where the
	// file has a grid of columns beside.
	Slip = 240
)

// Sliver says whether a cell takes no room and holds nothing.
func (e Extent) Sliver() bool { return e.Right-e.Left < sliver && !e.Filled }

// Columns numbers the columns that the cells of a table stand in. Edges within
// reach of each other are one edge, unless some cell stands between them. It
// gives the column that begins at each edge; the last edge has the number of
// columns.
func Columns(cells []Extent, reach int) map[int]int {
	edges := make([]int, 0, 2*len(cells))
	end := map[int]int{} // where the shortest cell ends that begins at an edge
	for _, c := range cells {
		edges = append(edges, c.Left, c.Right)
		if c.Sliver() { // it lies at one edge or another
			continue
		}
		if right, ok := end[c.Left]; !ok || c.Right < right {
			end[c.Left] = c.Right
		}
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	// Where the cell ends that ends first of those that begin at an edge or behind.
	ends := make([]int, len(edges))
	first := math.MaxInt
	for i, e := range slices.Backward(edges) {
		if right, ok := end[e]; ok {
			first = min(first, right)
		}
		ends[i] = first
	}
	column := make(map[int]int, len(edges))
	n, from := 0, 0
	for i, e := range edges {
		if i > from && (e-edges[from] > reach || ends[from] <= e) {
			n++
			from = i
		}
		column[e] = n
	}
	return column
}
