package extracttest

import (
	"fmt"

	"pgregory.net/rapid"

	"nianbao/extract"
)

// DrawTable draws a table as a reader returns it, with merged cells; a cell begins
// in its every row and column.
func DrawTable(t *rapid.T, reader string) extract.Table {
	rows, cols := rapid.IntRange(2, 7).Draw(t, "rows"), rapid.IntRange(2, 9).Draw(t, "cols")
	text := rapid.SampledFrom([]string{"", "0", "12", "规章", "本年\n制发件数", "a & b < c", "（三）不予公开", "-"})
	taken := map[[2]int]bool{}
	out := extract.Table{Rows: rows, Cols: cols}
	for r := range rows {
		for c := range cols {
			if taken[[2]int{r, c}] {
				continue
			}
			h, w := 1, 1
			if r > 0 && c > 0 { // the first row and column stay whole, so nothing folds
				for h < rows-r && rapid.IntRange(0, 3).Draw(t, "down") == 0 {
					h++
				}
				for w < cols-c && !taken[[2]int{r, c + w}] && rapid.IntRange(0, 3).Draw(t, "right") == 0 {
					w++
				}
			}
			for y := r; y < r+h; y++ {
				for x := c; x < c+w; x++ {
					taken[[2]int{y, x}] = true
				}
			}
			cell := extract.Cell{Row: r, Col: c, Text: text.Draw(t, "text"), Reader: reader, Confidence: 1}
			if r == 0 {
				cell.Text = fmt.Sprint("列", c)
			}
			if h > 1 {
				cell.RowSpan = h
			}
			if w > 1 {
				cell.ColSpan = w
			}
			out.Cells = append(out.Cells, cell)
		}
	}
	return out
}
