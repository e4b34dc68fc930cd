package grid

import (
	"cmp"
	"slices"
	"strings"
)

// proactive reads table 二: blocks of a title, headings, and rows. The title
// stands above the headings or left of the block.
func (r *run) proactive(from, end int) (*table, int) {
	var starts []int
	heading := true // the block has its headings
	for i := from; i < end; i++ {
		switch {
		case r.isHeading(i):
			if heading {
				starts = append(starts, i)
			}
			heading = true
		case r.isTitle(i):
			if i == from || i+1 < end && r.isHeading(i+1) || i+2 < end && r.isHeading(i+2) && !r.hasValue(i+1) {
				starts = append(starts, i)
				heading = false
			}
		}
	}
	f := proactiveForm()
	m := newMaker(4)
	to := from
	for i, s := range starts {
		next := end
		if i+1 < len(starts) {
			next = starts[i+1]
		}
		last := r.proactiveBlock(m, f, s, next)
		if last == 0 {
			break
		}
		to = last
	}
	if to == from {
		return nil, 0
	}
	return m.t, to
}

// proactiveBlock reads one block; 0 where it is none.
func (r *run) proactiveBlock(m *maker, f *template, from, end int) (to int) {
	head := from
	var title []*token
	if r.isTitle(from) {
		title = r.lines[from]
		head++
	}
	var hs []*token
	first := head
	for head < end && !r.beginsBlockRow(head, f) {
		head++
	}
	head = r.above(head, from)
	for _, l := range r.lines[first:max(first, head)] {
		hs = append(hs, l...)
	}
	titles := folded("第二十条第（一）项", "第二十条第（五）项", "第二十条第（六）项", "第二十条第（八）项", "第二十条第（九）项")
	corner := spellAll(hs, folded("信息内容"))
	beside := spellAll(hs, titles)
	heads := spellAll(hs, f.columns)
	slices.SortStableFunc(heads, func(a, b *block) int { return cmp.Compare(a.cx(), b.cx()) })
	if other := rightOf(unusedOf(hs), corner); len(other) > 0 {
		// Headings that the form does not know: one above each column of numbers.
		for _, h := range heads {
			other = append(other, h.tokens...)
		}
		heads = stacks(other)
		if len(clusters(r.numbers(head, end, heads[0].tokens[0].x0-4*heads[0].tokens[0].size))) != len(heads) {
			return 0
		}
	}
	if len(heads) == 0 || len(heads) > 3 {
		return 0
	}
	x0, _, x1, _ := heads[0].bounds()
	slots := r.columnsOf(head, end, len(heads), heads, x0-(x1-x0))
	if slots == nil {
		return 0
	}
	b := r.readBody(head, end, slots, f.rows, titles)
	b.trim(f)
	if len(b.rows) == 0 {
		return 0
	}
	if beside = append(beside, b.groups...); title == nil && len(beside) > 0 {
		title = beside[0].tokens
	}
	if title != nil {
		m.add(m.t.rows, 0, 1, 4, title, nil, "")
	}
	row, wide := m.t.rows, 4-len(heads)
	if len(corner) > 0 {
		m.add(row, 0, 1, 1, corner[0].tokens, nil, "")
	}
	for k, h := range heads {
		w := 1
		if k == len(heads)-1 {
			w = wide
		}
		m.add(row, 1+k, 1, w, h.tokens, nil, "")
	}
	for i, x := range b.rows {
		if near := x.near(); near != nil {
			if x.label != nil {
				m.add(row+1+i, 0, 1, 1, x.label.tokens, nil, "")
			}
			m.values(row+1+i, 1, b, x, near, wide)
		}
	}
	return b.end(head)
}

// rightOf returns the tokens right of the corner of the headings; all where
// there is no corner.
func rightOf(ts []*token, corner []*block) []*token {
	if len(corner) == 0 {
		return ts
	}
	_, _, x1, _ := corner[0].bounds()
	return slices.DeleteFunc(ts, func(t *token) bool { return t.x0 < x1 })
}

// stacks makes a block of the tokens that stand above each other.
func stacks(ts []*token) []*block {
	var out []*block
	for _, s := range clusters(ts) {
		b := &block{}
		for _, t := range ts {
			if t.x0 >= s.x0 && t.x1 <= s.x1 {
				b.tokens = append(b.tokens, t)
				t.used = true
			}
		}
		slices.SortStableFunc(b.tokens, func(x, y *token) int { return cmp.Or(cmp.Compare(x.cy, y.cy), cmp.Compare(x.x0, y.x0)) })
		out = append(out, b)
	}
	return out
}

// beginsBlockRow reports whether line i begins with a row label of table 二 or
// holds a value.
func (r *run) beginsBlockRow(i int, f *template) bool {
	for k, t := range r.lines[i] {
		if isValue(t.text) {
			return true
		}
		if k < 2 && len([]rune(t.fold)) > 1 && slices.ContainsFunc(f.rows, func(l string) bool { return strings.HasPrefix(l, t.fold) || l == t.bare }) {
			return true
		}
	}
	return false
}
