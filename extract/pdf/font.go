package pdf

import (
	"strings"
	"unicode/utf8"

	"github.com/ledongthuc/pdf"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"nianbao/schema"
)

// unreadable stands for a character whose code no map of the font explains.
const unreadable = "\uFFFD"

// glyph is what one character code of a font shows.
type glyph struct {
	text  string
	width float64 // advance in units of the font size
}

// font turns strings of a content stream into glyphs.
type font struct {
	name      string
	composite bool
	vertical  bool
	em        float64 // height of the em in units of the font size; not 1 for some Type 3 fonts
	known     map[uint32]glyph
	toUnicode *cmap

	odd                  string // what check found
	hanWidth, digitWidth float64
	digits               [10]uint32 // the code of each digit, plus one

	// simple fonts
	enc     [256]string
	first   int
	widths  []float64
	missing float64
	unit    float64 // of widths: 1/1000, or the FontMatrix of a Type 3 font
	hasW    bool

	// composite fonts
	coding coding
	codes  *cmap // embedded CMap
	cidW   map[uint32]float64
	ranges []widthRange
	dw     float64
}

type widthRange struct {
	lo, hi uint32
	w      float64
}

// coding is how the codes of a composite font are cut and what they mean.
type coding struct {
	kind      codingKind
	text      encoding.Encoding // for codings by bytes
	halfWidth bool              // of its ASCII
}

type codingKind uint8

const (
	codingCID   codingKind = iota // two bytes, a glyph number
	codingUTF16                   // two bytes, or four for a surrogate pair
	codingUTF32
	codingUTF8
	codingBytes // one, two or four bytes by the class of the first ones
	codingPairs // two bytes with the high bits off (GB-H)
	codingOwn   // by an embedded CMap
	codingAlien // a predefined CMap that is not known here
)

func (o *objects) font(v pdf.Value) *font {
	f := &font{
		name: o.key(v, "BaseFont").Name(), em: 1, known: map[uint32]glyph{}, unit: 0.001,
	}
	if u := o.needed(v, "ToUnicode"); u.Kind() == pdf.Stream {
		f.toUnicode = parseCMap(o.stream(u))
	} else if strings.HasPrefix(u.Name(), "Identity") {
		f.toUnicode = &cmap{ranges: []cmapRange{{hi: 0xFFFF, text: []byte{0, 0}}}}
	}
	switch o.key(v, "Subtype").Name() {
	case "Type0":
		o.compositeFont(f, v)
	default:
		o.simpleFont(f, v)
	}
	return f
}

func (o *objects) simpleFont(f *font, v pdf.Value) {
	type3 := o.key(v, "Subtype").Name() == "Type3"
	desc := o.needed(v, "FontDescriptor")
	base, e := "StandardEncoding", o.needed(v, "Encoding")
	switch e.Kind() {
	case pdf.Name:
		base = e.Name()
	case pdf.Dict:
		if n := o.key(e, "BaseEncoding").Name(); n != "" {
			base = n
		}
	}
	// A symbolic font without an encoding uses its own, unknown one.
	symbolic := int(o.key(desc, "Flags").Int64())&4 != 0
	embedded := false
	for _, k := range []string{"FontFile", "FontFile2", "FontFile3"} {
		embedded = embedded || !o.key(desc, k).IsNull()
	}
	if !type3 && !(symbolic && embedded && e.Kind() != pdf.Name) {
		f.enc = baseEncoding(base)
	}
	diffs := o.key(e, "Differences")
	for i, c := 0, 0; i < diffs.Len() && i < 1000; i++ {
		switch x := o.index(diffs, i); x.Kind() {
		case pdf.Integer, pdf.Real:
			c = int(x.Float64())
		case pdf.Name:
			if c >= 0 && c < 256 {
				f.enc[c] = glyphText(x.Name())
			}
			c++
		}
	}
	if type3 {
		m := o.matrix(o.key(v, "FontMatrix"), matrix{0.001, 0, 0, 0.001, 0, 0})
		f.unit = m[0]
		if abs(m[0]) < 0.7*abs(m[3]) || abs(m[0]) > 1.4*abs(m[3]) {
			o.damage.doubt("a font is %g times wider than high", m[0]/m[3])
		}
		// The em of a Type 3 font is what its matrix says; where that is not the
		// usual thousandth, its bounding box tells the height.
		if h := abs(m[3]) * 1000; h < 0.5 || h > 2 {
			if b := o.rect(o.key(v, "FontBBox")); b.h() > 0 {
				f.em = b.h() * abs(m[3])
			}
		}
	}
	w := o.needed(v, "Widths")
	f.hasW = w.Kind() == pdf.Array
	if embedded && !f.hasW || f.hasW && o.key(v, "FirstChar").IsNull() {
		o.damage.doubt("an embedded font has no widths")
	}
	f.first = int(o.key(v, "FirstChar").Int64())
	if last := int(o.key(v, "LastChar").Int64()); f.hasW && w.Len() < last-f.first+1 {
		o.damage.doubt("a font has %d widths for the codes %d to %d", w.Len(), f.first, last)
	}
	f.missing = o.key(desc, "MissingWidth").Float64()
	for i := 0; i < w.Len() && i < 256; i++ {
		f.widths = append(f.widths, o.index(w, i).Float64())
	}
}

func (o *objects) compositeFont(f *font, v pdf.Value) {
	f.composite = true
	e := o.needed(v, "Encoding")
	if e.Kind() == pdf.Stream {
		f.codes = parseCMap(o.stream(e))
		f.coding.kind = codingOwn
		f.vertical = f.codes.vert || o.key(e, "WMode").Int64() == 1
		if len(f.codes.spaces) == 0 {
			f.coding.kind = codingAlien
		}
	} else {
		f.coding = predefined(e.Name())
		f.vertical = strings.HasSuffix(e.Name(), "-V") || e.Name() == "V"
	}
	d := o.index(o.needed(v, "DescendantFonts"), 0)
	if d.Kind() != pdf.Dict {
		o.damage.add("a part of a font is missing")
	}
	f.dw = 1000
	if x := o.key(d, "DW"); !x.IsNull() {
		f.dw = x.Float64()
	}
	f.cidW = map[uint32]float64{}
	w := o.needed(d, "W")
	for i := 0; i < w.Len() && i < maxCMapRanges; {
		lo := uint32(o.index(w, i).Float64())
		next := o.index(w, i+1)
		if next.Kind() == pdf.Array {
			for j := 0; j < next.Len() && j < 65536; j++ {
				f.cidW[lo+uint32(j)] = o.index(next, j).Float64()
			}
			i += 2
			continue
		}
		hi := uint32(next.Float64())
		if hi < lo {
			o.damage.add("the widths of a font are malformed")
		}
		f.ranges = append(f.ranges, widthRange{lo, hi, o.index(w, i+2).Float64()})
		i += 3
	}
}

// predefined tells how a predefined CMap cuts and reads codes from its name.
func predefined(name string) coding {
	has := func(s string) bool { return strings.Contains(name, s) }
	switch {
	case strings.HasPrefix(name, "Identity"):
		return coding{kind: codingCID}
	case has("UCS2"), has("UTF16"):
		return coding{kind: codingUTF16}
	case has("UTF32"):
		return coding{kind: codingUTF32}
	case has("UTF8"):
		return coding{kind: codingUTF8}
	case strings.HasPrefix(name, "GBK"), strings.HasPrefix(name, "GB-EUC"), strings.HasPrefix(name, "GBpc-EUC"), strings.HasPrefix(name, "GBT"):
		proportional := strings.HasPrefix(name, "GBKp") || strings.HasPrefix(name, "GBpc")
		return coding{codingBytes, simplifiedchinese.GB18030, !proportional}
	case name == "GB-H", name == "GB-V":
		return coding{kind: codingPairs, text: simplifiedchinese.GB18030}
	case strings.HasPrefix(name, "B5pc"), strings.HasPrefix(name, "ETen"), strings.HasPrefix(name, "ETHK"), strings.HasPrefix(name, "HKscs"):
		return coding{kind: codingBytes, text: traditionalchinese.Big5}
	}
	return coding{kind: codingAlien}
}

// next takes one code off s: its value and how many bytes it has.
func (f *font) next(s []byte) (c uint32, n int) {
	if !f.composite {
		return uint32(s[0]), 1
	}
	n = 2
	switch f.coding.kind {
	case codingOwn:
		return f.codes.split(s)
	case codingUTF16:
		if s[0]&0xFC == 0xD8 {
			n = 4
		}
	case codingUTF32:
		n = 4
	case codingUTF8:
		_, n = utf8.DecodeRune(s)
	case codingBytes:
		switch {
		case s[0] <= 0x80 || s[0] == 0xFF:
			n = 1
		case len(s) >= 4 && s[1] >= '0' && s[1] <= '9':
			n = 4
		}
	}
	n = min(n, len(s))
	for _, b := range s[:n] {
		c = c<<8 | uint32(b)
	}
	return c, n
}

// glyph looks a code up, once; n is its length in bytes.
func (f *font) glyph(c uint32, n int) glyph {
	k := c
	if n == 1 && f.composite {
		k |= 0x8000_0000 // keeps 41 apart from 0041
	}
	if g, ok := f.known[k]; ok {
		return g
	}
	g := glyph{text: f.text(c, n)}
	g.width = f.width(c, n, g.text)
	g.text = schema.FoldRadicals(g.text)
	f.known[k] = g
	f.check(c, g)
	return g
}

// check holds a glyph against those of its kind in the same font: all Han
// characters are as wide as each other, digits nearly so, and no two codes are
// one digit. A font that breaks this was bent, or is so odd that its
// numbers need a look.
func (f *font) check(c uint32, g glyph) {
	r, n := utf8.DecodeRuneInString(g.text)
	if n != len(g.text) {
		return
	}
	kind := &f.hanWidth
	switch {
	case r >= 0x4E00 && r <= 0x9FA5:
		if g.width > 1.2 || g.width < 0.4 {
			f.odd = "a font states widths no Han characters have"
		}
	case r == '.', r == ',', r == '-', r == '/':
		if g.width > 0.85 || g.width <= 0 {
			f.odd = "a font states widths no points have"
		}
		return
	case r >= '0' && r <= '9':
		kind = &f.digitWidth
		if at := &f.digits[r-'0']; *at == 0 {
			*at = c + 1
		} else if *at != c+1 {
			f.odd = "two codes of a font are the same digit"
		}
		if g.width > 0.85 || g.width < 0.25 {
			f.odd = "a font states widths no digits have"
		}
	case r >= 0x3000 && r <= 0x303F, r >= 0xFF00 && r <= 0xFFEF: // may be narrow
		if g.width > 1.04*max(1, f.hanWidth) || g.width <= 0 {
			f.odd = "a font states widths that do not fit together"
		}
		return
	default:
		return
	}
	if *kind == 0 {
		*kind = g.width
	}
	apart := 0.04
	if kind == &f.digitWidth {
		apart = 0.5 // a 1 may be narrow
	}
	if abs(g.width-*kind) > apart*abs(*kind) || g.width == 0 {
		f.odd = "a font states widths that do not fit together"
	}
}

func (f *font) text(c uint32, n int) string {
	if f.toUnicode != nil {
		if s, ok := f.toUnicode.text(c); ok {
			return s
		}
	}
	if !f.composite {
		if s := f.enc[c&0xFF]; s != "" {
			return s
		}
		return unreadable
	}
	var b []byte
	for i := n - 1; i >= 0; i-- {
		b = append(b, byte(c>>(8*i)))
	}
	switch f.coding.kind {
	case codingUTF16:
		return utf16Text(b)
	case codingUTF32:
		return string(rune(c))
	case codingUTF8:
		return string(b)
	case codingPairs:
		for i := range b {
			b[i] |= 0x80
		}
		fallthrough
	case codingBytes:
		if out, err := f.coding.text.NewDecoder().Bytes(b); err == nil {
			return string(out)
		}
	}
	return unreadable
}

// width is the advance of a code in units of the font size.
func (f *font) width(c uint32, n int, text string) float64 {
	if !f.composite {
		if i := int(c) - f.first; i >= 0 && i < len(f.widths) {
			return f.widths[i] * f.unit
		}
		if f.hasW {
			return f.missing * f.unit
		}
		return standardWidth(f.name, text) / 1000
	}
	for _, cid := range f.cids(c, n, text) {
		if w, ok := f.cidW[cid]; ok {
			return w / 1000
		}
		for _, r := range f.ranges {
			if cid >= r.lo && cid <= r.hi {
				return r.w / 1000
			}
		}
	}
	if f.coding.kind != codingCID && f.coding.kind != codingOwn && isASCII(text) && len(f.cidW)+len(f.ranges) == 0 {
		return 0.5 // half-width Latin of the CJK fonts
	}
	return f.dw / 1000
}

// cids gives the glyph numbers under which the width of a code may stand.
// Outside Identity only ASCII has other widths than the default: in the
// Adobe-GB1 collection it lies from 1 on (proportional), or from 814 on with
// the space at 7716 (half-width).
func (f *font) cids(c uint32, n int, text string) []uint32 {
	switch f.coding.kind {
	case codingCID:
		return []uint32{c}
	case codingOwn:
		if cid, ok := f.codes.cid(c, n); ok {
			return []uint32{cid}
		}
		return []uint32{c}
	}
	if !isASCII(text) {
		return nil
	}
	at := uint32(text[0]) - 0x20
	switch {
	case !f.coding.halfWidth:
		return []uint32{1 + at}
	case at == 0:
		return []uint32{7716}
	}
	return []uint32{813 + at}
}

func isASCII(s string) bool { return len(s) == 1 && s[0] >= 0x20 && s[0] < 0x7F }

func (o *objects) matrix(v pdf.Value, otherwise matrix) matrix {
	if v.Len() != 6 {
		return otherwise
	}
	var m matrix
	for i := range m {
		m[i] = o.index(v, i).Float64()
	}
	if !m.sane() {
		return otherwise
	}
	return m
}

// rect reads a rectangle; it is empty where v is none.
func (o *objects) rect(v pdf.Value) rect {
	if v.Len() != 4 {
		return nowhere
	}
	r := nowhere
	r.add(point{o.index(v, 0).Float64(), o.index(v, 1).Float64()})
	r.add(point{o.index(v, 2).Float64(), o.index(v, 3).Float64()})
	return r
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}
