// Package charset turns the bytes of a page or text file into UTF-8. It
// believes the bytes before it believes what the file declares of itself,
// since Chinese government sites often declare one charset and serve another:
// a byte order mark, then the pattern of UTF-16, then valid UTF-8, then the
// declaration, then GB18030, which gb2312 and gbk are read as.
//
// It knows no file format beyond the places where HTML and XML declare a
// charset, and it never fails: what no charset explains becomes U+FFFD and is
// counted.
package charset

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/traditionalchinese"
)

// Text is decoded text.
type Text struct {
	String  string
	Charset string // the charset it was read as, by its usual lower-case name
	// Undecodable counts the byte sequences that mean nothing in Charset; each
	// stands in String as U+FFFD.
	Undecodable int
}

// sample is how much of the bytes is looked at where a share is enough.
const sample = 1 << 16

// Decode reads b as text.
func Decode(b []byte) Text {
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		return decodeUTF8(b[3:])
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return decodeUTF16(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		return decodeUTF16(b[2:], binary.BigEndian)
	case bytes.HasPrefix(b, []byte("\x84\x31\x95\x33")):
		return decodeGB18030(b[4:])
	}
	if order := utf16Order(b); order != nil {
		return decodeUTF16(b, order)
	}
	if utf8.Valid(b) || mostlyUTF8(b) {
		return decodeUTF8(b)
	}
	declared := Declared(b)
	switch declared {
	case "", "utf-8", "gbk", "gb18030", "utf-16le", "utf-16be":
		return decodeGB18030(b)
	case "big5":
		if common(b, 0xA4, 0xC6, 0x40) > common(b, 0xB0, 0xD7, 0xA1) {
			return decodeWith(b, declared, traditionalchinese.Big5)
		}
		return decodeGB18030(b)
	}
	// Western and other charsets are declared by editors' defaults, over
	// Chinese bytes as a rule: Chinese wins if it explains the bytes.
	gb := decodeGB18030(b)
	if gb.Undecodable == 0 && common(b, 0xB0, 0xD7, 0xA1) > 0.5 {
		return gb
	}
	if e, err := htmlindex.Get(declared); err == nil {
		if other := decodeWith(b, declared, e); other.Undecodable <= gb.Undecodable {
			return other
		}
	}
	return gb
}

func decodeUTF8(b []byte) Text {
	if utf8.Valid(b) {
		return Text{String: string(b), Charset: "utf-8"}
	}
	var s strings.Builder
	s.Grow(len(b) + len(b)/8)
	bad := 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			bad++
		}
		s.WriteRune(r)
		b = b[n:]
	}
	return Text{String: s.String(), Charset: "utf-8", Undecodable: bad}
}

// mostlyUTF8 says whether b is UTF-8 with some damage: a title cut inside a
// character, an included fragment. In GBK text about one sequence in seven
// passes for UTF-8; four good ones to a bad one never happens.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return good >= 4*bad
}

func decodeUTF16(b []byte, order binary.ByteOrder) Text {
	name := "utf-16le"
	if order == binary.ByteOrder(binary.BigEndian) {
		name = "utf-16be"
	}
	var s strings.Builder
	s.Grow(len(b) + len(b)/2)
	bad := 0
	for ; len(b) >= 2; b = b[2:] {
		r := rune(order.Uint16(b))
		if utf16.IsSurrogate(r) {
			low := rune(utf8.RuneError)
			if len(b) >= 4 {
				low = rune(order.Uint16(b[2:]))
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				bad++
			} else {
				b = b[2:]
			}
		}
		s.WriteRune(r)
	}
	if len(b) == 1 {
		bad++
		s.WriteRune(utf8.RuneError)
	}
	return Text{String: s.String(), Charset: name, Undecodable: bad}
}

// utf16Order finds UTF-16 without a byte order mark: line ends, spaces and
// digits put zeros between the bytes, and nearly every unit is a character
// that Chinese text uses.
func utf16Order(b []byte) binary.ByteOrder {
	b = b[:min(len(b), sample)&^1]
	if bytes.IndexByte(b, 0) < 0 {
		return nil
	}
	little, big := usual(b, binary.LittleEndian), usual(b, binary.BigEndian)
	switch {
	case max(little, big)*20 < len(b)/2*19:
		return nil
	case little >= big:
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// usual counts the units of b that are usual in Chinese text.
func usual(b []byte, order binary.ByteOrder) int {
	n := 0
	for ; len(b) >= 2; b = b[2:] {
		switch r := order.Uint16(b); {
		case r == '\t', r == '\n', r == '\r', r >= 0x20 && r < 0x7F, r == 0xA0,
			r >= 0x2000 && r < 0x2700, r >= 0x3000 && r < 0x3100,
			r >= 0x4E00 && r < 0xA000, r >= 0xFF00 && r < 0xFFF0:
			n++
		}
	}
	return n
}

// common is the share of two-byte sequences in b that lie in a charset's rows
// of frequent characters: lead bytes first to last, trail bytes from trail.
func common(b []byte, first, last, trail byte) float64 {
	all, hits := 0, 0
	for i := 0; i+1 < len(b) && all < sample; {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		all++
		if b[i] >= first && b[i] <= last && b[i+1] >= trail {
			hits++
		}
		i += 2
	}
	return float64(hits) / float64(max(1, all))
}

func decodeWith(b []byte, name string, e encoding.Encoding) Text {
	s, err := e.NewDecoder().Bytes(b)
	if err != nil { // the decoders of x/text replace and do not fail
		return Text{String: strings.ToValidUTF8(string(b), "\uFFFD"), Charset: name, Undecodable: len(b)}
	}
	return Text{String: string(s), Charset: name, Undecodable: bytes.Count(s, []byte("\uFFFD"))}
}

// Invisible characters take no room on a page: zero-width blanks and joiners,
// soft hyphens, marks of direction, controls. Readers leave them away.
func Invisible(c rune) bool {
	return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c >= 0x7F && c < 0xA0 ||
		c == 0xAD || c == 0xFEFF || c >= 0x200B && c <= 0x200F || c >= 0x202A && c <= 0x202E ||
		c >= 0x2060 && c <= 0x2069
}

// Control characters never stand in a text that came whole: one may have been
// a digit, or what set two numbers apart.
func Control(c rune) bool {
	return c < ' ' && c != '\t' && c != '\n' && c != '\v' && c != '\f' && c != '\r' || c == 0x7F
}
