package main

import (
	"fmt"
	"strconv"
	"strings"

	"nianbao/compare"
)

// printRanking prints groups of peers in order.
func printRanking(a *app, t *compare.Table, groups []*compare.Group) error {
	names := sharedNames(t)
	var l legend
	for n, g := range groups {
		if n > 0 {
			fmt.Fprintln(a.out)
		}
		fmt.Fprintln(a.out, groupTitle(g))
		table := &grid{left: map[int]bool{1: true}}
		table.add("名次", "机关", columnTitle(g.Indicator))
		of := "/" + strconv.Itoa(len(g.Members))
		for _, m := range g.Members {
			table.add(strconv.Itoa(m.Rank)+of, names.of(m.Row.Agency.Name, m.Row.Agency.Division), l.figure(*m.Figure))
		}
		for _, m := range g.Without {
			table.add("", names.of(m.Row.Agency.Name, m.Row.Agency.Division), l.figure(*m.Figure))
		}
		if err := table.write(a.out); err != nil {
			return err
		}
	}
	return l.write(a)
}

func groupTitle(g *compare.Group) string {
	s := fmt.Sprintf("%s (%s), %d, peers: %s", g.Indicator.Chinese, g.Indicator.English, g.Year, g.Peers)
	if g.Series != "" {
		return s + ", forms " + g.Series
	}
	return s + ", not defined in their forms"
}

// printDistribution prints a line for every group of peers.
func printDistribution(a *app, groups []*compare.Group) error {
	g := &grid{left: map[int]bool{2: true, 3: true}}
	g.add("指标", "年度", "peers", "forms", "figures", "without", "review", "reviewed", "min", "25%", "median", "75%", "max")
	for _, of := range groups {
		d := of.Distribution()
		row := []string{of.Indicator.Chinese, fmt.Sprint(d.Year), d.Peers, orUnknown(of.Series, "–"),
			fmt.Sprint(d.Figures), fmt.Sprint(d.Without), fmt.Sprint(d.Review), fmt.Sprint(d.Reviewed)}
		for _, q := range []*compare.Number{d.Min, d.Quartile1, d.Median, d.Quartile3, d.Max} {
			row = append(row, value(of.Indicator, q))
		}
		g.add(row...)
	}
	return g.write(a.out)
}

// value shows a rate in percent, a count as it is, and nothing as –.
func value(i *compare.Indicator, n *compare.Number) string {
	switch {
	case n == nil:
		return "–"
	case i.Count:
		return n.String()
	}
	return n.Percent()
}

// printChanges prints every change from report to report.
func printChanges(a *app, t *compare.Table) error {
	names := sharedNames(t)
	byID := map[string]*compare.Indicator{}
	for _, i := range t.Indicators {
		byID[i.ID] = i
	}
	g := &grid{left: map[int]bool{1: true}}
	g.add("机关", "指标", "years", "from", "to", "change", "relative")
	var notes []string
	review, reviewed, gap := false, false, false
	for _, c := range t.Changes() {
		i := byID[c.Indicator]
		division := ""
		if c.Division != nil {
			division = *c.Division
		}
		years := fmt.Sprintf("%d-%d", c.From, c.To)
		if c.Gap {
			years, gap = years+"…", true
		}
		diff, relative := "–", "–"
		switch {
		case c.Break != nil:
			note := fmt.Sprintf("~  form %s makes no series with form %s: %s", c.FromForm, c.ToForm, *c.Break)
			if !strings.Contains(strings.Join(notes, "\n"), note) {
				notes = append(notes, note)
			}
			diff, relative = "~", "~"
		case c.Difference != nil:
			diff = signedValue(i, c.Difference)
			if c.Relative != nil {
				relative = sign(c.Relative) + c.Relative.Percent()
			}
		}
		if c.Review {
			diff, review = diff+"?", true
		}
		if c.Reviewed {
			diff, reviewed = diff+"^", true
		}
		g.add(names.of(c.Agency, division), i.Chinese, years, value(i, c.FromValue), value(i, c.ToValue), diff, relative)
	}
	if err := g.write(a.out); err != nil {
		return err
	}
	if review {
		notes = append([]string{"?  rests on a value under review"}, notes...)
	}
	if reviewed {
		notes = append(notes, strings.Replace(reviewedMark, "^      ", "^  ", 1))
	}
	if gap {
		notes = append(notes, "…  reports between these years are missing")
	}
	if len(notes) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(a.out, "\n%s\n", strings.Join(notes, "\n"))
	return err
}

// signedValue shows a difference: of rates in percentage points.
func signedValue(i *compare.Indicator, n *compare.Number) string {
	if i.Count {
		return sign(n) + n.String()
	}
	return sign(n) + strings.TrimSuffix(n.Percent(), "%") + "pp"
}

func sign(n *compare.Number) string {
	if n.Decimal().IsPositive() {
		return "+"
	}
	return ""
}

// printCoverage prints agencies by years, and who is missing.
func printCoverage(a *app, t *compare.Table) error {
	years, names := t.Years(), sharedNames(t)
	g := &grid{}
	head := []string{"机关"}
	for _, y := range years {
		head = append(head, fmt.Sprint(y))
	}
	g.add(head...)
	missing := make([]int, len(years))
	agencies := 0
	coverage := t.Coverage()
	for from := 0; from < len(coverage); from += len(years) {
		agencies++
		division := ""
		if d := coverage[from].Division; d != nil {
			division = *d
		}
		row := []string{names.of(coverage[from].Agency, division)}
		for k, c := range coverage[from : from+len(years)] {
			if c.Form == nil {
				missing[k]++
				row = append(row, "missing")
				continue
			}
			cell := *c.Form
			if c.InDoubt > 0 {
				cell += fmt.Sprintf(" %d?", c.InDoubt)
			}
			row = append(row, cell)
		}
		g.add(row...)
	}
	row := []string{fmt.Sprintf("missing of %d", agencies)}
	for _, m := range missing {
		row = append(row, fmt.Sprint(m))
	}
	g.add(row...)
	if err := g.write(a.out); err != nil {
		return err
	}
	_, err := fmt.Fprint(a.out, "\n2019   the form of the report\nn?     values under review\nAn agency of which no report at all is stored is not known here.\n")
	return err
}
