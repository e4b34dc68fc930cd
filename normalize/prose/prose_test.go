package prose_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"nianbao/normalize/prose"
	"nianbao/process/guard"
)

// TestFind holds the claims of sentences: subject, number as printed, and its
// range where it is none exactly.
func TestFind(t *testing.T) {
	who := prose.Reporter{Year: 2022}
	for _, c := range []struct{ text, want string }{
		{"2022年，全局共收到政府信息公开申请23件，办结22件，结转下年度继续办理1件。", "received 23 concluded 22 carried_forward 1"},
		{"全年共收到依申请公开事项1次，已按照要求认真进行答复。", "received 1"},
		{"本年度收到政府信息公开申请一百二十三件", "received 一百二十三"},
		{"收到公民、法人和其他组织提出的政府信息公开申请1,234件。", "received 1234"},
		{"共受理政府信息公开申请（含上年结转）近300件", "received 近300 [210..300]"},
		{"收到信息公开申请300余件", "received 300余 [300..400]"},
		{"收到信息公开申请10余件", "received 10余 [10..20]"},
		{"收到信息公开申请1.2万件", "received 1.2万 [11500..12500]"},
		{"收到信息公开申请50件左右", "received 50左右 [40..60]"},
		{"未收到政府信息公开申请。", "received 0"},
		{"本年度未收到要求减免费用的信息公开申请。", ""},
		{"上年结转3件，新收政府信息公开申请5件", "received 5"},
		{"收到政府信息公开申请5件，上年结转3件", "received 5 carried_over 3"},
		{"收到政府信息公开申请5件，2021年结转3件，1件结转2023年办理", "received 5 carried_over 3 carried_forward 1"},
		// Of other years.
		{"去年收到政府信息公开申请8件，办结8件；今年收到申请9件", "received 9"},
		{"2021年收到政府信息公开申请8件，办结8件，2022年收到申请9件", "received 9"},
		{"收到政府信息公开申请23件，同比增长15%，较上年增加3件，办结22件", "received 23 concluded 22"},
		{"近三年累计收到政府信息公开申请80件", ""},
		{"上半年收到政府信息公开申请8件。", ""},
		// Of parts.
		{"收到政府信息公开申请23件，其中自然人申请20件，办结3件；办结22件", "received 23 concluded 22"},
		{"通过网络收到政府信息公开申请8件", ""},
		{"各部门收到政府信息公开申请80件，办结70件", ""},
		{"全市共收到政府信息公开申请80件", ""},
		// Of something else.
		{"办理人大代表建议5件、政协提案6件，办结率100%。", ""},
		{"收到信访件23件，收到行政许可申请5件", ""},
		{"受理行政复议案件35件，审结30件", ""},
		{"作出行政许可决定5件，行政处罚决定3件", ""},
		// Wordings of published reports.
		{"2022年,未收到依申请公开事项.", "received 0"},
		{"2022年无依申请公开事项。", "received 0"},
		{"2022年,区政府办公室共收到8份政府信息公开申请,均为自然人申请。", ""},
		{"我局共收到8份政府信息公开申请,均为自然人申请。其中,予以公开2件,其他1件。", "received 8"},
		{"2022年,我办受理依申请信息56条,现将有关情况汇报如下:", "received 56"},
		{"2022年,我局收到政府信息依申请公开办理事项1件,已在规定时间内办结答复。", "received 1"},
		{"本年度共受理群众网上申请政府信息公开申请0件,自然人申请办件量0件,法人0件;其中办结政府信息公开申请0件。", ""},
		{"本年度涉及政府信息公开的行政复议、行政诉讼案件为0件。", "review_and_litigation 0"},
		{"我局未发生依申请公开政府信息方面的行政复议和行政诉讼。", "review 0 litigation 0"},
		{"共收到政府信息申请公开件658件,因政府信息公开引起的行政复议22件、行政诉讼案件1件。", "received 658 review 22 litigation 1"},
		{"通过网络申请1303件,占86.92%;通过信函申请172件", ""},
		{"我局全年办理政府信息依申请公开13件,进行了规范答复。", "handled 13"},
		{"未收到法人或者其他组织对依申请公开政府信息的申请。", ""},
		{"三是无申请人对政府信息公开提出异议", ""},
		// Reviews and lawsuits.
		{"因政府信息公开工作被申请行政复议2件、提起行政诉讼1件", "review 2 litigation 1"},
		{"未发生因政府信息公开引发的行政复议、行政诉讼。", "review 0 litigation 0"},
		{"政府信息公开行政复议和行政诉讼均为0件", "review 0 litigation 0"},
		{"政府信息公开行政复议、行政诉讼案件共3件", "review_and_litigation 3"},
		{"没有被纠正的政府信息公开行政复议。", ""},
		// Table two.
		{"制发行政规范性文件3件，废止规范性文件1件，现行有效规范性文件12件", "normative_issued 3 normative_repealed 1 normative_in_force 12"},
		{"本年行政许可处理决定数量为1,204件", "licensing 1204"},
		{"行政事业性收费共计0.37万元", "fees 0.37 [0.365..0.375]"},
	} {
		if got := render(prose.Find([]prose.Line{{Text: fold(c.text)}}, who)); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// TestLines: sentences go over lines and pages, and headings say what a number
// is of.
func TestLines(t *testing.T) {
	var lines []prose.Line
	for _, s := range []string{"（二）依申请公开情况", "全年共收到申请1", "- 3 -", "2", "3件，办", "The picture shows 申请 7 of them", "结120件。"} {
		lines = append(lines, prose.Line{Text: fold(s)})
	}
	if got, want := render(prose.Find(lines, prose.Reporter{Year: 2022})), "received 13 concluded 120"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	lines = []prose.Line{{Text: "2022年,区政府办公室共收到8份政府信息公开申请"}}
	if got, want := render(prose.Find(lines, prose.Reporter{Year: 2022, Name: "汉阳区人民政府办公室"})), "received 8"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	lines = []prose.Line{{Text: "全市共收到政府信息公开申请80件"}}
	if got, want := render(prose.Find(lines, prose.Reporter{Year: 2022, Government: true})), "received 80"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func fold(s string) string { return strings.ReplaceAll(norm.NFKC.String(s), " ", "") }

func render(claims []prose.Claim) string {
	var out []string
	for _, c := range claims {
		s := c.Subject + " " + c.Number.Printed
		if !c.Number.Exact() {
			s += fmt.Sprintf(" [%s..%s]", c.Number.Low, c.Number.High)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// TestChinese: every number below 10^8 is read as it is written in Chinese.
func TestChinese(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 99_999_999).Draw(t, "n")
		claims := prose.Find([]prose.Line{{Text: "收到政府信息公开申请" + chinese(n) + "件"}}, prose.Reporter{})
		if len(claims) != 1 || claims[0].Number.Value.IntPart() != int64(n) {
			t.Fatalf("%d as %s: %v", n, chinese(n), claims)
		}
	})
}

// chinese writes n in Chinese numerals.
func chinese(n int) string {
	if n >= 10000 {
		s := chinese(n/10000) + "万"
		if r := n % 10000; r > 0 {
			if r < 1000 {
				s += "零"
			}
			s += chinese(r)
		}
		return s
	}
	s, zero := "", false
	for i, u := range []int{1000, 100, 10, 1} {
		d := n / u % 10
		if d == 0 {
			zero = s != ""
			continue
		}
		if zero {
			s += "零"
		}
		zero = false
		s += string([]rune("一二三四五六七八九")[d-1]) + []string{"千", "百", "十", ""}[i]
	}
	return s
}

// FuzzFind holds that any text gives claims with cells to count and numbers
// within their range.
func FuzzFind(f *testing.F) {
	f.Add("去年收到政府信息公开申请8件，办结8件；今年收到申请近三百件", 2022)
	f.Add("未发生因政府信息公开引发的行政复议、行政诉讼。", 0)
	f.Fuzz(func(t *testing.T, s string, year int) {
		defer guard.Start()()
		var lines []prose.Line
		for _, l := range strings.Split(s, "\n") {
			lines = append(lines, prose.Line{Text: fold(l)})
		}
		for _, c := range prose.Find(lines, prose.Reporter{Year: year}) {
			if len(c.Ways) == 0 || !c.Number.Fits(c.Number.Value) && c.Number.Exact() || len(c.Sentence) > 2000 {
				t.Errorf("%q gives %+v", s, c)
			}
		}
	})
}
