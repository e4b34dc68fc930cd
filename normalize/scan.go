package normalize

import (
	"slices"
	"strings"
)

// Labels read from pixels are damaged here and there. In a table whose rules
// were found the grid speaks, too: between rows and columns whose labels are
// clear the others can only stand in the form's order.

// ofForms aligns rows to those of one form at a time and takes the form that
// leaves the least of its rows unmatched. Rows of two forms that look alike,
// 其他 and 其他处理, are told by how many there are.
func (t *template) ofForms(scores [][]float64) (to []int, unsure []bool, rows []int) {
	best := 0.0
	for _, form := range t.forms() {
		var own []int
		masked := make([][]float64, len(scores))
		for i := range scores {
			masked[i] = make([]float64, len(t.rows))
		}
		for j := range t.rows {
			if !t.rows[j].in(form) {
				continue
			}
			own = append(own, j)
			for i := range scores {
				masked[i][j] = scores[i][j]
			}
		}
		at, doubt := align(masked, len(t.rows))
		worth, found := 0.0, 0
		for i, j := range at {
			if j >= 0 {
				worth += scores[i][j]
				found++
			}
		}
		if worth -= float64(len(own) - found); to == nil || worth > best {
			best, to, unsure, rows = worth, at, doubt, own
		}
	}
	return to, unsure, rows
}

// forms lists the forms that a template serves.
func (t *template) forms() []string {
	var out []string
	for i := range t.rows {
		for _, s := range t.rows[i].sets {
			for _, f := range s.forms {
				if !slices.Contains(out, f) {
					out = append(out, f)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func (r *templateRow) in(form string) bool {
	return slices.ContainsFunc(r.sets, func(s columnSet) bool { return slices.Contains(s.forms, form) })
}

// Bounds of likeness where the place speaks as well: from hinted on a damaged
// label may be that of its place; from another on it is another one's.
const (
	hinted   = 0.45
	another  = 0.9
	distinct = 0.1
)

// byPlace matches rows between two clear ones by their order, where there are as
// many of them as the form has there. A row is sure if what is left of its label
// fits its place and no other.
func (t *template) byPlace(p *part, ms []match, rows []int) []match {
	var data []int
	for r := p.from; r < p.to; r++ {
		if p.holdsValues(r) {
			data = append(data, r)
		}
	}
	var out []match
	known := map[int]match{} // by row of the part
	for _, m := range ms {
		known[m.at] = m
	}
	flush := func(from, to, first, last int) { // what stands between two clear rows
		between, open := data[from:to], rows[first:last]
		if len(between) != len(open) {
			for _, m := range ms {
				if slices.Contains(open, m.row) {
					out = append(out, m)
				}
			}
			return
		}
		for k, at := range between {
			m := match{at: at, row: open[k]}
			var scores []float64
			if m.leaf, scores = t.leaf(p, at, p.rows[at]); m.leaf == nil {
				m.leaf = labelAt(p.rows[at], ms)
				if !m.leaf.value {
					scores = t.score(m.leaf.label)
				}
			}
			if scores != nil {
				m.like = scores[m.row]
				m.sure = m.like >= hinted
				for j, s := range scores {
					if j != m.row && (s >= another && m.like < another || slices.Contains(open, j) && s > m.like-distinct) {
						m.sure = false
					}
				}
			}
			if old, ok := known[at]; ok && old.row == m.row {
				m.leaf, m.sure = old.leaf, m.sure || old.sure
			}
			out = append(out, m)
		}
	}
	d, f := 0, 0
	for _, m := range ms {
		i, j := slices.Index(data, m.at), slices.Index(rows, m.row)
		if !m.sure || i < d || j < f {
			continue
		}
		flush(d, i, f, j)
		out = append(out, m)
		d, f = i+1, j+1
	}
	flush(d, len(data), f, len(rows))
	return out
}

// holdsValues tells whether a row could be one of numbers: a label, and a value
// or a blank at its end.
func (p *part) holdsValues(r int) bool {
	row := p.rows[r]
	return len(row) > 1 && row[len(row)-1].value && row[len(row)-1].Row == r && slices.ContainsFunc(row, func(c *cell) bool { return !c.blank })
}

// labelAt is the cell of a row where the labels of others stand.
func labelAt(row []*cell, ms []match) *cell {
	col := 0
	for _, m := range ms {
		col = max(col, m.leaf.Col)
	}
	leaf := row[0]
	for _, c := range row {
		if c.Col <= col || !c.value {
			leaf = c
		}
	}
	return leaf
}

// byPlace makes sure of columns whose headings are damaged where all headings
// are there and the clear ones stand at their own places. likeness of heading i
// to column j says which are clear.
func (c *columns) byPlace(hs []head, likeness [][]float64) {
	n := len(c.set.columns)
	if len(hs) != n {
		return
	}
	clear := 0
	for i := range hs {
		for j := range n {
			switch {
			case likeness[i][j] < another:
			case i != j && likeness[i][i] < another:
				return
			case i == j:
				clear++
			}
		}
	}
	if 2*clear < n {
		return
	}
	for i := range hs {
		c.spans[i], c.units[i] = hs[i].span, hs[i].unit
		c.sure[i] = c.sure[i] || likeness[i][i] >= hinted
	}
}

// unitLost tells whether the heading of an amount of money was not read with the
// unit that the form prints: 万元 with a character lost is 元.
func (c *templateColumn) unitLost(read string) bool {
	return c.unit == "万元" && read != "万元" && (read != "" || strings.Contains(c.leaf.canonical().full, "万元"))
}
