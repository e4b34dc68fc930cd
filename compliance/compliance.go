// Package compliance judges reports by what is demanded of them: deadlines,
// sections, the form in force, figures, sums. The national rules are embedded
// data, and a place adds its own from a file of the same form. Every point given
// or refused comes with its reason and evidence; what cannot be told stays open
// and counts neither way.
//
// It works on one report at a time and knows no store and no file format.
package compliance

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nianbao/normalize"
	"nianbao/schema"
)

// Subject is a report to be judged.
type Subject struct {
	Report    *normalize.Report
	Findings  []normalize.Finding // of the report, and of it beside others
	Compared  []string            // of the rules that need other reports, those for which there were any
	Lines     []string            // its text outside the tables; nil where it is not at hand
	Published string              // ISO date that the page gives for its publication, or ""
}

// Outcome of a rule.
type Outcome string

const (
	Met    Outcome = "met"
	Failed Outcome = "failed"
	Open   Outcome = "open" // a person has to look
)

// NothingToCompare is the reason of an item that needs other reports.
const NothingToCompare = "没有可对照的报告"

// Item is how a report stands to one rule.
type Item struct {
	Rule     string  `json:"rule"`
	Title    string  `json:"title"`
	Basis    string  `json:"basis"`
	Outcome  Outcome `json:"outcome"`
	Points   int     `json:"points"`
	Of       int     `json:"of"`
	Reason   string  `json:"reason"`
	Evidence string  `json:"evidence"`
}

// Sheet is the score sheet of a report.
type Sheet struct {
	Level  string `json:"level"`
	Points int    `json:"points"`
	Of     int    `json:"of"`   // points that could be had, without what is open
	Open   int    `json:"open"` // points that a person decides on
	Items  []Item `json:"items"`
}

// Judge holds a report against the rules that apply to it.
func (r *Rules) Judge(s Subject) Sheet {
	sheet := Sheet{Level: r.Level(s.Report.Agency.Name), Items: []Item{}}
	for i := range r.rules {
		x := &r.rules[i]
		if !x.applies(sheet.Level, s.Report.Year) {
			continue
		}
		it := Item{Rule: x.ID, Title: x.Title, Basis: x.Basis, Of: x.Points}
		it.Outcome, it.Reason, it.Evidence = x.judge(&s)
		switch it.Outcome {
		case Met:
			it.Points = x.Points
			sheet.Points += x.Points
			sheet.Of += x.Points
		case Failed:
			sheet.Of += x.Points
		default:
			sheet.Open += x.Points
		}
		sheet.Items = append(sheet.Items, it)
	}
	return sheet
}

func (x *Rule) judge(s *Subject) (Outcome, string, string) {
	switch x.Kind {
	case "deadline":
		return x.deadline(s)
	case "heading":
		return x.text(s, 40)
	case "words":
		return x.text(s, 0)
	case "form":
		if s.Report.Form == x.Form {
			return Met, "采用" + x.Form + "年格式", ""
		}
		if slices.ContainsFunc(s.Report.Findings, func(f normalize.Finding) bool { return f.Rule == "form_uncertain" }) {
			return Open, "格式无法确定", ""
		}
		return Failed, fmt.Sprintf("采用%s年格式，应为%s年格式", s.Report.Form, x.Form), ""
	case "printed":
		return x.printed(s)
	case "numbers":
		return x.numbers(s)
	}
	return x.findings(s)
}

// deadline compares ISO dates. The date that a page gives for itself comes
// before the one in the signature.
func (x *Rule) deadline(s *Subject) (Outcome, string, string) {
	due := fmt.Sprintf("%d-%s", s.Report.Year+1, x.Due)
	date, what := s.Published, "网页发布日期"
	if date == "" {
		date, what = s.Report.Dated, "落款日期"
	}
	switch {
	case date == "":
		return Open, "没有发布日期和落款日期，期限为" + due, ""
	case date <= due:
		return Met, fmt.Sprintf("%s%s，期限%s", what, date, due), date
	}
	return Failed, fmt.Sprintf("%s%s，晚于期限%s", what, date, due), date
}

// text looks for all patterns in lines of at most reach characters, of any
// length where it is 0.
func (x *Rule) text(s *Subject, reach int) (Outcome, string, string) {
	if s.Lines == nil {
		return Open, "报告原文不在库中", ""
	}
	var found []string
	for _, re := range x.res {
		at := ""
		for _, l := range s.Lines {
			l = strings.Join(strings.Fields(norm.NFKC.String(l)), "")
			m := re.FindStringIndex(l)
			if m != nil && (reach == 0 || utf8.RuneCountInString(l) <= reach && !strings.Contains(l, "。")) {
				at = around(l, m[0], m[1])
				break
			}
		}
		if at == "" {
			return Failed, "报告中没有找到", "寻找：" + re.String()
		}
		found = append(found, at)
	}
	return Met, "", strings.Join(found, "；")
}

// around clips a line to some characters on both sides of a match.
func around(l string, from, to int) string {
	const side = 15
	before, after := []rune(l[:from]), []rune(l[to:])
	return string(before[max(0, len(before)-side):]) + l[from:to] + string(after[:min(len(after), side)])
}

func observed(s *Subject) map[string]*normalize.Observation {
	at := map[string]*normalize.Observation{}
	for i := range s.Report.Observations {
		at[s.Report.Observations[i].ID] = &s.Report.Observations[i]
	}
	return at
}

// printed demands every cell of a table. A single one that is missing may also
// have been overlooked.
func (x *Rule) printed(s *Subject) (Outcome, string, string) {
	form := schema.Lookup(s.Report.Form)
	if form == nil {
		return Open, "格式未知", ""
	}
	at := observed(s)
	all := 0
	var absent []string
	for i := range form.Cells {
		c := &form.Cells[i]
		if c.Table != x.Table {
			continue
		}
		all++
		if o := at[c.ID]; o != nil && o.State == normalize.Absent {
			absent = append(absent, c.ID)
		}
	}
	switch {
	case all == 0:
		return Failed, "所用格式没有表" + x.Table, ""
	case len(absent) == 0:
		return Met, "", ""
	case len(absent) == all:
		return Failed, "没有找到表" + x.Table, ""
	}
	return Open, fmt.Sprintf("表%s有%d个单元格没有找到，请核对", x.Table, len(absent)), strings.Join(absent[:min(5, len(absent))], " ")
}

// numbers demands a number in each of the cells.
func (x *Rule) numbers(s *Subject) (Outcome, string, string) {
	at := observed(s)
	var empty, doubtful []string
	for _, c := range x.Cells {
		switch o := at[c]; {
		case o == nil || o.State == normalize.Absent || o.State == normalize.Unreadable, o.Status == normalize.Review:
			doubtful = append(doubtful, c)
		case o.Value == nil:
			empty = append(empty, c)
		}
	}
	switch {
	case len(empty) > 0:
		return Failed, fmt.Sprintf("%d项主要数据未填", len(empty)), strings.Join(empty, " ")
	case len(doubtful) > 0:
		return Open, fmt.Sprintf("%d项主要数据没有找到或待核对", len(doubtful)), strings.Join(doubtful, " ")
	}
	return Met, "", ""
}

// findings demands that there are none of some rules.
func (x *Rule) findings(s *Subject) (Outcome, string, string) {
	var failed, open []string
	for _, f := range s.Findings {
		if !x.names(f.Rule) {
			continue
		}
		text := f.Rule + ": " + f.Message
		if f.Severity == normalize.Inconclusive {
			open = append(open, text)
		} else {
			failed = append(failed, text)
		}
	}
	switch {
	case len(failed) > 0:
		return Failed, fmt.Sprintf("%d处不符", len(failed)), strings.Join(failed, "；")
	case len(open) > 0:
		return Open, fmt.Sprintf("%d处待核对", len(open)), strings.Join(open, "；")
	}
	if n := unread(s.Report); x.Whole && n > 0 {
		return Open, fmt.Sprintf("%d个单元格没有找到或待核对", n), ""
	}
	needs := func(name string) bool { return slices.Contains(comparing, name) }
	had := func(name string) bool { return slices.Contains(s.Compared, name) }
	if slices.ContainsFunc(x.Findings, needs) && !slices.ContainsFunc(x.Findings, had) {
		return Open, NothingToCompare, ""
	}
	return Met, "", ""
}

// unread counts the cells that are missing or under review.
func unread(r *normalize.Report) (n int) {
	for i := range r.Observations {
		if o := &r.Observations[i]; o.Status == normalize.Review || o.State == normalize.Absent {
			n++
		}
	}
	return n
}

// comparing are rules of findings that hold a report beside others: without
// those, that there is no finding says nothing.
var comparing = []string{"series", "prose_of_before", "prose_of_another", "changed_after_publication", "differs_from_twin", "twins_differ"}

var pageDate = regexp.MustCompile(`^(20[0-9]{2})[-/年.]([0-9]{1,2})[-/月.]([0-9]{1,2})`)

// Published reads the date of publication from what a page says of itself, ""
// where that is another statement or no date.
func Published(name, content string) string {
	switch strings.ToLower(name) {
	case "pubdate", "publishdate", "article:published_time":
	default:
		return ""
	}
	m := pageDate.FindStringSubmatch(strings.TrimSpace(content))
	if m == nil {
		return ""
	}
	return m[1] + "-" + two(m[2]) + "-" + two(m[3])
}

func two(s string) string { return strings.Repeat("0", 2-len(s)) + s }
