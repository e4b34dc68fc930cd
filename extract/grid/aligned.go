package grid

import (
	"regexp"
	"strings"
)

// Tables without rules, or with horizontal ones only, are found by the words
// that the law prints in them: the headings of their columns give the columns,
// the labels of their rows the rows. What the forms do not have is not guessed
// at and stays text.

// maxLines is how many lines a table without rules may have.
const maxLines = 400

// kind is one of the statutory tables.
type kind int

const (
	noTable    kind = iota
	proactive       // 二: blocks of rows, each with a title and headings of its own
	requests        // 三: groups of rows by applicant
	litigation      // 四: one row of values
	statistics      // 统计表 of 2014: label, unit, number
)

var blockRE = regexp.MustCompile(`^第二十条第[一二三四五六七八九十]项$`)

// run is a stretch of lines that may hold tables without rules.
type run struct {
	lines [][]*token
	items []*item
}

// alignText finds the tables without rules between the other parts of a
// document and puts them in the place of their lines.
func alignText(views []*view) {
	var items []*item
	var sheets []*sheet
	flush := func() {
		if len(items) > 2 {
			for _, s := range newRun(items, sheets).tables() {
				items[s.from].table = s.table
				for _, it := range items[s.from:s.to] {
					it.gone = true
				}
			}
		}
		items, sheets = nil, nil
	}
	for _, v := range views {
		for i := range v.items {
			switch it := &v.items[i]; {
			case it.part != nil:
				flush()
			case it.text != nil && !it.aside:
				items, sheets = append(items, it), append(sheets, v.sheet)
			}
		}
	}
	flush()
}

// newRun makes tokens of lines and puts the pages below each other.
func newRun(items []*item, sheets []*sheet) *run {
	r := &run{items: items}
	down, end := 0.0, 0.0
	for i, it := range items {
		if i > 0 && sheets[i] != sheets[i-1] {
			down = end + 0.5*it.text.size - it.y0
		}
		end = max(end, it.y1+down)
		r.lines = append(r.lines, tokens(it.text, sheets[i], i, down))
	}
	return r
}

// kindAt tells which table begins at line i.
func (r *run) kindAt(i int) kind {
	if len(r.lines[i]) == 0 {
		return noTable
	}
	f := foldLine(r.lines[i])
	switch {
	case f == "行政复议" || f == "行政诉讼" || f == "行政复议行政诉讼":
		return litigation
	case f == "申请人情况" || strings.HasPrefix(f, "本列数据") && strings.HasSuffix(f, "申请人情况"):
		return requests
	case strings.HasPrefix(f, "统计指标"):
		return statistics
	case r.isTitle(i) || r.isHeading(i):
		return proactive
	}
	return noTable
}

// isTitle reports whether line i is the title of a block of table 二.
func (r *run) isTitle(i int) bool {
	return len(r.lines[i]) > 0 && blockRE.MatchString(foldLine(r.lines[i]))
}

// isHeading reports whether line i holds the headings of a block of table 二.
func (r *run) isHeading(i int) bool {
	return len(r.lines[i]) > 1 && strings.Contains(foldLine(r.lines[i][:min(4, len(r.lines[i]))]), "信息内容")
}

// span is a table found in a run: its lines from…to-1.
type span struct {
	from, to int
	table    *table
}

// tables finds the tables of a run.
func (r *run) tables() (out []span) {
	for i := 0; i < len(r.lines); i++ {
		k := r.kindAt(i)
		if k == noTable {
			continue
		}
		end := r.stop(i, k)
		from := i
		if k == requests {
			// The note beside the headings may begin above them.
			for from > 0 && i-from < 3 && strings.HasPrefix(foldLine(r.lines[from-1]), "本列数据") {
				from--
			}
		}
		if n := len(out); n > 0 && from < out[n-1].to {
			from = i
		}
		var t *table
		var to int
		switch k {
		case proactive:
			t, to = r.proactive(from, end)
		case requests:
			t, to = r.requests(from, end)
		case litigation:
			t, to = r.litigation(from, end)
		case statistics:
			t, to = r.statistics(from, end)
		}
		if t != nil && to > i {
			out = append(out, span{from, to, t})
			i = to - 1
		}
	}
	return out
}

// stop is the line at which a table that begins at line i must have ended: at
// the beginning of another, at a heading, or at running text.
func (r *run) stop(i int, k kind) int {
	values, done := false, false
	for j := i + 1; j < min(len(r.lines), i+maxLines); j++ {
		if len(r.lines[j]) == 0 {
			continue
		}
		if a := r.kindAt(j); a == k {
			// Table 二 has several blocks, the headings of 四 stand on several
			// lines, and those of 三 are repeated at the top of a page.
			again := r.lines[j-1] != nil && r.lines[j][0].sheet != r.lines[j-1][0].sheet && foldLine(r.lines[i]) == foldLine(r.lines[j])
			if k != proactive && (k != litigation || values) && (done || !again) {
				return j
			}
		} else if a != noTable {
			return j
		}
		values = values || r.hasValue(j)
		done = done || strings.Contains(foldLine(r.lines[j]), "结转下年")
		l := r.lines[j]
		if len(l) != 1 || isValue(l[0].text) {
			continue
		}
		f := l[0].fold
		if partOfLabel(f) {
			continue
		}
		n := len([]rune(f))
		if (startsItem(l[0].text) && n >= 6 && !startsWithDigit(f) || n >= 25) && !r.valuesFollow(j) {
			return j
		}
	}
	return min(len(r.lines), i+maxLines)
}

// valuesFollow reports whether a value stands in the next two lines, before
// any other table: then line j was a label.
func (r *run) valuesFollow(j int) bool {
	for k := j + 1; k < min(j+3, len(r.lines)) && r.kindAt(k) == noTable; k++ {
		if r.hasValue(k) {
			return true
		}
	}
	return false
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// partOfLabel reports whether folded text is some stretch of a label.
func partOfLabel(f string) bool {
	v := vocab()
	if v.labels[f] || v.prefixes[f] || v.suffixes[f] {
		return true
	}
	for l := range v.labels {
		if strings.Contains(l, f) {
			return true
		}
	}
	return false
}

func foldLine(ts []*token) string {
	var sb strings.Builder
	for _, t := range ts {
		sb.WriteString(t.fold)
	}
	return sb.String()
}
