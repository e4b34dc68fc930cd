package main

import (
	"fmt"
	"strings"

	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/review"
	"nianbao/schema"
	"nianbao/store"
)

type reviewCmd struct {
	Agency string `arg:"" optional:"" help:"Name of the agency, or a part of it; only one may fit where a cell is named."`
	Year   int    `arg:"" optional:"" help:"Year of the report."`
	Cell   string `arg:"" optional:"" help:"Cell, by its id; or agency, year or form."`

	File string `help:"The report of this file instead of that of an agency and year; then only the cell is named. A path as it was added, its end, or the beginning of the SHA-256." placeholder:"FILE"`

	Value     *string `help:"The cell holds this, as it is printed: 12, 1,204, 251000元, /. One below zero: --value=-3. Of agency, year and form: a name, 2021." placeholder:"VALUE" group:"What a person says of the cell:"`
	Confirm   bool    `help:"What is shown is right." group:"What a person says of the cell:"`
	Blank     bool    `help:"The cell is there and empty." group:"What a person says of the cell:"`
	Dash      bool    `help:"The cell holds a dash." group:"What a person says of the cell:"`
	Absent    bool    `help:"The report has no such cell." group:"What a person says of the cell:"`
	Withdraw  bool    `help:"Take back whatever was said of it." group:"What a person says of the cell:"`
	AsPrinted bool    `help:"Take a number that such a cell does not hold as a rule: half a case, a count below zero." group:"What a person says of the cell:"`
	Reason    string  `help:"How it is known." placeholder:"TEXT" group:"What a person says of the cell:"`
	By        string  `help:"Who says so." placeholder:"NAME" env:"NIANBAO_REVIEWER" group:"What a person says of the cell:"`

	Interactive bool   `short:"i" help:"Ask for one doubt after the other."`
	Limit       int    `help:"List so many doubts at most, 0 for all." default:"20" placeholder:"N"`
	JSON        bool   `help:"Print one JSON object a line."`
	History     bool   `help:"List what people said instead."`
	Export      string `help:"Write what people said to this file, - for standard output." placeholder:"FILE"`
	Apply       string `help:"Take in what people said elsewhere from this file, - for standard input." placeholder:"FILE"`
	fileLimitFlags
}

func (c *reviewCmd) Help() string {
	return `Lists what is in doubt, worst first: reports without agency or year, which are in no comparison; reports whose
year or form may be wrong; what contradicts a person's word; numbers that may be wrong, then blanks and what
nobody could read, then cells that were not found; among these, cells that more indicators rest on, over which
more sums fail, and greater numbers before others.

A correction lies over what was read and never changes it. It needs a reason and a name (--by or
NIANBAO_REVIEWER), is kept for good, and counts until somebody says something else. The sums are judged anew
with it. It outlives new versions of the program; where another print is read later than the one the person
saw, it does not count any more and the cell is listed again. Where two people who did not know of each other
say different things of a cell, neither counts, and the cell is listed until somebody decides.

In place of a cell, agency, year or form may be named: what the report prints of them. The report is read anew
with it, and counts for the agency that this name means there. Which body a name means, that two names are one
body, and in which division it is, is decided with nianbao agencies. A report without agency or year is named
by its file: --file.

--interactive asks: a value corrects, Enter confirms, b blank, d dash, a absent, s skips, q quits.

Exit status: 0 done, 1 what was applied contradicts other words or what is read now, 2 wrong usage or no such
report or cell, 130 stopped.

Examples:
  nianbao review
  nianbao review 水利局 2021 --limit 0
  nianbao review "" 2021
  nianbao review 水利局 2021 requests.received.total
  nianbao review 水利局 2021 requests.received.total --value 34 --reason 看过原件 --by 张三
  nianbao review 水利局 2021 requests.received.total --confirm --reason 看过原件
  nianbao review 水利局 2021 year --value 2022 --reason 封面写的是2022 --by 张三
  nianbao review --file reports/a.pdf agency --value 云溪市水利局 --reason 看过原件 --by 张三
  nianbao review --interactive --by 张三
  nianbao review --export corrections.jsonl
  nianbao review --apply corrections.jsonl`
}

func (c *reviewCmd) Run(a *app) error {
	if c.File != "" && c.Year == 0 && c.Cell == "" { // the one argument is the cell
		c.Agency, c.Cell = "", c.Agency
	}
	if err := c.check(); err != nil {
		return err
	}
	open := a.open
	if c.Apply != "" { // what is not stored yet may come later
		open = a.create
	}
	s, err := open()
	if err != nil {
		return err
	}
	defer s.Close()
	switch {
	case c.Apply != "":
		return c.apply(a, s)
	case c.Export != "":
		return c.export(a, s)
	case c.History:
		return c.history(a, s)
	case c.Interactive:
		return c.ask(a, s)
	case c.verdicts() == 1:
		return c.say(a, s)
	case c.Cell != "":
		return c.one(a, s)
	}
	return c.list(a, s)
}

// verdicts counts what is said of the cell.
func (c *reviewCmd) verdicts() int {
	return countTrue(c.Value != nil, c.Confirm, c.Blank, c.Dash, c.Absent, c.Withdraw)
}

// check looks for flags that do not go together.
func (c *reviewCmd) check() error {
	modes := countTrue(c.Interactive, c.History, c.Export != "", c.Apply != "", c.verdicts() > 0)
	switch {
	case modes > 1:
		return usage("run the command twice", "--interactive, --history, --export, --apply and what is said of a cell exclude each other")
	case c.verdicts() > 1:
		return usage("for example: --value 34", "of a cell one thing can be said at a time")
	case c.File != "" && (c.Agency != "" || c.Year != 0):
		return usage("for example: nianbao review --file reports/a.pdf year", "--file stands for agency and year; name only the cell")
	case c.File != "" && (c.History || c.Export != "" || c.Apply != ""):
		return usage("name agency and year", "--file goes with neither --history nor --export nor --apply")
	case c.verdicts() == 1 && c.Cell == "":
		return usage("for example: nianbao review 水利局 2021 requests.received.total --confirm --reason 看过原件 --by 张三", "name the agency, the year and the cell, or the file and the cell")
	case c.verdicts() == 1 && c.Reason == "":
		return usage("for example: --reason 看过原件", "say how it is known")
	case c.verdicts() == 1 && c.By == "":
		return usage("for example: --by 张三, or set NIANBAO_REVIEWER", "say who says so")
	case c.verdicts() == 0 && !c.Interactive && c.Reason != "":
		return usage("for example: --confirm", "--reason goes with what is said of a cell")
	case c.AsPrinted && c.Value == nil && !c.Interactive:
		return usage("for example: --value=-3 --as-printed", "--as-printed goes with --value")
	case c.Interactive && c.By == "":
		return usage("for example: --by 张三, or set NIANBAO_REVIEWER", "say who answers")
	case c.Apply != "" && c.Agency != "":
		return usage("leave the agency out", "--apply takes in all that the file says")
	case c.Limit < 0:
		return usage("for example: --limit 50", "--limit must not be negative")
	}
	return c.validate()
}

// subject is a cell of a stored report and the file that it stands in.
type subject struct {
	report *store.Report
	whole  *normalize.Report
	cell   *normalize.Observation // nil where the report has it no more
	id     string
	source string // of the file
	path   string
}

// subjectOfCell finds a cell or a field of a report, and the part that it is in.
func subjectOfCell(a *app, s *store.Store, r *store.Report, id string) (*subject, error) {
	if normalize.IsField(id) {
		return subjectOfField(a, s, r, id)
	}
	report, o, err := whole(a.ctx, s, r)
	if err != nil {
		return nil, fmt.Errorf("review %s %d: %w", r.Agency.Name, r.Year, err)
	}
	out := &subject{report: r, whole: report, id: id, source: r.Source, path: r.Path}
	for i := range report.Observations {
		if report.Observations[i].ID == id {
			out.cell = &report.Observations[i]
		}
	}
	for _, p := range o.Parts {
		for _, cell := range p.Cells {
			if cell == id {
				out.source, out.path = p.Report.Source, p.Report.Path
			}
		}
	}
	return out, nil
}

// find returns the cell that the arguments name.
func (c *reviewCmd) find(a *app, s *store.Store) (*subject, error) {
	r, err := c.report(a, s)
	if err != nil {
		return nil, err
	}
	sub, err := subjectOfCell(a, s, r, c.Cell)
	if err != nil {
		return nil, err
	}
	if sub.cell != nil {
		return sub, nil
	}
	history, err := sub.history(a, s)
	if err == nil && len(history) == 0 {
		_, err = cell(sub.whole, c.Cell, r) // says which cells there are
	}
	return sub, err
}

// report is the one that the arguments name.
func (c *reviewCmd) report(a *app, s *store.Store) (*store.Report, error) {
	if c.File != "" {
		return reportOfFile(a, s, c.File)
	}
	r, _, err := (&showCmd{Agency: c.Agency, Year: c.Year}).find(a, s)
	return r, err
}

// history is what people said of the cell.
func (sub *subject) history(a *app, s *store.Store) ([]review.Correction, error) {
	all, _, err := s.Corrections(a.ctx, sub.source)
	return review.Of(all, sub.id), err
}

// runner makes reports anew by one worker; the caller ends it.
func (c *reviewCmd) runner(a *app, s *store.Store) (r *pipeline.Runner, end func()) {
	pool := c.workers(a, 1)
	return &pipeline.Runner{Pool: pool, Store: s}, pool.Close
}

// cellOf is the cell of a form, or of another form whose rows a report prints.
func cellOf(form, id string) *schema.Cell {
	if f := schema.Lookup(form); f != nil && f.Cell(id) != nil {
		return f.Cell(id)
	}
	for _, f := range schema.Forms() {
		if c := f.Cell(id); c != nil {
			return c
		}
	}
	return nil
}

// labels are the labels of a cell as its form prints them, its id where no form has
// it.
func labels(form, id string) string {
	if normalize.IsField(id) {
		return fieldLabels[id]
	}
	if c := cellOf(form, id); c != nil {
		return strings.TrimSpace(c.Chinese())
	}
	return id
}
