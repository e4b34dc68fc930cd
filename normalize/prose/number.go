package prose

import (
	"strings"

	"github.com/shopspring/decimal"
)

// Number is a number of a sentence. One in words of approximation (近300件) or
// rounded (1.2万件) is a range.
type Number struct {
	Printed   string
	Value     decimal.Decimal
	Low, High decimal.Decimal // both Value where it is exact
}

// Fits tells whether the sentence can mean v.
func (n Number) Fits(v decimal.Decimal) bool {
	return v.GreaterThanOrEqual(n.Low) && v.LessThanOrEqual(n.High)
}

// Exact is a number meant as it is printed.
func (n Number) Exact() bool { return n.Low.Equal(n.High) }

// numeral is what a pattern's {n} stands for.
const numeral = `(?P<digits>[0-9]+(?:\.[0-9]+)?[百千万]?|[零〇一二两三四五六七八九十百千万]{1,15})`

// lastPlace is the unit of the last digit of v that is not zero.
func lastPlace(v decimal.Decimal) decimal.Decimal {
	text := v.String()
	if strings.Contains(text, ".") {
		return decimal.New(1, v.Exponent())
	}
	return decimal.New(1, int32(len(text)-len(strings.TrimRight(text, "0"))))
}

// parse reads a numeral and, where it is rounded, how far off it may be.
func parse(s string) (value, slack decimal.Decimal, ok bool) {
	if s == "" {
		return
	}
	if s[0] >= '0' && s[0] <= '9' {
		digits := strings.TrimRight(s, "百千万")
		unit := decimal.NewFromInt(1)
		if digits != s {
			unit = decimal.NewFromInt(int64(units[[]rune(s[len(digits):])[0]]))
		}
		d, err := decimal.NewFromString(digits)
		if err != nil || len(digits) > 15 {
			return
		}
		value = d.Mul(unit)
		if digits != s || d.Exponent() < 0 {
			slack = decimal.New(5, d.Exponent()-1).Mul(unit)
		}
		return value, slack, true
	}
	n, ok := han(s)
	return decimal.NewFromInt(n), decimal.Zero, ok
}

var (
	units  = map[rune]int{'十': 10, '百': 100, '千': 1000, '万': 10000}
	digits = map[rune]int64{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
)

// han reads 三千零五, 一百二十三, 二〇 and 十.
func han(s string) (int64, bool) {
	runes := []rune(s)
	placed := strings.ContainsAny(s, "十百千万")
	var total, part, digit int64
	pending := false
	last := 100000
	for _, r := range runes {
		if d, is := digits[r]; is {
			switch {
			case !placed:
				digit = 10*digit + d
			case pending && digit != 0:
				return 0, false // two digits without a place between them
			default:
				digit = d
			}
			pending = true
			continue
		}
		u, is := units[r]
		if !is {
			return 0, false
		}
		if u == 10000 {
			part += digit
			if part == 0 || total > 0 {
				return 0, false
			}
			total, part, digit, pending, last = part*10000, 0, 0, false, 100000
			continue
		}
		if u >= last || !pending && u != 10 || pending && digit == 0 && u != 10 {
			return 0, false
		}
		if !pending || digit == 0 {
			digit = 1
		}
		part += digit * int64(u)
		digit, pending, last = 0, false, u
	}
	return total + part + digit, true
}
