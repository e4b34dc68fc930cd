package grid

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"nianbao/extract"
)

// textLine is a row of glyphs on one baseline.
type textLine struct {
	glyphs []glyph
	cy     float64
	size   float64
}

// splitLines groups glyphs into lines by the middle of their boxes, from top to
// bottom, each line from left to right.
func splitLines(glyphs []glyph) []textLine {
	g := slices.Clone(glyphs)
	slices.SortStableFunc(g, func(a, b glyph) int { return cmp.Compare(a.cy(), b.cy()) })
	var out []textLine
	for i := range g {
		if n := len(out); n > 0 {
			l := &out[n-1]
			if g[i].cy()-l.cy <= 0.5*min(g[i].size, l.size) {
				k := float64(len(l.glyphs))
				l.cy = (l.cy*k + g[i].cy()) / (k + 1)
				l.size = max(l.size, g[i].size)
				l.glyphs = g[i-len(l.glyphs) : i+1]
				continue
			}
		}
		out = append(out, textLine{g[i : i+1], g[i].cy(), g[i].size})
	}
	for i := range out {
		slices.SortStableFunc(out[i].glyphs, func(a, b glyph) int { return cmp.Compare(a.x0, b.x0) })
	}
	return out
}

// text writes the line's characters, with a space where they stand apart.
func (l *textLine) text() string {
	var b strings.Builder
	for i := range l.glyphs {
		g := &l.glyphs[i]
		if i > 0 {
			p := &l.glyphs[i-1]
			if p.text == g.text && g.x0-p.x0 < 0.2*g.size {
				continue // the same character printed twice to look bold
			}
			if spaced(p, g) {
				b.WriteByte(' ')
			}
		}
		b.WriteString(g.text)
	}
	return b.String()
}

// spaced reports whether a space shows between two neighbours. Justified
// Chinese text is set wider than written, so it takes more there.
func spaced(p, g *glyph) bool {
	d, size := g.x0-p.x1, min(p.size, g.size)
	if narrow(p.text) && narrow(g.text) {
		return d > 0.3*size
	}
	return d > 0.6*size
}

func narrow(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r < 0x2E80
}

func (l *textLine) box() extract.Box { return bounds(l.glyphs) }

func bounds(gs []glyph) extract.Box {
	b := extract.Box{gs[0].x0, gs[0].y0, gs[0].x1, gs[0].y1}
	for _, g := range gs[1:] {
		b = extract.Box{min(b[0], g.x0), min(b[1], g.y0), max(b[2], g.x1), max(b[3], g.y1)}
	}
	return b
}

// cellText reads the glyphs of one cell, its lines joined by "\n".
func cellText(glyphs []glyph) string {
	switch len(glyphs) {
	case 0:
		return ""
	case 1:
		return glyphs[0].text
	}
	var vert int
	var dirs [4]int
	for i := range glyphs {
		dirs[glyphs[i].dir]++
		if glyphs[i].vert {
			vert++
		}
	}
	if vert*2 > len(glyphs) {
		return columns(glyphs)
	}
	for d := 1; d < 4; d++ {
		if dirs[d]*2 > len(glyphs) {
			return joinLines(splitLines(turned(glyphs, d)))
		}
	}
	ls := splitLines(glyphs)
	across := joinLines(ls)
	if !stacked(ls) {
		return across
	}
	down := columns(glyphs)
	if len(splitColumns(glyphs)) == 1 {
		return across
	}
	// Short lines below each other may be a narrow paragraph or columns of
	// vertical text. The law's own labels tell; if not, the tighter direction.
	a, d := isLabel(across), isLabel(down)
	if a != d {
		if a {
			return across
		}
		return down
	}
	if tighterDown(ls) {
		return down
	}
	return across
}

// turned brings glyphs that run in direction d to run from left to right.
func turned(glyphs []glyph, d int) []glyph {
	out := make([]glyph, len(glyphs))
	for i, g := range glyphs {
		switch d {
		case 1:
			g.x0, g.y0, g.x1, g.y1 = -g.y1, g.x0, -g.y0, g.x1
		case 2:
			g.x0, g.y0, g.x1, g.y1 = -g.x1, -g.y1, -g.x0, -g.y0
		case 3:
			g.x0, g.y0, g.x1, g.y1 = g.y0, -g.x1, g.y1, -g.x0
		}
		out[i] = g
	}
	return out
}

func joinLines(ls []textLine) string {
	if len(ls) == 1 {
		return ls[0].text()
	}
	var b strings.Builder
	for i := range ls {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(ls[i].text())
	}
	return b.String()
}

// stacked reports whether lines may be columns of vertical text: many and short.
func stacked(ls []textLine) bool {
	if len(ls) < 3 {
		return false
	}
	wide := false
	for i := range ls {
		if len(ls[i].glyphs) > 3 {
			return false
		}
		wide = wide || len(ls[i].glyphs) > 1
	}
	return wide
}

// tighterDown reports whether characters follow each other more closely down
// the page than across it.
func tighterDown(ls []textLine) bool {
	var down, across []float64
	for i := range ls {
		if i > 0 {
			down = append(down, (ls[i].cy-ls[i-1].cy)/ls[i].size)
		}
		for k := 1; k < len(ls[i].glyphs); k++ {
			across = append(across, (ls[i].glyphs[k].cx()-ls[i].glyphs[k-1].cx())/ls[i].size)
		}
	}
	if len(down) == 0 || len(across) == 0 {
		return false
	}
	slices.Sort(down)
	slices.Sort(across)
	return down[len(down)/2] < across[len(across)/2]-0.15
}

// splitColumns groups glyphs into columns of vertical text, from right to left,
// each from top to bottom.
func splitColumns(glyphs []glyph) [][]glyph {
	if len(glyphs) == 0 {
		return nil
	}
	g := slices.Clone(glyphs)
	slices.SortStableFunc(g, func(a, b glyph) int { return cmp.Compare(b.cx(), a.cx()) })
	var out [][]glyph
	start := 0
	for i := range g {
		if i > start && g[i-1].cx()-g[i].cx() > 0.5*g[i].size {
			out = append(out, g[start:i])
			start = i
		}
	}
	out = append(out, g[start:])
	for _, c := range out {
		slices.SortStableFunc(c, func(a, b glyph) int { return cmp.Compare(a.cy(), b.cy()) })
	}
	return out
}

// columns reads vertical text.
func columns(glyphs []glyph) string {
	var b strings.Builder
	for i, c := range splitColumns(glyphs) {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, g := range c {
			b.WriteString(g.text)
		}
	}
	return b.String()
}
