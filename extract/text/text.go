// Package text reads plain text: lines as they stand, and tables whose cells
// are set apart by tabs, pipes (Markdown's too), commas, runs of blanks, or
// drawn boxes. Text with one cell a line stays lines. Where cells are only set
// apart, what was merged or lost cannot be seen, so such tables are Ragged;
// drawn boxes, and blocks in which every field aligns with others, are not.
//
// It knows no label and no form: pieces of one table between which blank lines
// stand are several tables here.
package text

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"nianbao/extract"
	"nianbao/extract/charset"
)

// Limits of a text. A report has some 100 KB and a thousand cells.
const (
	maxBytes = 8 << 20
	maxLines = 100_000
	maxCells = 300_000
)

// Read reads a text. The error is an *extract.Refusal where the text itself is
// the reason.
func Read(b []byte) (*extract.Document, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, &extract.Refusal{Code: extract.RefusedEmpty, Detail: "the text is empty; fetch it again"}
	}
	if len(b) > maxBytes {
		return nil, &extract.Refusal{Code: extract.RefusedTooLarge,
			Detail: fmt.Sprintf("the text has %d MB, the limit is %d MB; this is no report", len(b)>>20, maxBytes>>20)}
	}
	if n := bytes.Count(b, []byte("\n")) + bytes.Count(b, []byte("\r")); n > 2*maxLines {
		return nil, &extract.Refusal{Code: extract.RefusedTooLarge,
			Detail: fmt.Sprintf("the text has more than %d lines; this is no report", maxLines)}
	}
	t := charset.Decode(b)
	lines, tables, err := Parse(t.String)
	if err != nil {
		return nil, err
	}
	doc := &extract.Document{MediaType: "text/plain", Lines: lines, Tables: tables}
	if t.Undecodable > 0 {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "charset", Message: fmt.Sprintf(
			"%d places could not be decoded as %s and stand as U+FFFD; compare with the file in an editor", t.Undecodable, t.Charset)})
	}
	return doc, nil
}

// Parse divides text into lines and tables, neither of them nil.
func Parse(s string) ([]extract.Line, []extract.Table, error) {
	p := parser{in: splitLines(s), lines: []extract.Line{}, tables: []extract.Table{}}
	for p.at < len(p.in) {
		if p.box() || p.separated() {
			if p.cells > maxCells {
				return nil, nil, &extract.Refusal{Code: extract.RefusedTooLarge,
					Detail: fmt.Sprintf("the text has more than %d table cells; this is no report", maxCells)}
			}
			continue
		}
		if line, ok := lineOf(p.in[p.at]); ok {
			p.lines = append(p.lines, line)
		}
		p.at++
	}
	return p.lines, p.tables, nil
}

type parser struct {
	in        []string
	at        int             // next line
	tried     [len(kinds)]int // up to here a kind of table was looked for in vain
	unaligned int             // the same for aligned blocks
	boxed     int             // the same for boxes
	work      int             // comparisons made for aligned blocks
	cells     int
	lines     []extract.Line
	tables    []extract.Table
}

// splitLines ends lines as any system does and leaves away what takes no room.
// Control characters stand as one U+FFFD, lest numbers on both sides become one.
func splitLines(s string) []string {
	s = strings.TrimRight(s, "\x00\x1A") // padding, and the end of a DOS file
	control := false
	s = strings.Map(func(r rune) rune {
		before := control
		control = charset.Control(r)
		switch {
		case control && before:
			return -1
		case control:
			return '\uFFFD'
		case r == '\f' || r == '\v' || r == 0x85 || r == 0x2028 || r == 0x2029:
			return '\n'
		case charset.Invisible(r):
			return -1
		case r == 0xA0:
			return ' '
		}
		return r
	}, s)
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Split(strings.ReplaceAll(s, "\r", "\n"), "\n")
}

// lineOf is the text of a line; Markdown marks headings by #.
func lineOf(s string) (extract.Line, bool) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\t", " "))
	if s == "" {
		return extract.Line{}, false
	}
	if rest := strings.TrimLeft(s, "#"); len(rest) < len(s) && len(s)-len(rest) <= 6 && strings.HasPrefix(rest, " ") {
		return extract.Line{Text: strings.TrimSpace(strings.TrimRight(rest, "#")), Heading: true}, true
	}
	return extract.Line{Text: s}, true
}

func blank(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) }) < 0
}
