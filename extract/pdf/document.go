package pdf

import (
	"bytes"

	"github.com/ledongthuc/pdf"
)

// document is one open file with what its pages share.
type document struct {
	objects
	fonts     map[string]*font
	forms     map[string]*form
	res       map[string]*resources
	off       map[string]bool // optional content that is switched off, by reference
	operators int
	glyphs    int
}

// resources is a resource dictionary, looked through once.
type resources struct {
	fontDict, xobjects, properties, states pdf.Value
	fontRefs, xobjectRefs, propertyRefs    map[string]string
	fonts                                  map[string]*font
}

// form is a form XObject, decoded once.
type form struct {
	content   []byte
	matrix    matrix
	box       rect
	unbounded bool
	resources *resources
}

func openObjects(r *pdf.Reader, dmg *damage) *document {
	d := &document{
		objects: objects{r: r, damage: dmg},
		fonts:   map[string]*font{}, forms: map[string]*form{}, res: map[string]*resources{},
	}
	d.off = d.switchedOff()
	return d
}

// switchedOff finds the optional content that a viewer hides at first.
func (d *document) switchedOff() map[string]bool {
	oc := d.key(d.key(d.r.Trailer(), "Root"), "OCProperties")
	conf := d.key(oc, "D")
	if conf.IsNull() {
		return nil
	}
	off := map[string]bool{}
	if d.key(conf, "BaseState").Name() == "OFF" {
		for _, ref := range refList(d.key(oc, "OCGs")) {
			off[ref] = true
		}
		for _, ref := range refList(d.key(conf, "ON")) {
			delete(off, ref)
		}
	}
	for _, ref := range refList(d.key(conf, "OFF")) {
		off[ref] = true
	}
	return off
}

func (d *document) resources(ref string, v pdf.Value) *resources {
	if ref != "" && d.res[ref] != nil {
		return d.res[ref]
	}
	r := &resources{
		fontDict: d.needed(v, "Font"), xobjects: d.needed(v, "XObject"),
		properties: d.key(v, "Properties"), states: d.key(v, "ExtGState"),
		fonts: map[string]*font{},
	}
	r.fontRefs, r.xobjectRefs, r.propertyRefs = refs(r.fontDict), refs(r.xobjects), refs(r.properties)
	if ref != "" {
		d.res[ref] = r
	}
	return r
}

func (d *document) namedFont(res *resources, name string) *font {
	if f, ok := res.fonts[name]; ok {
		return f
	}
	ref := res.fontRefs[name]
	f := d.fonts[ref]
	if f == nil || ref == "" {
		v := d.needed(res.fontDict, name)
		if v.Kind() != pdf.Dict {
			d.damage.add("the font /%s is missing", name)
		}
		f = d.fontOf(ref, v)
	}
	res.fonts[name] = f
	return f
}

func (d *document) fontOf(ref string, v pdf.Value) *font {
	if f := d.fonts[ref]; f != nil && ref != "" {
		return f
	}
	f := d.font(v)
	if ref != "" {
		d.fonts[ref] = f
	}
	return f
}

func (d *document) formOf(ref string, v pdf.Value, outer *resources) *form {
	if f := d.forms[ref]; f != nil && ref != "" {
		return f
	}
	f := &form{content: d.stream(v), matrix: d.matrix(d.key(v, "Matrix"), identity), box: d.rect(d.key(v, "BBox"))}
	f.unbounded = d.key(v, "BBox").IsNull()
	f.resources = outer // old files leave them out
	if r := d.needed(v, "Resources"); !r.IsNull() {
		f.resources = d.resources("", r)
	}
	if ref != "" {
		d.forms[ref] = f
	}
	return f
}

// draw interprets one page.
func (d *document) draw(p node) *canvas {
	c, base := d.sheet(p)
	res := d.resources(p.resourcesRef, p.resources)
	in := newInterpreter(d, c, base)
	b := d.contents(p)
	c.bytes = len(bytes.TrimSpace(b))
	in.run(b, res)
	if in.inText {
		c.unknown++
	}
	c.sole = d.soleOf(p, b, res)
	return c
}

// contents joins the content streams of a page; a token never runs over the
// seam, a q may.
func (d *document) contents(p node) []byte {
	v := d.needed(p.dict, "Contents")
	if v.Kind() != pdf.Array {
		return d.stream(v)
	}
	var buf bytes.Buffer
	for i := 0; i < v.Len() && i < maxNodes; i++ {
		s := d.index(v, i)
		if s.Kind() != pdf.Stream {
			d.damage.add("a part of a page is missing")
		}
		buf.Write(d.stream(s))
		buf.WriteByte('\n')
	}
	return buf.Bytes()
}

// sheet gives the visible page and the matrix from user space to it: points,
// origin top left, y down, cropped and turned as a viewer shows it.
func (d *document) sheet(p node) (*canvas, matrix) {
	box := d.rect(p.media)
	if box.w() < 1 || box.h() < 1 || box.w() > 1e6 || box.h() > 1e6 {
		d.damage.add("a page has no size")
		box = rect{0, 0, 595, 842}
	}
	if crop := d.rect(p.crop).intersect(box); crop.w() >= 1 && crop.h() >= 1 {
		box = crop
	}
	w, h := box.w(), box.h()
	m := matrix{1, 0, 0, -1, -box.x0, box.y1}
	if p.rotate%90 != 0 {
		d.damage.add("a page is turned by %d degrees", p.rotate)
	}
	switch ((p.rotate%360 + 360) % 360) / 90 {
	case 1: // clockwise: what was up now is right
		m = m.mul(matrix{0, 1, -1, 0, h, 0})
		w, h = h, w
	case 2:
		m = m.mul(matrix{-1, 0, 0, -1, w, h})
	case 3:
		m = m.mul(matrix{0, -1, 1, 0, 0, w})
		w, h = h, w
	}
	u := p.unit
	m = m.mul(matrix{u, 0, 0, u, 0, 0})
	c := &canvas{width: w * u, height: h * u}
	c.ruler.page = rect{0, 0, c.width, c.height}
	return c, m
}
