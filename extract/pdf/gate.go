package pdf

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"nianbao/extract/grid"
)

// Text of a PDF can be wrong without any error: codes that a broken map turns
// into other characters, glyphs without widths that fall on one spot, a text
// layer that somebody's OCR left under a picture. The gate tells such readings
// by what no printed report looks like. It judges each page, and the document
// as a whole; what does not pass is read again by the other reader, and judged
// by the same measures.

// What a page that passes stays below, as shares of its glyphs.
const (
	maxSuspect = 0.01 // characters without meaning
	maxOutside = 0.05 // beyond the edge of the page, where some writers leave what the next page repeats
	maxPiled   = 0.02 // on top of another
)

// What a document passes with.
const (
	minHan     = 0.3 // share of Han characters
	minAnchors = 5   // of the words below
)

// anchors are words that every report prints, short enough to survive line
// breaks.
var anchors = []string{"公开", "信息", "政府", "报告", "行政", "申请", "本年", "计", "结果"}

// measures are what the gate knows of a page or document.
type measures struct {
	glyphs, suspect, unreadable, piled, outside, han int
	numerals, words                                  int // runs of digits, of Latin letters
}

func (m *measures) add(n measures) {
	m.glyphs += n.glyphs
	m.suspect += n.suspect
	m.unreadable += n.unreadable
	m.piled += n.piled
	m.outside += n.outside
	m.han += n.han
	m.numerals += n.numerals
	m.words += n.words
}

func (c *canvas) measure() measures {
	m := measures{glyphs: len(c.glyphs), outside: c.outside + c.clipped}
	spots := make(map[[2]int32]string, len(c.glyphs))
	var run string // a run of letters or digits on one line
	end := func() {
		switch {
		case run == "":
		case strings.IndexFunc(run, unicode.IsDigit) >= 0:
			m.numerals++
		default:
			m.words++
		}
		run = ""
	}
	for i := range c.glyphs {
		g := &c.glyphs[i]
		r, _ := utf8.DecodeRuneInString(g.Text)
		if suspect(g.Text) {
			m.suspect++
		}
		if g.Text == unreadable {
			m.unreadable++
		}
		if r >= 0x3400 && r <= 0x9FFF || r >= 0x20000 && r <= 0x3FFFF {
			m.han++
		}
		spot := [2]int32{int32((g.Box[0] + g.Box[2]) * 2), int32((g.Box[1] + g.Box[3]) * 2)}
		if other, ok := spots[spot]; ok && other != g.Text {
			m.piled++
		}
		spots[spot] = g.Text
		if i > 0 && !follows(&c.glyphs[i-1], g) {
			end()
		}
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r >= '０' && r <= '９' {
			run += g.Text
		} else {
			end()
		}
	}
	end()
	return m
}

func follows(a, b *grid.Glyph) bool {
	return math.Abs(a.Box[1]-b.Box[1]) < 0.3*b.Size && math.Abs(b.Box[0]-a.Box[2]) < 0.4*b.Size
}

// fault says what keeps a page's text from being trusted, or "".
func (m measures) fault() string {
	share := func(n, of int) float64 { return float64(n) / float64(max(1, of)) }
	switch {
	case share(m.suspect, m.glyphs) >= maxSuspect:
		return fmt.Sprintf("%d of %d characters have no meaning", m.suspect, m.glyphs)
	case m.unreadable > 0:
		return fmt.Sprintf("%d of %d characters can't be decoded", m.unreadable, m.glyphs)
	case share(m.piled, m.glyphs) >= maxPiled:
		return fmt.Sprintf("%d of %d characters lie on top of others", m.piled, m.glyphs)
	case share(m.outside, m.glyphs+m.outside) >= maxOutside:
		return fmt.Sprintf("%d characters lie outside what the page shows", m.outside)
	}
	return ""
}

// alphabet says whether the numbers of a Chinese text were read as letters,
// which a font's wrong map does.
func (m measures) alphabet() string {
	if m.words >= 10 && m.words > m.numerals && float64(m.han) >= minHan*float64(m.glyphs) {
		return fmt.Sprintf("%d words in Latin letters stand against %d numbers", m.words, m.numerals)
	}
	return ""
}

// fault of a whole document, all its pages together.
func documentFault(pages []*canvas) string {
	var all measures
	var text strings.Builder
	for _, c := range pages {
		if c == nil {
			continue
		}
		all.add(c.measured)
		for i := range c.glyphs {
			text.WriteString(c.glyphs[i].Text)
		}
	}
	found := 0
	for _, a := range anchors {
		if strings.Contains(text.String(), a) {
			found++
		}
	}
	switch {
	case all.glyphs == 0:
		return "there is no text"
	case float64(all.han) < minHan*float64(all.glyphs):
		return "the text is not Chinese"
	case found < minAnchors:
		return "the text lacks the words of a report"
	}
	return all.alphabet()
}

// pictured: the page shows a picture and no text of its own. Invisible text
// under a picture is what somebody's OCR read, which is not trusted.
func (c *canvas) pictured() bool {
	return c.picture >= 0.25 && len(c.glyphs) <= c.invisible ||
		c.picture >= 0.25 && len(c.glyphs) < 20 ||
		len(c.glyphs) < 20 && c.shapes > 200 // characters drawn as outlines
}

// sameText: do two readings of a page hold the same characters?
func sameText(a, b *canvas) bool {
	count := map[rune]int{}
	for i := range a.glyphs {
		for _, r := range a.glyphs[i].Text {
			count[r]++
		}
	}
	for i := range b.glyphs {
		for _, r := range b.glyphs[i].Text {
			count[r]--
		}
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// scripts that reports print besides Han and ASCII: punctuation, symbols,
// Greek letters, enclosed and Roman numerals, full-width forms.
var scripts = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x20, Hi: 0x7E, Stride: 1}, {Lo: 0x391, Hi: 0x3C9, Stride: 1},
	{Lo: 0x2010, Hi: 0x2027, Stride: 1}, {Lo: 0x2030, Hi: 0x205E, Stride: 1}, {Lo: 0x2070, Hi: 0x209F, Stride: 1}, {Lo: 0x20A0, Hi: 0x20BF, Stride: 1},
	{Lo: 0x2100, Hi: 0x27BF, Stride: 1}, {Lo: 0x2900, Hi: 0x2BFF, Stride: 1}, {Lo: 0x2E80, Hi: 0x33FF, Stride: 1},
	{Lo: 0x3400, Hi: 0x9FFF, Stride: 1}, {Lo: 0xF900, Hi: 0xFAFF, Stride: 1}, {Lo: 0xFE10, Hi: 0xFE6F, Stride: 1}, {Lo: 0xFF00, Hi: 0xFFEF, Stride: 1},
}, R32: []unicode.Range32{{Lo: 0x1F000, Hi: 0x1FAFF, Stride: 1}, {Lo: 0x20000, Hi: 0x3FFFF, Stride: 1}}}

// suspect: characters that no report prints and wrong maps produce.
func suspect(s string) bool {
	for _, r := range s {
		if !unicode.Is(scripts, r) && !strings.ContainsRune("·×÷°±§¥£©®²³¹¼½¾«»¶", r) {
			return true
		}
	}
	return false
}

// papers are the sheets reports are printed on, in points, upright.
var papers = [][2]float64{{595, 842}, {842, 1191}, {420, 595}, {516, 729}, {499, 709}, {522, 737}, {612, 792}, {612, 1008}}

// onPaper: has the page the size of a sheet? Text beyond the edge of any other
// may have been cut away by a box that was bent.
func (c *canvas) onPaper() bool {
	for _, p := range papers {
		if abs(min(c.width, c.height)-p[0]) < 3 && abs(max(c.width, c.height)-p[1]) < 3 {
			return true
		}
	}
	return false
}
