package pdf

import (
	"strings"

	"github.com/ledongthuc/pdf"

	"nianbao/extract/grid"
)

const (
	maxSaved    = 512       // depth of q
	maxOperands = 100_000   // of one operator
	maxGlyphs   = 200_000   // of a page
	maxAll      = 1_500_000 // glyphs of a document
)

// canvas is where the content of one page is drawn: what is visible, and what
// the gate needs to know besides.
type canvas struct {
	width, height float64
	glyphs        []grid.Glyph
	ruler         ruler
	invisible     int     // glyphs drawn in an invisible mode, as under a scan
	drawn         int     // glyphs drawn at all, seen or not
	outside       int     // of them beyond the page
	clipped       int     // of them cut away by a clip
	picture       float64 // the largest share of the page that one image covers
	sole          *sole   // where it is all there is on the page
	operators     int
	unknown       int // operators nobody knows or without their operands, as broken content has
	bytes         int // of content
	shapes        int // filled shapes with curves, as characters drawn as outlines
	measured      measures
}

// interpreter runs the content streams of one page.
type interpreter struct {
	doc    *document
	canvas *canvas
	state  graphics
	saved  []graphics
	path   path
	clip   bool // W or W* was seen: the next painting operator clips
	marked []bool
	hidden int // how many of marked are hidden
	forms  int
	inText bool // between BT and ET
}

// graphics is the graphics state, as far as it matters here.
type graphics struct {
	ctm       matrix
	clip      rect
	lineWidth float64
	faint     bool // drawn with no opacity
	text
}

func newInterpreter(d *document, c *canvas, base matrix) *interpreter {
	in := &interpreter{doc: d, canvas: c}
	in.state = graphics{ctm: base, clip: everywhere, lineWidth: 1, text: text{stretch: 1}}
	in.state.tm, in.state.lm = identity, identity
	return in
}

// run interprets one stream of content. Operators that lack operands do
// nothing, as in viewers.
func (in *interpreter) run(b []byte, res *resources) {
	l := &lexer{b: b}
	args := make([]token, 0, 64)
	for {
		t := l.next()
		if t.kind == tokEOF {
			if l.unclosed || len(args) > 0 {
				in.canvas.unknown++
			}
			return
		}
		if t.kind != tokOp {
			if len(args) < maxOperands {
				args = append(args, t)
			}
			continue
		}
		if in.doc.operators++; in.doc.operators > maxOperator {
			in.doc.damage.exceed("the content has more than %d operators", maxOperator)
		}
		if in.doc.damage.excess != "" {
			return
		}
		in.canvas.operators++
		if len(t.b) == 2 && t.b[0] == 'I' && t.b[1] == 'D' {
			l.skipInlineImage()
			in.image(false)
		} else {
			in.operator(t.b, args, res)
		}
		args = args[:0]
		l.reset()
	}
}

// n gives the last k operands as numbers.
func n(args []token, k int) ([6]float64, bool) {
	var v [6]float64
	if len(args) < k {
		return v, false
	}
	for i, t := range args[len(args)-k:] {
		if t.kind != tokNum {
			return v, false
		}
		v[i] = t.num
	}
	return v, true
}

// exactly is n for operators whose operands place content: where these are not
// what they should be, something else was meant.
func (in *interpreter) exactly(args []token, k int) ([6]float64, bool) {
	v, ok := n(args, k)
	if !ok || len(args) != k {
		in.canvas.unknown++
	}
	return v, ok
}

func lastName(args []token) string {
	if k := len(args); k > 0 && args[k-1].kind == tokName {
		return string(args[k-1].b)
	}
	return ""
}

func (in *interpreter) operator(op []byte, args []token, res *resources) {
	g := &in.state
	switch string(op) {
	case "q":
		if len(in.saved) < maxSaved {
			in.saved = append(in.saved, *g)
		}
	case "Q":
		if k := len(in.saved); k > 0 {
			*g = in.saved[k-1]
			in.saved = in.saved[:k-1]
		}
	case "cm":
		if v, ok := in.exactly(args, 6); ok {
			if m := matrix(v).mul(g.ctm); m.sane() {
				g.ctm = m
			}
		}
	case "w":
		if v, ok := n(args, 1); ok {
			g.lineWidth = v[0]
		}
	case "gs":
		in.extGState(res, lastName(args))
	case "Do":
		in.xobject(res, lastName(args))
	case "BMC":
		in.mark(false)
	case "BDC":
		in.mark(len(args) >= 2 && args[0].kind == tokName && string(args[0].b) == "OC" &&
			args[1].kind == tokName && in.doc.hiddenGroup(res, string(args[1].b)))
	case "EMC":
		if k := len(in.marked); k > 0 {
			if in.marked[k-1] {
				in.hidden--
			}
			in.marked = in.marked[:k-1]
		}
	case "BI", "EI", "MP", "DP", "BX", "EX", "d0", "d1", "j", "J", "M", "d", "ri", "i", "sh",
		"CS", "cs", "SC", "SCN", "sc", "scn", "G", "g", "RG", "rg", "K", "k":
	default:
		if !in.pathOperator(op, args) && !in.textOperator(op, args, res) {
			in.canvas.unknown++
		}
	}
}

func (in *interpreter) mark(hidden bool) {
	if len(in.marked) >= 10*maxSaved {
		return
	}
	in.marked = append(in.marked, hidden)
	if hidden {
		in.hidden++
	}
}

func (in *interpreter) pathOperator(op []byte, args []token) bool {
	g, p := &in.state, &in.path
	switch string(op) {
	case "m":
		if v, ok := n(args, 2); ok {
			p.cur = point{v[0], v[1]}
			p.move(g.ctm.apply(v[0], v[1]))
		}
	case "l":
		if v, ok := n(args, 2); ok {
			p.cur = point{v[0], v[1]}
			p.line(g.ctm.apply(v[0], v[1]))
		}
	case "c", "v", "y":
		k := 4
		if op[0] == 'c' {
			k = 6
		}
		if v, ok := n(args, k); ok {
			for i := 0; i < k; i += 2 {
				p.line(g.ctm.apply(v[i], v[i+1]))
			}
			p.last().curved = true
			p.cur = point{v[k-2], v[k-1]}
		}
	case "h":
		if s := p.last(); s != nil {
			s.closed = true
		}
	case "re":
		if v, ok := in.exactly(args, 4); ok {
			x, y, w, h := v[0], v[1], v[2], v[3]
			p.move(g.ctm.apply(x, y))
			p.line(g.ctm.apply(x+w, y))
			p.line(g.ctm.apply(x+w, y+h))
			p.line(g.ctm.apply(x, y+h))
			p.last().closed = true
			p.cur = point{x, y}
		}
	case "W", "W*":
		in.clip = true
	case "S":
		in.paint(false, true, false)
	case "s":
		in.paint(false, true, true)
	case "f", "F", "f*":
		in.paint(true, false, false)
	case "B", "B*":
		in.paint(true, true, false)
	case "b", "b*":
		in.paint(true, true, true)
	case "n":
		in.paint(false, false, false)
	default:
		return false
	}
	return true
}

func (in *interpreter) paint(fill, stroke, closed bool) {
	g, p := &in.state, &in.path
	if closed {
		if s := p.last(); s != nil {
			s.closed = true
		}
	}
	if (fill || stroke) && in.hidden == 0 && !g.faint {
		for i := range p.subs {
			if fill && p.subs[i].curved {
				in.canvas.shapes++
			}
		}
		in.canvas.ruler.paint(p, g.clip, fill, stroke, g.lineWidth*g.ctm.scale())
	}
	if in.clip {
		g.clip = g.clip.intersect(p.bounds())
		in.clip = false
	}
	p.clear()
}

// image takes account of an image drawn in the unit square. One that lets
// nothing through hides the text drawn before it, as scanners make files.
func (in *interpreter) image(opaque bool) {
	if in.hidden > 0 || in.state.faint {
		return
	}
	b := rect{0, 0, 1, 1}.bounds(in.state.ctm)
	in.canvas.ruler.image(b, in.state.clip)
	b = b.intersect(in.state.clip).intersect(in.canvas.ruler.page)
	if !b.empty() {
		share := b.w() * b.h() / (in.canvas.width * in.canvas.height)
		in.canvas.picture = max(in.canvas.picture, share)
		if opaque && share >= 0.25 {
			in.canvas.cover(b)
		}
	}
}

// cover hides the glyphs that lie in b.
func (c *canvas) cover(b rect) {
	seen := c.glyphs[:0]
	for _, g := range c.glyphs {
		if b.contains(point{(g.Box[0] + g.Box[2]) / 2, (g.Box[1] + g.Box[3]) / 2}) {
			c.invisible++
		} else {
			seen = append(seen, g)
		}
	}
	c.glyphs = seen
}

// opaque: does an image let nothing through?
func (d *document) opaque(v pdf.Value) bool {
	return d.key(v, "SMask").IsNull() && d.key(v, "Mask").IsNull() && !d.key(v, "ImageMask").Bool()
}

func (in *interpreter) extGState(res *resources, name string) {
	v := in.doc.key(res.states, name)
	if v.IsNull() {
		return
	}
	if w := in.doc.key(v, "LW"); !w.IsNull() {
		in.state.lineWidth = w.Float64()
	}
	if f := in.doc.key(v, "Font"); f.Len() == 2 {
		in.state.font = in.doc.fontOf("", in.doc.index(f, 0))
		in.state.size = in.doc.index(f, 1).Float64()
	}
	if a := in.doc.key(v, "ca"); !a.IsNull() {
		in.state.faint = a.Float64() <= 0.01
	}
}

func (in *interpreter) xobject(res *resources, name string) {
	v := in.doc.needed(res.xobjects, name)
	if v.Kind() != pdf.Stream {
		if name != "" {
			in.doc.damage.add("the drawing /%s is missing", name)
		}
		return
	}
	if in.doc.hiddenObject(v) {
		return
	}
	switch in.doc.key(v, "Subtype").Name() {
	case "Image":
		in.image(in.doc.opaque(v))
	case "Form":
		in.form(v, res.xobjectRefs[name], res)
	}
}

func (in *interpreter) form(v pdf.Value, ref string, outer *resources) {
	if in.forms >= maxForms {
		in.doc.damage.add("drawings are nested too deep")
		return
	}
	f := in.doc.formOf(ref, v, outer)
	if f.box.empty() && !f.unbounded {
		return
	}
	keep, keepSaved, keepPath := in.state, in.saved, in.path
	in.saved, in.path = nil, path{}
	in.state.ctm = f.matrix.mul(in.state.ctm)
	if in.state.ctm.sane() {
		if !f.unbounded {
			in.state.clip = in.state.clip.intersect(f.box.bounds(in.state.ctm))
		}
		in.forms++
		in.run(f.content, f.resources)
		in.forms--
	}
	in.state, in.saved, in.path = keep, keepSaved, keepPath
}

// hiddenGroup: is the optional content that a resource names switched off?
func (d *document) hiddenGroup(res *resources, name string) bool {
	if len(d.off) == 0 {
		return false
	}
	if d.off[res.propertyRefs[name]] {
		return true
	}
	return d.hiddenMembers(d.key(res.properties, name))
}

// hiddenObject: is an XObject part of optional content that is switched off?
func (d *document) hiddenObject(v pdf.Value) bool {
	if len(d.off) == 0 {
		return false
	}
	oc := d.key(v, "OC")
	if oc.IsNull() {
		return false
	}
	// The printed form of the stream's dictionary tells which group it is.
	head, _, _ := strings.Cut(v.String(), ">>@")
	for ref := range d.off {
		if strings.Contains(head, "/OC "+ref) {
			return true
		}
	}
	return d.hiddenMembers(oc)
}

// hiddenMembers: a membership dictionary hides its content when all of its
// groups are off.
func (d *document) hiddenMembers(v pdf.Value) bool {
	if d.key(v, "Type").Name() != "OCMD" {
		return false
	}
	if ref := refs(v)["OCGs"]; ref != "" && d.off[ref] {
		return true
	}
	list := refList(d.key(v, "OCGs"))
	for _, ref := range list {
		if !d.off[ref] {
			return false
		}
	}
	return len(list) > 0
}
