package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"nianbao/compare"
	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/review"
	"nianbao/store"
)

// doubted is a doubt and the report it is about.
type doubted struct {
	report *store.Report
	review.Doubt
}

// doubts are those of the chosen reports, worst first.
func doubts(a *app, s *store.Store, sel store.Selection) ([]doubted, error) {
	found := map[int64][]normalize.Finding{}
	err := s.EachDoubt(a.ctx, sel, func(report int64, f normalize.Finding) { found[report] = append(found[report], f) })
	if err != nil {
		return nil, err
	}
	figures := map[string]map[string]int{} // by form and cell
	var out []doubted
	err = s.EachLive(a.ctx, sel, func(_, _ int, l *store.Live) error {
		if l.InDoubt == 0 && found[l.ID] == nil {
			return nil
		}
		var cells []review.Cell
		for id, v := range l.Values {
			if v.Status == normalize.Review {
				cells = append(cells, review.Cell{ID: id, Number: v.Number, State: v.State, Status: v.Status})
			}
		}
		if figures[l.Form] == nil {
			figures[l.Form] = figuresOf(l.Form)
		}
		r := l.Report // l is the next one's soon
		for _, d := range review.Doubts(l.Form, cells, found[l.ID], func(id string) int { return figures[l.Form][id] }) {
			out = append(out, doubted{&r, d})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	fields, err := fieldDoubts(a, s, sel)
	if err != nil {
		return nil, err
	}
	out = append(fields, out...)
	slices.SortStableFunc(out, func(a, b doubted) int { return review.Worse(&a.Doubt, &b.Doubt) })
	return out, nil
}

// doubtOf is that of one cell, nil where it is not in doubt.
func doubtOf(a *app, s *store.Store, sub *subject) (*review.Doubt, error) {
	sel := store.Selection{Years: []int{sub.report.Year}, Agencies: []int64{sub.report.Agency.ID}}
	find := doubts
	if normalize.IsField(sub.id) {
		find = fieldDoubts
	}
	all, err := find(a, s, sel)
	i := slices.IndexFunc(all, func(d doubted) bool { return d.ID == sub.id && d.report.Source == sub.report.Source })
	if err != nil || i < 0 {
		return nil, err
	}
	return &all[i].Doubt, nil
}

// doubts are those of the reports that the arguments choose, worst first.
func (c *reviewCmd) doubts(a *app, s *store.Store) ([]doubted, error) {
	sel, err := c.selection(a, s)
	if err != nil {
		return nil, err
	}
	all, err := doubts(a, s, sel)
	if err != nil || c.File == "" {
		return all, err
	}
	r, err := reportOfFile(a, s, c.File)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(d doubted) bool { return d.report.Source != r.Source }), nil
}

// selection is that of the reports that the arguments choose.
func (c *reviewCmd) selection(a *app, s *store.Store) (sel store.Selection, err error) {
	if c.Year != 0 {
		sel.Years = []int{c.Year}
	}
	if c.Agency == "" {
		return sel, nil
	}
	agencies, err := s.Agencies(a.ctx, c.Agency)
	if err == nil && len(agencies) == 0 {
		err = usage("names of all agencies: nianbao show \"\"", "no agency of the stored reports has %q in its name", c.Agency)
	}
	for _, ag := range agencies {
		sel.Agencies = append(sel.Agencies, ag.ID)
	}
	return sel, err
}

// figuresOf counts the indicators that rest on each cell of a form.
func figuresOf(form string) map[string]int {
	out := map[string]int{}
	for _, i := range compare.Indicators() {
		cells := i.Cells(form)
		slices.Sort(cells)
		for _, id := range slices.Compact(cells) {
			out[id]++
		}
	}
	return out
}

// list prints doubts.
func (c *reviewCmd) list(a *app, s *store.Store) error {
	all, err := c.doubts(a, s)
	if err != nil {
		return err
	}
	shown := all
	if c.Limit > 0 {
		shown = all[:min(len(all), c.Limit)]
	}
	reports := map[int64]bool{}
	for _, d := range all {
		reports[d.report.ID] = true
	}
	for i, d := range shown {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		sub, err := subjectOfCell(a, s, d.report, d.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			err = writeJSON(a.out, newDoubtLine(sub, &d.Doubt))
		} else {
			if i > 0 {
				fmt.Fprintln(a.out)
			}
			err = printDoubt(a.out, sub, &d.Doubt)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case c.JSON:
		return nil
	case len(all) == 0:
		_, err = fmt.Fprintln(a.out, "nothing is in doubt")
		return err
	}
	fields := 0
	for _, d := range all {
		if normalize.IsField(d.ID) {
			fields++
		}
	}
	fmt.Fprintf(a.out, "\n%s in doubt in %s", count(len(all)-fields, "value"), count(len(reports), "report"))
	if fields > 0 {
		fmt.Fprintf(a.out, ", %d times agency, year or form", fields)
	}
	if len(shown) < len(all) {
		fmt.Fprintf(a.out, ", the worst %d are shown (--limit 0 shows all)", len(shown))
	}
	_, err = fmt.Fprint(a.out, `
say what a cell holds: nianbao review AGENCY YEAR CELL --value VALUE --reason TEXT --by NAME   (or --confirm)
see it on its page:    nianbao show AGENCY YEAR --crop CELL
`)
	if fields > 0 {
		_, err = fmt.Fprint(a.out, "say of which year it is: nianbao review --file FILE year --value 2021 --reason TEXT --by NAME   (agency and form likewise)\n")
	}
	return err
}

// printDoubt prints a cell, what was read in it and why it is in doubt. d may be nil
// where nothing is.
func printDoubt(w io.Writer, sub *subject, d *review.Doubt) error {
	r := sub.report
	fmt.Fprintf(w, "%s %s\n  %s\n", about(r, r.Source), sub.id, labels(r.Form, sub.id))
	if o := sub.cell; o != nil {
		fmt.Fprintf(w, "  shown    %s\n", shown(o))
		if o.Correction != nil {
			fmt.Fprintf(w, "  said     %s\n", whoSaid(o))
		}
		if p := review.PrintOf(o); o.Correction != nil || p.State != o.State || numberText(p) != numberText(review.Print{Number: o.Value}) || p.Text != o.Text {
			fmt.Fprintf(w, "  read     %s\n", orUnknown(numberText(p), p.String()))
		}
		for _, e := range o.Evidence {
			fmt.Fprintf(w, "  place    %s\n", place(e))
		}
	} else {
		fmt.Fprintln(w, "  shown    nothing: the report has no such cell now")
	}
	fmt.Fprintf(w, "  file     %s\n", short(sub.path))
	if d == nil {
		return nil
	}
	for _, f := range d.Why {
		fmt.Fprintf(w, "  because  %s: %s\n", f.Rule, clip(f.Message, 160))
	}
	if len(d.Why) == 0 {
		fmt.Fprintf(w, "  because  %s\n", unnamed(d))
	}
	if d.Figures > 0 {
		_, err := fmt.Fprintf(w, "  matters  %s on it\n", map[bool]string{true: "1 indicator rests", false: fmt.Sprintf("%d indicators rest", d.Figures)}[d.Figures == 1])
		return err
	}
	return nil
}

// shown is a value as it is shown, with its print.
func shown(o *normalize.Observation) string {
	if normalize.IsField(o.ID) {
		return valueText(o)
	}
	text := string(o.State)
	if o.Value != nil {
		text = o.Value.String() + " " + o.Unit
		if o.State == normalize.Derived {
			text += ", which only the sums demand"
		}
	}
	if o.Text != "" {
		text += ", printed “" + printed(o) + "”"
	}
	return text
}

func numberText(p review.Print) string {
	if p.Number == nil {
		return ""
	}
	return p.Number.String()
}

// whoSaid tells who says what a cell holds, and why.
func whoSaid(o *normalize.Observation) string {
	return fmt.Sprintf("by %s on %s: %s", o.Correction.By, o.Correction.At, o.Correction.Reason)
}

// unnamed says why a cell is in doubt that no finding names.
func unnamed(d *review.Doubt) string {
	switch {
	case normalize.IsField(d.ID):
		return "no " + d.ID + " was found in title, text, signature or date"
	}
	switch d.State {
	case normalize.Absent:
		return "no such row or column was found"
	case normalize.Unreadable:
		return "something is printed that could not be read as a number"
	case normalize.Derived:
		return "it could not be read; the sums demand this number"
	}
	return "what is printed, or where it belongs, is not sure"
}

// one prints a cell with all that was said of it.
func (c *reviewCmd) one(a *app, s *store.Store) error {
	sub, err := c.find(a, s)
	if err != nil {
		return err
	}
	d, err := doubtOf(a, s, sub)
	if err != nil {
		return err
	}
	if c.JSON {
		if d == nil {
			d = &review.Doubt{Figures: figuresOf(sub.report.Form)[sub.id], Kind: -1}
		}
		return writeJSON(a.out, newDoubtLine(sub, d))
	}
	if err := printDoubt(a.out, sub, d); err != nil {
		return err
	}
	history, err := sub.history(a, s)
	if err != nil {
		return err
	}
	for _, line := range historyLines(history) {
		fmt.Fprintf(a.out, "  history  %s\n", line)
	}
	if sub.cell == nil {
		return nil
	}
	for _, e := range sub.cell.Evidence {
		if e.Box != nil && pipeline.Drawable(sub.report.MediaType) {
			fmt.Fprintf(a.out, "\nsee it: nianbao show %s %d --crop %s\n", sub.report.Agency.Name, sub.report.Year, sub.id)
			break
		}
	}
	return nil
}

// doubtLine is a doubt as --json prints it.
type doubtLine struct {
	Agency     string                `json:"agency"`
	Division   *string               `json:"division"`
	Year       int                   `json:"year"`
	Form       string                `json:"form"`
	Path       string                `json:"path"`
	SHA256     string                `json:"sha256"`
	ID         string                `json:"id"`
	Chinese    string                `json:"chinese"`
	Kind       *string               `json:"kind"`
	Indicators int                   `json:"indicators"`
	Sums       int                   `json:"sums"`
	Value      *json.Number          `json:"value"`
	Unit       *string               `json:"unit"`
	State      *normalize.State      `json:"state"`
	Status     *normalize.Status     `json:"status"`
	Text       *string               `json:"text"`
	Correction *normalize.Correction `json:"correction"`
	Read       *lineReading          `json:"read"`
	Evidence   []normalize.Evidence  `json:"evidence"`
	Why        []normalize.Finding   `json:"why"`
}

var kinds = map[review.Kind]string{
	review.Unplaced: "unplaced", review.Placed: "placed", review.Contradicted: "contradicted", review.Number: "number", review.Silence: "silence", review.Missing: "missing",
}

func newDoubtLine(sub *subject, d *review.Doubt) *doubtLine {
	r := sub.report
	l := &doubtLine{Agency: r.Agency.Name, Division: known(r.Agency.Division), Year: r.Year, Form: r.Form, Path: sub.path, SHA256: sub.source,
		ID: sub.id, Chinese: labels(r.Form, sub.id), Kind: known(kinds[d.Kind]), Indicators: d.Figures, Sums: d.Sums,
		Evidence: []normalize.Evidence{}, Why: append([]normalize.Finding{}, d.Why...)}
	if sub.cell == nil {
		return l
	}
	o := newLineObservation(sub.cell)
	l.Value, l.Unit, l.State, l.Status, l.Text, l.Correction, l.Read, l.Evidence = o.Value, &o.Unit, &o.State, &o.Status, &o.Text, o.Correction, o.Read, o.Evidence
	return l
}

// historyLines tell what was said of a cell, a * before what nobody set aside since.
func historyLines(history []review.Correction) []string {
	heads := map[string]bool{}
	for _, h := range review.Heads(history) {
		heads[h.Key()] = true
	}
	history = review.Chronicle(history)
	out := make([]string, len(history))
	for i := range history {
		c := &history[i]
		what := fmt.Sprintf("says %s where %s was read", c.Says, c.Read)
		switch {
		case c.Says == nil:
			what = "takes back what was said"
		case c.Confirms():
			what = fmt.Sprintf("confirms %s", c.Says)
		}
		mark := " "
		if heads[c.Key()] {
			mark = "*"
		}
		out[i] = fmt.Sprintf("%s %s %s %s (%s)", mark, c.At, c.By, what, strings.TrimSpace(c.Reason))
	}
	return out
}
