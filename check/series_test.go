package check_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"nianbao/check"
	"nianbao/fixtures"
	"nianbao/normalize"
	"nianbao/store"
)

// TestYears: generated reports that follow each other say nothing against each
// other, over every pair of forms, and a number changed in one of them is found.
func TestYears(t *testing.T) {
	for seed := range uint64(60) {
		var before *fixtures.Report
		src := &memory{values: map[int64]map[string]store.Value{}}
		for i, form := range []string{"2014", "2019", "2019", "2021", "2021"} {
			rep := fixtures.Generate(seed+uint64(i)<<32, fixtures.Options{Form: form, Year: 2018 + i, Agency: "甲市水利局", Before: before})
			id := int64(i + 1)
			src.reports = append(src.reports, store.Report{ID: id, Source: fmt.Sprint(id), Form: form, Year: 2018 + i, Live: true, Agency: store.Agency{ID: 1, Name: "甲市水利局"}})
			src.values[id] = map[string]store.Value{}
			for cell, v := range rep.Values {
				src.values[id][cell] = store.Value{Number: v, State: normalize.Reported, Status: normalize.OK}
			}
			before = rep
		}
		for _, f := range series(t, src) {
			if negative(src.values[f.Other.ID], f.IDs) { // the generator has no stock below zero
				continue
			}
			t.Errorf("seed %d: %s %s", seed, f.Rule, f.Message)
		}
		for _, c := range []struct {
			report     int64
			cell, rule string
		}{
			{2, "requests.carried_forward.business", "series.carried_over.business"},
			{4, "requests.carried_over.total", "series.carried_over.total"},
			{5, "proactive.normative.repealed", "series.in_force.normative"},
			{3, "proactive.licensing.items_last_year", "series.items.licensing"},
		} {
			values := src.values[c.report]
			was := values[c.cell]
			d := was.Number.Add(decimal.NewFromInt(2))
			values[c.cell] = store.Value{Number: &d, State: was.State, Status: was.Status}
			found := false
			for _, f := range series(t, src) {
				found = found || f.Rule == c.rule
			}
			if !found {
				t.Errorf("seed %d: %s changed in report %d and not found", seed, c.cell, c.report)
			}
			values[c.cell] = was
		}
	}
}

func series(t *testing.T, src *memory) []check.Finding {
	t.Helper()
	all, err := check.Across(t.Context(), src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []check.Finding
	for _, f := range all {
		if strings.HasPrefix(f.Rule, "series.") {
			out = append(out, f)
		}
	}
	return out
}

func negative(values map[string]store.Value, ids []string) bool {
	for _, id := range ids {
		stem, ok := strings.CutSuffix(id, ".items_last_year")
		if ok && values[id].Number.Add(*values[stem+".items_change"].Number).IsNegative() {
			return true
		}
	}
	return false
}
