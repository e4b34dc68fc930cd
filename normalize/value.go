package normalize

import (
	"regexp"
	"strings"

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
	dashes  = regexp.MustCompile(`^(?:[/\\|-]{1,4}|无|空|不涉及|无此项|无数据)$`)
	dashing = strings.NewReplacer("—", "-", "–", "-", "―", "-", "−", "-", "─", "-", "━", "-", "‐", "-", "‑", "-", "﹣", "-", "∕", "/", "⁄", "/", "╱", "/", "、/", "/", "﹨", "\\")
	number  = regexp.MustCompile(`^([+-]|增加?|减少?|新增|净增|净减|下降|上升)?(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?([^\d+.,-]*)$`)
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
	s := dashing.Replace(norm.NFKC.String(dashing.Replace(schema.FoldRadicals(text))))
	fields := strings.Fields(strings.Map(invisible, s))
	s = strings.Join(fields, "")
	switch {
	case s == "":
		return reading{state: Blank}
	case dashes.MatchString(s):
		return reading{state: Dash}
	case s == "零":
		return reading{state: Reported}
	}
	m := number.FindStringSubmatch(s)
	if m == nil || len(m[2])+len(m[3]) > mostDigits {
		return reading{state: Unreadable}
	}
	v, err := decimal.NewFromString(strings.ReplaceAll(m[2], ",", "") + m[3])
	if err != nil {
		return reading{state: Unreadable}
	}
	r := reading{state: Reported, value: v}
	if strings.HasPrefix(m[1], "减") || m[1] == "-" || m[1] == "净减" || m[1] == "下降" {
		r.value = v.Neg()
	}
	suffix := m[4]
	amount := unit == "万元"
	switch shift, isMoney := money[suffix]; {
	case amount && isMoney:
		r.value = r.value.Shift(shift)
	case amount && suffix == "":
		if shift, ok := money[printed]; ok {
			r.value = r.value.Shift(shift)
		}
	case counters[suffix] && (!amount || suffix == ""):
	default:
		return reading{state: Unreadable}
	}
	whole := m[2]
	switch {
	case pieces(fields) > 1: // digits apart: one number, or two
		r.doubt = true
	case len(whole) > 1 && whole[0] == '0': // 00, 012: two numbers grown together?
		r.doubt = true
	case !amount && m[3] != "" && !r.value.IsInteger(): // half a case
		r.doubt = true
	}
	return r
}

// pieces counts the runs of text that hold digits.
func pieces(fields []string) int {
	n := 0
	for _, f := range fields {
		if strings.ContainsAny(f, "0123456789") {
			n++
		}
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
	return read(text, "件", "").state != Unreadable || read(text, "万元", "").state != Unreadable
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
