// Package html reads web pages and pages saved by word processors: their text
// in reading order and their tables as a browser would lay them out, spans,
// row groups and hidden parts included. Tables that only lay the page out give
// their text as lines; so do navigation, header and footer, since what is the
// report and what surrounds it is not known here. Layout defects are noted as
// doubts of their table: overlap (two cells claim a place), span_cut (a row
// span runs over its row group), nested_table (a cell held a table of its own),
// image (a cell shows a picture and no text), struck_out (text struck out was
// left away), superscript (a note mark stands beside the text), hidden
// (a style hides the table and the page shows no other).
package html

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/html"

	"nianbao/extract"
	"nianbao/extract/charset"
	"nianbao/extract/embedded"
	"nianbao/extract/layout"
)

// Limits of a page. A report page has well under 2 MB and 50,000 tags; more
// bytes than that are pictures written into the page.
const (
	maxBytes = 64 << 20
	maxTags  = 500_000
)

const mediaType = "text/html"

// Frames gives the page that a page shows in a frame, nil where it is not to be
// had. A page that it gives again and again is read as often, so it should not.
type Frames func(src string) []byte

// maxFrames is how deep pages may stand within each other.
const maxFrames = 4

// Options say what of a page is read beyond its text. The zero value is nothing.
type Options struct {
	Frames   Frames
	Pictures *embedded.Pictures
	// Picture gives the picture that a page shows, nil where it is not to be had.
	// Pictures written into the page need no help.
	Picture func(src string) []byte
}

// Read reads a page. The error is an *extract.Refusal where the page itself is
// the reason.
func Read(b []byte) (*extract.Document, error) { return ReadWith(b, Options{}) }

// ReadWith reads a page and what it shows, each in its place.
func ReadWith(b []byte, o Options) (*extract.Document, error) { return read(b, o, 0) }

func read(b []byte, o Options, depth int) (*extract.Document, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, &extract.Refusal{Code: extract.RefusedEmpty, Detail: "the page is empty; fetch it again"}
	}
	if len(b) > maxBytes {
		return nil, tooLarge(fmt.Sprintf("the page has %d MB, the limit is %d MB", len(b)>>20, maxBytes>>20))
	}
	text := charset.Decode(b)
	if n := strings.Count(text.String, "<"); n > maxTags {
		return nil, tooLarge(fmt.Sprintf("the page has about %d tags, the limit is %d", n, maxTags))
	}
	// The parser drops zero bytes; any other control is met again in the text.
	root, err := parse(strings.ReplaceAll(text.String, "\x00", "\x01"))
	if err != nil {
		return nil, err
	}
	r := &reader{sheet: sheetOf(root), flexes: strings.Contains(text.String, "flex"), Options: o, depth: depth}
	r.flow(root, state{})
	r.endLine()
	doc := r.document()
	if tables(doc) == 0 && !r.framed && hideTable(r.hidden) {
		r = &reader{sheet: r.sheet, flexes: r.flexes, all: true, Options: o, depth: depth}
		r.flow(root, state{})
		r.endLine()
		doc = r.document()
		for i := range doc.Tables {
			doc.Tables[i].Doubts = append(doc.Tables[i].Doubts, extract.Doubt{Kind: "hidden", Row: -1, Col: -1})
		}
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "hidden", Message: "the page hides its tables until a script shows them; compare with the page in a browser"})
	}
	doubtCutOff(text.String, doc)
	doc.Title, doc.Meta = head(root)
	doc.Links = links(root)
	if text.Undecodable > 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "charset", Message: fmt.Sprintf(
			"%d places could not be decoded as %s and stand as U+FFFD; compare with the page in a browser", text.Undecodable, text.Charset)})
	}
	doc.Warnings = append(doc.Warnings, r.warnings(doc)...)
	return doc, nil
}

func tooLarge(detail string) error {
	return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: detail + "; this is no report page"}
}

// document divides the items into lines and tables.
func (r *reader) document() *extract.Document {
	doc := layout.Document(r.items)
	doc.MediaType = mediaType
	return doc
}

// tables counts the tables that may be of a form.
func tables(doc *extract.Document) int {
	n := 0
	for i := range doc.Tables {
		if t := &doc.Tables[i]; t.Rows > 1 && t.Cols > 1 {
			n++
		}
	}
	return n
}

// hideTable says whether there is a table within the nodes.
func hideTable(hidden []*html.Node) bool {
	for _, n := range hidden {
		if n.Data == "table" {
			return true
		}
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && d.Data == "table" {
				return true
			}
		}
	}
	return false
}

// warnings names what a person sees on the page and this reader cannot read.
func (r *reader) warnings(doc *extract.Document) []extract.Warning {
	ws := r.said
	if tables(doc) == 0 && r.images > 0 {
		ws = append(ws, extract.Warning{Code: extract.WarnImage, Message: fmt.Sprintf(
			"the page has %d pictures and no table; the tables may be published as pictures", r.images)})
	}
	for _, src := range r.frames {
		ws = append(ws, extract.Warning{Code: "frame", Message: fmt.Sprintf(
			"the page shows another document, which is not read: %q; read that one too", src)})
	}
	if len(doc.Lines) == 0 && len(doc.Tables) == 0 && r.scripts > 0 {
		ws = append(ws, extract.Warning{Code: "script_only", Message: "the page shows no text of its own and is built by scripts; save it from a browser"})
	}
	return ws
}

// savedFrom is the comment by which browsers say where a page that they saved stood.
// Counting that far takes milliseconds to compile.
var savedFrom = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^ ?saved from url=\([0-9]{4}\)(https?://[^\s<>"]{4,1000})`)
})

// head reads the title and the named meta elements, and the address that the page
// gives for itself. Sites of governments name the article's own title in the meta
// element ArticleTitle; the title element often adds the column and the site to it.
func head(root *html.Node) (string, []extract.Meta) {
	var title, article string
	var meta []extract.Meta
	address := func(a string) {
		if a = strings.TrimSpace(a); strings.HasPrefix(a, "http://") || strings.HasPrefix(a, "https://") {
			meta = append(meta, extract.Meta{Name: extract.MetaAddress, Content: a})
		}
	}
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			if m := savedFrom().FindStringSubmatch(n.Data); m != nil {
				address(m[1])
			}
			continue
		}
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "base":
			address(attr(n, "href"))
		case "link":
			if strings.EqualFold(attr(n, "rel"), "canonical") {
				address(attr(n, "href"))
			}
		case "title":
			if title == "" && n.Namespace == "" && n.FirstChild != nil {
				title = collapse(n.FirstChild.Data)
			}
		case "meta":
			name, content := attr(n, "name"), collapse(attr(n, "content"))
			if name == "" {
				name = attr(n, "property")
			}
			if name == "" || content == "" {
				continue
			}
			meta = append(meta, extract.Meta{Name: name, Content: content})
			if article == "" && strings.EqualFold(name, "ArticleTitle") {
				article = content
			}
		}
	}
	if article != "" {
		title = article
	}
	return title, meta
}

// attr is the value of n's attribute, "" where it has none.
func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return true
		}
	}
	return false
}
