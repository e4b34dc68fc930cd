package normalize

import (
	"slices"
	"strings"

	"nianbao/extract"
)

// Table 四 has one row of numbers under fifteen columns in three groups.

// collectReview finds the printings of table 四 among parts.
func collectReview(parts []*part) []*instance {
	t := review()
	set := &t.rows[0].sets[0]
	var out []*instance
	for _, p := range parts {
		var got *instance
		if p.ragged {
			got = countedReview(t, set, p)
		} else {
			if got = reviewByBlocks(t, set, p); got == nil {
				got = reviewByHeads(t, set, p)
			}
			if got == nil {
				got = reviewByRows(t, set, p)
			}
		}
		if got == nil {
			continue
		}
		if n := len(out); n > 0 && disjoint(out[n-1], got) {
			// 行政复议 and 行政诉讼 printed as two tables.
			for id, e := range got.entries {
				out[n-1].entries[id] = e
			}
			continue
		}
		out = append(out, got)
	}
	return out
}

func disjoint(a, b *instance) bool {
	for id := range b.entries {
		if a.entries[id] != nil {
			return false
		}
	}
	return true
}

// reviewByHeads reads the numbers under the headings of a table with columns.
func reviewByHeads(t *template, set *columnSet, p *part) *instance {
	best, top := columns{}, 0.0
	at := -1
	edge := &cell{Cell: &extract.Cell{Col: -1}} // left of the first column
	heads := p.headRows(nil)
	var tried *headings
	for r := range p.rows {
		if r == 0 || !isDataRow(p.rows[r]) {
			continue
		}
		over := heads.over(r, edge)
		if over == tried { // the row above stands below the same ones
			continue
		}
		tried = over
		if c := set.place(over, set.grouped); c.worth > top {
			best, top, at = c, c.worth, r
		}
	}
	if at < 0 || top < 3.5 {
		return nil
	}
	in := &instance{template: t, entries: map[string]*entry{}, line: p.line, number: p.number}
	row := p.rows[at]
	// A blank row may stand between the headings and the numbers.
	for r := at; r < len(p.rows) && numbers(row) == 0 && r <= at+2; r++ {
		if isDataRow(p.rows[r]) && numbers(p.rows[r]) > 0 {
			at, row = r, p.rows[r]
		}
	}
	second := false
	for r := at + 1; r < len(p.rows); r++ {
		second = second || isDataRow(p.rows[r]) && numbers(p.rows[r]) > 0
	}
	in.under(p, at, set, best, second)
	return in
}

// reviewByBlocks reads a table that prints the groups below each other, in rows
// of numbers under headings of their own or under common ones, with the group in
// front of the row. All rows must be whole groups, and none may come again.
func reviewByBlocks(t *template, set *columnSet, p *part) *instance {
	type block struct {
		at int
		columns
	}
	var blocks []block
	taken := make([]bool, len(set.columns))
	heads := p.headRows(nil)
	for r := p.from; r < p.to; r++ {
		row := p.rows[r]
		if numbers(row) == 0 {
			continue
		}
		edge := &cell{Cell: &extract.Cell{Col: -1}}
		first := slices.IndexFunc(row, func(c *cell) bool { return c.value })
		if slices.ContainsFunc(row[first:], func(c *cell) bool { return !c.value }) {
			return nil
		}
		var inFront []label
		for _, c := range row[:first] {
			edge = c
			inFront = append(inFront, c.label)
		}
		over := *heads.over(r, edge)
		over.heads = slices.Clone(over.heads)
		for i := range over.heads {
			over.heads[i].above = slices.Concat(over.heads[i].above, inFront)
		}
		c := set.place(&over, set.grouped)
		found := len(set.columns) - c.lost
		if found == 0 || found != len(over.heads) || c.worth < 0.95*float64(found) {
			return nil
		}
		groups := map[string]int{}
		for j, s := range c.spans {
			if s == (span{}) {
				continue
			}
			if taken[j] {
				return nil
			}
			taken[j] = true
			groups[groupName(set.columns[j].id)]++
		}
		for _, n := range groups {
			if n != groupSize {
				return nil
			}
		}
		blocks = append(blocks, block{r, c})
	}
	if len(blocks) < 2 {
		return nil
	}
	in := &instance{template: t, entries: map[string]*entry{}, line: p.line, number: p.number}
	for _, b := range blocks {
		in.under(p, b.at, set, b.columns, false)
	}
	return in
}

// groupSize is how many columns each group of table 四 has.
const groupSize = 5

// gapped tells whether a group lacks one of its headings: then those behind it may
// stand over other numbers than their own, as they do where a number is lost, too.
func (c columns) gapped(set *columnSet) bool {
	found := map[string]int{}
	for j, s := range c.spans {
		if s != (span{}) {
			found[groupName(set.columns[j].id)]++
		}
	}
	for _, n := range found {
		if n < groupSize {
			return true
		}
	}
	return false
}

// under reads the numbers of a row of table 四 under its headings.
func (in *instance) under(p *part, at int, set *columnSet, cols columns, doubtful bool) {
	row := p.rows[at]
	moved := shifted(row, cols) || p.endsApart(match{at: at}, cols) || cols.gapped(set)
	for j, s := range cols.spans {
		if s == (span{}) {
			continue
		}
		sure := cols.sure[j] && !doubtful && !moved && covered(row, s) && !shared(row, cols.spans, j)
		in.put(p, match{at: at, sure: true}, &set.columns[j], under(row, s), "", sure)
	}
}

// reviewByRows reads table 四 turned on its side: a row for each of its columns,
// with one number at the end.
func reviewByRows(t *template, set *columnSet, p *part) *instance {
	var hs []head
	for r := p.from; r < p.to; r++ {
		row := p.rows[r]
		n := len(row)
		if n < 2 || !row[n-1].value || row[n-1].Height() > 1 || row[n-2].value {
			continue
		}
		h := head{span: span{r, r + 1}, prints: []label{row[n-2].label}}
		for _, c := range row[:n-2] {
			if !c.value {
				h.above = append(h.above, c.label)
			}
		}
		hs = append(hs, h)
	}
	cols := set.place(&headings{heads: hs}, set.grouped)
	if cols.worth < 0.8*float64(len(set.columns)) {
		return nil
	}
	in := &instance{template: t, entries: map[string]*entry{}, line: p.line, number: p.number}
	for j, s := range cols.spans {
		if s != (span{}) {
			row := p.rows[s.from]
			in.put(p, match{at: s.from, sure: true}, &set.columns[j], row[len(row)-1:], "", cols.sure[j])
		}
	}
	return in
}

// isDataRow tells whether all that a row holds could be numbers, a label in
// front aside.
func isDataRow(row []*cell) bool {
	if len(row) < 4 {
		return false
	}
	for i, c := range row {
		if !c.value && i > 0 {
			return false
		}
	}
	return true
}

// grouped rates the columns of table 四: a heading counts for a column if its
// result is the column's, and what stands above it does not name another group.
func (s *columnSet) grouped(h *head) []float64 {
	out := s.bare(h)
	group := groupOf(s, h)
	for j := range out {
		switch group {
		case "":
			out[j] *= 0.9
		case groupName(s.columns[j].id):
		default:
			out[j] = 0
		}
	}
	return out
}

func groupName(id string) string { return id[:strings.LastIndexByte(id, '.')] }

// groupOf finds the group that the headings above name, innermost first.
func groupOf(set *columnSet, h *head) string {
	for i := len(h.above) - 1; i >= 0; i-- {
		best, name := 0.0, ""
		for j := range set.columns {
			if s := set.columns[j].group.likeness(h.above[i]); s > best {
				best, name = s, groupName(set.columns[j].id)
			}
		}
		if best >= 0.7 { // groups share too few characters to be mistaken
			return name
		}
	}
	return ""
}

// countedReview reads table 四 where columns can only be counted: headings in
// their order, then five numbers for each group that they name. The groups may
// stand in tables of their own.
func countedReview(t *template, set *columnSet, p *part) *instance {
	in := &instance{template: t, entries: map[string]*entry{}, line: p.line, number: p.number}
	head := ""
	for r := p.from; r < p.to; r++ {
		var cells []*cell
		for _, c := range p.rows[r] {
			if c.value {
				cells = append(cells, c)
			} else {
				head += c.label.full
			}
		}
		if numbers(p.rows[r]) == 0 {
			continue
		}
		groups := groupsIn(head)
		head = ""
		if len(groups) == 0 || p.number > 0 && len(p.rows[r])-len(cells) > 1 {
			continue
		}
		in.count(p, r, set, groups, cells)
	}
	if len(in.entries) == 0 {
		return nil
	}
	return in
}

// groupsIn lists the groups that running headings name, in the form's order;
// none if they are not those of table 四.
func groupsIn(head string) []string {
	var out []string
	at := 0
	for _, g := range []struct{ name, print string }{{"review", "行政复议"}, {"litigation.direct", "未经复议"}, {"litigation.after_review", "复议后"}} {
		if i := strings.Index(head[at:], g.print); i >= 0 {
			out = append(out, g.name)
			at += i
		}
	}
	if !strings.Contains(head, "维持") || strings.Count(head, "审结") != len(out) {
		return nil
	}
	return out
}

// count reads a row's cells in order as the columns of the groups.
func (in *instance) count(p *part, r int, set *columnSet, groups []string, cells []*cell) {
	var cols []*templateColumn
	for j := range set.columns {
		if slices.Contains(groups, groupName(set.columns[j].id)) {
			cols = append(cols, &set.columns[j])
		}
	}
	cells, fitted := p.fit(r, cells, len(cols))
	if len(cells) == len(cols) {
		last := cells[len(cells)-1]
		for j, col := range cols {
			in.put(p, match{at: r, sure: true}, col, cells[j:j+1], "", fitted && !last.blank)
		}
		return
	}
	for _, col := range cols {
		in.entries[col.id] = unplaced(p, col, cells)
	}
}
