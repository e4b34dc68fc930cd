package archive

import (
	"encoding/binary"
	"hash/crc32"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"

	"nianbao/extract/charset"
)

// decode reads a name whose charset is not told, or told wrongly: UTF-8 where it
// is that, else GB18030, which Chinese systems write under any flag, else the
// code page that the zip format names.
func decode(raw string) string {
	if utf8.ValidString(raw) {
		return raw
	}
	if s, err := simplifiedchinese.GB18030.NewDecoder().String(raw); err == nil && !strings.ContainsRune(s, utf8.RuneError) {
		return s
	}
	s, err := charmap.CodePage437.NewDecoder().String(raw)
	if err != nil {
		return strings.ToValidUTF8(raw, "\uFFFD")
	}
	return s
}

// unicodePath is the name in a zip entry's Unicode path field, if it is still
// about the name that stands in the header.
func unicodePath(raw string, extra []byte) (string, bool) {
	const id, head = 0x7075, 5
	for len(extra) >= 4 {
		kind, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			break
		}
		if kind == id && n > head && extra[0] == 1 {
			name := string(extra[head:n])
			if binary.LittleEndian.Uint32(extra[1:]) == crc32.ChecksumIEEE([]byte(raw)) && utf8.ValidString(name) {
				return name, true
			}
		}
		extra = extra[n:]
	}
	return "", false
}

// maxName is how many runes of a name are kept.
const maxName = 300

// clean makes a name fit to be shown: relative, without steps upwards, without
// characters that are not seen. It tells whether a careless program would have
// written the file outside of its folder.
func clean(name string) (_ string, unsafe bool) {
	name = strings.Map(func(c rune) rune {
		switch {
		case c == '\\':
			return '/'
		case charset.Control(c), charset.Invisible(c), unicode.Is(unicode.Bidi_Control, c), !unicode.IsGraphic(c):
			return -1
		}
		return c
	}, norm.NFC.String(strings.ToValidUTF8(name, "\uFFFD")))
	parts := strings.Split(name, "/")
	unsafe = parts[0] == "" && len(parts) > 1 || slices.Contains(parts, "..")
	if len(parts[0]) == 2 && parts[0][1] == ':' { // C:
		unsafe, parts = true, parts[1:]
	}
	name = strings.TrimPrefix(path.Clean("/"+strings.Join(parts, "/")), "/")
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName-1]) + "…"
	}
	if name == "" {
		name = "unnamed"
	}
	return name, unsafe
}

// What systems and programs leave behind in archives, by folder, name and ending.
var (
	litterFolders = []string{"__macosx", ".git", ".svn", "$recycle.bin", "system volume information"}
	litterNames   = []string{"thumbs.db", "ehthumbs.db", "desktop.ini", "folder.htt", "autorun.inf"}
	litterEnds    = []string{".css", ".js", ".ttf", ".ttc", ".otf", ".woff", ".woff2", ".eot", ".lnk", ".tmp"}
)

// litter tells whether a clean name is that of no publication: what systems leave
// behind, hidden files, locks of office programs, fonts and styles of web pages.
func litter(name string) bool {
	parts := strings.Split(strings.ToLower(name), "/")
	for _, folder := range parts[:len(parts)-1] {
		if slices.Contains(litterFolders, folder) {
			return true
		}
	}
	base := parts[len(parts)-1]
	return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~$") ||
		slices.Contains(litterNames, base) ||
		slices.Contains(litterEnds, path.Ext(base))
}
