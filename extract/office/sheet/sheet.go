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
	w := writer{Builder: rows.Builder{Reader: reader}}
	var hidden []string
	for i := range sheets {
		s := &sheets[i]
		if s.Hidden {
			if len(s.Cells) > 0 {
				hidden = append(hidden, s.Name)
			}
			continue
		}
		if !s.write(&w) || w.Full() {
			return nil, large
		}
	}
	doc := &extract.Document{MediaType: mediaType}
	doc.Lines, doc.Tables = w.Document()
	if len(hidden) > 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "hidden", Message: fmt.Sprintf(
			"hidden sheets are not read: %s; show them in the program if they belong to the report", strings.Join(hidden, ", "))})
	}
	return doc, nil
}

// writer is where sheets are written to, one after the other.
type writer struct {
	rows.Builder
	columns []int // of the table before
}

// line is a row of a sheet that has text.
type line struct {
	row   int
	cells []Cell
}

// write divides a sheet into lines and blocks of rows. It says false where
// there are too many merged cells.
func (s *Sheet) write(out *writer) bool {
	covered, ok := s.cover()
	if !ok {
		return false
	}
	var all []line
	framed := false
	hides := map[Merge]bool{} // a text that nobody sees
	for _, c := range s.Cells {
		if s.HiddenRows[c.Row] || s.HiddenCols[c.Col] {
			continue
		}
		if m, ok := covered.over(c.Row, c.Col); ok {
			hides[m] = true
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
		s.block(out, all[i:j], covered, hides)
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

func text(out *writer, cells []Cell) {
	for _, c := range cells {
		out.Text(c.Text)
		out.Paragraph(0, false)
	}
}

// block writes rows as one table. Only columns in which a cell has text, or a
// merged one begins, are columns of it, and those of the table before if that goes
// on here.
func (s *Sheet) block(out *writer, all []line, covered covers, hides map[Merge]bool) {
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
	if !headed(all, covered) {
		columns = goOn(out.columns, columns)
	}
	out.columns = columns
	for _, l := range all {
		reach := map[int]Merge{} // by column
		for _, m := range covered[l.row] {
			if _, taken := reach[m.Col]; !taken && !beside(m) {
				reach[m.Col] = m
			}
		}
		row(out, l, first, columns, reach, hides)
		if out.Full() {
			return
		}
	}
}

// headed says whether every column of numbers has a text above them.
func headed(all []line, covered covers) bool {
	texts := map[int]bool{}
	for _, l := range all {
		for _, c := range l.cells {
			if numeric(c.Text) && !texts[c.Col] {
				return false
			}
		}
		for _, c := range l.cells {
			if numeric(c.Text) {
				continue
			}
			texts[c.Col] = true
			for _, m := range covered[l.row] {
				for col := m.Col; m.Row == l.row && m.Col == c.Col && col < min(m.Col+m.Cols, m.Col+maxReached); col++ {
					texts[col] = true
				}
			}
		}
	}
	return true
}

func numeric(s string) bool {
	return strings.ContainsAny(s, "0123456789０１２３４５６７８９") && strings.Trim(s, "0123456789０１２３４５６７８９+-.,，%件 ") == ""
}

// goOn adds the columns of the table before to those of one that has numbers under
// no heading, if it stands within its width and for the most part in its columns: a
// table in pieces has columns in which a piece has nothing.
func goOn(before, columns []int) []int {
	common := 0
	for _, col := range columns {
		if slices.Contains(before, col) {
			common++
		}
	}
	if 2*common <= len(columns) || columns[0] < before[0] || columns[len(columns)-1] > before[len(before)-1] {
		return columns
	}
	all := slices.Concat(before, columns)
	slices.Sort(all)
	return slices.Compact(all)
}

// row writes one row of a table that begins in row first of the sheet.
func row(out *writer, l line, first int, columns []int, reach map[int]Merge, hides map[Merge]bool) {
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
			if begins && hides[m] {
				out.Note(layout.Covered)
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

// over is the merged cell that hides a place, if one does.
func (c covers) over(row, col int) (Merge, bool) {
	for _, m := range c[row] {
		if row >= m.Row && col >= m.Col && col < m.Col+m.Cols && (row != m.Row || col != m.Col) {
			return m, true
		}
	}
	return Merge{}, false
}
