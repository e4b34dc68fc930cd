// Package rows makes lines and tables of what word processors write: a stream
// of paragraphs, ends of cells and ends of rows, whose cells have edges at any
// place. It finds the rows of each table, tables that stand in one without a
// gap, and merged cells; package layout makes the rest of it. What is odd about a table is noted as its
// doubts: undefined (a row has other cells than it declares), overlap, no_width,
// merge_uneven, merged_text (text in a cell that a merge covers), open_row (a
// row has no end), nested_table, image, struck_out, superscript, control, object.
//
// It knows no file format.
package rows

import (
	"strings"
	"unicode"

	"nianbao/extract"
	"nianbao/extract/charset"
	"nianbao/extract/layout"
)

// Limits of a document.
const (
	maxDepth = 32 // of tables in tables; what is deeper counts as this deep
	maxCells = 300_000
	maxItems = 1_000_000
	maxWidth = 1000 // cells of a row; Word has 63
)

// Merge is a cell's part in a vertical merge.
type Merge uint8

// Parts in a merge.
const (
	Alone Merge = iota
	First       // of the merged cells, from above
	Next
)

// Cell is where a row has a cell, in any unit of about a twentieth of a point.
type Cell struct {
	Left, Right int
	Down        Merge
	Joined      bool // continues the cell on its left
}

// Builder gathers a document in its order.
type Builder struct {
	Reader string // the name that cells get
	Images int    // pictures met

	line   strings.Builder
	last   rune // last character of the line
	gap    bool // blank space after it
	marks  layout.Marks
	ended  []string // lines of the paragraph before its last one
	levels []level  // the text outside tables, then the tables that are open
	cells  int
	items  int
}

// level is a table that is open; the first one is the text outside tables.
type level struct {
	rows  []row
	cells []layout.Content // of the row that is open
	open  layout.Content   // the cell that is open
}

type row struct {
	cells  []layout.Content
	places []Cell
	open   bool // it had no end
}

// Text adds the characters of s to the paragraph that is open.
func (b *Builder) Text(s string) {
	for _, c := range s {
		b.Rune(c)
	}
}

// Rune adds a character to the paragraph that is open. Blanks shrink to one.
func (b *Builder) Rune(c rune) {
	switch {
	case c == '\n':
		b.ended = append(b.ended, b.takeLine())
	case unicode.IsSpace(c):
		b.gap = true
	case charset.Control(c):
		b.marks |= layout.Control
	case charset.Invisible(c):
	default:
		if b.gap && b.line.Len() > 0 {
			b.line.WriteByte(' ')
		}
		b.gap = false
		b.line.WriteRune(c)
		b.last = c
	}
}

// Note marks the cell that is open.
func (b *Builder) Note(m layout.Marks) {
	if m&layout.Image != 0 {
		b.Images++
	}
	b.marks |= m
}

// RaisedRune adds a character that stands above or below the line. Behind a
// digit it is no digit of that number and is left away.
func (b *Builder) RaisedRune(c rune) {
	if unicode.IsSpace(c) {
		b.Rune(c)
		return
	}
	if b.line.Len() > 0 {
		b.marks |= layout.Raised
		if !b.gap && unicode.IsDigit(b.last) {
			return
		}
	}
	b.Rune(c)
}

func (b *Builder) takeLine() string {
	s := b.line.String()
	b.line.Reset()
	b.gap, b.last = false, 0
	return s
}

// Blank says whether the paragraph that is open has no text yet.
func (b *Builder) Blank() bool { return b.line.Len() == 0 && len(b.ended) == 0 }

// InRow says whether a row has cells and no end yet.
func (b *Builder) InRow() bool { return len(b.levels) > 1 && len(b.levels[1].cells) > 0 }

// Paragraph ends a paragraph that stands in so many tables, one within the
// other; 0 is outside tables.
func (b *Builder) Paragraph(depth int, heading bool) {
	at := b.at(depth)
	for _, s := range append(b.ended, b.takeLine()) {
		if s != "" {
			at.open.Items = append(at.open.Items, layout.Item{Line: extract.Line{Text: s, Heading: heading}})
			b.items++
		}
	}
	b.ended = b.ended[:0]
	at.open.Marks |= b.marks
	b.marks = 0
}

// at closes the tables that are deeper than depth and opens those up to it.
func (b *Builder) at(depth int) *level {
	depth = min(max(depth, 0), maxDepth)
	for len(b.levels) <= depth {
		b.levels = append(b.levels, level{})
	}
	for len(b.levels) > depth+1 {
		b.closeTable()
	}
	return &b.levels[depth]
}

// CellEnd ends a cell of the table at depth; its last paragraph has ended.
func (b *Builder) CellEnd(depth int) {
	at := b.at(max(depth, 1))
	at.cells = append(at.cells, at.open)
	at.open = layout.Content{}
	b.cells++
}

// RowEnd ends a row whose cells stand at places. A row that is gone was deleted
// or hidden; it stays if it has text.
func (b *Builder) RowEnd(depth int, places []Cell, gone bool) {
	at := b.at(max(depth, 1))
	if len(at.open.Items) > 0 { // text behind the last cell
		at.cells = append(at.cells, at.open)
	}
	at.open = layout.Content{}
	r := row{cells: at.cells, places: places}
	at.cells = nil
	if len(r.cells) > maxWidth {
		b.cells = maxCells + 1
	}
	if len(r.cells) == 0 || gone && empty(r.cells) {
		return
	}
	at.rows = append(at.rows, r)
}

// closeTable makes items of the innermost table and adds them to the cell
// around it.
func (b *Builder) closeTable() {
	n := len(b.levels) - 1
	l := &b.levels[n]
	if len(l.open.Items) > 0 {
		l.cells = append(l.cells, l.open)
	}
	if len(l.cells) > 0 {
		l.rows = append(l.rows, row{cells: l.cells, open: true})
	}
	items := table(l.rows, b.Reader)
	b.levels[n] = level{}
	b.levels = b.levels[:n]
	outer := &b.levels[n-1].open
	outer.Items = append(outer.Items, items...)
}

// Full says whether there is more than any report holds.
func (b *Builder) Full() bool { return b.cells > maxCells || b.items > maxItems }

// Document ends the document and gives its lines and tables.
func (b *Builder) Document() ([]extract.Line, []extract.Table) {
	if !b.Blank() {
		b.Paragraph(0, false)
	}
	doc := layout.Document(b.at(0).open.Items)
	return doc.Lines, doc.Tables
}
