// Package compare sets reports side by side: panels of agencies, years and
// indicators, ranks among peers, change over years, distributions, and who is
// missing. Indicators, what may be compared across forms, and how names tell
// level and kind of a body are data (compare/data). A rate always comes with its
// numerator and denominator; there is none over zero, none where a cell it needs
// was not printed, and one that rests on a value under review says so.
//
// It computes with exact decimals, knows no SQL and draws nothing on a terminal.
package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"nianbao/dataset"
	"nianbao/schema"
)

// Indicator is one figure that can be made of any report on a form it is
// defined in.
type Indicator struct {
	ID       string
	Chinese  string
	English  string
	Source   string             // notice (a cell of the form itself) or practice (used by assessments)
	Count    bool               // a plain number: there is no denominator
	formulas map[string]formula // by form
	once     sync.Once
	series   map[string]string // by form, once it was asked for
	listed   map[string]string // Cells by form, with spaces between, once they were asked for
}

type formula struct{ numerator, denominator []term }

// term is a cell to add, or to subtract. A name with @ before it is no cell but a
// figure from outside the reports.
type term struct {
	cell  string
	minus bool
}

func (t term) outside() bool { return strings.HasPrefix(t.cell, "@") }

// Indicators returns all indicators in the order in which they are shown. The
// slice is shared: do not change it.
func Indicators() []*Indicator { return indicators() }

// Find returns the indicator with this id or Chinese name, or nil.
func Find(name string) *Indicator {
	for _, i := range indicators() {
		if i.ID == name || i.Chinese == name {
			return i
		}
	}
	return nil
}

// Forms returns the forms in which the indicator is defined.
func (i *Indicator) Forms() []string { return slices.Sorted(maps.Keys(i.formulas)) }

// Cells returns the cells that the indicator needs of a report on this form.
func (i *Indicator) Cells(form string) []string {
	var out []string
	f := i.formulas[form]
	for _, t := range slices.Concat(f.numerator, f.denominator) {
		if !t.outside() {
			out = append(out, t.cell)
		}
	}
	return out
}

// Formula returns the cells of numerator and denominator for a form; what is taken
// away has - before it, a figure from outside the reports @.
func (i *Indicator) Formula(form string) (numerator, denominator []string) {
	words := func(terms []term) (out []string) {
		for _, t := range terms {
			if t.minus {
				out = append(out, "-"+t.cell)
			} else {
				out = append(out, t.cell)
			}
		}
		return out
	}
	f := i.formulas[form]
	return words(f.numerator), words(f.denominator)
}

// cells returns the cells that the indicators need of a report on some form.
func cells(indicators []*Indicator) []string {
	out := []string{}
	for _, i := range indicators {
		for form := range i.formulas {
			out = append(out, i.Cells(form)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// OfCell returns a cell as an indicator of its own, nil where no form has it. In
// a form that has not got the cell, its counterparts there are taken.
func OfCell(id string) *Indicator {
	ind := &Indicator{ID: id, Source: "notice", Count: true, formulas: map[string]formula{}}
	for _, f := range schema.Forms() {
		if c := f.Cell(id); c != nil { // the newest form has the last word on the name
			ind.Chinese, ind.English = strings.Join(slices.Concat(c.Row, c.Column), "/"), c.English()
			ind.formulas[f.ID] = formula{numerator: []term{{cell: id}}}
		}
	}
	if len(ind.formulas) == 0 {
		return nil
	}
	for _, f := range schema.Forms() {
		if _, ok := ind.formulas[f.ID]; ok {
			continue
		}
		for _, from := range ind.Forms() {
			if there, relation, _ := counterparts(from, []string{id}, f.ID); relation != None {
				var ts []term
				for _, c := range there {
					ts = append(ts, term{cell: c})
				}
				ind.formulas[f.ID] = formula{numerator: ts}
				break
			}
		}
	}
	return ind
}

// indicators parses the embedded table once. Broken data is a defect of the
// program, which the package's test shows, hence the panic.
var indicators = sync.OnceValue(func() []*Indicator {
	var out []*Indicator
	for _, r := range dataset.Records(data, "data/indicators.csv", "id,chinese,english,numerator,denominator,forms,source") {
		var ind *Indicator
		for _, i := range out {
			if i.ID == r[0] {
				ind = i
			}
		}
		if ind == nil {
			ind = &Indicator{ID: r[0], Chinese: r[1], English: r[2], Source: r[6], Count: r[4] == "", formulas: map[string]formula{}}
			out = append(out, ind)
		}
		for _, id := range strings.Fields(r[5]) {
			form := schema.Lookup(id)
			if form == nil {
				panic(fmt.Sprintf("compare: indicators.csv: %s names the unknown form %q", r[0], id))
			}
			ind.formulas[id] = formula{terms(form, r[3]), terms(form, r[4])}
		}
	}
	return out
})

// terms reads a formula: cells to add, or with "-" before them to subtract; "*"
// stands for one segment of a cell's id.
func terms(form *schema.Form, s string) []term {
	var out []term
	for _, word := range strings.Fields(s) {
		pattern, minus := strings.CutPrefix(word, "-")
		if t := (term{pattern, minus}); t.outside() {
			out = append(out, t)
			continue
		}
		n := len(out)
		for _, c := range form.Cells {
			if matches(pattern, c.ID) {
				out = append(out, term{c.ID, minus})
			}
		}
		if len(out) == n {
			panic(fmt.Sprintf("compare: indicators.csv: form %s has no cell %s", form.ID, pattern))
		}
	}
	return out
}

func matches(pattern, id string) bool {
	for {
		p, patterns, more := strings.Cut(pattern, ".")
		s, ids, also := strings.Cut(id, ".")
		if more != also || p != "*" && p != s {
			return false
		}
		if !more {
			return true
		}
		pattern, id = patterns, ids
	}
}
