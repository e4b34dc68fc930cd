package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nianbao/normalize"
	"nianbao/schema"
	"nianbao/store"
)

// shownDifferences is how many differing values a message names.
const shownDifferences = 6

// versions holds the live report of an agency and year against the others of
// the same agency and year: what stood at the same place before, and what
// stands at other places.
func (s *stock) versions(ctx context.Context, src Source, year int) ([]Finding, error) {
	live := map[[2]int64]*store.Report{}
	for i := range s.live {
		live[[2]int64{s.live[i].Agency.ID, int64(s.live[i].Year)}] = &s.live[i]
	}
	var out []Finding
	for i := range s.older {
		other := &s.older[i]
		now := live[[2]int64{other.Agency.ID, int64(other.Year)}]
		if now == nil || year != 0 && other.Year != year {
			continue
		}
		f, err := against(ctx, src, now, other)
		if err != nil {
			return nil, err
		}
		if f != nil {
			out = append(out, *f)
		}
	}
	return out, nil
}

// against compares two reports of one agency and year, nil where their values
// are the same.
func against(ctx context.Context, src Source, now, other *store.Report) (*Finding, error) {
	a, err := src.Values(ctx, now.ID, nil)
	if err != nil {
		return nil, err
	}
	b, err := src.Values(ctx, other.ID, nil)
	if err != nil {
		return nil, err
	}
	same, err := samePlace(ctx, src, now, other)
	if err != nil {
		return nil, err
	}
	f := Finding{Report: *now, Other: other, Finding: normalize.Finding{Rule: "changed_after_publication", Severity: normalize.Warning}}
	there := "was"
	if !same {
		f.Rule, there = "differs_from_twin", "there"
	}
	var shown []string
	for _, id := range cellsOf(now.Form) {
		x, y := a[id], b[id]
		if !differ(x, y) {
			continue
		}
		f.IDs = append(f.IDs, id)
		if x.Status == normalize.Review || y.Status == normalize.Review {
			f.Severity = normalize.Inconclusive
		}
		if len(shown) < shownDifferences {
			shown = append(shown, fmt.Sprintf("%s %s, %s %s", id, print(x), there, print(y)))
		}
	}
	if len(f.IDs) == 0 {
		return nil, nil
	}
	f.Message = strings.Join(shown, "; ")
	if more := len(f.IDs) - len(shown); more > 0 {
		f.Message += fmt.Sprintf("; and %d more", more)
	}
	return &f, nil
}

// differ tells whether two reports say different things of a cell. A blank and
// a zero may mean the same, and a cell that one of them lacks says nothing.
func differ(x, y store.Value) bool {
	silent := func(v store.Value) bool { return v.State == normalize.Blank || v.State == normalize.Dash }
	switch {
	case x.Number != nil && y.Number != nil:
		return !x.Number.Equal(*y.Number)
	case x.Number != nil && silent(y):
		return !x.Number.IsZero()
	case y.Number != nil && silent(x):
		return !y.Number.IsZero()
	}
	return false
}

func print(v store.Value) string {
	if v.Number == nil {
		return string(v.State)
	}
	return v.Number.String()
}

// samePlace tells whether two files were seen under one path.
func samePlace(ctx context.Context, src Source, a, b *store.Report) (bool, error) {
	pa, err := src.Paths(ctx, a.Source)
	if err != nil {
		return false, err
	}
	pb, err := src.Paths(ctx, b.Source)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(pa, func(p string) bool { return slices.Contains(pb, p) }), nil
}

// cellsOf lists the cells of a form in its order.
func cellsOf(form string) []string {
	f := schema.Lookup(form)
	if f == nil {
		return nil
	}
	out := make([]string, len(f.Cells))
	for i := range f.Cells {
		out[i] = f.Cells[i].ID
	}
	return out
}
