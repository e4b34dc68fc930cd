package xls

import (
	"cmp"
	"fmt"
	"slices"

	"nianbao/extract/office/sheet"
)

// sheet reads one sheet.
func (w *workbook) sheet(p place) sheet.Sheet {
	s := sheet.Sheet{Name: p.name, Hidden: p.hidden, HiddenRows: map[int]bool{}, HiddenCols: map[int]bool{}}
	r := reader{workbook: w, out: &s}
	depth, ended := 0, false
	var among cellTable
	for rec := range records(w.stream, p.at) {
		if depth == 0 && rec.kind != recBOF {
			break
		}
		switch rec.kind {
		case recBOF: // those within are charts
			depth++
		case recEOF:
			depth--
			ended = depth == 0
		default:
			if rec.kind == 0 { // no program writes it: zero bytes
				w.fail(fmt.Errorf("sheet %s has a hole", p.name))
			}
			if depth == 1 {
				if among.strange(rec.kind) {
					w.fail(fmt.Errorf("sheet %s has a record of kind %#x among its cells", p.name, among.odd))
				}
				r.record(&rec)
			}
		}
		if ended || len(s.Cells) > maxCells {
			break
		}
	}
	if !ended && len(s.Cells) <= maxCells {
		w.fail(fmt.Errorf("sheet %s is cut off", p.name))
	}
	// Every program writes cells in their order: one that is not in it lies in
	// another place than it was put.
	byPlace := func(a, b sheet.Cell) int { return cmp.Or(a.Row-b.Row, a.Col-b.Col) }
	if !slices.IsSortedFunc(s.Cells, byPlace) {
		w.fail(fmt.Errorf("sheet %s has cells out of their order", p.name))
		slices.SortStableFunc(s.Cells, byPlace)
	}
	n := len(s.Cells)
	s.Cells = slices.CompactFunc(s.Cells, func(a, b sheet.Cell) bool { return byPlace(a, b) == 0 })
	if len(s.Cells) < n {
		w.fail(fmt.Errorf("sheet %s has two cells in one place", p.name))
	}
	return s
}

// cellTable follows the records of a sheet's cells.
type cellTable struct {
	begun bool
	odd   int // the kind of a record that does not belong there
}

// strange says, at a cell, whether a record stood between it and the cells before
// that no program writes there: it may have been a cell.
func (t *cellTable) strange(kind int) bool {
	switch kind {
	case recLabelSST, recLabel, recRString, recNumber, recRK, recMulRK, recBoolErr, recFormula, recBlank, recMulBlank:
		was := t.odd
		t.begun = true
		if was != 0 {
			return true
		}
	default:
		if t.begun && !slices.Contains(besideCells, kind) && kind>>8 != future {
			t.odd = kind
		}
	}
	return false
}

type reader struct {
	*workbook
	out *sheet.Sheet
	// A formula whose text follows in a record of its own.
	waiting         bool
	row, col, style int
}

func (r *reader) add(row, col, xf int, text string, object bool) {
	if text == "" && !object {
		return
	}
	c := sheet.Cell{Row: row, Col: col, Text: text, Object: object}
	c.Framed = xf < len(r.styles) && r.styles[xf].framed
	r.out.Cells = append(r.out.Cells, c)
}

func (r *reader) number(row, col, xf int, v float64) {
	s, object := r.shown(v, xf)
	r.add(row, col, xf, s, object)
}

func (r *reader) record(rec *record) {
	d := rec.data()
	switch rec.kind {
	case recRow:
		if len(d) >= 14 && u16(d, 12)&0x20 != 0 {
			r.out.HiddenRows[u16(d, 0)] = true
		}
		return
	case recColInfo:
		if len(d) >= 10 && u16(d, 8)&1 != 0 {
			for col := u16(d, 0); col <= min(u16(d, 2), 255); col++ {
				r.out.HiddenCols[col] = true
			}
		}
		return
	case recMergedCells:
		for i := 2; i+8 <= len(d); i += 8 {
			m := sheet.Merge{Row: u16(d, i), Col: u16(d, i+4), Rows: u16(d, i+2) - u16(d, i) + 1, Cols: u16(d, i+6) - u16(d, i+4) + 1}
			if m.Rows > 0 && m.Cols > 0 {
				r.out.Merges = append(r.out.Merges, m)
			}
		}
		return
	case recString:
		if r.waiting {
			r.waiting = false
			c := cursor{slices.Clone(rec.parts)}
			s, err := c.text(2)
			r.add(r.row, r.col, r.style, s, err != nil)
		}
		return
	}
	if len(d) < 6 {
		return
	}
	row, col, xf := u16(d, 0), u16(d, 2), u16(d, 4)
	switch rec.kind {
	case recLabelSST, recLabel, recRString, recNumber, recRK, recBoolErr, recFormula:
		if col > 255 || xf >= len(r.styles) && len(r.styles) > 0 {
			r.fail(fmt.Errorf("sheet %s has a cell in column %d with style %d", r.out.Name, col, xf))
			return
		}
	}
	switch rec.kind {
	case recLabelSST:
		if len(d) < 10 {
			return
		}
		if i := u32(d, 6); i < len(r.texts) {
			r.add(row, col, xf, r.texts[i], false)
		} else {
			r.add(row, col, xf, "\uFFFD", true)
		}
	case recLabel, recRString:
		c := cursor{slices.Clone(rec.parts)}
		c.parts[0] = d[6:]
		s, err := c.text(2)
		r.add(row, col, xf, s, err != nil)
	case recNumber:
		if len(d) >= 14 {
			r.number(row, col, xf, f64(d, 6))
		}
	case recRK:
		if len(d) >= 10 {
			r.number(row, col, xf, rk(uint32(u32(d, 6))))
		}
	case recMulRK:
		if n := (len(d) - 6) / 6; len(d)%6 != 0 || u16(d, len(d)-2) != col+n-1 {
			r.fail(fmt.Errorf("sheet %s has a row of numbers that ends elsewhere than it says", r.out.Name))
		}
		for i := 4; i+8 <= len(d); i += 6 {
			r.number(row, col+(i-4)/6, u16(d, i), rk(uint32(u32(d, i+2))))
		}
	case recBoolErr:
		if len(d) >= 8 {
			r.boolErr(row, col, xf, d[6], d[7] != 0)
		}
	case recFormula:
		if len(d) >= 14 {
			r.formula(row, col, xf, d)
		}
	}
}

// formula reads the result that the file keeps of a formula.
func (r *reader) formula(row, col, xf int, d []byte) {
	if u16(d, 12) != 0xFFFF {
		r.number(row, col, xf, f64(d, 6))
		return
	}
	switch d[6] {
	case 0:
		r.waiting, r.row, r.col, r.style = true, row, col, xf
	case 1, 2:
		r.boolErr(row, col, xf, d[8], d[6] == 2)
	}
}

func (r *reader) boolErr(row, col, xf int, v byte, wrong bool) {
	switch {
	case wrong:
		r.add(row, col, xf, "#N/A", true)
	case v != 0:
		r.add(row, col, xf, "TRUE", false)
	default:
		r.add(row, col, xf, "FALSE", false)
	}
}
