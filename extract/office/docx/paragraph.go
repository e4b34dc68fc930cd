package docx

import (
	"strings"
	"unicode/utf8"

	"nianbao/extract"
	"nianbao/extract/layout"
)

// paragraph is a paragraph being read.
type paragraph struct {
	*container
	lines   []string
	line    strings.Builder
	run     run
	boxes   []layout.Item // what hangs on it
	style   string
	list    string // id of the list it is numbered by; "0" for none
	level   int    // in that list; -1 where the style says it
	label   string // its number as Word 2003 writes it along
	outline int    // level of a heading from 1, 0 for text
	joined  bool   // its end was deleted
}

// run is how a stretch of text looks.
type run struct {
	hidden, struck, raised bool
}

// field is a part of the text that Word computes: an instruction, then its
// result.
type field struct {
	result bool
	choice string // what a list to choose from shows
	filled bool   // a result was seen
}

func (r *reader) paragraph(c *container) {
	p := paragraph{container: c, level: -1}
	r.each(func(tag int) { r.inline(&p, tag) })
	p.end(r)
}

func (r *reader) inline(p *paragraph, tag int) {
	if r.one(tag, func(tag int) { r.inline(p, tag) }) {
		return
	}
	switch tag {
	case tagParagraphProps:
		r.each(func(tag int) { r.paragraphProp(p, tag) })
	case tagRun:
		outer := p.run
		p.run = run{}
		r.each(func(tag int) { r.inline(p, tag) })
		p.run = outer
	case tagRunProps:
		r.each(func(tag int) { p.run.prop(r, tag) })
	case tagText:
		for depth := r.x.Depth(); r.x.Next() && r.x.Depth() >= depth; {
			r.write(p, r.x.Text())
		}
	case tagTab:
		r.write(p, []byte{'\t'})
	case tagHyphen:
		r.write(p, []byte{'-'})
	case tagSymbol:
		r.write(p, []byte(symbol(r.x.Attr("font"), r.x.Attr("char"))))
	case tagBreak:
		if !p.run.hidden && r.shown() {
			p.lines = append(p.lines, p.line.String())
			p.line.Reset()
		}
	case tagFieldChar:
		r.fieldChar(p)
	case tagPicture:
		r.picture(p)
	case tagBinary:
		r.binary(p)
	case tagTextBox:
		r.box(p, func(c *container) { r.blocks(c) })
	case tagParagraph, tagTable:
		r.box(p, func(c *container) { r.block(c, tag) })
	default:
		r.each(func(tag int) { r.inline(p, tag) })
	}
}

// box reads text that stands apart from the paragraph it hangs on.
func (r *reader) box(p *paragraph, read func(*container)) {
	fields := r.fields
	r.fields = nil
	var c container
	read(&c)
	c.flush()
	r.fields = fields
	p.boxes = append(p.boxes, c.items...)
	p.marks |= c.marks
}

func (r *reader) paragraphProp(p *paragraph, tag int) {
	switch tag {
	case tagStyle:
		p.style = r.x.Attr("val")
	case tagOutline:
		p.outline = r.number("val", 0, 9) + 1
	case tagNumber:
		r.each(func(tag int) {
			switch tag {
			case tagLevel:
				p.level = r.number("val", 0, 8)
			case tagNumberID:
				p.list = r.x.Attr("val")
			case tagNumberText:
				p.label = r.x.Attr("val")
			}
		})
	case tagRunProps: // of the mark that ends it
		r.each(func(tag int) {
			if tag == tagDeleted || tag == tagAnnotation && r.x.Attr("type") == "Word.Deletion" {
				p.joined = true
			}
		})
	}
}

func (u *run) prop(r *reader, tag int) {
	switch tag {
	case tagVanish:
		u.hidden = r.on()
	case tagStrike:
		u.struck = u.struck || r.on()
	case tagRaise:
		v := r.x.Attr("val")
		u.raised = v == "superscript" || v == "subscript"
	}
}

// shown says whether text is shown where the fields stand.
func (r *reader) shown() bool {
	for i := range r.fields {
		if !r.fields[i].result {
			return false
		}
	}
	return true
}

// write adds text to the paragraph as far as it is shown. Text struck out is
// left away, and so is a note mark behind a digit, lest it become one.
func (r *reader) write(p *paragraph, text []byte) {
	if len(text) == 0 || p.run.hidden || !r.shown() {
		return
	}
	if p.run.struck {
		if s, _ := layout.Clean(string(text)); s != "" {
			p.marks |= layout.Struck
		}
		return
	}
	if p.run.raised && p.line.Len() > 0 {
		p.marks |= layout.Raised
		s := p.line.String()
		if last := s[len(s)-1]; last >= '0' && last <= '9' {
			return
		}
	}
	for i := range r.fields {
		r.fields[i].filled = true
	}
	p.line.Write(text)
}

// fieldChar begins a field, its result, or ends it.
func (r *reader) fieldChar(p *paragraph) {
	switch r.x.Attr("fldCharType") {
	case "begin":
		f := field{}
		r.each(func(int) { // the form field it is
			r.each(func(tag int) {
				if tag == tagDropDown {
					f.choice = r.choice()
				}
			})
		})
		if len(r.fields) < maxFields {
			r.fields = append(r.fields, f)
		}
	case "separate":
		if n := len(r.fields); n > 0 {
			r.fields[n-1].result = true
		}
	case "end":
		n := len(r.fields)
		if n == 0 {
			return
		}
		f := r.fields[n-1]
		r.fields = r.fields[:n-1]
		if !f.filled && f.choice != "" {
			r.write(p, []byte(f.choice))
		}
	}
}

// maxFields is how many fields may stand within each other.
const maxFields = 50

// choice is what a list to choose from shows.
func (r *reader) choice() string {
	chosen := 0
	var entries []string
	r.each(func(tag int) {
		switch tag {
		case tagResult:
			chosen = r.number("val", 0, 1000)
		case tagListEntry:
			if len(entries) < 100 {
				entries = append(entries, r.x.Attr("val"))
			}
		}
	})
	if chosen < len(entries) {
		return entries[chosen]
	}
	return ""
}

// maxJoined bounds a paragraph that is put together of others.
const maxJoined = 64 << 10

// end makes lines of the paragraph.
func (p *paragraph) end(r *reader) {
	// An instruction that runs on is damage, and would hide all that follows.
	for n := len(r.fields); n > 0 && !r.fields[n-1].result; n-- {
		r.fields = r.fields[:n-1]
	}
	lines := p.lines
	if p.line.Len() > 0 || len(lines) == 0 {
		lines = append(lines, p.line.String())
	}
	heading := p.outline > 0 && p.outline < 10 || p.outline == 0 && r.styles[p.style].heading(r, 0)
	if !p.joined {
		lines[0] = r.label(p) + lines[0]
	}
	c := p.container
	lines[0] = c.carry + lines[0]
	heading = heading || c.carry != "" && c.head
	c.carry, c.head = "", false
	for i, s := range lines {
		line, control := layout.Clean(s)
		if control {
			c.marks |= layout.Control
		}
		if p.joined && i == len(lines)-1 && len(line) < maxJoined {
			c.carry, c.head = line, heading
			break
		}
		if line != "" {
			c.items = append(c.items, layout.Item{Line: extract.Line{Text: line, Heading: heading}})
		}
	}
	c.items = append(c.items, p.boxes...)
}

// symbol is a character of a symbol font. Only what all of them share with text
// is known: digits and signs of Symbol, ticks and boxes of Wingdings.
func symbol(font, char string) string {
	var n rune
	for _, c := range strings.ToLower(char) {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | (c - '0')
		case c >= 'a' && c <= 'f':
			n = n<<4 | (c - 'a' + 10)
		default:
			return string(utf8.RuneError)
		}
		if n > 0xFFFF {
			return string(utf8.RuneError)
		}
	}
	if n >= 0xF000 && n < 0xF100 {
		n -= 0xF000
	}
	switch font = strings.ToLower(font); {
	case font == "symbol" && (n >= '0' && n <= '9' || strings.ContainsRune(" ()+,./:;<=>[]", n)):
		return string(n)
	case font == "symbol" && n == '-':
		return "−"
	case strings.HasPrefix(font, "wingdings"):
		if s, known := map[rune]string{0xFC: "√", 0xFB: "×", 0xA8: "□", 0x6F: "□", 0xFE: "☑", 0x52: "☑", 0x53: "☒"}[n]; known {
			return s
		}
	case n >= 0x2000 && n < 0xE000: // a character of its own right, in a common font
		return string(n)
	}
	return string(utf8.RuneError)
}
