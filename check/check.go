// Package check holds stored reports against each other: a report against the
// same agency's of the year before, against other versions and printings of the
// same report, a government's against its departments', and counts against what
// a body can have at all. Which cells run on from year to year, which are parts
// of a whole and which bodies can make rules is data.
//
// It stores nothing and reads no file. Sums within one report are normalize's.
package check

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/store"
)

// Source is where the reports come from.
type Source interface {
	// Reports returns reports by agency, year and age, the newest first.
	Reports(ctx context.Context, f store.Filter) ([]store.Report, error)
	// EachValue hands on the named cells of all reports.
	EachValue(ctx context.Context, cells []string, each func(report int64, cell string, v store.Value)) error
	// Values returns all cells of one report where none is named.
	Values(ctx context.Context, report int64, cells []string) (map[string]store.Value, error)
	// Paths returns where the bytes of a source were seen.
	Paths(ctx context.Context, source string) ([]string, error)
}

// Finding is about a report and, where Other is set, another one that it was
// held against.
type Finding struct {
	Report store.Report
	Other  *store.Report
	normalize.Finding
}

// Across holds all stored reports against each other, and returns what it found
// about reports of a year, of all years where year is 0, by agency and year.
func Across(ctx context.Context, src Source, year int) ([]Finding, error) {
	all, err := src.Reports(ctx, store.Filter{})
	if err != nil {
		return nil, err
	}
	s := &stock{values: map[int64]map[string]store.Value{}}
	for _, r := range all {
		switch {
		case r.Agency.ID == 0 || r.Year == 0: // of no one and no year
		case r.Live:
			s.live = append(s.live, r)
		case r.Twin: // was held against the chosen one when it was stored
		default:
			s.older = append(s.older, r)
		}
	}
	err = src.EachValue(ctx, wanted(), func(report int64, cell string, v store.Value) {
		if s.values[report] == nil {
			s.values[report] = map[string]store.Value{}
		}
		s.values[report][cell] = v
	})
	if err != nil {
		return nil, err
	}
	out := slices.Concat(s.series(), s.parts(), s.bodies())
	versions, err := s.versions(ctx, src, year)
	if err != nil {
		return nil, err
	}
	out = append(out, versions...)
	out = slices.DeleteFunc(out, func(f Finding) bool { return year != 0 && f.Report.Year != year })
	order := map[int64]int{}
	for i, r := range all {
		order[r.ID] = i
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return order[a.Report.ID] - order[b.Report.ID] })
	return out, nil
}

// stock is what is held against each other.
type stock struct {
	live   []store.Report // by agency and year
	older  []store.Report
	values map[int64]map[string]store.Value
}

// wanted lists the cells that the rules need.
func wanted() []string {
	var out []string
	for _, s := range seriesRules() {
		out = append(out, s.before.cells...)
		out = append(out, s.now.cells...)
	}
	out = append(out, wholes()...)
	out = append(out, ruleCells...)
	slices.Sort(out)
	return slices.Compact(out)
}

// figure is a sum over cells of one report, and what it rests on.
type figure struct {
	value decimal.Decimal
	weak  bool // a value under review, or a blank counted as zero
}

// add takes a cell into the sum. It reports false where there is no such number.
func (f *figure) add(v store.Value, ok bool, minus bool) bool {
	if !ok || v.State == normalize.Absent || v.State == normalize.Unreadable {
		return false
	}
	f.weak = f.weak || v.Status == normalize.Review
	if v.Number == nil {
		f.weak = true
		return true
	}
	if minus {
		f.value = f.value.Sub(*v.Number)
	} else {
		f.value = f.value.Add(*v.Number)
	}
	return true
}

// severity is that of a finding that rests on the figures.
func severity(strong normalize.Severity, figures ...figure) normalize.Severity {
	if slices.ContainsFunc(figures, func(f figure) bool { return f.weak }) {
		return normalize.Inconclusive
	}
	return strong
}
