package pdf

import (
	"math"
	"unicode"
	"unicode/utf8"

	"nianbao/extract"
	"nianbao/extract/grid"
)

// Height of an advance box above and below the baseline, in ems. Its middle is
// the middle of digits and of Han characters alike.
const (
	ascent  = 0.85
	descent = 0.15
)

// text is the text state.
type text struct {
	font      *font
	size      float64
	charSpace float64
	wordSpace float64
	stretch   float64 // Tz as a factor
	leading   float64
	rise      float64
	mode      int
	tm, lm    matrix
}

func (in *interpreter) textOperator(op []byte, args []token, res *resources) bool {
	t := &in.state.text
	v, one := n(args, 1)
	one = one && len(args) <= 2 // Tf has a name before its number
	switch string(op) {
	case "BT", "ET":
		if begins := op[0] == 'B'; begins == in.inText {
			in.canvas.unknown++
		} else {
			in.inText = begins
		}
		t.tm, t.lm = identity, identity
	case "Tc":
		if one {
			t.charSpace = v[0]
		}
	case "Tw":
		if one {
			t.wordSpace = v[0]
		}
	case "Tz":
		if one {
			t.stretch = v[0] / 100
		}
	case "TL":
		if one {
			t.leading = v[0]
		}
	case "Ts":
		if one {
			t.rise = v[0]
		}
	case "Tr":
		if one {
			t.mode = int(v[0])
		}
	case "Tf":
		if k := len(args); k >= 2 && args[k-2].kind == tokName && one {
			t.font = in.doc.namedFont(res, string(args[k-2].b))
			t.size = v[0]
		}
	case "Td":
		if v, ok := in.exactly(args, 2); ok {
			t.newLine(v[0], v[1])
		}
	case "TD":
		if v, ok := in.exactly(args, 2); ok {
			t.leading = -v[1]
			t.newLine(v[0], v[1])
		}
	case "Tm":
		if v, ok := in.exactly(args, 6); ok && matrix(v).sane() {
			t.tm, t.lm = v, v
		}
	case "T*":
		t.newLine(0, -t.leading)
	case "Tj":
		in.showLast(args)
	case "'":
		t.newLine(0, -t.leading)
		in.showLast(args)
	case "\"":
		if k := len(args); k >= 3 {
			t.wordSpace, t.charSpace = args[k-3].num, args[k-2].num
		}
		t.newLine(0, -t.leading)
		in.showLast(args)
	case "TJ":
		for _, a := range args {
			switch a.kind {
			case tokStr:
				in.show(a.b)
			case tokNum:
				t.shift(-a.num / 1000 * t.size)
			}
		}
	default:
		return false
	}
	return true
}

func (t *text) newLine(x, y float64) {
	t.lm = matrix{1, 0, 0, 1, x, y}.mul(t.lm)
	t.tm = t.lm
}

// shift moves along the direction of writing.
func (t *text) shift(d float64) {
	if t.font != nil && t.font.vertical {
		t.tm[4] += d * t.tm[2]
		t.tm[5] += d * t.tm[3]
		return
	}
	d *= t.stretch
	t.tm[4] += d * t.tm[0]
	t.tm[5] += d * t.tm[1]
}

func (in *interpreter) showLast(args []token) {
	if k := len(args); k > 0 && args[k-1].kind == tokStr {
		in.show(args[k-1].b)
	}
}

// show places the glyphs of one string.
func (in *interpreter) show(s []byte) {
	t, c := &in.state.text, in.canvas
	if t.font == nil {
		in.doc.damage.add("text has no font")
		return
	}
	f := t.font
	for len(s) > 0 {
		if len(c.glyphs) >= maxGlyphs {
			in.doc.damage.exceed("a page has more than %d characters", maxGlyphs)
			return
		}
		code, k := f.next(s)
		s = s[k:]
		g := f.glyph(code, k)
		if f.odd != "" {
			in.doc.damage.doubt("%s", f.odd)
		}
		advance := g.width * t.size
		if f.vertical {
			advance = -t.size
		}
		if in.doc.glyphs++; in.doc.glyphs > maxAll {
			in.doc.damage.exceed("it has more than %d characters", maxAll)
			return
		}
		if in.hidden == 0 && !in.state.faint {
			in.place(g, t.tm.mul(in.state.ctm))
		}
		advance += t.charSpace
		if k == 1 && code == ' ' {
			advance += t.wordSpace
		}
		t.shift(advance)
	}
}

// place adds one glyph whose text space is m.
func (in *interpreter) place(g glyph, m matrix) {
	t, c := &in.state.text, in.canvas
	if blank(g.text) || !m.sane() {
		return
	}
	c.drawn++
	if t.mode == 3 || t.mode == 7 {
		c.invisible++
		return
	}
	f, size := t.font, t.size
	em := size * f.em
	box := rect{0, t.rise - descent*em, g.width * size * t.stretch, t.rise + ascent*em}
	if f.vertical { // the origin is the middle of the upper side
		half := g.width * size * t.stretch / 2
		box = rect{-half, -em, half, 0}
	}
	if box.x0 > box.x1 {
		box.x0, box.x1 = box.x1, box.x0
	}
	if box.y0 > box.y1 {
		box.y0, box.y1 = box.y1, box.y0
	}
	b := box.bounds(m)
	mid := point{(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2}
	sign := 1.0
	if size < 0 {
		sign = -1
	}
	turned := angle(sign*m[0], sign*m[1])
	if !c.ruler.page.contains(mid) {
		if !slanted(turned) { // watermarks run over the edge
			c.outside++
		}
		return
	}
	if !in.state.clip.grow(em * m.scale() / 2).contains(mid) {
		if !slanted(turned) {
			c.clipped++
		}
		return
	}
	c.glyphs = append(c.glyphs, grid.Glyph{
		Text:  g.text,
		Box:   extract.Box{b.x0, b.y0, b.x1, b.y1},
		Angle: turned,
		Size:  abs(em) * math.Hypot(m[2], m[3]),
		Vert:  f.vertical,
	})
}

// angle is the direction of writing, counter-clockwise, of a vector in page
// space, whose y runs down.
func angle(x, y float64) float64 {
	if y == 0 && x > 0 {
		return 0
	}
	a := math.Atan2(-y, x) * 180 / math.Pi
	if math.Abs(a) < 1e-6 {
		return 0
	}
	return a
}

// slanted: does text run along neither side of the page?
func slanted(degrees float64) bool {
	return math.Abs(math.Remainder(degrees, 90)) > 9
}

func blank(s string) bool {
	if len(s) == 1 {
		return s[0] == ' '
	}
	for len(s) > 0 {
		r, k := utf8.DecodeRuneInString(s)
		if !unicode.IsSpace(r) && r != '\u200b' && r != '\ufeff' {
			return false
		}
		s = s[k:]
	}
	return true
}
