// Package rtf reads Rich Text Format: the text in its order with its tables,
// then text boxes and footnotes. Headers, footers, comments, deleted and hidden
// text, pictures and the instructions of fields are left out, and so is every
// destination it does not know. Bytes are decoded by the charset of their font,
// or by the code page that the document names. Cells get their columns from
// their edges, by package rows.
package rtf

import (
	"bytes"
	"fmt"

	"nianbao/extract"
	"nianbao/extract/office/rows"
)

const mediaType = "application/rtf"

// Limits of a document. Pictures are written out as digits, so that files of
// some 10 MB are usual.
const (
	maxBytes = 128 << 20
	maxDepth = 1000 // of groups; programs write some 20
)

// Read reads a document. The error is an *extract.Refusal where the document
// itself is the reason.
func Read(b []byte) (*extract.Document, error) {
	if len(b) > maxBytes {
		return nil, tooLarge(fmt.Sprintf("the document has %d MB, the limit is %d MB", len(b)>>20, maxBytes>>20))
	}
	at := bytes.Index(b[:min(len(b), 1024)], []byte(`{\rtf`))
	if at < 0 {
		return nil, &extract.Refusal{Code: extract.RefusedDamaged, Detail: `the document does not begin with {\rtf; get it again`}
	}
	r := newReader(b[at:])
	if err := r.read(); err != nil {
		return nil, err
	}
	doc := &extract.Document{MediaType: mediaType}
	doc.Lines, doc.Tables = r.finish()
	if len(doc.Tables) == 0 && r.main.Images > 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: extract.WarnImage, Message: fmt.Sprintf(
			"the document has %d pictures and no table; the tables may be pictures", r.main.Images)})
	}
	if len(r.groups) > 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "damaged", Message: fmt.Sprintf(
			"the document ends within %d groups and is cut off; get it again", len(r.groups))})
	}
	if r.torn {
		for i := range doc.Tables {
			t := &doc.Tables[i]
			t.Doubts = append(t.Doubts, extract.Doubt{Kind: "damaged", Row: -1, Col: -1})
		}
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "damaged", Message: "groups of the document do not close where they should, and parts of it may be lost; compare with the document in Word"})
	}
	if r.undecodable > 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "charset", Message: fmt.Sprintf(
			"%d places could not be decoded and stand as U+FFFD; compare with the document in Word", r.undecodable)})
	}
	return doc, nil
}

func tooLarge(detail string) error {
	return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: detail + "; this is no report"}
}

// reader goes through the document once.
type reader struct {
	in     []byte
	groups []group // around the one that is open
	now    group

	main, boxes, notes rows.Builder // what is shown, and what stands beside it

	codepage    int
	fonts       map[int]int // charset by font
	font        int         // that the font table speaks of
	pending     []byte      // bytes that are not decoded yet
	undecodable int
	high        rune          // first half of a character
	skip        int           // characters that stand in for the one just read
	defs        [2]definition // of rows, and of rows in tables within tables
	instruction []byte        // of a field: its first letters
	torn        bool          // groups do not close where they should
}

// group is what a group takes over from the one around it.
type group struct {
	to      destination
	shown   destination // of the groups around, where this one may go back to
	star    bool        // the group begins with \*
	fresh   bool        // nothing of the group was read yet
	uc      int
	fonts   [4]int // plain, \loch, \hich, \dbch
	class   int    // which of them text is in
	hidden  bool
	deleted bool
	struck  bool
	raised  bool
	nested  bool // declares a row of a table within a table
	para    paragraph
}

type paragraph struct {
	inTable bool
	depth   int
	heading bool
}

// destination is where text goes.
type destination uint8

const (
	toMain destination = iota
	toBoxes
	toNotes
	toNothing
	toFonts
	toField  // the instruction of a field
	toNumber // of a list
)

// definition is a row as it was declared last.
type definition struct {
	left  int
	cells []rows.Cell
	next  rows.Cell // with the flags of the cell to be declared
}

func newReader(b []byte) *reader {
	r := &reader{in: b, codepage: codepageUnknown, fonts: map[int]int{}}
	for _, out := range []*rows.Builder{&r.main, &r.boxes, &r.notes} {
		out.Reader = "rtf"
	}
	r.now = group{uc: 1}
	return r
}

// finish puts what stands beside the text behind it.
func (r *reader) finish() ([]extract.Line, []extract.Table) {
	if !r.main.Blank() { // a document that is cut off may end within a cell
		r.main.Paragraph(r.now.para.tables(), false)
	}
	lines, tables := r.main.Document()
	for _, out := range []*rows.Builder{&r.boxes, &r.notes} {
		l, t := out.Document()
		for i := range t {
			t[i].Line += len(lines)
		}
		lines, tables = append(lines, l...), append(tables, t...)
	}
	return lines, tables
}

// out is the builder that text goes to, nil where it goes nowhere.
func (r *reader) out() *rows.Builder {
	switch r.now.to {
	case toMain:
		return &r.main
	case toBoxes:
		return &r.boxes
	case toNotes:
		return &r.notes
	case toNumber:
		return r.builder(r.now.shown)
	}
	return nil
}

func (r *reader) builder(d destination) *rows.Builder {
	switch d {
	case toMain:
		return &r.main
	case toBoxes:
		return &r.boxes
	case toNotes:
		return &r.notes
	}
	return nil
}
