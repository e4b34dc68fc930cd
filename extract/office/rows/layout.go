package rows

import (
	"strings"
	"unicode/utf8"

	"nianbao/extract"
)

// prose is the length from which a cell's text is no label or value: the page
// is laid out by the table, or a paragraph stands between its rows.
const prose = 200

// table makes items of rows: tables, and lines where the table only lays the
// page out.
func (b *Builder) table(rows []row) []item {
	filled, inner, nested, long := 0, 0, false, false
	for i := range rows {
		for j := range rows[i].cells {
			items := rows[i].cells[j].items
			tables := 0
			for _, it := range items {
				if it.table != nil {
					tables++
					inner += len(it.table.Cells)
				}
			}
			nested = nested || tables > 0
			if tables == 0 && len(items) > 0 {
				filled++
				long = long || length(items) >= prose && rows[i].filled() > 1
			}
		}
	}
	// A table that holds tables lays them out, unless they are small parts of
	// its own cells.
	if nested && (filled < 12 || inner*2 > filled) || long && filled <= 12 {
		return allOf(rows)
	}
	var out []item
	start := 0
	flush := func(end int) {
		all := rows[start:end]
		begins := append(pieces(all), len(all))
		for i, from := range begins[:len(begins)-1] {
			piece := all[from:begins[i+1]]
			if t := b.grid(piece); t != nil {
				out = append(out, item{table: t})
			} else {
				out = append(out, allOf(piece)...)
			}
		}
	}
	for i := range rows {
		if rows[i].filled() == 1 && rows[i].longest() >= prose {
			flush(i)
			out = append(out, allOf(rows[i:i+1])...)
			start = i + 1
		}
	}
	flush(len(rows))
	return out
}

func allOf(rows []row) []item {
	var out []item
	for i := range rows {
		for _, c := range rows[i].cells {
			out = append(out, c.items...)
		}
	}
	return out
}

func (r *row) filled() int {
	n := 0
	for i := range r.cells {
		if len(r.cells[i].items) > 0 {
			n++
		}
	}
	return n
}

func (r *row) longest() int {
	n := 0
	for i := range r.cells {
		n = max(n, length(r.cells[i].items))
	}
	return n
}

// length counts the characters of the items' text.
func length(items []item) int {
	n := 0
	for _, it := range items {
		n += utf8.RuneCountInString(it.line.Text)
	}
	return n
}

// text joins the lines of items.
func text(items []item) string {
	if len(items) == 1 && items[0].table == nil {
		return items[0].line.Text
	}
	var out []string
	for _, it := range items {
		if it.table == nil {
			out = append(out, it.line.Text)
			continue
		}
		for i := range it.table.Cells {
			if s := it.table.Cells[i].Text; s != "" {
				out = append(out, s)
			}
		}
	}
	return strings.Join(out, "\n")
}

func holdsTable(items []item) bool {
	for _, it := range items {
		if it.table != nil {
			return true
		}
	}
	return false
}

// doubtsOf names what marks say about the cell at row and col.
func doubtsOf(c *content, row, col int) []extract.Doubt {
	var out []extract.Doubt
	m := c.marks
	if len(c.items) > 0 {
		m &^= Image
	}
	for _, k := range marks {
		if m&k.mark != 0 {
			out = append(out, extract.Doubt{Kind: k.kind, Row: row, Col: col})
		}
	}
	if holdsTable(c.items) {
		out = append(out, extract.Doubt{Kind: "nested_table", Row: row, Col: col})
	}
	return out
}
