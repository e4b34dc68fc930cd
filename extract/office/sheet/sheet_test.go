package sheet

import (
	"errors"
	"testing"

	"nianbao/extract"
	"nianbao/extract/extracttest"
)

func cells(rows ...[]string) []Cell {
	var out []Cell
	for r, row := range rows {
		for c, text := range row {
			if text != "" {
				out = append(out, Cell{Row: r, Col: c, Text: text})
			}
		}
	}
	return out
}

func framed(from int, all []Cell) []Cell {
	for i := range all {
		all[i].Framed = all[i].Row >= from
	}
	return all
}

func TestDocument(t *testing.T) {
	for name, test := range map[string]struct {
		sheet Sheet
		want  string
	}{
		"lines and a table": {
			Sheet{Cells: cells([]string{"年报"}, []string{"一、概况"}, []string{"规章", "1"}, []string{"文件", "2"}, nil, []string{"落款"})},
			"| 年报\n| 一、概况\ntable 2 x 2\n  [规章] [1]\n  [文件] [2]\n| 落款\n",
		},
		"a row of blanks without a frame": {
			Sheet{Cells: cells([]string{"名", "数"}, []string{"规章"}, []string{"文件", "2"})},
			"table 3 x 2\n  [名] [数]\n  [规章] []\n  [文件] [2]\n",
		},
		"a frame tells a caption from a heading": {
			Sheet{Cells: framed(1, cells([]string{"标题"}, []string{"第一项"}, []string{"规章", "2"})), Merges: []Merge{{0, 0, 1, 2}, {1, 0, 1, 2}}},
			"| 标题\ntable 2 x 2\n  1x2[第一项] ^\n  [规章] [2]\n",
		},
		"merged cells": {
			Sheet{Cells: cells([]string{"甲", "乙", "", "1"}, []string{"", "丙", "丁", "2"}), Merges: []Merge{{0, 0, 2, 1}, {0, 1, 1, 2}}},
			"table 2 x 4\n  2x1[甲] 1x2[乙] ^ [1]\n  ^ [丙] [丁] [2]\n",
		},
		"text that a merged cell hides": {
			Sheet{Cells: cells([]string{"甲", "9", "1"}, []string{"乙", "3", "2"}), Merges: []Merge{{0, 0, 1, 2}}},
			"table 2 x 3\n  1x2[甲] ^ [1]\n  [乙] [3] [2]\n  doubt merged_text at 0,0\n",
		},
		"hidden rows and columns": {
			Sheet{Cells: cells([]string{"甲", "9", "1"}, []string{"乙", "9", "2"}, []string{"丙", "9", "3"}), HiddenRows: map[int]bool{1: true}, HiddenCols: map[int]bool{1: true}},
			"table 2 x 2\n  [甲] [1]\n  [丙] [3]\n",
		},
		"a blank row parts tables": {
			Sheet{Cells: cells([]string{"甲", "1"}, nil, []string{"乙", "2"})},
			"table 1 x 2\n  [甲] [1]\ntable 1 x 2\n  [乙] [2]\n",
		},
		"a table in pieces": {
			Sheet{Cells: cells([]string{"", "甲", "乙", "计"}, []string{"一", "1", "2", "3"}, nil, []string{"二", "4", "", "4"}, []string{"三", "5", "", "5"})},
			"table 2 x 4\n  [] [甲] [乙] [计]\n  [一] [1] [2] [3]\ntable 2 x 4\n  [二] [4] [] [4]\n  [三] [5] [] [5]\n",
		},
		"a table with headings of its own": {
			Sheet{Cells: cells([]string{"", "甲", "乙", "计"}, []string{"一", "1", "2", "3"}, nil, []string{"名", "丙", "", "丁"}, []string{"三", "5", "", "5"})},
			"table 2 x 4\n  [] [甲] [乙] [计]\n  [一] [1] [2] [3]\ntable 2 x 3\n  [名] [丙] [丁]\n  [三] [5] [5]\n",
		},
		"a hidden sheet": {
			Sheet{Name: "旧", Hidden: true, Cells: cells([]string{"甲", "1"})},
			"warning hidden: hidden sheets are not read: 旧; show them in the program if they belong to the report\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := Document("x", "x/y", []Sheet{test.sheet})
			if err != nil {
				t.Fatal(err)
			}
			if err := extracttest.Check(doc); err != nil {
				t.Error(err)
			}
			if got := extracttest.Render(doc); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	for name, s := range map[string]Sheet{
		"cells":  {Cells: make([]Cell, maxCells+1)},
		"merges": {Merges: make([]Merge, maxMerges+1)},
	} {
		_, err := Document("x", "x/y", []Sheet{s})
		var refusal *extract.Refusal
		if !errors.As(err, &refusal) || refusal.Code != extract.RefusedTooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}
