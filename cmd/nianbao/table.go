package main

import (
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// width measures what a terminal shows: a Chinese character takes two columns,
// an ambiguous one (—, …, ·) takes one, as terminals do outside CJK locales.
var width = func() *runewidth.Condition {
	c := runewidth.NewCondition()
	c.EastAsianWidth = false
	return c
}()

// grid is a table for a terminal: the first column left-aligned, the others
// right-aligned unless left says otherwise.
type grid struct {
	rows [][]string
	left map[int]bool
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// write prints the table with two spaces between columns.
func (g *grid) write(w io.Writer) error {
	var widest, widths []int // of columns, and of all cells in turn
	for _, row := range g.rows {
		for i, cell := range row {
			if i == len(widest) {
				widest = append(widest, 0)
			}
			n := shownWidth(cell)
			widths = append(widths, n)
			if len(row) > 1 { // a lone cell is a heading and may run over
				widest[i] = max(widest[i], n)
			}
		}
	}
	var b []byte
	for _, row := range g.rows {
		line := len(b)
		for i, cell := range row {
			if i > 0 {
				b = append(b, "  "...)
			}
			gap := ""
			if len(row) > 1 {
				gap = strings.Repeat(" ", widest[i]-widths[i])
			}
			if i == 0 || g.left[i] {
				b = append(append(b, cell...), gap...)
			} else {
				b = append(append(b, gap...), cell...)
			}
		}
		widths = widths[len(row):]
		for len(b) > line && b[len(b)-1] == ' ' {
			b = b[:len(b)-1]
		}
		b = append(b, '\n')
	}
	_, err := w.Write(b)
	return err
}

// shownWidth is how many columns of a terminal s takes.
func shownWidth(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return width.StringWidth(s)
		}
	}
	return len(s)
}

// clip shortens s to n columns.
func clip(s string, n int) string { return width.Truncate(s, n, "…") }
