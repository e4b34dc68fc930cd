// Package notice writes what an agency has to mend in its report, in Chinese, as
// text and as a Word file: what was found in the report and beside others, what
// the rules demand and it lacks, and what a person has to look at. It judges
// nothing itself.
package notice

import (
	"cmp"
	"embed"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"nianbao/check"
	"nianbao/compliance"
	"nianbao/dataset"
	"nianbao/normalize"
	"nianbao/schema"
)

// Notice is the list of what to mend in one report.
type Notice struct {
	Agency   string
	Year     int
	Form     string
	Path     string
	Findings []check.Finding
	Sheet    compliance.Sheet
}

type lineKind int

const (
	textLine lineKind = iota
	titleLine
	headingLine
)

type paragraph struct {
	kind lineKind
	text string
}

// paragraphs lay the notice out.
func (n *Notice) paragraphs() []paragraph {
	out := []paragraph{{titleLine, fmt.Sprintf("%s%d年政府信息公开工作年度报告修改意见", n.Agency, n.Year)}}
	add := func(kind lineKind, format string, args ...any) {
		out = append(out, paragraph{kind, fmt.Sprintf(format, args...)})
	}
	var mend, look, advice []string
	for _, f := range n.Findings {
		title, agencys := titleOf(f.Rule)
		text := n.finding(title, f)
		switch {
		case f.Severity == normalize.Advice:
			advice = append(advice, text)
		case f.Severity == normalize.Inconclusive, !agencys:
			look = append(look, text)
		default:
			mend = append(mend, text)
		}
	}
	for _, it := range n.Sheet.Items {
		text := fmt.Sprintf("%s（%s）：%s", it.Title, it.Basis, it.Reason)
		switch {
		case it.Outcome == compliance.Failed && !n.told(it):
			mend = append(mend, text)
		case it.Outcome == compliance.Open && it.Reason != compliance.NothingToCompare && !n.told(it):
			look = append(look, text)
		}
	}
	number := 0
	list := func(title string, texts []string) {
		if len(texts) == 0 {
			return
		}
		add(headingLine, "%s、%s", []string{"一", "二", "三"}[number], title)
		number++
		for i, t := range texts {
			end := "。"
			if strings.HasSuffix(t, "。") {
				end = ""
			}
			add(textLine, "%d. %s%s", i+1, t, end)
		}
	}
	add(textLine, "报告：%s", n.Path)
	if n.Sheet.Of > 0 {
		add(textLine, "得分：%d分（满分%d分，另有%d分待核对）", n.Sheet.Points, n.Sheet.Of, n.Sheet.Open)
	}
	list("需要修改", mend)
	list("需要核对", look)
	list("建议", advice)
	if number == 0 {
		add(textLine, "没有发现需要修改的内容。")
	}
	return out
}

// told tells whether an item says again what findings say one by one.
func (n *Notice) told(it compliance.Item) bool {
	return slices.ContainsFunc(n.Findings, func(f check.Finding) bool { return strings.Contains(it.Evidence, f.Rule+": ") })
}

// titleOf names a rule, and tells whether what it finds is the agency's to mend
// and not a doubt of the reading.
func titleOf(rule string) (title string, agencys bool) {
	for _, t := range titles() {
		if rule == t[0] || strings.HasPrefix(rule, t[0]+".") {
			return t[2], t[1] == "agency"
		}
	}
	return rule, false
}

// finding says one finding: what it is, where, and the numbers.
func (n *Notice) finding(s string, f check.Finding) string {
	if cells := n.cells(f.IDs); cells != "" {
		s += "（" + cells + "）"
	}
	s += "：" + chinese(n.Form, f.Message)
	if f.Other != nil {
		s += fmt.Sprintf("（对照：%s%d年报告，%s）", f.Other.Agency.Name, f.Other.Year, f.Other.Path)
	}
	return s
}

var cellID = regexp.MustCompile(`\b(?:proactive|requests|review|litigation)(?:\.[a-z_]+)+`)

// chinese says a finding's message in Chinese: its phrases, and its cells by
// their labels. What it has no phrase for stays as it is.
func chinese(form, message string) string {
	for _, p := range phrases() {
		message = p.re.ReplaceAllString(message, p.chinese)
	}
	return cellID.ReplaceAllStringFunc(message, func(id string) string { return cmp.Or(label(form, id), id) })
}

// cells names cells by their printed labels, a few of them.
func (n *Notice) cells(ids []string) string {
	const most = 3
	var names []string
	for _, id := range ids {
		if name := label(n.Form, id); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > most {
		return fmt.Sprintf("%s等%d项", strings.Join(names[:most], "、"), len(names))
	}
	return strings.Join(names, "、")
}

// label is where a cell stands in a form, "" where no form has it.
func label(form, id string) string {
	forms := schema.Forms()
	if f := schema.Lookup(form); f != nil {
		forms = append([]*schema.Form{f}, forms...)
	}
	for _, f := range forms {
		if c := f.Cell(id); c != nil {
			path := c.Column
			if len(c.Row) > 0 {
				path = []string{c.Row[len(c.Row)-1], c.Column[len(c.Column)-1]}
			}
			return "表" + c.Table + "“" + strings.Join(path, "/") + "”"
		}
	}
	return ""
}

// WriteText writes the notice as plain text.
func (n *Notice) WriteText(w io.Writer) error {
	var b strings.Builder
	for i, p := range n.paragraphs() {
		if i > 0 && p.kind == headingLine || i == 1 {
			b.WriteString("\n")
		}
		b.WriteString(p.text + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

//go:embed data/*.csv
var data embed.FS

// titles name rules in Chinese, and say whose what they find is.
var titles = sync.OnceValue(func() [][]string { return dataset.Records(data, "data/titles.csv", "rule,whose,title") })

type phrase struct {
	re      *regexp.Regexp
	chinese string
}

var phrases = sync.OnceValue(func() []phrase {
	var out []phrase
	for _, r := range dataset.Records(data, "data/phrases.csv", "pattern,chinese") {
		out = append(out, phrase{regexp.MustCompile(r[0]), r[1]})
	}
	return out
})
