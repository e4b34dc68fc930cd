package html

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"nianbao/extract"
)

// parse builds the tree. The parser refuses pages with more than 512 open
// elements, which editors make by never closing a font or div element; such a
// page is parsed again without the elements that only format, then without
// the ones that only divide.
func parse(s string) (*html.Node, error) {
	if roots(s) > 10 {
		s = without(s, nil)
	}
	root, err := html.Parse(strings.NewReader(s))
	if err == nil {
		return root, nil
	}
	for _, drop := range []map[string]bool{formatting, dividing} {
		s = without(s, drop)
		if root, err = html.Parse(strings.NewReader(s)); err == nil {
			return root, nil
		}
	}
	return nil, &extract.Refusal{Code: extract.RefusedDamaged,
		Detail: fmt.Sprintf("the page's markup cannot be read (%v); open it in a browser and save it again", err)}
}

// roots counts html and body tags. The parser merges the attributes of each
// with the first one's, which takes ever longer.
func roots(s string) int {
	n := 0
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || len(s) < i+5 {
			return n
		}
		s = s[i+1:]
		if name := s[:4]; strings.EqualFold(name, "html") || strings.EqualFold(name, "body") {
			n++
		}
	}
}

func set(names string) map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(names) {
		m[name] = true
	}
	return m
}

var (
	formatting = set("font span b i u a em strong big small tt code nobr basefont label ins bdo cite o:p st1:chsdate w:sdt")
	dividing   = set("font span b i u a em strong div p center section article main blockquote ul ol li dl dt dd form fieldset header footer aside nav")
)

// without leaves out the tags named, except those that hide what is in them;
// where a dividing tag was, a line ends. Of html and body tags only the first
// stay.
func without(s string, drop map[string]bool) string {
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(maxBytes)
	var out strings.Builder
	out.Grow(len(s))
	kept := map[string][]bool{} // per name, whether the open tags were kept
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.String() // the end: the input is in memory
		}
		raw := string(z.Raw())
		name, more := z.TagName()
		tag := string(name)
		if kind == html.StartTagToken && (tag == "html" || tag == "body") {
			if kept[tag] == nil {
				out.WriteString(raw)
			}
			kept[tag] = []bool{true}
			continue
		}
		if kind != html.StartTagToken && kind != html.EndTagToken || !drop[tag] {
			out.WriteString(raw)
			continue
		}
		keep := false
		if kind == html.StartTagToken {
			for more {
				var key, val []byte
				key, val, more = z.TagAttr()
				keep = keep || string(key) == "hidden" || string(key) == "style" && hides(string(val))
			}
			kept[tag] = append(kept[tag], keep)
		} else if open := kept[tag]; len(open) > 0 {
			keep = open[len(open)-1]
			kept[tag] = open[:len(open)-1]
		}
		if keep {
			out.WriteString(raw)
		} else if !formatting[tag] {
			out.WriteString("<br>")
		}
	}
}
