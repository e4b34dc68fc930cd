package normalize

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// entry is one cell of the form as found.
type entry struct {
	id, unit string
	text     string
	reading  reading
	evidence []Evidence
	// misplaced: which cell of the form this is, is in doubt. No sum proves it,
	// since sums do not care which of two rows is which.
	misplaced bool
	rec       *recognition // where the cell was read from pixels
	// clear: its row is labelled as in the form, its place is in no doubt, and no row of
	// its table is left over.
	clear bool
	// unproved: the digits are in doubt until every sum they stand in holds.
	unproved bool
}

// instance is one printing of a statutory table: a report has one as a rule,
// in one or more parts.
type instance struct {
	template *template
	entries  map[string]*entry
	rows     map[int]bool
	forms    map[string]float64 // votes of headings for forms
	line     int                // lines of the document before its first part
	number   int                // of its first table, from 1
	cols     int                // width of its first part
	headed   map[string]columns // the last headings of each kind, for parts without any
	extra    []string           // labels of rows that the form does not have
	left     bool               // rows were taken for none of the form, with labels or without
}

// collect finds the instances of a template among parts, in reading order. A
// part belongs to the instance before it unless it prints a row again, or one that
// stands above those printed.
func (t *template) collect(parts []*part) []*instance {
	var whole []*part
	for _, p := range parts {
		whole = append(whole, t.split(p)...)
	}
	var out []*instance
	for _, p := range whole {
		ms := t.match(p)
		var in *instance
		if len(out) > 0 {
			in = out[len(out)-1]
		}
		if !t.evident(p, ms, in) {
			continue
		}
		if p.number == 0 { // running text: the table begins at its first row
			p.line = p.rows[ms[0].at][0].line - 1
		}
		if in == nil || !in.before(ms[0].row) || slices.ContainsFunc(ms, func(m match) bool { return in.rows[m.row] }) {
			in = &instance{template: t, entries: map[string]*entry{}, rows: map[int]bool{}, forms: map[string]float64{}, headed: map[string]columns{}, line: p.line, number: p.number, cols: p.cols}
			out = append(out, in)
		}
		in.add(p, ms)
	}
	return out
}

// evident tells a part of the statutory table from one that looks like it: by
// its own rows and headings, or as continuation of the part before it.
func (t *template) evident(p *part, ms []match, in *instance) bool {
	if len(ms) == 0 {
		return false
	}
	if t.section == "二" {
		for _, row := range p.rows[p.from:p.to] {
			for _, c := range row {
				if !c.value && (strings.HasPrefix(c.label.full, "第二十条第") || strings.HasPrefix(c.label.full, "信息内容")) {
					return true
				}
			}
		}
		return false
	}
	telling := 0
	for _, m := range ms {
		if m.sure && !t.rows[m.row].generic {
			telling++
		}
	}
	switch {
	case telling >= 2:
		return true
	case telling == 1:
		return t.headed(p) || in != nil && in.before(ms[0].row)
	}
	return in != nil && in.before(ms[0].row) && p.cols == in.cols && ms[0].sure
}

// headed tells whether a part prints headings of the template's columns.
func (t *template) headed(p *part) bool {
	var want []*names
	for _, c := range t.rows[0].sets[0].columns {
		if utf8.RuneCountInString(c.leaf.canonical().bare) > 2 {
			want = append(want, c.leaf)
		}
	}
	found := 0
	for _, row := range p.rows[p.from:p.to] {
		for _, c := range row {
			if !c.value && slices.ContainsFunc(want, func(n *names) bool { return n.likeness(c.label) > 0.95 }) {
				found++
			}
		}
	}
	return found >= min(3, len(want))
}

// before tells whether all rows found so far stand above a row of the form.
func (in *instance) before(row int) bool {
	for r := range in.rows {
		if r >= row {
			return false
		}
	}
	return true
}

// add takes the rows of a part.
func (in *instance) add(p *part, ms []match) {
	data := map[int]bool{}
	for _, m := range ms {
		data[m.at] = true
	}
	p.beside = map[int]bool{}
	for r := p.from; r < p.to; r++ {
		if !data[r] && numbers(p.rows[r]) > 0 && !slices.ContainsFunc(p.rows[r], func(c *cell) bool { return !c.value }) {
			p.beside[r-1], p.beside[r+1] = true, true
		}
	}
	p.measure(ms, len(in.template.rows[0].sets[0].columns))
	var unheaded []match // rows that need what the headed ones tell
	heads := p.headRows(data)
	for _, m := range ms {
		in.rows[m.row] = true
		if cols := bestSet(&in.template.rows[m.row], heads.over(m.at, m.leaf)); cols.worth > 0 {
			cols.width = p.cols
			in.headed[cols.set.key] = cols
			for _, f := range cols.set.forms {
				in.forms[f] += cols.worth
			}
			in.read(p, m, cols, p.after(m))
		} else {
			unheaded = append(unheaded, m)
		}
	}
	for _, m := range unheaded {
		cells := p.after(m)
		in.read(p, m, in.columnsFor(p, m, cells), cells)
	}
	for r := p.from; r < p.to; r++ {
		row := p.rows[r]
		in.left = in.left || !data[r] && (numbers(row) > 0 || p.holdsValues(r))
		if !data[r] && numbers(row) > 0 && len(row) > 0 && !row[0].value {
			in.extra = append(in.extra, strings.Join(strings.Fields(row[0].Text), ""))
		}
	}
}

// bestSet is the column set that fits the headings over a row best.
func bestSet(row *templateRow, hs *headings) columns {
	var best columns
	for i := range row.sets {
		c := hs.under(&row.sets[i])
		c.worth -= 0.5 * float64(c.lost)
		if best.set == nil || c.worth > best.worth {
			best = c
		}
	}
	return best
}

// columnsFor finds the columns of a row without headings: as headed elsewhere
// in the table, or by order alone, in the form that the other rows speak for.
func (in *instance) columnsFor(p *part, m match, cells []*cell) columns {
	row := &in.template.rows[m.row]
	for i := range row.sets {
		c, ok := in.headed[row.sets[i].key]
		if !ok {
			continue
		}
		c.set = &row.sets[i]
		c.apart = !p.ragged && (c.width != p.cols || in.template.section == "三" && m.leaf.span().to != c.spans[0].from)
		if c.apart || p.ragged {
			c.spans = nil
		}
		return c
	}
	worth := func(s *columnSet) (w float64) {
		n := len(s.columns)
		if fitted, _ := p.fit(m.at, cells, n); len(fitted) == n {
			w = 0.5
		}
		for _, f := range s.forms {
			w += in.forms[f]
		}
		return w
	}
	best := &row.sets[0]
	for i := range row.sets {
		if worth(&row.sets[i]) > worth(best) {
			best = &row.sets[i]
		}
	}
	return columns{set: best}
}

// read reads the cells of one row of the form.
func (in *instance) read(p *part, m match, cols columns, cells []*cell) {
	n := len(cols.set.columns)
	byHeads := cols.worth > 0 && !p.ragged && cols.spans != nil
	if byHeads {
		short := false
		for _, s := range cols.spans {
			short = short || s != (span{}) && !covered(p.rows[m.at], s)
		}
		if !short {
			crowded := in.template.section == "二" && numbers(cells) > n // one of them is none of the row's
			moved := crowded || shifted(cells, cols) || p.endsApart(m, cols) || pushed(m.at, cells)
			for j := range cols.set.columns {
				in.put(p, m, &cols.set.columns[j], under(cells, cols.spans[j]), cols.units[j], cols.sure[j] && !moved && !shared(cells, cols.spans, j))
			}
			return
		}
	}
	// The cells can only be counted.
	want := n
	if cols.spans != nil && p.ragged && cols.count > n {
		want = cols.count
	}
	cells, fitted := p.fit(m.at, cells, want)
	sure := fitted && (in.template.section != "二" || cols.worth > 0) && !pushed(m.at, cells)
	if p.ragged && slices.ContainsFunc(cells, func(c *cell) bool { return strings.Contains(c.Text, "\uFFFD") }) {
		sure = false // what stood there may have set two cells apart
	}
	// The blank in front may be a label's where columns stand elsewhere.
	strange := byHeads || cols.apart
	switch {
	case len(cells) == want && want == n:
		sure = sure && (n < 3 || !cells[n-1].blank || !slices.ContainsFunc(cells, func(c *cell) bool { return !c.blank }))
		for j := range cells {
			in.put(p, m, &cols.set.columns[j], cells[j:j+1], unitAt(cols, j), sure && !(strange && cells[0].blank))
		}
	case len(cells) == n-1 && n > 2:
		in.placements(p, m, cols, cells)
	default:
		for j := range cols.set.columns {
			c := &cols.set.columns[j]
			in.entries[c.id] = unplaced(p, c, cells)
		}
	}
}

// unplaced is the entry of a column in a row whose cells cannot be told apart.
func unplaced(p *part, col *templateColumn, cells []*cell) *entry {
	e := &entry{id: col.id, unit: col.unit, reading: reading{state: Unreadable}, misplaced: true}
	var texts []string
	for _, c := range cells {
		texts = append(texts, c.Text)
		e.evidence = append(e.evidence, p.evidence(c))
	}
	e.text = strings.Join(texts, " ")
	return e
}

// doubtBesideLeft heeds rows that were taken for none of the form: the others are not
// certain then, and in a scan a blank one that is not labelled as in the form may be a
// heading in the place of one of them.
func (in *instance) doubtBesideLeft() {
	for _, e := range in.entries {
		if e.rec != nil && e.reading.state == Blank && in.left && !e.clear {
			e.misplaced = true
		}
		e.clear = e.clear && !in.left && !e.misplaced
	}
}

// doubtBlankRow puts a row of table three in doubt that alone has nothing in any
// column where all others have their total: the cell that held it may be lost, and
// the row filled up.
func (in *instance) doubtBlankRow() {
	if in.template.section != "三" {
		return
	}
	blank := map[string]bool{} // by row: no cell of it holds a number
	for id, e := range in.entries {
		row := groupName(id)
		was, known := blank[row]
		blank[row] = e.reading.state == Blank && (was || !known)
	}
	only := ""
	for row, nothing := range blank {
		total := in.entries[row+".total"]
		lacks := total == nil || total.reading.state != Reported
		switch {
		case !nothing && lacks && total != nil && total.misplaced: // another one that lost a cell
		case nothing && only != "", !nothing && lacks:
			return
		case nothing:
			only = row
		}
	}
	if len(blank) < 6 {
		return
	}
	for id, e := range in.entries {
		if groupName(id) == only {
			e.misplaced = true
		}
	}
}

// endsApart tells whether a row ends in another column than the headings over
// it, or holds a number under none of them: it lost a cell, or has one too
// many. Markup allows that, drawn rules do not.
func (p *part) endsApart(m match, cols columns) bool {
	end, last := 0, 0
	for _, s := range cols.spans {
		last = max(last, s.to)
	}
	drawn := false
	for _, c := range p.rows[m.at] {
		drawn = drawn || c.Box != nil
		end = max(end, c.span().to)
		if c.Col >= last && c.value && !c.blank {
			return true
		}
	}
	return end != cols.end && !drawn
}

// shifted tells whether a row may have lost a cell and have been filled up at
// its end: the last column, a total, is blank then, while others are not. Where
// rules are drawn that is told only by totals that the form demands.
func shifted(cells []*cell, cols columns) bool {
	n := len(cols.spans)
	if n < 3 {
		return false
	}
	some := false
	for _, c := range cells {
		if c.Box != nil && n < 7 {
			return false
		}
		some = some || !c.blank
	}
	last := under(cells, cols.spans[n-1])
	return some && len(last) > 0 && blankCells(last)
}

// pushed tells whether a label that began in a row above reaches into the
// numbers of a row: its span was written too long, and the numbers moved.
func pushed(at int, cells []*cell) bool {
	return slices.ContainsFunc(cells, func(c *cell) bool { return c.Row != at && !c.value })
}

func unitAt(c columns, j int) string {
	if j < len(c.units) {
		return c.units[j]
	}
	return ""
}

// covered tells whether a row has cells over the whole of a span.
func covered(row []*cell, s span) bool {
	at := s.from
	for _, c := range row {
		if c.Col <= at && c.span().to > at {
			at = c.span().to
		}
	}
	return at >= s.to
}

// under returns the cells that stand under a heading.
func under(cells []*cell, s span) []*cell {
	var out []*cell
	for _, c := range cells {
		if c.span().overlaps(s) {
			out = append(out, c)
		}
	}
	return out
}

// shared tells whether the cell under column j stands under another, too.
func shared(cells []*cell, spans []span, j int) bool {
	for _, c := range under(cells, spans[j]) {
		if c.blank {
			continue
		}
		for k, s := range spans {
			if k != j && s != (span{}) && c.span().overlaps(s) {
				return true
			}
		}
	}
	return false
}

// put reads the cells under one column as one value.
func (in *instance) put(p *part, m match, col *templateColumn, cells []*cell, unit string, sure bool) {
	e := &entry{id: col.id, unit: col.unit, misplaced: !sure || !m.sure, clear: sure && m.sure && m.like >= another}
	var texts []string
	for _, c := range cells {
		if c.blank && len(cells) > 1 {
			continue
		}
		texts = append(texts, c.Text)
		e.evidence = append(e.evidence, p.evidence(c))
		if c.Row != m.at && !p.ragged || c.Height() > 1 {
			e.misplaced = e.misplaced || !c.blank
		}
		if p.doubted(m.at, c.span()) {
			e.misplaced = true
		}
		if p.number == 0 && c.Page > 0 { // lines of a page, where numbers may wrap or stand apart
			e.misplaced = true
		}
		if c.Recognised {
			e.rec = recognise(c.Cell, col, unit)
			e.misplaced = e.misplaced || col.unitLost(unit)
		}
		if p.beside[m.at] {
			e.unproved = true
		}
	}
	e.text = strings.Join(texts, " ")
	switch {
	case len(cells) == 0:
		e.reading = reading{state: Absent}
		e.misplaced = true
	default:
		e.reading = read(e.text, e.unit, unit)
		if e.rec != nil && len(texts) == 1 {
			e.rec.first(e)
		}
		e.unproved = e.unproved || e.reading.doubt
		if len(texts) > 1 { // a number split over cells, or two numbers
			e.misplaced, e.rec = true, nil
		}
		if e.reading.value.IsNegative() && !strings.HasSuffix(e.id, "items_change") {
			e.unproved = true
		}
	}
	if old := in.entries[e.id]; old == nil {
		in.entries[e.id] = e
	}
}

// placements handles a row that lost one of its cells: every way to place the
// others in order that the row's own sum allows. What all ways agree on is
// kept, for review.
func (in *instance) placements(p *part, m match, cols columns, cells []*cell) {
	n := len(cols.set.columns)
	values := make([]reading, len(cells))
	numeric := true
	for i, c := range cells {
		values[i] = read(c.Text, cols.set.columns[i].unit, "")
		numeric = numeric && values[i].state != Unreadable
	}
	var ways [][]decimal.Decimal
	if numeric && in.template.section == "三" {
		for gap := range n {
			way := make([]decimal.Decimal, 0, n)
			for i := range values {
				if i == gap {
					way = append(way, decimal.Zero)
				}
				way = append(way, values[i].value)
			}
			if gap == len(values) {
				way = append(way, decimal.Zero)
			}
			rest := way[n-1]
			for _, v := range way[:n-1] {
				rest = rest.Sub(v)
			}
			if gap == n-1 {
				rest = rest.Neg()
			}
			if rest.IsNegative() {
				continue
			}
			way[gap] = rest
			ways = append(ways, way)
		}
	}
	for j := range cols.set.columns {
		c := &cols.set.columns[j]
		e := &entry{id: c.id, unit: c.unit, misplaced: true, reading: reading{state: Unreadable}}
		agree := len(ways) > 0
		for _, w := range ways {
			agree = agree && w[j].Equal(ways[0][j])
		}
		if agree {
			e.reading = reading{state: Reported, value: ways[0][j]}
		}
		if j < len(cells) {
			e.text = cells[j].Text
			e.evidence = []Evidence{p.evidence(cells[j])}
		} else if agree {
			e.reading.state = Derived
		}
		in.entries[c.id] = e
	}
}
