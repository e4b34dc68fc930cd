package html

import (
	"strings"

	"golang.org/x/net/html"
)

// sheet is what the style sheets within a page say by simple selectors: a tag,
// a class, an id, or a tag with one of them. Selectors that depend on other
// elements, and sheets in other files, are not known.
type sheet map[string]look

// maxSheet bounds the style text that is looked at.
const maxSheet = 1 << 20

// sheetOf collects the page's style elements.
func sheetOf(root *html.Node) sheet {
	s := sheet{}
	size := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "style" || n.FirstChild == nil {
			continue
		}
		if m := strings.ToLower(attr(n, "media")); m != "" && !strings.Contains(m, "all") && !strings.Contains(m, "screen") {
			continue
		}
		css := n.FirstChild.Data
		if size += len(css); size > maxSheet {
			break
		}
		s.add(css)
	}
	return s
}

func (s sheet) add(css string) {
	css = strings.NewReplacer("<!--", "", "-->", "").Replace(uncomment(css))
	for {
		selectors, rest, found := strings.Cut(css, "{")
		if !found {
			return
		}
		if i := strings.LastIndexByte(selectors, ';'); i >= 0 { // @import and the like
			selectors = selectors[i+1:]
		}
		selectors = strings.TrimSpace(selectors)
		if strings.HasPrefix(selectors, "@") {
			if strings.EqualFold(strings.Join(strings.Fields(selectors), " "), "@media screen") {
				css = rest // its rules hold; its closing brace opens no rule
				continue
			}
			css = afterBlock(rest)
			continue
		}
		body, after, _ := strings.Cut(rest, "}")
		css = after
		var said look
		said.add(body)
		if said.has == 0 {
			continue
		}
		for selector := range strings.SplitSeq(selectors, ",") {
			selector = strings.ToLower(strings.TrimLeft(strings.TrimSpace(selector), "} \t\r\n"))
			if simple(selector) {
				l := s[selector]
				l.merge(said)
				s[selector] = l
			}
		}
	}
}

func uncomment(css string) string {
	if !strings.Contains(css, "/*") {
		return css
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(css, "/*")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, css, _ = strings.Cut(rest, "*/")
	}
}

// afterBlock is what follows the block that css is within.
func afterBlock(css string) string {
	depth := 1
	for i := range len(css) {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return css[i+1:]
			}
		}
	}
	return ""
}

func simple(selector string) bool {
	return selector != "" && !strings.ContainsAny(selector, " \t\r\n>+~:[*()") &&
		strings.Count(selector, ".")+strings.Count(selector, "#") <= 1
}

// apply lays what the sheets say of n over l, the more particular last.
func (s sheet) apply(l *look, n *html.Node) {
	if len(s) == 0 {
		return
	}
	l.merge(s[n.Data])
	for _, by := range [...]struct{ attr, mark string }{{"class", "."}, {"id", "#"}} {
		val := attr(n, by.attr)
		if val == "" {
			continue
		}
		for name := range strings.FieldsSeq(strings.ToLower(val)) {
			l.merge(s[by.mark+name])
			l.merge(s[n.Data+by.mark+name])
		}
	}
}
