package doc

import (
	"strings"
	"unicode/utf16"

	"nianbao/extract/office/numbering"
)

// lists are the automatic numbers of paragraphs: definitions of levels, the
// lists that paragraphs name, and how far each has been counted.
type lists struct {
	levels    map[uint32][]level // by the definition's id
	overrides []override         // what paragraphs name, from 1
	counts    map[uint32]*[9]int
}

type level struct {
	start   int
	format  string
	text    []uint16 // holds the numbers of levels as characters 0 to 8
	legal   bool     // all numbers in it are arabic
	ignores bool     // levels above do not begin it anew
	follow  int
}

type override struct {
	definition uint32
	starts     map[int]int   // level: first number, which counting begins with once
	levels     map[int]level // levels that are defined anew
}

// Limits: lists of a document, characters of a number.
const (
	maxLists = 4096
	maxLabel = 64
)

func (r *reader) readLists() lists {
	l := lists{levels: map[uint32][]level{}, counts: map[uint32]*[9]int{}}
	at, n := int64(u32(r.head, 0x9A+8*fcPlfLst)), u32(r.head, 0x9E+8*fcPlfLst)
	if n < 2 || at > int64(len(r.table)) {
		return l
	}
	b := r.table[at:] // the levels lie behind the table itself
	const size = 28
	count := 0
	if len(b) >= 2 {
		count = min(u16(b, 0), maxLists)
	}
	if len(b) < 2+count*size {
		return l
	}
	rest := b[2+count*size:]
	for i := range count {
		list := b[2+i*size:]
		levels := 9
		if list[26]&1 != 0 {
			levels = 1
		}
		id := u32(list, 0)
		for range levels {
			var v level
			var ok bool
			if v, rest, ok = readLevel(rest); !ok {
				return l
			}
			l.levels[id] = append(l.levels[id], v)
		}
	}
	l.overrides = readOverrides(r.part(fcPlfLfo))
	return l
}

func readLevel(b []byte) (level, []byte, bool) {
	const size = 28
	if len(b) < size {
		return level{}, nil, false
	}
	v := level{start: int(int32(u32(b, 0))), format: numbering.OfCode(int(b[4])), legal: b[5]&4 != 0, ignores: b[5]&8 != 0, follow: int(b[15])}
	skip := size + int(b[24]) + int(b[25])
	if len(b) < skip+2 {
		return level{}, nil, false
	}
	n := u16(b, skip)
	text := slice(b, int64(skip+2), int64(2*n))
	if text == nil {
		return level{}, nil, false
	}
	for i := range min(n, maxLabel) {
		v.text = append(v.text, uint16(u16(text, 2*i)))
	}
	return v, b[skip+2+2*n:], true
}

func readOverrides(b []byte) []override {
	if len(b) < 4 {
		return nil
	}
	const size = 16
	n := int(min(u32(b, 0), maxLists))
	if len(b) < 4+n*size {
		return nil
	}
	out := make([]override, n)
	rest := b[4+n*size:]
	for i := range out {
		head := b[4+i*size:]
		out[i].definition = u32(head, 0)
		if len(rest) < 4 {
			continue
		}
		rest = rest[4:]
		for range head[12] {
			if len(rest) < 8 {
				rest = nil
				break
			}
			start, f := int(int32(u32(rest, 0))), u32(rest, 4)
			rest = rest[8:]
			at := int(f & 15)
			if f&32 != 0 {
				v, behind, ok := readLevel(rest)
				if !ok {
					rest = nil
					break
				}
				rest = behind
				if out[i].levels == nil {
					out[i].levels = map[int]level{}
				}
				out[i].levels[at] = v
				start = v.start
			}
			if f&16 != 0 {
				if out[i].starts == nil {
					out[i].starts = map[int]int{}
				}
				out[i].starts[at] = start
			}
		}
	}
	return out
}

// next is the number that a paragraph gets, "" where it gets none.
func (l *lists) next(p *paragraph) string {
	if p.list < 1 || p.list > len(l.overrides) || p.level < 0 || p.level > 8 {
		return ""
	}
	o := &l.overrides[p.list-1]
	if _, ok := l.level(o, p.level); !ok {
		return ""
	}
	counts := l.counts[o.definition]
	if counts == nil {
		counts = new([9]int)
		for i := range counts {
			if v, ok := l.level(o, i); ok {
				counts[i] = v.start - 1
			}
		}
		l.counts[o.definition] = counts
	}
	if start, ok := o.starts[p.level]; ok {
		counts[p.level] = start - 1
		delete(o.starts, p.level)
	}
	counts[p.level]++
	for i := p.level + 1; i < len(counts); i++ {
		if v, ok := l.level(o, i); ok && !v.ignores {
			counts[i] = v.start - 1
		}
	}
	return l.text(o, p.level, counts)
}

func (l *lists) level(o *override, at int) (level, bool) {
	if v, ok := o.levels[at]; ok {
		return v, true
	}
	if all := l.levels[o.definition]; at < len(all) {
		return all[at], true
	}
	return level{}, false
}

// text writes a level's number out.
func (l *lists) text(o *override, at int, counts *[9]int) string {
	v, _ := l.level(o, at)
	if v.format == "bullet" || v.format == "none" && len(v.text) == 0 {
		return ""
	}
	var b strings.Builder
	for _, c := range utf16.Decode(v.text) {
		if c > 8 {
			b.WriteRune(c)
			continue
		}
		inner, ok := l.level(o, int(c))
		if !ok {
			continue
		}
		n := counts[c]
		if int(c) < at && n < inner.start { // above it, nothing was counted yet
			n = inner.start
		}
		if v.legal {
			inner.format = "decimal"
		}
		b.WriteString(numbering.Format(inner.format, n))
	}
	if v.follow != nothing {
		b.WriteByte(' ')
	}
	return b.String()
}

// nothing follows the number; else a tab or a blank.
const nothing = 2
