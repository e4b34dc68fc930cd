package grid

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

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
