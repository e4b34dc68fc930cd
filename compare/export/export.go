// Package export writes what is stored for other programs: as CSV, as a workbook,
// as Parquet, and as a Frictionless data package. One file here holds one format.
// The same data gives the same bytes: rows are sorted, and there are no times.
//
// Reports are read one after another and written as they come; no format keeps
// them in memory. It knows no SQL, and nothing of files but what Create does.
package export

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/schema"
	"nianbao/store"
)

// Source is where the reports come from, by agency, then year.
type Source interface {
	EachLive(ctx context.Context, sel store.Selection, visit func(n, all int, l *store.Live) error) error
}

// Options says what is exported.
type Options struct {
	Years         []int   // all where empty
	Agencies      []int64 // all where empty
	ExcludeReview bool    // leave out what is under review
	// Evidence reads the Report artifact of a report, for print and place of its
	// values. Where it is nil, these are not exported.
	Evidence func(r *store.Report) (*normalize.Report, error)
	// Progress is told how many reports are done. It may be nil.
	Progress func(done, all int)
}

// Row is one observation with the report it is from.
type Row struct {
	Report   *store.Report
	Cell     string
	Chinese  string
	English  string
	Value    *decimal.Decimal // nil where there is no number
	Unit     string
	State    normalize.State
	Status   normalize.Status
	Reviewed bool                // a person corrected or confirmed it
	Part     string              // SHA-256 of the part of the report it stands in, "" where it stands in the report's own file
	Text     string              // as printed, where evidence is asked for
	Evidence *normalize.Evidence // the first, where evidence is asked for and there is one
}

// each hands over the reports with their rows in the order of their forms; rows
// that a report has of another form come last.
func each(ctx context.Context, src Source, o Options, visit func(r *store.Report, rows []Row) error) error {
	sel := store.Selection{Years: o.Years, Agencies: o.Agencies}
	return src.EachLive(ctx, sel, func(n, all int, l *store.Live) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := rowsOf(l)
		if o.Evidence != nil {
			if err := addEvidence(l, rows, o.Evidence); err != nil {
				return err
			}
		}
		if o.ExcludeReview {
			rows = slices.DeleteFunc(rows, func(r Row) bool { return r.Status == normalize.Review })
		}
		if err := visit(&l.Report, rows); err != nil {
			return err
		}
		if o.Progress != nil {
			o.Progress(n+1, all)
		}
		return nil
	})
}

func rowsOf(l *store.Live) []Row {
	rows := make([]Row, 0, len(l.Values))
	take := func(c *schema.Cell, id string) {
		v, ok := l.Values[id]
		if !ok {
			return
		}
		r := Row{Report: &l.Report, Cell: id, Value: v.Number, State: v.State, Status: v.Status, Reviewed: v.Reviewed, Part: l.Parts[id]}
		if c != nil {
			n := cellNames()[c]
			r.Chinese, r.English, r.Unit = n.chinese, n.english, c.Unit
		}
		rows = append(rows, r)
	}
	form := schema.Lookup(l.Form)
	if form != nil {
		for i := range form.Cells {
			take(&form.Cells[i], form.Cells[i].ID)
		}
	}
	var others []string
	for id := range l.Values {
		if form == nil || form.Cell(id) == nil {
			others = append(others, id)
		}
	}
	slices.Sort(others)
	for _, id := range others {
		take(anyCell(id), id)
	}
	return rows
}

type names struct{ chinese, english string }

// cellNames are the names of all cells, put together once.
var cellNames = sync.OnceValue(func() map[*schema.Cell]names {
	out := map[*schema.Cell]names{}
	for _, f := range schema.Forms() {
		for i := range f.Cells {
			out[&f.Cells[i]] = names{f.Cells[i].Chinese(), f.Cells[i].English()}
		}
	}
	return out
})

// anyCell returns the cell of the newest form that has it, or nil.
func anyCell(id string) *schema.Cell {
	for _, f := range slices.Backward(schema.Forms()) {
		if c := f.Cell(id); c != nil {
			return c
		}
	}
	return nil
}

// addEvidence joins print and first place of every value, and checks that the
// artifact and the rows say the same.
func addEvidence(l *store.Live, rows []Row, read func(*store.Report) (*normalize.Report, error)) error {
	report, err := read(&l.Report)
	if err != nil {
		return fmt.Errorf("evidence of %s %d: %w", l.Agency.Name, l.Year, err)
	}
	byID := make(map[string]*normalize.Observation, len(report.Observations))
	for i := range report.Observations {
		byID[report.Observations[i].ID] = &report.Observations[i]
	}
	for i := range rows {
		r := &rows[i]
		ob := byID[r.Cell]
		if ob == nil || (ob.Value == nil) != (r.Value == nil) || ob.Value != nil && !ob.Value.Equal(*r.Value) || ob.Status != r.Status {
			return fmt.Errorf("evidence of %s %d: the stored rows and the report differ in %s: add the report again", l.Agency.Name, l.Year, r.Cell)
		}
		r.Text = ob.Text
		if len(ob.Evidence) > 0 {
			r.Evidence = &ob.Evidence[0]
		}
	}
	return nil
}

// cellsOfForms returns every cell id once, in the order of the forms.
func cellsOfForms() []*schema.Cell {
	var out []*schema.Cell
	seen := map[string]bool{}
	for _, f := range slices.Backward(schema.Forms()) { // the newest form first
		for i := range f.Cells {
			if c := &f.Cells[i]; !seen[c.ID] {
				seen[c.ID] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// plain is a number without exponent, "" where there is none.
func plain(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}
