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
	"nianbao/extract/layout"
	"nianbao/extract/office/rows"
)

// Limits of all sheets together, and of the merged cells that one row meets.
const (
	maxCells   = 200_000
	maxMerges  = 50_000
	maxReached = 1000
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
	large := &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "the file has more cells than any report; save the report's sheet alone"}
	if Full(sheets) {
		return nil, large
	}
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
		if !s.write(&out) || out.Full() {
			return nil, large
		}
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

// write divides a sheet into lines and blocks of rows. It says false where
// there are too many merged cells.
func (s *Sheet) write(out *rows.Builder) bool {
	covered, ok := s.cover()
	if !ok {
		return false
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
		for j < len(all) && s.follows(all, j, covered) && !s.free(all, j, covered, framed, true) {
			j++
		}
		s.block(out, all[i:j], covered)
		out.Paragraph(0, false) // the table ends
		inTable = j < len(all) && s.follows(all, j, covered)
		i = j
	}
	return true
}

// follows says whether nothing lies between a row and the one above: only
// hidden rows, or what a merged cell reaches over.
func (s *Sheet) follows(all []line, i int, covered covers) bool {
	above, below := all[i-1].row, all[i].row
	if slices.ContainsFunc(covered[above], func(m Merge) bool { return m.Row+m.Rows > below }) {
		return true
	}
	for r := above + 1; r < below; r++ {
		if !s.HiddenRows[r] {
			return false
		}
	}
	return true
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

// block writes rows as one table. Only columns in which a cell has text, or a
// merged one begins, are columns of it.
func (s *Sheet) block(out *rows.Builder, all []line, covered covers) {
	first := all[0].row
	var filled, columns []int
	for _, l := range all {
		for _, c := range l.cells {
			filled = append(filled, c.Col)
		}
	}
	slices.Sort(filled)
	filled = slices.Compact(filled)
	columns = slices.Clone(filled)
	// beside is whether a merged cell is an empty one beside the table.
	beside := func(m Merge) bool {
		i, _ := slices.BinarySearch(filled, m.Col)
		return i == len(filled) || filled[i] >= m.Col+m.Cols || s.HiddenCols[m.Col]
	}
	for _, l := range all {
		for _, m := range covered[l.row] {
			if !beside(m) {
				columns = append(columns, m.Col)
			}
		}
	}
	slices.Sort(columns)
	columns = slices.Compact(columns)
	for _, l := range all {
		reach := map[int]Merge{} // by column
		for _, m := range covered[l.row] {
			if _, taken := reach[m.Col]; !taken && !beside(m) {
				reach[m.Col] = m
			}
		}
		row(out, l, first, columns, reach)
		if out.Full() {
			return
		}
	}
}

// row writes one row of a table that begins in row first of the sheet.
func row(out *rows.Builder, l line, first int, columns []int, reach map[int]Merge) {
	var places []rows.Cell
	next := 0 // cell of the line
	for i := 0; i < len(columns); {
		col := columns[i]
		end, begins := i+1, true
		place := rows.Cell{Left: i * columnWidth}
		if m, merged := reach[col]; merged {
			at, _ := slices.BinarySearch(columns, m.Col+m.Cols)
			end = max(end, at)
			begins = m.Row == l.row
			switch {
			case begins && m.Rows > 1, m.Row < first && l.row == first:
				place.Down = rows.First
			case !begins:
				place.Down = rows.Next
			}
		}
		place.Right = end * columnWidth
		for next < len(l.cells) && l.cells[next].Col < col {
			next++
		}
		if begins && next < len(l.cells) && l.cells[next].Col == col {
			out.Text(l.cells[next].Text)
			if l.cells[next].Object {
				out.Note(layout.Object)
			}
		}
		out.Paragraph(1, false)
		out.CellEnd(1)
		places = append(places, place)
		i = end
	}
	out.RowEnd(1, places, false)
}

// columnWidth keeps columns apart in package rows.
const columnWidth = 1000

// covers are the merged cells that each row with text meets.
type covers map[int][]Merge

// cover finds them, and says whether they are as many as a sheet may have.
func (s *Sheet) cover() (covers, bool) {
	var filled []int
	for _, c := range s.Cells {
		if n := len(filled); n == 0 || filled[n-1] != c.Row {
			filled = append(filled, c.Row)
		}
	}
	slices.Sort(filled)
	filled = slices.Compact(filled)
	out := covers{}
	for _, m := range s.Merges {
		i, _ := slices.BinarySearch(filled, m.Row)
		for ; i < len(filled) && filled[i] < m.Row+m.Rows; i++ {
			r := filled[i]
			if out[r] = append(out[r], m); len(out[r]) > maxReached {
				return nil, false
			}
		}
	}
	return out, true
}

// holds says whether a merged cell hides a place.
func (c covers) holds(row, col int) bool {
	for _, m := range c[row] {
		if row >= m.Row && col >= m.Col && col < m.Col+m.Cols && (row != m.Row || col != m.Col) {
			return true
		}
	}
	return false
}
