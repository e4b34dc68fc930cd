// Package xls reads workbooks of Excel 97 to 2003 and of WPS Spreadsheets
// (.xls, .et): every sheet that is shown, its numbers as Excel shows them, its
// merged cells. A cell whose number is shown as another one, by rounding, and a
// format that is not known are put in doubt. Charts, pictures and comments are
// left out. It reads no workbooks of before Excel 97 and none with a password.
package xls

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"nianbao/extract"
	"nianbao/extract/office/numfmt"
	"nianbao/extract/office/ole"
	"nianbao/extract/office/sheet"
)

const mediaType = extract.TypeXLS

// Limits of a workbook.
const (
	maxTexts = 500_000
	maxCells = 250_000
)

// Read reads a workbook. The error is an *extract.Refusal where the workbook
// itself is the reason.
func Read(b []byte) (*extract.Document, error) {
	f, err := ole.Open(b)
	if err != nil {
		return nil, damaged(err)
	}
	if !f.Has("Workbook") && f.Has("Book") {
		return nil, old()
	}
	stream, err := f.Stream("Workbook")
	if err != nil {
		return nil, damaged(err)
	}
	return read(stream)
}

func read(stream []byte) (*extract.Document, error) {
	w := workbook{stream: stream, formats: map[int]string{}}
	if err := w.globals(); err != nil {
		return nil, err
	}
	var sheets []sheet.Sheet
	for _, s := range w.sheets {
		sheets = append(sheets, w.sheet(s))
		if sheet.Full(sheets) {
			break
		}
	}
	doc, err := sheet.Document("xls", mediaType, sheets)
	if err != nil {
		return nil, err
	}
	if w.cut != nil {
		for i := range doc.Tables {
			t := &doc.Tables[i]
			t.Doubts = append(t.Doubts, extract.Doubt{Kind: "damaged", Row: -1, Col: -1})
		}
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "damaged", Message: w.cut.Error() + "; compare with the workbook in Excel"})
	}
	return doc, nil
}

func damaged(err error) error {
	return &extract.Refusal{Code: extract.RefusedDamaged, Detail: err.Error() + "; get the file again, or open it in Excel and save it as .xlsx"}
}

func old() error {
	return &extract.Refusal{Code: extract.RefusedUnsupported, Detail: "the workbook was written by Excel 95 or older; reading it needs LibreOffice: open it there and save it as .xlsx"}
}

// workbook is what the sheets have in common.
type workbook struct {
	stream   []byte
	sheets   []place
	texts    []string
	formats  map[int]string
	styles   []style
	date1904 bool
	cut      error // the first thing that could not be read
}

type place struct {
	name   string
	at     int
	hidden bool
}

type style struct {
	format int
	framed bool
}

// globals reads what stands before the sheets.
func (w *workbook) globals() error {
	first := true
	for r := range records(w.stream, 0) {
		d := r.data()
		if first {
			if r.kind != recBOF || len(d) < 4 {
				if r.kind&0xFF == 0x09 {
					return old()
				}
				return damaged(errors.New("the workbook does not begin as one"))
			}
			if u16(d, 0) != 0x0600 {
				return old()
			}
			first = false
		}
		switch {
		case r.kind == recEOF:
			return nil
		case r.kind == recFilePass:
			return &extract.Refusal{Code: extract.RefusedEncrypted, Detail: "the workbook is locked with a password; open it in Excel, remove the password and save it"}
		case r.kind == recDate1904 && len(d) >= 2:
			w.date1904 = u16(d, 0) != 0
		case r.kind == recBoundSheet && len(d) >= 8:
			if d[5] != 0 { // a chart or macros
				continue
			}
			c := cursor{[][]byte{d[6:]}}
			name, err := c.text(1)
			if err != nil {
				name = fmt.Sprint(len(w.sheets) + 1)
			}
			w.sheets = append(w.sheets, place{name, u32(d, 0), d[4]&3 != 0})
		case r.kind == recFormat && len(d) >= 2:
			c := cursor{[][]byte{d[2:]}}
			if code, err := c.text(2); err == nil {
				w.formats[u16(d, 0)] = code
			}
		case r.kind == recXF:
			s := style{}
			if len(d) >= 14 {
				s = style{u16(d, 2), u16(d, 10) != 0}
			}
			w.styles = append(w.styles, s)
		case r.kind == recSST && len(d) >= 8:
			if err := w.readTexts(&r); err != nil {
				return err
			}
		}
	}
	if first {
		return damaged(errors.New("the workbook is empty"))
	}
	return nil
}

func (w *workbook) readTexts(r *record) error {
	n := u32(r.data(), 4)
	if n > maxTexts {
		return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("the workbook declares %d texts; this is no report", n)}
	}
	c := cursor{slices.Clone(r.parts)}
	c.parts[0] = c.parts[0][8:]
	for range n {
		s, err := c.text(2)
		if err != nil {
			w.fail(fmt.Errorf("of %d texts %d are there", n, len(w.texts)))
			return nil
		}
		w.texts = append(w.texts, s)
	}
	return nil
}

func (w *workbook) fail(err error) {
	if w.cut == nil {
		w.cut = err
	}
}

// shown is a number as its style shows it, and whether it shows all of it.
func (w *workbook) shown(v float64, xf int) (string, bool) {
	code, format := "", 0
	if xf < len(w.styles) {
		format = w.styles[xf].format
	}
	if custom, ok := w.formats[format]; ok {
		code = custom
	} else {
		code = numfmt.Builtin(format)
	}
	s, known := numfmt.Format(v, code, w.date1904)
	return s, !known || numfmt.Differ(s, numfmt.General(v)) || strings.TrimSpace(s) == ""
}
