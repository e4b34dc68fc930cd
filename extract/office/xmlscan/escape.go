package xmlscan

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

var named = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"', "apos": '\''}

// longest is how long a reference may be; what is longer is text.
const longest = 12

// unescape replaces references. What is no reference stays as it is.
func unescape(b []byte) []byte {
	amp := bytes.IndexByte(b, '&')
	if amp < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for amp >= 0 {
		out = append(out, b[:amp]...)
		b = b[amp:]
		end := bytes.IndexByte(b[:min(len(b), longest)], ';')
		r, ok := rune(0), false
		if end > 0 {
			r, ok = reference(string(b[1:end]))
		}
		if ok {
			out = utf8.AppendRune(out, r)
			b = b[end+1:]
		} else {
			out = append(out, '&')
			b = b[1:]
		}
		amp = bytes.IndexByte(b, '&')
	}
	return append(out, b...)
}

func reference(s string) (rune, bool) {
	if r, ok := named[s]; ok {
		return r, true
	}
	if len(s) < 2 || s[0] != '#' {
		return 0, false
	}
	base, digits := 10, s[1:]
	if digits[0] == 'x' || digits[0] == 'X' {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true // a surrogate becomes U+FFFD where it is written
}
