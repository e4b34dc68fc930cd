// Package compare sets reports side by side: agencies by indicators in one year,
// or one indicator over years. Indicators are data (indicators.csv). A rate
// always comes with its numerator and denominator; there is none over zero, none
// where a cell it needs was not printed, and one that rests on a value under
// review says so.
//
// It computes with exact decimals, knows no SQL and draws nothing on a terminal.
package compare

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/schema"
	"nianbao/store"
)

//go:embed indicators.csv
var indicatorsCSV []byte

// Indicator is one figure that can be made of any report on a form it is
// defined in.
type Indicator struct {
	ID       string
	Chinese  string
	English  string
	Count    bool               // a plain number: there is no denominator
	formulas map[string]formula // by form
}

type formula struct{ numerator, denominator []term }

// term is a cell to add, or to subtract.
type term struct {
	cell  string
	minus bool
}

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
func (i *Indicator) Forms() []string {
	var out []string
	for f := range i.formulas {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}

// cells returns the cells that the indicator needs of a report on some form.
func (i *Indicator) cells() []string {
	var out []string
	for _, f := range i.formulas {
		for _, t := range slices.Concat(f.numerator, f.denominator) {
			out = append(out, t.cell)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// indicators parses the embedded table once. Broken data is a defect of the
// program, which the package's test shows, hence the panic.
var indicators = sync.OnceValue(func() []*Indicator {
	rows, err := csv.NewReader(bytes.NewReader(indicatorsCSV)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("compare: indicators.csv: %v", err))
	}
	var out []*Indicator
	for _, r := range rows[1:] {
		var ind *Indicator
		for _, i := range out {
			if i.ID == r[0] {
				ind = i
			}
		}
		if ind == nil {
			ind = &Indicator{ID: r[0], Chinese: r[1], English: r[2], Count: r[4] == "", formulas: map[string]formula{}}
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
	p, s := strings.Split(pattern, "."), strings.Split(id, ".")
	return slices.EqualFunc(p, s, func(p, s string) bool { return p == "*" || p == s })
}

// Why there is no figure.
const (
	OtherForm   = "other_form"   // the indicator is not defined in the report's form
	NotPrinted  = "not_printed"  // a cell it needs is absent or could not be read
	AllBlank    = "all_blank"    // every cell of the numerator or the denominator is blank
	ZeroDivisor = "zero_divisor" // the denominator is zero
)

// Figure is one indicator of one report.
type Figure struct {
	Numerator   *decimal.Decimal // nil where it is not known
	Denominator *decimal.Decimal // nil where it is not known, and for a count
	Missing     string           // why there is no rate (or no count), or ""
	Review      bool             // a value it rests on is under review
	Blanks      bool             // blank cells were counted as zero
}

// ratePlaces is how many digits after the point a rate keeps.
const ratePlaces = 6

// Rate is numerator over denominator, rounded half away from zero; nil where
// there is none.
func (f Figure) Rate() *decimal.Decimal {
	if f.Missing != "" || f.Numerator == nil || f.Denominator == nil {
		return nil
	}
	r := f.Numerator.DivRound(*f.Denominator, ratePlaces)
	return &r
}

// Of works the indicator out for a report on the given form.
func (i *Indicator) Of(form string, values map[string]store.Value) Figure {
	var out Figure
	f, ok := i.formulas[form]
	if !ok {
		out.Missing = OtherForm
		return out
	}
	out.Numerator = out.sum(f.numerator, values)
	if !i.Count {
		out.Denominator = out.sum(f.denominator, values)
		if out.Missing == "" && out.Denominator.IsZero() {
			out.Missing = ZeroDivisor
		}
	}
	return out
}

// sum adds the terms up. A blank or dashed cell counts as zero and is marked;
// where nothing but blanks is there, or a cell is not printed at all, there is
// no sum: a silence is not a zero.
func (f *Figure) sum(terms []term, values map[string]store.Value) *decimal.Decimal {
	total := decimal.Zero
	blanks := 0
	for _, t := range terms {
		v, ok := values[t.cell]
		if ok && v.Status == normalize.Review {
			f.Review = true
		}
		switch {
		case ok && v.Number != nil && t.minus:
			total = total.Sub(*v.Number)
		case ok && v.Number != nil:
			total = total.Add(*v.Number)
		case ok && (v.State == normalize.Blank || v.State == normalize.Dash):
			blanks++
		default:
			f.Missing = NotPrinted
			return nil
		}
	}
	if blanks == len(terms) {
		f.Missing = AllBlank
		return nil
	}
	f.Blanks = f.Blanks || blanks > 0
	return &total
}
