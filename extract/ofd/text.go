package ofd

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"nianbao/extract"
	"nianbao/extract/grid"
)

// Height of a glyph's box above and below the baseline, in ems.
const (
	ascent  = 0.85
	descent = 0.15
)

// text places the characters of a TextObject; m leads from its own space to
// the page.
func (c *canvas) text(n *node, m matrix, layer string) {
	chain := c.r.res.inherited(n, layer)
	fill := n.flag("Fill", true) && opaque(chain, "FillColor")
	stroke := n.flag("Stroke", false) && opaque(chain, "StrokeColor")
	if !fill && !stroke {
		return
	}
	size := n.num("Size", 0)
	if size <= 0 {
		c.r.warn(WarnDamaged, c.number, "text on page %d has no size", c.number)
		return
	}
	t := typesetting{
		size: size, stretch: n.num("HScale", 1),
		read: quarter(n.num("ReadDirection", 0)), char: quarter(n.num("CharDirection", 0)),
	}
	for i, code := range n.codes() {
		items := items(code.text)
		if i == 0 {
			var ok bool
			if items, ok = ligatures(n, items); !ok {
				c.r.warn(WarnUntrusted, c.number, "glyphs on page %d are assigned to characters that are not there", c.number)
			}
		}
		t.x, t.y = code.node.num("X", t.x), code.node.num("Y", t.y)
		dx, okX := deltas(code.node.str("DeltaX"), len(items))
		dy, okY := deltas(code.node.str("DeltaY"), len(items))
		if !okX || !okY {
			c.r.warn(WarnDamaged, c.number, "characters on page %d have no place that can be read", c.number)
		}
		c.run(items, dx, dy, &t, m)
	}
}

// typesetting is how the characters of a TextObject follow each other.
type typesetting struct {
	size, stretch float64
	x, y          float64
	read, char    int // quarter turns clockwise
}

func quarter(degrees float64) int { return int(math.Round(degrees/90)) & 3 }

// run places characters one after the other by their distances. Where a file
// gives none, or one too few, a character follows the one before it.
func (c *canvas) run(items []string, dx, dy []float64, t *typesetting, m matrix) {
	turn := [4]matrix{identity, {0, 1, -1, 0, 0, 0}, {-1, 0, 0, -1, 0, 0}, {0, -1, 1, 0, 0, 0}}
	for i, s := range items {
		w := width(s) * t.size * t.stretch
		long := w
		if t.read != t.char { // upright characters below each other
			long = t.size
		}
		var step vec
		switch {
		case i < len(dx) && i < len(dy):
			step = vec{dx[i], dy[i]}
		case i < len(dx):
			step = vec{dx[i], 0}
		case i < len(dy):
			step = vec{0, dy[i]}
		default:
			step = turn[t.read].apply(long, 0)
		}
		if t.read == 0 && t.char == 0 && step.x > 0 {
			w = min(w, step.x)
		}
		c.place(s, w, t, turn[t.char].mul(move(t.x, t.y)).mul(m))
		t.x, t.y = t.x+step.x, t.y+step.y
	}
}

// place adds one glyph whose own space is m.
func (c *canvas) place(s string, w float64, t *typesetting, m matrix) {
	c.r.glyphs++
	if strings.TrimFunc(s, blank) == "" || !m.sane() || len(c.glyphs) >= maxGlyphs {
		return
	}
	b := m.bounds(0, -ascent*t.size, w, descent*t.size)
	x, y := (b[0]+b[2])/2, (b[1]+b[3])/2
	if x < 0 || y < 0 || x > c.width || y > c.height {
		c.outside++
		return
	}
	c.glyphs = append(c.glyphs, grid.Glyph{
		Text: s, Box: extract.Box(b), Angle: angle(m[0], m[1]), Size: t.size * math.Hypot(m[2], m[3]),
		Vert: t.char == 0 && t.read&1 == 1,
	})
}

func blank(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' }

// width of a character in ems: the file tells distances, not widths.
func width(s string) (w float64) {
	for _, r := range s {
		if r < 0x100 || r >= 0xFF61 && r <= 0xFFDC {
			w += .5
		} else {
			w++
		}
	}
	return w
}

// code is a TextCode.
type code struct {
	node *node
	text string
}

func (n *node) codes() (out []code) {
	for _, k := range n.kids {
		if k.name != "TextCode" {
			continue
		}
		s := string(k.text)
		if strings.Contains(s, "\n") { // the file is indented, and this is no text
			s = strings.TrimSpace(s)
		}
		out = append(out, code{k, s})
	}
	return out
}

func items(s string) []string {
	out := make([]string, 0, len(s)/2)
	for _, r := range s {
		out = append(out, string(r))
	}
	return out
}

// ligatures joins the characters that are drawn as fewer or more glyphs than
// they are: distances count glyphs.
func ligatures(n *node, items []string) ([]string, bool) {
	ok, shift := true, 0
	for _, k := range n.kids {
		if k.name != "CGTransform" {
			continue
		}
		at, codes, glyphs := int(k.num("CodePosition", 0)), int(k.num("CodeCount", 1)), int(k.num("GlyphCount", 1))
		if codes == glyphs {
			continue
		}
		at += shift
		if at < 0 || codes < 1 || glyphs < 1 || at+codes > len(items) || glyphs > 16 {
			ok = false
			continue
		}
		group := make([]string, glyphs)
		group[0] = strings.Join(items[at:at+codes], "")
		items = append(append(append([]string{}, items[:at]...), group...), items[at+codes:]...)
		shift += glyphs - codes
	}
	return items, ok
}

// deltas reads distances, at most n of them; "g 3 2.5" stands for three times
// 2.5.
func deltas(s string, n int) (out []float64, ok bool) {
	next := func() (string, bool) {
		s = strings.TrimLeft(s, " \t\r\n,")
		end := strings.IndexAny(s, " \t\r\n,")
		if end < 0 {
			end = len(s)
		}
		f := s[:end]
		s = s[end:]
		return f, f != ""
	}
	for len(out) < n {
		f, more := next()
		if !more {
			return out, true
		}
		times := 1
		if f == "g" || f == "G" {
			count, _ := next()
			k, err := strconv.Atoi(count)
			if err != nil || k < 0 {
				return out, false
			}
			times = k
			f, _ = next()
		}
		v, isNumber := number(f)
		if !isNumber {
			return out, false
		}
		for range min(times, n-len(out)) {
			out = append(out, v)
		}
	}
	return out, true
}
