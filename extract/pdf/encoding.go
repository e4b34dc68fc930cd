package pdf

import (
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/encoding/charmap"
)

// Simple fonts have codes of one byte: a base encoding, and glyph names that
// differ from it.

// glyphNames are the names of the Adobe standard Latin characters from U+0020
// and U+00A1 on, in the order of Unicode.
const glyphNames = `space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus comma hyphen period slash
zero one two three four five six seven eight nine colon semicolon less equal greater question at
A B C D E F G H I J K L M N O P Q R S T U V W X Y Z bracketleft backslash bracketright asciicircum underscore grave
a b c d e f g h i j k l m n o p q r s t u v w x y z braceleft bar braceright asciitilde`

const latin1Names = `exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine guillemotleft logicalnot - registered macron
degree plusminus twosuperior threesuperior acute mu paragraph periodcentered cedilla onesuperior ordmasculine guillemotright onequarter onehalf threequarters questiondown
Agrave Aacute Acircumflex Atilde Adieresis Aring AE Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute Icircumflex Idieresis
Eth Ntilde Ograve Oacute Ocircumflex Otilde Odieresis multiply Oslash Ugrave Uacute Ucircumflex Udieresis Yacute Thorn germandbls
agrave aacute acircumflex atilde adieresis aring ae ccedilla egrave eacute ecircumflex edieresis igrave iacute icircumflex idieresis
eth ntilde ograve oacute ocircumflex otilde odieresis divide oslash ugrave uacute ucircumflex udieresis yacute thorn ydieresis`

const otherNames = `quoteleft ‘ quoteright ’ quotedblleft “ quotedblright ” quotesinglbase ‚ quotedblbase „ endash – emdash — bullet • ellipsis …
dagger † daggerdbl ‡ perthousand ‰ guilsinglleft ‹ guilsinglright › fraction ⁄ minus − florin ƒ trademark ™ Euro € nbspace   sfthyphen -
fi fi fl fl ff ff ffi ffi ffl ffl dotlessi ı OE Œ oe œ Scaron Š scaron š Zcaron Ž zcaron ž Ydieresis Ÿ circumflex ˆ tilde ˜
numero № angleleft 〈 angleright 〉 lozenge ◊ infinity ∞ lessequal ≤ greaterequal ≥ notequal ≠ approxequal ≈ triangle △ square □ H18533 ■ circle ○`

var namedGlyphs = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for i, n := range strings.Fields(glyphNames) {
		m[n] = string(rune(0x20 + i))
	}
	for i, n := range strings.Fields(latin1Names) {
		m[n] = string(rune(0xA1 + i))
	}
	delete(m, "-")
	f := strings.Fields(otherNames)
	for i := 0; i+1 < len(f); i += 2 {
		m[f[i]] = f[i+1]
	}
	m["nbspace"], m["nonbreakingspace"] = " ", " "
	return m
})

// glyphText is what a glyph name stands for, or "".
func glyphText(name string) string {
	if s, ok := namedGlyphs()[name]; ok {
		return s
	}
	if i := strings.IndexByte(name, '.'); i > 0 { // one.tnum
		return glyphText(name[:i])
	}
	hex := ""
	switch {
	case strings.HasPrefix(name, "uni") && len(name) >= 7:
		hex = name[3:7]
	case strings.HasPrefix(name, "u") && len(name) >= 5 && len(name) <= 7:
		hex = name[1:]
	default:
		return ""
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || v > 0x10FFFF {
		return ""
	}
	return string(rune(v))
}

// baseEncoding gives the characters of a named base encoding. The standard
// encoding differs from ASCII only in its quotes.
func baseEncoding(name string) (enc [256]string) {
	table := charmap.Windows1252
	if name == "MacRomanEncoding" {
		table = charmap.Macintosh
	}
	for c := 0x20; c < 256; c++ {
		if r := table.DecodeByte(byte(c)); r != 0xFFFD && (r >= 0xA0 || r < 0x7F) {
			enc[c] = string(r)
		}
	}
	if name == "StandardEncoding" {
		enc['\''], enc['`'] = "’", "‘"
		for c := 0x80; c < 256; c++ {
			enc[c] = ""
		}
	}
	return enc
}

// Widths of ASCII in the standard fonts, for fonts that are not embedded and
// state none.
var (
	helvetica = [95]uint16{
		278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
		1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
		333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584}
	times = [95]uint16{
		250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444,
		921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500,
		333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541}
)

// standardWidth is the width of a character in the standard font that name
// resembles, in thousandths.
func standardWidth(name, text string) float64 {
	r := rune(' ')
	for _, r = range text {
		break
	}
	if r >= 0x2E80 {
		return 1000
	}
	if strings.Contains(name, "Courier") || strings.Contains(name, "Mono") {
		return 600
	}
	if r < 0x20 || r > 0x7E {
		return 556
	}
	for _, serif := range []string{"Times", "Serif", "Roman", "Song", "Sun", "Georgia", "Cambria"} {
		if strings.Contains(name, serif) {
			return float64(times[r-0x20])
		}
	}
	return float64(helvetica[r-0x20])
}
