package normalize

import "testing"

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
