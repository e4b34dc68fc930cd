package docx

import (
	"strings"

	"nianbao/extract/office/numbering"
)

// lists are the numbered lists of a document and how far each has counted.
type lists struct {
	kinds map[string]*listKind // by abstract id
	nums  map[string]*list     // by the id that paragraphs name
}

// listKind is how a list numbers. Lists of one kind count on from each other.
type listKind struct {
	levels [9]level
	link   string // style whose list it is
	count  [9]int
	begun  [9]bool
}

type level struct {
	start   int
	format  string
	text    string // with %1 to %9 for the numbers of the levels
	suffix  string
	style   string // that numbers by this level
	legal   bool   // all numbers in digits
	restart int    // level after which it starts again; 0 for any above it
	never   bool   // it does not start again
}

// list is a use of a kind, with what it changes of it.
type list struct {
	kind     string
	start    map[int]int // by level: where it starts anew
	override map[int]level
	started  [9]bool
}

// Limits of lists.
const (
	maxLists     = 10_000
	maxLevelText = 60
	maxCount     = 1_000_000
)

func newLists() *lists { return &lists{kinds: map[string]*listKind{}, nums: map[string]*list{}} }

func (r *reader) readNumbering() {
	r.each(func(tag int) {
		switch tag {
		case tagAbstract:
			id := r.x.Attr("abstractNumId") + r.x.Attr("listDefId")
			k := &listKind{}
			for i := range k.levels {
				k.levels[i].start = 1
			}
			r.each(func(tag int) {
				switch tag {
				case tagLevel:
					i := r.number("ilvl", 0, 8)
					k.levels[i] = r.readLevel()
				case tagStyleLink:
					k.link = r.x.Attr("val")
				}
			})
			if len(r.lists.kinds) < maxLists {
				r.lists.kinds[id] = k
			}
		case tagList:
			id := r.x.Attr("numId") + r.x.Attr("ilfo")
			l := &list{start: map[int]int{}, override: map[int]level{}}
			r.each(func(tag int) {
				switch tag {
				case tagAbstractID:
					l.kind = r.x.Attr("val")
				case tagOverride:
					i := r.number("ilvl", 0, 8)
					r.each(func(tag int) {
						switch tag {
						case tagStartOverride:
							l.start[i] = r.number("val", 0, maxCount)
						case tagLevel:
							l.override[i] = r.readLevel()
						}
					})
				}
			})
			if len(r.lists.nums) < maxLists {
				r.lists.nums[id] = l
			}
		}
	})
}

func (r *reader) readLevel() level {
	v := level{format: "decimal"} // without a start it starts at 0
	r.each(func(tag int) {
		switch tag {
		case tagStart:
			v.start = r.number("val", 0, maxCount)
		case tagFormat:
			v.format = r.x.Attr("val")
		case tagFormatCode:
			v.format = numbering.OfCode(r.number("val", 0, 1000))
		case tagAlternate: // a format of newer versions, and an older one in its place
			r.each(func(tag int) {
				if tag == tagFallback {
					r.each(func(tag int) {
						if tag == tagFormat {
							v.format = r.x.Attr("val")
						}
					})
				}
			})
		case tagLevelText:
			if s := r.x.Attr("val"); len(s) <= maxLevelText {
				v.text = s
			}
		case tagSuffix:
			v.suffix = strings.ToLower(r.x.Attr("val"))
		case tagLegal:
			v.legal = r.on()
		case tagRestart:
			v.restart = r.number("val", 0, 9)
			v.never = v.restart == 0
		case tagStyle:
			v.style = r.x.Attr("val")
		}
	})
	return v
}

// label is the number that Word generates in front of a paragraph, and what sets
// it apart. Word 2003 writes along what it generated.
func (r *reader) label(p *paragraph) string {
	label, gap := r.generated(p)
	if p.label != "" {
		label = p.label
	}
	if label == "" {
		return ""
	}
	return label + gap
}

func (r *reader) generated(p *paragraph) (label, gap string) {
	id, at, by := p.list, p.level, ""
	if id == "" {
		var styled int
		id, styled, by = r.styles[p.style].number(r, p.style)
		if at < 0 {
			at = styled
		}
	}
	l := r.lists.nums[id]
	if l == nil {
		return "", " "
	}
	k := r.kind(l, 0)
	if k == nil {
		return "", " "
	}
	if at < 0 {
		at = 0
		for i := range k.levels {
			if by != "" && k.levels[i].style == by {
				at = i
			}
		}
	}
	gap = " "
	if l.level(k, at).suffix == "nothing" {
		gap = ""
	}
	return l.next(k, at), gap
}

// kind is the kind of a list, which may be that of a style's list.
func (r *reader) kind(l *list, depth int) *listKind {
	k := r.lists.kinds[l.kind]
	if k == nil || k.link == "" || depth > 3 {
		return k
	}
	s := r.styles[k.link]
	if s == nil || r.lists.nums[s.list] == nil {
		return k
	}
	return r.kind(r.lists.nums[s.list], depth+1)
}

func (l *list) level(k *listKind, i int) level {
	if v, ok := l.override[i]; ok {
		return v
	}
	return k.levels[i]
}

// next counts one further at a level and gives the label.
func (l *list) next(k *listKind, at int) string {
	v := l.level(k, at)
	start, anew := l.start[at]
	if !anew {
		start = v.start
	}
	switch {
	case anew && !l.started[at], !k.begun[at]:
		k.count[at] = start
	default:
		k.count[at] = min(k.count[at]+1, maxCount)
	}
	k.begun[at], l.started[at] = true, true
	for i := at + 1; i < len(k.begun); i++ {
		if below := l.level(k, i); !below.never && (below.restart == 0 || at < below.restart) {
			k.begun[i] = false
		}
	}
	if v.format == "bullet" {
		return ""
	}
	var b strings.Builder
	for rest := v.text; rest != ""; {
		before, after, found := strings.Cut(rest, "%")
		b.WriteString(before)
		if !found {
			break
		}
		if after == "" || after[0] < '1' || after[0] > '9' {
			b.WriteByte('%')
			rest = after
			continue
		}
		i := int(after[0] - '1')
		u := l.level(k, i)
		n := k.count[i]
		if !k.begun[i] && i != at {
			n = u.start
		}
		if v.legal {
			u.format = "decimal"
		}
		b.WriteString(numbering.Format(u.format, n))
		rest = after[1:]
	}
	return b.String()
}
