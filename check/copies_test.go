package check_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"nianbao/check"
	"nianbao/store"
)

// TestCopies: a report with last year's prose, and one with another agency's.
func TestCopies(t *testing.T) {
	src := parse(t, `
甲县水利局 2021 2021 a
甲县水利局 2022 2021 b
乙县教育局 2022 2021 c
乙县统计局 2022 2021 d
`)
	prose := func(seed int) []string {
		var out []string
		for i := range 20 {
			var b strings.Builder
			for k := range 24 {
				b.WriteRune(rune(0x4e00 + (seed*7919+i*613+k*k*31+k*97)%2500))
			}
			out = append(out, fmt.Sprintf("%s，共%d件。", b.String(), seed*i))
		}
		return out
	}
	texts := map[string][]string{"a": prose(1), "b": append(prose(1)[:18], prose(2)[:3]...), "c": append(prose(3), "一、总体情况"), "d": prose(3)[2:]}
	lines := func(_ context.Context, r *store.Report) ([]string, error) { return texts[r.Path], nil }
	for year, want := range map[int]string{
		0:    "乙县教育局 2022 prose_of_another 乙县统计局, 乙县统计局 2022 prose_of_another 乙县教育局, 甲县水利局 2022 prose_of_before 甲县水利局",
		2021: "",
	} {
		found, err := check.Copies(t.Context(), src, lines, year)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			got = append(got, fmt.Sprintf("%s %d %s %s", f.Report.Agency.Name, f.Report.Year, f.Rule, f.Other.Agency.Name))
			if !strings.Contains(f.Message, "% of the prose") || !strings.Contains(f.Message, "longest passage has") {
				t.Errorf("message %q", f.Message)
			}
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%d: got %s, want %s", year, s, want)
		}
	}
}
