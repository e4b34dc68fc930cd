package main

import (
	"fmt"
	"slices"
	"strings"

	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/review"
	"nianbao/store"
)

// What people say of the fields of a report: agency, year and form. They are shown
// like cells.

var fieldLabels = map[string]string{normalize.FieldAgency: "机关名称", normalize.FieldYear: "年度", normalize.FieldForm: "表格样式"}

// subjectOfField finds a field of a report as its own file says it.
func subjectOfField(a *app, s *store.Store, r *store.Report, id string) (*subject, error) {
	own, err := ownReport(s, r)
	if err != nil {
		return nil, fmt.Errorf("review %s: %w", about(r, r.Source), err)
	}
	report, _, err := whole(a.ctx, s, r)
	if err != nil {
		return nil, fmt.Errorf("review %s: %w", about(r, r.Source), err)
	}
	p := review.PrintOfField(own, id)
	o := &normalize.Observation{ID: id, Text: own.Field(id), State: normalize.Reported, Status: normalize.OK, Evidence: []normalize.Evidence{},
		Reading: &normalize.Reading{State: p.State, Status: normalize.OK, Text: p.Text}}
	if o.Text == "" {
		o.State = normalize.Absent
	}
	for i := range own.Said {
		if f := &own.Said[i]; f.ID == id {
			o.Correction = &f.Correction
		}
	}
	return &subject{report: r, whole: report, cell: o, id: id, source: r.Source, path: r.Path}, nil
}

// ownReport is what a report's file says by itself, with people's words.
func ownReport(s *store.Store, r *store.Report) (*normalize.Report, error) {
	sum, ok := r.Artifact()
	if !ok {
		return nil, fmt.Errorf("its file was refused")
	}
	b, err := stored(s, sum)
	if err != nil {
		return nil, err
	}
	return pipeline.ParseReport(b)
}

// parseField reads what a person says of a field.
func parseField(id, text string) (*verdict, error) {
	text = strings.TrimSpace(text)
	if err := review.CheckField(id, text); err != nil {
		return nil, usage(map[string]string{
			normalize.FieldYear: "for example: --value 2021", normalize.FieldForm: "for example: --value 2021",
		}[id], "%v", err)
	}
	return &verdict{value: &review.Value{State: normalize.Reported, Text: text}}, nil
}

// reportOfFile finds the report of a file by its path, the end of it, or the beginning
// of its SHA-256.
func reportOfFile(a *app, s *store.Store, name string) (*store.Report, error) {
	all, err := s.Reports(a.ctx, store.Filter{})
	if err != nil {
		return nil, err
	}
	const least = 6 // characters of a SHA-256
	fits := []func(r *store.Report) bool{
		func(r *store.Report) bool { return r.Path == name },
		func(r *store.Report) bool { return strings.HasSuffix(r.Path, "/"+strings.TrimPrefix(name, "./")) },
		func(r *store.Report) bool {
			return len(name) >= least && strings.HasPrefix(r.Source, strings.ToLower(name))
		},
	}
	for _, fit := range fits {
		var found []*store.Report
		for i := range all {
			if fit(&all[i]) {
				found = append(found, &all[i])
			}
		}
		switch len(found) {
		case 0:
			continue
		case 1:
			return found[0], nil
		}
		var paths []string
		for _, r := range found[:min(len(found), 20)] {
			paths = append(paths, r.Path)
		}
		return nil, usage(strings.Join(paths, "\n"), "%q fits %d files; name one:", name, len(found))
	}
	return nil, usage("nianbao review lists files whose report has no agency or year", "no stored file that gave a report is called %q", name)
}

// fieldDoubts are those of the chosen reports.
func fieldDoubts(a *app, s *store.Store, sel store.Selection) (out []doubted, err error) {
	all, err := s.FieldDoubts(a.ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		r := &all[i].Report
		if len(sel.Years) > 0 && !slices.Contains(sel.Years, r.Year) || len(sel.Agencies) > 0 && !slices.Contains(sel.Agencies, r.Agency.ID) {
			continue
		}
		var missing []string
		if r.Agency.ID == 0 {
			missing = append(missing, normalize.FieldAgency)
		}
		if r.Year == 0 {
			missing = append(missing, normalize.FieldYear)
		}
		for _, d := range review.Fields(missing, all[i].Findings) {
			out = append(out, doubted{r, d})
		}
	}
	return out, nil
}
