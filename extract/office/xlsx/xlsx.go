// Package xlsx reads workbooks of Excel 2007 and later: every sheet that is
// shown, its numbers as Excel shows them, its merged cells. A cell whose number
// is shown as another one, by rounding, and a formula without a result are put
// in doubt. Charts, pictures and comments are left out.
package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"nianbao/extract"
	"nianbao/extract/office/numfmt"
	"nianbao/extract/office/sheet"
)

const mediaType = extract.TypeXLSX

// Read reads a workbook. The error is an *extract.Refusal where the workbook
// itself is the reason.
func Read(b []byte) (doc *extract.Document, err error) {
	defer func() {
		if p := recover(); p != nil { // in the library, over a damaged file
			doc, err = nil, damaged(fmt.Errorf("%v", p))
		}
	}()
	if err := vet(b); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	switch {
	case err != nil && strings.Contains(err.Error(), "unzip size exceeds"):
		return nil, tooLarge("unpacks to more than %d MB", maxUnzipped>>20)
	case err != nil:
		return nil, damaged(err)
	}
	defer f.Close()
	var sheets []sheet.Sheet
	room := maxRoom
	for _, name := range f.GetSheetList() {
		s, err := read(f, name, &room)
		if errors.Is(err, errRoom) {
			return nil, tooLarge("has more cells in sheet %s than any report", name)
		}
		if err != nil {
			return nil, damaged(fmt.Errorf("sheet %s: %w", name, err))
		}
		sheets = append(sheets, s)
		if sheet.Full(sheets) {
			break
		}
	}
	return sheet.Document("xlsx", mediaType, sheets)
}

func damaged(err error) error {
	return &extract.Refusal{Code: extract.RefusedDamaged, Detail: err.Error() + "; get the file again, or open it in Excel and save it anew"}
}

func read(f *excelize.File, name string, room *int) (sheet.Sheet, error) {
	s := sheet.Sheet{Name: name, HiddenRows: map[int]bool{}, HiddenCols: map[int]bool{}}
	visible, err := f.GetSheetVisible(name)
	if err != nil {
		return s, err
	}
	s.Hidden = !visible
	shown, err := f.Rows(name)
	if err != nil {
		return s, err
	}
	defer shown.Close()
	raw, err := f.Rows(name)
	if err != nil {
		return s, err
	}
	defer raw.Close()
	cols := 0
	for row := 0; shown.Next() && raw.Next(); row++ {
		texts, err := shown.Columns()
		if err != nil {
			return s, err
		}
		values, err := raw.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return s, err
		}
		if shown.GetRowOpts().Hidden {
			s.HiddenRows[row] = true
		}
		cols = max(cols, len(texts))
		for col, text := range texts {
			*room -= len(text) / 8
			if strings.TrimSpace(text) == "" {
				continue
			}
			c := sheet.Cell{Row: row, Col: col, Text: text}
			if col < len(values) && values[col] != text {
				c.Object = numfmt.Differ(text, values[col])
			}
			s.Cells = append(s.Cells, c)
		}
		if *room -= 1 + len(texts); *room < 0 {
			return s, errRoom
		}
	}
	for col := range cols {
		letters, err := excelize.ColumnNumberToName(col + 1)
		if err != nil {
			return s, err
		}
		if visible, err := f.GetColVisible(name, letters); err == nil && !visible {
			s.HiddenCols[col] = true
		}
	}
	return s, frames(f, &s)
}

// maxRoom bounds the cells of all sheets, blank ones before others included, and
// what their texts take: the library holds them all.
const maxRoom = 2_000_000

var errRoom = errors.New("cells lie far apart")

// frames reads the merged cells and which cells have a border.
func frames(f *excelize.File, s *sheet.Sheet) error {
	merges, err := f.GetMergeCells(s.Name, true)
	if err != nil {
		return err
	}
	for _, m := range merges {
		c1, r1, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err != nil {
			continue
		}
		c2, r2, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil {
			continue
		}
		s.Merges = append(s.Merges, sheet.Merge{Row: r1 - 1, Col: c1 - 1, Rows: r2 - r1 + 1, Cols: c2 - c1 + 1})
	}
	framed := map[int]bool{}
	for i := range s.Cells {
		c := &s.Cells[i]
		name, err := excelize.CoordinatesToCellName(c.Col+1, c.Row+1)
		if err != nil {
			return err
		}
		style, err := f.GetCellStyle(s.Name, name)
		if err != nil {
			return err
		}
		known, ok := framed[style]
		if !ok {
			if st, err := f.GetStyle(style); err == nil {
				for _, b := range st.Border {
					known = known || b.Style > 0 && !strings.HasPrefix(b.Type, "diagonal")
				}
			}
			framed[style] = known
		}
		c.Framed = known
	}
	return nil
}
