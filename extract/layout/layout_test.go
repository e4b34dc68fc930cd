package layout

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/extract/extracttest"
)

func TestClean(t *testing.T) {
	for _, test := range []struct {
		in, want string
		control  bool
	}{
		{"规章 1", "规章 1", false},
		{" 规\u3000 章\u00a0\t", "规 章", false},
		{"1\u200b2\ufeff", "12", false},
		{"1\x002", "1\uFFFD2", true},
		{"", "", false},
		{" ", "", false},
	} {
		got, control := Clean(test.in)
		if got != test.want || control != test.control {
			t.Errorf("Clean(%q) = %q, %v", test.in, got, control)
		}
	}
}

// The quick look of Clean never says that nothing is to do where there is.
func TestCleanIsQuick(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("年1 \t\u3000\u00a0\u200b\x01，\u3001\uFF08\uFEFF"))).Draw(t, "s")
		if !clean(s) {
			return
		}
		if got, control := Clean(s + "\u200b"); got != s || control {
			t.Errorf("clean(%q), but Clean gives %q", s, got)
		}
	})
}

func TestColumns(t *testing.T) {
	for _, test := range []struct {
		name  string
		cells []Extent
		want  map[int]int
	}{
		{"straight", []Extent{{0, 500, true}, {500, 900, true}}, map[int]int{0: 0, 500: 1, 900: 2}},
		{"an edge that strays", []Extent{{0, 500, true}, {500, 900, true}, {0, 650, true}, {650, 900, true}}, map[int]int{0: 0, 500: 1, 650: 1, 900: 2}},
		{"a narrow cell", []Extent{{0, 500, true}, {500, 650, true}, {650, 900, true}}, map[int]int{0: 0, 500: 1, 650: 2, 900: 3}},
		{"a sliver", []Extent{{0, 500, true}, {500, 501, false}, {501, 900, true}}, map[int]int{0: 0, 500: 1, 501: 1, 900: 2}},
		{"a sliver that holds something", []Extent{{0, 500, true}, {500, 501, true}, {501, 900, true}}, map[int]int{0: 0, 500: 1, 501: 2, 900: 3}},
		{"too far", []Extent{{0, 500, true}, {500, 1200, true}, {0, 800, true}, {800, 1200, true}}, map[int]int{0: 0, 500: 1, 800: 2, 1200: 3}},
	} {
		if diff := cmp.Diff(test.want, Columns(test.cells, Slip)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// Whatever the edges, a cell that is no sliver has a column of its own, and
// cells side by side stay in order.
func TestColumnsKeepCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cells []Extent
		for range rapid.IntRange(1, 8).Draw(t, "rows") {
			x := rapid.IntRange(0, 300).Draw(t, "indent")
			for range rapid.IntRange(1, 8).Draw(t, "cells") {
				w := rapid.IntRange(1, 700).Draw(t, "width")
				cells = append(cells, Extent{x, x + w, rapid.Bool().Draw(t, "filled")})
				x += w
			}
		}
		column := Columns(cells, Slip)
		for _, c := range cells {
			if column[c.Left] > column[c.Right] || !c.Sliver() && column[c.Left] == column[c.Right] {
				t.Fatalf("cell %v has the columns %d to %d", c, column[c.Left], column[c.Right])
			}
		}
	})
}

// A grid of any cells is a table, or lines, as a Document promises.
func TestGridKeepsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &Grid{Rows: rapid.IntRange(1, 6).Draw(t, "rows"), Cols: rapid.IntRange(1, 6).Draw(t, "cols"), Reader: "x"}
		taken := map[[2]int]bool{}
		texts := 0
		for r := range g.Rows {
			for c := range g.Cols {
				if taken[[2]int{r, c}] || rapid.IntRange(0, 4).Draw(t, "hole") == 0 {
					continue
				}
				cell := Cell{Row: r, Col: c, Rows: rapid.IntRange(1, g.Rows-r).Draw(t, "h"), Cols: 1, Content: Content{Marks: Marks(rapid.IntRange(0, 31).Draw(t, "marks"))}}
				for c+cell.Cols < g.Cols && !taken[[2]int{r, c + cell.Cols}] && rapid.Bool().Draw(t, "w") {
					cell.Cols++
				}
				for y := r; y < r+cell.Rows; y++ {
					for x := c; x < c+cell.Cols; x++ {
						taken[[2]int{y, x}] = true
					}
				}
				for range rapid.IntRange(0, 2).Draw(t, "lines") {
					texts++
					cell.Items = append(cell.Items, Item{Line: extract.Line{Text: fmt.Sprintf("<%d>", texts) + rapid.SampledFrom([]string{"", string(make([]byte, prose))}).Draw(t, "long")}})
				}
				g.Cells = append(g.Cells, cell)
			}
		}
		doc := Document(g.Items())
		if err := extracttest.Check(doc); err != nil {
			t.Fatal(err)
		}
		got := extracttest.Render(doc)
		for i := 1; i <= texts; i++ {
			if !strings.Contains(got, fmt.Sprintf("<%d>", i)) {
				t.Fatalf("text %d is lost:\n%s", i, got)
			}
		}
	})
}
