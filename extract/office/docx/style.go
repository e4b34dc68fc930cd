package docx

import "strings"

// style is what a paragraph style says that matters here.
type style struct {
	name    string
	based   string
	outline int    // as in paragraph
	list    string // "" where it does not say
	level   int    // -1 where it does not say
}

// maxStyles bounds the styles, maxBased how many build on each other.
const (
	maxStyles = 10_000
	maxBased  = 20
)

func (r *reader) readStyles() {
	r.each(func(tag int) {
		if tag != tagStyle || len(r.styles) >= maxStyles {
			return
		}
		id, s := r.x.Attr("styleId"), &style{level: -1}
		r.each(func(tag int) {
			switch tag {
			case tagStyleName:
				s.name = strings.ToLower(r.x.Attr("val"))
			case tagBasedOn:
				s.based = r.x.Attr("val")
			case tagParagraphProps:
				p := paragraph{level: -1}
				r.each(func(tag int) { r.paragraphProp(&p, tag) })
				s.outline, s.list, s.level = p.outline, p.list, p.level
			}
		})
		r.styles[id] = s
	})
}

// heading says whether a style is one of headings.
func (s *style) heading(r *reader, depth int) bool {
	switch {
	case s == nil || depth > maxBased:
		return false
	case s.outline > 0:
		return s.outline < 10
	case strings.HasPrefix(s.name, "heading "), s.name == "title", s.name == "subtitle", strings.HasPrefix(s.name, "标题 "):
		return true
	}
	return r.styles[s.based].heading(r, depth+1)
}

// number is the list and level that a style numbers by, and the style that says
// so.
func (s *style) number(r *reader, id string) (list string, level int, by string) {
	level = -1
	for depth := 0; s != nil && depth < maxBased; depth++ {
		if level < 0 {
			level = s.level
		}
		if s.list != "" {
			return s.list, level, id
		}
		id = s.based
		s = r.styles[id]
	}
	return "", level, ""
}
