package numfmt

import (
	"testing"

	"nianbao/process/guard"
)

func TestFormat(t *testing.T) {
	for _, test := range []struct {
		v    float64
		code string
		want string
		ok   bool
	}{
		{12, "", "12", true}, {0.1 + 0.2, "General", "0.3", true}, {-5, "@", "-5", true}, {1e15, "", "1E+15", true},
		{12.5, "0", "13", true}, {2.675, "0.00", "2.68", true}, {-0.4, "0", "0", true}, {1234567, "#,##0", "1,234,567", true}, {-1234.5, "#,##0.00", "-1,234.50", true},
		{0, "#", "", true}, {0.5, "#.##", ".5", true}, {3, "0.##", "3.", true}, {0.256, "0.0%", "25.6%", true}, {12345, `0.0,"千"`, "12.3千", true},
		{5, `0"件"`, "5件", true}, {-5, `0;(0)`, "(5)", true}, {0, `0;-0;"-"`, "-", true}, {7, "00", "07", true}, {7, "[Red]0", "7", true}, {7, "[$¥-804]0.00", "¥7.00", true},
		{7, "_ * #,##0_ ", "7", true}, {0, Builtin(43), "-", true}, {3, "[>5]0", "3", false}, {0.5, "# ?/?", "0.5", false}, {1200, "0.00E+00", "1200", false}, {1, ";;;", "", true},
		{43831, "yyyy/m/d", "2020/1/1", true}, {43852.5, `yyyy"年"m"月"d"日" h:mm`, "2020年1月22日 12:00", true}, {43831, "e-mm-dd", "2020-01-01", true}, {0.75, "h:mm AM/PM", "6:00 PM", true},
		{43831.0006944444, "h:mm:ss", "0:01:00", true}, {43831, "aaaa", "星期三", true}, {-1, "yyyy", "-1", false}, {5e9, "yyyy", "5000000000", false}, {12, "G/通用格式", "12", true},
	} {
		if got, ok := Format(test.v, test.code, false); got != test.want || ok != test.ok {
			t.Errorf("Format(%v, %q) = %q, %v, want %q, %v", test.v, test.code, got, ok, test.want, test.ok)
		}
	}
	if got, _ := Format(42369, "yyyy/m/d", true); got != "2020/1/1" {
		t.Errorf("counted from 1904: %s", got)
	}
}

func TestDiffer(t *testing.T) {
	for _, test := range []struct {
		shown, stored string
		want          bool
	}{
		{"12", "12", false}, {"1,234", "1234", false}, {"12.50", "12.5", false}, {"13", "12.5", true}, {"25%", "0.25", true},
		{"2020/1/1", "43831", false}, {"0.3", "0.30000000000000004", false}, {"文", "文", false}, {"####", "5", true},
	} {
		if got := Differ(test.shown, test.stored); got != test.want {
			t.Errorf("Differ(%q, %q) = %v", test.shown, test.stored, got)
		}
	}
}

func FuzzFormat(f *testing.F) {
	f.Add(1234.5, `[$¥-804]#,##0.00_);[Red]\-0"件";"-"??`)
	f.Add(43831.5, `yyyy"年"m"月"d"日" h:mm:ss AM/PM aaaa`)
	f.Fuzz(func(t *testing.T, v float64, code string) {
		defer guard.Start()()
		if s, _ := Format(v, code, false); len(s) > 4*len(code)+1000 {
			t.Errorf("%q gives %d bytes", code, len(s))
		}
	})
}
