package normalize

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"nianbao/schema"
)

// template is one printed table of the forms: rows of labels, each with the
// columns that the forms give it. The forms of 2019 and 2021 share templates:
// their tables differ in a few rows and columns, and reports mix them.
type template struct {
	number  int    // among the tables
	section string // as in the schema: 二, 三, 四, 统计表
	subject string // what the heading of its section speaks of
	rows    []templateRow
	index   map[string][]int // folded prints of row labels → rows
}

type templateRow struct {
	names   *names // prints of the innermost label; none in table 四
	generic bool   // a label that stands in many other tables too: 其他, 总计
	sets    []columnSet
}

// columnSet is the columns that one or more forms give a row.
type columnSet struct {
	forms   []string
	columns []templateColumn
	key     string // what two sets have in common whose columns are headed alike
}

type templateColumn struct {
	id    string
	unit  string
	group *names // the label around the innermost one, where there is one
	leaf  *names
}

// The tables of the forms.
var (
	proactive  = sync.OnceValue(func() *template { return newTemplate(0, "二", "主动公开") })
	requests   = sync.OnceValue(func() *template { return newTemplate(1, "三", "申请") })
	review     = sync.OnceValue(func() *template { return newTemplate(2, "四", "复议") })
	statistics = sync.OnceValue(func() *template { return newTemplate(3, "统计表", "统计表") })
)

const numberOfTables = 4

// newTemplate merges the forms' cells of one section.
func newTemplate(number int, section, subject string) *template {
	t := &template{number: number, section: section, subject: subject, index: map[string][]int{}}
	var keys []string
	byKey := map[string]*templateRow{}
	for _, f := range schema.Forms() {
		last := -1 // where the form's previous row stands
		for _, c := range f.Cells {
			if c.Table != section {
				continue
			}
			key := rowKey(c.Row)
			if i := slices.Index(keys, key); i >= 0 && i < last {
				key += "#" + c.ID // the same label further down is another row
			}
			row := byKey[key]
			if row == nil {
				row = &templateRow{}
				if len(c.Row) > 0 {
					leaf := c.Row[len(c.Row)-1]
					row.names = places()[leaf]
					row.generic = utf8.RuneCountInString(row.names.canonical().bare) <= 3
				}
				byKey[key] = row
				keys = slices.Insert(keys, last+1, key)
			}
			last = slices.Index(keys, key)
			row.add(f.ID, &c)
		}
	}
	for i, key := range keys {
		row := byKey[key]
		row.mergeSets()
		t.rows = append(t.rows, *row)
		if row.names == nil {
			continue
		}
		for _, n := range row.names.prints {
			for _, s := range []string{n.full, n.bare} {
				if !slices.Contains(t.index[s], i) {
					t.index[s] = append(t.index[s], i)
				}
			}
		}
	}
	return t
}

// rowKey is the path of labels, without the word that the 2021 form put before
// 规范性文件, so that the forms share the row.
func rowKey(path []string) string {
	return strings.ReplaceAll(strings.Join(path, "/"), "行政规范性文件", "规范性文件")
}

func (r *templateRow) add(form string, c *schema.Cell) {
	if len(r.sets) == 0 || r.sets[len(r.sets)-1].forms[0] != form {
		r.sets = append(r.sets, columnSet{forms: []string{form}})
	}
	col := templateColumn{id: c.ID, unit: c.Unit, leaf: places()[c.Column[len(c.Column)-1]]}
	if n := len(c.Column); n > 1 {
		col.group = places()[c.Column[n-2]]
	}
	set := &r.sets[len(r.sets)-1]
	set.columns = append(set.columns, col)
}

// mergeSets makes one set of those with the same cells.
func (r *templateRow) mergeSets() {
	var out []columnSet
	for _, s := range r.sets {
		i := slices.IndexFunc(out, func(o columnSet) bool {
			return slices.EqualFunc(o.columns, s.columns, func(a, b templateColumn) bool { return a.id == b.id })
		})
		if i < 0 {
			out = append(out, s)
		} else {
			out[i].forms = append(out[i].forms, s.forms...)
		}
	}
	for i := range out {
		for j := range out[i].columns {
			out[i].key += out[i].columns[j].leaf.canonical().full + "|"
		}
	}
	r.sets = out
}

// score rates a printed label against every row. The slice is shared: do not change
// it.
func (t *template) score(l label) []float64 {
	if l.known == nil {
		return t.rate(l)
	}
	known := &l.known.rows[t.number]
	if score := known.Load(); score != nil {
		return *score
	}
	score := t.rate(l)
	known.Store(&score)
	return score
}

// rate is score: exact prints through the index, anything else by likeness.
func (t *template) rate(l label) []float64 {
	out := make([]float64, len(t.rows))
	exact := false
	for _, s := range []string{l.full, l.bare} {
		for _, i := range t.index[s] {
			out[i] = max(out[i], t.rows[i].names.likeness(l))
			exact = true
		}
	}
	if exact {
		return out
	}
	for i := range t.rows {
		out[i] = t.rows[i].names.likeness(l)
	}
	return out
}
