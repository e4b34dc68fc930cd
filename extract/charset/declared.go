package charset

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// Declared is the charset that a meta element or an XML declaration in b
// names, in canonical form ("gbk" for gb2312), or "" where none is known. The
// first one that names a known charset counts, wherever in the file it stands.
func Declared(b []byte) string {
	if head := bytes.TrimLeft(b, " \t\r\n"); bytes.HasPrefix(head, []byte("<?xml")) {
		if end := bytes.Index(head, []byte("?>")); end > 0 {
			if name := canonical(value(head[:end], "encoding")); name != "" {
				return name
			}
		}
	}
	for {
		i := bytes.IndexByte(b, '<')
		if i < 0 || len(b)-i < 6 {
			return ""
		}
		b = b[i+1:]
		if !bytes.EqualFold(b[:4], []byte("meta")) {
			continue
		}
		end := bytes.IndexByte(b[:min(len(b), 4096)], '>')
		if end < 0 {
			continue
		}
		if name := canonical(value(b[:end], "charset")); name != "" {
			return name
		}
	}
}

// value finds key=value in the text of a tag, with or without quotes; it also
// finds charset within content="text/html; charset=gbk".
func value(tag []byte, key string) string {
	s := strings.ToLower(string(tag))
	for {
		_, rest, found := strings.Cut(s, key)
		if !found {
			return ""
		}
		s = rest
		rest, found = strings.CutPrefix(strings.TrimLeft(rest, " \t\r\n"), "=")
		if !found {
			continue
		}
		rest = strings.TrimLeft(rest, " \t\r\n\"'")
		if end := strings.IndexAny(rest, " \t\r\n\"';>/"); end >= 0 {
			rest = rest[:end]
		}
		return rest
	}
}

func canonical(name string) string {
	e, err := htmlindex.Get(name)
	if err != nil {
		// Names that only these sites use.
		switch strings.ReplaceAll(name, "_", "-") {
		case "gb-2312", "gb231280", "cp936", "ms936", "windows-936", "gb-18030":
			return "gbk"
		case "utf", "unicode", "utf8mb4":
			return "utf-8"
		}
		return ""
	}
	canon, err := htmlindex.Name(e)
	if err != nil {
		return ""
	}
	return canon
}
