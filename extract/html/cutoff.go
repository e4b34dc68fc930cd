package html

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"nianbao/extract"
)

var (
	opening = regexp.MustCompile(`(?i)<(?:td|th|div)\b[^>]*>`)
	closing = regexp.MustCompile(`(?i)</(?:td|th|tr|tbody|table|div|body|html)\b`)
	anyTag  = regexp.MustCompile(`(?s)<[^>]*(?:>|$)`)
)

// maxTail is how far from the end of a page a cell that was cut off may begin.
const maxTail = 4000

// doubtCutOff puts the last cell in doubt where the page ends within it, since
// digits may be missing then. Old pages leave out the tags that end cells, but
// not the one that ends the table.
func doubtCutOff(page string, doc *extract.Document) {
	if len(doc.Tables) == 0 {
		return
	}
	tail := page[max(0, len(page)-maxTail):]
	begins := opening.FindAllStringIndex(tail, -1)
	if len(begins) == 0 {
		return
	}
	tail = tail[begins[len(begins)-1][1]:]
	if closing.MatchString(tail) {
		return
	}
	text := collapse(html.UnescapeString(anyTag.ReplaceAllString(tail, "")))
	t := &doc.Tables[len(doc.Tables)-1]
	for i := len(t.Cells) - 1; i >= 0 && text != ""; i-- {
		if c := &t.Cells[i]; c.Text != "" {
			if strings.ReplaceAll(c.Text, " ", "") == strings.ReplaceAll(text, " ", "") {
				t.Doubts = append(t.Doubts, extract.Doubt{Kind: "cut_off", Row: c.Row, Col: c.Col})
			}
			return
		}
	}
}
