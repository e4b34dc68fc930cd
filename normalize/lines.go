package normalize

import (
	"strings"

	"nianbao/extract"
)

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
