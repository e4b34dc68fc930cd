package normalize

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		text, unit, printed string
		state               State
		want                string
		doubt               bool
	}{
		{"0", "件", "", Reported, "0", false},
		{" 1,234 ", "件", "", Reported, "1234", false},
		{"1，234", "件", "", Reported, "1234", false},
		{"１２", "件", "", Reported, "12", false},
		{"124件", "件", "", Reported, "124", false},
		{"+2", "项", "", Reported, "2", false},
		{"-1", "项", "", Reported, "-1", false},
		{"－1", "项", "", Reported, "-1", false},
		{"减3", "项", "", Reported, "-3", false},
		{"0.37万元", "万元", "", Reported, "0.37", false},
		{"251000元", "万元", "", Reported, "25.1", false},
		{"251000", "万元", "元", Reported, "25.1", false},
		{"59237.2449", "万元", "", Reported, "59237.2449", false},
		{"251,000.00元", "万元", "", Reported, "25.1", false},
		{"", "件", "", Blank, "0", false},
		{"\u00a0", "件", "", Blank, "0", false},
		{"/", "件", "", Dash, "0", false},
		{"—", "件", "", Dash, "0", false},
		{"——", "件", "", Dash, "0", false},
		{"无", "件", "", Dash, "0", false},
		{"1 2", "件", "", Reported, "12", true},
		{"12\n3", "件", "", Reported, "123", true},
		{"012", "件", "", Reported, "12", true},
		{"00", "件", "", Reported, "0", true},
		{"3.5", "件", "", Reported, "3.5", true},
		{"12元", "件", "", Unreadable, "0", false},
		{"5件", "万元", "", Unreadable, "0", false},
		{"见附件", "件", "", Unreadable, "0", false},
		{"1,23", "件", "", Unreadable, "0", false},
		{"2019年", "件", "", Unreadable, "0", false},
		{"O", "件", "", Unreadable, "0", false},
		{"10%", "件", "", Unreadable, "0", false},
	} {
		r := read(c.text, c.unit, c.printed)
		if r.state != c.state || r.value.String() != c.want || r.doubt != c.doubt {
			t.Errorf("read(%q, %s, %q) = %s %s doubt=%v, want %s %s doubt=%v",
				c.text, c.unit, c.printed, r.state, r.value, r.doubt, c.state, c.want, c.doubt)
		}
	}
}

func TestUnitIn(t *testing.T) {
	for in, want := range map[string]string{
		"本年收费金额（单位：万元）": "万元", "采购总金额（元）": "元", "采购总金额": "", "单位：元": "元", "万元": "",
	} {
		if got := unitIn(in); got != want {
			t.Errorf("unitIn(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestNumeral holds what tells numbers and dashes to expressions that say the same.
func TestNumeral(t *testing.T) {
	number := regexp.MustCompile(`^([+-]|增加?|减少?|新增|净增|净减|下降|上升)?(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?([^\d+.,-]*)$`)
	dash := regexp.MustCompile(`^(?:[/\\|-]{1,4}|无|空|不涉及|无此项|无数据)$`)
	pieces := rapid.SampledFrom([]string{"0", "12", "345", "6789", ",", ",000", ".", "+", "-", "/", "\\", "|", "增", "加", "减", "少", "净减", "新增", "下降", "无", "空", "件", "万元", "%", "\xff"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(pieces, 0, 6).Draw(t, "pieces"), "")
		got, ok := parseNumeral(s)
		if m := number.FindStringSubmatch(s); ok != (m != nil) || ok && got != (numeral{m[1], m[2], m[3], m[4]}) {
			t.Fatalf("%q: %q %v, want %q", s, got, ok, m)
		}
		if got, want := isDash(s), dash.MatchString(s); got != want {
			t.Fatalf("%q: dash %v, want %v", s, got, want)
		}
	})
}

// TestValuelike: a text can stand where a number is asked if it is one in some unit.
func TestValuelike(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, " \u3000": true, "/": true, "零": true, "1 2": true, "１，２３４件": true, "3.5亿元": true, "-2": true,
		"12％": false, "见附件": false, "1,23": false, "2019年": false, strings.Repeat("1", mostDigits+1): false,
	} {
		if got := valuelike(text); got != want {
			t.Errorf("valuelike(%q) = %v, want %v", text, got, want)
		}
	}
}
