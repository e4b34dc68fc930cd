package html

import (
	"strings"

	"golang.org/x/net/html"

	"nianbao/extract/layout"
)

// source is a table as the page writes it.
type source struct {
	groups []group
}

type group struct {
	display display
	rows    []sourceRow
	loose   bool // cells without a row around them; the next one belongs here
}

type sourceRow struct {
	cells []sourceCell
	loose bool
}

type sourceCell struct {
	from, to   int // its items
	rows, cols int // spans as written; rows may be 0, to the end of the group
	ghost      bool
	marks      layout.Marks
}

// table reads the table n. What its cells hold is gathered as items first; if
// it proves to be a table of data they are replaced by it, and if it only lays
// the page out they stay as they are.
func (r *reader) table(n *html.Node, st state) {
	start := len(r.items)
	outer := r.marks
	var src source
	switch d := r.look(n).display; d {
	case table:
		r.parts(n, st, &src)
	case row:
		r.rowOf(n, st, &src)
	default:
		r.groupOf(n, d, st, &src)
	}
	r.endLine()
	r.marks = outer
	if out, ok := r.data(start, &src); ok {
		r.items = append(r.items[:start], out...)
	}
}

// parts reads what stands directly within a table or row group.
func (r *reader) parts(n *html.Node, st state, src *source) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.part(c, st, src)
	}
}

func (r *reader) part(c *html.Node, st state, src *source) {
	if c.Type != html.ElementNode {
		r.flow(c, st)
		return
	}
	look := r.look(c)
	switch look.display {
	case column, none:
	case rowGroup, headGroup, footGroup:
		r.groupOf(c, look.display, st.within(look), src)
	case row:
		r.rowOf(c, st.within(look), src)
	case cell:
		r.cellOf(c, st.within(look), src)
	case caption:
		r.flow(c, st)
		r.endLine()
	default:
		if c.Data == "form" || look.display == block && c.Data != "table" && r.hasRow(c) {
			r.parts(c, st.within(look), src)
			return
		}
		r.flow(c, st)
	}
}

// flexTable reads n as a table if its children are rows of equally many parts
// that stand side by side; a child of one part is a row as wide as all.
func (r *reader) flexTable(n *html.Node, st state) bool {
	if !r.flexes {
		return false
	}
	wide, rows := 0, 0
	for c := range n.ChildNodes() {
		if c.Type == html.TextNode && collapse(c.Data) == "" || c.Type == html.CommentNode {
			continue
		}
		if c.Type != html.ElementNode || r.look(c).display != flex {
			return false
		}
		parts := elements(c)
		if parts > 1 && wide > 1 && parts != wide || parts == 0 {
			return false
		}
		wide = max(wide, parts)
		rows++
	}
	if rows < 2 || wide < 2 {
		return false
	}
	start := len(r.items)
	var src source
	g := src.last()
	for c := range n.ChildNodes() {
		if c.Type != html.ElementNode {
			continue
		}
		within := st.within(r.look(c))
		g.rows = append(g.rows, sourceRow{})
		for part := range c.ChildNodes() {
			if part.Type != html.ElementNode || r.look(part).display == none {
				continue
			}
			r.cellOf(part, within.within(r.look(part)), &src)
			if cells := g.rows[len(g.rows)-1].cells; elements(c) == 1 {
				cells[0].cols = wide
			}
		}
	}
	if out, ok := r.data(start, &src); ok {
		r.items = append(r.items[:start], out...)
	}
	return true
}

// elements counts the elements directly within n; text beside them makes it
// none.
func elements(n *html.Node) int {
	count := 0
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.ElementNode:
			count++
		case c.Type == html.TextNode && collapse(c.Data) != "":
			return 0
		}
	}
	return count
}

// hasRow looks for a row or cell directly within n.
func (r *reader) hasRow(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			if d := r.look(c).display; d >= rowGroup && d <= cell {
				return true
			}
		}
	}
	return false
}

func (r *reader) groupOf(n *html.Node, d display, st state, src *source) {
	r.endLine()
	src.groups = append(src.groups, group{display: d})
	r.parts(n, st, src)
	src.groups = append(src.groups, group{display: rowGroup}) // what follows is another
}

func (r *reader) rowOf(n *html.Node, st state, src *source) {
	r.endLine()
	g := src.last()
	g.rows = append(g.rows, sourceRow{})
	stray := -1 // where what stands in no cell begins
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if r.stray(c) {
			if stray < 0 {
				stray = len(r.items)
			}
			r.flow(c, st)
			continue
		}
		r.anonymous(stray, src)
		stray = -1
		if c.Type == html.ElementNode && r.look(c).display == row { // a row left open
			r.rowOf(c, st, src)
			continue
		}
		r.part(c, st, src)
	}
	r.anonymous(stray, src)
	r.endLine()
	// Word ends a table whose columns do not fit with a row of no height that
	// only sets their widths.
	g = src.last()
	last := &g.rows[len(g.rows)-1]
	last.loose = false
	if attr(n, "height") == "0" && r.empty(last.cells) {
		for i := range last.cells {
			last.cells[i].ghost = true
		}
	}
	g.rows = append(g.rows, sourceRow{loose: true})
}

// stray tells whether n stands in a row without being a part of it. The parser
// leaves nothing such in rows of its own, only styles make them.
func (r *reader) stray(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return n.Type == html.TextNode
	}
	switch r.look(n).display {
	case block, inline, inlineBlock:
		return n.Data != "form" && !r.hasRow(n)
	}
	return false
}

// anonymous makes a cell of the items from start on that stand in none, as
// browsers do.
func (r *reader) anonymous(start int, src *source) {
	if start < 0 {
		return
	}
	r.endLine()
	if len(r.items) > start {
		src.add(sourceCell{from: start, to: len(r.items), rows: 1, cols: 1})
	}
}

// last is the group that a row or cell met now belongs to.
func (s *source) last() *group {
	if len(s.groups) == 0 {
		s.groups = append(s.groups, group{display: rowGroup})
	}
	return &s.groups[len(s.groups)-1]
}

func (r *reader) empty(cells []sourceCell) bool {
	for i := range cells {
		if cells[i].from < cells[i].to {
			return false
		}
	}
	return true
}

func (r *reader) cellOf(n *html.Node, st state, src *source) {
	r.endLine()
	c := sourceCell{from: len(r.items), rows: span(attr(n, "rowspan")), cols: max(1, span(attr(n, "colspan")))}
	outer := r.marks
	r.marks = 0
	r.children(n, st)
	r.endLine()
	c.to = len(r.items)
	c.marks, r.marks = r.marks, outer
	if c.from == c.to {
		c.ghost = strings.Contains(attr(n, "style"), "mso-cell-special:placeholder")
	} else {
		c.marks &^= layout.Image
	}
	src.add(c)
}

// add puts a cell into the row that is open.
func (s *source) add(c sourceCell) {
	g := s.last()
	if len(g.rows) == 0 {
		g.rows = append(g.rows, sourceRow{loose: true})
	}
	last := &g.rows[len(g.rows)-1]
	last.cells = append(last.cells, c)
}

// span reads a span as browsers do: leading digits count, nothing is 1.
func span(s string) int {
	s = strings.TrimLeft(s, " \t\r\n\f+")
	n, digits := 0, 0
	for ; digits < len(s) && s[digits] >= '0' && s[digits] <= '9'; digits++ {
		n = min(n*10+int(s[digits]-'0'), maxSpan)
	}
	if digits == 0 {
		return 1
	}
	return n
}

// data makes tables of src, or says that it only lays the page out.
func (r *reader) data(start int, src *source) ([]layout.Item, bool) {
	rows := ordered(src.groups)
	held := make([][]layout.Content, len(rows))
	for i := range rows {
		for _, c := range rows[i].cells {
			held[i] = append(held[i], layout.Content{Items: r.items[c.from:c.to], Marks: c.marks})
		}
	}
	if layout.LaysOut(held) {
		return nil, false
	}
	return append(r.outside(start, src), layout.Parts(held, func(from, to int) []layout.Item {
		if t := grid(rows[from:to], held[from:to]); t != nil {
			return []layout.Item{{Table: t}}
		}
		return layout.Contents(held[from:to])
	})...), true
}

// outside are the items that stand in no cell: a caption, stray text.
func (r *reader) outside(start int, src *source) []layout.Item {
	var out []layout.Item
	at := start
	for _, g := range src.groups { // in the order of the page
		for _, row := range g.rows {
			for _, c := range row.cells {
				out = append(out, r.items[at:c.from]...)
				at = c.to
			}
		}
	}
	return append(out, r.items[at:]...)
}

// placedRow is a row in its place, with the number of its group.
type placedRow struct {
	cells []sourceCell
	group int
}

// ordered are the rows of groups, those of the first header group first and of
// the first footer group last, without rows that have no cells and that no
// markup made.
func ordered(groups []group) []placedRow {
	var head, body, foot []placedRow
	headed, footed := false, false
	for i, g := range groups {
		var rows []placedRow
		for _, r := range g.rows {
			if len(r.cells) > 0 || !r.loose {
				rows = append(rows, placedRow{r.cells, i})
			}
		}
		switch {
		case len(rows) == 0:
		case g.display == headGroup && !headed:
			head, headed = rows, true
		case g.display == footGroup && !footed:
			foot, footed = rows, true
		default:
			body = append(body, rows...)
		}
	}
	return append(append(head, body...), foot...)
}
