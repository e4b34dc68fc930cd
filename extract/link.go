package extract

import (
	"path"
	"slices"
	"strings"
)

// Link is a file that a page links to or shows in a frame.
type Link struct {
	// Target is where it leads: the file's name, or its path from the page's folder
	// where the link has one. Host and query are left out.
	Target string `json:"target"`
	Text   string `json:"text,omitempty"` // as shown
}

// fileEndings are those of files that reports are published as beside a page.
var fileEndings = []string{
	".pdf", ".ofd", ".doc", ".docx", ".wps", ".rtf", ".odt", ".xls", ".xlsx", ".et", ".txt", ".md", ".mht", ".mhtml",
	".zip", ".rar", ".7z", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp",
}

// FileEnding is the ending of a file's name, in lower case and with its dot, "" for
// one that no report is published under.
func FileEnding(name string) string {
	ending := strings.ToLower(path.Ext(strings.TrimSpace(name)))
	if slices.Contains(fileEndings, ending) {
		return ending
	}
	return ""
}
