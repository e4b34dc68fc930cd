// Package numbering writes the automatic numbers of lists as Office does:
// arabic, Chinese, circled, letters. Formats are named as WordprocessingML names
// them; older files have codes for them. It does not count.
package numbering

import (
	"strconv"
	"strings"
)

// Format writes n as a generated number of a list, in the formats that
// WordprocessingML names. A format that is not known is written in digits.
func Format(format string, n int) string {
	pick := func(s string) string { // one sign a number
		if r := []rune(s); n >= 1 && n <= len(r) {
			return string(r[n-1])
		}
		return strconv.Itoa(n)
	}
	switch {
	case format == "none", format == "bullet":
		return ""
	case n < 0:
		return strconv.Itoa(n)
	}
	switch format {
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
	case "upperRoman":
		return roman(n)
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "upperLetter":
		return letters(n)
	case "lowerLetter":
		return strings.ToLower(letters(n))
	case "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand", "koreanCounting":
		return counting(n, "〇一二三四五六七八九", "十百千")
	case "chineseLegalSimplified":
		return counting(n, "零壹贰叁肆伍陆柒捌玖", "拾佰仟")
	case "ideographLegalTraditional", "japaneseLegal":
		return counting(n, "零壹貳參肆伍陸柒捌玖", "拾佰仟")
	case "ideographDigital", "japaneseDigitalTen", "taiwaneseDigital":
		return digitsOf(n, "〇一二三四五六七八九")
	case "decimalFullWidth", "decimalFullWidth2":
		return digitsOf(n, "０１２３４５６７８９")
	case "ideographTraditional":
		return pick("甲乙丙丁戊己庚辛壬癸")
	case "ideographZodiac":
		return pick("子丑寅卯辰巳午未申酉戌亥")
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese":
		return pick("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
	case "decimalEnclosedFullstop":
		return pick("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛")
	case "decimalEnclosedParen":
		return pick("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇")
	case "ideographEnclosedCircle":
		return pick("㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩")
	}
	return strconv.Itoa(n)
}

func digitsOf(n int, of string) string {
	sign := []rune(of)
	var b strings.Builder
	for _, c := range strconv.Itoa(n) {
		b.WriteRune(sign[c-'0'])
	}
	return b.String()
}

// counting writes n in words up to 9999, as 三百零五 or 十二.
func counting(n int, of, units string) string {
	if n < 1 || n > 9999 {
		return digitsOf(n, of)
	}
	sign, unit := []rune(of), []rune(units)
	var b strings.Builder
	gap := false
	for place, power := 3, 1000; place >= 0; place, power = place-1, power/10 {
		d := n / power % 10
		if d == 0 {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteRune('零')
			gap = false
		}
		if d != 1 || place != 1 || b.Len() > 0 {
			b.WriteRune(sign[d])
		}
		if place > 0 {
			b.WriteRune(unit[place-1])
		}
	}
	return b.String()
}

// letters counts A to Z, AA to ZZ and on.
func letters(n int) string {
	if n < 1 || n > 26*30 {
		return strconv.Itoa(n)
	}
	return strings.Repeat(string(rune('A'+(n-1)%26)), (n-1)/26+1)
}

func roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, r := range []struct {
		n int
		s string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.n; n -= r.n {
			b.WriteString(r.s)
		}
	}
	return b.String()
}
