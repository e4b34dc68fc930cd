// Package grid finds tables on pages: from drawn rules where there are any,
// by alignment to the columns of the form where there are none. Its input is
// glyphs and rules, wherever they come from (a PDF's text layer, an OFD page,
// a raster); its output is lines and tables joined over page breaks.
//
// All coordinates are in points, origin top left, on the page as a viewer shows
// it (after /Rotate and cropping).
package grid

import "nianbao/extract"

// Page is one page of glyphs and rules.
type Page struct {
	Number        int // from 1
	Width, Height float64
	Reader        string // the reader that made the page, kept with each cell
	Glyphs        []Glyph
	Rules         []Rule
	// Recognised says that the glyphs were read from pixels; Readings then are
	// what the engines read, each at a place within its cell.
	Recognised bool
	Readings   []Readings
	// Place maps a box of a page that was straightened before (a skew scan, a
	// photograph) to the page as a viewer shows it, which is Shown large. Nil
	// where they are the same.
	Place func(extract.Box) extract.Box
	Shown [2]float64
}

// Size is the size of the page as a viewer shows it.
func (p *Page) Size() (width, height float64) {
	if p.Place != nil {
		return p.Shown[0], p.Shown[1]
	}
	return p.Width, p.Height
}

// Glyph is one visible character. Box is its advance box (baseline origin,
// advance width, and a height from the font size), never the ink box, so that
// glyphs of one line have the same vertical extent.
type Glyph struct {
	Text  string // one character as a rule; a ligature may have more
	Box   extract.Box
	Angle float64 // direction of writing in degrees, counter-clockwise; 0 is left to right
	Size  float64 // font size in points
	Vert  bool    // vertical writing mode of the font
}

// Readings are what each engine read at one place.
type Readings struct {
	Box extract.Box
	All []extract.Reading
}

// Rule is a drawn straight line, already reduced from strokes, thin rectangles,
// sides of rectangles, dots and thin images. Weak rules are edges of filled
// areas that draw no line of their own.
type Rule struct {
	X0, Y0, X1, Y1 float64
	Width          float64
	Weak           bool
}
