package doc

import (
	"sort"
	"unicode/utf16"

	"nianbao/extract/layout"
)

// Characters that stand for something else.
const (
	charPicture    = 0x01
	charNote       = 0x02 // a footnote's number
	charNoteLine   = 0x03
	charNoteLine2  = 0x04
	charComment    = 0x05
	charCell       = 0x07
	charDrawing    = 0x08
	charLine       = 0x0B
	charPage       = 0x0C
	charParagraph  = 0x0D
	charColumn     = 0x0E
	charField      = 0x13
	charFieldThen  = 0x14
	charFieldEnd   = 0x15
	charHyphen     = 0x1E // that does not break
	charSoftHyphen = 0x1F
	charSymbol     = 0x28
)

// main reads the main text.
func (r *reader) main() { r.story(storyMain) }

// notes reads what stands beside the main text: text boxes first, which may
// hold tables.
func (r *reader) notes() {
	r.story(storyBoxes)
	r.story(storyFootnotes)
	r.story(storyEndnotes)
}

// mark is a character and where it stands.
type glyph struct {
	c    rune
	at   int // in the stream
	look look
}

// story reads one of the document's texts.
func (r *reader) story(number int) {
	from := 0
	for _, n := range r.stories[:number] {
		from += n
	}
	to := from + r.stories[number]
	w := walker{reader: r}
	start := sort.Search(len(r.pieces), func(i int) bool { return r.pieces[i].to > from })
	for i := start; i < len(r.pieces) && r.pieces[i].from < to && !r.full(); i++ {
		w.piece(&r.pieces[i], from, to)
	}
	w.rest()
}

// walker reads the characters of a story, paragraph by paragraph: what a
// paragraph looks like is known only at its end.
type walker struct {
	*reader
	text   []glyph
	high   rune    // first half of a character
	fields []field // that are open
}

type field struct {
	shown       bool // its result has begun
	formula     bool
	instruction int // characters of it
}

// piece reads the characters of p that lie within the story.
func (w *walker) piece(p *piece, from, to int) {
	width := 2
	if p.compressed {
		width = 1
	}
	at := p.at + width*max(0, from-p.from)
	end := p.at + width*(min(p.to, to)-p.from)
	runEnd := at
	var l look
	for ; at < end && !w.full(); at += width {
		if at >= runEnd {
			// How the paragraph's style looks is put right at its end.
			l, runEnd = w.lookAt(at, p, look{})
		}
		var c rune
		if p.compressed {
			c = ansi(w.reader.text[at])
		} else {
			c = rune(u16(w.reader.text, at))
			switch {
			case utf16.IsSurrogate(c) && c < 0xDC00:
				w.high = c
				continue
			case utf16.IsSurrogate(c):
				c = utf16.DecodeRune(w.high, c)
			}
			w.high = 0
		}
		w.text = append(w.text, glyph{c, at, l})
		if c == charParagraph || c == charCell || c == charPage {
			w.paragraph(p)
		}
	}
}

// rest ends a story that has no last paragraph mark.
func (w *walker) rest() {
	if len(w.text) > 0 {
		w.write(w.text, paragraph{outline: 9})
		w.out.Paragraph(0, false)
	}
	w.text = w.text[:0]
}

// paragraph reads the paragraph that has ended.
func (w *walker) paragraph(p *piece) {
	last := w.text[len(w.text)-1]
	pap := w.paragraphAt(last.at, p)
	number := w.lists.next(&pap)
	gone := last.look.deleted || last.look.hidden
	if number != "" && !gone && len(w.text) > 1 {
		w.out.Text(number)
	}
	w.write(w.text[:len(w.text)-1], pap)
	w.text = w.text[:0]
	depth := max(pap.depth, 0)
	w.out.Paragraph(depth, pap.outline < 9 && depth == 0)
	inner := last.c == charParagraph && depth > 1
	switch {
	case last.c == charCell && pap.row, inner && pap.innerRow:
		w.out.RowEnd(depth, pap.table.places(), gone)
	case last.c == charCell, inner && pap.innerCell:
		w.out.CellEnd(depth)
	}
}

// write adds the characters that are seen.
func (w *walker) write(text []glyph, pap paragraph) {
	plain := w.styles.lookOf(pap.style)
	for i := range text {
		g := &text[i]
		l := g.look
		if plain != (look{}) { // rare: a style hides or strikes its text
			if props, _ := w.char.of(g.at); len(props) == 0 {
				l.hidden, l.struck, l.raised = plain.hidden, plain.struck, plain.raised
			} else {
				l, _ = w.lookAt(g.at, &piece{}, plain)
			}
		}
		if l.deleted {
			continue
		}
		switch g.c {
		case charField:
			w.fields = append(w.fields, field{})
			continue
		case charFieldThen:
			if n := len(w.fields); n > 0 {
				w.fields[n-1].shown = true
			}
			continue
		case charFieldEnd:
			w.endField()
			continue
		}
		if !w.shown(g.c) || l.hidden {
			continue
		}
		w.glyph(g.c, l)
	}
}

// shown says whether a character is seen as far as fields go: their results
// are, their instructions are not.
func (w *walker) shown(c rune) bool {
	for i := range w.fields {
		if f := &w.fields[i]; !f.shown {
			if letters := "EQ"; f.instruction < len(letters) && c != ' ' {
				f.formula = (f.instruction == 0 || f.formula) && c&^0x20 == rune(letters[f.instruction])
				f.instruction++
			}
			return false
		}
	}
	return true
}

// endField closes a field. A formula shows what its instruction draws, which
// is not read.
func (w *walker) endField() {
	n := len(w.fields)
	if n == 0 {
		return
	}
	f := w.fields[n-1]
	w.fields = w.fields[:n-1]
	if f.formula && f.instruction == 2 && !f.shown && w.shown(0) {
		w.out.Note(layout.Object)
	}
}

// glyph adds a character that is seen.
func (w *walker) glyph(c rune, l look) {
	if l.struck && c > ' ' {
		w.out.Note(layout.Struck)
		return
	}
	if l.special || c < ' ' {
		switch c {
		case charPicture, charDrawing:
			w.out.Note(layout.Image)
			return
		case charNote, charNoteLine, charNoteLine2, charComment, charSoftHyphen:
			return
		case charLine, charColumn:
			c = '\n'
		case charPage:
			c = '\n'
		case charHyphen:
			c = '-'
		case charSymbol:
			if l.symbol != 0 {
				c = l.symbol
				w.out.Note(layout.Object)
			}
		}
	} else if l.symbol != 0 && c == charSymbol {
		c = l.symbol
		w.out.Note(layout.Object)
	}
	if l.raised {
		w.out.RaisedRune(c)
		return
	}
	w.out.Rune(c)
}

// ansi is a character of a compressed piece.
func ansi(b byte) rune {
	if b >= 0x80 && b < 0xA0 {
		if c := windows1252[b-0x80]; c != 0 {
			return c
		}
	}
	return rune(b)
}

var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}
