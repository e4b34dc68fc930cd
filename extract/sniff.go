package extract

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"

	"nianbao/extract/charset"
	"nianbao/extract/office/ole"
)

// Media types that Sniff tells apart. Where a format has no registered type,
// its usual one is taken.
const (
	TypeEmpty    = "application/x-empty"
	TypeUnknown  = "application/octet-stream"
	TypePDF      = "application/pdf"
	TypeHTML     = "text/html"
	TypeText     = "text/plain"
	TypeMarkdown = "text/markdown"
	TypeXML      = "text/xml"
	TypeMHT      = "multipart/related" // a page saved with its pictures
	TypeRTF      = "application/rtf"
	TypeOLE      = "application/x-ole-storage" // a container of something else
	TypeDOC      = "application/msword"        // .doc, and .wps of WPS Writer
	TypeXLS      = "application/vnd.ms-excel"  // .xls, and .et of WPS Spreadsheets
	TypeWorks    = "application/vnd.ms-works"  // .wps of Microsoft Works
	// TypeEncrypted is a .docx, .xlsx or .pptx with a password.
	TypeEncrypted = "application/x-encrypted-ooxml"
	TypeDOCX      = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	TypeXLSX      = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	TypePPTX      = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	TypeODT       = "application/vnd.oasis.opendocument.text"
	TypeODS       = "application/vnd.oasis.opendocument.spreadsheet"
	TypeOFD       = "application/ofd"
	TypeWordML    = "application/vnd.ms-wordml" // Word 2003 XML, or a .docx as one XML file
	TypeZIP       = "application/zip"
	TypeRAR       = "application/vnd.rar"
	Type7z        = "application/x-7z-compressed"
	TypeGzip      = "application/gzip"
	TypeTar       = "application/x-tar"
	TypePNG       = "image/png"
	TypeJPEG      = "image/jpeg"
	TypeTIFF      = "image/tiff"
	TypeGIF       = "image/gif"
	TypeBMP       = "image/bmp"
	TypeWebP      = "image/webp"
)

// magic are the first bytes of formats that say what they are.
var magic = []struct{ prefix, media string }{
	{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", TypeOLE},
	{"{\\rtf", TypeRTF},
	{"Rar!\x1A\x07", TypeRAR},
	{"7z\xBC\xAF\x27\x1C", Type7z},
	{"\x1F\x8B\x08", TypeGzip},
	{"\x89PNG\r\n\x1A\n", TypePNG},
	{"\xFF\xD8\xFF", TypeJPEG},
	{"II*\x00", TypeTIFF},
	{"MM\x00*", TypeTIFF},
	{"II+\x00", TypeTIFF}, // BigTIFF
	{"MM\x00+", TypeTIFF},
	{"GIF87a", TypeGIF},
	{"GIF89a", TypeGIF},
}

// TarHeader is how many bytes tell a tar file, and MaxZip of how many files a zip
// file may have entries, since its directory is read as a whole.
const (
	TarHeader = 512
	MaxZip    = 100_000
)

// How much of a file is looked at: where %PDF may stand, and how much of a
// text decides what it is.
const (
	junk  = 1024
	taste = 256 << 10
)

// Sniff tells the media type of a file by its content alone: names and servers'
// headers are often wrong.
func Sniff(b []byte) string {
	if len(bytes.Trim(b, "\x00 \t\r\n")) == 0 {
		return TypeEmpty
	}
	for _, m := range magic {
		if bytes.HasPrefix(b, []byte(m.prefix)) {
			if m.media == TypeOLE {
				return sniffOLE(b)
			}
			return m.media
		}
	}
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")), bytes.HasPrefix(b, []byte("PK\x05\x06")), bytes.HasPrefix(b, []byte("PK00PK\x03\x04")):
		return sniffZip(b)
	case len(b) >= TarHeader && string(b[257:262]) == "ustar":
		return TypeTar
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return TypeWebP
	case len(b) >= 26 && string(b[:2]) == "BM" && b[6]|b[7]|b[8]|b[9] == 0:
		return TypeBMP
	case pdf(b[:min(len(b), junk+8)]):
		return TypePDF
	}
	return sniffText(b[:min(len(b), taste)])
}

// pdf looks for the header, which may follow HTTP headers or other junk.
func pdf(b []byte) bool {
	for {
		i := bytes.Index(b, []byte("%PDF-"))
		if i < 0 || i+5 >= len(b) {
			return false
		}
		if c := b[i+5]; c >= '0' && c <= '9' {
			return true
		}
		b = b[i+5:]
	}
}

// sniffOLE tells the kinds of OLE containers by the streams of their root.
func sniffOLE(b []byte) string {
	f, err := ole.Open(b)
	if err != nil {
		return TypeOLE
	}
	for _, s := range []struct{ stream, media string }{
		{"WordDocument", TypeDOC},
		{"Workbook", TypeXLS},
		{"Book", TypeXLS},
		{"EncryptedPackage", TypeEncrypted},
		{"CONTENTS", TypeWorks},
		{"MatOST", TypeWorks},
	} {
		if f.Has(s.stream) {
			return s.media
		}
	}
	return TypeOLE
}

// sniffZip tells the kinds of zip files by their members' names; only the
// members that name types are unpacked, and no more of them than that takes.
func sniffZip(b []byte) string {
	if bytes.Count(b, []byte("PK\x01\x02")) > MaxZip {
		return kindOf(localNames(b))
	}
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return kindOf(localNames(b))
	}
	names := make([]string, 0, len(r.File))
	types := ""
	for _, f := range r.File {
		names = append(names, f.Name)
		switch {
		case f.Name == "mimetype":
			s := strings.TrimSpace(head(f, 100))
			switch {
			case strings.HasPrefix(s, TypeODT): // its templates too
				return TypeODT
			case strings.HasPrefix(s, "application/vnd.oasis.opendocument."):
				return s
			}
		case strings.EqualFold(f.Name, "[Content_Types].xml"):
			types = strings.ToLower(head(f, taste))
		}
	}
	if media := kindOf(names); media != TypeZIP || types == "" {
		return media
	}
	return kindByTypes(types)
}

// head is the beginning of a member, as far as it can be unpacked.
func head(f *zip.File, limit int64) string {
	rc, err := f.Open()
	if err != nil {
		return "" // the names decide
	}
	defer rc.Close()
	b, err := io.ReadAll(io.LimitReader(rc, limit))
	if err != nil {
		return ""
	}
	return string(b)
}

// kindByTypes tells the kind of an office package whose parts have unusual
// names by the content types it lists.
func kindByTypes(types string) string {
	for _, k := range []struct{ mark, media string }{
		{"wordprocessingml.document.main+xml", TypeDOCX}, {"wordprocessingml.template.main+xml", TypeDOCX}, {"ms-word.document.macroenabled", TypeDOCX},
		{"spreadsheetml.sheet.main+xml", TypeXLSX}, {"presentationml.presentation.main+xml", TypePPTX},
	} {
		if strings.Contains(types, k.mark) {
			return k.media
		}
	}
	return TypeZIP
}

// localNames reads the names from the members' own headers, where the
// directory at the end of the file is cut off.
func localNames(b []byte) []string {
	const header = 30
	var names []string
	for len(names) < 1000 {
		i := bytes.Index(b, []byte("PK\x03\x04"))
		if i < 0 || len(b)-i < header {
			break
		}
		b = b[i:]
		n := int(b[26]) | int(b[27])<<8
		if len(b) < header+n {
			break
		}
		names = append(names, string(b[header:header+n]))
		b = b[header+n:]
	}
	return names
}

func kindOf(names []string) string {
	media := TypeZIP
	types := false
	for _, name := range names {
		name = strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
		switch {
		case name == "ofd.xml":
			return TypeOFD
		case name == "[content_types].xml":
			types = true
		case name == "word/document.xml": // the types may be lost
			types, media = true, TypeDOCX
		case media != TypeZIP:
		case strings.HasPrefix(name, "word/"):
			media = TypeDOCX
		case strings.HasPrefix(name, "xl/"):
			media = TypeXLSX
		case strings.HasPrefix(name, "ppt/"):
			media = TypePPTX
		}
	}
	if !types {
		return TypeZIP
	}
	return media
}

// sniffText tells what kind of text b begins, if it is text at all.
func sniffText(b []byte) string {
	t := charset.Decode(b)
	runes, odd := 0, t.Undecodable
	for _, c := range t.String {
		runes++
		if c < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1A\x1B", c) || c == 0x7F {
			odd++
		}
	}
	if odd*20 > runes {
		return TypeUnknown
	}
	head := strings.ToLower(strings.TrimLeft(t.String, "\uFEFF\x00 \t\r\n\f"))
	switch {
	case strings.HasPrefix(head, "{\\rtf"):
		return TypeRTF
	case mht(head[:min(len(head), 8<<10)]):
		return TypeMHT
	case strings.HasPrefix(head, "<?xml"), strings.HasPrefix(head, "<?mso-application"):
		start := head[:min(len(head), 16<<10)]
		switch {
		case strings.Contains(start, "<w:worddocument"), strings.Contains(start, `progid="word.document"`), strings.Contains(start, "office/word/2003/wordml\""),
			strings.Contains(start, "<pkg:package") && strings.Contains(start, "\"/word/"):
			return TypeWordML
		case strings.Contains(start, "<office:document") && strings.Contains(start, TypeODT):
			return TypeODT
		case strings.Contains(start, "<office:document") && strings.Contains(start, TypeODS):
			return TypeODS
		case markup(head):
			return TypeHTML
		}
		return TypeXML
	case markdown(head):
		return TypeMarkdown
	case markup(head):
		return TypeHTML
	}
	return TypeText
}

// markdown says whether a lower-case text has what only Markdown has: the row of
// dashes below the headings of a table, or several headings; and is no page.
func markdown(s string) bool {
	if strings.HasPrefix(s, "<") {
		return false
	}
	headings, before, found := 0, "", false
	tags := strings.Contains(s, "<table")
	for line := range strings.SplitSeq(s, "\n") {
		if found = found || strings.Contains(before, "|") && MarkdownAlignment(line); found {
			break
		}
		if rest := strings.TrimLeft(line, "#"); len(rest) < len(line) && len(line)-len(rest) <= 6 && strings.HasPrefix(rest, " ") && strings.TrimSpace(rest) != "" ||
			tags && strings.TrimSpace(before) != "" && underline(line) {
			if headings++; headings > 1 {
				found = true
				break
			}
		}
		before = line
	}
	if !found {
		return false
	}
	for _, page := range []string{"<html", "<body", "<!doctype", "<head>"} {
		if strings.Contains(s, page) {
			return false
		}
	}
	return true
}

// underline says whether a line makes a heading of the one above it.
func underline(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) > 2 && (strings.Trim(line, "=") == "" || strings.Trim(line, "-") == "")
}

// MarkdownAlignment says whether a line is the row of dashes and colons that
// Markdown has below the headings of a table.
func MarkdownAlignment(line string) bool {
	line = strings.TrimSpace(line)
	if !strings.Contains(line, "|") || !strings.Contains(line, "-") || strings.Trim(line, "|-: \t") != "" {
		return false
	}
	for field := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
		field = strings.TrimSpace(field)
		if dashes := strings.TrimSuffix(strings.TrimPrefix(field, ":"), ":"); dashes == "" || strings.Trim(dashes, "-") != "" {
			return false
		}
	}
	return true
}

// mht says whether a lower-case text begins with the headers of a saved page.
func mht(head string) bool {
	if i := strings.Index(head, "\n\n"); i >= 0 {
		head = head[:i]
	} else if i := strings.Index(head, "\r\n\r\n"); i >= 0 {
		head = head[:i]
	}
	return (strings.HasPrefix(head, "mime-version:") || strings.Contains(head, "\nmime-version:")) &&
		strings.Contains(head, "content-type:") && (strings.Contains(head, "multipart/") || strings.Contains(head, "text/html"))
}

// structural are the tags that only HTML has; one of them, or several of the
// loose ones, make a text HTML.
var (
	structural = []string{"!doctype html", "html", "head", "body", "table", "tbody", "tr", "td", "div", "frameset", "meta", "title", "script", "style"}
	loose      = []string{"p", "span", "font", "h1", "h2", "h3", "b", "strong", "ul", "li", "a", "img", "center", "section", "article"}
)

// markup says whether a lower-case text has the tags of HTML.
func markup(s string) bool {
	seen := 0
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return false
		}
		s = s[i+1:]
		if tag(s, structural) {
			return true
		}
		if end := strings.IndexAny(s, "<>"); end >= 0 && s[end] == '>' && tag(s, loose) {
			if seen++; seen >= 2 {
				return true
			}
		}
	}
}

func tag(s string, names []string) bool {
	for _, name := range names {
		rest, found := strings.CutPrefix(s, name)
		if !found {
			continue
		}
		if rest == "" || strings.ContainsRune(" \t\r\n\f>/", rune(rest[0])) {
			return true
		}
	}
	return false
}
