package rtf

import (
	"slices"

	"nianbao/extract/layout"
	"nianbao/extract/office/rows"
)

// Classes of characters that have fonts of their own.
const (
	loch = 1 + iota
	hich
	dbch
)

// skipped are the destinations without \* whose text is none of the document's.
var skipped = map[string]bool{
	"colortbl": true, "stylesheet": true, "info": true, "filetbl": true, "listtable": true, "listoverridetable": true,
	"revtbl": true, "rsidtbl": true, "private": true, "pict": true, "nonshppict": true, "header": true, "headerl": true,
	"headerr": true, "headerf": true, "footer": true, "footerl": true, "footerr": true, "footerf": true,
	"ftnsep": true, "ftnsepc": true, "ftncn": true, "aftnsep": true, "aftnsepc": true, "aftncn": true,
	"annotation": true, "xe": true, "tc": true, "rxe": true, "txe": true, "template": true, "sp": true,
	"objdata": true, "objclass": true, "objname": true, "objalias": true, "objsect": true, "bkmkstart": true,
	"bkmkend": true, "datafield": true, "formfield": true, "fldtype": true, "nonesttables": true, "shprslt": true,
	"do": true, "keycode": true, "generator": true, "panose": true, "falt": true, "fontemb": true, "fontfile": true,
	"title": true, "author": true, "operator": true, "company": true, "themedata": true, "mmath": true,
	"pgdsctbl": true, "userprops": true, "atnid": true, "atnauthor": true, "fchars": true, "lchars": true,
}

// word carries out a control word; n is its number, given whether it has one.
func (r *reader) word(name string, n int, given bool) {
	if name == "u" {
		r.now.fresh = false
		r.unicode(n)
		return
	}
	r.flush()
	fresh := r.now.fresh
	r.now.fresh = false
	if (fresh || r.now.star) && r.enter(name) {
		return
	}
	if c, ok := symbols[name]; ok {
		r.symbol(c)
		return
	}
	on := !given || n != 0
	switch name {
	case "ansicpg":
		r.codepage = n
	case "mac":
		r.codepage = 10000
	case "uc":
		r.now.uc = min(max(n, 0), 100)
	case "ud": // what \upr says in Unicode
		r.now.to = r.now.shown
	case "f":
		r.now.fonts = [4]int{n, n, n, n}
		r.font = n
	case "af":
		r.now.fonts[r.now.class] = n
	case "fcharset":
		if r.now.to == toFonts && len(r.fonts) < 10000 {
			r.fonts[r.font] = n
		}
	case "loch":
		r.now.class = loch
	case "hich":
		r.now.class = hich
	case "dbch":
		r.now.class = dbch
	case "ltrch", "rtlch":
		r.now.class = 0
	case "plain":
		r.now.hidden, r.now.struck, r.now.raised, r.now.deleted, r.now.class = false, false, false, false, 0
	case "v":
		r.now.hidden = on
	case "deleted":
		r.now.deleted = on
	case "strike", "striked":
		r.now.struck = on
	case "super", "sub":
		r.now.raised = on
	case "up", "dn":
		r.now.raised = n > 2
	case "nosupersub":
		r.now.raised = false
	default:
		r.paragraphWord(name, n, on)
	}
}

var symbols = map[string]rune{
	"tab": '\t', "line": '\n', "lbr": '\n', "emdash": '—', "endash": '–', "bullet": '•',
	"lquote": '‘', "rquote": '’', "ldblquote": '“', "rdblquote": '”',
	"emspace": '\u2003', "enspace": '\u2002', "qmspace": '\u2005', "column": '\n',
}

// enter goes into the destination that a group begins with, if it is one. An
// unknown one behind \* is passed over.
func (r *reader) enter(name string) bool {
	star := r.now.star
	r.now.star = false
	if r.now.to == toNothing {
		return star && name != "ud"
	}
	if r.now.to != toField && r.now.to != toNumber {
		r.now.shown = r.now.to
	}
	switch name {
	case "fonttbl":
		r.now.to = toFonts
	case "fldinst":
		r.now.to = toField
		r.instruction = r.instruction[:0]
	case "fldrslt":
		r.now.to = r.now.shown
	case "listtext", "pntext":
		r.now.to = toNumber
	case "shptxt", "dptxbxtext":
		r.beside(toBoxes)
	case "footnote":
		r.beside(toNotes)
	case "shpinst", "shppict":
		return true // what is within it is read
	case "nesttableprops":
		r.now.nested = true
	case "upr":
		r.now.to = toNothing
	case "pict":
		if out := r.out(); out != nil {
			out.Note(layout.Image)
		}
		r.now.to = toNothing
	default:
		if !star && !skipped[name] {
			return false
		}
		r.now.to = toNothing
	}
	return true
}

// beside begins text that stands beside the rest: it has paragraphs of its own.
func (r *reader) beside(to destination) {
	r.now.to, r.now.shown = to, to
	r.now.para = paragraph{}
}

// paragraphWord carries out the controls of paragraphs and tables.
func (r *reader) paragraphWord(name string, n int, on bool) {
	p := &r.now.para
	switch name {
	case "pard":
		*p = paragraph{}
	case "intbl":
		p.inTable = on
	case "itap":
		p.depth = n
	case "outlinelevel":
		p.heading = n >= 0 && n < 9
	case "par", "sect":
		r.endParagraph(p.tables())
	case "page":
		r.symbol('\n')
	case "cell":
		r.endCell(1)
	case "nestcell":
		r.endCell(max(2, p.depth))
	case "row":
		r.endRow(1, &r.defs[0])
	case "nestrow":
		r.endRow(max(2, p.depth), &r.defs[1])
	default:
		r.rowWord(name, n)
	}
}

// tables is in how many tables the paragraph stands.
func (p *paragraph) tables() int {
	if !p.inTable {
		return 0
	}
	return max(1, p.depth)
}

func (r *reader) endParagraph(depth int) {
	if out := r.out(); out != nil {
		if depth == 0 && out.InRow() { // some programs forget \intbl
			depth = 1
		}
		out.Paragraph(depth, r.now.para.heading && depth == 0)
	}
}

func (r *reader) endCell(depth int) {
	r.misplaced()
	if out := r.out(); out != nil {
		out.Paragraph(depth, false)
		out.CellEnd(depth)
	}
}

// misplaced notes the end of a cell or row where none can be, in the instruction of
// a field or among the fonts: the groups around it are not those that were written,
// and more may be lost than can be seen.
func (r *reader) misplaced() {
	if r.now.to == toField || r.now.to == toFonts {
		r.torn = true
	}
}

func (r *reader) endRow(depth int, d *definition) {
	r.misplaced()
	if out := r.out(); out != nil {
		out.RowEnd(depth, slices.Clone(d.cells), false)
	}
}

// maxRow is how many cells a row may declare; Word makes 63.
const maxRow = 1000

// rowWord carries out the controls that declare a row. Those of a table within
// a table stand in a group of their own.
func (r *reader) rowWord(name string, n int) {
	if r.now.to == toNothing {
		return
	}
	d := &r.defs[0]
	if r.now.nested {
		d = &r.defs[1]
	}
	switch name {
	case "trowd":
		*d = definition{cells: d.cells[:0]}
	case "trleft":
		d.left = n
	case "clmgf":
		d.next.Joined = false
	case "clmrg":
		d.next.Joined = true
	case "clvmgf":
		d.next.Down = rows.First
	case "clvmrg":
		d.next.Down = rows.Next
	case "cellx":
		if len(d.cells) >= maxRow {
			return
		}
		left := d.left
		if k := len(d.cells); k > 0 {
			left = d.cells[k-1].Right
		}
		d.next.Left, d.next.Right = left, n
		d.cells = append(d.cells, d.next)
		d.next = rows.Cell{}
	}
}
