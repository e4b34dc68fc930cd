package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"nianbao/compare"
)

type compareCmd struct {
	Year      int      `help:"Year to compare agencies in (default: the newest)." placeholder:"YEAR"`
	Indicator []string `help:"Indicators, by id or Chinese name; one alone and no --year is shown over all years. See --list." placeholder:"ID"`
	Agency    []string `help:"Only agencies whose names contain this." placeholder:"NAME"`
	Format    string   `help:"table, csv or json." enum:"table,csv,json" default:"table"`
	List      bool     `help:"List the indicators."`
}

func (c *compareCmd) Help() string {
	return `Every rate is shown with its numerator and denominator. Over zero there is no rate, nor where a cell it
needs was not printed. Marks: ? rests on a value under review, * blank cells were counted as zero.
--format csv gives UTF-8 with a header line; --format json an array of the same fields. Their "missing"
says why there is no figure: other_form, not_printed, all_blank or zero_divisor.

Exit status: 0 done, 2 nothing stored fits what was asked for.

Examples:
  nianbao compare --year 2023
  nianbao compare --indicator disclosure
  nianbao compare --year 2023 --indicator disclosure,refusal --agency 统计局
  nianbao compare --year 2023 --format csv > 2023.csv`
}

// shownByDefault are the indicators that fit a terminal.
var shownByDefault = []string{"received", "concluded", "disclosure", "refusal", "carry_forward", "review_correction", "litigation_loss"}

func (c *compareCmd) Run(a *app) error {
	if c.List {
		return listIndicators(a)
	}
	names := c.Indicator
	if len(names) == 0 && c.Format == "table" {
		names = shownByDefault
	}
	indicators := compare.Indicators()
	if len(names) > 0 {
		indicators = nil
	}
	for _, n := range names {
		i := compare.Find(n)
		if i == nil {
			return usage("list them: nianbao compare --list", "there is no indicator %q", n)
		}
		indicators = append(indicators, i)
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	years, err := s.Years(a.ctx)
	if err != nil {
		return err
	}
	if len(years) == 0 {
		return usage("see what is stored: nianbao status", "no report with a known agency and year is stored in %s", s.Database())
	}
	overYears := c.Year == 0 && len(c.Indicator) == 1
	year := c.Year
	if year == 0 && !overYears {
		year = years[len(years)-1]
	}
	if year != 0 && !slices.Contains(years, year) {
		return usage(fmt.Sprintf("years with reports: %s", join(years)), "no report of %d is stored", year)
	}
	t, err := compare.Compare(a.ctx, s, year, indicators)
	if err != nil {
		return err
	}
	if len(c.Agency) > 0 {
		t.Rows = slices.DeleteFunc(t.Rows, func(r compare.Row) bool {
			return !slices.ContainsFunc(c.Agency, func(n string) bool { return strings.Contains(r.Agency.Name, n) })
		})
		if len(t.Rows) == 0 {
			return usage("compare without --agency shows all", "no agency fits --agency %s", strings.Join(c.Agency, ","))
		}
	}
	switch c.Format {
	case "csv":
		return t.WriteCSV(a.out)
	case "json":
		return writeJSON(a.out, t.Entries())
	}
	if overYears {
		return printYears(a, t)
	}
	return printPanel(a, t, year)
}

// printPanel prints agencies by indicators.
func printPanel(a *app, t *compare.Table, year int) error {
	fmt.Fprintf(a.out, "%d, %s\n\n", year, count(len(t.Rows), "report"))
	g := &grid{}
	head := []string{"机关"}
	for _, i := range t.Indicators {
		head = append(head, i.Chinese)
	}
	g.add(head...)
	var l legend
	for _, r := range t.Rows {
		row := []string{agencyText(r.Agency.Name, r.Agency.Division, t)}
		for _, f := range r.Figures {
			row = append(row, l.figure(f))
		}
		g.add(row...)
	}
	if err := g.write(a.out); err != nil {
		return err
	}
	return l.write(a)
}

// printYears prints agencies by years, of one indicator.
func printYears(a *app, t *compare.Table) error {
	i := t.Indicators[0]
	fmt.Fprintf(a.out, "%s (%s)\n\n", i.Chinese, i.English)
	years := t.Years()
	g := &grid{}
	head := []string{"机关"}
	for _, y := range years {
		head = append(head, fmt.Sprint(y))
	}
	g.add(head...)
	var l legend
	var row []string
	var last int64
	for _, r := range t.Rows {
		if row == nil || r.Agency.ID != last {
			if row != nil {
				g.add(row...)
			}
			row = make([]string, len(years)+1)
			row[0], last = agencyText(r.Agency.Name, r.Agency.Division, t), r.Agency.ID
		}
		row[1+slices.Index(years, r.Year)] = l.figure(r.Figures[0])
	}
	if row != nil {
		g.add(row...)
	}
	if err := g.write(a.out); err != nil {
		return err
	}
	return l.write(a)
}

// agencyText adds the division where two agencies have the same name.
func agencyText(name, division string, t *compare.Table) string {
	for _, r := range t.Rows {
		if r.Agency.Name == name && r.Agency.Division != division {
			return name + " " + orUnknown(division, "?")
		}
	}
	return name
}

// legend shows figures and remembers which marks it used.
type legend struct{ review, blanks, form, printed, blank, zero bool }

func (l *legend) figure(f compare.Figure) string {
	marks := ""
	if f.Review {
		l.review = true
		marks += "?"
	}
	if f.Blanks {
		l.blanks = true
		marks += "*"
	}
	switch f.Missing {
	case compare.OtherForm:
		l.form = true
		return "n/a"
	case compare.NotPrinted:
		l.printed = true
		return "—" + marks
	case compare.AllBlank:
		l.blank = true
		return "blank" + marks
	case compare.ZeroDivisor:
		l.zero = true
		return fmt.Sprintf("%s/0%s", f.Numerator, marks)
	}
	if f.Denominator == nil {
		return f.Numerator.String() + marks
	}
	percent := f.Rate().Mul(decimal.New(100, 0)).StringFixed(1)
	return fmt.Sprintf("%s%% %s/%s%s", percent, f.Numerator, f.Denominator, marks)
}

func (l *legend) write(a *app) error {
	var b strings.Builder
	for _, m := range []struct {
		used bool
		text string
	}{
		{l.review, "?      rests on a value under review"},
		{l.blanks, "*      blank cells were counted as zero"},
		{l.zero, "n/0    no rate: the denominator is zero"},
		{l.printed, "—      a cell it needs is not printed or could not be read"},
		{l.blank, "blank  the cells it needs are all blank"},
		{l.form, "n/a    not defined in the form of this report"},
	} {
		if m.used {
			b.WriteString(m.text + "\n")
		}
	}
	if b.Len() == 0 {
		return nil
	}
	_, err := fmt.Fprintf(a.out, "\n%s", b.String())
	return err
}

func listIndicators(a *app) error {
	g := &grid{left: map[int]bool{1: true, 2: true, 3: true}}
	g.add("id", "指标", "indicator", "forms")
	for _, i := range compare.Indicators() {
		g.add(i.ID, i.Chinese, i.English, strings.Join(i.Forms(), " "))
	}
	return g.write(a.out)
}

func join(years []int) string {
	parts := make([]string, len(years))
	for i, y := range years {
		parts[i] = fmt.Sprint(y)
	}
	return strings.Join(parts, ", ")
}
