package docx

import (
	"encoding/base64"
	"strings"

	"nianbao/extract"
	"nianbao/extract/html"
	"nianbao/extract/layout"
	"nianbao/extract/mht"
	"nianbao/extract/office/parts"
	"nianbao/extract/office/xmlscan"
	"nianbao/extract/text"
)

// reader walks through the document once.
type reader struct {
	x         *xmlscan.Scanner
	parts     *parts.Package // nil where the document is one XML file
	relations map[string]parts.Relation
	options   Options
	styles    map[string]*style
	lists     *lists
	name      string // of the reader, in cells

	title    string
	fields   []field
	cells    int
	pictures int
	unread   int
	embedded map[string]bool // chunks that were read already
	err      error
}

func newReader(x *xmlscan.Scanner, p *parts.Package, o Options) *reader {
	return &reader{x: x, parts: p, options: o, relations: map[string]parts.Relation{}, styles: map[string]*style{},
		lists: newLists(), embedded: map[string]bool{}}
}

// container is where blocks stand: the body, a cell, a text box.
type container struct {
	items []layout.Item
	marks layout.Marks
	carry string // text of a paragraph whose end was deleted
	head  bool   // whether that paragraph is a heading
}

// flush ends a paragraph that nothing follows.
func (c *container) flush() {
	if c.carry != "" {
		c.items = append(c.items, layout.Item{Line: extract.Line{Text: c.carry, Heading: c.head}})
		c.carry = ""
	}
}

// each calls f for the elements directly within the one just begun, and passes
// over what f leaves of them.
func (r *reader) each(f func(tag int)) {
	depth := r.x.Depth()
	for r.err == nil && r.x.Next() {
		switch r.x.Kind {
		case xmlscan.End:
			if r.x.Depth() < depth {
				return
			}
		case xmlscan.Start:
			inner := r.x.Depth()
			f(r.x.Tag)
			for r.err == nil && r.x.Depth() >= inner && r.x.Next() {
			}
		}
	}
}

// one passes an element that is written in several ways on in one of them, or
// in the way it is written: the first choice, which is for newer programs.
// Deletions and notes are passed over. It says whether it took care of it.
func (r *reader) one(tag int, f func(tag int)) bool {
	switch tag {
	case tagSkip, tagDeleted:
		return true
	case tagAlternate:
		taken := false
		r.each(func(tag int) {
			if !taken && (tag == tagChoice || tag == tagFallback) {
				taken = true
				r.each(f)
			}
		})
		return true
	case tagAnnotation:
		if r.x.Attr("type") == "Word.Insertion" {
			r.each(f)
		}
		return true
	}
	return false
}

func (r *reader) blocks(c *container) {
	r.each(func(tag int) { r.block(c, tag) })
}

func (r *reader) block(c *container, tag int) {
	if r.one(tag, func(tag int) { r.block(c, tag) }) {
		return
	}
	switch tag {
	case tagParagraph:
		r.paragraph(c)
	case tagTable:
		c.flush()
		r.table(c)
	case tagAltChunk:
		c.flush()
		c.items = append(c.items, r.chunk()...)
	case tagRun, tagText: // outside a paragraph: a formula on a line of its own
		p := paragraph{container: c}
		r.inline(&p, tag)
		p.end(r)
	default:
		r.blocks(c)
	}
}

// related is the file that the document refers to by id, nil where it has none.
func (r *reader) related(id string) (name string, file []byte) {
	rel, known := r.relations[id]
	if !known || rel.External || r.parts == nil {
		return "", nil
	}
	b, err := r.parts.Part(rel.Target)
	if err != nil {
		return "", nil
	}
	return rel.Target, b
}

// chunk reads a file that stands for text, once: a page or plain text that a
// program wrapped as a document, which Word turns into text when it opens it.
func (r *reader) chunk() []layout.Item {
	name, b := r.related(r.x.Attr("id"))
	if len(b) == 0 || r.embedded[name] {
		r.unread++
		return nil
	}
	r.embedded[name] = true
	var doc *extract.Document
	var err error
	switch extract.Sniff(b) {
	case extract.TypeHTML:
		doc, err = html.ReadWith(b, html.Options{Pictures: r.options.Pictures})
	case extract.TypeMHT:
		doc, err = mht.Read(b, r.options.Pictures)
	case extract.TypeText:
		doc, err = text.Read(b)
	}
	if err != nil || doc == nil {
		r.unread++
		return nil
	}
	return r.counted(layout.Items(doc))
}

// counted counts the cells of tables that were read otherwise.
func (r *reader) counted(items []layout.Item) []layout.Item {
	for _, it := range items {
		if it.Table != nil {
			r.count(len(it.Table.Cells))
		}
	}
	return items
}

// picture takes the place of a picture, and what is read from it.
func (r *reader) picture(p *paragraph) {
	r.pictures++
	p.marks |= layout.Image
	if r.options.Pictures == nil {
		return
	}
	id := r.x.Attr("embed")
	if id == "" {
		id = r.x.Attr("id")
	}
	_, b := r.related(id)
	p.boxes = append(p.boxes, r.counted(r.options.Pictures.Read(b))...)
}

// binary reads a picture that is written into the text, as Word 2003 does.
func (r *reader) binary(p *paragraph) {
	if r.options.Pictures == nil {
		return
	}
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(r.text()), ""))
	if err != nil {
		return // its place is known all the same
	}
	p.boxes = append(p.boxes, r.counted(r.options.Pictures.Read(b))...)
}

// count bounds the cells.
func (r *reader) count(n int) {
	if r.cells += n; r.cells > maxCells && r.err == nil {
		r.err = &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "the document has more than 300,000 table cells; this is no report"}
	}
}

// number reads an attribute as a number, bounded to what columns and levels
// can be.
func (r *reader) number(attr string, least, most int) int {
	s, n := r.x.Attr(attr), 0
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n = min(n*10+int(s[i]-'0'), most)
	}
	return max(n, least)
}

// on says whether a property that is on or off is on.
func (r *reader) on() bool {
	switch v, set := r.x.Lookup("val"); {
	case !set:
		return true
	default:
		return v != "0" && v != "false" && v != "off" && v != "none"
	}
}
