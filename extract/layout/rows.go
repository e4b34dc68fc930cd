package layout

import (
	"strings"
	"unicode/utf8"
)

// prose is the length from which a cell's text is no label or value: the page
// is laid out by the table, or a paragraph stands between its rows.
const prose = 200

// few is how many cells a table of a form has at least.
const few = 12

// LaysOut says whether rows of cells hold no data of their own: a table stands
// within them that is not a small part of their cells, or paragraphs stand
// beside each other.
func LaysOut(rows [][]Content) bool {
	filled, inner, long := 0, 0, false
	for _, row := range rows {
		several := filledCells(row) > 1
		for i := range row {
			if row[i].tables() > 0 {
				for _, it := range row[i].Items {
					if it.Table != nil {
						inner += len(it.Table.Cells)
					}
				}
			} else if len(row[i].Items) > 0 {
				filled++
				long = long || several && length(row[i].Items) >= prose
			}
		}
	}
	return inner > 0 && (filled < few || inner*2 > filled) || long && filled <= few
}

// Parts makes items of rows that do not lay the page out. A row that holds but a
// paragraph parts them; part makes items of the rows between, of which there
// may be none.
func Parts(rows [][]Content, part func(from, to int) []Item) []Item {
	var out []Item
	from := 0
	for i, row := range rows {
		if filledCells(row) != 1 || longest(row) < prose {
			continue
		}
		out = append(append(out, part(from, i)...), Contents(rows[i:i+1])...)
		from = i + 1
	}
	return append(out, part(from, len(rows))...)
}

// Contents is what the cells of rows hold.
func Contents(rows [][]Content) []Item {
	var out []Item
	for _, row := range rows {
		for _, c := range row {
			out = append(out, c.Items...)
		}
	}
	return out
}

func filledCells(row []Content) int {
	n := 0
	for i := range row {
		if len(row[i].Items) > 0 {
			n++
		}
	}
	return n
}

func longest(row []Content) int {
	n := 0
	for i := range row {
		n = max(n, length(row[i].Items))
	}
	return n
}

// tables counts the tables within a cell.
func (c *Content) tables() int {
	n := 0
	for i := range c.Items {
		if c.Items[i].Table != nil {
			n++
		}
	}
	return n
}

// length counts the characters of the items' lines.
func length(items []Item) int {
	n := 0
	for _, it := range items {
		n += utf8.RuneCountInString(it.Line.Text)
	}
	return n
}

// text joins lines by line ends.
func text(items []Item) string {
	if len(items) == 1 && items[0].Table == nil {
		return items[0].Line.Text
	}
	var b strings.Builder
	join := func(s string) {
		if s == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s)
	}
	for _, it := range items {
		if it.Table == nil {
			join(it.Line.Text)
			continue
		}
		for i := range it.Table.Cells {
			join(it.Table.Cells[i].Text)
		}
	}
	return b.String()
}
