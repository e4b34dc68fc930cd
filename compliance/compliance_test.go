package compliance_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"nianbao/compliance"
	"nianbao/extract/extracttest"
	"nianbao/extract/text"
	"nianbao/normalize"
	"nianbao/process/guard"
)

// TestGolden judges the report of each testdata file, by its own rules where it
// holds any.
func TestGolden(t *testing.T) {
	extracttest.Compare(t, "testdata/*.txtar", func(t *testing.T, a *txtar.Archive) string {
		doc, err := text.Read(a.Files[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		rules := compliance.National()
		if len(a.Files) > 2 {
			if rules, err = rules.With(strings.NewReader(string(a.Files[2].Data))); err != nil {
				t.Fatal(err)
			}
		}
		rep := normalize.Normalize(doc)
		s := compliance.Subject{Report: rep, Findings: rep.Findings}
		for _, l := range doc.Lines {
			s.Lines = append(s.Lines, l.Text)
		}
		sheet := rules.Judge(s)
		var b strings.Builder
		fmt.Fprintf(&b, "%s %d %s: %d of %d, open %d\n", rep.Agency.Name, rep.Year, sheet.Level, sheet.Points, sheet.Of, sheet.Open)
		for _, it := range sheet.Items {
			fmt.Fprintf(&b, "%s %s %d/%d | %s | %s\n", it.Outcome, it.Rule, it.Points, it.Of, it.Reason, it.Evidence)
		}
		return b.String()
	})
}

// TestRules: what is wrong with a file of rules is said.
func TestRules(t *testing.T) {
	for in, want := range map[string]string{
		`{"rules": [{"id": "a", "title": "t", "kind": "deadline", "due": "13-40"}]}`: `due "13-40"`,
		`{"rules": [{"id": "a", "title": "t", "kind": "words"}]}`:                    `needs "patterns"`,
		`{"rules": [{"id": "a", "title": "t", "kind": "wish"}]}`:                     `unknown kind "wish"`,
		`{"rules": [{"id": "a", "title": "t", "kind": "words", "patterns": ["("]}]}`: "rule a: ",
		`{"rules": [{"id": "a", "kind": "words"}]}`:                                  "id or title is missing",
		`{"levels": [{"level": "x", "name": "("}]}`:                                  "level x: ",
		`{"wishes": []}`: "unknown field",
		`x`:              "read rules: ",
	} {
		if _, err := compliance.National().With(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", in, err, want)
		}
	}
}

func TestLevel(t *testing.T) {
	for name, want := range map[string]string{
		"云溪市人民政府": "government", "云溪市教育局": "department", "甲县城关镇人民政府": "township", "甲市解放路街道办事处": "township",
		"阿拉善盟行政公署": "government",
	} {
		if got := compliance.National().Level(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestPublished(t *testing.T) {
	for in, want := range map[[2]string]string{
		{"PubDate", "2022-01-5 10:20"}: "2022-01-05", {"PubDate", "soon"}: "", {"title", "2022-01-05"}: "",
	} {
		if got := compliance.Published(in[0], in[1]); got != want {
			t.Errorf("%v: %q, want %q", in, got, want)
		}
	}
}

// FuzzRules holds that no file of rules crashes, and that points add up.
func FuzzRules(f *testing.F) {
	f.Add(`{"drop": ["sums"], "levels": [{"level": "x", "name": "局$"}], "rules": [{"id": "a", "title": "t", "kind": "words", "patterns": ["电话"], "points": 3}]}`)
	rep := &normalize.Report{Agency: normalize.Agency{Name: "甲市水利局"}, Year: 2022, Form: "2021"}
	f.Fuzz(func(t *testing.T, s string) {
		defer guard.Start()()
		rules, err := compliance.National().With(strings.NewReader(s))
		if err != nil {
			return
		}
		sheet := rules.Judge(compliance.Subject{Report: rep, Lines: []string{s}})
		got, of := 0, 0
		for _, it := range sheet.Items {
			got += it.Points
			of += it.Of
		}
		if got != sheet.Points || of != sheet.Of+sheet.Open || sheet.Points > sheet.Of {
			t.Errorf("%+v", sheet)
		}
	})
}
