package extract

import (
	"fmt"
	"unicode/utf8"
)

// What a Document may hold: some ten times the longest reports. What comes after
// reading takes time by each of these.
const (
	maxLines      = 15_000
	maxTables     = 5_000
	maxCells      = 300_000
	maxCharacters = 1_500_000
)

// Bounded refuses a Document that is larger than any report.
func (d *Document) Bounded() error {
	characters := utf8.RuneCountInString(d.Title)
	for i := range d.Meta {
		characters += utf8.RuneCountInString(d.Meta[i].Content)
	}
	for i := range d.Lines {
		characters += utf8.RuneCountInString(d.Lines[i].Text)
	}
	cells := 0
	for i := range d.Tables {
		cells += len(d.Tables[i].Cells)
		for j := range d.Tables[i].Cells {
			characters += utf8.RuneCountInString(d.Tables[i].Cells[j].Text)
		}
	}
	for _, x := range []struct {
		n, most int
		what    string
	}{
		{len(d.Lines), maxLines, "lines"},
		{len(d.Tables), maxTables, "tables"},
		{cells, maxCells, "cells"},
		{characters, maxCharacters, "characters"},
	} {
		if x.n > x.most {
			return &Refusal{Code: RefusedTooLarge, Detail: fmt.Sprintf(
				"it holds %d %s, and a report of more than %d is not read; if there is one in it, save that part as a file of its own", x.n, x.what, x.most)}
		}
	}
	return nil
}
