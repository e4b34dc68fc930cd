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

// Parts are tables of some of the agencies each, one after the other, for what is made
// of the reports of an agency at a time.
func (t *Table) Parts() (parts []*Table) {
	for from := 0; from < len(t.Rows); {
		to := min(from+rowsOfPart, len(t.Rows))
		for to < len(t.Rows) && t.Rows[to].Agency.ID == t.Rows[to-1].Agency.ID {
			to++
		}
		parts = append(parts, &Table{t.Indicators, t.Rows[from:to]})
		from = to
	}
	return parts
}

const rowsOfPart = 1024

// Changes returns the changes from report to report, by agency, indicator and
// year. Where the forms of two reports make no series there is no difference but
// the reason.
func (t *Table) Changes() []Change {
	out := make([]Change, 0, len(t.Rows)*len(t.Indicators))
	for from := 0; from < len(t.Rows); {
		to := from + 1
		for to < len(t.Rows) && t.Rows[to].Agency.ID == t.Rows[from].Agency.ID {
			to++
		}
		for k, i := range t.Indicators {
			for n := from + 1; n < to; n++ {
				out = append(out, change(i, k, t.Rows[n-1], t.Rows[n]))
			}
		}
		from = to
	}
	return out
}

func change(i *Indicator, k int, a, b *Row) Change {
	f, g := &a.Figures[k], &b.Figures[k]
	numbers := new([4]Number)
	c := Change{
		Agency: b.Agency.Name, Division: some(&b.Agency.Division), Indicator: i.ID,
		From: a.Year, To: b.Year, FromForm: a.Form, ToForm: b.Form,
		FromValue: numbers[0].of(f), ToValue: numbers[1].of(g),
		Gap: b.Year > a.Year+1, Review: f.Review || g.Review, Blanks: f.Blanks || g.Blanks, Reviewed: f.Reviewed || g.Reviewed,
		FromSource: a.Source, ToSource: b.Source,
	}
	if r, reasons := i.Across(a.Form, b.Form); r != Same {
		why := strings.Join(reasons, "; ")
		c.Break = some(&why)
		return c
	}
	if c.FromValue != nil && c.ToValue != nil {
		c.Difference, c.Relative = numbers[2].changed(numbers[3:], c.FromValue, c.ToValue)
	}
	return c
}

// changed makes n the difference of two numbers, and the first of room that over the
// first, where it is not zero.
func (n *Number) changed(room []Number, from, to *Number) (difference, relative *Number) {
	const most = 1_000_000_000_000 // times 10^ratePlaces fits a machine's word
	if d := to.digits - from.digits; from.exact == nil && to.exact == nil && from.places == to.places && -most < d && d < most {
		*n = Number{digits: d, places: from.places}
		if from.digits == 0 {
			return n, nil
		}
		room[0] = Number{digits: ratio{numerator: d, denominator: from.digits}.divided(), places: ratePlaces}
		return n, &room[0]
	}
	over := from.Decimal()
	d := to.Decimal().Sub(over)
	if n.is(&d); over.IsZero() {
		return n, nil
	}
	r := d.DivRound(over, ratePlaces)
	return n, room[0].is(&r)
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
			if n := slices.IndexFunc(of, func(r *Row) bool { return r.Year == y }); n >= 0 {
				c.Form, c.InDoubt, c.Source, c.Path = &of[n].Form, of[n].InDoubt, &of[n].Source, &of[n].Path
			}
			out = append(out, c)
		}
		from = to
	}
	return out
}
