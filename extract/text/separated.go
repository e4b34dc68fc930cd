package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"nianbao/extract"
)

// kind is a way to set cells apart. split takes the first of the lines, and
// more where a quoted cell runs on, and says how many it took; 0 is none.
type kind struct {
	split func(lines []string) (fields []string, used int)
	table func(rows [][]string) bool // whether what was split is a table
}

var kinds = [...]kind{
	{splitPipes, isPipes},
	{splitTabs, isTabs},
	{splitCommas, isCommas},
	{splitBlanks, isBlanks},
}

const byBlanks = len(kinds) - 1 // tried last: the place on the line tells more

// maxBetween is how long a line without separators may be that stands between
// two rows as a row of one cell: a caption within the table.
const maxBetween = 40

// separated reads a table at the next line, if one begins there.
func (p *parser) separated() bool {
	for k := range kinds {
		if k == byBlanks && p.aligned() {
			return true
		}
		if p.at < p.tried[k] {
			continue
		}
		rows, end := p.rows(&kinds[k])
		if len(rows) == 0 {
			continue
		}
		if !kinds[k].table(rows) {
			p.tried[k] = end
			continue
		}
		fields := 0
		for _, row := range rows {
			fields += len(row)
		}
		if fields > maxCells {
			p.cells += fields
			return true
		}
		t := extract.Table{Line: len(p.lines), Ragged: true}
		for _, fields := range rows {
			if rule(fields) {
				continue
			}
			for col, field := range fields {
				t.Cells = append(t.Cells, extract.Cell{Row: t.Rows, Col: col, Text: field, Reader: "text", Confidence: 1})
			}
			t.Cols = max(t.Cols, len(fields))
			t.Rows++
		}
		p.cells += len(t.Cells)
		p.tables = append(p.tables, t)
		p.at = end
		return true
	}
	return false
}

// rows takes rows from the next line on for as long as they follow each other.
func (p *parser) rows(k *kind) ([][]string, int) {
	var rows [][]string
	at := p.at
	for at < len(p.in) {
		fields, used := k.split(p.in[at:])
		if used == 0 {
			between := strings.TrimSpace(p.in[at])
			if len(rows) == 0 || between == "" || utf8.RuneCountInString(between) > maxBetween || at+1 == len(p.in) {
				break
			}
			if _, more := k.split(p.in[at+1:]); more == 0 {
				break
			}
			fields, used = []string{between}, 1
		}
		rows = append(rows, fields)
		at += used
	}
	return rows, at
}

func splitTabs(lines []string) ([]string, int) {
	if !strings.Contains(lines[0], "\t") {
		return opened(lines, '\t')
	}
	if blank(lines[0]) {
		return nil, 0
	}
	return quoted(lines, '\t')
}

// isTabs: some row has two fields with text, or empty ones behind its text; a
// paragraph indented by a tab has neither.
func isTabs(rows [][]string) bool {
	for _, fields := range rows {
		if filled(fields) > 1 || len(fields) > 2 && fields[0] != "" && utf8.RuneCountInString(fields[0]) <= maxBetween {
			return true
		}
	}
	return false
}

func splitCommas(lines []string) ([]string, int) {
	if strings.Count(lines[0], ",") < 2 {
		return opened(lines, ',')
	}
	return quoted(lines, ',')
}

// opened takes a row whose first line ends within its first, quoted, field.
func opened(lines []string, sep byte) ([]string, int) {
	if !strings.HasPrefix(lines[0], `"`) || strings.Count(lines[0], `"`)%2 == 0 {
		return nil, 0
	}
	fields, used := quoted(lines, sep)
	if used == 1 || len(fields) == 1 {
		return nil, 0
	}
	return fields, used
}

// isCommas: at least two rows, most fields short, and numbers among them.
func isCommas(rows [][]string) bool {
	fields, short, numbers := 0, 0, 0
	for _, row := range rows {
		for _, f := range row {
			fields++
			if utf8.RuneCountInString(f) <= maxBetween && !strings.ContainsAny(f, "。；") {
				short++
			}
			if number(f) {
				numbers++
			}
		}
	}
	return len(rows) > 1 && short*20 >= fields*19 && numbers*4 >= fields
}

// quoted splits at a separator outside quoted fields. A quoted field may run
// over lines.
func quoted(lines []string, sep byte) ([]string, int) {
	s, used := lines[0], 1
	var fields []string
	for {
		trimmed := strings.TrimLeft(s, " ")
		if !strings.HasPrefix(trimmed, `"`) {
			field, rest, more := strings.Cut(s, string(sep))
			fields = append(fields, cellText(field))
			if !more {
				return fields, used
			}
			s = rest
			continue
		}
		field, rest, closed := unquote(trimmed[1:], sep)
		for n := 1; !closed && n <= maxQuotedLines && used+n <= len(lines) && len(trimmed) < maxQuoted; n++ {
			trimmed += "\n" + lines[used+n-1]
			if field, rest, closed = unquote(trimmed[1:], sep); closed {
				used += n
			}
		}
		if !closed { // a quotation mark that quotes no field
			field, rest, _ = strings.Cut(s, string(sep))
			if len(field) == len(s) {
				return append(fields, cellText(field)), used
			}
			fields = append(fields, cellText(field))
			s = rest
			continue
		}
		fields = append(fields, cellText(field))
		if rest == "" {
			return fields, used
		}
		s = rest[1:]
	}
}

// Limits of a quoted field; what runs on further only begins with a mark.
const (
	maxQuoted      = 2000
	maxQuotedLines = 10
)

// unquote reads a quoted field up to its closing mark, which a separator or the
// end follows.
func unquote(s string, sep byte) (field, rest string, closed bool) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, `"`)
		if !found {
			return "", "", false
		}
		if b.WriteString(before); b.Len() > maxQuoted {
			return "", "", false
		}
		if strings.HasPrefix(after, `"`) {
			b.WriteByte('"')
			s = after[1:]
			continue
		}
		after = strings.TrimLeft(after, " ")
		if after != "" && after[0] != sep {
			return "", "", false
		}
		return b.String(), after, true
	}
}

// splitPipes takes rows of Markdown and the like: | a | b |, with or without
// the outer pipes.
func splitPipes(lines []string) ([]string, int) {
	s := strings.TrimSpace(lines[0])
	s = strings.ReplaceAll(s, "｜", "|")
	if strings.Count(s, "|") < 2 && !strings.HasPrefix(s, "|") && !alignment(s) {
		return nil, 0
	}
	s = strings.TrimPrefix(s, "|")
	if strings.HasSuffix(s, "|") && !strings.HasSuffix(s, `\|`) {
		s = s[:len(s)-1]
	}
	var fields []string
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`|*_\`, s[i+1]) >= 0:
			i++
			b.WriteByte(s[i])
		case s[i] == '|':
			fields = append(fields, markdown(b.String()))
			b.Reset()
		default:
			b.WriteByte(s[i])
		}
	}
	return append(fields, markdown(b.String())), 1
}

// isPipes: an alignment row, or two rows of several fields.
func isPipes(rows [][]string) bool {
	several := 0
	for _, fields := range rows {
		if rule(fields) {
			return true
		}
		if len(fields) > 1 {
			several++
		}
	}
	return several > 1
}

// alignment says whether s is the row that Markdown has below its headings.
func alignment(s string) bool {
	return strings.Contains(s, "|") && strings.Contains(s, "--") && strings.Trim(s, "|-: \t") == ""
}

// rule says whether a row only draws a line.
func rule(fields []string) bool {
	dashes := false
	for _, f := range fields {
		if strings.Trim(f, "-:=+ ") != "" {
			return false
		}
		dashes = dashes || strings.Contains(f, "--")
	}
	return dashes
}

var breaks = strings.NewReplacer("<br>", "\n", "<br/>", "\n", "<br />", "\n", "<BR>", "\n", "&nbsp;", " ")

// markdown takes away what is markup without doubt: emphasis around the whole
// field, line breaks.
func markdown(s string) string {
	s = strings.TrimSpace(breaks.Replace(s))
	for _, mark := range []string{"**", "__", "~~"} {
		if mark != "~~" && len(s) > 2*len(mark) && strings.HasPrefix(s, mark) && strings.HasSuffix(s, mark) {
			s = s[len(mark) : len(s)-len(mark)]
		}
	}
	return cellText(s)
}

// cellText trims the lines of a cell.
func cellText(s string) string {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "\n") {
		return s
	}
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// splitBlanks splits at two blanks or more, or an ideographic one.
func splitBlanks(lines []string) ([]string, int) {
	s := strings.TrimSpace(lines[0])
	var fields []string
	gap := 0
	from := -1 // start of the field being read
	end := 0
	for i, r := range s {
		if unicode.IsSpace(r) {
			if gap == 0 {
				end = i
			}
			if gap++; r == 0x3000 {
				gap++
			}
			continue
		}
		if from < 0 {
			from = i
		} else if gap >= 2 {
			fields = append(fields, s[from:end])
			from = i
		}
		gap = 0
	}
	if from < 0 || len(fields) == 0 {
		return nil, 0
	}
	return append(fields, s[from:]), 1
}

// isBlanks: two rows of several fields, and numbers that stand alone.
func isBlanks(rows [][]string) bool {
	several, fields, numbers := 0, 0, 0
	for _, row := range rows {
		if len(row) > 1 {
			several++
		}
		for _, f := range row {
			fields++
			if utf8.RuneCountInString(f) > maxBetween*2 {
				return false
			}
			if number(f) {
				numbers++
			}
		}
	}
	return several > 1 && numbers*5 >= fields
}

// number says whether f is a number or what stands for one.
func number(f string) bool {
	if f == "" || f == "/" || f == "-" || f == "—" || f == "无" {
		return true
	}
	digit := false
	for _, r := range f {
		switch {
		case unicode.IsDigit(r):
			digit = true
		case strings.ContainsRune("+-.,，．－＋", r):
		default:
			return false
		}
	}
	return digit
}

func filled(fields []string) int {
	n := 0
	for _, f := range fields {
		if f != "" {
			n++
		}
	}
	return n
}
