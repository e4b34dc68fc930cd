package check

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"nianbao/dataset"
	"nianbao/normalize"
	"nianbao/store"
)

// seriesRule says that a sum over one year's report equals one over the next.
type seriesRule struct {
	rule               string
	beforeForms, forms []string
	before, now        terms
}

// terms are cells with their signs.
type terms struct {
	cells []string
	minus []bool
}

func parseTerms(s string) (t terms) {
	for _, w := range strings.Fields(s) {
		cell := strings.TrimLeft(w, "+-")
		t.cells = append(t.cells, cell)
		t.minus = append(t.minus, strings.HasPrefix(w, "-"))
	}
	return t
}

// of adds the terms up and shows the sum. It reports false where a cell is not
// printed.
func (t terms) of(values map[string]store.Value) (f figure, shown string, ok bool) {
	for i, c := range t.cells {
		v, has := values[c]
		if !f.add(v, has, t.minus[i]) {
			return f, "", false
		}
		number := "0"
		if v.Number != nil {
			number = v.Number.String()
		}
		switch {
		case i == 0:
			shown = number
		case t.minus[i]:
			shown += " - " + number
		default:
			shown += " + " + number
			shown = strings.Replace(shown, "+ -", "- ", 1)
		}
	}
	return f, shown, true
}

// series holds each report against the same agency's of the year before.
func (s *stock) series() []Finding {
	var out []Finding
	for i := 1; i < len(s.live); i++ {
		before, now := &s.live[i-1], &s.live[i]
		if before.Agency.ID != now.Agency.ID || before.Year != now.Year-1 {
			continue
		}
		for _, rule := range seriesRules() {
			if !slices.Contains(rule.beforeForms, before.Form) || !slices.Contains(rule.forms, now.Form) {
				continue
			}
			a, left, ok := rule.before.of(s.values[before.ID])
			b, right, has := rule.now.of(s.values[now.ID])
			if !ok || !has || a.value.Equal(b.value) {
				continue
			}
			ids := append(slices.Clone(rule.before.cells), rule.now.cells...)
			slices.Sort(ids)
			out = append(out, Finding{Report: *now, Other: before, Finding: normalize.Finding{
				Rule: rule.rule, Severity: severity(normalize.Warning, a, b), IDs: slices.Compact(ids),
				Message: fmt.Sprintf("%d: %s ≠ %d: %s", before.Year, left, now.Year, right),
			}})
		}
	}
	return out
}

var seriesRules = sync.OnceValue(func() []seriesRule {
	var out []seriesRule
	for _, r := range dataset.Records(data, "data/series.csv", "rule,before_forms,forms,before,now") {
		out = append(out, seriesRule{r[0], strings.Fields(r[1]), strings.Fields(r[2]), parseTerms(r[3]), parseTerms(r[4])})
	}
	return out
})
