package flow

import "slices"

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
	// slip is how far an edge may stray when it is dragged in one row only.
	slip = 240
	// maxEdges bounds the search for edges that strayed; no form has as many.
	maxEdges = 300
)

// Sliver says whether a cell takes no room and holds nothing.
func (e Extent) Sliver() bool { return e.Right-e.Left < sliver && !e.Filled }

// Columns numbers the columns that the cells of a table stand in. Edges near to
// each other are one edge, unless some cell stands between them. It gives the
// column that begins at each edge; the last edge has the number of columns.
func Columns(cells []Extent) map[int]int {
	var edges []int
	pairs := map[Extent]bool{}
	for _, c := range cells {
		if c.Sliver() {
			continue
		}
		c.Filled = true
		if !pairs[c] {
			pairs[c] = true
			edges = append(edges, c.Left, c.Right)
		}
	}
	for _, c := range cells { // slivers lie at one edge or another
		if c.Sliver() {
			edges = append(edges, c.Left, c.Right)
		}
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	reach := slip
	if len(edges) > maxEdges {
		reach = 0
	}
	column := make(map[int]int, len(edges))
	n, first := 0, 0
	for i, e := range edges {
		if i > first && (e-edges[first] > reach || between(pairs, edges[first], e)) {
			n++
			first = i
		}
		column[e] = n
	}
	return column
}

// between says whether a cell stands between two edges.
func between(cells map[Extent]bool, from, to int) bool {
	for c := range cells {
		if c.Left >= from && c.Right <= to {
			return true
		}
	}
	return false
}
