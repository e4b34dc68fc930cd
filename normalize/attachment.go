package normalize

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"nianbao/extract"
)

// Attachment is a file that a page links to: a part of the report, or all of it.
type Attachment struct {
	// Names are those that the file may have where it was saved, perhaps with
	// folders from the page on: that of the address, and that shown, since browsers
	// save by either.
	Names []string `json:"names"`
}

// counted is what is shown before the name of an attachment, and what around it.
var counted = regexp.MustCompile(`^(?:附件|附表)?\s*[0-9一二三四五六七八九十]{0,3}\s*[:：.、]\s*`)

// attachments are the files that a page links to.
func attachments(doc *extract.Document) []Attachment {
	var out []Attachment
	for _, l := range doc.Links {
		var a Attachment
		add := func(name string) {
			name = strings.TrimSpace(name)
			if extract.FileEnding(name) != "" && strings.Trim(name, ".") == name && !slices.Contains(a.Names, name) {
				a.Names = append(a.Names, name)
			}
		}
		add(l.Target)
		add(path.Base(l.Target))
		shown := strings.Trim(strings.TrimSpace(norm.NFC.String(l.Text)), "《》“”\"")
		for _, s := range []string{shown, counted.ReplaceAllString(shown, "")} {
			if s == "" || strings.ContainsAny(s, "/\\") {
				continue
			}
			if extract.FileEnding(s) == "" {
				s += extract.FileEnding(l.Target)
			}
			add(s)
		}
		if len(a.Names) > 0 {
			out = append(out, a)
		}
	}
	return out
}

// linked names attachments for people, the first ones of many.
func linked(all []Attachment) string {
	const most = 3
	var names []string
	for _, a := range all[:min(most, len(all))] {
		names = append(names, a.Names[len(a.Names)-1])
	}
	if len(all) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}
