package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"nianbao/extract"
)

// stretch is a field with the room it takes on its line, in half widths.
type stretch struct {
	row      int
	from, to int
	text     string
}

func (a stretch) meets(from, to int) bool { return a.from < to && from < a.to }

// Limits of an aligned block.
const (
	maxAlignedRows   = 200
	maxAlignedFields = 2000
)

// maxAlignedWork bounds the comparisons of all blocks of a text.
const maxAlignedWork = 50_000_000

// aligned reads a block of lines whose fields stand below each other as a
// table. The place on the line tells the column, so blanks are seen; a block in
// which two fields of a line claim one column is none. Quotation marks are one
// or two half widths wide, as the font has it: the width that
// aligns is right. A block in which some field aligns with none is left to the
// rule of blanks, which claims no columns.
func (p *parser) aligned() bool {
	if p.at < p.unaligned {
		return false
	}
	end, several := p.at, 0
	for fields := 0; end < len(p.in) && end-p.at < maxAlignedRows && fields < maxAlignedFields; end++ {
		if blank(p.in[end]) || strings.Contains(p.in[end], "\t") {
			break
		}
		row := stretches(p.in[end], 0, 1)
		if len(row) == 1 && utf8.RuneCountInString(row[0].text) > 2*maxBetween {
			break
		}
		if len(row) > 2 {
			several++
		}
		fields += len(row)
	}
	var best *extract.Table
	if end-p.at >= 3 && several >= 2 {
		for _, quote := range []int{2, 1} {
			if t := p.alignment(p.in[p.at:end], quote); t != nil && (best == nil || len(t.Doubts) < len(best.Doubts)) {
				best = t
			}
		}
	}
	if best == nil || len(best.Doubts) > 0 {
		p.unaligned = max(end, p.at+1)
		return false
	}
	p.cells += len(best.Cells)
	p.tables = append(p.tables, *best)
	p.at = end
	return true
}

// alignment makes a table of lines, or nil. A row with a field that begins,
// ends and centres where no other of its column does is in doubt.
func (p *parser) alignment(lines []string, quote int) *extract.Table {
	var all []stretch
	for row, line := range lines {
		all = append(all, stretches(line, row, quote)...)
	}
	if p.work += len(all) * len(all); p.work > maxAlignedWork {
		return nil
	}
	columns := columnsOf(all)
	if len(columns) < 3 || len(columns) > 40 {
		return nil
	}
	t := &extract.Table{Line: len(p.lines), Rows: len(lines), Cols: len(columns)}
	in := make([][]stretch, len(columns)) // the fields of each column
	put := func(row, col, span int, text string) {
		c := extract.Cell{Row: row, Col: col, Text: text, Reader: "text", Confidence: 1}
		if span > 1 {
			c.ColSpan = span
		}
		t.Cells = append(t.Cells, c)
	}
	for row, at := 0, 0; row < len(lines); row++ {
		next := 0 // first column not yet covered
		for ; at < len(all) && all[at].row == row; at++ {
			first, last := -1, -1
			for c, column := range columns {
				if all[at].meets(column.from, column.to) {
					if first < 0 {
						first = c
					}
					last = c
				}
			}
			if first < next {
				return nil
			}
			for ; next < first; next++ {
				put(row, next, 1, "")
			}
			put(row, first, last-first+1, all[at].text)
			if first == last {
				in[first] = append(in[first], all[at])
			}
			next = last + 1
		}
		for ; next < len(columns); next++ {
			put(row, next, 1, "")
		}
	}
	for col, fields := range in {
		for i, f := range fields {
			if !slices.ContainsFunc(fields, func(g stretch) bool { return g.row != f.row && f.under(g) }) {
				t.Doubts = append(t.Doubts, extract.Doubt{Kind: "alignment", Row: fields[i].row, Col: -1})
			}
		}
		if p.work += len(fields) * len(fields); len(fields) == 0 {
			t.Doubts = append(t.Doubts, extract.Doubt{Kind: "alignment", Row: -1, Col: col})
		}
	}
	return t
}

// under says whether two fields are aligned at the left, the right or the
// centre.
func (a stretch) under(b stretch) bool {
	d := a.from + a.to - b.from - b.to
	return a.from == b.from || a.to == b.to || d >= -1 && d <= 1
}

// columnsOf joins what stands below each other, leaving aside the fields that
// stand below several of one line: those span columns.
func columnsOf(all []stretch) []stretch {
	byRow := map[int][]stretch{}
	for _, f := range all {
		byRow[f.row] = append(byRow[f.row], f)
	}
	var single []stretch
	for _, f := range all {
		spans := false
		for row := range byRow {
			met := 0
			for _, g := range byRow[row] {
				if row != f.row && g.meets(f.from, f.to) {
					met++
				}
			}
			spans = spans || met > 1
		}
		if !spans {
			single = append(single, f)
		}
	}
	slices.SortFunc(single, func(a, b stretch) int { return a.from - b.from })
	var columns []stretch
	for _, f := range single {
		if n := len(columns); n > 0 && f.from < columns[n-1].to {
			columns[n-1].to = max(columns[n-1].to, f.to)
			continue
		}
		columns = append(columns, stretch{from: f.from, to: f.to})
	}
	return columns
}

// stretches splits a line at two blanks or more and says where the fields are.
func stretches(line string, row, quote int) []stretch {
	var out []stretch
	var b strings.Builder
	x, from, gap := 0, 0, 0
	flush := func() {
		if b.Len() > 0 {
			out = append(out, stretch{row: row, from: from, to: x - gap, text: b.String()})
			b.Reset()
		}
	}
	for _, r := range line {
		w := width(r, quote)
		if unicode.IsSpace(r) {
			gap += w
			x += w
			continue
		}
		if gap >= 2 {
			flush()
		} else if gap == 1 && b.Len() > 0 {
			b.WriteByte(' ')
		}
		if b.Len() == 0 {
			from = x
		}
		gap = 0
		b.WriteRune(r)
		x += w
	}
	flush()
	return out
}

// width is how many half widths a character takes in a font of Chinese text.
func width(r rune, quote int) int {
	switch {
	case r >= 0x2000 && r < 0x2100 || r == '·' || r == '×': // “ ” ‘ ’ — …
		return quote
	case r >= 0x1100:
		return 2
	}
	return 1
}
