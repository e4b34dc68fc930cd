package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"nianbao/check"
	"nianbao/normalize"
	"nianbao/store"
)

type checkCmd struct {
	Year     int      `help:"Only reports of this year." placeholder:"YEAR"`
	Agency   string   `help:"Only agencies whose names contain this." placeholder:"NAME"`
	Rule     []string `help:"Only findings of these rules, or of rules that begin with one of them and a dot." placeholder:"RULE"`
	Severity []string `help:"Only these severities: error, warning, inconclusive, advice." enum:"error,warning,inconclusive,advice" placeholder:"NAME"`
	Copies   bool     `help:"Also look for reports whose prose is last year's or another agency's."`
	JSON     bool     `help:"Print one JSON object a line."`

	Compliance bool   `help:"Print a score sheet for each report instead: what is demanded, the points, reason and evidence."`
	Rules      string `help:"File of further rules for --compliance (JSON): docs/compliance.md." placeholder:"FILE"`
	Format     string `help:"For --compliance: table, csv or json." enum:"table,csv,json" default:"table"`
}

func (c *checkCmd) Help() string {
	return `Lists broken sums by the names of the form's relations, and whatever else a person should know: cells in
doubt, sentences that say otherwise than the tables, files that gave no report, reports whose agency or year
is unknown. Stored reports are also held against each other: series (the year before), differs_from_twin (the
same report at another place), changed_after_publication, parts_exceed_whole (a government and its
departments), rules_by_other_body. --copies compares the prose of all reports: prose_of_before,
prose_of_another. What rests on values under review is inconclusive.

Exit status: 0 no errors, 1 there are findings of severity error, 2 nothing is stored yet.

Examples:
  nianbao check
  nianbao check --year 2023 --severity error
  nianbao check --rule balance --json
  nianbao check --year 2023 --copies
  nianbao check --year 2023 --compliance --rules city.json --format csv > scores.csv`
}

// checked is a finding as --json prints it.
type checked struct {
	Agency   *string            `json:"agency"`
	Year     *int               `json:"year"`
	Form     *string            `json:"form"`
	Path     string             `json:"path"`
	SHA256   string             `json:"sha256"`
	Rule     string             `json:"rule"`
	Severity normalize.Severity `json:"severity"`
	IDs      []string           `json:"ids"`
	Message  string             `json:"message"`
	Other    *checkedOther      `json:"other"` // the report it was held against
}

type checkedOther struct {
	Agency string `json:"agency"`
	Year   int    `json:"year"`
	Form   string `json:"form"`
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

func other(r *store.Report) *checkedOther {
	if r == nil {
		return nil
	}
	return &checkedOther{Agency: r.Agency.Name, Year: r.Year, Form: r.Form, Path: r.Path, SHA256: r.Source}
}

func (c *checkCmd) Run(a *app) error {
	if !c.Compliance && (c.Rules != "" || c.Format != "table") {
		return usage("run: nianbao check --compliance", "--rules and --format go with --compliance only")
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	if c.Compliance {
		return c.judge(a, s)
	}
	findings, err := c.collect(a, s)
	if err != nil {
		return err
	}
	counts := map[normalize.Severity]int{}
	last := int64(-1)
	for _, f := range findings {
		counts[f.Severity]++
		if c.JSON {
			if err := writeJSON(a.out, checked{
				Agency: known(f.Report.Agency.Name), Year: known(f.Report.Year), Form: known(f.Report.Form),
				Path: f.Report.Path, SHA256: f.Report.Source,
				Rule: f.Rule, Severity: f.Severity, IDs: append([]string{}, f.IDs...), Message: f.Message, Other: other(f.Other),
			}); err != nil {
				return err
			}
			continue
		}
		if f.Report.ID != last {
			last = f.Report.ID
			fmt.Fprintln(a.out, heading(f.Report))
		}
		fmt.Fprintf(a.out, "  %-12s %s: %s%s\n", f.Severity, f.Rule, f.Message, beside(f))
	}
	if !c.JSON {
		if err := c.summary(a, s, counts); err != nil {
			return err
		}
	}
	if counts[normalize.Error] > 0 {
		return &exitError{code: exitSome}
	}
	return nil
}

// collect returns the findings of each report and those between reports, those
// of one report together.
func (c *checkCmd) collect(a *app, s *store.Store) ([]check.Finding, error) {
	own, err := s.Findings(a.ctx, store.Filter{Year: c.Year})
	if err != nil {
		return nil, err
	}
	across, err := check.Across(a.ctx, s, c.Year)
	if err != nil {
		return nil, err
	}
	if c.Copies {
		copies, err := check.Copies(a.ctx, s, linesOf(s), c.Year)
		if err != nil {
			return nil, err
		}
		across = append(across, copies...)
	}
	if c.Year == 0 && c.Agency == "" {
		refused, err := s.Findings(a.ctx, store.Filter{Refused: true})
		if err != nil {
			return nil, err
		}
		own = append(own, refused...)
	}
	var out []check.Finding
	for _, f := range own {
		out = append(out, check.Finding{Report: f.Report, Finding: f.Finding})
	}
	out = append(out, across...)
	out = slices.DeleteFunc(out, func(f check.Finding) bool { return !c.wanted(f) })
	slices.SortStableFunc(out, func(a, b check.Finding) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Report.Agency.Name, b.Report.Agency.Name),
			cmp.Compare(a.Report.Agency.ID, b.Report.Agency.ID), cmp.Compare(a.Report.Year, b.Report.Year), cmp.Compare(a.Report.ID, b.Report.ID))
	})
	return out, nil
}

// rank puts refused files last.
func rank(f check.Finding) int {
	if f.Report.Form == "" {
		return 1
	}
	return 0
}

// beside names the place of the other report of a finding.
func beside(f check.Finding) string {
	if f.Other == nil {
		return ""
	}
	return fmt.Sprintf(" (%s)", short(f.Other.Path))
}

func (c *checkCmd) wanted(f check.Finding) bool {
	if c.Agency != "" && !strings.Contains(f.Report.Agency.Name, c.Agency) {
		return false
	}
	if len(c.Severity) > 0 && !slices.Contains(c.Severity, string(f.Severity)) {
		return false
	}
	return len(c.Rule) == 0 || slices.ContainsFunc(c.Rule, func(r string) bool {
		return f.Rule == r || strings.HasPrefix(f.Rule, r+".")
	})
}

func heading(r store.Report) string {
	if r.Form == "" {
		return short(r.Path) + " (no report)"
	}
	return fmt.Sprintf("%s %s  %s", orUnknown(r.Agency.Name, "agency unknown"), yearText(r.Year), short(r.Path))
}

func (c *checkCmd) summary(a *app, s *store.Store, counts map[normalize.Severity]int) error {
	var parts []string
	for _, sev := range []normalize.Severity{normalize.Error, normalize.Warning, normalize.Inconclusive, normalize.Advice} {
		if counts[sev] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", sev, counts[sev]))
		}
	}
	st, err := s.Status(a.ctx)
	if err != nil {
		return err
	}
	if len(parts) == 0 {
		parts = []string{"no findings"}
	}
	_, err = fmt.Fprintf(a.out, "%s; %d of %d values stored are in doubt\n", strings.Join(parts, ", "), st.InDoubt, st.Cells)
	return err
}
