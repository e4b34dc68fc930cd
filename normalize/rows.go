package normalize

import (
	"slices"

	"nianbao/extract"
)

// match is a row of a part that prints a row of a template.
type match struct {
	at   int // row of the part
	row  int // row of the template
	leaf *cell
	sure bool    // false: the label is damaged, or fits another row as well
	like float64 // how like the print is to the form's label
}

// match finds the rows of the template in a part. Order decides where labels
// repeat; a row whose label says nothing is taken only between its neighbours,
// and never for sure.
func (t *template) match(p *part) []match {
	var at []int
	var leaves []*cell
	var scores [][]float64
	for r := p.from; r < p.to; r++ {
		leaf, score := t.leaf(p, r, p.rows[r])
		if leaf != nil && (!p.ragged || leaf != p.rows[r][len(p.rows[r])-1]) {
			at, leaves, scores = append(at, r), append(leaves, leaf), append(scores, score)
		}
	}
	to, unsure := align(scores, len(t.rows))
	var rows []int // of the form that a scan follows
	if p.scan {
		to, unsure, rows = t.ofForms(scores)
	}
	exact := map[int]bool{}
	for i, j := range to {
		if j >= 0 && scores[i][j] >= 0.97 {
			exact[j] = true
		}
	}
	var out []match
	taken := map[int]bool{}
	for i, j := range to {
		if j < 0 || taken[j] {
			continue
		}
		taken[j] = true
		second := 0.0
		for k, s := range scores[i] {
			if k != j && !exact[k] {
				second = max(second, s)
			}
		}
		sure := !unsure[i] && !behindNumber(p.rows[at[i]], leaves[i]) && (scores[i][j] == 1 && second < 1 || scores[i][j]-second >= 0.15)
		out = append(out, match{at: at[i], row: j, leaf: leaves[i], sure: sure, like: scores[i][j]})
	}
	if p.scan && !p.ragged {
		out = t.byPlace(p, out, rows)
	}
	t.doubtBesideGaps(out)
	return t.fillGaps(p, out)
}

// behindNumber tells whether a label stands behind a number of its row: it may be
// another row's, in the place of a number.
func behindNumber(row []*cell, leaf *cell) bool {
	return slices.ContainsFunc(row, func(c *cell) bool { return c.value && !c.blank && c.Col < leaf.Col })
}

// doubtBesideGaps makes a row doubtful where every form has another right after
// it that is missing, and where the label is not printed as in the form, also right
// before it: a cut may have joined the label of one row with the numbers of
// another.
func (t *template) doubtBesideGaps(ms []match) {
	forms := t.forms()
	gap := func(a, b match) bool {
		between := t.rows[min(a.row+1, b.row):b.row]
		return !slices.ContainsFunc(forms, func(f string) bool {
			return !slices.ContainsFunc(between, func(r templateRow) bool { return r.in(f) })
		})
	}
	for i := range ms {
		if i+1 < len(ms) && gap(ms[i], ms[i+1]) || i > 0 && ms[i].like < 1 && gap(ms[i-1], ms[i]) {
			ms[i].sure = false
		}
	}
}

// leaf finds the innermost label of a row: the rightmost cell that prints a
// label of the template. A cell over several rows is a group's label.
func (t *template) leaf(p *part, r int, row []*cell) (*cell, []float64) {
	var best *cell
	var scores []float64
	top := 0.0
	for _, c := range row {
		if c.value || c.Row != r || (c.Height() > 1 && !p.ragged) || p.fullWidth(c) {
			continue
		}
		s := t.score(c.label)
		m := slices.Max(s)
		if m >= plausible && (m >= sure || m >= top) {
			best, scores, top = c, s, m
		}
	}
	return best, scores
}

// split cuts a part where it prints rows of the template again: this year's
// table and last year's in one.
func (t *template) split(p *part) []*part {
	var out []*part
	seen := map[int]bool{}
	last := p.from // row after the last one of the printing before
	for r := p.from; r < p.to; r++ {
		leaf, score := t.leaf(p, r, p.rows[r])
		if leaf == nil || numbers(p.rows[r]) == 0 {
			continue
		}
		row := -1
		for j, s := range score {
			if s >= 0.97 && (row < 0 || seen[row]) {
				row = j
			}
		}
		if row < 0 {
			continue
		}
		if seen[row] && t.opens(row) && len(seen) > 2 {
			cut := *p
			cut.to = last
			out = append(out, &cut)
			rest := *p
			rest.from = last
			p = &rest
			clear(seen)
		}
		seen[row] = true
		last = r + 1
	}
	return append(out, p)
}

// opens tells whether a row that comes again can only belong to another
// printing. Rows of table two stand in tables that look like it, too; its first
// one does not.
func (t *template) opens(row int) bool {
	if t.section == "二" {
		return row == 0
	}
	return !t.rows[row].generic
}

// fillGaps adds a row with numbers but no known label where exactly one row of
// the form is missing between two neighbours.
func (t *template) fillGaps(p *part, ms []match) []match {
	var out []match
	for i, m := range ms {
		out = append(out, m)
		if i+1 == len(ms) || ms[i+1].at != m.at+2 || ms[i+1].row != m.row+2 {
			continue
		}
		row := p.rows[m.at+1]
		if numbers(row) == 0 {
			continue
		}
		leaf := row[0]
		for _, c := range row {
			if c.Col <= m.leaf.Col && !p.ragged || !c.value {
				leaf = c
			}
		}
		out = append(out, match{at: m.at + 1, row: m.row + 1, leaf: leaf})
	}
	return out
}

// head is an innermost column heading with the headings around it.
type head struct {
	span   span
	prints []label // the heading alone, and joined with what stands above it
	above  []label // outermost first
	unit   string
}

// headings are the column headings over a row, from left to right.
type headings struct {
	heads []head
	end   int  // the right edge of their rows
	holed bool // a place among them has no cell: some may stand a column off
	odd   bool // a row of theirs has other cells than it says, or one of them hides another
	scan  bool // read from pixels, with their places

	placed map[string]columns // by the key of a set
}

// headRows finds the headings over the rows of a part: once for all the rows that
// stand below the same ones.
type headRows struct {
	*part
	data  map[int]bool // rows that hold no headings
	known map[headRow]*headings
}

// headRow is the lowest row of headings, and the column from which on they count.
type headRow struct{ at, from int }

func (p *part) headRows(data map[int]bool) *headRows {
	return &headRows{p, data, map[headRow]*headings{}}
}

// over finds the column headings over a row: the nearest rows above that hold
// labels and no numbers, data rows in between skipped.
func (h *headRows) over(at int, leaf *cell) *headings {
	from := leaf.span().to
	if h.ragged {
		from = 1
	}
	lowest := at - 1
	for lowest >= h.from && !h.heads(lowest, from) {
		lowest--
	}
	row := headRow{lowest, from}
	if h.known[row] == nil {
		h.known[row] = h.read(lowest, from)
	}
	return h.known[row]
}

// heads tells whether a row holds headings from a column on.
func (h *headRows) heads(r, from int) bool {
	return !h.data[r] && numbers(h.rows[r]) == 0 && slices.ContainsFunc(h.rows[r], func(c *cell) bool {
		return !c.value && !h.fullWidth(c) && c.Col >= from
	})
}

// read reads the headings from a row on upwards.
func (p *headRows) read(lowest, from int) *headings {
	var block []*cell
	end := 0
	for r := lowest; r >= p.from; r-- {
		if !p.heads(r, from) {
			if len(block) > 0 {
				break
			}
			continue
		}
		for _, c := range p.rows[r] {
			end = max(end, c.span().to)
			if !c.value && !p.fullWidth(c) && c.Col >= from && !headsLabels[c.label.bare] && !slices.Contains(block, c) {
				block = append(block, c)
			}
		}
		if p.ragged {
			break
		}
	}
	slices.SortStableFunc(block, func(a, b *cell) int { return a.Row - b.Row })
	var out []head
	for _, c := range block {
		covered := false
		for _, d := range block {
			covered = covered || d.Row > c.Row && d.span().overlaps(c.span())
		}
		if covered {
			continue
		}
		h := head{span: c.span(), prints: []label{c.label}, unit: unitIn(c.Text)}
		joined := c.Text
		for i := len(block) - 1; i >= 0; i-- {
			if d := block[i]; d.Row < c.Row && d.span().overlaps(c.span()) {
				joined = d.Text + joined
				h.prints = append(h.prints, newLabel(joined))
				h.above = slices.Insert(h.above, 0, d.label)
			}
		}
		out = append(out, h)
	}
	slices.SortStableFunc(out, func(a, b head) int { return a.span.from - b.span.from })
	if len(block) > 0 && block[0].Row > p.from && !p.ragged { // a heading over the whole width
		for _, c := range p.rows[block[0].Row-1] {
			for i := range out {
				if p.fullWidth(c) && !c.value {
					out[i].above = slices.Insert(out[i].above, 0, c.label)
				}
			}
		}
	}
	odd := slices.ContainsFunc(p.doubts, func(d extract.Doubt) bool {
		return d.Row >= 0 && (d.Col < 0 || d.Kind == "merged_text") && slices.ContainsFunc(block, func(c *cell) bool { return c.Row == d.Row })
	})
	return &headings{heads: out, end: end, holed: p.holed(block, out, end), odd: odd, scan: p.scan && !p.ragged}
}

// holed tells whether a row of headings leaves a place open that another one
// fills, or a column has no heading of its own. A cell that lost its span does
// that, and pushes those after it.
func (p *part) holed(block []*cell, heads []head, end int) bool {
	if len(block) == 0 || p.ragged {
		return false
	}
	whole := span{block[0].Col, end}
	for _, c := range block {
		whole.from = min(whole.from, c.Col)
	}
	for r := block[0].Row; r <= block[len(block)-1].Row; r++ {
		if !covered(p.rows[r], whole) {
			return true
		}
	}
	at := whole.from
	for _, h := range heads { // from left to right
		if h.span.from > at {
			return true
		}
		at = max(at, h.span.to)
	}
	return at < end
}

// headsLabels are headings of columns that hold no numbers.
var headsLabels = map[string]bool{"单位": true, "信息内容": true, "统计指标": true, "条款": true}

// columns is where the columns of a set stand in a part.
type columns struct {
	set   *columnSet
	spans []span // zero where a column was not found
	units []string
	sure  []bool
	count int     // headings there are, known or not
	lost  int     // columns of the set without a heading of their own
	worth float64 // likeness of the others, for comparing sets
	width int     // of the part they were found in
	apart bool    // the row's part has other columns
	end   int     // right edge of the headings' rows
}

// under finds a set's columns below the headings by their own prints: once for all
// sets of the same prints.
func (hs *headings) under(s *columnSet) columns {
	c, ok := hs.placed[s.key]
	if !ok {
		c = s.place(hs, s.bare)
		if hs.placed == nil {
			hs.placed = map[string]columns{}
		}
		hs.placed[s.key] = c
	}
	c.set = s
	return c
}

// place aligns a set's columns to headings, rated by how like each column is to
// a heading.
func (s *columnSet) place(over *headings, rate func(*head) []float64) columns {
	hs := over.heads
	out := columns{end: over.end, set: s, spans: make([]span, len(s.columns)), units: make([]string, len(s.columns)), sure: make([]bool, len(s.columns)), count: len(hs)}
	score := make([][]float64, len(hs))
	for i := range hs {
		score[i] = rate(&hs[i])
	}
	to, unsure := align(score, len(s.columns))
	found := 0
	for i, j := range to {
		if j < 0 || out.spans[j] != (span{}) {
			continue
		}
		found++
		out.spans[j], out.units[j], out.sure[j] = hs[i].span, hs[i].unit, !unsure[i] && score[i][j] >= sure*0.9
		out.worth += score[i][j]
	}
	if len(hs) == len(s.columns) && found*2 >= len(hs) {
		// The others stand in order between those that were found.
		for j := range out.spans {
			if out.spans[j] == (span{}) || !out.sure[j] {
				out.spans[j], out.units[j] = hs[j].span, hs[j].unit
				out.sure[j] = found == len(hs)
			}
		}
	}
	if over.odd || over.holed && found < len(s.columns) {
		clear(out.sure)
	} else if over.scan {
		out.byPlace(hs, score)
	}
	out.lost = len(s.columns) - found
	return out
}

// bare rates the columns by their own prints.
func (s *columnSet) bare(h *head) []float64 {
	out := make([]float64, len(s.columns))
	for j := range s.columns {
		out[j] = s.columns[j].likeness(h)
	}
	return out
}

func (c *templateColumn) likeness(h *head) float64 {
	best := 0.0
	for _, l := range h.prints {
		best = max(best, c.leaf.likeness(l))
	}
	return best
}

// fit drops the blanks that a row has beyond n cells. Where rows as long as
// this one tell where numbers begin, they decide; else blanks go first at the
// row's end, then between label and numbers. sure is false where blanks at
// both ends leave a choice.
func (p *part) fit(row int, cells []*cell, n int) (fitted []*cell, sure bool) {
	if from, ok := p.begins[len(p.rows[row])]; ok && p.ragged && from > 0 {
		i := slices.IndexFunc(cells, func(c *cell) bool { return c.Col >= from })
		if i > 0 && len(cells)-i >= n && blankCells(cells[:i]) {
			cells = cells[i:]
		}
	}
	sure = len(cells) <= n || !cells[0].blank || !cells[len(cells)-1].blank
	if _, ok := p.begins[len(p.rows[row])]; !ok && len(p.begins) > 0 && len(cells) > 0 && cells[0].blank {
		sure = false // a row of its own length: the blank may stand for a label or a number
	}
	for len(cells) > n && cells[len(cells)-1].blank {
		cells = cells[:len(cells)-1]
	}
	for len(cells) > n && cells[0].blank {
		cells = cells[1:]
	}
	return cells, sure
}

func blankCells(cells []*cell) bool {
	return !slices.ContainsFunc(cells, func(c *cell) bool { return !c.blank })
}

// measure finds where the numbers of rows begin, by length of row: right of the
// innermost labels if that leaves n cells in more than one row, or where full
// rows have them.
func (p *part) measure(ms []match, n int) {
	p.begins = map[int]int{}
	inner, rows := map[int]int{}, map[int]int{}
	for _, m := range ms {
		length := len(p.rows[m.at])
		inner[length] = max(inner[length], m.leaf.Col+1)
		rows[length]++
	}
	for length, from := range inner {
		if length-n == from && rows[length] > 1 {
			p.begins[length] = from
		}
	}
	for _, m := range ms {
		cells := p.after(m)
		if len(cells) < n || numbers(cells) != n || numbers(cells[len(cells)-n:]) != n {
			continue
		}
		length, from := len(p.rows[m.at]), cells[len(cells)-n].Col
		if old, ok := p.begins[length]; ok && old != from {
			from = -1 // rows of this length differ
		}
		p.begins[length] = from
	}
}

// after returns the cells of a row to the right of its label. In the 2014 table
// the unit stands between label and number and is left out.
func (p *part) after(m match) []*cell {
	row := p.rows[m.at]
	i := slices.Index(row, m.leaf)
	out := slices.Clone(row[i+1:])
	return slices.DeleteFunc(out, func(c *cell) bool { return unitWords[c.label.full] })
}

var unitWords = map[string]bool{"件": true, "条": true, "次": true, "篇": true, "个": true, "人": true, "人次": true, "万元": true, "项": true}
