package grid

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"

	"nianbao/schema"
)

// Tables without rules, or with horizontal ones only, are found by the words
// that the law prints in them: the headings of their columns give the columns,
// the labels of their rows the rows. What the forms do not have is not guessed
// at and stays text.

// maxLines is how many lines a table without rules may have.
const maxLines = 400

// kind is one of the statutory tables.
type kind int

const (
	noTable    kind = iota
	proactive       // 二: blocks of rows, each with a title and headings of its own
	requests        // 三: groups of rows by applicant
	litigation      // 四: one row of values
	statistics      // 统计表 of 2014: label, unit, number
)

var blockRE = regexp.MustCompile(`^第二十条第[一二三四五六七八九十]项$`)

// run is a stretch of lines that may hold tables without rules.
type run struct {
	lines [][]*token
	items []*item
}

// alignText finds the tables without rules between the other parts of a
// document and puts them in the place of their lines.
func alignText(views []*view) {
	var items []*item
	var sheets []*sheet
	flush := func() {
		if len(items) > 2 {
			for _, s := range newRun(items, sheets).tables() {
				items[s.from].table = s.table
				for _, it := range items[s.from:s.to] {
					it.gone = true
				}
			}
		}
		items, sheets = nil, nil
	}
	for _, v := range views {
		for i := range v.items {
			switch it := &v.items[i]; {
			case it.part != nil:
				flush()
			case it.text != nil && !it.aside:
				items, sheets = append(items, it), append(sheets, v.sheet)
			}
		}
	}
	flush()
}

// newRun makes tokens of lines and puts the pages below each other.
func newRun(items []*item, sheets []*sheet) *run {
	r := &run{items: items}
	down, end := 0.0, 0.0
	for i, it := range items {
		if i > 0 && sheets[i] != sheets[i-1] {
			down = end + 0.5*it.text.size - it.y0
		}
		end = max(end, it.y1+down)
		r.lines = append(r.lines, tokens(it.text, sheets[i], i, down))
	}
	return r
}

// kindAt tells which table begins at line i.
func (r *run) kindAt(i int) kind {
	if len(r.lines[i]) == 0 {
		return noTable
	}
	f := foldLine(r.lines[i])
	switch {
	case f == "行政复议" || f == "行政诉讼" || f == "行政复议行政诉讼":
		return litigation
	case f == "申请人情况" || strings.HasPrefix(f, "本列数据") && strings.HasSuffix(f, "申请人情况"):
		return requests
	case strings.HasPrefix(f, "统计指标"):
		return statistics
	case r.isTitle(i) || r.isHeading(i):
		return proactive
	}
	return noTable
}

// isTitle reports whether line i is the title of a block of table 二.
func (r *run) isTitle(i int) bool {
	return len(r.lines[i]) > 0 && blockRE.MatchString(foldLine(r.lines[i]))
}

// isHeading reports whether line i holds the headings of a block of table 二.
func (r *run) isHeading(i int) bool {
	return len(r.lines[i]) > 1 && strings.Contains(foldLine(r.lines[i][:min(4, len(r.lines[i]))]), "信息内容")
}

// span is a table found in a run: its lines from…to-1.
type span struct {
	from, to int
	table    *table
}

// tables finds the tables of a run.
func (r *run) tables() (out []span) {
	for i := 0; i < len(r.lines); i++ {
		k := r.kindAt(i)
		if k == noTable {
			continue
		}
		end := r.stop(i, k)
		from := i
		if k == requests {
			// The note beside the headings may begin above them.
			for from > 0 && i-from < 3 && strings.HasPrefix(foldLine(r.lines[from-1]), "本列数据") {
				from--
			}
		}
		if n := len(out); n > 0 && from < out[n-1].to {
			from = i
		}
		var t *table
		var to int
		switch k {
		case proactive:
			t, to = r.proactive(from, end)
		case requests:
			t, to = r.requests(from, end)
		case litigation:
			t, to = r.litigation(from, end)
		case statistics:
			t, to = r.statistics(from, end)
		}
		if t != nil && to > i {
			out = append(out, span{from, to, t})
			i = to - 1
		}
	}
	return out
}

// stop is the line at which a table that begins at line i must have ended: at
// the beginning of another, at a heading, or at running text.
func (r *run) stop(i int, k kind) int {
	values, done := false, false
	for j := i + 1; j < min(len(r.lines), i+maxLines); j++ {
		if len(r.lines[j]) == 0 {
			continue
		}
		if a := r.kindAt(j); a == k {
			// Table 二 has several blocks, the headings of 四 stand on several
			// lines, and those of 三 are repeated at the top of a page.
			again := r.lines[j-1] != nil && r.lines[j][0].sheet != r.lines[j-1][0].sheet && foldLine(r.lines[i]) == foldLine(r.lines[j])
			if k != proactive && (k != litigation || values) && (done || !again) {
				return j
			}
		} else if a != noTable {
			return j
		}
		values = values || r.hasValue(j)
		done = done || strings.Contains(foldLine(r.lines[j]), "结转下年")
		l := r.lines[j]
		if len(l) != 1 || isValue(l[0].text) {
			continue
		}
		f := l[0].fold
		if partOfLabel(f) {
			continue
		}
		n := len([]rune(f))
		if (startsItem(l[0].text) && n >= 6 && !startsWithDigit(f) || n >= 25) && !r.valuesFollow(j) {
			return j
		}
	}
	return min(len(r.lines), i+maxLines)
}

// valuesFollow reports whether a value stands in the next two lines, before
// any other table: then line j was a label.
func (r *run) valuesFollow(j int) bool {
	for k := j + 1; k < min(j+3, len(r.lines)) && r.kindAt(k) == noTable; k++ {
		if r.hasValue(k) {
			return true
		}
	}
	return false
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// partOfLabel reports whether folded text is some stretch of a label.
func partOfLabel(f string) bool {
	v := vocab()
	if v.labels[f] || v.prefixes[f] || v.suffixes[f] {
		return true
	}
	for l := range v.labels {
		if strings.Contains(l, f) {
			return true
		}
	}
	return false
}

func foldLine(ts []*token) string {
	var sb strings.Builder
	for _, t := range ts {
		sb.WriteString(t.fold)
	}
	return sb.String()
}

// body is the part of a table below its headings.
type body struct {
	slots  []slot
	rows   []*bodyRow
	groups []*block
}

type bodyRow struct {
	label  *block // nil where none stands beside the values
	cy     float64
	values [][]*token // by column
	doubts []string   // by column, "" where there is none
}

// readBody reads the rows of lines: labels left of the columns, values in them.
// rows are the labels of rows, groups those of groups of rows.
func (r *run) readBody(from, to int, slots []slot, rows, groups []string) *body {
	b := &body{slots: slots}
	var labels, values []*token
	for _, l := range r.lines[from:to] {
		for _, t := range l {
			if t.used {
				continue
			}
			if t.cx() < slots[0].x0-0.1*t.size {
				labels = append(labels, t)
			} else {
				values = append(values, t)
			}
		}
	}
	all := spellAll(labels, slices.Concat(rows, groups))
	isRow := func(l string) bool { return slices.Contains(rows, l) }
	var found []*block
	for _, x := range all {
		switch {
		case isRow(x.label) && slices.Contains(groups, x.label):
			// Row in one form, group in another: values beside it tell.
			if slices.ContainsFunc(values, func(t *token) bool { return math.Abs(t.cy-x.cy()) < 0.3*t.size }) && !r.childrenOf(all, x.label) {
				found = append(found, x)
			} else {
				b.groups = append(b.groups, x)
			}
		case isRow(x.label):
			found = append(found, x)
		default:
			b.groups = append(b.groups, x)
		}
	}
	known := found
	for _, x := range leftover(labels) {
		// Pieces of a group label (the page break parted it, or it is printed
		// again) stand left of labels of rows, at their height.
		piece := slices.ContainsFunc(groups, func(g string) bool { return strings.Contains(g, foldLine(x.tokens)) }) &&
			slices.ContainsFunc(known, func(k *block) bool { return k.away(x.cy()) < 2*x.tokens[0].size && k.tokens[0].x0 > x.tokens[0].x1 })
		if !piece {
			found = append(found, x)
		}
	}
	slices.SortStableFunc(found, func(x, y *block) int { return cmp.Compare(x.cy(), y.cy()) })
	for _, x := range found {
		b.rows = append(b.rows, newBodyRow(x, x.cy(), len(slots)))
	}
	slices.SortStableFunc(values, func(x, y *token) int { return cmp.Or(cmp.Compare(x.cy, y.cy), cmp.Compare(x.x0, y.x0)) })
	for _, t := range values {
		b.put(t)
	}
	slices.SortStableFunc(b.rows, func(x, y *bodyRow) int { return cmp.Compare(x.cy, y.cy) })
	b.judge()
	return b
}

func newBodyRow(l *block, cy float64, n int) *bodyRow {
	return &bodyRow{label: l, cy: cy, values: make([][]*token, n), doubts: make([]string, n)}
}

// childrenOf reports whether rows of the group stand among the blocks.
func (r *run) childrenOf(all []*block, group string) bool {
	return slices.ContainsFunc(all, func(x *block) bool {
		up := vocab().parent[x.label]
		return up != "" && strings.HasSuffix(up, group)
	})
}

// put gives a value to the row whose label stands nearest and to its column.
func (b *body) put(t *token) {
	k, sure := slotOf(b.slots, t)
	t.used = true
	var row, other *bodyRow
	best, second := math.Inf(1), math.Inf(1)
	for _, r := range b.rows {
		d := math.Abs(r.cy - t.cy)
		if r.label != nil {
			d = min(d, r.label.away(t.cy))
		}
		if d < best {
			row, other, best, second = r, row, d, best
		} else if d < second {
			other, second = r, d
		}
	}
	if row == nil || best > 1.3*t.size {
		row = newBodyRow(nil, t.cy, len(b.slots))
		b.rows = append(b.rows, row)
	} else if other != nil && second-best < 0.25*t.size {
		row.doubt(k, doubtRow)
		other.doubt(k, doubtRow)
	}
	if !sure {
		row.doubt(k, doubtBetween)
		for _, n := range []int{k - 1, k + 1} {
			if n >= 0 && n < len(b.slots) {
				row.doubt(n, doubtBetween)
			}
		}
	}
	row.values[k] = append(row.values[k], t)
}

func (r *bodyRow) doubt(k int, kind string) {
	if r.doubts[k] == "" {
		r.doubts[k] = kind
	}
}

// judge puts in doubt the places that hold more than one token, the rows
// without a label, and the rows that miss their last value: cells left out
// there may have moved all others.
func (b *body) judge() {
	b.stitch()
	if len(b.slots) > 2 {
		b.judgeLabels()
	}
	b.judgeStrays()
	for _, r := range b.rows {
		if n := len(r.values); n > 2 && len(r.values[n-1]) == 0 && r.hasValue() {
			for k := range r.values {
				r.doubt(k, doubtRow)
			}
		}
		for k, ts := range r.values {
			numbers := 0
			for _, t := range ts {
				if isValue(t.text) {
					numbers++
				}
			}
			if numbers > 1 {
				r.doubt(k, doubtTwo)
				if len(r.values) > 2 && ts[0].line == ts[1].line { // others may have moved too
					for n := range r.values {
						r.doubt(n, doubtRow)
					}
				}
			}
			if r.label == nil {
				r.doubt(k, doubtRow)
			}
		}
	}
}

// judgeLabels puts in doubt labels without values beside labels that no form
// knows: they may be pieces of one.
func (b *body) judgeLabels() {
	unknown := func(r *bodyRow) bool { return r.label == nil || r.label.label == "" }
	for i := 1; i < len(b.rows); i++ {
		x, y := b.rows[i-1], b.rows[i]
		if x.hasValue() && y.hasValue() || !unknown(x) && !unknown(y) {
			continue
		}
		for k := range b.slots {
			x.doubt(k, doubtRow)
			y.doubt(k, doubtRow)
		}
	}
}

// judgeStrays puts in doubt what stands above and below values without a label:
// they may be the upper or lower digits of it.
func (b *body) judgeStrays() {
	for i, r := range b.rows {
		if r.label != nil {
			continue
		}
		for k, ts := range r.values {
			for n := max(0, i-1); len(ts) > 0 && n < min(i+2, len(b.rows)); n++ {
				b.rows[n].doubt(k, doubtRow)
			}
		}
	}
}

// stitch gives values that stand by themselves to the label above or below them
// that has none: a page break parted them.
func (b *body) stitch() {
	for i := 0; i < len(b.rows); i++ {
		r := b.rows[i]
		if r.label != nil {
			continue
		}
		for _, k := range []int{i - 1, i + 1} {
			if k < 0 || k >= len(b.rows) || b.rows[k].label == nil || b.rows[k].hasValue() || math.Abs(b.rows[k].label.away(r.cy)) > 4*r.near().size {
				continue
			}
			b.rows[k].values = r.values
			for c, ts := range r.values {
				if len(ts) > 0 {
					b.rows[k].doubt(c, doubtStitched)
				}
			}
			b.rows = slices.Delete(b.rows, i, i+1)
			i--
			break
		}
	}
}

// hasValue reports whether any value stands in the row.
func (r *bodyRow) hasValue() bool {
	return slices.ContainsFunc(r.values, func(ts []*token) bool { return len(ts) > 0 })
}

// columnsOf finds the n columns of values in lines from…to-1: by the numbers if
// they stand in n columns, else by the headings if all n were found.
func (r *run) columnsOf(from, to, n int, heads []*block, left float64) []slot {
	numbers := r.numbers(from, to, left)
	found := clusters(numbers)
	if len(found) == n {
		if len(heads) == n {
			// Headings and numbers of a column stand in one slot.
			for i, h := range heads {
				x0, _, x1, _ := h.bounds()
				lo, hi := min(found[i].x0, x0), max(found[i].x1, x1)
				if i > 0 && lo < found[i-1].x1 || i+1 < n && hi > found[i+1].x0 {
					continue
				}
				found[i] = slot{lo, hi}
			}
		}
		return found
	}
	if len(heads) != n {
		return nil
	}
	out := make([]slot, n)
	for i, h := range heads {
		out[i].x0, _, out[i].x1, _ = h.bounds()
		if i > 0 && out[i].x0 < out[i-1].x1 {
			return nil
		}
	}
	return out
}

// numbers returns the values right of left in lines from…to-1.
func (r *run) numbers(from, to int, left float64) (out []*token) {
	for _, l := range r.lines[from:to] {
		for _, t := range l {
			if t.x0 > left && isValue(t.text) && !strings.HasSuffix(t.text, ".") {
				out = append(out, t)
			}
		}
	}
	return out
}

// folded returns the folded prints of labels.
func folded(labels ...string) (out []string) {
	for _, l := range labels {
		for _, p := range printsOf(l) {
			if f := schema.Fold(p); !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}
