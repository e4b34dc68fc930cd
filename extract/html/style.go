package html

import (
	"strings"

	"golang.org/x/net/html"
)

// display is how an element takes part in the layout.
type display uint8

const (
	inline      display = iota
	block               // begins and ends a line
	inlineBlock         // stands apart from its neighbours on the same line
	flex                // block whose children stand side by side
	none                // not shown, takes no place
	table
	rowGroup
	headGroup
	footGroup
	row
	cell
	caption
	column // col and colgroup
)

var displayOfTag = func() map[string]display {
	m := map[string]display{
		"table": table, "tbody": rowGroup, "thead": headGroup, "tfoot": footGroup,
		"tr": row, "td": cell, "th": cell, "caption": caption, "col": column, "colgroup": column,
		"button": inlineBlock, "input": inlineBlock, "textarea": inlineBlock, "select": inlineBlock,
	}
	for name := range set("address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hr html legend li listing main menu nav ol optgroup option p plaintext pre search section summary ul xmp") {
		m[name] = block
	}
	for name := range set("head script style noscript template title meta link base xml area param source track datalist rp rt rtc audio video canvas math noframes noembed") {
		m[name] = none
	}
	return m
}()

var displayOfWord = map[string]display{
	"none": none, "block": block, "flex": flex, "grid": block, "list-item": block, "flow-root": block,
	"inline": inline, "contents": inline, "inline-block": inlineBlock, "inline-flex": inlineBlock, "inline-grid": inlineBlock,
	"table": table, "inline-table": table, "table-row-group": rowGroup, "table-header-group": headGroup,
	"table-footer-group": footGroup, "table-row": row, "table-cell": cell, "table-caption": caption,
	"table-column": column, "table-column-group": column,
}

// look is what the styles say of an element, as far as it matters here. Only
// the properties in has are set.
type look struct {
	has     property
	display display
	hidden  bool // visibility: takes its place but shows nothing
	clear   bool // opacity: the same, and nothing within can end it
	tiny    bool // font-size: nothing to see
	struck  bool
	pre     bool // line ends and blanks count
}

type property uint8

const (
	hasDisplay property = 1 << iota
	hasVisibility
	hasOpacity
	hasSize
	hasStruck
	hasSpace
)

// add lays the declarations of a style over l.
func (l *look) add(style string) {
	for len(style) > 0 {
		var decl string
		decl, style, _ = strings.Cut(style, ";")
		key, val, found := strings.Cut(decl, ":")
		if !found {
			continue
		}
		key = strings.ToLower(strings.TrimSpace(key))
		switch key {
		case "display", "visibility", "opacity", "font-size", "mso-hide", "mso-element", "text-decoration", "text-decoration-line", "white-space":
		default:
			continue
		}
		val = strings.ToLower(strings.TrimSpace(val))
		val = strings.TrimSpace(strings.TrimSuffix(val, "!important"))
		switch key {
		case "display":
			if d, ok := displayOfWord[val]; ok {
				l.merge(look{has: hasDisplay, display: d})
			}
		case "visibility":
			l.merge(look{has: hasVisibility, hidden: val == "hidden" || val == "collapse"})
		case "opacity":
			l.merge(look{has: hasOpacity, clear: zero(val)})
		case "font-size":
			l.merge(look{has: hasSize, tiny: zero(val)})
		case "mso-hide":
			if val == "all" {
				l.merge(look{has: hasDisplay, display: none})
			}
		case "mso-element":
			if val == "header" || val == "footer" { // of the pages when printed
				l.merge(look{has: hasDisplay, display: none})
			}
		case "text-decoration", "text-decoration-line":
			l.merge(look{has: hasStruck, struck: strings.Contains(val, "line-through")})
		case "white-space":
			l.merge(look{has: hasSpace, pre: strings.HasPrefix(val, "pre")})
		}
	}
}

// zero says whether a length or share is nothing: 0, 0px, 0.0, 0%.
func zero(val string) bool {
	n := strings.TrimRight(val, "%abcdefghijklmnopqrstuvwxyz")
	return n != "" && strings.Trim(n, "0.") == ""
}

// merge lays the properties that over has over l's.
func (l *look) merge(over look) {
	if over.has&hasDisplay != 0 {
		l.display = over.display
	}
	if over.has&hasVisibility != 0 {
		l.hidden = over.hidden
	}
	if over.has&hasOpacity != 0 {
		l.clear = over.clear
	}
	if over.has&hasSize != 0 {
		l.tiny = over.tiny
	}
	if over.has&hasStruck != 0 {
		l.struck = over.struck
	}
	if over.has&hasSpace != 0 {
		l.pre = over.pre
	}
	l.has |= over.has
}

// hides says whether a style takes its element's text away.
func hides(style string) bool {
	var l look
	l.add(style)
	return l.has&hasDisplay != 0 && l.display == none || l.hidden || l.clear || l.tiny || l.struck
}

// look is how n looks by its tag, the page's own style sheets and its style.
func (s sheet) look(n *html.Node) look {
	tag := displayOfTag[n.Data]
	l := look{display: tag}
	switch n.Data {
	case "del", "s", "strike":
		l.merge(look{has: hasStruck, struck: true})
	case "pre", "listing", "xmp", "plaintext", "textarea":
		l.merge(look{has: hasSpace, pre: true})
	case "input":
		if strings.EqualFold(attr(n, "type"), "hidden") {
			l.display = none
		}
	}
	if hasAttr(n, "hidden") {
		l.display = none
	}
	s.apply(&l, n)
	for i := range n.Attr {
		if n.Attr[i].Key == "style" {
			l.add(n.Attr[i].Val)
		}
	}
	if l.display != none && (tag == none || tag >= table) {
		l.display = tag // pages for small screens turn cells into blocks
	}
	return l
}
