package numfmt

import (
	"math"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Format shows a number in a format. It says false where the format holds what
// is not known here; the number is then shown in the format General. date1904
// is how the file counts days.
func Format(v float64, code string, date1904 bool) (string, bool) {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return "#NUM!", true
	}
	if code == "" || strings.EqualFold(code, "general") || code == "@" {
		return General(v), true
	}
	sections := split(code)
	sign := ""
	section := sections[0]
	switch {
	case v < 0 && len(sections) > 1:
		section, v = sections[1], -v
	case v == 0 && len(sections) > 2:
		section = sections[2]
	case v < 0:
		sign, v = "-", -v
	}
	tokens, ok := scan(section)
	if !ok {
		return sign + General(v), false
	}
	if dated(tokens) {
		if s, ok := date(v, tokens, date1904); ok && sign == "" {
			return s, true
		}
		return sign + General(v), false
	}
	s, ok := digits(v, tokens)
	if !ok {
		return sign + General(v), false
	}
	if sign != "" && strings.ContainsAny(s, "123456789") {
		s = sign + s
	}
	return s, true
}

// split cuts a format into its sections.
func split(code string) []string {
	var out []string
	start := 0
	quoted := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == ';':
			out = append(out, code[start:i])
			start = i + 1
		}
	}
	return append(out, code[start:])
}

// token is a literal, a placeholder of a digit, or letters of a date.
type token struct {
	kind byte // 'l' literal, 'n' number, 'd' date, '%', 'g' General
	text string
}

// scan reads a section, and says whether all in it is known.
func scan(s string) ([]token, bool) {
	var out []token
	add := func(kind byte, text string) {
		if n := len(out); n > 0 && out[n-1].kind == kind && (kind == 'l' || kind == 'n' || kind == 'd' && out[n-1].text[0] == text[0]) {
			out[n-1].text += text
			return
		}
		out = append(out, token{kind, text})
	}
	rs := []rune(s)
	rest := func(i int, word string) bool {
		w := []rune(word)
		return i+len(w) <= len(rs) && strings.EqualFold(string(rs[i:i+len(w)]), word)
	}
	for i := 0; i < len(rs); i++ {
		switch c := rs[i]; {
		case c == '"':
			j := i + 1
			for j < len(rs) && rs[j] != '"' {
				j++
			}
			add('l', string(rs[i+1:j]))
			i = j
		case c == '\\' && i+1 < len(rs):
			i++
			add('l', string(rs[i]))
		case c == '_' || c == '*': // room for a character, or filled with it
			i++
		case c == '[':
			j := i
			for j < len(rs) && rs[j] != ']' {
				j++
			}
			name := string(rs[i+1 : min(j, len(rs))])
			switch {
			case strings.HasPrefix(name, "$"):
				sign, _, _ := strings.Cut(name[1:], "-")
				add('l', sign)
			case strings.ContainsAny(name, "<>=") || strings.HasPrefix(strings.ToLower(name), "dbnum"):
				return nil, false
			case strings.Trim(strings.ToLower(name), "hms") == "":
				return nil, false // hours beyond a day
			}
			i = j
		case rest(i, "general"), rest(i, "g/通用格式"):
			add('g', "g")
			i += 6
		case rest(i, "am/pm"), rest(i, "上午/下午"):
			add('d', "A")
			i += 4
		case strings.ContainsRune("0#?.,", c):
			add('n', string(c))
		case c == '%':
			add('%', "%")
		case strings.ContainsRune("yYmMdDhHsSaAeEbB", c):
			if (c == 'E' || c == 'e') && len(out) > 0 && out[len(out)-1].kind == 'n' {
				return nil, false
			}
			if c == 'b' || c == 'B' {
				return nil, false
			}
			add('d', strings.ToLower(string(c)))
		case c == '@':
			return nil, false
		case c == '/' && len(out) > 0 && out[len(out)-1].kind == 'n':
			return nil, false // a fraction
		default:
			add('l', string(c))
		}
	}
	return out, true
}

func dated(tokens []token) bool {
	for _, t := range tokens {
		if t.kind == 'd' {
			return true
		}
	}
	return false
}

// digits shows v by the placeholders of a section.
func digits(v float64, tokens []token) (string, bool) {
	d, err := decimal.NewFromString(strconv.FormatFloat(v, 'g', 15, 64))
	if err != nil || math.Abs(v) >= 1e21 {
		return "", false
	}
	numbers := 0
	for _, t := range tokens {
		switch t.kind {
		case '%':
			d = d.Shift(2)
		case 'n':
			numbers++
		}
	}
	if numbers > 1 { // digits with text between them
		return "", false
	}
	var b strings.Builder
	for _, t := range tokens {
		switch t.kind {
		case 'n':
			b.WriteString(number(d, t.text))
		case 'g':
			b.WriteString(General(v))
		default:
			b.WriteString(t.text)
		}
	}
	return b.String(), true
}

// number shows d by one pattern such as #,##0.00.
func number(d decimal.Decimal, pattern string) string {
	for strings.HasSuffix(pattern, ",") { // each stands for three digits
		pattern = pattern[:len(pattern)-1]
		d = d.Shift(-3)
	}
	whole, fraction, point := strings.Cut(pattern, ".")
	least := strings.Count(whole, "0")
	places := min(len(fraction)-strings.Count(fraction, ","), 30)
	keep := 0 // decimals that are shown even as 0
	for i, c := range fraction {
		if c == '0' {
			keep = i + 1
		}
	}
	s := d.Round(int32(places)).StringFixed(int32(places))
	left, right, _ := strings.Cut(s, ".")
	for len(right) > keep && strings.HasSuffix(right, "0") {
		right = right[:len(right)-1]
	}
	left = strings.TrimLeft(left, "0")
	if n := least - len(left); n > 0 && n < 100 {
		left = strings.Repeat("0", n) + left
	}
	if strings.Contains(whole, ",") {
		for i := len(left) - 3; i > 0; i -= 3 {
			left = left[:i] + "," + left[i:]
		}
	}
	if point && (right != "" || keep > 0 || fraction == "") {
		return left + "." + right
	}
	if point && right == "" {
		return left + "." // Excel leaves the point
	}
	return left
}
