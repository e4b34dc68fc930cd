package number

import "testing"

func TestFormat(t *testing.T) {
	for _, test := range []struct {
		n, kind int
		want    string
	}{
		{7, Arabic, "7"}, {4, UpperRoman, "IV"}, {1994, LowerRoman, "mcmxciv"}, {27, UpperLetter, "AA"}, {3, LowerLetter, "c"},
		{1, Chinese, "一"}, {10, Chinese, "十"}, {12, ChineseDigits, "十二"}, {20, Counting, "二十"}, {105, Chinese, "一百零五"}, {110, Chinese, "一百一十"}, {1001, Chinese, "一千零一"},
		{12, Digits, "一二"}, {11, Financial, "拾壹"}, {3, Circled, "③"}, {21, Circled, "21"}, {2, Bracketed, "⑵"}, {10, BracketedHan, "㈩"}, {5, TwoDigits, "05"},
		{10, Stems, "癸"}, {13, Branches, "13"}, {31, FullWidth, "３１"}, {0, UpperRoman, "0"}, {-1, Chinese, "-1"}, {99999, Chinese, "99999"}, {5, None, ""}, {5, 200, "5"},
	} {
		if got := Format(test.n, test.kind); got != test.want {
			t.Errorf("Format(%d, %d) = %q, want %q", test.n, test.kind, got, test.want)
		}
	}
}
