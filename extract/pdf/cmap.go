package pdf

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// maxCMapRanges bounds what a CMap may hold; real ones stay far below.
const maxCMapRanges = 200_000

// cmap is a ToUnicode map or an embedded code-to-CID map. Ranges are kept as
// written and looked up by the font's own cache of codes, once a code.
type cmap struct {
	spaces []codespace
	chars  map[uint32]string // bfchar, and bfrange with an array
	ranges []cmapRange
	cids   []cmapRange
	vert   bool
}

type codespace struct {
	n      int // bytes of a code
	lo, hi uint32
}

// cmapRange maps lo..hi to consecutive characters or CIDs.
type cmapRange struct {
	n      int
	lo, hi uint32
	to     uint32 // first CID
	text   []byte // first text, UTF-16BE
}

// parseCMap reads a CMap. Anything malformed is skipped; what the map then
// lacks shows as unreadable characters.
func parseCMap(b []byte) *cmap {
	m := &cmap{chars: map[uint32]string{}}
	l := &lexer{b: b}
	var args []token
	for n := 0; n < maxCMapRanges*4; n++ {
		t := l.next()
		switch {
		case t.kind == tokEOF:
			return m
		case t.kind != tokOp:
			if len(args) < maxCMapRanges {
				args = append(args, t)
			}
			continue
		}
		m.section(string(t.b), args)
		args = args[:0]
		l.reset()
	}
	return m
}

func (m *cmap) section(op string, args []token) {
	switch op {
	case "def":
		if n := len(args); n == 2 && string(args[0].b) == "WMode" {
			m.vert = args[1].num == 1
		}
	case "endcodespacerange":
		for ; len(args) >= 2; args = args[2:] {
			lo, n := code(args[0])
			hi, _ := code(args[1])
			if n > 0 && len(m.spaces) < 100 {
				m.spaces = append(m.spaces, codespace{n, lo, hi})
			}
		}
	case "endbfchar":
		for ; len(args) >= 2; args = args[2:] {
			if c, n := code(args[0]); n > 0 && args[1].kind == tokStr {
				m.chars[c] = utf16Text(args[1].b)
			}
		}
	case "endbfrange":
		m.bfrange(args)
	case "endcidchar":
		for ; len(args) >= 2; args = args[2:] {
			if c, n := code(args[0]); n > 0 && len(m.cids) < maxCMapRanges {
				m.cids = append(m.cids, cmapRange{n: n, lo: c, hi: c, to: uint32(args[1].num)})
			}
		}
	case "endcidrange":
		for ; len(args) >= 3; args = args[3:] {
			lo, n := code(args[0])
			hi, _ := code(args[1])
			if n > 0 && len(m.cids) < maxCMapRanges {
				m.cids = append(m.cids, cmapRange{n: n, lo: lo, hi: hi, to: uint32(args[2].num)})
			}
		}
	}
}

func (m *cmap) bfrange(args []token) {
	for len(args) >= 3 {
		lo, n := code(args[0])
		hi, _ := code(args[1])
		switch args[2].kind {
		case tokStr:
			if n > 0 && len(m.ranges) < maxCMapRanges {
				m.ranges = append(m.ranges, cmapRange{n: n, lo: lo, hi: hi, text: append([]byte(nil), args[2].b...)})
			}
			args = args[3:]
		case tokArrayOpen:
			args = args[3:]
			for c := lo; len(args) > 0 && args[0].kind != tokArrayClose; c, args = c+1, args[1:] {
				if args[0].kind == tokStr && c <= hi {
					m.chars[c] = utf16Text(args[0].b)
				}
			}
			if len(args) > 0 {
				args = args[1:]
			}
		default:
			return
		}
	}
}

// code reads a character code of one to four bytes; n is 0 for anything else.
func code(t token) (c uint32, n int) {
	if t.kind != tokStr || len(t.b) == 0 || len(t.b) > 4 {
		return 0, 0
	}
	for _, b := range t.b {
		c = c<<8 | uint32(b)
	}
	return c, len(t.b)
}

// text is what the map says c stands for.
func (m *cmap) text(c uint32) (string, bool) {
	if s, ok := m.chars[c]; ok {
		return s, true
	}
	for i := range m.ranges {
		r := &m.ranges[i]
		if c < r.lo || c > r.hi {
			continue
		}
		b := append([]byte(nil), r.text...)
		switch {
		case len(b) >= 2: // the last code unit counts up
			u := binary.BigEndian.Uint16(b[len(b)-2:])
			binary.BigEndian.PutUint16(b[len(b)-2:], u+uint16(c-r.lo))
		case len(b) == 1:
			b = []byte{0, b[0] + byte(c-r.lo)}
		}
		return utf16Text(b), true
	}
	return "", false
}

// cid maps a code through the cid ranges.
func (m *cmap) cid(c uint32, n int) (uint32, bool) {
	for i := range m.cids {
		if r := &m.cids[i]; r.n == n && c >= r.lo && c <= r.hi {
			return r.to + c - r.lo, true
		}
	}
	return 0, false
}

// split takes the next code off s by the map's code spaces.
func (m *cmap) split(s []byte) (c uint32, n int) {
	for i := 0; i < 4 && i < len(s); i++ {
		c = c<<8 | uint32(s[i])
		for _, sp := range m.spaces {
			if sp.n == i+1 && inSpace(c, sp) {
				return c, i + 1
			}
		}
	}
	// Outside every space: take as many bytes as the shortest space has.
	n = 2
	for i, sp := range m.spaces {
		if i == 0 || sp.n < n {
			n = sp.n
		}
	}
	n = min(n, len(s))
	c = 0
	for _, b := range s[:n] {
		c = c<<8 | uint32(b)
	}
	return c, n
}

// inSpace compares byte by byte, as code spaces are boxes, not intervals.
func inSpace(c uint32, sp codespace) bool {
	for k := 0; k < sp.n; k++ {
		b, lo, hi := byte(c>>(8*k)), byte(sp.lo>>(8*k)), byte(sp.hi>>(8*k))
		if b < lo || b > hi {
			return false
		}
	}
	return true
}

// utf16Text decodes UTF-16BE; a single byte is one of Latin-1.
func utf16Text(b []byte) string {
	if len(b) == 1 {
		return string(rune(b[0]))
	}
	if len(b) == 2 {
		return string(rune(binary.BigEndian.Uint16(b)))
	}
	var buf [16]byte
	out := buf[:0]
	for len(b) >= 2 {
		r := rune(binary.BigEndian.Uint16(b))
		b = b[2:]
		if utf16.IsSurrogate(r) && len(b) >= 2 {
			r = utf16.DecodeRune(r, rune(binary.BigEndian.Uint16(b)))
			b = b[2:]
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}
