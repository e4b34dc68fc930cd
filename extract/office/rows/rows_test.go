package rows

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/extract/extracttest"
)

// A table whose edges were dragged a little in every row comes back as it was.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		height, width := rapid.IntRange(2, 7).Draw(t, "rows"), rapid.IntRange(2, 9).Draw(t, "cols")
		taken := map[[2]int]*extract.Cell{}
		want := extract.Table{Rows: height, Cols: width}
		want.Cells = make([]extract.Cell, 0, height*width)
		for r := range height {
			for c := range width {
				if taken[[2]int{r, c}] != nil {
					continue
				}
				h, w := 1, 1
				if r > 0 && c > 0 { // the first row and column stay whole, so nothing folds
					for h < height-r && rapid.IntRange(0, 3).Draw(t, "down") == 0 {
						h++
					}
					for w < width-c && taken[[2]int{r, c + w}] == nil && rapid.IntRange(0, 3).Draw(t, "right") == 0 {
						w++
					}
				}
				cell := extract.Cell{Row: r, Col: c, Text: fmt.Sprint(r, c), Reader: "x", Confidence: 1}
				if h > 1 {
					cell.RowSpan = h
				}
				if w > 1 {
					cell.ColSpan = w
				}
				want.Cells = append(want.Cells, cell)
				for y := r; y < r+h; y++ {
					for x := c; x < c+w; x++ {
						taken[[2]int{y, x}] = &want.Cells[len(want.Cells)-1]
					}
				}
			}
		}
		b := Builder{Reader: "x"}
		for r := range height {
			moved := make([]int, width+1)
			for i := range moved {
				moved[i] = 400*i + rapid.IntRange(-jitter/2, jitter/2).Draw(t, "moved")
			}
			var places []Cell
			for c := 0; c < width; {
				cell := taken[[2]int{r, c}]
				p := Cell{Left: moved[c], Right: moved[c+cell.Width()]}
				switch {
				case cell.Row < r:
					p.Down = Next
				default:
					b.Text(cell.Text)
					if cell.Height() > 1 {
						p.Down = First
					}
				}
				b.Paragraph(1, false)
				b.CellEnd(1)
				places = append(places, p)
				c += cell.Width()
			}
			b.RowEnd(1, places, false)
		}
		_, tables := b.Document()
		if len(tables) != 1 {
			t.Fatalf("%d tables", len(tables))
		}
		if diff := cmp.Diff(want, tables[0]); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// write makes a document of rows as people would type them: cells by |, with
// their left edge, width and merge in front.
func write(b *Builder, depth int, lines ...string) {
	for _, line := range lines {
		var places []Cell
		for _, cell := range strings.Split(line, "|") {
			var p Cell
			var flag, text string
			if _, err := fmt.Sscanf(strings.ReplaceAll(cell, ":", " : "), "%d %d %s : %s", &p.Left, &p.Right, &flag, &text); err != nil && text != "" {
				panic(err)
			}
			switch flag {
			case "first":
				p.Down = First
			case "next":
				p.Down = Next
			case "joined":
				p.Joined = true
			}
			b.Text(text)
			b.Paragraph(depth, false)
			b.CellEnd(depth)
			places = append(places, p)
		}
		b.RowEnd(depth, places, false)
	}
}

func TestTables(t *testing.T) {
	for name, test := range map[string]struct {
		rows []string
		want string
	}{
		"uneven merge": {
			[]string{"0 500 first:a|500 900 -:b", "0 300 next:|300 900 -:c"},
			"",
		},
		"text below a merge": {
			[]string{"0 500 first:a|500 900 -:b", "0 500 next:x|500 900 -:c"},
			"table 2 x 2\n  2x1[a] [b]\n  ^ [c]\n  doubt merged_text at 0,0\n",
		},
		"overlap": {
			[]string{"0 500 -:a|400 900 -:b", "0 500 -:c|500 900 -:d"},
			"table 2 x 2\n  [a] [b]\n  [c] [d]\n  doubt overlap at 0,-1\n",
		},
		"no width": {
			[]string{"0 500 -:a|500 500 -:x|500 900 -:b", "0 500 -:c|500 900 -:d"},
			"table 2 x 2\n  [a\\nx] [b]\n  [c] [d]\n  doubt no_width at 0,-1\n",
		},
		"begins further right": {
			[]string{"0 500 -:a|500 900 -:b", "500 900 -:d"},
			"table 2 x 2\n  [a] [b]\n  . [d]\n",
		},
		"one column is no table": {
			[]string{"0 500 -:a", "0 500 -:b"},
			"| a\n| b\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := Builder{Reader: "x"}
			write(&b, 1, test.rows...)
			var doc extract.Document
			doc.Lines, doc.Tables = b.Document()
			if err := extracttest.Check(&doc); err != nil {
				t.Error(err)
			}
			got := extracttest.Render(&doc)
			if name == "uneven merge" {
				if !strings.Contains(got, "doubt merge_uneven at 1,-1") {
					t.Errorf("no doubt in\n%s", got)
				}
				return
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// A row that was deleted is gone, one with text stays.
func TestGone(t *testing.T) {
	b := Builder{}
	write(&b, 1, "0 500 -:a|500 900 -:1")
	for _, text := range []string{"", "2"} {
		b.Text(text)
		b.Paragraph(1, false)
		b.CellEnd(1)
		b.Paragraph(1, false)
		b.CellEnd(1)
		b.RowEnd(1, []Cell{{Left: 0, Right: 500}, {Left: 500, Right: 900}}, true)
	}
	if _, tables := b.Document(); len(tables) != 1 || tables[0].Rows != 2 {
		t.Errorf("%+v", tables)
	}
}
