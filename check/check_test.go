package check_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"golang.org/x/tools/txtar"

	"nianbao/check"
	"nianbao/extract/extracttest"
	"nianbao/normalize"
	"nianbao/store"
)

// TestGolden holds the reports of each testdata file against each other.
func TestGolden(t *testing.T) {
	extracttest.Compare(t, "testdata/*.txtar", func(t *testing.T, a *txtar.Archive) string {
		findings, err := check.Across(t.Context(), parse(t, string(a.Files[0].Data)), 0)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, f := range findings {
			fmt.Fprintf(&b, "%s %d", f.Report.Agency.Name, f.Report.Year)
			if f.Other != nil {
				fmt.Fprintf(&b, " / %s %d %s", f.Other.Agency.Name, f.Other.Year, f.Other.Path)
			}
			fmt.Fprintf(&b, ": %s %s %d: %s\n", f.Severity, f.Rule, len(f.IDs), f.Message)
		}
		return b.String()
	})
}

// TestYear: only findings about the year asked for.
func TestYear(t *testing.T) {
	src := parse(t, `
甲县水利局 2021 2021 a.html
  requests.carried_forward.total 3
甲县水利局 2022 2021 b.html
  requests.carried_over.total 4
  proactive.rules.in_force 1
`)
	for year, want := range map[int]int{0: 2, 2021: 0, 2022: 2} {
		got, err := check.Across(t.Context(), src, year)
		if err != nil || len(got) != want {
			t.Errorf("%d: %d findings, %v; want %d", year, len(got), err, want)
		}
	}
}

// memory is a source of reports that a test writes down.
type memory struct {
	reports []store.Report // by agency, year and age, the newest first
	values  map[int64]map[string]store.Value
}

// parse reads reports in the order they were seen: agency with its division, if
// any, after a slash, year, form and path; below each its values, with ? after
// those under review and . for a blank.
func parse(t *testing.T, s string) *memory {
	t.Helper()
	m := &memory{values: map[int64]map[string]store.Value{}}
	agencies := map[string]int64{}
	var id int64
	for line := range strings.Lines(s) {
		w := strings.Fields(line)
		switch {
		case len(w) == 0:
		case strings.HasPrefix(line, " "):
			v := store.Value{State: normalize.Blank, Status: normalize.OK}
			if text, review := strings.CutSuffix(w[1], "?"); text != "." {
				d := decimal.RequireFromString(text)
				v.Number, v.State = &d, normalize.Reported
				if review {
					v.Status = normalize.Review
				}
			}
			m.values[id][w[0]] = v
		default:
			id++
			name, division, _ := strings.Cut(w[0], "/")
			if agencies[w[0]] == 0 {
				agencies[w[0]] = int64(len(agencies) + 1)
			}
			r := store.Report{ID: id, Source: fmt.Sprint(id), Path: w[3], Form: w[2], Live: true,
				Agency: store.Agency{ID: agencies[w[0]], Name: name, Division: division}}
			fmt.Sscan(w[1], &r.Year)
			for i := range m.reports {
				if o := &m.reports[i]; o.Agency == r.Agency && o.Year == r.Year {
					o.Live = false
				}
			}
			m.reports = append([]store.Report{r}, m.reports...)
			m.values[id] = map[string]store.Value{}
		}
	}
	slices.SortStableFunc(m.reports, func(a, b store.Report) int {
		if c := strings.Compare(a.Agency.Name, b.Agency.Name); c != 0 {
			return c
		}
		return a.Year - b.Year
	})
	return m
}

func (m *memory) Reports(context.Context, store.Filter) ([]store.Report, error) {
	return m.reports, nil
}

func (m *memory) EachValue(_ context.Context, cells []string, each func(int64, string, store.Value)) error {
	for id, values := range m.values {
		for c, v := range values {
			if slices.Contains(cells, c) {
				each(id, c, v)
			}
		}
	}
	return nil
}

func (m *memory) Values(_ context.Context, report int64, _ []string) (map[string]store.Value, error) {
	return m.values[report], nil
}

func (m *memory) Paths(_ context.Context, source string) ([]string, error) {
	for _, r := range m.reports {
		if r.Source == source {
			return []string{r.Path}, nil
		}
	}
	return nil, nil
}
