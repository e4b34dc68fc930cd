package pdf

// value is an object of the file's structure, parsed where the structure has
// to be known before the object reader may look at it.
type value struct {
	kind valueKind
	num  float64
	ref  int // object number of a reference
	b    []byte
	list []value // elements; keys and values of a dictionary in turn
	src  []byte  // as written
}

type valueKind uint8

const (
	kindNull valueKind = iota
	kindNum
	kindName
	kindStr
	kindRef
	kindArray
	kindDict
	kindOther
)

// maxDepth bounds nested values; honest files stay below ten.
const maxDepth = 50

// parseValue reads one value. What can't be read is null.
func parseValue(l *lexer, depth int) value {
	l.skipSpace()
	start := l.pos
	t := l.next()
	v := value{}
	if depth > maxDepth {
		return v
	}
	switch t.kind {
	case tokNum:
		v.kind, v.num = kindNum, t.num
		after := l.pos
		if gen := l.next(); t.whole && gen.kind == tokNum && gen.whole {
			if r := l.next(); r.kind == tokOp && string(r.b) == "R" {
				v.kind, v.ref = kindRef, int(t.num)
				break
			}
		}
		l.pos = after
	case tokName:
		v.kind, v.b = kindName, clone(t.b)
	case tokStr:
		v.kind, v.b = kindStr, clone(t.b)
	case tokArrayOpen, tokDictOpen:
		v.kind = kindArray
		end := tokArrayClose
		if t.kind == tokDictOpen {
			v.kind, end = kindDict, tokDictClose
		}
		for {
			save := l.pos
			t := l.next()
			if t.kind == end {
				break
			}
			if t.kind == tokEOF || t.kind == tokArrayClose || t.kind == tokDictClose ||
				t.kind == tokOp && !literalWord(t.b) || len(v.list) > maxObjects {
				l.pos = save
				return value{}
			}
			l.pos = save
			v.list = append(v.list, parseValue(l, depth+1))
		}
	case tokOp:
		if string(t.b) != "null" {
			v.kind = kindOther
		}
	}
	v.src = l.b[start:l.pos]
	return v
}

func literalWord(b []byte) bool {
	s := string(b)
	return s == "true" || s == "false" || s == "null"
}

func clone(b []byte) []byte { return append([]byte(nil), b...) }

// get is the entry k of a dictionary.
func (v value) get(k string) value {
	if v.kind == kindDict {
		for i := 0; i+1 < len(v.list); i += 2 {
			if v.list[i].kind == kindName && string(v.list[i].b) == k {
				return v.list[i+1]
			}
		}
	}
	return value{}
}

func (v value) name() string {
	if v.kind == kindName {
		return string(v.b)
	}
	return ""
}
