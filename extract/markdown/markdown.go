// Package markdown reads text marked up as Markdown: tables of pipes with the
// row that aligns them, tables of HTML, headings, and the marks within lines.
// What is neither is read as plain text is, typed tables included. A row with
// another number of cells than its headings is in doubt, since which cell was
// lost cannot be told.
//
// It knows no label and no form.
package markdown

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"nianbao/extract"
	"nianbao/extract/charset"
	"nianbao/extract/html"
	"nianbao/extract/layout"
	"nianbao/extract/text"
)

// Limits of a text.
const (
	maxBytes = 8 << 20
	maxLines = 100_000
	maxCells = 300_000
)

// Read reads a text. The error is an *extract.Refusal where the text itself is
// the reason.
func Read(b []byte) (*extract.Document, error) {
	if len(b) > maxBytes {
		return nil, &extract.Refusal{Code: extract.RefusedTooLarge,
			Detail: fmt.Sprintf("the text has %d MB, the limit is %d MB; this is no report", len(b)>>20, maxBytes>>20)}
	}
	if n := bytes.Count(b, []byte("\n")) + bytes.Count(b, []byte("\r")); n > 2*maxLines {
		return nil, &extract.Refusal{Code: extract.RefusedTooLarge,
			Detail: fmt.Sprintf("the text has more than %d lines; this is no report", maxLines)}
	}
	t := charset.Decode(b)
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(t.String)
	p := parser{in: strings.Split(s, "\n")}
	p.frontMatter()
	for p.at < len(p.in) && p.err == nil {
		p.block()
	}
	p.endPlain()
	if p.err != nil {
		return nil, p.err
	}
	doc := layout.Document(p.items)
	doc.MediaType, doc.Title, doc.Warnings = extract.TypeMarkdown, p.title, p.warnings
	if p.images > 0 && len(doc.Tables) == 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: extract.WarnImage, Message: fmt.Sprintf("the text shows %d pictures and no table; the tables may be pictures", p.images)})
	}
	if t.Undecodable > 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "charset", Message: fmt.Sprintf(
			"%d places could not be decoded as %s and stand as U+FFFD; compare with the file in an editor", t.Undecodable, t.Charset)})
	}
	return doc, nil
}

type parser struct {
	in       []string
	at       int // next line
	plain    []string
	items    []layout.Item
	title    string
	warnings []extract.Warning
	images   int
	cells    int
	err      error
}

var (
	fence    = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})")
	htmlLine = regexp.MustCompile(`(?i)^\s{0,3}</?(?:table|thead|tbody|tr|div|center|section|article|figure|details|p|h[1-6]|ul|ol|dl|pre|form|img|style|script)(?:[\s>/]|$)|^\s{0,3}<!--`)
	opens    = regexp.MustCompile(`(?i)<(?:table|style|script)[\s>]`)
	closes   = regexp.MustCompile(`(?i)</(?:table|style|script)\s*>`)
	under    = regexp.MustCompile(`^ {0,3}(?:=+|-{2,})\s*$`)
)

// frontMatter takes the title from the statements in front of the text.
func (p *parser) frontMatter() {
	const most = 50
	if len(p.in) == 0 || strings.TrimRight(p.in[0], " ") != "---" {
		return
	}
	for i := 1; i < min(len(p.in), most); i++ {
		line := strings.TrimSpace(p.in[i])
		if line == "---" || line == "..." {
			p.at = i + 1
			return
		}
		if key, value, found := strings.Cut(line, ":"); found && strings.EqualFold(strings.TrimSpace(key), "title") {
			p.title, _ = layout.Clean(strings.Trim(strings.TrimSpace(value), `"'`))
		}
	}
	p.title = "" // a line across, and text
}

func (p *parser) block() {
	line := p.in[p.at]
	switch {
	case fence.MatchString(line):
		p.fenced(fence.FindStringSubmatch(line)[1])
	case htmlLine.MatchString(line):
		p.html()
	case p.tableBegins():
		p.table()
	case p.at+1 < len(p.in) && strings.TrimSpace(line) != "" && !strings.Contains(line, "|") && under.MatchString(p.in[p.at+1]):
		p.plain = append(p.plain, "# "+p.inline(line))
		p.at += 2
	default:
		p.plain = append(p.plain, p.inline(line))
		p.at++
	}
}

// endPlain reads the lines gathered so far as plain text.
func (p *parser) endPlain() {
	if len(p.plain) == 0 || p.err != nil {
		return
	}
	lines, tables, err := text.Parse(strings.Join(p.plain, "\n"))
	p.plain = nil
	if err != nil {
		p.err = err
		return
	}
	p.add(&extract.Document{Lines: lines, Tables: tables})
}

func (p *parser) add(doc *extract.Document) {
	for i := range doc.Tables {
		p.count(len(doc.Tables[i].Cells))
	}
	p.items = append(p.items, layout.Items(doc)...)
}

func (p *parser) count(n int) {
	if p.cells += n; p.cells > maxCells && p.err == nil {
		p.err = &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("the text has more than %d table cells; this is no report", maxCells)}
	}
}

// fenced reads text that is shown as it is typed.
func (p *parser) fenced(mark string) {
	for p.at++; p.at < len(p.in); p.at++ {
		if line := strings.TrimSpace(p.in[p.at]); strings.HasPrefix(line, mark) && strings.Trim(line, mark[:1]) == "" {
			p.at++
			return
		}
		p.plain = append(p.plain, p.in[p.at])
	}
}

// html reads a block of HTML: up to a blank line, or to the end of the tables
// in it.
func (p *parser) html() {
	p.endPlain()
	from, open := p.at, 0
	for ; p.at < len(p.in); p.at++ {
		line := p.in[p.at]
		if open <= 0 && strings.TrimSpace(line) == "" {
			break
		}
		open += len(opens.FindAllString(line, -1)) - len(closes.FindAllString(line, -1))
	}
	doc, err := html.Read([]byte(strings.Join(p.in[from:p.at], "\n")))
	if err != nil {
		p.err = err
		return
	}
	p.warnings = append(p.warnings, doc.Warnings...)
	p.add(doc)
}
