package pdf

import (
	"fmt"
	"math"
	"unicode"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"nianbao/extract"
	"nianbao/extract/grid"
	"nianbao/schema"
)

// pdfiumPage is one page open in PDFium, drawn on a canvas as ours are.
type pdfiumPage struct {
	*pdfiumFile
	page   requests.Page
	canvas *canvas
	base   matrix // from PDFium's page space to the visible page
	path   path
	err    error // the first one met
}

// draw reads page i, counted from 0.
func (f *pdfiumFile) draw(i int) (c *canvas, err error) {
	defer func() { // a crash within the sandbox
		if x := recover(); x != nil {
			c, err = nil, fmt.Errorf("PDFium: page %d: %s", i+1, cause(x))
		}
	}()
	p, done, err := f.load(i)
	if err != nil {
		return nil, err
	}
	defer done()
	p.objects()
	p.text()
	if p.err != nil {
		return nil, fmt.Errorf("PDFium: page %d: %s", i+1, cause(p.err))
	}
	return p.canvas, nil
}

// load opens page i, counted from 0, and measures it. The caller calls done when
// it needs the page no more.
func (f *pdfiumFile) load(i int) (p *pdfiumPage, done func(), err error) {
	loaded, err := f.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: f.doc, Index: i})
	if err != nil {
		return nil, nil, fmt.Errorf("PDFium: page %d: %w", i+1, err)
	}
	done = func() { f.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page}) }
	p = &pdfiumPage{pdfiumFile: f, page: requests.Page{ByReference: &loaded.Page}}
	if err := p.measure(); err != nil {
		done()
		return nil, nil, fmt.Errorf("PDFium: page %d: %w", i+1, err)
	}
	return p, done, nil
}

// fine is how many parts of a point places on a page are told in.
const fine = 1000

// measure finds the page's size and how its space lies on the visible page,
// turned and cropped, by asking where three points go.
func (p *pdfiumPage) measure() error {
	w, err := p.FPDF_GetPageWidthF(&requests.FPDF_GetPageWidthF{Page: p.page})
	if err != nil {
		return err
	}
	h, err := p.FPDF_GetPageHeightF(&requests.FPDF_GetPageHeightF{Page: p.page})
	if err != nil {
		return err
	}
	p.canvas = &canvas{width: float64(w.PageWidth), height: float64(h.PageHeight)}
	p.canvas.ruler.page = rect{0, 0, p.canvas.width, p.canvas.height}
	var at [3]point
	for i, q := range []point{{0, 0}, {1000, 0}, {0, 1000}} {
		r, err := p.FPDF_PageToDevice(&requests.FPDF_PageToDevice{
			Page: p.page, SizeX: int(p.canvas.width * fine), SizeY: int(p.canvas.height * fine), PageX: q.x, PageY: q.y,
		})
		if err != nil {
			return err
		}
		at[i] = point{float64(r.DeviceX) / fine, float64(r.DeviceY) / fine}
	}
	o := at[0]
	p.base = matrix{
		(at[1].x - o.x) / 1000, (at[1].y - o.y) / 1000,
		(at[2].x - o.x) / 1000, (at[2].y - o.y) / 1000, o.x, o.y,
	}
	return nil
}

func (p *pdfiumPage) fail(err error) bool {
	if err != nil && p.err == nil {
		p.err = err
	}
	return err != nil
}

func (p *pdfiumPage) text() {
	tp, err := p.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: p.page})
	if p.fail(err) {
		return
	}
	defer p.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: tp.TextPage})
	n, err := p.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: tp.TextPage})
	if p.fail(err) {
		return
	}
	if n.Count > maxGlyphs {
		p.fail(fmt.Errorf("it has more than %d characters", maxGlyphs))
	}
	for i := 0; i < n.Count && p.err == nil; i++ {
		p.char(tp.TextPage, i)
	}
}

// char adds one character. Its box is laid out from its origin: PDFium's own
// boxes hug the ink, at other heights for every character.
func (p *pdfiumPage) char(tp references.FPDF_TEXTPAGE, i int) {
	u, err := p.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: tp, Index: i})
	if p.fail(err) {
		return
	}
	r := rune(u.Unicode)
	if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' {
		return
	}
	if g, err := p.FPDFText_IsGenerated(&requests.FPDFText_IsGenerated{TextPage: tp, Index: i}); err == nil && g.IsGenerated {
		return
	}
	text := schema.FoldRadicals(string(r))
	if r == 0 || r == 0xFFFE {
		text = unreadable
	}
	if bad, err := p.FPDFText_HasUnicodeMapError(&requests.FPDFText_HasUnicodeMapError{TextPage: tp, Index: i}); err == nil && bad.HasUnicodeMapError {
		text = unreadable
	}
	if o, err := p.FPDFText_GetTextObject(&requests.FPDFText_GetTextObject{TextPage: tp, Index: i}); err == nil {
		m, err := p.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: o.TextObject})
		if err == nil && (m.TextRenderMode == enums.FPDF_TEXTRENDERMODE_INVISIBLE || m.TextRenderMode == enums.FPDF_TEXTRENDERMODE_CLIP) {
			p.canvas.invisible++
			return
		}
	}
	o, err := p.FPDFText_GetCharOrigin(&requests.FPDFText_GetCharOrigin{TextPage: tp, Index: i})
	if err != nil {
		p.canvas.outside++
		return
	}
	m := identity
	if r, err := p.FPDFText_GetMatrix(&requests.FPDFText_GetMatrix{TextPage: tp, Index: i}); err == nil {
		m = matrix{float64(r.Matrix.A), float64(r.Matrix.B), float64(r.Matrix.C), float64(r.Matrix.D)}
	}
	size := 0.0
	if s, err := p.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: tp, Index: i}); err == nil {
		size = s.FontSize
	}
	m[4], m[5] = o.X, o.Y
	if !m.sane() || size <= 0 {
		p.canvas.outside++
		return
	}
	width := 0.5
	if r > 0x2000 {
		width = 1
	}
	if b, err := p.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: tp, Index: i}); err == nil && m[1] == 0 && m[2] == 0 {
		em := size * abs(m[0])
		if w := float64(b.Rect.Right - b.Rect.Left); w > 0.2*em && w < 1.3*em && abs(float64(b.Rect.Left)-o.X) < 0.1*em {
			width = w / em
		}
	}
	p.place(text, rect{0, -descent * size, width * size, ascent * size}, m.mul(p.base), size)
}

func (p *pdfiumPage) place(text string, box rect, m matrix, size float64) {
	b := box.bounds(m)
	if !p.canvas.ruler.page.contains(point{(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2}) {
		if !slanted(angle(m[0], m[1])) {
			p.canvas.outside++
		}
		return
	}
	p.canvas.glyphs = append(p.canvas.glyphs, grid.Glyph{
		Text: text, Box: extract.Box{b.x0, b.y0, b.x1, b.y1},
		Angle: angle(m[0], m[1]), Size: size * math.Hypot(m[2], m[3]),
	})
}

func (p *pdfiumPage) objects() {
	n, err := p.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: p.page})
	if p.fail(err) {
		return
	}
	for i := 0; i < n.Count && p.err == nil; i++ {
		o, err := p.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: p.page, Index: i})
		if p.fail(err) {
			return
		}
		p.object(o.PageObject, p.base, 0)
	}
}

func (p *pdfiumPage) object(o references.FPDF_PAGEOBJECT, m matrix, depth int) {
	kind, err := p.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o})
	if p.fail(err) {
		return
	}
	switch kind.Type {
	case enums.FPDF_PAGEOBJ_PATH:
		p.paint(o, m)
	case enums.FPDF_PAGEOBJ_IMAGE:
		if b, ok := p.bounds(o, m); ok {
			p.canvas.ruler.image(b, everywhere)
			b = b.intersect(p.canvas.ruler.page)
			if !b.empty() {
				p.canvas.picture = max(p.canvas.picture, b.w()*b.h()/(p.canvas.width*p.canvas.height))
			}
		}
	case enums.FPDF_PAGEOBJ_FORM:
		if depth >= maxForms {
			return
		}
		n, err := p.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: o})
		if p.fail(err) {
			return
		}
		m = p.matrix(o).mul(m)
		for i := 0; i < n.Count && p.err == nil; i++ {
			if c, err := p.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: o, Index: uint64(i)}); err == nil {
				p.object(c.PageObject, m, depth+1)
			}
		}
	}
}

func (p *pdfiumPage) matrix(o references.FPDF_PAGEOBJECT) matrix {
	r, err := p.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: o})
	if err != nil {
		return identity
	}
	m := matrix{
		float64(r.Matrix.A), float64(r.Matrix.B), float64(r.Matrix.C),
		float64(r.Matrix.D), float64(r.Matrix.E), float64(r.Matrix.F),
	}
	if !m.sane() {
		return identity
	}
	return m
}

func (p *pdfiumPage) bounds(o references.FPDF_PAGEOBJECT, m matrix) (rect, bool) {
	b, err := p.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: o})
	if err != nil {
		return nowhere, false
	}
	return rect{float64(b.Left), float64(b.Bottom), float64(b.Right), float64(b.Top)}.bounds(m), true
}

// paint adds a path's rules. Thin ones are told by their bounds alone, since
// every segment costs four calls into the sandbox.
func (p *pdfiumPage) paint(o references.FPDF_PAGEOBJECT, m matrix) {
	if p.canvas.operators++; p.canvas.operators > maxRules {
		return
	}
	mode, err := p.FPDFPath_GetDrawMode(&requests.FPDFPath_GetDrawMode{PageObject: o})
	if p.fail(err) {
		return
	}
	fill := mode.FillMode != enums.FPDF_FILLMODE_NONE
	if !fill && !mode.Stroke {
		return
	}
	if b, ok := p.bounds(o, m); ok && (b.w() < thin || b.h() < thin) {
		p.canvas.ruler.fill(b, nil, everywhere)
		return
	}
	n, err := p.FPDFPath_CountSegments(&requests.FPDFPath_CountSegments{PageObject: o})
	if p.fail(err) {
		return
	}
	own := p.matrix(o).mul(m)
	p.path.clear()
	for i := 0; i < n.Count && i < maxRules && p.err == nil; i++ {
		p.segment(o, i, own)
	}
	width := 1.0
	if w, err := p.FPDFPageObj_GetStrokeWidth(&requests.FPDFPageObj_GetStrokeWidth{PageObject: o}); err == nil {
		width = float64(w.StrokeWidth)
	}
	p.canvas.ruler.paint(&p.path, everywhere, fill, mode.Stroke, width*own.scale())
}

func (p *pdfiumPage) segment(o references.FPDF_PAGEOBJECT, i int, m matrix) {
	s, err := p.FPDFPath_GetPathSegment(&requests.FPDFPath_GetPathSegment{PageObject: o, Index: i})
	if p.fail(err) {
		return
	}
	kind, err := p.FPDFPathSegment_GetType(&requests.FPDFPathSegment_GetType{PathSegment: s.PathSegment})
	if p.fail(err) {
		return
	}
	at, err := p.FPDFPathSegment_GetPoint(&requests.FPDFPathSegment_GetPoint{PathSegment: s.PathSegment})
	if p.fail(err) {
		return
	}
	q := m.apply(float64(at.X), float64(at.Y))
	switch kind.Type {
	case enums.FPDF_SEGMENT_MOVETO:
		p.path.move(q)
	case enums.FPDF_SEGMENT_BEZIERTO:
		p.path.line(q)
		p.path.last().curved = true
	default:
		p.path.line(q)
	}
	if c, err := p.FPDFPathSegment_GetClose(&requests.FPDFPathSegment_GetClose{PathSegment: s.PathSegment}); err == nil && c.IsClose {
		if last := p.path.last(); last != nil {
			last.closed = true
		}
	}
}
