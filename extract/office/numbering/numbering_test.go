package numbering

import "testing"

func TestFormat(t *testing.T) {
	for _, test := range []struct {
		format string
		n      int
		want   string
	}{
		{"decimal", 12, "12"}, {"decimalZero", 3, "03"}, {"decimalZero", 12, "12"}, {"upperRoman", 14, "XIV"}, {"lowerRoman", 4, "iv"},
		{"upperLetter", 28, "BB"}, {"lowerLetter", 1, "a"}, {"chineseCounting", 1, "一"}, {"chineseCounting", 10, "十"}, {"chineseCountingThousand", 11, "十一"},
		{"chineseCountingThousand", 20, "二十"}, {"chineseCountingThousand", 105, "一百零五"}, {"chineseCountingThousand", 110, "一百一十"}, {"chineseCountingThousand", 2003, "二千零三"},
		{"chineseLegalSimplified", 12, "拾贰"}, {"ideographDigital", 10, "一〇"}, {"decimalFullWidth", 12, "１２"}, {"ideographTraditional", 2, "乙"},
		{"decimalEnclosedCircleChinese", 3, "③"}, {"decimalEnclosedCircle", 30, "30"}, {"decimalEnclosedParen", 1, "⑴"}, {"none", 3, ""}, {"bullet", 3, ""},
		{"ideographEnclosedCircle", 10, "㈩"}, {"decimalFullWidth", 31, "３１"}, {"ideographZodiac", 13, "13"}, {"chineseCounting", -1, "-1"}, {"chineseCounting", 99999, "九九九九九"},
		{"unheardOf", 7, "7"}, {"chineseCounting", 0, "〇"}, {"upperRoman", 0, "0"}, {"upperLetter", 100000, "100000"},
	} {
		if got := Format(test.format, test.n); got != test.want {
			t.Errorf("Format(%s, %d) = %q, want %q", test.format, test.n, got, test.want)
		}
	}
}

// Files of Word 97 to 2003 have the same formats.
func TestOfCode(t *testing.T) {
	for _, test := range []struct {
		code, n int
		want    string
	}{
		{0, 7, "7"}, {1, 4, "IV"}, {4, 3, "c"}, {39, 1, "一"}, {37, 12, "十二"}, {11, 20, "二十"}, {39, 1001, "一千零一"}, {10, 12, "一二"}, {38, 11, "拾壹"},
		{18, 3, "③"}, {28, 21, "21"}, {27, 2, "⑵"}, {29, 10, "㈩"}, {22, 5, "05"}, {30, 10, "癸"}, {14, 31, "３１"}, {255, 5, ""}, {200, 5, "5"},
	} {
		if got := Format(OfCode(test.code), test.n); got != test.want {
			t.Errorf("Format(OfCode(%d), %d) = %q, want %q", test.code, test.n, got, test.want)
		}
	}
}
