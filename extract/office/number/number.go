// Package number writes the automatic numbers of lists as Office does: arabic,
// Chinese, circled, letters. It does not count.
package number

import (
	"strconv"
	"strings"
)

// Kinds of numbers as Office files name them (MSONFC); others are written as
// arabic numbers.
const (
	Arabic        = 0
	UpperRoman    = 1
	LowerRoman    = 2
	UpperLetter   = 3
	LowerLetter   = 4
	Digits        = 10 // 一〇
	Counting      = 11 // 十
	FullWidth     = 14
	Circled       = 18
	TwoDigits     = 22 // 01
	Bullet        = 23
	Dotted        = 26 // ⒈
	Bracketed     = 27 // ⑴
	CircledSmall  = 28 // ①
	BracketedHan  = 29 // ㈠
	Stems         = 30 // 甲
	Branches      = 31 // 子
	ChineseDigits = 37 // 十
	Financial     = 38 // 壹
	Chinese       = 39 // 十
	ChineseTen    = 40
	None          = 255
)

// Format writes n as a number of this kind.
func Format(n, kind int) string {
	within := func(from rune, most int) (string, bool) {
		if n < 1 || n > most {
			return "", false
		}
		return string(from + rune(n-1)), true
	}
	s, ok := "", false
	switch kind {
	case UpperRoman:
		s, ok = roman(n)
	case LowerRoman:
		s, ok = roman(n)
		s = strings.ToLower(s)
	case UpperLetter:
		s, ok = letters(n, 'A')
	case LowerLetter:
		s, ok = letters(n, 'a')
	case Digits:
		return translate(strconv.Itoa(n), '0', "〇一二三四五六七八九")
	case FullWidth:
		return translate(strconv.Itoa(n), '0', "０１２３４５６７８９")
	case Counting, ChineseDigits, Chinese, ChineseTen, 33, 34, 35, 36:
		s, ok = counting(n, "零一二三四五六七八九", "十百千")
	case Financial:
		s, ok = counting(n, "零壹贰叁肆伍陆柒捌玖", "拾佰仟")
	case Circled, CircledSmall:
		s, ok = within('①', 20)
	case Dotted:
		s, ok = within('⒈', 20)
	case Bracketed:
		s, ok = within('⑴', 20)
	case BracketedHan:
		s, ok = within('㈠', 10)
	case Stems:
		s, ok = pick(n, "甲乙丙丁戊己庚辛壬癸")
	case Branches:
		s, ok = pick(n, "子丑寅卯辰巳午未申酉戌亥")
	case TwoDigits:
		if n >= 0 && n < 10 {
			return "0" + strconv.Itoa(n)
		}
	case None:
		return ""
	}
	if !ok {
		return strconv.Itoa(n)
	}
	return s
}

func translate(s string, from rune, to string) string {
	digits := []rune(to)
	return strings.Map(func(c rune) rune {
		if i := int(c - from); i >= 0 && i < len(digits) {
			return digits[i]
		}
		return c
	}, s)
}

func pick(n int, from string) (string, bool) {
	all := []rune(from)
	if n < 1 || n > len(all) {
		return "", false
	}
	return string(all[n-1]), true
}

// letters is a to z, then aa to zz, as Office goes on.
func letters(n int, from rune) (string, bool) {
	if n < 1 || n > 26*20 {
		return "", false
	}
	return strings.Repeat(string(from+rune((n-1)%26)), (n-1)/26+1), true
}

func roman(n int) (string, bool) {
	if n < 1 || n > 3999 {
		return "", false
	}
	var b strings.Builder
	for _, r := range [...]struct {
		n int
		s string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.n; n -= r.n {
			b.WriteString(r.s)
		}
	}
	return b.String(), true
}

// counting is a Chinese number below ten thousand: 十二, 一百零五.
func counting(n int, digits, units string) (string, bool) {
	if n < 0 || n > 9999 {
		return "", false
	}
	d, u := []rune(digits), []rune(units)
	if n == 0 {
		return string(d[0]), true
	}
	var out []rune
	zero := false
	for i, unit := 3, 1000; i >= 0; i, unit = i-1, unit/10 {
		switch k := n / unit % 10; {
		case k == 0:
			zero = len(out) > 0
		default:
			if zero {
				out = append(out, d[0])
				zero = false
			}
			if k != 1 || i != 1 || len(out) > 0 { // 十二, not 一十二
				out = append(out, d[k])
			}
			if i > 0 {
				out = append(out, u[i-1])
			}
		}
	}
	return string(out), true
}
