package normalize

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"nianbao/dataset"
	"nianbao/normalize/prefilter"
)

//go:embed data/leftovers.csv
var data embed.FS

// leftover is a phrase of a template that a report should have replaced.
type leftover struct {
	re   *prefilter.Regexp
	what string
}

// leftovers parses the embedded phrases once.
var leftovers = sync.OnceValue(func() []leftover {
	var out []leftover
	for _, r := range dataset.Records(data, "data/leftovers.csv", "pattern,what") {
		out = append(out, leftover{prefilter.MustCompile(r[0]), r[1]})
	}
	return out
})

// checkWords looks for what a writer left in by oversight: phrases of the
// template, and words that a title has twice.
func (r *Report) checkWords(folded []string, id identity) {
	seen := map[string]bool{}
	whole := strings.Join(folded, "\n")
	possible := slices.DeleteFunc(slices.Clone(leftovers()), func(l leftover) bool { return !l.re.May(whole) })
	for _, s := range folded {
		for _, l := range possible {
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

// titleWord is a word of titles: names may hold a syllable twice, and a line
// with the name may stand above a title that begins with it.
var titleWord = regexp.MustCompile(`^(?:年|度|的|关于|政府|政务|信息|公开|工作|情况|报告)+$`)

// doubled returns a word of titles that stands twice in a row, save 政府 after a
// government's name.
func doubled(title string) string {
	runes := []rune(title)
	for n := len(runes) / 2; n >= 1; n-- {
		for i := 0; i+2*n <= len(runes); i++ {
			if w := string(runes[i : i+n]); w == string(runes[i+n:i+2*n]) && w != "政府" && titleWord.MatchString(w) {
				return w
			}
		}
	}
	return ""
}
