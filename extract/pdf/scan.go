package pdf

import (
	"bytes"
)

// scan walks over the file once, from object to object, as a writer wrote it.
// Whatever is not an object, a table or a comment is damage.
func (f *file) scan() {
	l := &lexer{b: f.b}
	for len(f.defs) < maxObjects {
		l.skipSpace()
		start := l.pos
		l.reset()
		t := l.next()
		switch {
		case t.kind == tokEOF:
			return
		case t.kind == tokNum && t.whole:
			if f.scanObject(l, start) {
				continue
			}
		case t.kind == tokOp && string(t.b) == "xref":
			if f.skipTable(l) {
				continue
			}
		case t.kind == tokOp && string(t.b) == "startxref":
			if l.next().kind == tokNum {
				continue
			}
		}
		f.damage.add("there are bytes between the objects that belong to none")
		next := nextObject(f.b, start+1)
		if next < 0 {
			return
		}
		l.pos = next
	}
}

// nextObject finds the next "N G obj" from pos on, or -1.
func nextObject(b []byte, pos int) int {
	for {
		i := bytes.Index(b[min(pos, len(b)):], []byte(" obj"))
		if i < 0 {
			return -1
		}
		i += pos
		k := i
		for k > pos && isDigit(b[k-1]) {
			k--
		}
		if k < i && k > pos && b[k-1] == ' ' {
			m := k - 1
			for m > pos && isDigit(b[m-1]) {
				m--
			}
			if m < k-1 {
				return m
			}
		}
		pos = i + 4
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// scanObject reads one definition; l stands behind its number.
func (f *file) scanObject(l *lexer, start int) bool {
	d := def{pos: start, whole: -1}
	l.pos = start
	num, gen, obj := l.next(), l.next(), l.next()
	if gen.kind != tokNum || string(obj.b) != "obj" || num.num < 0 || num.num >= maxObjects || gen.num < 0 || gen.num > 65535 {
		return false
	}
	d.num, d.gen, d.body = int(num.num), int(gen.num), l.pos
	ok := f.scanValue(l, &d)
	if ok && d.isStream {
		t := l.next()
		ok = string(t.b) == "endobj"
	}
	d.end = l.pos
	if !ok {
		f.damage.add("object %d is broken", d.num)
		end := bytes.Index(f.b[start:], []byte("endobj"))
		if end < 0 {
			l.pos = len(f.b)
		} else if l.pos = start + end + 6; d.isStream {
			d.isStream = false
		}
		// Its value may still be of use, if its end is not what is broken.
	}
	f.at[d.pos] = len(f.defs)
	f.defs = append(f.defs, d)
	return true
}

// scanValue runs over an object's value to its endobj, or to the end of its
// stream, noting what the structure needs.
func (f *file) scanValue(l *lexer, d *def) bool {
	depth, tokens := 0, 0
	var before [2]float64   // the last two numbers, which R makes a reference
	key, expect := "", true // within the outermost dictionary
	for {
		t := l.next()
		l.reset()
		tokens++
		switch t.kind {
		case tokEOF:
			return false
		case tokDictOpen, tokArrayOpen:
			depth++
			expect = true
		case tokDictClose, tokArrayClose:
			depth--
			expect = true
			if depth < 0 {
				return false
			}
		case tokOp:
			switch string(t.b) {
			case "R", "true", "false", "null":
				if t.b[0] == 'R' {
					f.refer(int(before[0]))
				}
				if depth == 1 {
					expect = true
				}
			case "endobj":
				return depth == 0
			case "stream":
				if depth != 0 {
					return false
				}
				return f.scanStream(l, d)
			default:
				return false
			}
		case tokName:
			if depth == 1 {
				if expect {
					key = string(t.b)
				} else if key == "Type" {
					d.kind = string(t.b)
					d.structural = d.kind == "StructElem"
				}
				expect = !expect
				d.linear = d.linear || key == "Linearized"
				if key == "Length" && !expect {
					save := l.pos
					d.length = parseValue(l, 0)
					l.pos = save
				}
			}
		case tokNum:
			before[0], before[1] = before[1], t.num
			if depth == 0 && tokens == 1 && t.whole && t.num >= 0 && t.num < 1e15 {
				d.whole = int(t.num)
			}
			if depth == 1 {
				expect = true
			}
		case tokStr:
			if depth == 1 {
				expect = true
			}
		}
	}
}

// refer notes that object num is referred to.
func (f *file) refer(num int) {
	if num < 0 || num >= maxObjects {
		return
	}
	if num >= len(f.referred) {
		f.referred = append(f.referred, make([]bool, num+1-len(f.referred))...)
	}
	f.referred[num] = true
}

// scanStream finds the end of a stream; l stands behind the word stream.
func (f *file) scanStream(l *lexer, d *def) bool {
	d.isStream = true
	if l.pos < len(l.b) && l.b[l.pos] == '\r' {
		l.pos++
	}
	if l.pos < len(l.b) && l.b[l.pos] == '\n' {
		l.pos++
	}
	start := l.pos
	d.data = f.b[start:start:len(f.b)]
	if d.length.kind == kindNum && f.endsStream(d, int(d.length.num)) {
		l.pos = start + len(d.data)
		return string(l.next().b) == "endstream"
	}
	i := bytes.Index(f.b[start:], []byte("endstream"))
	if i < 0 {
		return false
	}
	if d.length.kind != kindRef {
		f.damage.add("a stream has a wrong length")
	}
	// Until the length is known, the data goes up to the line end before
	// endstream.
	n := i
	if n > 0 && f.b[start+n-1] == '\n' {
		n--
	}
	if n > 0 && f.b[start+n-1] == '\r' {
		n--
	}
	d.data = f.b[start : start+n : len(f.b)]
	l.pos = start + i + len("endstream")
	return true
}

// skipTable moves over a cross-reference table and its trailer.
func (f *file) skipTable(l *lexer) bool {
	for {
		t := l.next()
		switch {
		case t.kind == tokNum:
		case t.kind == tokOp && (string(t.b) == "n" || string(t.b) == "f"):
		case t.kind == tokOp && string(t.b) == "trailer":
			v := parseValue(l, 0)
			for i := 1; i < len(v.list); i += 2 {
				if v.list[i].kind == kindRef {
					f.refer(v.list[i].ref)
				}
			}
			return v.kind == kindDict
		default:
			return false
		}
	}
}
