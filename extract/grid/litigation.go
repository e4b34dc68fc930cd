package grid

import (
	"cmp"
	"math"
	"slices"
)

// litigation reads table 四: fifteen columns and one row of values, or the five
// or ten columns of one half of it.
func (r *run) litigation(from, end int) (*table, int) {
	f := litigationForm()
	head := from
	for head < end && !r.onlyValues(head) {
		head++
	}
	to := head
	for to < end && r.onlyValues(to) && (to == head || r.lines[to][0].cy-r.lines[to-1][0].cy < 1.8*r.lines[to][0].size) {
		to++
	}
	if head == to {
		return nil, 0
	}
	var hs []*token
	for _, l := range r.lines[from:head] {
		hs = append(hs, l...)
	}
	byPlace := func(bs []*block) []*block {
		slices.SortStableFunc(bs, func(a, b *block) int { return cmp.Compare(a.cx(), b.cx()) })
		return bs
	}
	upper := byPlace(spellAll(hs, folded("未经复议直接起诉", "复议后起诉")))
	top := byPlace(spellAll(hs, folded("行政复议", "行政诉讼")))
	var widths []int
	for _, t := range top {
		if t.label == "行政复议" {
			widths = append(widths, 5)
		} else {
			widths = append(widths, 10)
		}
	}
	n := 0
	for _, w := range widths {
		n += w
	}
	if n != 5 && n != 10 && n != 15 {
		return nil, 0
	}
	heads, hs := r.headings(hs, f, n, head, to)
	slots := r.columnsOf(head, to, n, heads, math.Inf(-1))
	if slots == nil {
		return nil, 0
	}
	row := newBodyRow(nil, r.lines[head][0].cy, n)
	b := &body{slots: slots, rows: []*bodyRow{row}}
	for _, l := range r.lines[head:to] {
		for _, t := range l {
			row.cy = t.cy // the one row of values, on however many lines
			b.put(t)
		}
	}
	for k, ts := range row.values {
		if len(ts) > 1 {
			row.doubt(k, doubtTwo)
		}
	}
	m := newMaker(n)
	leaf := 1 // the row of the headings of columns
	if len(upper) > 0 {
		leaf = 2
	}
	rest, col := unusedOf(hs), 0
	for i, t := range top {
		m.add(0, col, 1, widths[i], t.tokens, nil, "")
		under := leaf
		if t.label == "行政诉讼" {
			for k, u := range upper[:min(2, len(upper))] {
				m.add(1, col+5*k, 1, 5, u.tokens, nil, "")
			}
		} else {
			under = 1
		}
		for k := col; k < col+widths[i]; k++ {
			if ts := inSlot(heads, rest, slots, k); len(ts) > 0 {
				m.add(under, k, leaf+1-under, 1, ts, nil, "")
			}
		}
		col += widths[i]
	}
	m.t.rows = leaf + 1
	m.values(leaf+1, 0, b, row, r.lines[head][0], 1)
	return m.t, to
}
