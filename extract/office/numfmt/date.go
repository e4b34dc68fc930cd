package numfmt

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Builtin is the format that a number below 164 stands for, "" for General.
func Builtin(n int) string {
	if s, ok := builtin[n]; ok {
		return s
	}
	return ""
}

var builtin = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
	5: `"¥"#,##0;"¥"\-#,##0`, 6: `"¥"#,##0;"¥"\-#,##0`, 7: `"¥"#,##0.00;"¥"\-#,##0.00`, 8: `"¥"#,##0.00;"¥"\-#,##0.00`,
	14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
	22: "yyyy/m/d h:mm", 27: `yyyy"年"m"月"`, 28: `m"月"d"日"`, 29: `m"月"d"日"`, 30: "m-d-yy", 31: `yyyy"年"m"月"d"日"`,
	32: `h"时"mm"分"`, 33: `h"时"mm"分"ss"秒"`, 36: `yyyy"年"m"月"`, 37: `#,##0;\-#,##0`, 38: `#,##0;\-#,##0`,
	39: `#,##0.00;\-#,##0.00`, 40: `#,##0.00;\-#,##0.00`, 41: `#,##0;\-#,##0;"-"`, 42: `"¥"#,##0;"¥"\-#,##0;"¥""-"`,
	43: `#,##0.00;\-#,##0.00;"-"??`, 44: `"¥"#,##0.00;"¥"\-#,##0.00;"¥""-"??`, 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
	48: "##0.0E+0", 49: "@", 50: `yyyy"年"m"月"`, 51: `m"月"d"日"`, 52: `yyyy"年"m"月"`, 53: `m"月"d"日"`, 54: `m"月"d"日"`,
	57: `yyyy"年"m"月"`, 58: `m"月"d"日"`,
}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

// date shows a count of days as a date.
func date(v float64, tokens []token, date1904 bool) (string, bool) {
	if date1904 {
		v += 1462
	}
	if v < 0 || v >= 2958466 { // the year 10000
		return "", false
	}
	if v < 60 { // the count holds a 29 February 1900
		v++
	}
	seconds := math.Round(v * 86400)
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(seconds)/86400).Add(time.Duration(int(seconds)%86400) * time.Second)
	half := false
	for _, k := range tokens {
		half = half || k.text == "A"
	}
	var b strings.Builder
	for i, k := range tokens {
		if k.kind != 'd' {
			if k.kind == 'n' && strings.Trim(k.text, ".,") != "" {
				return "", false // parts of seconds
			}
			b.WriteString(k.text)
			continue
		}
		b.WriteString(part(t, k.text, half, minutes(tokens, i)))
	}
	return b.String(), true
}

// minutes says whether an m beside hours or seconds means minutes.
func minutes(tokens []token, i int) bool {
	if tokens[i].text[0] != 'm' {
		return false
	}
	for j := i - 1; j >= 0; j-- {
		if tokens[j].kind == 'd' {
			if tokens[j].text[0] == 'h' {
				return true
			}
			break
		}
	}
	for _, t := range tokens[i+1:] {
		if t.kind == 'd' {
			return t.text[0] == 's'
		}
	}
	return false
}

func part(t time.Time, letters string, half, minutes bool) string {
	n, long := 0, len(letters) > 1
	switch letters[0] {
	case 'y':
		if len(letters) < 3 {
			return t.Format("06")
		}
		return t.Format("2006")
	case 'e':
		return t.Format("2006")
	case 'A':
		return t.Format("PM")
	case 'a':
		if len(letters) > 3 {
			return "星期" + weekdays[t.Weekday()]
		}
		return weekdays[t.Weekday()]
	case 'm':
		n = int(t.Month())
		switch {
		case minutes:
			n = t.Minute()
		case len(letters) == 3:
			return t.Format("Jan")
		case len(letters) > 3:
			return t.Format("January")
		}
	case 'd':
		n = t.Day()
		switch {
		case len(letters) == 3:
			return t.Format("Mon")
		case len(letters) > 3:
			return t.Format("Monday")
		}
	case 'h':
		n = t.Hour()
		if half {
			n = (n+11)%12 + 1
		}
	case 's':
		n = t.Second()
	}
	if long {
		return fmt.Sprintf("%02d", n)
	}
	return fmt.Sprint(n)
}
