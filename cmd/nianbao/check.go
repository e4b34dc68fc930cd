package main

import (
	"fmt"
	"slices"
	"strings"

	"nianbao/normalize"
	"nianbao/store"
)

type checkCmd struct {
	Year     int      `help:"Only reports of this year." placeholder:"YEAR"`
	Agency   string   `help:"Only agencies whose names contain this." placeholder:"NAME"`
	Rule     []string `help:"Only findings of these rules, or of rules that begin with one of them and a dot." placeholder:"RULE"`
	Severity []string `help:"Only these severities: error, warning, inconclusive, advice." enum:"error,warning,inconclusive,advice" placeholder:"NAME"`
	JSON     bool     `help:"Print one JSON object a line."`
}

func (c *checkCmd) Help() string {
	return `Lists broken sums by the names of the form's relations, and whatever else a person should know: cells in
doubt, files that gave no report, reports whose agency or year is unknown.

Exit status: 0 no errors, 1 there are findings of severity error, 2 nothing is stored yet.

Examples:
  nianbao check
  nianbao check --year 2023 --severity error
  nianbao check --rule balance --json`
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
}

func (c *checkCmd) Run(a *app) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	findings, err := s.Findings(a.ctx, store.Filter{Year: c.Year})
	if err != nil {
		return err
	}
	if c.Year == 0 && c.Agency == "" {
		refused, err := s.Findings(a.ctx, store.Filter{Refused: true})
		if err != nil {
			return err
		}
		findings = append(findings, refused...)
	}
	findings = slices.DeleteFunc(findings, func(f store.Finding) bool { return !c.wanted(f) })

	counts := map[normalize.Severity]int{}
	last := int64(-1)
	for _, f := range findings {
		counts[f.Severity]++
		if c.JSON {
			if err := writeJSON(a.out, checked{
				Agency: known(f.Report.Agency.Name), Year: known(f.Report.Year), Form: known(f.Report.Form),
				Path: f.Report.Path, SHA256: f.Report.Source,
				Rule: f.Rule, Severity: f.Severity, IDs: append([]string{}, f.IDs...), Message: f.Message,
			}); err != nil {
				return err
			}
			continue
		}
		if f.Report.ID != last {
			last = f.Report.ID
			fmt.Fprintln(a.out, heading(f.Report))
		}
		fmt.Fprintf(a.out, "  %-12s %s: %s\n", f.Severity, f.Rule, f.Message)
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

func (c *checkCmd) wanted(f store.Finding) bool {
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
