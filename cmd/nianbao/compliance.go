package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"nianbao/check"
	"nianbao/compliance"
	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/store"
)

// judged is a report, what was found about it and its score sheet.
type judged struct {
	report   store.Report
	findings []check.Finding
	sheet    compliance.Sheet
}

// readRules returns the national rules, with those of a file where one is named.
func readRules(path string) (*compliance.Rules, error) {
	if path == "" {
		return compliance.National(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, usage("its form: docs/compliance.md", "%v", err)
	}
	defer f.Close()
	rules, err := compliance.National().With(f)
	if err != nil {
		return nil, usage("its form: docs/compliance.md", "%s: %v", path, err)
	}
	return rules, nil
}

// judgeAll judges the live reports of a year, of all years where year is 0, that
// are wanted.
func judgeAll(ctx context.Context, s *store.Store, rules *compliance.Rules, year int, wanted func(*store.Report) bool) ([]judged, error) {
	all, err := s.Reports(ctx, store.Filter{})
	if err != nil {
		return nil, err
	}
	found := map[int64][]check.Finding{}
	own, err := s.Findings(ctx, store.Filter{Year: year})
	if err != nil {
		return nil, err
	}
	for _, f := range own {
		found[f.Report.ID] = append(found[f.Report.ID], check.Finding{Report: f.Report, Finding: f.Finding})
	}
	across, err := check.Across(ctx, s, year)
	if err != nil {
		return nil, err
	}
	copies, err := check.Copies(ctx, s, linesOf(s), year)
	if err != nil {
		return nil, err
	}
	for _, f := range slices.Concat(across, copies) {
		found[f.Report.ID] = append(found[f.Report.ID], f)
	}
	byAgency := map[int64][]*store.Report{}
	for i := range all {
		byAgency[all[i].Agency.ID] = append(byAgency[all[i].Agency.ID], &all[i])
	}
	var out []judged
	for i := range all {
		r := &all[i]
		if !r.Live || year != 0 && r.Year != year || !wanted(r) {
			continue
		}
		subject, err := subjectOf(ctx, s, r)
		if err != nil {
			return nil, err
		}
		for _, f := range found[r.ID] {
			subject.Findings = append(subject.Findings, f.Finding)
		}
		subject.Compared = compared(r, byAgency[r.Agency.ID], len(byAgency) > 1)
		out = append(out, judged{*r, found[r.ID], rules.Judge(*subject)})
	}
	return out, nil
}

// compared lists the rules between reports for which there was another report,
// among the agency's own and those of others.
func compared(r *store.Report, own []*store.Report, others bool) []string {
	var out []string
	for _, o := range own {
		switch {
		case o.ID == r.ID:
		case o.Live && o.Year == r.Year-1:
			out = append(out, "series", "prose_of_before")
		case o.Year == r.Year:
			out = append(out, "changed_after_publication", "differs_from_twin")
		}
	}
	if others {
		out = append(out, "prose_of_another")
	}
	return out
}

// subjectOf reads a stored report and its document.
func subjectOf(ctx context.Context, s *store.Store, r *store.Report) (*compliance.Subject, error) {
	out := &compliance.Subject{}
	sum, ok := r.Artifact()
	if !ok {
		return nil, fmt.Errorf("judge %s %d: its file was refused", r.Agency.Name, r.Year)
	}
	b, err := stored(s, sum)
	if err != nil {
		return nil, err
	}
	if out.Report, err = pipeline.ParseReport(b); err != nil {
		return nil, err
	}
	out.Report.Agency = normalize.Agency{Name: r.Agency.Name, Division: r.Agency.Division}
	o, err := s.Overlay(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if err := overlay(s, o, out.Report); err != nil {
		return nil, err
	}
	doc, err := documentOf(ctx, s, r)
	if err != nil || doc == nil {
		return out, err
	}
	out.Lines = []string{}
	for i := range doc.Lines {
		out.Lines = append(out.Lines, doc.Lines[i].Text)
	}
	for _, m := range doc.Meta {
		if d := compliance.Published(m.Name, m.Content); d != "" {
			out.Published = d
		}
	}
	return out, nil
}

// documentOf reads the stored document of a report, nil where there is none.
func documentOf(ctx context.Context, s *store.Store, r *store.Report) (*extract.Document, error) {
	sum, err := s.Document(ctx, r)
	if err != nil || sum == "" {
		return nil, err
	}
	b, err := stored(s, sum)
	if err != nil {
		return nil, err
	}
	var doc extract.Document
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("read document artifact: %w", err)
	}
	return &doc, nil
}

// linesOf reads the prose of stored documents.
func linesOf(s *store.Store) check.Lines {
	return func(ctx context.Context, r *store.Report) ([]string, error) {
		doc, err := documentOf(ctx, s, r)
		if err != nil || doc == nil {
			return nil, err
		}
		out := make([]string, len(doc.Lines))
		for i := range doc.Lines {
			out[i] = doc.Lines[i].Text
		}
		return out, nil
	}
}

// scored is a score sheet as --format json prints it.
type scored struct {
	Agency   string  `json:"agency"`
	Division *string `json:"division"`
	Year     int     `json:"year"`
	Form     string  `json:"form"`
	Path     string  `json:"path"`
	SHA256   string  `json:"sha256"`
	compliance.Sheet
}

// judge prints score sheets.
func (c *checkCmd) judge(a *app, s *store.Store) error {
	rules, err := readRules(c.Rules)
	if err != nil {
		return err
	}
	sheets, err := judgeAll(a.ctx, s, rules, c.Year, func(r *store.Report) bool { return strings.Contains(r.Agency.Name, c.Agency) })
	if err != nil {
		return err
	}
	if c.JSON {
		c.Format = "json"
	}
	switch c.Format {
	case "json":
		for _, j := range sheets {
			r := j.report
			if err := writeJSON(a.out, scored{r.Agency.Name, known(r.Agency.Division), r.Year, r.Form, r.Path, r.Source, j.sheet}); err != nil {
				return err
			}
		}
		return nil
	case "csv":
		return writeSheets(a, sheets)
	}
	for _, j := range sheets {
		fmt.Fprintln(a.out, heading(j.report))
		fmt.Fprintf(a.out, "  %d of %d points, %d open\n", j.sheet.Points, j.sheet.Of, j.sheet.Open)
		for _, it := range j.sheet.Items {
			if it.Outcome != compliance.Met {
				fmt.Fprintf(a.out, "  %-6s %2d  %s %s: %s\n", it.Outcome, it.Of, it.Rule, it.Title, it.Reason)
			}
		}
	}
	return nil
}

// writeSheets writes one rule of one report a line.
func writeSheets(a *app, sheets []judged) error {
	w := csv.NewWriter(a.out)
	rows := [][]string{{"agency", "division", "year", "form", "level", "rule", "title", "basis", "outcome", "points", "of", "reason", "evidence", "path"}}
	for _, j := range sheets {
		r := j.report
		for _, it := range j.sheet.Items {
			rows = append(rows, []string{r.Agency.Name, r.Agency.Division, strconv.Itoa(r.Year), r.Form, j.sheet.Level, it.Rule, it.Title, it.Basis,
				string(it.Outcome), strconv.Itoa(it.Points), strconv.Itoa(it.Of), it.Reason, it.Evidence, r.Path})
		}
	}
	return w.WriteAll(rows)
}
