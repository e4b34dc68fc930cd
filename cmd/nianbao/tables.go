package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"nianbao/normalize"
	"nianbao/schema"
)

// labelWidth is where row labels are clipped: 申请人无正当理由逾期不补正、… is longer.
const labelWidth = 42

// printTables prints the report's cells in the tables of its form.
func printTables(w io.Writer, report *normalize.Report) error {
	form := schema.Lookup(report.Form)
	if form == nil {
		return fmt.Errorf("the form %q is unknown to this program", report.Form)
	}
	m := marker{byID: map[string]*normalize.Observation{}, named: map[string]bool{}}
	for i := range report.Observations {
		m.byID[report.Observations[i].ID] = &report.Observations[i]
	}
	for _, f := range report.Findings {
		for _, id := range f.IDs {
			m.named[id] = true
		}
	}
	for _, t := range sections(form) {
		fmt.Fprintf(w, "\n%s\n", t.title)
		if err := t.grid(m).write(w); err != nil {
			return err
		}
	}
	// Cells that the report prints and its form does not have.
	g := &grid{}
	for i := range report.Observations {
		if o := &report.Observations[i]; form.Cell(o.ID) == nil {
			g.add("  "+o.ID, m.text(o.ID))
		}
	}
	if len(g.rows) > 0 {
		fmt.Fprint(w, "\nRows of another form\n")
		return g.write(w)
	}
	return nil
}

var titles = map[string]string{
	"二":   "二、主动公开政府信息情况",
	"三":   "三、收到和处理政府信息公开申请情况",
	"四":   "四、政府信息公开行政复议、行政诉讼情况",
	"统计表": "政府信息公开情况统计表",
}

// section is one table of a form as it is laid out on a terminal: rows of the
// same columns, blocks of rows.
type section struct {
	title string
	rows  []sectionRow
}

type sectionRow struct {
	path    []string // outer groups and the label
	columns []string
	ids     []string
}

// sections lays a form's cells out. Where the form prints a table sideways (the
// blocks of table 四 stand beside each other), each block becomes a row.
func sections(form *schema.Form) []section {
	var out []section
	for _, c := range form.Cells {
		if len(out) == 0 || out[len(out)-1].title != title(c.Table) {
			out = append(out, section{title: title(c.Table)})
		}
		s := &out[len(out)-1]
		path := c.Row
		if len(path) == 0 {
			path = c.Column[:len(c.Column)-1]
		}
		column := c.Column[len(c.Column)-1]
		i := slices.IndexFunc(s.rows, func(r sectionRow) bool { return slices.Equal(r.path, path) })
		if i < 0 {
			s.rows = append(s.rows, sectionRow{path: path})
			i = len(s.rows) - 1
		}
		s.rows[i].columns = append(s.rows[i].columns, column)
		s.rows[i].ids = append(s.rows[i].ids, c.ID)
	}
	return out
}

func title(table string) string {
	if t, ok := titles[table]; ok {
		return t
	}
	return table
}

func (s section) grid(m marker) *grid {
	g := &grid{}
	var columns, groups []string
	for _, r := range s.rows {
		outer := r.path[:len(r.path)-1]
		if !slices.Equal(r.columns, columns) {
			columns = r.columns
			head := append([]string{""}, columns...)
			if len(outer) == 1 && len(r.columns) < 5 { // table 二: the article heads its columns
				head[0] = outer[0]
				groups = outer
			}
			g.add(head...)
		}
		for i, name := range outer {
			if i >= len(groups) || groups[i] != name {
				g.add(strings.Repeat("  ", i) + name)
				groups = append(slices.Clone(groups[:min(i, len(groups))]), name)
			}
		}
		groups = outer
		row := []string{clip(strings.Repeat("  ", len(outer))+r.path[len(r.path)-1], labelWidth)}
		for _, id := range r.ids {
			row = append(row, m.text(id))
		}
		g.add(row...)
	}
	return g
}

// marker shows the cells of one report.
type marker struct {
	byID  map[string]*normalize.Observation
	named map[string]bool // by a finding
}

func (m marker) text(id string) string {
	o := m.byID[id]
	if o == nil {
		return "–"
	}
	s := valueText(o)
	if o.Status == normalize.Review {
		s += "?"
	}
	if o.Correction != nil {
		s += "^"
	}
	if m.named[id] {
		s += "!"
	}
	return s
}

// valueText shows a value in its unit, or its state where there is none.
func valueText(o *normalize.Observation) string {
	if normalize.IsField(o.ID) {
		return orUnknown(o.Text, "unknown")
	}
	if o.Value != nil {
		s := o.Value.String()
		if o.Unit == "万元" {
			s += "万元"
		}
		return s
	}
	switch o.State {
	case normalize.Blank:
		return "·"
	case normalize.Dash:
		return orUnknown(strings.TrimSpace(o.Text), "-")
	case normalize.Absent:
		return "–"
	}
	return string(o.State)
}
