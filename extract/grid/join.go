package grid

import (
	"slices"

	"nianbao/extract"
	"nianbao/schema"
)

// entry is a line or a table of the document.
type entry struct {
	line  *extract.Line
	table *table
}

// joinPages puts the pages one after the other and joins the parts of a table
// where nothing but page furniture stands between them and their columns agree.
func joinPages(views []*view) []entry {
	var out []entry
	var open *table // the table that may go on, nil after other text
	for _, v := range views {
		for i := range v.items {
			it := &v.items[i]
			switch {
			case it.table != nil:
				open = nil
				out = append(out, entry{table: it.table})
			case it.gone:
			case it.line != nil:
				if !it.aside {
					open = nil
				}
				if !it.repeated {
					out = append(out, entry{line: it.line})
				}
			case open != nil && open.sheet != v.sheet && open.join(it.part):
			default:
				open = newTable(it.part)
				out = append(out, entry{table: open})
			}
		}
	}
	return out
}

// join appends a part from the next page to the table, or reports that it is
// another table.
func (t *table) join(p *part) bool {
	if startsTable(p) && !t.startsLike(p) {
		return false
	}
	p.place()
	if !t.align(p) {
		return false
	}
	cells, rows := p.cells, p.nr()
	if k := t.repeated(cells, rows); k > 0 {
		cells = slices.DeleteFunc(cells, func(x *cell) bool { return x.row < k })
		for _, x := range cells {
			x.row -= k
		}
		rows -= k
	}
	t.sheet = p.sheet
	for _, d := range p.doubts {
		if d.Row >= 0 {
			d.Row += t.rows
		}
		t.doubts = append(t.doubts, d)
	}
	if rows == 0 {
		return true
	}
	s := newSeam(t, cells, rows)
	down := t.rows // by how much the part's rows move
	if cut, doubt := s.rowCut(); cut {
		s.mergeRow(doubt)
		down--
	} else {
		s.mergeGroups()
	}
	for _, x := range cells {
		if s.gone[x] {
			continue
		}
		x.row += down
		t.cells = append(t.cells, x)
	}
	t.rows = down + rows
	return true
}

// startsTable reports whether the part begins with the first label of a
// statutory table.
func startsTable(p *part) bool {
	return slices.ContainsFunc(p.cells, func(x *cell) bool { return x.row == 0 && vocab().first[schema.Fold(x.text)] })
}

// startsLike reports whether the table begins as the part does, so that the
// part may repeat its header.
func (t *table) startsLike(p *part) bool {
	for _, x := range p.cells {
		if f := schema.Fold(x.text); x.row == 0 && vocab().first[f] {
			if slices.ContainsFunc(t.cells, func(y *cell) bool { return y.row < 3 && schema.Fold(y.text) == f }) {
				return true
			}
		}
	}
	return false
}

// seam is where the last row of a table meets the first row of its next part.
type seam struct {
	above, below []*cell // by column
	rows         int     // of the part below
	whole        []*cell // all cells above
	values       int     // the first column that holds numbers, or the number of columns
	gone         map[*cell]bool
}

func newSeam(t *table, cells []*cell, rows int) *seam {
	nc := len(t.xs) - 1
	s := &seam{above: t.last(), below: rowOf(cells, 0, nc), rows: rows, whole: t.cells, values: nc, gone: map[*cell]bool{}}
	for _, x := range slices.Concat(t.cells, cells) {
		if isNumber(x.text) {
			s.values = min(s.values, x.col)
		}
	}
	return s
}

// pair is two cells of the same columns above and below the seam.
type pair struct{ a, b *cell }

// pairs returns the aligned pairs from left to right, and whether all are.
func (s *seam) pairs() (ps []pair, all bool) {
	all = true
	for c := range s.below {
		a, b := s.above[c], s.below[c]
		if a == nil && b == nil {
			continue
		}
		if a == nil || b == nil || a.col != b.col || a.cols != b.cols {
			all = false
		} else if c == b.col {
			ps = append(ps, pair{a, b})
		}
	}
	return ps, all
}

func blank(x *cell) bool { return x == nil || compact(x.text) == "" }

// rowCut decides whether the first row below is the rest of the last row above.
// The doubt is set where that is only likely.
func (s *seam) rowCut() (cut bool, doubt string) {
	ps, all := s.pairs()
	if !slices.ContainsFunc(s.below, func(x *cell) bool { return !blank(x) }) {
		// A blank strip is the end of a cut row, unless it may be the one row of
		// values of the table.
		return s.rows > 1 || slices.ContainsFunc(s.whole, func(x *cell) bool { return isValue(x.text) }), ""
	}
	if !all {
		return false, ""
	}
	own, blanks := 0, 0
	for _, p := range ps {
		if p.a.rows == 1 {
			own++
			if blank(p.a) {
				blanks++
			}
		}
	}
	if own > 0 && own == blanks {
		return true, ""
	}
	var valuesA, valuesB, clash, carries, fresh, headed bool
	for _, p := range ps {
		va, vb := isValue(p.a.text), isValue(p.b.text)
		valuesA, valuesB = valuesA || va, valuesB || vb
		clash = clash || va && vb
		headed = headed || vb && !va && isWords(p.a.text)
		if !va && !vb {
			carries = carries || continues(p.a.text, p.b.text)
			fresh = fresh || startsItem(p.b.text) || isLabel(p.b.text)
		}
	}
	if headed && !valuesA { // values below their headings
		return false, ""
	}
	label := s.ownLabel(ps)
	if label == nil && valuesA && valuesB && s.values == 0 { // rows of values alone
		return s.wrapped(ps, func(p pair) *cell { return p.b }), doubtStitched
	}
	if label == nil || !valuesA && !valuesB { // rows of headings
		return carries && !fresh && !valuesB, ""
	}
	a, b := label.a.text, label.b.text
	switch {
	case blank(label.a) && blank(label.b):
		return false, ""
	case blank(label.b):
		if valuesB && (!valuesA || s.wrapped(ps, func(p pair) *cell { return p.b })) {
			return true, doubtStitched
		}
		return false, ""
	case blank(label.a):
		if !valuesA || !valuesB || s.wrapped(ps, func(p pair) *cell { return p.a }) {
			return true, doubtStitched
		}
		return false, ""
	case continues(a, b):
		if clash {
			return true, doubtStitched
		}
		return true, ""
	case startsItem(b) || isLabel(b) || isLabel(a):
		return false, ""
	case valuesA != valuesB:
		return true, doubtStitched
	}
	return false, ""
}

// wrapped reports whether one side of the seam holds nothing but the upper, or
// the lower, digits of numbers that fill their cells above.
func (s *seam) wrapped(ps []pair, side func(pair) *cell) bool {
	for _, p := range ps {
		if x := side(p); isValue(x.text) && !(p.a.full && digits(p.a.text) && digits(p.b.text)) {
			return false
		}
	}
	return true
}

// ownLabel is the pair of cells just left of the values, units aside: the labels of
// the two rows themselves, not of their groups.
func (s *seam) ownLabel(ps []pair) *pair {
	if s.values >= len(s.below) {
		return nil
	}
	end := s.values
	for i := len(ps) - 1; i >= 0; i-- {
		p := &ps[i]
		switch {
		case p.b.col+p.b.cols != end:
		case isUnit(p.a.text) && (isUnit(p.b.text) || blank(p.b)), blank(p.a) && isUnit(p.b.text):
			end = p.b.col
		default:
			return p
		}
	}
	return nil
}

// mergeRow makes one row of the rows above and below.
func (s *seam) mergeRow(doubt string) {
	for c, b := range s.below {
		if b == nil || b.col != c {
			continue
		}
		a := s.above[c]
		if a != nil && a.col == b.col && a.cols == b.cols {
			if doubt != "" && !blank(b) {
				a.doubts = append(a.doubts, doubt)
			}
			s.glue(a, b, b.rows-1)
			continue
		}
		// A blank strip of another shape: only what goes on below stays.
		if b.rows == 1 {
			s.gone[b] = true
		} else {
			b.row, b.rows = b.row+1, b.rows-1
		}
	}
	for _, a := range s.above {
		if doubt != "" && isValue(a.text) && !slices.Contains(a.doubts, doubt) {
			a.doubts = append(a.doubts, doubt)
		}
	}
}

// glue lets cell a go on as cell b, over more rows.
func (s *seam) glue(a, b *cell, rows int) {
	switch {
	case blank(b):
	case blank(a):
		a.text, a.page, a.box, a.readings = b.text, b.page, b.box, b.readings
	case schema.Fold(a.text) != schema.Fold(b.text) || isValue(b.text):
		a.text += "\n" + b.text
		a.readings = nil
	}
	a.rows += rows
	a.doubts = append(a.doubts, b.doubts...)
	s.gone[b] = true
}

// mergeGroups lets the cells that span rows on both sides of the seam go on:
// group labels, and headings where the break falls between header rows.
func (s *seam) mergeGroups() {
	ps, _ := s.pairs()
	head := s.inHeader()
	for _, p := range ps {
		if head {
			if s.headGoesOn(p) {
				s.glue(p.a, p.b, p.b.rows)
			}
			continue
		}
		leaf := s.leaf(s.below, p.b)
		if leaf == nil {
			continue
		}
		switch on, doubt := s.groupGoesOn(p, leaf); {
		case on:
			if doubt {
				p.a.doubts = append(p.a.doubts, doubtGroup)
			}
			s.glue(p.a, p.b, p.b.rows)
		case doubt:
			p.b.doubts = append(p.b.doubts, doubtGroup)
		}
	}
}

// inHeader reports whether the break falls between rows of headings: there are
// no values on either side, and the first cell below starts no row of its own.
func (s *seam) inHeader() bool {
	first := s.below[0]
	if first == nil || startsItem(first.text) {
		return false
	}
	words := false
	for c := range s.below {
		if x := s.above[c]; x != nil && isValue(x.text) {
			return false
		}
		x := s.below[c]
		if x != nil && isValue(x.text) {
			return false
		}
		words = words || x != nil && isWords(x.text)
	}
	a := s.above[0]
	if a == nil || a.col != first.col || a.cols != first.cols {
		return words
	}
	return words && s.headGoesOn(pair{a, first})
}

func (s *seam) headGoesOn(p pair) bool {
	return blank(p.a) || blank(p.b) || schema.Fold(p.a.text) == schema.Fold(p.b.text) || continues(p.a.text, p.b.text)
}

// leaf returns the innermost label of a row right of group cell g, or nil where
// g is the row's own label or a value.
func (s *seam) leaf(row []*cell, g *cell) *cell {
	var leaf *cell
	for c := g.col + g.cols; c < min(s.values, len(row)); c++ {
		if row[c] != nil && isWords(row[c].text) {
			leaf = row[c]
		}
	}
	return leaf
}

// groupGoesOn decides whether group cell b is the rest of a. leaf is the label
// of the first row below.
func (s *seam) groupGoesOn(p pair, leaf *cell) (on, doubt bool) {
	switch {
	case isValue(p.a.text) || isValue(p.b.text):
		return false, false
	case blank(p.b) && blank(p.a):
		return true, false
	case blank(p.b):
		known := groupOf(leaf.text) != "" && isLabel(p.a.text)
		if known && !inGroup(leaf.text, p.a.text) {
			return false, true
		}
		return true, false
	case blank(p.a):
		up := s.leaf(s.above, p.a)
		if up == nil {
			return false, false
		}
		if groupOf(up.text) != "" && isLabel(p.b.text) {
			return inGroup(up.text, p.b.text), false
		}
		return p.a.rows > 1, true
	}
	return schema.Fold(p.a.text) == schema.Fold(p.b.text) || continues(p.a.text, p.b.text), false
}

// inGroup reports whether a row label stands somewhere below a group label in
// the forms.
func inGroup(label, group string) bool {
	want := schema.Fold(group)
	at := schema.Fold(label)
	for range 5 {
		if at = vocab().parent[at]; at == "" {
			return false
		}
		if at == want {
			return true
		}
	}
	return false
}
