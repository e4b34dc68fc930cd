package normalize

import (
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"

	"nianbao/normalize/prefilter"
	"nianbao/schema"
)

// reading is what the text of one cell says.
type reading struct {
	state State
	value decimal.Decimal // where state is Reported
	// doubt says that the print allows another reading (1 2 may be 12 or two
	// numbers); a sum must prove it.
	doubt bool
}

var (
	dashing = strings.NewReplacer("—", "-", "–", "-", "―", "-", "−", "-", "─", "-", "━", "-", "‐", "-", "‑", "-", "﹣", "-", "∕", "/", "⁄", "/", "╱", "/", "、/", "/", "﹨", "\\")
	// changes are the words and signs that may stand before a number, longer ones first.
	changes = []string{"+", "-", "增加", "增", "减少", "减", "新增", "净增", "净减", "下降", "上升"}
	// counters are words for counted things that may follow a number in a cell;
	// they change nothing. Amounts of money do.
	counters = map[string]bool{"": true, "件": true, "条": true, "项": true, "个": true, "人": true, "次": true, "篇": true, "人次": true, "部": true, "份": true, "起": true, "例": true, "宗": true}
	money    = map[string]int32{"万元": 0, "万": 0, "元": -4, "亿元": 4, "亿": 4, "千元": -1, "万元整": 0, "元整": -4, "万元人民币": 0, "人民币万元": 0}
)

// mostDigits is how long a number may be, separators included. Longer ones count
// nothing, and making a number of them takes time by the square of their length.
const mostDigits = 40

// read reads a cell's text as a value in unit. printed is the unit that the
// heading states, where it states one; "" otherwise.
func read(text, unit, printed string) reading {
	s, pieces := folded(text)
	switch {
	case s == "":
		return reading{state: Blank}
	case isDash(s):
		return reading{state: Dash}
	case s == "零":
		return reading{state: Reported}
	}
	n, ok := parseNumeral(s)
	if !ok {
		return reading{state: Unreadable}
	}
	v, err := decimal.NewFromString(strings.ReplaceAll(n.whole, ",", "") + n.fraction)
	if err != nil {
		return reading{state: Unreadable}
	}
	r := reading{state: Reported, value: v}
	if strings.HasPrefix(n.change, "减") || n.change == "-" || n.change == "净减" || n.change == "下降" {
		r.value = v.Neg()
	}
	amount := unit == "万元"
	switch shift, isMoney := money[n.suffix]; {
	case amount && isMoney:
		r.value = r.value.Shift(shift)
	case amount && n.suffix == "":
		if shift, ok := money[printed]; ok {
			r.value = r.value.Shift(shift)
		}
	case counters[n.suffix] && (!amount || n.suffix == ""):
	default:
		return reading{state: Unreadable}
	}
	switch {
	case pieces > 1: // digits apart: one number, or two
		r.doubt = true
	case len(n.whole) > 1 && n.whole[0] == '0': // 00, 012: two numbers grown together?
		r.doubt = true
	case !amount && n.fraction != "" && !r.value.IsInteger(): // half a case
		r.doubt = true
	}
	return r
}

// folded is a cell's text in the characters that values are read in, without
// spaces, and in how many of the pieces between them digits stand.
func folded(text string) (s string, pieces int) {
	const digits = "0123456789"
	if isPlain(text) {
		if strings.ContainsAny(text, digits) {
			pieces = 1
		}
		return text, pieces
	}
	s = dashing.Replace(norm.NFKC.String(dashing.Replace(schema.FoldRadicals(text))))
	fields := strings.Fields(strings.Map(invisible, s))
	for _, f := range fields {
		if strings.ContainsAny(f, digits) {
			pieces++
		}
	}
	return strings.Join(fields, ""), pieces
}

// isPlain tells whether a text is in the characters that values are read in.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isDash tells whether a folded text is what is printed for no number.
func isDash(s string) bool {
	switch s {
	case "无", "空", "不涉及", "无此项", "无数据":
		return true
	}
	return len(s) >= 1 && len(s) <= 4 && strings.Trim(s, `/\|-`) == ""
}

// numeral is a number as it is printed: 减少1,234.5万元.
type numeral struct {
	change   string // a sign, or a word for one
	whole    string // its thousands may be set apart by commas
	fraction string // with its point
	suffix   string
}

// parseNumeral takes a folded text apart; ok is false where it is no number, or
// one that is too long.
func parseNumeral(s string) (n numeral, ok bool) {
	for _, c := range changes {
		if rest, found := strings.CutPrefix(s, c); found {
			n.change, s = c, rest
			break
		}
	}
	first := leadingDigits(s)
	end := first
	for end < len(s) && s[end] == ',' {
		if first > 3 || leadingDigits(s[end+1:]) != 3 {
			return n, false
		}
		end += len(",000")
	}
	if first == 0 {
		return n, false
	}
	n.whole, s = s[:end], s[end:]
	if strings.HasPrefix(s, ".") {
		end := 1 + leadingDigits(s[1:])
		if end == 1 {
			return n, false
		}
		n.fraction, s = s[:end], s[end:]
	}
	n.suffix = s
	return n, !strings.ContainsAny(s, "0123456789+.,-") && len(n.whole)+len(n.fraction) <= mostDigits
}

// leadingDigits is how many digits a text begins with.
func leadingDigits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// invisible turns characters that print nothing into spaces, save those within
// a word, which go.
func invisible(r rune) rune {
	switch r {
	case '\u200b', '\u200c', '\u200d', '\ufeff', '\u00ad', '\u2060':
		return -1
	case '\u00a0', '\u3000':
		return ' '
	}
	return r
}

// valuelike tells whether a cell's text can stand where a number is asked.
func valuelike(text string) bool {
	s, _ := folded(text)
	if s == "" || s == "零" || isDash(s) {
		return true
	}
	n, ok := parseNumeral(s)
	_, amount := money[n.suffix]
	return ok && (amount || counters[n.suffix])
}

// statedUnit also knows brackets and colons as OCR engines read them.
var statedUnit = prefilter.MustCompile(`[(:：（;；〈《<](?:单位)?[:：;；]?(亿元|万元|千元|元)[)）〉》>]?`)

// unitIn finds the unit of money that a heading states, or "".
func unitIn(heading string) string {
	m := statedUnit.FindStringSubmatch(strings.Join(strings.Fields(heading), ""))
	if m == nil {
		return ""
	}
	return m[1]
}
