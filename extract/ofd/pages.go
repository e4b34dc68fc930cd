package ofd

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"nianbao/extract"
	"nianbao/extract/grid"
	"nianbao/extract/raster"
)

// What a page of text stays below, as shares of its glyphs.
const (
	maxSuspect = 0.01 // characters without meaning
	maxOutside = 0.05 // beyond the edge of the page
)

const (
	minPicture = 0.06 // of a page; a smaller image is a seal, a logo or an icon
	fewGlyphs  = 20   // what a page number or a stamp has
)

// pages reads every page, by its text or as a picture.
func (r *reading) pages() ([]grid.Page, error) {
	var out []grid.Page
	unread, glyphs, suspects := 0, 0, 0
	for i := range r.leaves {
		c, err := r.draw(i)
		if err != nil {
			return nil, err
		}
		suspects += c.trust()
		glyphs += len(c.glyphs)
		p := grid.Page{Number: i + 1, Width: c.width, Height: c.height, Reader: ReaderName, Glyphs: c.glyphs, Rules: c.ruler.rules}
		if !c.pictured() {
			out = append(out, c.withTables(p)...)
			continue
		}
		scan, ok := c.recognise()
		if ok {
			p = scan
			glyphs += len(p.Glyphs)
		} else {
			unread++
		}
		out = append(out, p)
	}
	switch {
	case unread > 0 && (unread == len(r.leaves) || glyphs < 50):
		return nil, &extract.Refusal{Code: extract.RefusedScan, Detail: r.unread()}
	case suspects*5 > glyphs:
		return nil, &extract.Refusal{Code: extract.RefusedUnsupported, Detail: "the OFD file numbers the shapes it draws and does not say what characters they are; open it in an OFD viewer and save it as PDF"}
	case glyphs == 0 && r.isDamaged():
		return nil, damaged("no text is left on its pages (%s)", r.warnings[0].Message)
	case glyphs == 0:
		return nil, &extract.Refusal{Code: extract.RefusedEmpty, Detail: "the OFD file has no text on its pages"}
	}
	return out, nil
}

func (r *reading) isDamaged() bool {
	for _, w := range r.warnings {
		if w.Code == WarnDamaged {
			return true
		}
	}
	return false
}

// trust warns of a page whose text may not be what it shows, and counts the
// characters without meaning.
func (c *canvas) trust() (suspects int) {
	for i := range c.glyphs {
		if suspect(c.glyphs[i].Text) {
			suspects++
		}
	}
	n := float64(len(c.glyphs))
	switch piled := grid.Overlapping(c.glyphs); {
	case float64(suspects) > maxSuspect*n:
		c.r.warn(WarnUntrusted, c.number, "%d of %.0f characters have no meaning", suspects, n)
	case float64(c.outside) > maxOutside*(n+float64(c.outside)):
		c.r.warn(WarnUntrusted, c.number, "%d characters lie outside what the page shows", c.outside)
	case piled > 0:
		c.r.warn(WarnUntrusted, c.number, "numbers on page %d lie on top of each other", c.number)
	}
	if len(c.glyphs) >= maxGlyphs {
		c.r.warn(WarnUntrusted, c.number, "page %d has more characters than are read", c.number)
	}
	return suspects
}

// suspect: characters that no report prints, which stand where a producer knew
// a glyph and not its character.
func suspect(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !unicode.In(r, unicode.Han, unicode.Common, unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Bopomofo, unicode.Hiragana, unicode.Katakana) || unicode.IsControl(r) {
			return true
		}
	}
	return false
}

// pictured: the page is a picture, or its characters are drawn as outlines.
func (c *canvas) pictured() bool {
	if len(c.glyphs) >= fewGlyphs {
		return false
	}
	for _, p := range c.pictures {
		if p.share >= .25 {
			return true
		}
	}
	return c.shapes > 200
}

// recognise has the page read as the picture that it is. It warns and returns
// false where that can't be done.
func (c *canvas) recognise() (grid.Page, bool) {
	var largest *picture
	for i := range c.pictures {
		if p := &c.pictures[i]; largest == nil || p.share > largest.share {
			largest = p
		}
	}
	if largest == nil || largest.share < .25 {
		c.unreadPicture("the text of the page is drawn as outlines", errors.New("save the file as PDF to have it read"))
		return grid.Page{}, false
	}
	for i := range c.pictures {
		if p := &c.pictures[i]; p != largest && p.share >= minPicture {
			c.r.warn(WarnImage, c.number, "page %d is made of several pictures, of which only the largest is read; save the file as PDF to have all read", c.number)
		}
	}
	_, page, err := c.read(largest, false)
	if err != nil {
		c.unreadPicture("the page is a picture", err)
		return grid.Page{}, false
	}
	return page, true
}

// withTables adds to a page of text the tables that stand on it as pictures, as
// pages of their own between the text above and below them.
func (c *canvas) withTables(p grid.Page) []grid.Page {
	out := []grid.Page{p}
	for i := range c.pictures {
		if c.pictures[i].share < minPicture {
			continue
		}
		pic, table, err := c.read(&c.pictures[i], true)
		switch {
		case errors.Is(err, extract.ErrNoTable):
			continue
		case errors.Is(err, extract.ErrNoEngine):
			c.unreadPicture("a picture on the page may be a table", err)
			continue
		case err != nil:
			c.unreadPicture("a picture stands on the page", err)
			continue
		}
		last := &out[len(out)-1]
		below := *last
		last.Glyphs, below.Glyphs = split(last.Glyphs, pic.Middle())
		below.Rules = nil
		out = append(out, table)
		if len(below.Glyphs) > 0 {
			out = append(out, below)
		}
	}
	return out
}

// split parts glyphs at a height.
func split(glyphs []grid.Glyph, y float64) (above, below []grid.Glyph) {
	for _, g := range glyphs {
		if (g.Box[1]+g.Box[3])/2 < y {
			above = append(above, g)
		} else {
			below = append(below, g)
		}
	}
	return above, below
}

// read has a picture recognised. One that can't be decoded is told as that, whether
// there is an engine or not.
func (c *canvas) read(p *picture, part bool) (extract.Picture, grid.Page, error) {
	pic, err := c.open(p, part)
	if err != nil {
		return pic, grid.Page{}, err
	}
	if c.r.opt.OCR == nil {
		return pic, grid.Page{}, extract.ErrNoEngine
	}
	page, err := c.r.opt.OCR.Recognise(pic)
	return pic, page, err
}

// open decodes a picture and says where its pixels lie on the page.
func (c *canvas) open(p *picture, part bool) (extract.Picture, error) {
	r := c.r
	if r.opt.Progress != nil {
		r.opt.Progress(c.number, len(r.leaves))
	}
	if p.media.member == "" {
		return extract.Picture{}, fmt.Errorf("its picture: %w", errMissing)
	}
	b, err := r.pack.read(p.media.member)
	if err != nil {
		return extract.Picture{}, err
	}
	decoded, err := raster.Decode(b)
	if err != nil {
		return extract.Picture{}, fmt.Errorf("picture %s (%s): %w", p.media.member, p.media.format, err)
	}
	img := decoded[0].Image
	size := img.Bounds()
	pixels := matrix{1 / float64(size.Dx()), 0, 0, 1 / float64(size.Dy()), 0, 0}
	return extract.Picture{
		Image: img, Page: c.number, Width: c.width, Height: c.height, Part: part,
		Matrix: [6]float64(pixels.mul(p.at)),
	}, nil
}

// unreadPicture warns of a picture that was not read.
func (c *canvas) unreadPicture(what string, err error) {
	if c.r.ocrError == nil {
		c.r.ocrError = err
	}
	if errors.Is(err, extract.ErrNoEngine) {
		c.r.warn(WarnImage, c.number, "%s; reading it needs an OCR engine (nianbao doctor says what to install)", what)
		return
	}
	c.r.warn(WarnImage, c.number, "%s and could not be read: %v", what, err)
}

// unread says for people why nothing of the file was read.
func (r *reading) unread() string {
	const what = "the OFD file holds pictures of pages and no text"
	if errors.Is(r.ocrError, extract.ErrNoEngine) {
		return what + "; reading it needs an OCR engine (nianbao doctor says what to install)"
	}
	return what + ", and they could not be read: " + r.ocrError.Error()
}
