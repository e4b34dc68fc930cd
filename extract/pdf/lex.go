package pdf

import (
	"math"
)

// lexer reads PDF tokens from memory. It serves content streams, CMaps and the
// file's own structure alike, and never fails: what it can't read becomes an
// operator token that nobody knows, and the end of input is tokEOF for ever.
type lexer struct {
	b   []byte
	pos int
	// arena holds the decoded bytes of strings and escaped names; tokens keep
	// slices of it, so it is only reset between operators.
	arena []byte
	// unclosed says that a string was malformed or ran to the end of input.
	unclosed bool
}

type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokNum
	tokName
	tokStr
	tokOp
	tokArrayOpen
	tokArrayClose
	tokDictOpen
	tokDictClose
)

// token is one token; b is the name, string or operator, valid until the
// lexer's arena is reset.
type token struct {
	kind tokenKind
	// whole is true for numbers written without a point.
	whole bool
	num   float64
	b     []byte
}

// classes of bytes: 1 white space, 2 delimiter, 0 regular.
var class = func() (c [256]uint8) {
	for _, b := range []byte("\x00\t\n\f\r ") {
		c[b] = 1
	}
	for _, b := range []byte("()<>[]{}/%") {
		c[b] = 2
	}
	return c
}()

// reset drops the decoded strings of earlier tokens.
func (l *lexer) reset() { l.arena = l.arena[:0] }

// skipSpace moves over white space and comments.
func (l *lexer) skipSpace() {
	for l.pos < len(l.b) {
		c := l.b[l.pos]
		if class[c] == 1 {
			l.pos++
			continue
		}
		if c != '%' {
			return
		}
		for l.pos < len(l.b) && l.b[l.pos] != '\n' && l.b[l.pos] != '\r' {
			l.pos++
		}
	}
}

func (l *lexer) next() token {
	l.skipSpace()
	if l.pos >= len(l.b) {
		return token{kind: tokEOF}
	}
	start := l.pos
	c := l.b[start]
	switch c {
	case '/':
		return l.name()
	case '(':
		return l.literal()
	case '<':
		if start+1 < len(l.b) && l.b[start+1] == '<' {
			l.pos += 2
			return token{kind: tokDictOpen}
		}
		return l.hex()
	case '>':
		if start+1 < len(l.b) && l.b[start+1] == '>' {
			l.pos += 2
			return token{kind: tokDictClose}
		}
		l.pos++
		return token{kind: tokOp, b: l.b[start:l.pos]}
	case '[':
		l.pos++
		return token{kind: tokArrayOpen}
	case ']':
		l.pos++
		return token{kind: tokArrayClose}
	case '{', '}', ')':
		l.pos++
		return token{kind: tokOp, b: l.b[start:l.pos]}
	}
	for l.pos < len(l.b) && class[l.b[l.pos]] == 0 {
		l.pos++
	}
	word := l.b[start:l.pos]
	if c <= '9' {
		if v, whole, ok := number(word); ok {
			return token{kind: tokNum, num: v, whole: whole, b: word}
		}
	}
	return token{kind: tokOp, b: word}
}

// number reads a PDF number: digits with an optional sign and point. Doubled
// signs and a sign within, which some producers write, are read as viewers do.
func number(b []byte) (v float64, whole, ok bool) {
	i, neg := 0, false
	for i < len(b) && (b[i] == '+' || b[i] == '-') {
		neg = neg || b[i] == '-'
		i++
	}
	whole = true
	digits, scale := 0, 1.0
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c >= '0' && c <= '9':
			digits++
			if whole {
				v = v*10 + float64(c-'0')
			} else {
				scale /= 10
				v += float64(c-'0') * scale
			}
		case c == '.' && whole:
			whole = false
		case c == '-' && digits > 0: // 12.3-4 is read as 12.3
			i = len(b)
		default:
			return 0, false, false
		}
	}
	if digits == 0 && whole || math.IsInf(v, 0) {
		return 0, false, false
	}
	if neg {
		v = -v
	}
	return v, whole, true
}

func (l *lexer) name() token {
	l.pos++
	start, escaped := l.pos, false
	for l.pos < len(l.b) && class[l.b[l.pos]] == 0 {
		escaped = escaped || l.b[l.pos] == '#'
		l.pos++
	}
	raw := l.b[start:l.pos]
	if !escaped {
		return token{kind: tokName, b: raw}
	}
	at := len(l.arena)
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) && unhex(raw[i+1]) >= 0 && unhex(raw[i+2]) >= 0 {
			l.arena = append(l.arena, byte(unhex(raw[i+1])<<4|unhex(raw[i+2])))
			i += 2
			continue
		}
		l.arena = append(l.arena, raw[i])
	}
	return token{kind: tokName, b: l.arena[at:len(l.arena):len(l.arena)]}
}

func (l *lexer) hex() token {
	l.pos++
	at, half, have, closed := len(l.arena), 0, false, false
	for l.pos < len(l.b) {
		c := l.b[l.pos]
		l.pos++
		if closed = c == '>'; closed {
			break
		}
		d := unhex(c)
		if d < 0 {
			l.unclosed = l.unclosed || class[c] != 1
			continue
		}
		if have {
			l.arena = append(l.arena, byte(half<<4|d))
		}
		half, have = d, !have
	}
	l.unclosed = l.unclosed || !closed
	if have {
		l.arena = append(l.arena, byte(half<<4))
	}
	return token{kind: tokStr, b: l.arena[at:len(l.arena):len(l.arena)]}
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (l *lexer) literal() token {
	l.pos++
	at, depth := len(l.arena), 1
	for l.pos < len(l.b) {
		c := l.b[l.pos]
		l.pos++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return token{kind: tokStr, b: l.arena[at:len(l.arena):len(l.arena)]}
			}
		case '\r': // any line end in a string is one \n
			if l.pos < len(l.b) && l.b[l.pos] == '\n' {
				l.pos++
			}
			c = '\n'
		case '\\':
			if l.escape() {
				continue
			}
			c = l.b[l.pos-1]
		}
		l.arena = append(l.arena, c)
	}
	l.unclosed = true
	return token{kind: tokStr, b: l.arena[at:len(l.arena):len(l.arena)]}
}

// escape reads what follows a backslash. It returns false where the byte
// before pos stands for itself.
func (l *lexer) escape() bool {
	if l.pos >= len(l.b) {
		return true
	}
	c := l.b[l.pos]
	l.pos++
	switch c {
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case '\n':
		return true
	case '\r':
		if l.pos < len(l.b) && l.b[l.pos] == '\n' {
			l.pos++
		}
		return true
	default:
		if c < '0' || c > '7' {
			return false
		}
		v := int(c - '0')
		for i := 0; i < 2 && l.pos < len(l.b) && l.b[l.pos] >= '0' && l.b[l.pos] <= '7'; i++ {
			v = v<<3 | int(l.b[l.pos]-'0')
			l.pos++
		}
		c = byte(v)
	}
	l.arena = append(l.arena, c)
	return true
}

// skipInlineImage moves behind the data of an inline image; pos stands behind
// ID. The data has no stated length, so its end is the first EI between white
// space that is followed by what looks like content.
func (l *lexer) skipInlineImage() {
	l.pos++ // the one white space after ID
	for i := l.pos; i+2 <= len(l.b); i++ {
		if l.b[i] != 'E' || l.b[i+1] != 'I' || i > 0 && class[l.b[i-1]] != 1 {
			continue
		}
		if i+2 < len(l.b) && class[l.b[i+2]] == 0 {
			continue
		}
		if looksLikeContent(l.b[i+2 : min(len(l.b), i+22)]) {
			l.pos = i + 2
			return
		}
	}
	l.pos = len(l.b)
}

// looksLikeContent: content streams are text; image data soon shows bytes that
// are not.
func looksLikeContent(b []byte) bool {
	for _, c := range b {
		if c >= 0x7F || c < 0x20 && class[c] != 1 {
			return false
		}
	}
	return true
}
