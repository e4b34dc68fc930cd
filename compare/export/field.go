package export

import (
	"strconv"

	"nianbao/normalize"
)

// Field is one column of a table, the same in every format.
type Field struct {
	Name        string
	Type        string // of Table Schema: string, integer, number
	Chinese     string
	Description string
	Enum        []string
	Required    bool
	of          func(*Row) string
}

// fields are the columns of the long form: one observation a line.
var fields = []Field{
	{Name: "agency", Type: "string", Chinese: "机关", Description: "name of the reporting body as printed", Required: true, of: func(r *Row) string { return r.Report.Agency.Name }},
	{Name: "division", Type: "string", Chinese: "行政区划代码", Description: "code of its division (GB/T 2260), empty where not resolved", of: func(r *Row) string { return r.Report.Agency.Division }},
	{Name: "year", Type: "integer", Chinese: "年度", Description: "year reported on", Required: true, of: func(r *Row) string { return strconv.Itoa(r.Report.Year) }},
	{Name: "form", Type: "string", Chinese: "表式", Description: "statutory form of the report", Enum: []string{"2014", "2019", "2021"}, Required: true, of: func(r *Row) string { return r.Report.Form }},
	{Name: "cell", Type: "string", Chinese: "指标项", Description: "id of the cell; the same concept has the same id in every form", Required: true, of: func(r *Row) string { return r.Cell }},
	{Name: "chinese", Type: "string", Chinese: "中文名称", Description: "labels of the cell as its form prints them", of: func(r *Row) string { return r.Chinese }},
	{Name: "english", Type: "string", Chinese: "英文名称", Description: "name of the cell in English", of: func(r *Row) string { return r.English }},
	{Name: "value", Type: "number", Chinese: "数值", Description: "exact decimal in the unit; empty where the report shows no number, which is not a zero", of: func(r *Row) string { return plain(r.Value) }},
	{Name: "unit", Type: "string", Chinese: "单位", Description: "unit of the value", of: func(r *Row) string { return r.Unit }},
	{Name: "state", Type: "string", Chinese: "列示状态", Description: "how the report shows the value: a printed number, an empty cell, a dash, no such cell, something unreadable, or known from sums alone", Required: true,
		Enum: []string{string(normalize.Reported), string(normalize.Blank), string(normalize.Dash), string(normalize.Absent), string(normalize.Unreadable), string(normalize.Derived)},
		of:   func(r *Row) string { return string(r.State) }},
	{Name: "status", Type: "string", Chinese: "核对状态", Description: "review where a person should look before the value is used", Required: true,
		Enum: []string{string(normalize.OK), string(normalize.Review)}, of: func(r *Row) string { return string(r.Status) }},
	{Name: "source", Type: "string", Chinese: "文件SHA-256", Description: "SHA-256 of the published file", Required: true, of: func(r *Row) string { return r.Report.Source }},
	{Name: "part", Type: "string", Chinese: "附件SHA-256", Description: "SHA-256 of the file the value stands in where the report was published in parts and this one is not source; empty elsewhere", of: func(r *Row) string { return r.Part }},
	{Name: "path", Type: "string", Chinese: "文件路径", Description: "where source was seen last", of: func(r *Row) string { return r.Report.Path }},
	{Name: "reviewed", Type: "boolean", Chinese: "人工核对", Description: "a person corrected or confirmed the value", Required: true, of: func(r *Row) string { return strconv.FormatBool(r.Reviewed) }},
	{Name: "report_reviewed", Type: "string", Chinese: "人工核对的报告信息", Description: reportReviewed, of: func(r *Row) string { return r.Report.Reviewed }},
}

const reportReviewed = "which of agency, year and form of the report a person corrected or confirmed, with a space between"

// evidenceFields follow where evidence is asked for. A value has a page and a box,
// or a place.
var evidenceFields = []Field{
	{Name: "text", Type: "string", Chinese: "原文", Description: "print of the cell", of: func(r *Row) string { return r.Text }},
	{Name: "page", Type: "integer", Chinese: "页", Description: "page, from 1", of: evidence(func(e *normalize.Evidence) string { return positive(e.Page) })},
	{Name: "x0", Type: "number", Chinese: "左", Description: "left of the box on the page, in points", of: box(0)},
	{Name: "y0", Type: "number", Chinese: "上", Description: "top of the box, in points from the top of the page", of: box(1)},
	{Name: "x1", Type: "number", Chinese: "右", Description: "right of the box", of: box(2)},
	{Name: "y1", Type: "number", Chinese: "下", Description: "bottom of the box", of: box(3)},
	{Name: "table", Type: "integer", Chinese: "表序", Description: "table in a file without pages, from 1; 0 is the running text", of: placed(func(p *normalize.Place) int { return p.Table })},
	{Name: "row", Type: "integer", Chinese: "行", Description: "row of the table, from 1", of: placed(func(p *normalize.Place) int { return p.Row })},
	{Name: "column", Type: "integer", Chinese: "列", Description: "column of the table, from 1", of: placed(func(p *normalize.Place) int { return p.Column })},
	{Name: "reader", Type: "string", Chinese: "读取方式", Description: "what read it", of: evidence(func(e *normalize.Evidence) string { return e.Reader })},
	{Name: "confidence", Type: "number", Chinese: "置信度", Description: "how sure the reader was, 0 to 1", of: evidence(func(e *normalize.Evidence) string { return float(e.Confidence) })},
}

func evidence(of func(*normalize.Evidence) string) func(*Row) string {
	return func(r *Row) string {
		if r.Evidence == nil {
			return ""
		}
		return of(r.Evidence)
	}
}

func box(k int) func(*Row) string {
	return evidence(func(e *normalize.Evidence) string {
		if e.Box == nil {
			return ""
		}
		return float(e.Box[k])
	})
}

func placed(of func(*normalize.Place) int) func(*Row) string {
	return evidence(func(e *normalize.Evidence) string {
		if e.Place == nil {
			return ""
		}
		return strconv.Itoa(of(e.Place))
	})
}

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func float(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// fieldsOf returns the columns of the long form.
func fieldsOf(o Options) []Field {
	if o.Evidence == nil {
		return fields
	}
	return append(fields[:len(fields):len(fields)], evidenceFields...)
}
