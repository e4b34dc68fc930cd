package grid

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"

	"nianbao/schema"
)

// template is what the forms print in one of the statutory tables, folded.
type template struct {
	rows, groups, columns []string
	depth                 map[string]int // of a row label or a group label below the outermost
}

func newTemplate(table string) *template {
	t := &template{depth: map[string]int{}}
	add := func(list *[]string, l string, depth int) {
		for _, f := range folded(l) {
			if !slices.Contains(*list, f) {
				*list = append(*list, f)
			}
			if depth >= 0 {
				t.depth[f] = depth
			}
		}
	}
	for _, f := range schema.Forms() {
		for _, c := range f.Cells {
			if c.Table != table {
				continue
			}
			for i, l := range c.Row {
				if i == len(c.Row)-1 {
					add(&t.rows, l, i)
				} else {
					add(&t.groups, l, i)
				}
			}
			add(&t.columns, c.Column[len(c.Column)-1], -1)
		}
	}
	return t
}

var (
	proactiveForm  = sync.OnceValue(func() *template { return newTemplate("二") })
	requestsForm   = sync.OnceValue(func() *template { return newTemplate("三") })
	litigationForm = sync.OnceValue(func() *template { return newTemplate("四") })
	statisticsForm = sync.OnceValue(func() *template { return newTemplate("统计表") })
)

// near is a token that tells on which page and at which height a row stands.
func (r *bodyRow) near() *token {
	if r.label != nil {
		return r.label.tokens[0]
	}
	for _, ts := range r.values {
		if len(ts) > 0 {
			return ts[0]
		}
	}
	return nil
}

// end is the line after the last line that the rows hold.
func (b *body) end(from int) int {
	to := from
	see := func(ts []*token) {
		for _, t := range ts {
			to = max(to, t.line+1)
		}
	}
	for _, r := range b.rows {
		if r.label != nil {
			see(r.label.tokens)
		}
		for _, ts := range r.values {
			see(ts)
		}
	}
	for _, g := range b.groups {
		see(g.tokens)
	}
	return to
}

// requests reads table 三.
func (r *run) requests(from, end int) (*table, int) {
	f := requestsForm()
	head := from
	for head < end && !r.beginsRow(head, f) {
		head++
	}
	head = r.above(head, from)
	if head == from || head == end {
		return nil, 0
	}
	var hs []*token
	for _, l := range r.lines[from:head] {
		hs = append(hs, l...)
	}
	note := spellAll(hs, folded("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"))
	tops := spellAll(hs, folded("申请人情况"))
	orgs := spellAll(hs, folded("法人或其他组织"))
	n := len(f.leaves())
	r.dropRepeated(from, head, end)
	heads, hs := r.headings(hs, f, n, head, end)
	left := math.Inf(-1)
	if len(heads) > 0 {
		x0, _, x1, _ := heads[0].bounds()
		left = x0 - (x1 - x0) - 20
	}
	slots := r.columnsOf(head, end, n, heads, left)
	if slots == nil {
		return nil, 0
	}
	b := r.readBody(head, end, slots, f.rows, f.groups)
	b.trim(f)
	m := newMaker(3 + n)
	top := 0
	if len(tops) > 0 {
		m.add(0, 3, 1, n, tops[0].tokens, nil, "")
		top = 1
	}
	rest := unusedOf(hs)
	if len(orgs) > 0 && n > 3 {
		m.add(top, 4, 1, n-2, orgs[0].tokens, nil, "")
		top++
	}
	for k := range slots {
		ts := inSlot(heads, rest, slots, k)
		row := top
		if len(orgs) > 0 && n > 3 && (k == 0 || k == n-1) {
			row = top - 1
		}
		if len(ts) > 0 {
			m.add(row, 3+k, top+1-row, 1, ts, ts[0], "")
		}
	}
	if len(note) > 0 {
		m.add(0, 0, top+1, 3, note[0].tokens, nil, "")
	}
	m.t.rows = top + 1
	b.emitGroups(m, f, top+1)
	return m.t, b.end(head)
}

// headings finds the headings of n columns from left to right. Where neighbours
// touch, the columns of numbers below in lines from…to-1 tell them apart.
func (r *run) headings(ts []*token, f *template, n, from, to int) ([]*block, []*token) {
	heads := spellAll(ts, f.columns)
	if len(heads) < n {
		// The rightmost columns are the columns of numbers.
		if found := clusters(r.numbers(from, to, math.Inf(-1))); len(found) == n {
			ts = splitAt(ts, found)
			heads = append(heads, spellAll(ts, f.columns)...)
		}
	}
	slices.SortStableFunc(heads, func(a, b *block) int { return cmp.Compare(a.cx(), b.cx()) })
	return heads, ts
}

// splitAt cuts unused tokens in the middle between columns.
func splitAt(ts []*token, slots []slot) (out []*token) {
	for _, t := range ts {
		if t.used {
			out = append(out, t)
			continue
		}
		from, at := 0, 0
		for i, g := range t.glyphs {
			k := 0
			for k+1 < len(slots) && g.cx() > (slots[k].x1+slots[k+1].x0)/2 {
				k++
			}
			if i > from && k != at {
				out = append(out, t.cut(from, i))
				from = i
			}
			at = k
		}
		if from == 0 {
			out = append(out, t)
		} else {
			out = append(out, t.cut(from, len(t.glyphs)))
		}
	}
	return out
}

// emitGroups adds the rows of table 三 with the labels of their groups.
func (b *body) emitGroups(m *maker, f *template, top int) {
	seen := map[string]bool{}
	for _, g := range b.groups {
		if seen[g.label] {
			continue
		}
		seen[g.label] = true
		lo, hi := -1, -1
		for i, r := range b.rows {
			if r.label != nil && r.label.label != "" && inFoldedGroup(r.label.label, g.label) {
				if lo < 0 {
					lo = i
				}
				hi = i
			}
		}
		if lo >= 0 {
			m.add(top+lo, f.depth[g.label], hi-lo+1, 1, g.tokens, nil, "")
		}
	}
	for i, r := range b.rows {
		near := r.near()
		if near == nil {
			continue
		}
		if r.label != nil {
			col := 0
			if d, ok := f.depth[r.label.label]; ok {
				col = d
			}
			for col < 2 && m.taken[[2]int{top + i, col}] {
				col++
			}
			m.add(top+i, col, 1, 3-col, r.label.tokens, nil, "")
		}
		m.values(top+i, 3, b, r, near, 1)
	}
}

// inFoldedGroup reports whether a folded row label stands below a folded group.
func inFoldedGroup(label, group string) bool {
	for range 5 {
		if label = vocab().parent[label]; label == group {
			return true
		}
	}
	return false
}

// leaves are the canonical columns, without variants.
func (f *template) leaves() []string {
	return []string{"自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"}
}

// beginsRow reports whether line i holds the beginning of a row label, or
// values.
func (r *run) beginsRow(i int, f *template) bool {
	values := 0
	for k, t := range r.lines[i] {
		if isValue(t.text) {
			values++
		}
		if k == 0 && startsItem(t.text) && slices.ContainsFunc(f.rows, func(l string) bool { return strings.HasPrefix(l, t.fold) || l == t.bare }) {
			return true
		}
	}
	return values >= 3
}

// above moves the end of the headings up over lines of values: the upper digits
// of numbers wrapped in narrow columns stand above the label of their row.
func (r *run) above(head, from int) int {
	for head > from+1 && r.onlyValues(head-1) {
		head--
	}
	return head
}

// onlyValues reports whether line i holds values and nothing else.
func (r *run) onlyValues(i int) bool {
	return len(r.lines[i]) > 0 && !slices.ContainsFunc(r.lines[i], func(t *token) bool { return !isValue(t.text) })
}

// dropRepeated empties the lines that print the headings again at the top of
// later pages, and moves up what follows them.
func (r *run) dropRepeated(from, head, end int) {
	texts := map[string]bool{}
	for _, l := range r.lines[from:head] {
		texts[foldLine(l)] = true
	}
	sheet := r.lines[from][0].sheet
	top, dropping, up := 0.0, false, 0.0
	for i := head; i < end; i++ {
		l := r.lines[i]
		if len(l) == 0 {
			continue
		}
		first := l[0].sheet != sheet
		sheet = l[0].sheet
		switch {
		case (first || dropping) && texts[foldLine(l)] && !r.hasValue(i):
			if first {
				top, dropping = l[0].y0-up, true
			}
			r.lines[i] = nil
			continue
		case dropping:
			dropping = false
			up = l[0].y0 - top
		}
		for _, t := range l {
			t.y0, t.y1, t.cy, t.down = t.y0-up, t.y1-up, t.cy-up, t.down-up
		}
	}
}

// hasValue reports whether a value stands in line i.
func (r *run) hasValue(i int) bool {
	return slices.ContainsFunc(r.lines[i], func(t *token) bool { return isValue(t.text) })
}

// trim drops what follows the last row that the form knows.
func (b *body) trim(f *template) {
	last := -1
	for i, r := range b.rows {
		if r.label != nil && r.label.label != "" {
			last = i
		}
	}
	b.rows = b.rows[:last+1]
}

func unusedOf(ts []*token) (out []*token) {
	for _, t := range ts {
		if !t.used && t.fold != "" {
			out = append(out, t)
		}
	}
	return out
}

// inSlot returns the heading of column k: the label found there, or the tokens
// that stand there.
func inSlot(heads []*block, rest []*token, slots []slot, k int) (out []*token) {
	for _, h := range heads {
		x0, _, x1, _ := h.bounds()
		if i, sure := slotOf(slots, &token{x0: x0, x1: x1}); i == k && sure {
			return h.tokens
		}
	}
	for _, t := range rest {
		if i, sure := slotOf(slots, t); i == k && sure && t.x0 > slots[0].x0-20 {
			out = append(out, t)
		}
	}
	return out
}

func (b *block) cx() float64 {
	x0, _, x1, _ := b.bounds()
	return (x0 + x1) / 2
}
