package main

import (
	"fmt"
	"slices"
	"strings"

	"nianbao/compare"
)

// printPanel prints agencies by indicators, of one year.
func printPanel(a *app, t *compare.Table, year int) error {
	names := sharedNames(t)
	g := &grid{}
	head := []string{"机关"}
	for _, i := range t.Indicators {
		head = append(head, columnTitle(i))
	}
	g.add(head...)
	newest := make([]string, len(t.Indicators))
	for k, i := range t.Indicators {
		newest[k] = newestForm(t, i)
	}
	var l legend
	n := 0
	for _, r := range t.Rows {
		if r.Year != year {
			continue
		}
		n++
		row := []string{names.of(r.Agency.Name, r.Agency.Division)}
		for k, f := range r.Figures {
			row = append(row, l.ofForm(t.Indicators[k], newest[k], f, r.Form))
		}
		g.add(row...)
	}
	fmt.Fprintf(a.out, "%d, %s\n\n", year, count(n, "report"))
	if err := g.write(a.out); err != nil {
		return err
	}
	return l.write(a)
}

// columnTitle heads a column of figures.
func columnTitle(i *compare.Indicator) string { return clip(i.Chinese, labelWidth) }

// printYears prints agencies by years, of one indicator. A figure on a form whose
// figures make no series with those of the newest one is marked.
func printYears(a *app, t *compare.Table, i *compare.Indicator, k int) error {
	fmt.Fprintf(a.out, "%s (%s)\n\n", i.Chinese, i.English)
	years, names := t.Years(), sharedNames(t)
	g := &grid{}
	head := []string{"机关"}
	for _, y := range years {
		head = append(head, fmt.Sprint(y))
	}
	g.add(head...)
	newest := newestForm(t, i)
	var l legend
	var row []string
	var last int64
	for _, r := range t.Rows {
		if row == nil || r.Agency.ID != last {
			if row != nil {
				g.add(row...)
			}
			row = make([]string, len(years)+1)
			row[0], last = names.of(r.Agency.Name, r.Agency.Division), r.Agency.ID
		}
		row[1+slices.Index(years, r.Year)] = l.ofForm(i, newest, r.Figures[k], r.Form)
	}
	if row != nil {
		g.add(row...)
	}
	if err := g.write(a.out); err != nil {
		return err
	}
	return l.write(a)
}

// newestForm is the form of the newest report that has the indicator.
func newestForm(t *compare.Table, i *compare.Indicator) string {
	form, newest := "", 0
	for _, r := range t.Rows {
		if i.Series(r.Form) != "" && r.Year > newest {
			form, newest = r.Form, r.Year
		}
	}
	return form
}

// shared holds the divisions of every name.
type shared map[string][]string

func sharedNames(t *compare.Table) shared {
	s := shared{}
	for n, r := range t.Rows {
		if n > 0 && r.Agency.ID == t.Rows[n-1].Agency.ID {
			continue // its reports follow one another
		}
		if !slices.Contains(s[r.Agency.Name], r.Agency.Division) {
			s[r.Agency.Name] = append(s[r.Agency.Name], r.Agency.Division)
		}
	}
	return s
}

// of adds the division where two agencies have the same name.
func (s shared) of(name, division string) string {
	if len(s[name]) > 1 {
		return name + " " + orUnknown(division, "?")
	}
	return name
}

// legend shows figures and remembers which marks it used.
type legend struct {
	review, blanks, reviewed, form, printed, blank, zero, outside, excluded bool

	breaks []string // why figures of some forms are not compared with others
}

const reviewedMark = "^      a person corrected or confirmed a value it rests on, or agency, year or form (why: nianbao review AGENCY YEAR --history)"

// ofForm marks a figure that makes no series with those of the newest form.
func (l *legend) ofForm(i *compare.Indicator, newest string, f compare.Figure, form string) string {
	s := l.figure(f)
	if f.Missing == compare.OtherForm || newest == "" || i.Series(form) == i.Series(newest) {
		return s
	}
	if r, reasons := i.Across(form, newest); r != compare.Same {
		why := fmt.Sprintf("~      %s: form %s makes no series with form %s: %s", i.Chinese, form, newest, strings.Join(reasons, "; "))
		if !slices.Contains(l.breaks, why) {
			l.breaks = append(l.breaks, why)
		}
		return s + "~"
	}
	return s
}

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
	if f.Reviewed {
		l.reviewed = true
		marks += "^"
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
	case compare.NoOutside:
		l.outside = true
		return "…" + marks
	case compare.UnderReview:
		l.excluded = true
		return "×"
	}
	return f.String() + marks
}

func (l *legend) write(a *app) error {
	var b strings.Builder
	for _, m := range []struct {
		used bool
		text string
	}{
		{l.review && !l.excluded, "?      rests on a value under review"},
		{l.blanks, "*      blank cells were counted as zero"},
		{l.reviewed, reviewedMark},
		{l.zero, "n/0    no rate: the denominator is zero"},
		{l.printed, "—      a cell it needs is not printed or could not be read"},
		{l.blank, "blank  the cells it needs are all blank"},
		{l.form, "n/a    not defined in the form of this report"},
		{l.outside, "…      a figure from outside the reports is missing"},
		{l.excluded, "×      left out: it rests on a value under review"},
	} {
		if m.used {
			b.WriteString(m.text + "\n")
		}
	}
	for _, why := range l.breaks {
		b.WriteString(why + "\n")
	}
	if b.Len() == 0 {
		return nil
	}
	_, err := fmt.Fprintf(a.out, "\n%s", b.String())
	return err
}
