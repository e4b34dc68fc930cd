package normalize

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"nianbao/extract"
)

//go:embed data/leftovers.csv
var data embed.FS

// leftover is a phrase of a template that a report should have replaced.
type leftover struct {
	re   *regexp.Regexp
	what string
}

// leftovers parses the embedded phrases once. Broken data is a defect of the
// program, which the tests show.
var leftovers = sync.OnceValue(func() []leftover {
	b, err := data.ReadFile("data/leftovers.csv")
	if err != nil {
		panic(fmt.Sprintf("normalize: %v", err))
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("normalize: data/leftovers.csv: %v", err))
	}
	var out []leftover
	for _, r := range rows[1:] { // below the header
		out = append(out, leftover{regexp.MustCompile(r[0]), r[1]})
	}
	return out
})

// checkWords looks for what a writer left in by oversight: phrases of the
// template, and words that a title has twice.
func (r *Report) checkWords(doc *extract.Document, id identity) {
	seen := map[string]bool{}
	for i := range doc.Lines {
		s := plain(doc.Lines[i].Text)
		for _, l := range leftovers() {
			m := l.re.FindString(s)
			if m == "" || seen[m] {
				continue
			}
			seen[m] = true
			r.Findings = append(r.Findings, Finding{Rule: "template_left_in", Severity: Advice, Message: fmt.Sprintf("“%s” is %s", m, l.what)})
		}
	}
	if w := doubled(id.title); w != "" {
		r.Findings = append(r.Findings, Finding{Rule: "title_doubled", Severity: Advice, Message: fmt.Sprintf("the title has “%s” twice in a row: %s", w, id.title)})
	}
}

// doubled returns a word that stands twice in a row. Names may hold a character
// twice, so one alone counts only where it is a word of titles.
func doubled(title string) string {
	runes := []rune(title)
	for n := len(runes) / 2; n >= 1; n-- {
		for i := 0; i+2*n <= len(runes); i++ {
			w := string(runes[i : i+n])
			if w != string(runes[i+n:i+2*n]) || strings.ContainsAny(w, "0123456789") {
				continue
			}
			if n > 1 || strings.Contains("年度的和", w) {
				return w
			}
		}
	}
	return ""
}
