package compare

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

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
	Rows       []*Row // by agency, then year
}

// Each works the indicators out report by report and hands them over by agency,
// then year. It reads the cells that the indicators need and keeps nothing; the row is
// that of the next report once visit has returned, its figures stay.
func Each(ctx context.Context, src Source, o Options, visit func(*Row) error) error {
	var last store.Agency
	var body Body
	return each(ctx, src, o, store.Selection{}, func(r *Row) error {
		if r.Agency != last { // reports of an agency follow one another
			last, body = r.Agency, BodyOf(r.Agency)
		}
		r.Body = body
		return visit(r)
	})
}

// each is Each, with the reports as the selection asks for them. What the agencies'
// names tell is yet to be read off them.
func each(ctx context.Context, src Source, o Options, sel store.Selection, visit func(*Row) error) error {
	sel.Years, sel.Agencies, sel.Cells, sel.Brief = o.Years, o.Agencies, cells(o.Indicators), !o.Whole
	var row Row
	var figures []Figure // room for those of many reports
	return src.EachLive(ctx, sel, func(_, _ int, l *store.Live) error {
		if o.Keep != nil && !o.Keep(l.Agency) {
			return nil
		}
		if o.Population != nil {
			if p := o.Population(l.Agency, l.Year); p != nil {
				l.Values["@population"] = store.Value{Number: p, State: normalize.Reported, Status: normalize.OK}
			}
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
	var room []Row
	err := each(ctx, src, o, store.Selection{AnyOrder: true}, func(r *Row) error {
		if len(room) == cap(room) {
			room = make([]Row, 0, rowsAtOnce)
		}
		room = append(room, *r)
		t.Rows = append(t.Rows, &room[len(room)-1])
		return nil
	})
	t.arrange()
	return t, err
}

const rowsAtOnce = 256

// arrange brings the rows in order, by agency, then year, and reads off the agencies'
// names what they tell, of many agencies side by side.
func (t *Table) arrange() {
	type rows struct {
		of   store.Agency
		body Body
		n    int // how many, then where the next one goes
	}
	var agencies []rows // in the order in which they came
	known := map[int64]int{}
	at := make([]int, len(t.Rows)) // the agencies of the rows
	for n, r := range t.Rows {
		k, ok := 0, n > 0 && r.Agency.ID == t.Rows[n-1].Agency.ID
		if ok {
			k = at[n-1]
		} else if k, ok = known[r.Agency.ID]; !ok {
			k = len(agencies)
			known[r.Agency.ID] = k
			agencies = append(agencies, rows{of: r.Agency})
		}
		at[n] = k
		agencies[k].n++
	}
	var reading sync.WaitGroup
	for some := range slices.Chunk(agencies, bodiesAtOnce) {
		reading.Go(func() {
			for k := range some {
				some[k].body = BodyOf(some[k].of)
			}
		})
	}
	order := make([]int, len(agencies))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := &agencies[a].of, &agencies[b].of
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.Division, y.Division), cmp.Compare(x.ID, y.ID))
	})
	reading.Wait()
	next := 0
	for _, k := range order {
		agencies[k].n, next = next, next+agencies[k].n
	}
	arranged := make([]*Row, len(t.Rows))
	for n, r := range t.Rows {
		a := &agencies[at[n]]
		r.Body = a.body
		arranged[a.n] = r
		a.n++
	}
	from := 0
	for _, k := range order {
		slices.SortStableFunc(arranged[from:agencies[k].n], func(a, b *Row) int { return a.Year - b.Year })
		from = agencies[k].n
	}
	t.Rows = arranged
}

const bodiesAtOnce = 1024

// Years returns the years of the table, ascending.
func (t *Table) Years() []int {
	var out []int
	for _, r := range t.Rows {
		out = append(out, r.Year)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
