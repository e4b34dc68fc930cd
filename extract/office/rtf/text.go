package rtf

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"nianbao/extract/layout"
)

// codepageUnknown is that of a document which names none. It is read as GBK,
// in which programs here wrote before they knew Unicode.
const codepageUnknown = -1

// Charsets of fonts.
const (
	charsetSymbol = 2
	charsetGB     = 134
)

// codepages are the code pages of the charsets whose characters take two bytes.
var codepages = map[int]int{128: 932, 129: 949, charsetGB: 936, 136: 950}

var encodings = map[int]encoding.Encoding{
	codepageUnknown: simplifiedchinese.GB18030, 936: simplifiedchinese.GB18030, 54936: simplifiedchinese.GB18030,
	950: traditionalchinese.Big5, 932: japanese.ShiftJIS, 949: korean.EUCKR,
	1250: charmap.Windows1250, 1251: charmap.Windows1251, 1252: charmap.Windows1252, 10000: charmap.Macintosh,
	437: charmap.CodePage437, 850: charmap.CodePage850, 65001: unicode.UTF8,
}

// char adds a byte of text.
func (r *reader) char(c byte) {
	if r.skip > 0 {
		r.skip--
		return
	}
	switch r.now.to {
	case toNothing:
	case toFonts, toMain, toBoxes, toNotes, toNumber, toField:
		if c < 0x80 && len(r.pending) == 0 {
			r.rune(rune(c))
			return
		}
		r.pending = append(r.pending, c)
		if c < 0x80 && !r.half() {
			r.flush()
		}
	}
}

// half says whether the last byte may be the second of a character: it follows
// one that may be the first.
func (r *reader) half() bool {
	n := len(r.pending)
	return n > 1 && r.pending[n-2] >= 0x81
}

// flush decodes the bytes gathered so far.
func (r *reader) flush() {
	r.high = 0
	if len(r.pending) == 0 {
		return
	}
	b := r.pending
	r.pending = r.pending[:0]
	e := r.encoding()
	if e == nil {
		for _, c := range b {
			r.symbolRune(rune(c))
		}
		return
	}
	s, err := e.NewDecoder().Bytes(b)
	if err != nil || !utf8.Valid(s) {
		s = []byte(strings.Repeat("\uFFFD", len(b)))
	}
	for _, c := range string(s) {
		if c == utf8.RuneError {
			r.undecodable++
		}
		r.rune(c)
	}
}

// encoding is that of the font, if its characters take two bytes, else that of
// the document. It is nil for fonts of symbols.
func (r *reader) encoding() encoding.Encoding {
	charset, known := r.fonts[r.now.fonts[r.now.class]]
	if r.now.class == 0 && known && charset == charsetSymbol {
		return nil
	}
	page := r.codepage
	if p := codepages[charset]; known && p != 0 {
		page = p
	} else if p := codepages[r.fonts[r.now.fonts[0]]]; p != 0 {
		page = p
	} else if r.now.class == dbch && page == 1252 {
		page = 936
	}
	if e := encodings[page]; e != nil {
		return e
	}
	return charmap.Windows1252
}

// symbolRune adds a character of a font of symbols.
func (r *reader) symbolRune(c rune) {
	if r.now.to == toNumber { // a bullet
		return
	}
	if out := r.out(); out != nil {
		out.Note(layout.Object)
	}
	r.rune(0xF000 | c)
}

// unicode adds a character by its number, and leaves away those that stand in
// for it.
func (r *reader) unicode(n int) {
	high := r.high
	r.flush()
	r.skip = r.now.uc
	if n < 0 {
		n += 1 << 16
	}
	c := rune(n)
	if n > utf8.MaxRune {
		c = utf8.RuneError
	}
	if utf16.IsSurrogate(c) {
		if c < 0xDC00 {
			r.high = c
			return
		}
		c = utf16.DecodeRune(high, c)
	}
	r.rune(c)
}

// symbol adds a character that a control stands for.
func (r *reader) symbol(c rune) {
	r.now.fresh = false
	if r.skip > 0 {
		r.skip--
		return
	}
	r.flush()
	r.rune(c)
}

// rune adds a character that is known.
func (r *reader) rune(c rune) {
	if r.now.to == toField {
		r.field(c)
		return
	}
	out := r.out()
	if out == nil || r.now.hidden || r.now.deleted {
		return
	}
	switch {
	case r.now.struck && c > ' ':
		out.Note(layout.Struck)
	case r.now.raised:
		out.RaisedRune(c)
	default:
		out.Rune(c)
	}
}

// field reads how a field's instruction begins. A formula shows what its
// instruction draws, which is not read.
func (r *reader) field(c rune) {
	const formula = "EQ"
	if len(r.instruction) > len(formula) || c == ' ' && len(r.instruction) == 0 || c >= utf8.RuneSelf {
		return
	}
	r.instruction = append(r.instruction, byte(c)&^0x20)
	if out := r.builder(r.now.shown); out != nil && len(r.instruction) > len(formula) && string(r.instruction[:len(formula)]) == formula && !letter(byte(c)) {
		out.Note(layout.Object)
	}
}
