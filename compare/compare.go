package compare

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"nianbao/store"
)

// Source is where the reports come from.
type Source interface {
	// LiveReports returns one report for each agency and year, of all years
	// where year is 0.
	LiveReports(ctx context.Context, year int) ([]store.Report, error)
	// Values returns the values of the named cells of a report.
	Values(ctx context.Context, report int64, cells []string) (map[string]store.Value, error)
}

// Row is one report and its figures, one for each indicator asked for.
type Row struct {
	store.Report
	Figures []Figure
}

// Table is a comparison: reports by indicators.
type Table struct {
	Indicators []*Indicator
	Rows       []Row // by agency, then year
}

// Compare works the indicators out for all reports of a year, or of all years
// where year is 0.
func Compare(ctx context.Context, src Source, year int, indicators []*Indicator) (*Table, error) {
	reports, err := src.LiveReports(ctx, year)
	if err != nil {
		return nil, err
	}
	var cells []string
	for _, i := range indicators {
		cells = append(cells, i.cells()...)
	}
	slices.Sort(cells)
	cells = slices.Compact(cells)
	t := &Table{Indicators: indicators}
	for _, r := range reports {
		values, err := src.Values(ctx, r.ID, cells)
		if err != nil {
			return nil, fmt.Errorf("compare %s %d: %w", r.Agency.Name, r.Year, err)
		}
		row := Row{Report: r}
		for _, i := range indicators {
			row.Figures = append(row.Figures, i.Of(r.Form, values))
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
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

// Entry is one figure as other programs get it.
type Entry struct {
	Agency      string  `json:"agency"`
	Division    *string `json:"division"`
	Year        int     `json:"year"`
	Form        string  `json:"form"`
	Indicator   string  `json:"indicator"`
	Chinese     string  `json:"chinese"`
	Numerator   *Number `json:"numerator"`
	Denominator *Number `json:"denominator"` // null for a plain count
	Rate        *Number `json:"rate"`        // null for a plain count and where there is none
	Missing     *string `json:"missing"`     // why there is no figure
	Review      bool    `json:"review"`
	Blanks      bool    `json:"blanks"`
}

// Number is an exact decimal that JSON shows as a number.
type Number decimal.Decimal

// MarshalJSON writes the digits as they are.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(decimal.Decimal(n).String()), nil }

// Entries returns the figures one by one, row by row.
func (t *Table) Entries() []Entry {
	out := []Entry{}
	for _, r := range t.Rows {
		for k, f := range r.Figures {
			i := t.Indicators[k]
			out = append(out, Entry{
				Agency: r.Agency.Name, Division: known(r.Agency.Division), Year: r.Year, Form: r.Form,
				Indicator: i.ID, Chinese: i.Chinese,
				Numerator: (*Number)(f.Numerator), Denominator: (*Number)(f.Denominator), Rate: (*Number)(f.Rate()),
				Missing: known(f.Missing), Review: f.Review, Blanks: f.Blanks,
			})
		}
	}
	return out
}

func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// WriteCSV writes the entries as CSV (RFC 4180, UTF-8 without a byte order
// mark, lines end in LF), one figure a line; what is null in JSON is empty.
func (t *Table) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	header := []string{"agency", "division", "year", "form", "indicator", "chinese", "numerator", "denominator", "rate", "missing", "review", "blanks"}
	if err := c.Write(header); err != nil {
		return err
	}
	number := func(n *Number) string {
		if n == nil {
			return ""
		}
		return decimal.Decimal(*n).String()
	}
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	for _, e := range t.Entries() {
		if err := c.Write([]string{
			e.Agency, text(e.Division), strconv.Itoa(e.Year), e.Form, e.Indicator, e.Chinese,
			number(e.Numerator), number(e.Denominator), number(e.Rate), text(e.Missing),
			strconv.FormatBool(e.Review), strconv.FormatBool(e.Blanks),
		}); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
