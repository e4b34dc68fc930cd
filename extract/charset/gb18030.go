package charset

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// mended are the two-byte codes that x/text leaves out although the standard
// of 2022 and browsers map them.
var mended = map[[2]byte]rune{
	{0xA3, 0xA0}: '\u3000', {0xA8, 0xBC}: '\u1E3F',
	{0xA6, 0xD9}: '\uFE10', {0xA6, 0xDA}: '\uFE12', {0xA6, 0xDB}: '\uFE11',
	{0xA6, 0xDC}: '\uFE13', {0xA6, 0xDD}: '\uFE14', {0xA6, 0xDE}: '\uFE15',
	{0xA6, 0xDF}: '\uFE16', {0xA6, 0xEC}: '\uFE17', {0xA6, 0xED}: '\uFE18',
	{0xA6, 0xF3}: '\uFE19',
	{0xFE, 0x59}: '\u9FB4', {0xFE, 0x61}: '\u9FB5', {0xFE, 0x66}: '\u9FB6',
	{0xFE, 0x67}: '\u9FB7', {0xFE, 0x6D}: '\u9FB8', {0xFE, 0x7E}: '\u9FB9',
	{0xFE, 0x90}: '\u9FBA', {0xFE, 0xA0}: '\u9FBB',
}

// decodeGB18030 decodes the whole at once and goes through it sequence by
// sequence only if something was undecodable.
func decodeGB18030(b []byte) Text {
	t := decodeWith(b, "gb18030", simplifiedchinese.GB18030)
	if t.Undecodable == 0 {
		return t
	}
	var s strings.Builder
	s.Grow(len(b) + len(b)/2)
	bad := 0
	d := simplifiedchinese.GB18030.NewDecoder()
	var dst [8]byte
	for len(b) > 0 {
		n := sequence(b)
		if n == 1 {
			if b[0] < utf8.RuneSelf {
				s.WriteByte(b[0])
			} else if b[0] == 0x80 {
				s.WriteRune('€')
			} else {
				bad++
				s.WriteRune(utf8.RuneError)
			}
			b = b[1:]
			continue
		}
		r := utf8.RuneError
		d.Reset()
		if w, _, err := d.Transform(dst[:], b[:n], true); err == nil {
			r, _ = utf8.DecodeRune(dst[:w])
		}
		if r == utf8.RuneError && n == 2 {
			if m, ok := mended[[2]byte(b[:2])]; ok {
				r = m
			}
		}
		if r == utf8.RuneError {
			bad++
		}
		s.WriteRune(r)
		b = b[n:]
	}
	return Text{String: s.String(), Charset: t.Charset, Undecodable: bad}
}

// sequence is the length of the byte sequence that b begins with; a byte that
// begins none counts alone.
func sequence(b []byte) int {
	if b[0] <= 0x80 || b[0] == 0xFF || len(b) < 2 {
		return 1
	}
	switch c := b[1]; {
	case c >= 0x40 && c != 0x7F && c != 0xFF:
		return 2
	case c >= '0' && c <= '9' && len(b) >= 4 && b[2] > 0x80 && b[2] != 0xFF && b[3] >= '0' && b[3] <= '9':
		return 4
	}
	return 1
}
