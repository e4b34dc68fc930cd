package pdf

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ledongthuc/pdf"
)

// Limits that keep a hostile file from costing more than a large honest one.
const (
	maxObject   = 4 << 20   // bytes of one that is no stream
	maxStream   = 32 << 20  // decoded bytes of one stream
	maxStreams  = 256 << 20 // decoded bytes of all streams
	maxTree     = 40        // depth of the page tree
	maxNodes    = 20_000    // nodes of the page tree
	maxForms    = 8         // depth of form XObjects
	maxOperator = 2_000_000 // operators of a document
)

// damage collects what was wrong with a file. Values of a damaged file are
// right or not, nobody knows, so all of them go under review.
type damage struct {
	notes []string
	// doubts are those of them that a sound file can have as well.
	doubts int
	// excess says that a limit was met: the file is not to be read on, by
	// anybody.
	excess string
}

// doubt adds a note that alone does not make a file broken.
func (d *damage) doubt(format string, args ...any) {
	n := len(d.notes)
	d.add(format, args...)
	d.doubts += len(d.notes) - n
}

// broken: has anything been found that no sound file has?
func (d *damage) broken() bool { return len(d.notes) > d.doubts }

func (d *damage) exceed(format string, args ...any) {
	d.excess = fmt.Sprintf(format, args...)
	d.add("%s", d.excess)
}

func (d *damage) add(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	for _, n := range d.notes {
		if n == s {
			return
		}
	}
	if len(d.notes) < 20 {
		d.notes = append(d.notes, s)
	}
}

// String tells the first few of what was found.
func (d *damage) String() string {
	if n := len(d.notes); n > 5 {
		return strings.Join(d.notes[:5], "; ") + fmt.Sprintf("; and %d more", n-5)
	}
	return strings.Join(d.notes, "; ")
}

// objects reads the objects of one file through ledongthuc/pdf, whose access
// panics on what it can't read: here that becomes a null and a note.
type objects struct {
	r       *pdf.Reader
	damage  *damage
	decoded int64
	foreign string // a sound filter met that the object layer does not know
}

// key is v's entry k. An entry that is there and reads as null points at an
// object that the file lacks.
func (o *objects) key(v pdf.Value, k string) (out pdf.Value) {
	defer func() {
		if x := recover(); x != nil {
			o.damage.add("an object could not be read: %v", x)
			out = pdf.Value{}
		}
	}()
	return v.Key(k)
}

// needed is key for an entry whose loss loses content.
func (o *objects) needed(v pdf.Value, k string) pdf.Value {
	out := o.key(v, k)
	if out.IsNull() {
		for _, have := range v.Keys() {
			if have == k {
				o.damage.add("the object under /%s is missing", k)
			}
		}
	}
	return out
}

func (o *objects) index(v pdf.Value, i int) (out pdf.Value) {
	defer func() {
		if x := recover(); x != nil {
			o.damage.add("an object could not be read: %v", x)
			out = pdf.Value{}
		}
	}()
	return v.Index(i)
}

// stream decodes v to its end, so that the checksum of its compression is
// checked too. What could be decoded of a broken stream is returned.
func (o *objects) stream(v pdf.Value) (b []byte) {
	if v.Kind() != pdf.Stream {
		return nil
	}
	defer func() {
		if x := recover(); x != nil {
			o.damage.add("a stream could not be decoded: %v", x)
		}
	}()
	if name := o.foreignFilter(v); name != "" {
		o.foreign = name
		return nil
	}
	left := min(maxStream, maxStreams-o.decoded)
	var buf bytes.Buffer
	n, err := buf.ReadFrom(io.LimitReader(v.Reader(), left+1))
	o.decoded += n
	switch {
	case err != nil:
		o.damage.add("a stream could not be decoded to its end: %v", err)
	case n > left:
		o.damage.exceed("a stream is larger than %d MB", left>>20)
	}
	b = buf.Bytes()
	return b
}

// foreignFilter names the first filter of a stream that only PDFium knows.
func (o *objects) foreignFilter(v pdf.Value) string {
	filter := o.key(v, "Filter")
	names := []string{filter.Name()}
	for i := 0; i < filter.Len() && i < 10; i++ {
		names = append(names, o.index(filter, i).Name())
	}
	for _, n := range names {
		if slices.Contains(onlyPDFium, n) {
			return n
		}
	}
	return ""
}

// refs gives the references among the entries of a dictionary, as "12 0 R":
// the names by which what they point at can be cached. The object layer shows
// them nowhere but in the printed form of the dictionary.
func refs(v pdf.Value) map[string]string {
	m := map[string]string{}
	if k := v.Kind(); k != pdf.Dict {
		return m
	}
	l := &lexer{b: []byte(v.String())}
	l.next() // <<
	for {
		name := l.next()
		if name.kind != tokName {
			return m
		}
		first := l.next()
		switch first.kind {
		case tokNum:
			save := l.pos
			gen, r := l.next(), l.next()
			if gen.kind == tokNum && r.kind == tokOp && string(r.b) == "R" {
				m[string(name.b)] = string(first.b) + " " + string(gen.b) + " R"
				continue
			}
			l.pos = save
		case tokDictOpen, tokArrayOpen:
			for depth := 1; depth > 0; {
				switch l.next().kind {
				case tokDictOpen, tokArrayOpen:
					depth++
				case tokDictClose, tokArrayClose:
					depth--
				case tokEOF:
					return m
				}
			}
		}
	}
}

// refList gives the references of an array in order, and "" or a number for
// other elements.
func refList(v pdf.Value) []string {
	if v.Kind() != pdf.Array {
		return nil
	}
	var out []string
	l := &lexer{b: []byte(v.String())}
	l.next() // [
	for depth := 0; ; {
		t := l.next()
		switch n := len(out); {
		case t.kind == tokEOF:
			return out
		case t.kind == tokArrayClose || t.kind == tokDictClose:
			depth--
		case depth > 0 || t.kind == tokArrayOpen || t.kind == tokDictOpen:
			if t.kind == tokArrayOpen || t.kind == tokDictOpen {
				depth++
			}
			if depth == 1 {
				out = append(out, "")
			}
		case t.kind == tokOp && string(t.b) == "R" && n >= 2:
			out = append(out[:n-2], out[n-2]+" "+out[n-1]+" R")
		default:
			out = append(out, string(t.b))
		}
	}
}

// node is a page with what it inherits.
type node struct {
	dict      pdf.Value
	ref       string
	resources pdf.Value
	// resourcesRef names the resources where they are an object of their own.
	resourcesRef string
	media        pdf.Value
	crop         pdf.Value
	rotate       int
	unit         float64
}

// pages walks the page tree from its root down, so that loops end at their
// second visit and a /Parent is never followed.
func (o *objects) pages(limit int) ([]node, error) {
	root := o.needed(o.key(o.r.Trailer(), "Root"), "Pages")
	w := &treeWalk{o: o, seen: map[string]bool{}, limit: limit}
	w.walk(root, node{unit: 1}, 0)
	if w.tooMany {
		return nil, fmt.Errorf("more than %d pages", limit)
	}
	if n := int(o.key(root, "Count").Int64()); n != len(w.out) {
		o.damage.add("the file counts %d pages and holds %d", n, len(w.out))
	}
	return w.out, nil
}

type treeWalk struct {
	o       *objects
	seen    map[string]bool
	nodes   int
	limit   int
	tooMany bool
	out     []node
}

func (w *treeWalk) walk(v pdf.Value, n node, depth int) {
	if w.nodes++; w.nodes > maxNodes || depth > maxTree {
		w.o.damage.add("the page tree is too deep or too large")
		return
	}
	if v.Kind() != pdf.Dict {
		w.o.damage.add("a page is missing")
		return
	}
	n.dict = v
	for _, k := range []struct {
		key string
		to  *pdf.Value
	}{{"Resources", &n.resources}, {"MediaBox", &n.media}, {"CropBox", &n.crop}} {
		if x := w.o.needed(v, k.key); !x.IsNull() {
			*k.to = x
		}
	}
	if have := refs(v); !w.o.key(v, "Resources").IsNull() {
		n.resourcesRef = have["Resources"]
	}
	if x := w.o.key(v, "Rotate"); !x.IsNull() {
		n.rotate = int(x.Float64())
	}
	kids := w.o.needed(v, "Kids")
	if kids.Kind() != pdf.Array {
		if t := w.o.key(v, "Type").Name(); t != "Page" {
			w.o.damage.add("a page says it is a /%s", t)
		}
		if u := w.o.key(v, "UserUnit").Float64(); u > 0 && u <= 75_000 {
			n.unit = u
		}
		if len(w.out) >= w.limit {
			w.tooMany = true
			return
		}
		w.out = append(w.out, n)
		return
	}
	ids := refList(kids)
	for i := 0; i < kids.Len() && !w.tooMany; i++ {
		ref := ""
		if i < len(ids) {
			ref = ids[i]
		}
		if ref != "" && w.seen[ref] {
			w.o.damage.add("the page tree visits %s twice", ref)
			continue
		}
		w.seen[ref] = true
		n.ref = ref
		w.walk(w.o.index(kids, i), n, depth+1)
	}
}
