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
	var widths []int
	for _, row := range g.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if len(row) > 1 { // a lone cell is a heading and may run over
				widths[i] = max(widths[i], shownWidth(cell))
			}
		}
	}
	var b strings.Builder
	for _, row := range g.rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			gap := ""
			if len(row) > 1 {
				gap = strings.Repeat(" ", widths[i]-shownWidth(cell))
			}
			if i == 0 || g.left[i] {
				line.WriteString(cell + gap)
			} else {
				line.WriteString(gap + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
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
