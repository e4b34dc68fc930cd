package prefilter

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ expr, want string }{
		{`上年|上一年|去年`, "上一年 上年 去年"},
		{`近[一二三]年|年来`, "年来 近一年 近三年 近二年"},
		{`(?:收到|接到)(?:并(?:受理|办理))?[的了]*([0-9]+)件`, "接到 收到"},
		{`行政复议[^0-9]*行政诉讼`, "行政复议"},
		{`^(?:[/-]{1,3}|无)$`, "- / 无"},
		{`(20[0-9]{2})年0?1月`, "年01月 年1月"},
		{`公民、法人(?:和|或)?(?:其他)?的?`, "公民、法人"},
		{`\([^()]{0,200}\)`, "("},
		{`(?:未|没有)?(?:发生)?`, ""},
		{`\p{Han}+`, ""},
		{`(?i)page`, ""},
		{"[\uFFFDa]件?", ""},
		{`a*`, ""},
		{`x?y?`, ""},
		{`(?:甲|.)乙`, "乙"},
		{`甲|.`, ""},
	} {
		words := slices.Sorted(slices.Values(wordsOf(c.expr)))
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.expr, got, c.want)
		}
	}
}

// TestSame holds answers to those of package regexp, on texts of pieces that
// expressions are made of, and bytes that are no character.
func TestSame(t *testing.T) {
	pieces := []string{"甲", "乙", "丙丁", "年", "2021", "1", "月", "(", ")", ",", "a", "A", " ", "\n", "\xff", "\uFFFD"}
	var expr func(t *rapid.T, depth int) string
	atom := func(t *rapid.T, depth int) string {
		kind := rapid.IntRange(0, 5).Draw(t, "kind")
		switch {
		case kind == 0 && depth > 0:
			return "(?:" + expr(t, depth-1) + "|" + expr(t, depth-1) + ")"
		case kind == 1 && depth > 0:
			return "(" + expr(t, depth-1) + ")" + rapid.SampledFrom([]string{"", "?", "*", "+", "{0,2}", "{2}"}).Draw(t, "times")
		case kind == 2:
			return rapid.SampledFrom([]string{"[甲乙]", "[^甲]", "[0-9]", ".", "^", "$", `\b`, `\p{Han}`, "(?i:a)", "[a\uFFFD]"}).Draw(t, "class")
		}
		return regexp.QuoteMeta(strings.ToValidUTF8(rapid.SampledFrom(pieces).Draw(t, "word"), "\uFFFD"))
	}
	expr = func(t *rapid.T, depth int) string {
		out := ""
		for range rapid.IntRange(1, 4).Draw(t, "atoms") {
			out += atom(t, depth)
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		e := expr(t, 3)
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "text"), "")
		got, want := MustCompile(e), regexp.MustCompile(e)
		for name, answers := range map[string][2]any{
			"MatchString":             {got.MatchString(s), want.MatchString(s)},
			"FindString":              {got.FindString(s), want.FindString(s)},
			"FindStringSubmatch":      {got.FindStringSubmatch(s), want.FindStringSubmatch(s)},
			"FindStringSubmatchIndex": {got.FindStringSubmatchIndex(s), want.FindStringSubmatchIndex(s)},
			"FindAllString":           {got.FindAllString(s, -1), want.FindAllString(s, -1)},
			"FindAllStringIndex":      {got.FindAllStringIndex(s, -1), want.FindAllStringIndex(s, -1)},
			"FindAllStringSubmatch":   {got.FindAllStringSubmatch(s, -1), want.FindAllStringSubmatch(s, -1)},
			"ReplaceAllString":        {got.ReplaceAllString(s, "<$0>"), want.ReplaceAllString(s, "<$0>")},
		} {
			if !reflect.DeepEqual(answers[0], answers[1]) {
				t.Fatalf("%s of %q: %q, want %q", name, s, answers[0], answers[1])
			}
		}
	})
}
