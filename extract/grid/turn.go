package grid

import (
	"math"
	"strings"

	"nianbao/extract"
)

// Limits of one page. What lies beyond them is not read, and every table of the
// page says so with a doubt.
const (
	maxGlyphs = 60_000
	maxRules  = 200_000
)

// skew is how far, in degrees, writing may lie off a right angle; text beyond
// it is a watermark or a stamp.
const skew = 9

// sheet is a page turned so that most of its text runs from left to right.
type sheet struct {
	page   *Page
	turn   int     // quarter turns counter-clockwise of the text on the page
	w, h   float64 // size after turning
	glyphs []glyph
	rules  []Rule
	over   bool // the page is beyond the limits
}

// glyph is a Glyph on its sheet. dir counts the quarter turns that its writing
// direction is still off left to right.
type glyph struct {
	text           string
	x0, y0, x1, y1 float64
	size           float64
	dir            int
	vert           bool
}

func (g *glyph) cx() float64 { return (g.x0 + g.x1) / 2 }
func (g *glyph) cy() float64 { return (g.y0 + g.y1) / 2 }

// newSheet turns a page and drops what is not part of its text: skew
// watermarks, white space, and glyphs and rules without a place.
func newSheet(p *Page) *sheet {
	s := &sheet{page: p}
	glyphs, rules := p.Glyphs, p.Rules
	if len(glyphs) > maxGlyphs {
		glyphs, s.over = glyphs[:maxGlyphs], true
	}
	if len(rules) > maxRules {
		rules, s.over = rules[:maxRules], true
	}
	var count [4]int
	dirs := make([]int8, len(glyphs))
	for i := range glyphs {
		g := &glyphs[i]
		dirs[i] = -1
		if !finite(g.Box[:]...) || !finite(g.Angle, g.Size) || strings.TrimSpace(g.Text) == "" {
			continue
		}
		a := math.Mod(g.Angle, 360)
		if a < 0 {
			a += 360
		}
		q := math.Round(a / 90)
		if math.Abs(a-q*90) > skew {
			continue
		}
		dirs[i] = int8(q) % 4
		if !g.Vert {
			count[dirs[i]]++
		}
	}
	for d, n := range count {
		if n > count[s.turn] {
			s.turn = d
		}
	}
	s.w, s.h = p.Width, p.Height
	if s.turn%2 == 1 {
		s.w, s.h = s.h, s.w
	}
	s.glyphs = make([]glyph, 0, len(glyphs))
	for i := range glyphs {
		if dirs[i] < 0 {
			continue
		}
		g := &glyphs[i]
		b := s.in(g.Box)
		size := math.Abs(g.Size)
		if size < 0.5 || size > 500 {
			size = max(0.5, min(500, b[3]-b[1]))
		}
		s.glyphs = append(s.glyphs, glyph{g.Text, b[0], b[1], b[2], b[3], size, (int(dirs[i]) - s.turn + 4) % 4, g.Vert})
	}
	s.rules = make([]Rule, 0, len(rules))
	for _, r := range rules {
		if !finite(r.X0, r.Y0, r.X1, r.Y1, r.Width) {
			continue
		}
		r.X0, r.Y0 = s.point(r.X0, r.Y0)
		r.X1, r.Y1 = s.point(r.X1, r.Y1)
		s.rules = append(s.rules, r)
	}
	return s
}

// point maps a place on the page to the sheet.
func (s *sheet) point(x, y float64) (float64, float64) {
	switch s.turn {
	case 1:
		return s.page.Height - y, x
	case 2:
		return s.page.Width - x, s.page.Height - y
	case 3:
		return y, s.page.Width - x
	}
	return x, y
}

// in maps a box of the page to the sheet.
func (s *sheet) in(b extract.Box) extract.Box {
	x0, y0 := s.point(b[0], b[1])
	x1, y1 := s.point(b[2], b[3])
	return extract.Box{min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)}
}

// out maps a box of the sheet back to the page, to hundredths of a point.
func (s *sheet) out(b extract.Box) *extract.Box {
	back := func(x, y float64) (float64, float64) {
		switch s.turn {
		case 1:
			return y, s.page.Height - x
		case 2:
			return s.page.Width - x, s.page.Height - y
		case 3:
			return s.page.Width - y, x
		}
		return x, y
	}
	x0, y0 := back(b[0], b[1])
	x1, y1 := back(b[2], b[3])
	box := extract.Box{min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)}
	if s.page.Place != nil {
		box = s.page.Place(box)
	}
	for i, v := range box {
		box[i] = math.Round(v*100) / 100
	}
	return &box
}

// finite reports whether all values are numbers of a size that a page can have.
func finite(vs ...float64) bool {
	for _, v := range vs {
		if !(math.Abs(v) < 1e6) {
			return false
		}
	}
	return true
}
