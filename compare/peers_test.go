package compare

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"nianbao/normalize"
	"nianbao/store"
)

func table2021(t *testing.T, o Options, src reports) *Table {
	t.Helper()
	o.Indicators = []*Indicator{Find("disclosure")}
	table, err := Compare(t.Context(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestGroups(t *testing.T) {
	src := reports{
		sample(1, "甲县统计局", 2021, "2021", "1", "4"),
		sample(2, "乙县财政局", 2021, "2019", "2", "8"), // the same rate on a form that may be compared
		sample(3, "丙县统计局", 2021, "2021", "1", "2"),
		sample(4, "丁县人民政府", 2021, "2021", "1", "3"),
		sample(5, "戊县统计局", 2021, "2014", "1", "3"), // a series of its own
		sample(6, "己县统计局", 2021, "2021", "0", "0"),
		sample(7, "庚县统计局", 2021, "2021", "1", "9"),
	}
	v := src[6].Values["requests.granted.total"]
	v.Status = normalize.Review
	src[6].Values["requests.granted.total"] = v

	show := func(table *Table, p Peers, ascending bool) (out []string) {
		for _, g := range table.Groups(p) {
			g.Rank(ascending)
			out = append(out, fmt.Sprintf("%s %d %s %s: %d, %d without", g.Indicator.ID, g.Year, g.Peers, g.Series, len(g.Members), len(g.Without)))
			for _, m := range g.Members {
				out = append(out, fmt.Sprint(m.Rank, " ", m.Row.Agency.Name))
			}
		}
		return out
	}
	table := table2021(t, Options{}, src)
	for _, c := range []struct {
		got, want []string
	}{
		{show(table, ByKind, false), []string{
			"disclosure 2021 county department 2014: 1, 0 without", "1 戊县统计局",
			"disclosure 2021 county department 2019+2021: 4, 1 without", "1 丙县统计局", "2 乙县财政局", "2 甲县统计局", "4 庚县统计局",
			"disclosure 2021 county government 2019+2021: 1, 0 without", "1 丁县人民政府",
		}},
		{show(table, ByBody, true)[2:], []string{
			"disclosure 2021 county 统计局 2014: 1, 0 without", "1 戊县统计局",
			"disclosure 2021 county 统计局 2019+2021: 3, 1 without", "1 庚县统计局", "2 甲县统计局", "3 丙县统计局",
			"disclosure 2021 county 财政局 2019+2021: 1, 0 without", "1 乙县财政局",
		}},
		{show(table2021(t, Options{ExcludeReview: true}, src), ByAll, false)[2:4], []string{
			"disclosure 2021 all 2019+2021: 4, 2 without", "1 丙县统计局",
		}},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Error(d)
		}
	}
	d := table.Groups(ByKind)[1].Distribution()
	got := fmt.Sprint(d.Figures, d.Without, d.Review, d.Min, d.Quartile1, d.Median, d.Quartile3, d.Max)
	if want := "4 1 1 0.111111 0.21527775 0.25 0.3125 0.5"; got != want {
		t.Errorf("distribution %s, want %s", got, want)
	}
}

// The same figures rank the same whatever the order of the reports, and every
// quartile lies between its neighbours.
func TestRankProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []*Row
		n := rapid.IntRange(1, 12).Draw(t, "n")
		for k := range n {
			a := decimal.New(rapid.Int64Range(0, 6).Draw(t, "a"), 0)
			b := decimal.New(rapid.Int64Range(1, 6).Draw(t, "b"), 0)
			r := &Row{Figures: []Figure{{Numerator: &a, Denominator: &b}}}
			r.Agency.ID, r.Agency.Name, r.Form = int64(k), fmt.Sprint(k), "2021"
			rows = append(rows, r)
		}
		ranks := func(rows []*Row) map[string]int {
			g := (&Table{Indicators: []*Indicator{Find("disclosure")}, Rows: rows}).Groups(ByAll)[0]
			g.Rank(false)
			out := map[string]int{}
			for _, m := range g.Members {
				out[m.Row.Agency.Name] = m.Rank
			}
			return out
		}
		want := ranks(rows)
		if d := cmp.Diff(want, ranks(rapid.Permutation(rows).Draw(t, "order"))); d != "" {
			t.Fatal(d)
		}
		for _, r := range rows {
			better := 0
			for _, s := range rows {
				if s.Figures[0].Compare(r.Figures[0]) > 0 {
					better++
				}
			}
			if want[r.Agency.Name] != better+1 {
				t.Fatalf("%s has rank %d and %d are better", r.Agency.Name, want[r.Agency.Name], better)
			}
		}
		d := (&Table{Indicators: []*Indicator{Find("disclosure")}, Rows: rows}).Groups(ByAll)[0].Distribution()
		points := []*Number{d.Min, d.Quartile1, d.Median, d.Quartile3, d.Max}
		for k := 1; k < len(points); k++ {
			if points[k-1].Decimal().Cmp(points[k].Decimal()) > 0 {
				t.Fatalf("quartiles out of order: %v", points)
			}
		}
	})
}

func TestChanges(t *testing.T) {
	src := reports{
		sample(1, "甲县统计局", 2018, "2014", "1", "4"),
		sample(1, "甲县统计局", 2019, "2019", "1", "4"),
		sample(1, "甲县统计局", 2021, "2021", "1", "2"),
		sample(1, "甲县统计局", 2022, "2021", "1", "0"),
		sample(2, "乙县财政局", 2021, "2021", "0", "8"),
		sample(2, "乙县财政局", 2022, "2021", "2", "8"),
	}
	table := table2021(t, Options{}, src)
	text := func(n *Number) string {
		if n == nil {
			return "-"
		}
		return n.String()
	}
	var got []string
	for _, c := range table.Changes() {
		got = append(got, fmt.Sprintf("%s %d-%d %s → %s: %s %s gap=%v break=%v", c.Agency, c.From, c.To,
			text(c.FromValue), text(c.ToValue), text(c.Difference), text(c.Relative), c.Gap, c.Break != nil))
	}
	if d := cmp.Diff([]string{
		"乙县财政局 2021-2022 0 → 0.25: 0.25 - gap=false break=false",
		"甲县统计局 2018-2019 0.25 → 0.25: - - gap=false break=true",
		"甲县统计局 2019-2021 0.25 → 0.5: 0.25 1 gap=true break=false",
		"甲县统计局 2021-2022 0.5 → -: - - gap=false break=false",
	}, got); d != "" {
		t.Error(d)
	}
	got = nil
	for _, c := range table.Coverage() {
		if c.Form == nil {
			got = append(got, fmt.Sprint(c.Agency, " ", c.Year))
		}
	}
	if d := cmp.Diff([]string{"乙县财政局 2018", "乙县财政局 2019"}, got); d != "" {
		t.Error(d)
	}
}

func TestPopulation(t *testing.T) {
	src := reports{sample(1, "乙县统计局", 2021, "2021", "1", "4"), sample(2, "甲县统计局", 2021, "2021", "1", "4")}
	o := Options{Indicators: []*Indicator{Find("per_head")}, Population: func(a store.Agency, year int) *decimal.Decimal {
		if a.ID != 1 || year != 2021 {
			return nil
		}
		d := decimal.New(700, 0)
		return &d
	}}
	table, err := Compare(t.Context(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := figure(table.Rows[0].Figures[0]), figure(table.Rows[1].Figures[0]); a != `{"N":7,"D":700,"R":0.01,"Missing":"","Review":false,"Blanks":false}` ||
		b != `{"N":7,"D":null,"R":null,"Missing":"no_outside","Review":false,"Blanks":false}` {
		t.Error(a, b)
	}
}
