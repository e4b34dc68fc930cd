package review

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/schema"
)

// Cell is a cell of a stored report.
type Cell struct {
	ID     string
	Number *decimal.Decimal
	State  normalize.State
	Status normalize.Status
}

// Doubt is a cell that a person should look at.
type Doubt struct {
	Cell
	Kind    Kind
	Figures int                 // indicators that rest on it
	Sums    int                 // of the form that fail over it
	Why     []normalize.Finding // that name it, the gravest first
}

// Kind is what harm a doubt can do, the worst first.
type Kind int

const (
	Unplaced     Kind = iota // no agency or no year: the report is in no comparison
	Placed                   // agency, year or form may be wrong, and with it every number
	Contradicted             // somebody's word was heard and does not count now
	Number                   // a number that may be wrong
	Silence                  // a blank or dash that may be a number, or what nobody could read
	Missing                  // a cell that was not found
)

// Doubts are the cells of a report under review, worst first. figures tells how
// many indicators rest on a cell.
func Doubts(form string, cells []Cell, findings []normalize.Finding, figures func(cell string) int) []Doubt {
	at := map[string]*Doubt{}
	var ids []string
	add := func(c Cell) *Doubt {
		if at[c.ID] == nil {
			at[c.ID] = &Doubt{Cell: c, Kind: kind(c), Figures: figures(c.ID)}
			ids = append(ids, c.ID)
		}
		return at[c.ID]
	}
	for _, c := range cells {
		if c.Status == normalize.Review {
			add(c)
		}
	}
	for _, f := range findings {
		for _, id := range f.IDs {
			d := at[id]
			if normalize.IsField(id) { // see Fields
				continue
			}
			if f.Rule == Changed || f.Rule == Differ {
				d = add(Cell{ID: id, State: normalize.Absent, Status: normalize.Review}) // it may be gone
				d.Kind = Contradicted
			}
			if d == nil {
				continue
			}
			d.Why = append(d.Why, f)
			if sums()[f.Rule] {
				d.Sums++
			}
		}
	}
	out := make([]Doubt, len(ids))
	for i, id := range ids {
		out[i] = *at[id]
		slices.SortStableFunc(out[i].Why, func(a, b normalize.Finding) int {
			return cmp.Or(weight(a.Severity)-weight(b.Severity), strings.Compare(a.Rule, b.Rule))
		})
	}
	order := positions(form)
	slices.SortFunc(out, func(a, b Doubt) int {
		return cmp.Or(Worse(&a, &b), cmp.Compare(order(a.ID), order(b.ID)), strings.Compare(a.ID, b.ID))
	})
	return out
}

func weight(s normalize.Severity) int {
	return slices.Index([]normalize.Severity{normalize.Error, normalize.Warning, normalize.Inconclusive, normalize.Advice}, s)
}

// Fields are the fields of a report that are in doubt, worst first: those that are
// missing, by their names, and those that findings doubt.
func Fields(missing []string, findings []normalize.Finding) []Doubt {
	at := map[string]*Doubt{}
	for _, id := range missing {
		at[id] = &Doubt{Cell: Cell{ID: id, State: normalize.Absent, Status: normalize.Review}, Kind: Unplaced}
	}
	for _, f := range findings {
		id := f.FieldDoubt()
		if id == "" && (f.Rule == Changed || f.Rule == Differ) && len(f.IDs) == 1 && normalize.IsField(f.IDs[0]) {
			id = f.IDs[0]
		}
		if id == "" {
			continue
		}
		if at[id] == nil {
			at[id] = &Doubt{Cell: Cell{ID: id, State: normalize.Reported, Status: normalize.Review}, Kind: Placed}
		}
		at[id].Why = append(at[id].Why, f)
	}
	var out []Doubt
	for _, id := range normalize.Fields {
		if d := at[id]; d != nil {
			out = append(out, *d)
		}
	}
	slices.SortStableFunc(out, func(a, b Doubt) int { return Worse(&a, &b) })
	return out
}

// Worse orders doubts: by kind; by how many indicators rest on the cell; by how
// many sums fail over it; and a greater number before a smaller one.
func Worse(a, b *Doubt) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Figures, a.Figures), cmp.Compare(b.Sums, a.Sums),
		size(b).Cmp(size(a)))
}

func size(d *Doubt) decimal.Decimal {
	if d.Cell.Number == nil {
		return decimal.Zero
	}
	return d.Cell.Number.Abs()
}

func kind(c Cell) Kind {
	switch {
	case c.State == normalize.Absent:
		return Missing
	case c.Number == nil:
		return Silence
	}
	return Number
}

// positions tells the place of a cell in a form; cells of other forms come last.
func positions(id string) func(cell string) int {
	at := map[string]int{}
	form := schema.Lookup(id)
	if form != nil {
		for i := range form.Cells {
			at[form.Cells[i].ID] = i
		}
	}
	return func(cell string) int {
		if i, ok := at[cell]; ok {
			return i
		}
		return len(at)
	}
}

// sums are the rules of the forms' sums.
var sums = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, f := range schema.Forms() {
		for i := range f.Relations {
			out[f.Relations[i].Rule] = true
		}
	}
	return out
})
