// Package doc reads the binary documents of Word 97 to 2003 and of WPS Writer
// (.doc, .wps): the main text with its tables, then text boxes, footnotes and
// endnotes. Headers, footers and comments are left out, as are deleted and
// hidden text and the instructions of fields; automatic numbers are written
// out. Cells get their columns from their edges, by package rows.
//
// It does not read what came before Word 97, nor documents with a password.
package doc

import (
	"encoding/binary"
	"fmt"

	"nianbao/extract"
	"nianbao/extract/office/ole"
	"nianbao/extract/office/rows"
)

const mediaType = "application/msword"

// Limits of a document: a report has some 10,000 characters, and 100 KB are
// said about them.
const (
	maxChars = 2 << 20 // of each story
	maxProps = 64 << 20
)

// Read reads a document. The error is an *extract.Refusal where the document
// itself is the reason.
func Read(b []byte) (*extract.Document, error) {
	f, err := ole.Open(b)
	if err != nil {
		return nil, damaged(err)
	}
	return read(f)
}

// container gives the streams of a document.
type container interface {
	Has(name string) bool
	Stream(name string) ([]byte, error)
}

func read(f container) (*extract.Document, error) {
	r, err := open(f)
	if err != nil {
		return nil, err
	}
	r.main()
	r.notes()
	if r.full() {
		return nil, &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "the document has more tables and paragraphs than any report"}
	}
	doc := &extract.Document{MediaType: mediaType}
	doc.Lines, doc.Tables = r.out.Document()
	if len(doc.Tables) == 0 && r.out.Images > 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: extract.WarnImage, Message: fmt.Sprintf(
			"the document has %d pictures and no table; the tables may be pictures", r.out.Images)})
	}
	if r.lost > 0 {
		for i := range doc.Tables { // what is hidden or merged may be lost
			t := &doc.Tables[i]
			t.Doubts = append(t.Doubts, extract.Doubt{Kind: "damaged", Row: -1, Col: -1})
		}
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "damaged", Message: fmt.Sprintf(
			"%d parts of the document are damaged or missing; compare with the document in Word", r.lost)})
	}
	return doc, nil
}

// reader holds the parts of a document.
type reader struct {
	fib
	text   []byte // the stream WordDocument
	table  []byte // 0Table or 1Table
	data   []byte // Data, or nil
	pieces []piece
	prcs   [][]byte // what pieces refer to
	styles styles
	lists  lists
	para   runs // properties by place in text
	char   runs
	out    rows.Builder
	lost   int // parts that could not be read
	props  int // bytes of properties gone through: small files may refer to them often
}

// full says whether there is more than any report holds.
func (r *reader) full() bool { return r.out.Full() || r.props > maxProps }

// open reads what says where things are.
func open(f container) (*reader, error) {
	text, err := f.Stream("WordDocument")
	if err != nil {
		return nil, damaged(err)
	}
	r := &reader{text: text, out: rows.Builder{Reader: "doc"}}
	if r.fib, err = readFIB(text); err != nil {
		return nil, err
	}
	name := "0Table"
	if r.oneTable {
		name = "1Table"
	}
	if r.table, err = f.Stream(name); err != nil {
		return nil, damaged(err)
	}
	if f.Has("Data") {
		if r.data, err = f.Stream("Data"); err != nil {
			r.lost++
		}
	}
	if err := r.readPieces(); err != nil {
		return nil, damaged(err)
	}
	r.para = r.readRuns(fcPlcfBtePapx, papx)
	r.char = r.readRuns(fcPlcfBteChpx, chpx)
	r.styles = readStyles(r.part(fcStshf))
	r.lists = r.readLists()
	return r, nil
}

// fib is what the file information block says.
type fib struct {
	head     []byte // the stream it begins
	oneTable bool
	stories  [8]int // characters of the main text, footnotes, …
}

// Stories in the order of their text.
const (
	storyMain = iota
	storyFootnotes
	storyHeaders
	storyMacros
	storyComments
	storyEndnotes
	storyBoxes
	storyHeaderBoxes
)

// Places of offset and length in the file information block, by index.
const (
	fcStshf       = 1
	fcPlcfBteChpx = 12
	fcPlcfBtePapx = 13
	fcClx         = 33
	fcPlfLst      = 73
	fcPlfLfo      = 74
)

func readFIB(b []byte) (fib, error) {
	const fixed = 0x9A + 8*(fcPlfLfo+1)
	if len(b) < 0x20 {
		return fib{}, damaged(fmt.Errorf("the document has no header"))
	}
	magic, version, flags := u16(b, 0), u16(b, 2), u16(b, 0x0A)
	switch {
	case magic == 0xA5EC && version >= 0xC0:
	case magic == 0xA5DC || magic == 0xA5EC || magic == 0xA5DB || magic == 0xA59B || magic == 0xA59C || magic == 0xA699:
		return fib{}, &extract.Refusal{Code: extract.RefusedUnsupported,
			Detail: "the document was written by Word 95 or older; reading it needs LibreOffice: open it there and save it as .docx"}
	default:
		return fib{}, damaged(fmt.Errorf("the stream WordDocument begins with %04x", magic))
	}
	if flags&(1<<8) != 0 {
		return fib{}, &extract.Refusal{Code: extract.RefusedEncrypted, Detail: "the document is locked with a password; open it in Word, remove the password and save it"}
	}
	if len(b) < fixed {
		return fib{}, damaged(fmt.Errorf("the document's header is cut off"))
	}
	f := fib{head: b, oneTable: flags&(1<<9) != 0}
	for i := range f.stories {
		n := int32(u32(b, 0x4C+4*i))
		if n < 0 || n > maxChars {
			return fib{}, &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("the document declares %d characters; this is no report", n)}
		}
		f.stories[i] = int(n)
	}
	return f, nil
}

// part is a part of the table stream, nil where it is none.
func (r *reader) part(index int) []byte {
	at, n := u32(r.head, 0x9A+8*index), u32(r.head, 0x9E+8*index)
	if n == 0 {
		return nil
	}
	p := slice(r.table, int64(at), int64(n))
	if p == nil {
		r.lost++
	}
	return p
}

func damaged(err error) error {
	return &extract.Refusal{Code: extract.RefusedDamaged, Detail: err.Error() + "; get the file again, or open it in Word and save it as .docx"}
}

func u16(b []byte, at int) int    { return int(binary.LittleEndian.Uint16(b[at:])) }
func u32(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }

// slice is n bytes of b, or nil where they are not all there.
func slice(b []byte, at, n int64) []byte {
	if at < 0 || n < 0 || at > int64(len(b)) || n > int64(len(b))-at {
		return nil
	}
	return b[at : at+n : at+n]
}
