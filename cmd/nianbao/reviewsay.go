package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/review"
	"nianbao/store"
)

// verdict is what a person says of a cell.
type verdict struct {
	value   *review.Value // nil: what was said is taken back
	confirm bool          // value is what is shown
}

// verdict turns the flags into what is said of a cell.
func (c *reviewCmd) verdict(sub *subject) (*verdict, error) {
	state := func(s normalize.State) (*verdict, error) { return &verdict{value: &review.Value{State: s}}, nil }
	switch {
	case c.Withdraw:
		return &verdict{}, nil
	case sub.cell == nil:
		return nil, usage("take back what was said: --withdraw", "the report has no cell %q now", sub.id)
	case c.Confirm:
		return confirmed(sub.cell)
	case normalize.IsField(sub.id) && c.Value != nil:
		return parseField(sub.id, *c.Value)
	case normalize.IsField(sub.id):
		return nil, usage("for example: --value 2021, or --confirm", "of agency, year and form it can be said what they are, and nothing else")
	case c.Blank:
		return state(normalize.Blank)
	case c.Dash:
		return state(normalize.Dash)
	case c.Absent:
		return state(normalize.Absent)
	}
	return parseVerdict(sub, *c.Value, c.AsPrinted)
}

// confirmed says that what is shown is right.
func confirmed(o *normalize.Observation) (*verdict, error) {
	v := &verdict{value: &review.Value{State: o.State, Number: o.Value}, confirm: true}
	if normalize.IsField(o.ID) {
		v.value.Text = o.Text
	}
	switch o.State {
	case normalize.Derived: // whoever confirms it has read it
		v.value.State = normalize.Reported
	case normalize.Absent:
		if normalize.IsField(o.ID) {
			return nil, usage("say what it is: --value", "no %s was read that could be confirmed", o.ID)
		}
	case normalize.Unreadable:
		return nil, usage("say what it holds: --value, --blank, --dash or --absent", "nothing was read in %s that could be confirmed", o.ID)
	}
	return v, nil
}

// parseVerdict reads a value as it is printed.
func parseVerdict(sub *subject, text string, asPrinted bool) (*verdict, error) {
	of := cellOf(sub.report.Form, sub.id)
	if of == nil {
		return nil, fmt.Errorf("no form has the cell %s", sub.id)
	}
	state, number, err := normalize.ParseValue(text, of)
	switch {
	case errors.Is(err, normalize.ErrUnusual) && !asPrinted:
		return nil, usage("if it is printed so all the same: --as-printed", "%q: %v", text, err)
	case err != nil && !errors.Is(err, normalize.ErrUnusual):
		return nil, usage("for example: --value 34", "%q: %v", text, err)
	}
	return &verdict{value: &review.Value{State: state, Number: number}}, nil
}

// say takes what the flags say of a cell and tells what it changed.
func (c *reviewCmd) say(a *app, s *store.Store) error {
	sub, err := c.find(a, s)
	if err != nil {
		return err
	}
	v, err := c.verdict(sub)
	if err != nil {
		return err
	}
	r, end := c.runner(a, s)
	defer end()
	return c.take(a, s, r, sub, v)
}

// take adds a correction of a cell and tells what it changed.
func (c *reviewCmd) take(a *app, s *store.Store, r *pipeline.Runner, sub *subject, v *verdict) error {
	history, err := sub.history(a, s)
	if err != nil {
		return err
	}
	heads := review.Heads(history)
	n := review.Correction{Source: sub.source, Cell: sub.id, Says: v.value, Reason: strings.TrimSpace(c.Reason), By: strings.TrimSpace(c.By),
		At: time.Now().UTC().Format(time.RFC3339)}
	switch {
	case sub.cell != nil:
		n.Read = review.PrintOf(sub.cell)
	case len(heads) > 0:
		n.Read = heads[0].Read
	}
	said := slices.ContainsFunc(heads, func(h review.Correction) bool { return h.Says != nil })
	switch {
	case v.value == nil && !said:
		return usage("see what was said: nianbao review --history", "nobody has said anything of %s that counts", sub.id)
	case len(heads) == 1 && said && v.value != nil && heads[0].By == n.By && heads[0].Says.String() == v.value.String() && heads[0].Read.String() == n.Read.String():
		_, err := fmt.Fprintf(a.out, "%s has said so already: %s\n", n.By, strings.TrimLeft(historyLines(heads)[0], "* "))
		return err
	}
	for i := range heads {
		n.Replaces = append(n.Replaces, heads[i].Key())
	}
	slices.Sort(n.Replaces)
	if err := n.Check(); errors.Is(err, review.ErrInvalid) {
		return usage("name and reason are one line each", "%v", err)
	} else if err != nil {
		return err
	}
	if _, err := r.Correct(a.ctx, []review.Correction{n}); err != nil {
		return err
	}
	return sub.changed(a, s, &n)
}

// again is the cell as it is stored now.
func (sub *subject) again(a *app, s *store.Store) (*subject, error) {
	reports, err := s.Reports(a.ctx, store.Filter{Source: sub.report.Source})
	if err != nil {
		return nil, err
	}
	if len(reports) == 0 {
		return nil, fmt.Errorf("the report of %s is gone", sub.report.Path)
	}
	return subjectOfCell(a, s, &reports[0], sub.id)
}

// changed tells what became of a report by a correction.
func (sub *subject) changed(a *app, s *store.Store, n *review.Correction) error {
	now, err := sub.again(a, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s %s\n", about(now.report, now.source), sub.id)
	was, is := "no such cell", "no such cell"
	if sub.cell != nil {
		was = shortly(sub.cell)
	}
	if now.cell != nil {
		is = shortly(now.cell)
	}
	if was == is {
		fmt.Fprintf(a.out, "  stays    %s\n", is)
	} else {
		fmt.Fprintf(a.out, "  was      %s\n  is       %s\n", was, is)
	}
	if n.Says == nil {
		fmt.Fprintf(a.out, "  taken back by %s\n", n.By)
	} else {
		fmt.Fprintf(a.out, "  said     by %s: %s\n", n.By, n.Reason)
	}
	told := func(word string, these, those []normalize.Finding) {
		for _, f := range these {
			if !slices.ContainsFunc(those, func(o normalize.Finding) bool { return o.Rule == f.Rule }) {
				fmt.Fprintf(a.out, "  %-8s %s %s: %s\n", word, f.Severity, f.Rule, f.Message)
			}
		}
	}
	told("mends", sub.whole.Findings, now.whole.Findings)
	told("breaks", now.whole.Findings, sub.whole.Findings)
	_, err = fmt.Fprintf(a.out, "  in doubt %s of this report, %d before\n", count(inDoubt(now.whole), "value"), inDoubt(sub.whole))
	return err
}

// shortly is a value with its doubt.
func shortly(o *normalize.Observation) string {
	text := valueText(o)
	if o.Status == normalize.Review {
		text += ", under review"
	}
	return text
}
