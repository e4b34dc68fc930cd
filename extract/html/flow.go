package html

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"nianbao/extract"
	"nianbao/extract/charset"
	"nianbao/extract/layout"
	"nianbao/extract/text"
)

// reader walks the tree once and gathers lines and tables in reading order.
type reader struct {
	sheet sheet
	items []layout.Item
	line  strings.Builder // the line being read
	last  rune            // its last character
	gap   gap             // blank space since then
	head  bool            // whether it is a heading
	marks layout.Marks    // what was met in the cell being read

	images, scripts int
	frames          []string
	hidden          []*html.Node // parts that styles take away
	flexes          bool         // the page lays parts out side by side
	all             bool         // read such parts too

	Options
	depth  int               // of this page in others
	framed bool              // a page in a frame was read
	said   []extract.Warning // of the pages in frames
}

// state is what an element hands down to what is within it.
type state struct {
	heading, hidden, tiny, pre bool
}

// gap is the blank space between two characters.
type gap uint8

const (
	soft gap = 1 << iota // blanks and tabs
	turn                 // a line end in the source
	hard                 // a blank that is meant: &nbsp;, an ideographic space
)

// flow reads n and what is within it.
func (r *reader) flow(n *html.Node, st state) {
	switch n.Type {
	case html.TextNode:
		r.write(n.Data, st)
		return
	case html.DocumentNode:
		r.children(n, st)
		return
	case html.ElementNode:
	default:
		return
	}
	look := r.look(n)
	if look.display == none {
		if n.Data == "script" {
			r.scripts++
		} else if displayOfTag[n.Data] != none {
			r.hidden = append(r.hidden, n)
		}
		return
	}
	if look.struck {
		r.struck(n)
		return
	}
	st = st.within(look)
	switch n.Data {
	case "br":
		r.endLine()
		return
	case "wbr":
		return
	case "img", "svg":
		r.image(n)
		return
	case "iframe", "frame", "embed", "object":
		if src := attr(n, "src") + attr(n, "data"); src != "" && !r.frame(src) {
			r.frames = append(r.frames, collapse(src))
		}
		if n.Data == "iframe" { // what is within it is for browsers without frames
			return
		}
	case "input":
		r.gap |= soft
		switch strings.ToLower(attr(n, "type")) {
		case "", "text", "number", "search", "tel":
			r.write(attr(n, "value"), st)
		}
		r.gap |= soft
		return
	case "select":
		r.option(n, st)
		return
	case "sup", "sub":
		if r.line.Len() > 0 {
			r.marks |= layout.Raised
			if unicode.IsDigit(r.last) && r.gap == 0 { // a note to a number is none of its digits
				return
			}
		}
	case "h1", "h2", "h3", "h4", "h5", "h6":
		st.heading = true
	}
	switch look.display {
	case inline:
		r.children(n, st)
	case inlineBlock:
		r.gap |= soft
		r.children(n, st)
		r.gap |= soft
	case table:
		r.endLine()
		r.table(n, st)
	case row, rowGroup, headGroup, footGroup: // without a table around them
		if n.Namespace == "" {
			r.endLine()
			r.table(n, st)
		}
	default:
		r.endLine()
		if !(st.pre && r.typed(n) || r.flexTable(n, st)) {
			r.children(n, st)
		}
		r.endLine()
	}
}

// frame reads the page in a frame, if it is there.
func (r *reader) frame(src string) bool {
	if r.Frames == nil || r.depth >= maxFrames {
		return false
	}
	page := r.Frames(src)
	if page == nil {
		return false
	}
	doc, err := read(page, r.Options, r.depth+1)
	if err != nil {
		return false
	}
	r.endLine()
	r.framed = true
	r.said = append(r.said, doc.Warnings...)
	r.items = append(r.items, layout.Items(doc)...)
	return true
}

// look is how n looks; where everything is read, styles hide nothing.
func (r *reader) look(n *html.Node) look {
	l := r.sheet.look(n)
	if r.all && l.display == none {
		l.display = displayOfTag[n.Data]
	}
	return l
}

// typed reads a preformatted text that holds tables as plain text does.
func (r *reader) typed(n *html.Node) bool {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			b.WriteString(d.Data)
		case d.Type == html.ElementNode && d.Data == "br":
			b.WriteByte('\n')
		case d.Type == html.ElementNode && d.Data != "span" && d.Data != "font" && d.Data != "code" && d.Data != "b":
			return false
		}
	}
	lines, tables, err := text.Parse(b.String())
	if err != nil || len(tables) == 0 {
		return false // read as lines, which have a limit of their own
	}
	r.items = append(r.items, layout.Items(&extract.Document{Lines: lines, Tables: tables})...)
	return true
}

func (r *reader) children(n *html.Node, st state) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.flow(c, st)
	}
}

// within is the state within an element that looks like l.
func (st state) within(l look) state {
	if l.has&hasVisibility != 0 {
		st.hidden = l.hidden
	}
	if l.has&hasSize != 0 {
		st.tiny = l.tiny
	}
	if l.clear {
		st.tiny = true
	}
	if l.has&hasSpace != 0 {
		st.pre = l.pre
	}
	return st
}

// write adds text to the line. Blank space shrinks to one blank; where it is
// only a line end of the source between two ideographs, it goes.
func (r *reader) write(s string, st state) {
	if st.hidden || st.tiny {
		if st.hidden {
			r.gap |= soft // it keeps its room
		}
		return
	}
	for _, c := range s {
		switch {
		case c == '\n' && st.pre:
			r.endLine()
		case c == '\n', c == '\r':
			r.gap |= turn
		case c == ' ', c == '\t', c == '\f':
			r.gap |= soft
		case unicode.IsSpace(c):
			r.gap |= hard
		case charset.Invisible(c):
			if charset.Control(c) {
				r.marks |= layout.Control
			}
		default:
			if r.gap != 0 {
				if r.line.Len() > 0 && !(r.gap&turn != 0 && r.gap&hard == 0 && wide(r.last) && wide(c)) {
					r.line.WriteByte(' ')
				}
				r.gap = 0
			}
			r.line.WriteRune(c)
			r.last = c
			r.head = r.head || st.heading
		}
	}
}

// endLine makes an item of the line read so far.
func (r *reader) endLine() {
	r.gap, r.last = 0, 0
	if r.line.Len() == 0 {
		return
	}
	r.items = append(r.items, layout.Item{Line: extract.Line{Text: r.line.String(), Heading: r.head}})
	r.line.Reset()
	r.head = false
}

// wide characters need no blank at a line end between them.
func wide(c rune) bool {
	return c >= 0x2E80 && c < 0xAC00 || c >= 0xF900 && c < 0xFB00 || c >= 0xFE30 && c < 0xFE50 ||
		c >= 0xFF00 && c < 0xFFEF || c >= 0x20000 && c < 0x40000 ||
		c == '“' || c == '”' || c == '‘' || c == '’' || c == '—' || c == '…'
}

// collapse is a text on one line, without what cannot be seen.
func collapse(s string) string {
	var r reader
	r.write(s, state{})
	return r.line.String()
}

// struck leaves away what is struck out, and says so if there was text.
func (r *reader) struck(n *html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.TextNode && collapse(d.Data) != "" {
			r.marks |= layout.Struck
			return
		}
	}
}

// image counts the pictures that may hold text; spacers and bullets do not.
func (r *reader) image(n *html.Node) {
	if n.Data != "img" || thin(attr(n, "width")) || thin(attr(n, "height")) {
		return
	}
	r.images++
	r.marks |= layout.Image
	if r.Pictures == nil {
		return
	}
	src := strings.TrimSpace(attr(n, "src"))
	b := dataURI(src)
	if b == nil && r.Picture != nil {
		b = r.Picture(src)
	}
	if items := r.Pictures.Read(b); len(items) > 0 {
		r.endLine()
		r.items = append(r.items, items...)
	}
}

// dataURI is a file that an address holds in itself, nil where it does not.
func dataURI(src string) []byte {
	const scheme = "data:"
	if len(src) < len(scheme) || !strings.EqualFold(src[:len(scheme)], scheme) {
		return nil
	}
	media, data, found := strings.Cut(src[len(scheme):], ",")
	if !found || !strings.HasSuffix(strings.ToLower(strings.TrimSpace(media)), ";base64") {
		return nil
	}
	if strings.Contains(data, "%") {
		if s, err := url.PathUnescape(data); err == nil {
			data = s
		}
	}
	data = strings.TrimRight(strings.Join(strings.Fields(data), ""), "=")
	b := make([]byte, base64.RawStdEncoding.DecodedLen(len(data)))
	n, err := base64.RawStdEncoding.Decode(b, []byte(data))
	if err != nil { // what was cut off may show a table as far as it goes
		return b[:n]
	}
	return b
}

func thin(size string) bool {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(size), "px"))
	return err == nil && n <= 4
}

// option reads the choice that a list shows.
func (r *reader) option(n *html.Node, st state) {
	var shown *html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == "option" && (shown == nil || hasAttr(d, "selected")) {
			shown = d
		}
	}
	if shown == nil {
		return
	}
	r.gap |= soft
	for c := shown.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			r.write(c.Data, st)
		}
	}
	r.gap |= soft
}
