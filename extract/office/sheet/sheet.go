// Package sheet makes a Document of spreadsheets: the rows that stand together
// become tables, with merged cells as they are; a row of one cell that has no
// frame is a line of text. Hidden sheets, rows and columns are left out. It
// does not know how a file holds its cells, nor how a number is shown.
package sheet

import (
	"fmt"
	"slices"
	"strings"

	"nianbao/extract"
	"nianbao/extract/office/rows"
)

// Limits of all sheets together.
const (
	maxCells  = 200_000
	maxMerges = 50_000
)

// Sheet is one sheet of a file.
type Sheet struct {
	Name   string
	Hidden bool
	Cells  []Cell // that have text, by row, then column
	Merges []Merge
	// HiddenRows and HiddenCols count from 0.
	HiddenRows, HiddenCols map[int]bool
}

// Cell is a cell with its text as it is shown. Row and Col count from 0.
type Cell struct {
	Row, Col int
	Text     string
	Framed   bool // has a border
	// Object says that the text is not all there is: a formula without a
	// result, a number that is shown as another.
	Object bool
}

// Merge is a range of cells that are one.
type Merge struct{ Row, Col, Rows, Cols int }

// Full says whether there are more cells than a report has.
func Full(sheets []Sheet) bool {
	cells, merges := 0, 0
	for i := range sheets {
		cells += len(sheets[i].Cells)
		merges += len(sheets[i].Merges)
	}
	return cells > maxCells || merges > maxMerges
}

// Document puts the sheets that are shown into lines and tables.
func Document(reader, mediaType string, sheets []Sheet) (*extract.Document, error) {
	out := rows.Builder{Reader: reader}
	var hidden []string
	for i := range sheets {
		s := &sheets[i]
		if s.Hidden {
			if len(s.Cells) > 0 {
				hidden = append(hidden, s.Name)
			}
			continue
		}
		s.write(&out)
	}
	if Full(sheets) || out.Full() {
		return nil, &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "the file has more cells than any report; save the report's sheet alone"}
	}
	doc := &extract.Document{MediaType: mediaType}
	doc.Lines, doc.Tables = out.Document()
	if len(hidden) > 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "hidden", Message: fmt.Sprintf(
			"hidden sheets are not read: %s; show them in the program if they belong to the report", strings.Join(hidden, ", "))})
	}
	return doc, nil
}

// line is a row of a sheet that has text.
type line struct {
	row   int
	cells []Cell
}

// write divides a sheet into lines and blocks of rows.
func (s *Sheet) write(out *rows.Builder) {
	merges := map[[2]int]Merge{}
	covered := cover(s.Merges)
	for _, m := range s.Merges {
		merges[[2]int{m.Row, m.Col}] = m
	}
	var all []line
	framed := false
	for _, c := range s.Cells {
		if s.HiddenRows[c.Row] || s.HiddenCols[c.Col] || covered.holds(c.Row, c.Col) {
			continue
		}
		framed = framed || c.Framed
		if n := len(all); n == 0 || all[n-1].row != c.Row {
			all = append(all, line{row: c.Row})
		}
		last := &all[len(all)-1]
		last.cells = append(last.cells, c)
	}
	inTable := false // the row above, next to this one
	for i := 0; i < len(all); {
		if s.free(all, i, covered, framed, inTable) {
			text(out, all[i].cells)
			i++
			inTable = false
			continue
		}
		j := i + 1
		for j < len(all) && s.follows(all, j) && !s.free(all, j, covered, framed, true) {
			j++
		}
		s.block(out, all[i:j], merges)
		out.Paragraph(0, false) // the table ends
		inTable = j < len(all) && s.follows(all, j)
		i = j
	}
}

// follows says whether nothing lies between a row and the one above.
func (s *Sheet) follows(all []line, i int) bool {
	return all[i].row == all[i-1].row+1 || s.joined(all[i-1].row, all[i].row)
}

// free says whether a row stands outside tables: it has one cell, and that has
// no frame. Where no cell of the sheet has a frame, a merged cell of its own
// row is free, and another one that follows no row of a table: there it is a
// label with blanks beside it.
func (s *Sheet) free(all []line, i int, covered covers, framed, inTable bool) bool {
	l := &all[i]
	if len(l.cells) != 1 {
		return false
	}
	c := l.cells[0]
	merged := false
	for _, m := range covered[l.row] {
		if m.Row != l.row || m.Col != c.Col {
			return false
		}
		merged = m.Cols > 1
	}
	if framed {
		return !c.Framed
	}
	return merged || !inTable
}

func text(out *rows.Builder, cells []Cell) {
	for _, c := range cells {
		out.Text(c.Text)
		out.Paragraph(0, false)
	}
}

// joined says whether only hidden rows lie between two rows, or a merged cell
// reaches over what lies between.
func (s *Sheet) joined(above, below int) bool {
	shown := false
	for r := above + 1; r < below && !shown; r++ {
		shown = !s.HiddenRows[r]
	}
	return !shown || slices.ContainsFunc(s.Merges, func(m Merge) bool { return m.Row <= above && m.Row+m.Rows > below })
}

// block writes rows as one table. Only columns in which a cell has text, or a
// merged one begins, are columns of it.
func (s *Sheet) block(out *rows.Builder, all []line, merges map[[2]int]Merge) {
	first, last := all[0].row, all[len(all)-1].row
	used := map[int]bool{}
	for _, l := range all {
		for _, c := range l.cells {
			used[c.Col] = true
		}
	}
	reach := map[int][]Merge{} // by row
	for _, m := range s.Merges {
		if m.Row > last || m.Row+m.Rows <= first || s.HiddenCols[m.Col] {
			continue
		}
		end := m.Col
		for c := range used {
			if c >= m.Col && c < m.Col+m.Cols {
				end = c
			}
		}
		if end == m.Col && !used[m.Col] {
			continue // an empty one beside the table
		}
		used[m.Col] = true
		for r := max(first, m.Row); r < m.Row+m.Rows && r <= last; r++ {
			reach[r] = append(reach[r], m)
		}
	}
	columns := make([]int, 0, len(used))
	for c := range used {
		columns = append(columns, c)
	}
	slices.Sort(columns)
	at := func(col int) int { i, _ := slices.BinarySearch(columns, col); return i }
	for _, l := range all {
		var places []rows.Cell
		next := 0 // cell of the line
		for i := 0; i < len(columns); i++ {
			col := columns[i]
			place := rows.Cell{Left: i * columnWidth, Right: (i + 1) * columnWidth}
			begins := true
			for _, m := range reach[l.row] {
				if m.Col == col {
					place.Right = max(i+1, at(m.Col+m.Cols)) * columnWidth
					begins = m.Row == l.row
					switch {
					case begins && m.Rows > 1:
						place.Down = rows.First
					case !begins && m.Row < first && l.row == first:
						place.Down = rows.First
					case !begins:
						place.Down = rows.Next
					}
					break
				}
			}
			for next < len(l.cells) && l.cells[next].Col < col {
				next++
			}
			if begins && next < len(l.cells) && l.cells[next].Col == col {
				c := &l.cells[next]
				out.Text(c.Text)
				if c.Object {
					out.Note(rows.Object)
				}
			}
			out.Paragraph(1, false)
			out.CellEnd(1)
			places = append(places, place)
			for i+1 < len(columns) && (i+1)*columnWidth < place.Right {
				i++
			}
		}
		out.RowEnd(1, places, false)
		if out.Full() {
			return
		}
	}
}

// columnWidth keeps columns apart in package rows.
const columnWidth = 1000

// covers finds the places that merged cells hide.
type covers map[int][]Merge

func cover(merges []Merge) covers {
	out := covers{}
	for _, m := range merges {
		for r := m.Row; r < m.Row+min(m.Rows, maxRows); r++ {
			out[r] = append(out[r], m)
		}
	}
	return out
}

// maxRows bounds the rows that a merge is looked for in.
const maxRows = 5000

func (c covers) holds(row, col int) bool {
	for _, m := range c[row] {
		if col >= m.Col && col < m.Col+m.Cols && (row != m.Row || col != m.Col) {
			return true
		}
	}
	return false
}
