package grid

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nianbao/extract"
)

// drawTable draws a table like those of reports: a header of labels over
// columns, group labels at the left that span rows, and numbers.
func drawTable(t *rapid.T, size float64, plain bool) *drawn {
	labels := rapid.IntRange(1, 3).Draw(t, "label columns")
	if plain {
		labels = 1
	}
	values := rapid.IntRange(2, 7).Draw(t, "value columns")
	rows := rapid.IntRange(2, 24).Draw(t, "rows")
	d := &drawn{xs: []float64{0}, head: 1}
	for i := range labels + values {
		w := 4.5 * size
		if i == labels-1 {
			w = 9 * size
		}
		d.xs = append(d.xs, d.xs[i]+w)
	}
	serial := 0
	word := func(prefix string) string {
		serial++
		s := []rune("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥")
		return prefix + string(s[serial%22]) + string(s[serial/22%22])
	}
	add := func(r, c, h, w int, s string) {
		x := extract.Cell{Row: r, Col: c, Text: s}
		if h > 1 {
			x.RowSpan = h
		}
		if w > 1 {
			x.ColSpan = w
		}
		d.cells = append(d.cells, x)
	}
	// The header: one row, or two with a group of columns.
	if values > 3 && rapid.Bool().Draw(t, "two header rows") {
		d.head = 2
		add(0, 0, 2, labels, word("头"))
		add(0, labels, 2, 1, word("列"))
		add(0, labels+1, 1, values-1, word("组"))
		for c := labels + 1; c < labels+values; c++ {
			add(1, c, 1, 1, word("列"))
		}
	} else {
		add(0, 0, 1, labels, word("头"))
		for c := labels; c < labels+values; c++ {
			add(0, c, 1, 1, word("列"))
		}
	}
	d.rows = d.head + rows
	// Groups within groups, then the row's own label.
	var group func(c, from, to int)
	group = func(c, from, to int) {
		if c == labels-1 {
			for r := from; r < to; r++ {
				s := word("项")
				if rapid.IntRange(0, 4).Draw(t, "long label") == 0 {
					s += "\n" + word("续")
				}
				add(r, c, 1, 1, s)
			}
			return
		}
		for from < to {
			n := rapid.IntRange(1, to-from).Draw(t, "rows of group")
			if n == 1 && rapid.Bool().Draw(t, "label over all columns") {
				add(from, c, 1, labels-c, word("项"))
			} else {
				add(from, c, n, 1, word("组"))
				group(c+1, from, from+n)
			}
			from += n
		}
	}
	group(0, d.head, d.rows)
	for r := d.head; r < d.rows; r++ {
		for c := labels; c < labels+values; c++ {
			s := fmt.Sprint(rapid.IntRange(0, 9999).Draw(t, "value"))
			switch rapid.IntRange(0, 9).Draw(t, "kind") {
			case 0:
				s = ""
			case 1:
				s = "/"
			}
			if c == labels && s == "" {
				s = "0"
			}
			add(r, c, 1, 1, s)
		}
	}
	d.dropUnused()
	return d
}

// dropUnused removes the column lines at which no cell ends.
func (d *drawn) dropUnused() {
	used := map[int]bool{0: true}
	for _, c := range d.cells {
		used[c.Col], used[c.Col+c.Width()] = true, true
	}
	index := make([]int, len(d.xs))
	var xs []float64
	for i, x := range d.xs {
		index[i] = len(xs)
		if used[i] {
			xs = append(xs, x)
		}
	}
	for i := range d.cells {
		c := &d.cells[i]
		from, to := index[c.Col], index[c.Col+c.Width()]
		c.Col, c.ColSpan = from, to-from
	}
	d.xs = xs
}

func drawStyle(t *rapid.T) style {
	s := style{
		border:  rapid.SampledFrom([]string{"solid", "solid", "double", "dotted", "dashed", "short", "open", "gap", "cut", "cut"}).Draw(t, "border"),
		size:    rapid.SampledFrom([]float64{7, 9, 10.5, 12}).Draw(t, "size"),
		pad:     rapid.SampledFrom([]float64{0, 2, 5}).Draw(t, "pad"),
		top:     rapid.Bool().Draw(t, "text at top"),
		repeat:  rapid.Bool().Draw(t, "header repeated"),
		numbers: rapid.Bool().Draw(t, "page numbers"),
	}
	s.line = s.size * rapid.SampledFrom([]float64{1.15, 1.5}).Draw(t, "line height")
	return s
}

// TestRoundTrip prints random tables in random styles, broken over pages at
// random rows, and wants the same grid of texts and spans back.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st := drawStyle(t)
		st.numbers = st.numbers && st.border != "open"
		p := newPrinter(st)
		if p.border == "open" {
			p.end = 5000
		}
		p.paragraph("一、总体情况")
		// Without an outer border nothing shows a column of groups on a page
		// where one group fills all rows.
		d := drawTable(t, p.size, p.border == "open")
		breaks := map[int]bool{}
		for range rapid.IntRange(0, 3).Draw(t, "breaks") {
			if p.border == "open" {
				continue // the rest of such a table may show no rules at all
			}
			breaks[rapid.IntRange(d.head+1, d.rows).Draw(t, "break")] = true
		}
		p.table(d, breaks)
		p.paragraph("二、其他情况")
		lines, tables := Build(p.pages)
		sound(t, lines, tables)
		if len(tables) != 1 {
			t.Fatalf("%d tables, want 1\n%s", len(tables), showAll(lines, tables))
		}
		want := (&table{xs: d.xs, rows: d.rows, cells: ownCells(d)}).export(1)
		if diff := cmp.Diff(show(&want), show(&tables[0])); diff != "" {
			t.Fatalf("table differs (-want +got):\n%s", diff)
		}
		if len(lines) != 2 {
			t.Fatalf("lines: %v", lines)
		}
	})
}

// ownCells makes the package's own cells of a drawn table.
func ownCells(d *drawn) (out []*cell) {
	for _, c := range d.cells {
		out = append(out, &cell{row: c.Row, col: c.Col, rows: c.Height(), cols: c.Width(), text: c.Text, page: &Page{}})
	}
	return out
}
