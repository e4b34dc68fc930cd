package markdown

import (
	"html"
	"regexp"
	"strings"

	"nianbao/extract"
	"nianbao/extract/layout"
)

// tableBegins says whether headings and the row that aligns them follow.
func (p *parser) tableBegins() bool {
	return p.at+1 < len(p.in) && strings.Contains(p.in[p.at], "|") && extract.MarkdownAlignment(p.in[p.at+1])
}

// table reads rows up to a line that is none.
func (p *parser) table() {
	p.endPlain()
	t := &extract.Table{}
	for ; p.at < len(p.in); p.at++ {
		line := strings.TrimSpace(p.in[p.at])
		if t.Rows == 1 && extract.MarkdownAlignment(line) {
			continue
		}
		if line == "" || !strings.Contains(line, "|") && (fence.MatchString(line) || htmlLine.MatchString(line) || strings.HasPrefix(line, "#") || strings.HasPrefix(line, ">")) {
			break
		}
		fields := split(line)
		if p.count(len(fields)); p.err != nil {
			return
		}
		if t.Rows == 0 {
			t.Cols = len(fields)
		}
		if len(fields) != t.Cols {
			t.Doubts = append(t.Doubts, extract.Doubt{Kind: "row_length", Row: t.Rows, Col: -1})
		}
		for col, field := range fields {
			c := extract.Cell{Row: t.Rows, Col: col, Text: p.field(field), Reader: "markdown", Confidence: 1}
			if struck.MatchString(field) {
				t.Doubts = append(t.Doubts, extract.Doubt{Kind: "struck_out", Row: t.Rows, Col: col})
			}
			if c.Text == "" && image.MatchString(field) {
				t.Doubts = append(t.Doubts, extract.Doubt{Kind: "image", Row: t.Rows, Col: col})
			}
			t.Cells = append(t.Cells, c)
		}
		t.Rows++
	}
	for i := range t.Cells {
		t.Cols = max(t.Cols, t.Cells[i].Col+1)
	}
	p.items = append(p.items, layout.Item{Table: t})
}

// split parts a row at its pipes, except those behind a backslash or within
// code.
func split(line string) []string {
	line = strings.TrimPrefix(line, "|")
	if strings.HasSuffix(line, "|") && !strings.HasSuffix(line, `\|`) {
		line = line[:len(line)-1]
	}
	var out []string
	from := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			out = append(out, line[from:i])
			from = i + 1
		}
	}
	return append(out, line[from:])
}

var (
	breaks   = regexp.MustCompile(`(?i)<br\s*/?>|</p>\s*<p[^<>]*>`)
	tag      = regexp.MustCompile(`</?[A-Za-z][^<>]*>|<!--.*?-->`)
	image    = regexp.MustCompile(`!\[([^\]]*)\]\([^()\s]*(?:\s+"[^"]*")?\)`)
	link     = regexp.MustCompile(`\[([^\[\]]+)\]\([^()\s]*(?:\s+"[^"]*")?\)`)
	struck   = regexp.MustCompile(`~~[^~]+~~|<(?:del|s|strike)>`)
	strong   = regexp.MustCompile(`\*\*([^*]+)\*\*|__([^_]+)__`)
	emphasis = regexp.MustCompile(`\*([^*\s](?:[^*]*[^*\s])?)\*`)
	code     = regexp.MustCompile("`+([^`]+)`+")
	deleted  = regexp.MustCompile(`~~[^~]+~~|<(del|s|strike)>.*?</(?:del|s|strike)>`)
	escaped  = regexp.MustCompile("\\\\([\\\\`*_{}\\[\\]()#+.!|~<>-])")
)

// field is the text of a cell.
func (p *parser) field(s string) string {
	var lines []string
	for _, line := range breaks.Split(s, -1) {
		if line, _ = layout.Clean(p.inline(line)); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// inline is a line without its marks.
func (p *parser) inline(s string) string {
	if !strings.ContainsAny(s, "*_`[]<>&~\\!") {
		return s
	}
	// What is behind a backslash is no mark.
	s = escaped.ReplaceAllStringFunc(s, func(m string) string { return string(rune(escapedAt) + rune(m[1])) })
	if n := len(image.FindAllString(s, -1)); n > 0 {
		p.images += n
		s = image.ReplaceAllString(s, " ")
	}
	s = deleted.ReplaceAllString(s, "")
	s = link.ReplaceAllString(s, "$1")
	s = code.ReplaceAllString(s, "$1")
	s = strong.ReplaceAllString(s, "$1$2")
	s = emphasis.ReplaceAllString(s, "$1")
	s = html.UnescapeString(tag.ReplaceAllString(s, ""))
	if quote := strings.TrimLeft(s, " "); strings.HasPrefix(quote, "> ") {
		s = strings.TrimLeft(quote, "> ")
	}
	return strings.Map(func(r rune) rune {
		if r >= escapedAt && r < escapedAt+0x80 {
			return r - escapedAt
		}
		return r
	}, s)
}

// escapedAt is where characters behind a backslash wait, in private use.
const escapedAt = 0xF7000
