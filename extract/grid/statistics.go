package grid

import (
	"cmp"
	"slices"
	"strings"
)

// statistics reads the 统计表 of 2014: label, unit and number in each row.
func (r *run) statistics(from, end int) (*table, int) {
	f := statisticsForm()
	head := from
	var hs []*token
	for head < end && !strings.HasPrefix(foldLine(r.lines[head]), "一主动公开") {
		head++
	}
	if head == end {
		return nil, 0
	}
	head = r.above(head, from)
	for _, l := range r.lines[from:head] {
		hs = append(hs, l...)
	}
	heads := spellAll(hs, folded("单位", "统计数"))
	corner := spellAll(hs, folded("统计指标"))
	slices.SortStableFunc(heads, func(a, b *block) int { return cmp.Compare(a.cx(), b.cx()) })
	if len(heads) != 2 || len(corner) == 0 {
		return nil, 0
	}
	r.dropRepeated(from, head, end)
	u0, _, u1, _ := heads[0].bounds()
	n0, _, n1, _ := heads[1].bounds()
	slots := []slot{{u0, u1}, {n0, n1}}
	b := r.readBody(head, end, slots, f.rows, nil)
	b.trim(f)
	m := newMaker(3)
	m.add(0, 0, 1, 1, corner[0].tokens, nil, "")
	for k, h := range heads {
		m.add(0, 1+k, 1, 1, h.tokens, nil, "")
	}
	for i, x := range b.rows {
		if near := x.near(); near != nil {
			if x.label != nil {
				m.add(1+i, 0, 1, 1, x.label.tokens, nil, "")
			}
			m.values(1+i, 1, b, x, near, 1)
		}
	}
	return m.t, b.end(head)
}
