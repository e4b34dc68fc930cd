package extracttest

import (
	"bytes"

	"nianbao/extract"
)

// Picture is a file that Recogniser reads as a table with a name.
func Picture(name string) []byte {
	return append([]byte("PNG "+name+"\n"), bytes.Repeat([]byte{1}, 4<<10)...)
}

// Recogniser stands for OCR: it reads what Picture makes as a line and a table
// below it, or fails with Err.
type Recogniser struct{ Err error }

// ReadPart reads a picture.
func (r Recogniser) ReadPart(picture []byte, begin func()) ([]extract.Line, []extract.Table, error) {
	name, _, found := bytes.Cut(picture, []byte("\n"))
	if !found || !bytes.HasPrefix(name, []byte("PNG ")) {
		return nil, nil, extract.ErrNoTable
	}
	if r.Err != nil {
		return nil, nil, r.Err
	}
	begin()
	name = name[4:]
	cell := func(row, col int, text string) extract.Cell {
		return extract.Cell{Row: row, Col: col, Text: text, Reader: "ocr", Confidence: 1, Recognised: true}
	}
	return []extract.Line{{Text: "above " + string(name)}}, []extract.Table{{Line: 1, Rows: 2, Cols: 2, Cells: []extract.Cell{
		cell(0, 0, "a"), cell(0, 1, "b"), cell(1, 0, string(name)), cell(1, 1, "1"),
	}}}, nil
}
