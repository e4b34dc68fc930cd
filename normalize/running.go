package normalize

import (
	"slices"
	"strings"
	"unicode/utf8"

	"nianbao/extract"
	"nianbao/schema"
)

// Tables pasted as running text, one cell a line: labels and numbers come one
// after the other, and only their order tells what belongs together.

// running makes a part of the document's running text: a row begins at each
// line that prints a label of the template or opens its headings, and the
// numbers and headings that follow are its cells.
func running(doc *extract.Document, t *template) *part {
	b := &runningBuilder{doc: doc, part: &part{doc: doc, ragged: true}}
	headings := t.headings()
	for i := 0; i < len(doc.Lines); i++ {
		fields := trailingNumbers(doc.Lines[i].Text)
		head, rest := fields[0], fields[1:]
		if head == "" {
			continue
		}
		value := valuelike(head)
		var l label
		if !value {
			l = newLabel(head)
		}
		switch {
		case value:
			b.cell(i, head)
		case strings.HasPrefix(l.full, "第二十条第") && t.section == "二":
			b.begin(i, head)
		case l.bare == "信息内容", l.bare == "统计指标":
			b.begin(i, head)
			b.heading = true
		default:
			joined, skip := joinLabel(doc.Lines, i, head, l, len(rest) == 0, t.prints)
			if skip >= 0 {
				b.begin(i, joined)
				i += skip
				break
			}
			if b.heading {
				joined, skip = joinLabel(doc.Lines, i, head, l, len(rest) == 0, func(l label) bool {
					return slices.ContainsFunc(headings, func(n *names) bool { return n.likeness(l) >= 0.97 })
				})
			}
			if skip >= 0 {
				b.cell(i, joined)
				i += skip
				break
			}
			if !unitWords[schema.Fold(head)] {
				b.flush()
			}
		}
		for _, f := range rest {
			b.cell(i, f)
		}
	}
	b.flush()
	b.part.to = len(b.part.rows)
	return b.part
}

// prints tells whether a text is a row label of the template, slips aside.
func (t *template) prints(l label) bool {
	best, second := 0.0, 0.0
	for _, s := range t.score(l) {
		switch {
		case s > best:
			best, second = s, best
		case s > second:
			second = s
		}
	}
	return best >= 0.97 || best >= 0.8 && second <= best-0.25 && utf8.RuneCountInString(l.bare) >= 6
}

// headings are the prints of all innermost column labels.
func (t *template) headings() []*names {
	var out []*names
	for i := range t.rows {
		for j := range t.rows[i].sets {
			for k := range t.rows[i].sets[j].columns {
				out = append(out, t.rows[i].sets[j].columns[k].leaf)
			}
		}
	}
	return out
}

// joinLabel reads a label that may run from line i, whose head is given, over the
// next two. It returns how many lines more it took, -1 where none of them makes a
// label.
func joinLabel(lines []extract.Line, i int, head string, l label, wraps bool, known func(label) bool) (string, int) {
	joined := head
	if utf8.RuneCountInString(joined) > longest {
		return "", -1
	}
	for skip := 0; ; skip++ {
		if known(l) {
			return joined, skip
		}
		if !wraps || skip == 2 || i+skip+1 >= len(lines) || valuelike(lines[i+skip+1].Text) {
			return "", -1
		}
		joined += lines[i+skip+1].Text
		l = newLabel(joined)
	}
}

type runningBuilder struct {
	doc     *extract.Document
	part    *part
	row     []*cell
	heading bool // the row holds headings
}

func (b *runningBuilder) begin(line int, text string) {
	b.flush()
	b.row = []*cell{b.make(line, text)}
}

// cell adds a cell to the row that is open, if one is.
func (b *runningBuilder) cell(line int, text string) {
	if b.row != nil {
		b.row = append(b.row, b.make(line, text))
	}
}

func (b *runningBuilder) make(line int, text string) *cell {
	l := &b.doc.Lines[line]
	c := newCell(&extract.Cell{Row: len(b.part.rows), Col: len(b.row), Text: text, Page: l.Page, Box: l.Box, Reader: lineReader(b.doc, l), Confidence: 1})
	c.line = line + 1
	return &c
}

func (b *runningBuilder) flush() {
	if len(b.row) > 0 {
		b.part.rows = append(b.part.rows, b.row)
		b.part.cols = max(b.part.cols, len(b.row))
	}
	b.row, b.heading = nil, false
}

// runningReview makes a part of running text for table 四: one row for the
// lines from its headings to the last number that follows them.
func runningReview(doc *extract.Document) *part {
	b := &runningBuilder{doc: doc, part: &part{doc: doc, ragged: true}}
	headings := 0
	flush := func() {
		if numbers(b.row) == 0 || headings <= 5 {
			b.row = nil
		}
		b.flush()
		headings = 0
	}
	for i := range doc.Lines {
		fields := trailingNumbers(doc.Lines[i].Text)
		if fields[0] == "" {
			continue
		}
		number := valuelike(fields[0])
		heading := !number && reviewHeading(schema.Fold(fields[0]))
		if heading && numbers(b.row) > 0 || !heading && !number {
			flush()
		}
		if heading {
			headings++
		} else if headings == 0 {
			continue
		}
		for _, f := range fields {
			if b.row == nil {
				b.begin(i, f)
			} else {
				b.cell(i, f)
			}
		}
	}
	flush()
	b.part.to = len(b.part.rows)
	return b.part
}

// reviewHeading tells whether a short line can be a heading of table 四.
func reviewHeading(s string) bool {
	if len([]rune(s)) > 12 {
		return false
	}
	return slices.ContainsFunc([]string{"复议", "诉", "结果", "维持", "纠正", "其他", "尚未", "审结", "总计"}, func(w string) bool { return strings.Contains(s, w) })
}

// trailingNumbers splits a line of running text into its head and the numbers
// that stand after it, each parted by spaces: 一、本年新收 1 0 0. A line of
// numbers alone has its first as head.
func trailingNumbers(line string) []string {
	fields := strings.FieldsFunc(strings.Map(invisible, line), func(r rune) bool { return r == ' ' || r == '\t' })
	cut := len(fields)
	for cut > 1 && valuelike(fields[cut-1]) {
		cut--
	}
	if len(fields) == 0 {
		return []string{""}
	}
	return append([]string{strings.Join(fields[:cut], "")}, fields[cut:]...)
}

// lineReader names the reader of a line: its page's, or the format's own.
func lineReader(doc *extract.Document, l *extract.Line) string {
	if l.Page > 0 && l.Page <= len(doc.Pages) {
		return doc.Pages[l.Page-1].Reader
	}
	if doc.MediaType == "text/html" {
		return "html"
	}
	return "text"
}
