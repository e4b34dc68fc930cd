package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/store"
)

// bulk: the values of all reports at once, and where their bytes were seen.
func bulk(t *testing.T, b Backend) {
	seen(t, b, "a", "one")
	seen(t, b, "b", "two")
	seen(t, b, "z", "one")
	seen(t, b, "a", "two")
	doubtful := observation("y", "123456789012345678901234567890.5")
	doubtful.Status = normalize.Review
	record(t, b, v1, "one", report("甲局", 2020, observation("x", "1"), observation("other", "8")))
	record(t, b, v1, "two", report("甲局", 2021, observation("x", "0.5"), doubtful))

	reports, err := b.Reports(t.Context(), store.Filter{})
	ok(t, err)
	years := map[int64]int{}
	for _, r := range reports {
		years[r.ID] = r.Year
	}
	var got []string
	each := func(report int64, cell string, v store.Value) {
		got = append(got, fmt.Sprintf("%d %s %s %s", years[report], cell, v.Number, v.Status))
	}
	ok(t, b.EachValue(t.Context(), []string{"x", "y", "none"}, each))
	slices.Sort(got)
	equal(t, "values of all reports", got, []string{"2020 x 1 ok", "2021 x 0.5 ok", "2021 y 123456789012345678901234567890.5 review"})
	got = nil
	ok(t, b.EachValue(t.Context(), nil, each))
	equal(t, "values of no cells", len(got), 0)

	for name, want := range map[string]string{"one": "a z", "two": "b a", "none": ""} {
		paths, err := b.Paths(t.Context(), sha(name))
		ok(t, err)
		equal(t, "paths of "+name, strings.Join(paths, " "), want)
	}
}

// asOne holds the values of all reports at once against those of one.
func asOne(t *testing.T, b Backend, report int64, cells []string) {
	t.Helper()
	got := map[string]store.Value{}
	ok(t, b.EachValue(t.Context(), cells, func(r int64, cell string, v store.Value) {
		if r == report {
			got[cell] = v
		}
	}))
	want, err := b.Values(t.Context(), report, cells)
	ok(t, err)
	same := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
	if d := cmp.Diff(want, got, same); d != "" {
		t.Errorf("EachValue is not what Values says (-want +got):\n%s", d)
	}
}
