package main

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"nianbao/compare"
	"nianbao/normalize"
	"nianbao/store"
)

type compareCmd struct {
	View          string   `help:"panel, ranking, change, distribution or coverage." enum:"panel,ranking,change,distribution,coverage" default:"panel"`
	Year          []int    `help:"Years to compare (default: the newest for panel, ranking and distribution, else all)." placeholder:"YEAR"`
	Indicator     []string `help:"Indicators, by id or Chinese name; one alone and no --year is shown over all years. See --list." placeholder:"ID"`
	Cell          []string `help:"Cells, by id, as indicators of their own." placeholder:"ID"`
	Agency        []string `help:"Only agencies whose names contain this." placeholder:"NAME"`
	Peers         string   `help:"Who is ranked together: kind (same level and kind of body), body (same level, same body) or all." enum:"kind,body,all" default:"kind"`
	Ascending     bool     `help:"Rank the smallest first."`
	ExcludeReview bool     `help:"Leave out what rests on a value under review."`
	Population    string   `help:"CSV file with agency,year,population, for requests per head." type:"existingfile" placeholder:"FILE"`
	Evidence      bool     `help:"Say where in its file each figure's cells stand; reads the whole report of every line."`
	Wide          bool     `help:"One agency a line, years as columns (CSV)."`
	Format        string   `help:"table, csv or json." enum:"table,csv,json" default:"table"`
	List          bool     `help:"List the indicators."`
}

func (c *compareCmd) Help() string {
	return `Every rate is shown with its numerator and denominator. Over zero there is no rate, nor where a cell it
needs was not printed. Marks: ? rests on a value under review, * blank cells were counted as zero, ^ a person
corrected or confirmed a value it rests on, or agency, year or form of its report (nianbao review AGENCY YEAR
--history tells why), ~ the form's figures make no series with those of the newest form (the reason is told).
--format csv gives UTF-8 with a header line; --format json an array of the same fields. Their "missing"
says why there is no figure: other_form, not_printed, all_blank, zero_divisor, no_outside or under_review.
Level and kind of a body are read off its name: "city" is a city of prefecture or county level, as names
do not tell which; what a name does not tell is unknown.

Exit status: 0 done, 2 nothing stored fits what was asked for.

Examples:
  nianbao compare --year 2023
  nianbao compare --indicator disclosure
  nianbao compare --cell requests.received.total --wide --format csv
  nianbao compare --view ranking --indicator disclosure --peers body
  nianbao compare --view change --indicator disclosure --agency 统计局
  nianbao compare --view coverage
  nianbao compare --year 2023 --format csv > 2023.csv`
}

// shownByDefault are the indicators that fit a terminal.
var shownByDefault = []string{"received", "concluded", "disclosure", "refusal", "carry_forward", "review_correction", "litigation_loss"}

func (c *compareCmd) Run(a *app) error {
	if c.List {
		return listIndicators(a)
	}
	// Reports are read, looked at and forgotten: collecting less often takes a fifth less
	// of the time.
	debug.SetGCPercent(400)
	if err := c.check(); err != nil {
		return err
	}
	o, err := c.options()
	if err != nil {
		return err
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
	for _, y := range c.Year {
		if !slices.Contains(years, y) {
			return usage(fmt.Sprintf("years with reports: %s", join(years)), "no report of %d is stored", y)
		}
	}
	overYears := len(c.Year) == 0 && (len(o.Indicators) == 1 || c.Wide)
	if o.Years = c.Year; len(c.Year) == 0 && !overYears && c.View == "panel" || len(c.Year) == 0 && (c.View == "ranking" || c.View == "distribution") {
		o.Years = years[len(years)-1:]
	}
	if err := c.choose(a, s, o); err != nil {
		return err
	}
	if c.View == "panel" && c.Wide {
		return compare.WriteWide(a.ctx, s, *o, years, a.out)
	}
	if c.View == "panel" && c.Format != "table" {
		return c.writePanel(a, s, *o)
	}
	t, err := compare.Compare(a.ctx, s, *o)
	if err != nil {
		return err
	}
	if c.Format != "table" {
		return c.writeView(a, t)
	}
	switch c.View {
	case "ranking":
		return printRanking(a, t, t.Ranking(compare.Peers(c.Peers), c.Ascending))
	case "distribution":
		return printDistribution(a, t.Groups(compare.Peers(c.Peers)))
	case "change":
		return printChanges(a, t)
	case "coverage":
		return printCoverage(a, t)
	}
	if overYears || len(o.Years) > 1 {
		for k, i := range o.Indicators {
			if k > 0 {
				fmt.Fprintln(a.out)
			}
			if err := printYears(a, t, i, k); err != nil {
				return err
			}
		}
		return nil
	}
	return printPanel(a, t, o.Years[0])
}

// check looks for flags that do not go together.
func (c *compareCmd) check() error {
	switch {
	case c.Wide && (c.Format != "csv" || c.View != "panel"):
		return usage("add --format csv", "--wide is a CSV file of the panel")
	case c.Evidence && (c.Format == "table" || c.View != "panel" || c.Wide):
		return usage("add --format csv or --format json", "--evidence goes with the panel as CSV or JSON only")
	case c.View == "coverage" && (len(c.Indicator) > 0 || len(c.Cell) > 0):
		return usage("leave --indicator and --cell out", "coverage is about reports, not figures")
	}
	return nil
}

// options turns the flags about figures into what compare takes.
func (c *compareCmd) options() (*compare.Options, error) {
	o := &compare.Options{ExcludeReview: c.ExcludeReview, Whole: c.Evidence}
	if c.View == "coverage" {
		return o, nil
	}
	for _, n := range c.Indicator {
		i := compare.Find(n)
		if i == nil {
			return nil, usage("list them: nianbao compare --list", "there is no indicator %q", n)
		}
		o.Indicators = append(o.Indicators, i)
	}
	for _, id := range c.Cell {
		i := compare.OfCell(id)
		if i == nil {
			return nil, usage("nianbao show AGENCY YEAR --evidence lists the cells of a report", "no form has a cell %q", id)
		}
		o.Indicators = append(o.Indicators, i)
	}
	if len(o.Indicators) == 0 {
		for _, i := range compare.Indicators() {
			if c.Format == "table" && slices.Contains(shownByDefault, i.ID) || c.Format != "table" && (i.ID != "per_head" || c.Population != "") {
				o.Indicators = append(o.Indicators, i)
			}
		}
	}
	if c.Population == "" {
		return o, nil
	}
	p, err := readPopulation(c.Population)
	if err != nil {
		return nil, err
	}
	o.Population = p.of
	return o, nil
}

// fewAgencies is how many agencies a query may name.
const fewAgencies = 500

// choose keeps the agencies that were asked for.
func (c *compareCmd) choose(a *app, s *store.Store, o *compare.Options) error {
	if len(c.Agency) == 0 {
		return nil
	}
	o.Keep = func(ag store.Agency) bool {
		return slices.ContainsFunc(c.Agency, func(n string) bool { return strings.Contains(ag.Name, n) })
	}
	all, err := s.Agencies(a.ctx, "")
	if err != nil {
		return err
	}
	for _, ag := range all {
		if o.Keep(ag) {
			o.Agencies = append(o.Agencies, ag.ID)
		}
	}
	switch {
	case len(o.Agencies) == 0:
		return usage("compare without --agency shows all", "no agency fits --agency %s", strings.Join(c.Agency, ","))
	case len(o.Agencies) > fewAgencies: // too many to name: every report is looked at
		o.Agencies = nil
	}
	return nil
}

// writePanel writes figures one by one as they are read.
func (c *compareCmd) writePanel(a *app, s *store.Store, o compare.Options) error {
	w := c.writer(a, compare.Entry{})
	err := compare.Each(a.ctx, s, o, func(r *compare.Row) error {
		var report *normalize.Report
		if c.Evidence {
			var err error
			if report, _, err = whole(a.ctx, s, &r.Report); err != nil {
				return fmt.Errorf("evidence of %s %d: %w", r.Agency.Name, r.Year, err)
			}
		}
		for e := range r.Entries(o.Indicators) {
			if report != nil {
				e.Place = known(places(report, strings.Fields(e.Cells)))
			}
			if err := w.Write(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// places says where the named cells stand.
func places(report *normalize.Report, cells []string) string {
	var out []string
	for _, id := range cells {
		for i := range report.Observations {
			if o := &report.Observations[i]; o.ID == id && len(o.Evidence) > 0 {
				out = append(out, id+": "+place(o.Evidence[0]))
			}
		}
	}
	return strings.Join(out, "; ")
}

func (c *compareCmd) writer(a *app, like any) *compare.Writer {
	if c.Format == "csv" {
		return compare.NewCSV(a.out, like)
	}
	return compare.NewJSON(a.out)
}

// writeView writes what is no panel for other programs.
func (c *compareCmd) writeView(a *app, t *compare.Table) error {
	switch c.View {
	case "ranking":
		w := c.writer(a, compare.Ranked{})
		var parts []compare.Places
		for _, g := range t.Ranking(compare.Peers(c.Peers), c.Ascending) {
			parts = append(parts, g.Places()...)
		}
		err := w.WriteParts(len(parts), func(k int, write func(any) error) error {
			for e := range parts[k].Ranked() {
				if err := write(e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return w.Close()
	case "distribution":
		var all []compare.Distribution
		for _, g := range t.Groups(compare.Peers(c.Peers)) {
			all = append(all, g.Distribution())
		}
		return writeAll(c.writer(a, compare.Distribution{}), all)
	case "change":
		w, parts := c.writer(a, compare.Change{}), t.Parts()
		err := w.WriteParts(len(parts), func(k int, write func(any) error) error {
			changes := parts[k].Changes()
			for n := range changes {
				if err := write(&changes[n]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return w.Close()
	}
	return writeAll(c.writer(a, compare.Coverage{}), t.Coverage())
}

func writeAll[T any](w *compare.Writer, entries []T) error {
	for _, e := range entries {
		if err := w.Write(e); err != nil {
			return err
		}
	}
	return w.Close()
}

func listIndicators(a *app) error {
	g := &grid{left: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	g.add("id", "指标", "indicator", "forms", "source")
	for _, i := range compare.Indicators() {
		g.add(i.ID, i.Chinese, i.English, strings.Join(i.Forms(), " "), i.Source)
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
