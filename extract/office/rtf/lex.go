package rtf

import (
	"bytes"
	"fmt"

	"nianbao/extract"
)

// read takes the document apart into groups, controls and text.
func (r *reader) read() error {
	in := r.in
	for i := 0; i < len(in); {
		switch c := in[i]; c {
		case '{':
			r.flush()
			i++
			if len(r.groups) >= maxDepth {
				return &extract.Refusal{Code: extract.RefusedDamaged, Detail: fmt.Sprintf("the document has groups %d deep; open it in Word and save it again", maxDepth)}
			}
			r.groups = append(r.groups, r.now)
			r.now.fresh, r.now.star, r.skip = true, false, 0
		case '}':
			r.flush()
			i++
			r.skip = 0
			if n := len(r.groups); n > 0 {
				r.now = r.groups[n-1]
				r.groups = r.groups[:n-1]
			}
			if len(r.groups) == 0 { // what follows the document is none of it
				r.torn = r.torn || bytes.Contains(in[i:], []byte(`\par`)) || bytes.Contains(in[i:], []byte(`\cell`))
				return nil
			}
		case '\\':
			i = r.control(i + 1)
		case '\r', '\n':
			i++
		default:
			i++
			r.now.fresh = false
			r.char(c)
		}
		if r.main.Full() || r.boxes.Full() || r.notes.Full() {
			return tooLarge("the document has more tables and paragraphs than any report")
		}
	}
	r.flush()
	return nil
}

// control reads the control at i, behind its backslash, and gives where the
// next thing begins.
func (r *reader) control(i int) int {
	in := r.in
	if i >= len(in) {
		return i
	}
	c := in[i]
	if !letter(c) {
		i++
		switch c {
		case '\'':
			if i+2 > len(in) {
				return len(in)
			}
			hi, lo := hex(in[i]), hex(in[i+1])
			r.now.fresh = false
			if hi < 0 || lo < 0 {
				r.flush()
				r.rune('\uFFFD')
				return i
			}
			r.char(byte(hi<<4 | lo))
			return i + 2
		case '*':
			r.now.star = true
			return i
		case '\r', '\n':
			r.word("par", 0, false)
		case '\\', '{', '}':
			r.now.fresh = false
			r.char(c)
		case '~':
			r.symbol('\u00A0')
		case '_':
			r.symbol('-')
		case '-', ':', '|':
			r.flush()
		}
		return i
	}
	start := i
	for i < len(in) && letter(in[i]) && i-start < 32 {
		i++
	}
	name := string(in[start:i])
	n, given, negative := 0, false, false
	if i+1 < len(in) && in[i] == '-' && digit(in[i+1]) {
		negative = true
		i++
	}
	for ; i < len(in) && digit(in[i]); i++ {
		n = min(n*10+int(in[i]-'0'), 1<<31-1)
		given = true
	}
	if negative {
		n = -n
	}
	if i < len(in) && in[i] == ' ' {
		i++
	}
	if name == "bin" { // that many bytes are no text
		r.flush()
		return i + min(max(n, 0), len(in)-i)
	}
	r.word(name, n, given)
	return i
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

func hex(c byte) int {
	switch {
	case digit(c):
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
