package odt

import (
	"strings"

	"nianbao/extract"
	"nianbao/extract/layout"
	"nianbao/extract/office/parts"
	"nianbao/extract/office/xmlscan"
)

// reader walks through the document once.
type reader struct {
	x       *xmlscan.Scanner
	parts   *parts.Package // nil where the document is one XML file
	options Options
	styles  map[string]style
	kinds   map[string]*listKind // by name of the list style
	lists   lists

	title    string
	cells    int
	pictures int
	err      error
}

// container is where blocks stand: the body, a cell, a text box.
type container struct {
	items []layout.Item
	marks layout.Marks
}

// each calls f for the elements directly within the one just begun, and passes
// over what f leaves of them.
func (r *reader) each(f func(tag int)) {
	r.content(f, func([]byte) {})
}

// content is each with the text between the elements.
func (r *reader) content(f func(tag int), write func([]byte)) {
	depth := r.x.Depth()
	for r.err == nil && r.x.Next() {
		switch r.x.Kind {
		case xmlscan.Text:
			write(r.x.Text())
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

// text is the text directly within the element just begun.
func (r *reader) text() string {
	var b strings.Builder
	r.content(func(int) {}, func(t []byte) { b.Write(t) })
	return b.String()
}

func (r *reader) blocks(c *container) {
	r.each(func(tag int) { r.block(c, tag) })
}

func (r *reader) block(c *container, tag int) {
	switch tag {
	case tagSkip:
	case tagParagraph:
		r.paragraph(c, r.lists.number(r), false)
	case tagHeading:
		label := r.lists.number(r)
		if label == "" {
			label = r.lists.heading(r)
		}
		r.paragraph(c, label, true)
	case tagList:
		r.list(c)
	case tagTable:
		r.table(c)
	case tagTextBox, tagImage: // anchored to the page
		p := paragraph{container: c}
		r.inline(&p, tag)
		p.end("", false)
	default:
		r.blocks(c)
	}
}

// paragraph is a paragraph being read.
type paragraph struct {
	*container
	lines []string
	line  strings.Builder
	look  style
	boxes []layout.Item // what hangs on it
}

func (r *reader) paragraph(c *container, label string, heading bool) {
	p := paragraph{container: c, look: r.styles[r.x.Attr("style-name")]}
	r.content(func(tag int) { r.inline(&p, tag) }, p.write)
	p.end(label, heading)
}

func (r *reader) inline(p *paragraph, tag int) {
	switch tag {
	case tagSkip:
	case tagSpace:
		p.write([]byte(" "))
	case tagTab:
		p.write([]byte("\t"))
	case tagBreak:
		p.lines = append(p.lines, p.line.String())
		p.line.Reset()
	case tagSpan:
		outer := p.look
		s := r.styles[r.x.Attr("style-name")]
		p.look.hidden, p.look.struck, p.look.raised = outer.hidden || s.hidden, outer.struck || s.struck, outer.raised || s.raised
		r.content(func(tag int) { r.inline(p, tag) }, p.write)
		p.look = outer
	case tagTextBox:
		lists := r.lists
		r.lists.open = nil
		var c container
		r.blocks(&c)
		r.lists = lists
		p.boxes = append(p.boxes, c.items...)
		p.marks |= c.marks
	case tagParagraph, tagHeading, tagTable, tagList:
		var c container
		r.block(&c, tag)
		p.boxes = append(p.boxes, c.items...)
		p.marks |= c.marks
	case tagImage:
		r.picture(p)
	default:
		r.content(func(tag int) { r.inline(p, tag) }, p.write)
	}
}

// write adds text as far as it is shown. Text struck out is left away, and so
// is a note mark behind a digit, lest it become one.
func (p *paragraph) write(text []byte) {
	if len(text) == 0 || p.look.hidden {
		return
	}
	if p.look.struck {
		if s, _ := layout.Clean(string(text)); s != "" {
			p.marks |= layout.Struck
		}
		return
	}
	if p.look.raised && p.line.Len() > 0 {
		p.marks |= layout.Raised
		s := p.line.String()
		if last := s[len(s)-1]; last >= '0' && last <= '9' {
			return
		}
	}
	p.line.Write(text)
}

// end makes lines of the paragraph.
func (p *paragraph) end(label string, heading bool) {
	lines := append(p.lines, p.line.String())
	if label != "" {
		lines[0] = label + " " + lines[0]
	}
	for _, s := range lines {
		line, control := layout.Clean(s)
		if control {
			p.marks |= layout.Control
		}
		if line != "" {
			p.items = append(p.items, layout.Item{Line: extract.Line{Text: line, Heading: heading}})
		}
	}
	p.items = append(p.items, p.boxes...)
}

// picture takes the place of a picture, and what is read from it.
func (r *reader) picture(p *paragraph) {
	r.pictures++
	p.marks |= layout.Image
	name := r.x.Attr("href")
	if r.options.Pictures == nil || r.parts == nil || name == "" {
		return
	}
	b, err := r.parts.Part(name)
	if err != nil {
		return // its place is known all the same
	}
	p.boxes = append(p.boxes, r.counted(r.options.Pictures.Read(b))...)
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

// count bounds the cells.
func (r *reader) count(n int) {
	if r.cells += n; r.cells > maxCells && r.err == nil {
		r.err = &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "the document has more than 300,000 table cells; this is no report"}
	}
}
