package compare

import (
	"slices"
	"strings"
)

// Change is what became of a figure from one report of an agency to its next.
type Change struct {
	Agency     string  `json:"agency"`
	Division   *string `json:"division"`
	Indicator  string  `json:"indicator"`
	From       int     `json:"from"`
	To         int     `json:"to"`
	FromForm   string  `json:"from_form"`
	ToForm     string  `json:"to_form"`
	FromValue  *Number `json:"from_value"`
	ToValue    *Number `json:"to_value"`
	Difference *Number `json:"difference"` // null where the two may not be compared
	Relative   *Number `json:"relative"`   // difference over from_value; null over zero
	Break      *string `json:"break"`      // why the two may not be compared
	Gap        bool    `json:"gap"`        // years between them are missing
	Review     bool    `json:"review"`
	Blanks     bool    `json:"blanks"`
	Reviewed   bool    `json:"reviewed"`
	FromSource string  `json:"from_source"`
	ToSource   string  `json:"to_source"`
}

// Changes returns the changes from report to report, by agency, indicator and
// year. Where the forms of two reports make no series there is no difference but
// the reason.
func (t *Table) Changes() []Change {
	out := []Change{}
	for from := 0; from < len(t.Rows); {
		to := from + 1
		for to < len(t.Rows) && t.Rows[to].Agency.ID == t.Rows[from].Agency.ID {
			to++
		}
		for k, i := range t.Indicators {
			for n := from + 1; n < to; n++ {
				out = append(out, change(i, k, &t.Rows[n-1], &t.Rows[n]))
			}
		}
		from = to
	}
	return out
}

func change(i *Indicator, k int, a, b *Row) Change {
	f, g := a.Figures[k], b.Figures[k]
	c := Change{
		Agency: b.Agency.Name, Division: some(&b.Agency.Division), Indicator: i.ID,
		From: a.Year, To: b.Year, FromForm: a.Form, ToForm: b.Form,
		FromValue: (*Number)(f.Value()), ToValue: (*Number)(g.Value()),
		Gap: b.Year > a.Year+1, Review: f.Review || g.Review, Blanks: f.Blanks || g.Blanks, Reviewed: f.Reviewed || g.Reviewed,
		FromSource: a.Source, ToSource: b.Source,
	}
	if r, reasons := i.Across(a.Form, b.Form); r != Same {
		why := strings.Join(reasons, "; ")
		c.Break = some(&why)
		return c
	}
	if f.Value() == nil || g.Value() == nil {
		return c
	}
	d := g.Value().Sub(*f.Value())
	c.Difference = (*Number)(&d)
	if !f.Value().IsZero() {
		r := d.DivRound(*f.Value(), ratePlaces)
		c.Relative = (*Number)(&r)
	}
	return c
}

// Coverage says of one agency and year whether there is a report.
type Coverage struct {
	Agency   string  `json:"agency"`
	Division *string `json:"division"`
	Year     int     `json:"year"`
	Form     *string `json:"form"` // null where no report is stored
	InDoubt  int     `json:"in_doubt"`
	Source   *string `json:"source"`
	Path     *string `json:"path"`
}

// Coverage returns an entry for every agency and year of the table, by agency,
// then year.
func (t *Table) Coverage() []Coverage {
	years := t.Years()
	out := []Coverage{}
	for from := 0; from < len(t.Rows); {
		to := from + 1
		for to < len(t.Rows) && t.Rows[to].Agency.ID == t.Rows[from].Agency.ID {
			to++
		}
		of := t.Rows[from:to]
		for _, y := range years {
			c := Coverage{Agency: of[0].Agency.Name, Division: some(&of[0].Agency.Division), Year: y}
			if n := slices.IndexFunc(of, func(r Row) bool { return r.Year == y }); n >= 0 {
				c.Form, c.InDoubt, c.Source, c.Path = &of[n].Form, of[n].InDoubt, &of[n].Source, &of[n].Path
			}
			out = append(out, c)
		}
		from = to
	}
	return out
}
