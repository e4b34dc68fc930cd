package compare

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteWide writes a panel with one agency a line as CSV: for every indicator and
// year its value, numerator, denominator and marks. Marks are the reason why there
// is no figure, review, blanks, and form:2014 where the form's figures make no
// series with those of the newest form that has the indicator.
func WriteWide(ctx context.Context, src Source, o Options, years []int, w io.Writer) error {
	if len(o.Years) > 0 {
		years = slices.DeleteFunc(slices.Clone(years), func(y int) bool { return !slices.Contains(o.Years, y) })
	}
	c := csv.NewWriter(w)
	header := []string{"agency", "division", "level", "kind"}
	for _, i := range o.Indicators {
		for _, y := range years {
			name := fmt.Sprintf("%s_%d", i.ID, y)
			header = append(header, name)
			if !i.Count {
				header = append(header, name+"_numerator", name+"_denominator")
			}
			header = append(header, name+"_marks")
		}
	}
	if err := c.Write(header); err != nil {
		return err
	}
	var rows []Row // of one agency
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		a, b := rows[0].Agency, rows[0].Body
		line := []string{a.Name, a.Division, b.Level, b.Kind}
		for k, i := range o.Indicators {
			for _, y := range years {
				line = append(line, wideCells(i, k, rows, y)...)
			}
		}
		rows = rows[:0]
		return c.Write(line)
	}
	err := Each(ctx, src, o, func(r *Row) error {
		if len(rows) > 0 && rows[0].Agency.ID != r.Agency.ID {
			if err := flush(); err != nil {
				return err
			}
		}
		rows = append(rows, *r)
		return nil
	})
	if err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}

func wideCells(i *Indicator, k int, rows []Row, year int) []string {
	out := make([]string, 4)
	if i.Count {
		out = make([]string, 2)
	}
	at := slices.IndexFunc(rows, func(r Row) bool { return r.Year == year })
	if at < 0 {
		out[len(out)-1] = "no_report"
		return out
	}
	r := rows[at]
	f := r.Figures[k]
	if v := f.Value(); v != nil {
		out[0] = v.String()
	}
	if !i.Count {
		if f.Numerator != nil {
			out[1] = f.Numerator.String()
		}
		if f.Denominator != nil {
			out[2] = f.Denominator.String()
		}
	}
	var marks []string
	if f.Missing != "" {
		marks = append(marks, f.Missing)
	}
	if f.Review {
		marks = append(marks, "review")
	}
	if f.Blanks {
		marks = append(marks, "blanks")
	}
	if f.Reviewed {
		marks = append(marks, "reviewed")
	}
	if forms := i.Forms(); f.Missing != OtherForm && i.Series(r.Form) != i.Series(forms[len(forms)-1]) {
		marks = append(marks, "form:"+r.Form)
	}
	out[len(out)-1] = strings.Join(marks, " ")
	return out
}
