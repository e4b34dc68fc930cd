package mht

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"regexp"
	"strings"

	"nianbao/extract/charset"
	"nianbao/extract/embedded"
)

// Limits of a message.
const (
	maxParts  = 5000
	maxNested = 5
)

// message is the parts of a file.
type message struct {
	pictures *embedded.Pictures
	parts    []*part
	byName   map[string]*part // by address and by id, in lower case
	byFile   map[string]*part // by the last word of the address
	start    string           // id of the part to begin with
	cutOff   bool
}

// part is a file within the message.
type part struct {
	media, charset string
	encoding       string
	location       string
	body           []byte
	read           bool
	damaged        bool
}

// header is the lines in front of a part, by lower-case name.
type header map[string]string

// split parts a text into its header, lines joined, and what follows.
func split(b []byte) (header, []byte) {
	h := header{}
	last := ""
	for len(b) > 0 {
		line, rest, _ := bytes.Cut(b, []byte("\n"))
		b = rest
		text := string(bytes.TrimRight(line, "\r"))
		if strings.TrimSpace(text) == "" {
			break
		}
		if text[0] == ' ' || text[0] == '\t' {
			if last != "" && len(h[last]) < 8<<10 {
				h[last] += " " + strings.TrimSpace(text)
			}
			continue
		}
		if key, value, found := strings.Cut(text, ":"); found {
			last = strings.ToLower(strings.TrimSpace(key))
			h[last] = strings.TrimSpace(value)
		}
	}
	return h, b
}

var boundaryIn = regexp.MustCompile(`(?i)boundary="?([^";]+)`)

// add takes in a part and those within it.
func (m *message) add(b []byte, depth int) {
	h, body := split(b)
	media, params, err := mime.ParseMediaType(h["content-type"])
	if err != nil { // written in a way of its own
		media, _, _ = strings.Cut(strings.ToLower(h["content-type"]), ";")
		media = strings.TrimSpace(media)
		params = map[string]string{}
		if found := boundaryIn.FindStringSubmatch(h["content-type"]); found != nil {
			params["boundary"] = strings.TrimSpace(found[1])
		}
	}
	if strings.HasPrefix(media, "multipart/") {
		if boundary := params["boundary"]; boundary != "" && depth < maxNested {
			if m.start == "" {
				m.start = id(params["start"])
			}
			m.divide(body, boundary, depth)
		}
		return
	}
	if len(m.parts) >= maxParts {
		return
	}
	p := &part{media: strings.ToLower(media), charset: params["charset"], encoding: strings.ToLower(h["content-transfer-encoding"]),
		location: strings.ReplaceAll(h["content-location"], `\`, "/"), body: body}
	m.parts = append(m.parts, p)
	for _, name := range []string{p.location, id(h["content-id"])} {
		if name = strings.ToLower(name); name != "" && m.byName[name] == nil {
			m.byName[name] = p
		}
	}
	if p.location != "" && m.byFile[file(p.location)] == nil {
		m.byFile[file(p.location)] = p
	}
}

// id is how pages refer to the id of a part.
func id(s string) string {
	if s = strings.Trim(strings.TrimSpace(s), "<>"); s == "" {
		return ""
	}
	return "cid:" + s
}

// divide cuts a body at its boundaries.
func (m *message) divide(b []byte, boundary string, depth int) {
	mark := []byte("--" + boundary)
	from := -1
	for at := 0; len(m.parts) < maxParts; {
		i := bytes.Index(b[at:], mark)
		if i < 0 {
			break
		}
		i += at
		at = i + len(mark)
		if i > 0 && b[i-1] != '\n' {
			continue
		}
		if from >= 0 {
			m.add(b[from:i], depth+1)
		}
		from = len(b)
		if bytes.HasPrefix(b[at:], []byte("--")) {
			return
		}
		if end := bytes.IndexByte(b[at:], '\n'); end >= 0 {
			from = at + end + 1
		}
	}
	m.cutOff = true
	if from >= 0 && from < len(b) {
		m.add(b[from:], depth+1)
	}
}

// root is the part to begin with: the one named so, else the first page.
func (m *message) root() *part {
	if p := m.byName[strings.ToLower(m.start)]; p != nil && m.start != "" {
		return p
	}
	for _, p := range m.parts {
		if p.isPage() {
			return p
		}
	}
	return nil
}

func (p *part) isPage() bool {
	return p.media == "text/html" || p.media == "application/xhtml+xml" || p.media == "" && bytes.Contains(p.body, []byte("<"))
}

// page is the part as a page. What its header says of the charset counts where
// the page itself is silent.
func (p *part) page() []byte {
	b, whole := p.decode()
	p.damaged = !whole
	if p.charset == "" || strings.HasPrefix(strings.ToLower(p.charset), "utf-16") || bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")) || charset.Declared(b) != "" {
		return b
	}
	name := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'z' && r != '`' {
			return r
		}
		return -1
	}, p.charset)
	return append([]byte(`<meta charset="`+name+`">`), b...)
}

// decode undoes the transfer encoding. Where the text is damaged, it ends.
func (p *part) decode() (b []byte, whole bool) {
	switch p.encoding {
	case "base64":
		clean := bytes.Map(func(r rune) rune {
			if r <= ' ' || r == '=' {
				return -1
			}
			return r
		}, p.body)
		out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
		n, err := base64.RawStdEncoding.Decode(out, clean)
		return out[:n], err == nil
	case "quoted-printable":
		return quoted(p.body), true
	}
	return p.body, true
}

// quoted decodes quoted-printable text; a line that is none stays as it is.
func quoted(b []byte) []byte {
	if out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(b))); err == nil {
		return out
	}
	hex := func(c byte) int {
		switch {
		case c >= '0' && c <= '9':
			return int(c - '0')
		case c >= 'A' && c <= 'F':
			return int(c-'A') + 10
		case c >= 'a' && c <= 'f':
			return int(c-'a') + 10
		}
		return -1
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '=' {
			out = append(out, b[i])
			continue
		}
		switch rest := b[i+1:]; {
		case len(rest) >= 2 && hex(rest[0]) >= 0 && hex(rest[1]) >= 0:
			out = append(out, byte(hex(rest[0])<<4|hex(rest[1])))
			i += 2
		case len(rest) >= 1 && rest[0] == '\n':
			i++
		case len(rest) >= 2 && rest[0] == '\r' && rest[1] == '\n':
			i += 2
		default:
			out = append(out, '=')
		}
	}
	return out
}
