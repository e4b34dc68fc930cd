// Package layout makes Documents of formats whose text runs on and whose tables
// say themselves which cells they have: web pages, files of word processors. It
// holds the rules that are the same in all of them: when a table holds data and
// when it only lays the page out, how cells become a grid in whose every row and
// column a cell begins, which edges of cells are one edge of a column.
//
// It knows no file format and no meaning of a cell.
package layout

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"nianbao/extract"
	"nianbao/extract/charset"
)

// Item is a line or a table.
type Item struct {
	Line  extract.Line
	Table *extract.Table
}

// Document divides items into lines and tables, in reading order.
func Document(items []Item) *extract.Document {
	doc := &extract.Document{Lines: []extract.Line{}, Tables: []extract.Table{}}
	for _, it := range items {
		if it.Table == nil {
			doc.Lines = append(doc.Lines, it.Line)
			continue
		}
		it.Table.Line = len(doc.Lines)
		doc.Tables = append(doc.Tables, *it.Table)
	}
	return doc
}

// Items are the lines and tables of a document that stands within another.
func Items(doc *extract.Document) []Item {
	var out []Item
	next := 0
	for i := 0; i <= len(doc.Lines); i++ {
		for ; next < len(doc.Tables) && doc.Tables[next].Line <= i; next++ {
			out = append(out, Item{Table: &doc.Tables[next]})
		}
		if i < len(doc.Lines) {
			out = append(out, Item{Line: doc.Lines[i]})
		}
	}
	return out
}

// Clean is a line as it is seen: blanks of all kinds shrink to one, what takes
// no room goes. Control characters become U+FFFD, since each may have been a
// digit or what set two numbers apart; control says that there were some.
func Clean(s string) (line string, control bool) {
	if clean(s) {
		return s, false
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, c := range s {
		switch {
		case charset.Control(c):
			control = true
			c = utf8.RuneError
		case unicode.IsSpace(c):
			gap = true
			continue
		case charset.Invisible(c):
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(c)
	}
	return b.String(), control
}

// clean says whether Clean would change nothing in s, without looking closely.
func clean(s string) bool {
	before := ' '
	for _, c := range s {
		switch {
		case c == ' ' && before == ' ':
			return false
		case c > ' ' && c < 0x7F, c == ' ', c >= 0x3001 && c < 0xFB00, c >= 0xFF01 && c < 0xFFEF:
		default:
			return false
		}
		before = c
	}
	return before != ' ' || s == ""
}
