package extracttest

import (
	"fmt"
	"strings"

	"nianbao/extract"
	"nianbao/fixtures"
)

// Numbers reports a number of the report's tables that has no cell of its own in
// the document. Cells are compared without the group separator, if there is one.
func Numbers(doc *extract.Document, rep *fixtures.Report, separator string) error {
	cells := map[string]int{}
	for i := range doc.Tables {
		for _, c := range doc.Tables[i].Cells {
			text := c.Text
			if separator != "" {
				text = strings.ReplaceAll(text, separator, "")
			}
			cells[text]++
		}
	}
	for _, table := range rep.Tables() {
		for _, c := range table.Place() {
			if c.ID == "" || c.Text == "" {
				continue
			}
			if cells[c.Text]--; cells[c.Text] < 0 {
				return fmt.Errorf("%s = %q is missing", c.ID, c.Text)
			}
		}
	}
	return nil
}
