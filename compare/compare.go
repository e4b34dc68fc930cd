package compare

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/store"
)

// Source is where the reports come from, by agency, then year.
type Source interface {
	EachLive(ctx context.Context, sel store.Selection, visit func(n, all int, l *store.Live) error) error
}

// Options says what a comparison is made of.
type Options struct {
	Indicators    []*Indicator
	Years         []int                     // all where empty
	Agencies      []int64                   // all where empty
	Keep          func(a store.Agency) bool // all where nil
	ExcludeReview bool                      // no figure rests on a value under review
	// Population returns the population an agency serves, nil where it is not
	// known. It may be nil itself.
	Population func(a store.Agency, year int) *decimal.Decimal
	Whole      bool // rows have all that is stored of their reports, not only what comparing needs
}

// Row is one report and its figures, one for each indicator asked for.
type Row struct {
	store.Report
	Body    Body
	Figures []Figure
}

// Table is a comparison: reports by indicators.
type Table struct {
	Indicators []*Indicator
	Rows       []Row // by agency, then year
}

// Each works the indicators out report by report and hands them over by agency,
// then year. It reads the cells that the indicators need and keeps nothing; the row is
// that of the next report once visit has returned, its figures stay.
func Each(ctx context.Context, src Source, o Options, visit func(*Row) error) error {
	return each(ctx, src, o, nil, visit)
}

// each tells begin, too, how many reports there are at most.
func each(ctx context.Context, src Source, o Options, begin func(most int), visit func(*Row) error) error {
	sel := store.Selection{Years: o.Years, Agencies: o.Agencies, Cells: cells(o.Indicators), Brief: !o.Whole}
	var agency int64
	var row Row
	var figures []Figure // room for those of many reports
	return src.EachLive(ctx, sel, func(n, all int, l *store.Live) error {
		if n == 0 && begin != nil {
			begin(all)
		}
		if o.Keep != nil && !o.Keep(l.Agency) {
			return nil
		}
		if o.Population != nil {
			if p := o.Population(l.Agency, l.Year); p != nil {
				l.Values["@population"] = store.Value{Number: p, State: normalize.Reported, Status: normalize.OK}
			}
		}
		if l.Agency.ID != agency || agency == 0 {
			agency, row.Body = l.Agency.ID, BodyOf(l.Agency) // its reports follow one another
		}
		if cap(figures)-len(figures) < len(o.Indicators) {
			figures = make([]Figure, 0, max(figuresAtOnce, len(o.Indicators)))
		}
		from := len(figures)
		for _, i := range o.Indicators {
			f := i.Of(l.Form, l.Values)
			f.Reviewed = f.Reviewed || l.Reviewed != ""
			if o.ExcludeReview && f.Review {
				f = Figure{Missing: UnderReview, Review: true, Reviewed: f.Reviewed}
			}
			figures = append(figures, f)
		}
		row.Report, row.Figures = l.Report, figures[from:len(figures):len(figures)]
		return visit(&row)
	})
}

const figuresAtOnce = 4096

// Compare works the indicators out for all chosen reports.
func Compare(ctx context.Context, src Source, o Options) (*Table, error) {
	t := &Table{Indicators: o.Indicators}
	most := func(n int) { t.Rows = make([]Row, 0, n) }
	err := each(ctx, src, o, most, func(r *Row) error {
		t.Rows = append(t.Rows, *r)
		return nil
	})
	return t, err
}

// Years returns the years of the table, ascending.
func (t *Table) Years() []int {
	var out []int
	for _, r := range t.Rows {
		out = append(out, r.Year)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
