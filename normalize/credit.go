package normalize

import (
	"fmt"
	"strings"

	"nianbao/creditcode"
	"nianbao/extract"
	"nianbao/normalize/prefilter"
)

// labelled is a word of 18 characters behind a label that says it is the code of
// the agency. The head of an index number (索引号) is that code on many sites.
var labelled = prefilter.MustCompile(`(社会信用代码|索引号)[:：]?([0-9A-Za-z]{18})(?:[^0-9A-Za-z]|$)`)

// creditCodes takes the 统一社会信用代码 that lines, tables and the page's own
// statements give. One whose check digit is wrong is no evidence: behind the head of
// an index number it is taken to be something else, behind its own label it is a
// finding.
func (id *identity) creditCodes(doc *extract.Document, lines []textLine) {
	seen := map[string]bool{}
	look := func(text string) {
		for _, m := range labelled.FindAllStringSubmatch(text, -1) {
			code := strings.ToUpper(m[2])
			if seen[code] {
				continue
			}
			seen[code] = true
			switch {
			case creditcode.Valid(code):
				id.claim(ClaimCredit, code)
			case m[1] == "索引号":
			case creditcode.Shaped(code):
				id.findings = append(id.findings, Finding{Rule: "credit_code_wrong", Severity: Warning, Message: fmt.Sprintf(
					"the check digit of 统一社会信用代码 %s is %c, and its other characters make %c", code, code[17], creditcode.Check(code))})
			default:
				id.findings = append(id.findings, Finding{Rule: "credit_code_wrong", Severity: Warning,
					Message: code + " is no 统一社会信用代码: it has not the form of one"})
			}
		}
	}
	for _, l := range lines {
		if strings.ContainsAny(l.text, "码号") {
			look(l.text)
		}
	}
	for i := range doc.Tables {
		t := &doc.Tables[i]
		for k := range t.Cells {
			if !strings.ContainsAny(t.Cells[k].Text, "码号") {
				continue
			}
			text := plain(t.Cells[k].Text)
			look(text)
			if k+1 < len(t.Cells) && (strings.Contains(text, "社会信用代码") || strings.Contains(text, "索引号")) {
				look(text + plain(t.Cells[k+1].Text)) // the label in a cell of its own
			}
		}
	}
	for _, m := range doc.Meta {
		look(plain(m.Name) + plain(m.Content))
	}
}
