// Package rows makes lines and tables of what word processors write: a stream
// of paragraphs, ends of cells and ends of rows, whose cells have edges at any
// place. The columns of a table come from the edges of all its rows; tables
// within cells become text of the cell, or, where the outer table only lays the
// page out, tables of their own. What is odd about a table is noted as its
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

// Marks are things in a cell that its text does not show.
type Marks uint8

// Marks of a cell.
const (
	Image Marks = 1 << iota
	Struck
	Raised
	Control
	Object // something is shown that is not text: a formula, a symbol of a font
)

var marks = [...]struct {
	mark Marks
	kind string
}{{Image, "image"}, {Struck, "struck_out"}, {Raised, "superscript"}, {Control, "control"}, {Object, "object"}}

// Builder gathers a document in its order.
type Builder struct {
	Reader string // the name that cells get
	Images int    // pictures met

	line   strings.Builder
	last   rune // last character of the line
	gap    bool // blank space after it
	marks  Marks
	ended  []string // lines of the paragraph before its last one
	levels []level  // the text outside tables, then the tables that are open
	cells  int
	items  int
}

// level is a table that is open; the first one is the text outside tables.
type level struct {
	rows  []row
	cells []content // of the row that is open
	open  content   // the cell that is open
}

type content struct {
	items []item
	marks Marks
}

type row struct {
	cells  []content
	places []Cell
	open   bool // it had no end
}

// item is a line or a table.
type item struct {
	line  extract.Line
	table *extract.Table
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
		b.marks |= Control
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
func (b *Builder) Note(m Marks) {
	if m&Image != 0 {
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
		b.marks |= Raised
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
			at.open.items = append(at.open.items, item{line: extract.Line{Text: s, Heading: heading}})
			b.items++
		}
	}
	b.ended = b.ended[:0]
	at.open.marks |= b.marks
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
	at.open = content{}
	b.cells++
}

// RowEnd ends a row whose cells stand at places. A row that is gone was deleted
// or hidden; it stays if it has text.
func (b *Builder) RowEnd(depth int, places []Cell, gone bool) {
	at := b.at(max(depth, 1))
	if len(at.open.items) > 0 { // text behind the last cell
		at.cells = append(at.cells, at.open)
	}
	at.open = content{}
	r := row{cells: at.cells, places: places}
	at.cells = nil
	if len(r.cells) > maxWidth {
		b.cells = maxCells + 1
	}
	if len(r.cells) == 0 || gone && r.filled() == 0 {
		return
	}
	at.rows = append(at.rows, r)
}

// closeTable makes items of the innermost table and adds them to the cell
// around it.
func (b *Builder) closeTable() {
	n := len(b.levels) - 1
	l := &b.levels[n]
	if len(l.open.items) > 0 {
		l.cells = append(l.cells, l.open)
	}
	if len(l.cells) > 0 {
		l.rows = append(l.rows, row{cells: l.cells, open: true})
	}
	items := b.table(l.rows)
	b.levels[n] = level{}
	b.levels = b.levels[:n]
	outer := &b.levels[n-1].open
	outer.items = append(outer.items, items...)
}

// Full says whether there is more than any report holds.
func (b *Builder) Full() bool { return b.cells > maxCells || b.items > maxItems }

// Document ends the document and gives its lines and tables.
func (b *Builder) Document() ([]extract.Line, []extract.Table) {
	if !b.Blank() {
		b.Paragraph(0, false)
	}
	lines, tables := []extract.Line{}, []extract.Table{}
	for _, it := range b.at(0).open.items {
		if it.table == nil {
			lines = append(lines, it.line)
			continue
		}
		it.table.Line = len(lines)
		tables = append(tables, *it.table)
	}
	return lines, tables
}
