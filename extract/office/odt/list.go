package odt

import (
	"strings"

	"nianbao/extract/office/numbering"
)

// outline is the name under which the numbers of headings are kept.
const outline = "\x00outline"

// listKind is how a list numbers.
type listKind struct {
	levels [10]level
}

type level struct {
	format, prefix, suffix string
	start, shown           int
}

// lists are the lists that are open and how far each has counted.
type lists struct {
	open    []openList
	counted map[string]*count // by id, and by style for the last of that style

	headings count
}

// openList is a list within which a paragraph stands.
type openList struct {
	kind  *listKind
	count *count
	fresh bool // an item began, and nothing of it was numbered yet
}

// count is how far a list has counted; 0 is not yet.
type count [10]int

const maxLists = 20_000

// list reads the items of a list.
func (r *reader) list(c *container) {
	l := &r.lists
	if l.counted == nil {
		l.counted = map[string]*count{}
	}
	o := openList{kind: r.kinds[r.x.Attr("style-name")], count: &count{}}
	name, id := r.x.Attr("style-name"), r.x.Attr("id")
	if n := len(l.open); n > 0 {
		o.count = l.open[n-1].count
		if o.kind == nil {
			o.kind = l.open[n-1].kind
		}
	} else {
		if before := l.counted["id "+r.x.Attr("continue-list")]; before != nil {
			o.count = before
		} else if before := l.counted["style "+name]; before != nil && r.x.Attr("continue-numbering") == "true" {
			o.count = before
		}
		if len(l.counted) < maxLists {
			l.counted["style "+name] = o.count
			if id != "" {
				l.counted["id "+id] = o.count
			}
		}
	}
	depth := len(l.open)
	l.open = append(l.open, o)
	r.each(func(tag int) {
		if tag == tagItem || tag == tagListHeader {
			l.open[depth].fresh = tag == tagItem
			if v, set := r.x.Lookup("start-value"); set && v != "" && depth < len(o.count) {
				o.count[depth] = r.number("start-value", 1, 1_000_000, 1) - 1
			}
			r.blocks(c)
		}
	})
	l.open = l.open[:depth]
}

// number is the number that is generated in front of a paragraph.
func (l *lists) number(r *reader) string {
	at := len(l.open) - 1
	if at < 0 || at >= len(count{}) || !l.open[at].fresh || l.open[at].kind == nil {
		return ""
	}
	l.open[at].fresh = false
	return l.open[at].kind.next(l.open[at].count, at)
}

// heading is the number that is generated in front of a heading.
func (l *lists) heading(r *reader) string {
	k := r.kinds[outline]
	if k == nil || r.x.Attr("is-list-header") == "true" {
		return ""
	}
	return k.next(&l.headings, r.number("outline-level", 1, len(l.headings), 1)-1)
}

// next counts one further at a level and gives the label.
func (k *listKind) next(n *count, at int) string {
	v := k.levels[at]
	if n[at] == 0 && v.start > 0 {
		n[at] = v.start
	} else {
		n[at]++
	}
	for i := at + 1; i < len(n); i++ {
		n[i] = 0
	}
	if v.format == "" || v.format == "none" && v.prefix+v.suffix == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(v.prefix)
	for i := max(0, at-v.shown+1); i <= at; i++ {
		if k.levels[i].format == "" || k.levels[i].format == "none" {
			continue
		}
		if i > max(0, at-v.shown+1) {
			b.WriteByte('.')
		}
		b.WriteString(numbering.Format(k.levels[i].format, max(n[i], 1)))
	}
	b.WriteString(v.suffix)
	return b.String()
}
