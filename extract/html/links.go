package html

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/simplifiedchinese"

	"nianbao/extract"
)

// How many links to files are kept, and how many bytes of each.
const (
	maxLinks    = 200
	maxLinkText = 300
)

// links lists the files that a page links to or shows in a frame, each once.
func links(root *html.Node) []extract.Link {
	var out []extract.Link
	seen := map[extract.Link]bool{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		var to string
		switch n.Data {
		case "a", "area":
			to = attr(n, "href")
		case "iframe", "frame", "embed":
			to = attr(n, "src")
		case "object":
			to = attr(n, "data")
		}
		if to == "" {
			continue
		}
		l := extract.Link{Target: target(to), Text: shownText(n)}
		if len(l.Target)+len(l.Text) > maxLinkText || seen[l] || extract.FileEnding(l.Target)+extract.FileEnding(l.Text) == "" {
			continue
		}
		seen[l] = true
		if out = append(out, l); len(out) == maxLinks {
			break
		}
	}
	return out
}

// shownText is the text of a link, or what is shown of one that is a picture.
func shownText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	if s := collapse(b.String()); s != "" {
		return s
	}
	return collapse(attr(n, "title"))
}

// target is the name of the file that an address leads to, with the folders from
// the page on where the address is relative to it.
func target(address string) string {
	address = strings.ReplaceAll(strings.TrimSpace(address), `\`, "/")
	u, err := url.Parse(address)
	if err != nil || len(u.Scheme) == 1 { // a stray % or blank; a drive letter
		return readable(path.Base(address))
	}
	switch strings.ToLower(u.Scheme) {
	case "", "http", "https", "ftp", "file":
	default: // javascript, mailto
		return ""
	}
	if extract.FileEnding(u.Path) == "" { // download.jsp?name=附件.xls
		query := u.Query()
		for _, key := range slices.Sorted(maps.Keys(query)) {
			if v := query.Get(key); extract.FileEnding(v) != "" {
				return readable(path.Base(v))
			}
		}
	}
	name := path.Clean(u.Path)
	if u.Host != "" || u.Scheme != "" || path.IsAbs(name) || strings.HasPrefix(name, "../") {
		name = path.Base(name)
	}
	if name == "." || name == "/" || name == ".." {
		return ""
	}
	return readable(name)
}

// readable decodes a name that was escaped as GBK.
func readable(name string) string {
	if !utf8.ValidString(name) {
		if s, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			return s
		}
	}
	return strings.ToValidUTF8(name, "\uFFFD")
}
