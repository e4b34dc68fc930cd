// Package mht reads web pages saved as one file with all they show (MHT), as
// browsers, Word and Excel save them: it finds the page among the parts of the
// message, decodes it and hands it to the reader of web pages, together with
// the pages in its frames and the pictures it shows. Of a workbook saved so, every sheet is read, in order.
//
// It knows no markup beyond the references between the parts.
package mht

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"

	"nianbao/extract"
	"nianbao/extract/charset"
	"nianbao/extract/embedded"
	page "nianbao/extract/html"
)

// maxBytes bounds a file; what is large in one are pictures.
const maxBytes = 96 << 20

// Read reads a saved page, and its pictures if there is who can. The error is an
// *extract.Refusal where the file itself is the reason.
func Read(b []byte, pictures *embedded.Pictures) (*extract.Document, error) {
	if len(b) > maxBytes {
		return nil, &extract.Refusal{Code: extract.RefusedTooLarge,
			Detail: fmt.Sprintf("the file has %d MB, the limit is %d MB; this is no report", len(b)>>20, maxBytes>>20)}
	}
	m := message{pictures: pictures, byName: map[string]*part{}, byFile: map[string]*part{}}
	m.add(bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")), " \t\r\n"), 0)
	root := m.root()
	if root == nil {
		return nil, &extract.Refusal{Code: extract.RefusedDamaged, Detail: "the file holds no page among its parts; open it in a browser and save it again"}
	}
	root.read = true
	body := root.page()
	doc, err := m.workbook(root, body)
	if doc == nil && err == nil {
		doc, err = page.ReadWith(body, m.shown(root.location))
	}
	if err != nil {
		return nil, err
	}
	doc.MediaType = extract.TypeMHT
	if strings.HasPrefix(root.location, "http://") || strings.HasPrefix(root.location, "https://") {
		doc.Meta = append(doc.Meta, extract.Meta{Name: extract.MetaAddress, Content: root.location})
	}
	for _, p := range m.parts {
		m.cutOff = m.cutOff || p.damaged
	}
	if m.cutOff {
		doc.Warnings = append(doc.Warnings, extract.Warning{Code: "damaged", Message: "a part of the file is missing or damaged and it was read as far as it goes; fetch it again from its source"})
	}
	return doc, nil
}

// shown gives what a page at base refers to: pages, each of them once, and
// pictures.
func (m *message) shown(base string) page.Options {
	return page.Options{
		Frames: func(src string) []byte {
			p := m.find(base, src)
			if p == nil || p.read || !p.isPage() {
				return nil
			}
			p.read = true
			return p.page()
		},
		Pictures: m.pictures,
		Picture: func(src string) []byte {
			p := m.find(base, src)
			if p == nil || p.isPage() {
				return nil
			}
			b, _ := p.decode()
			return b
		},
	}
}

// find is the part that a page at base calls src.
func (m *message) find(base, src string) *part {
	src = strings.ReplaceAll(strings.TrimSpace(src), `\`, "/")
	if p := m.byName[strings.ToLower(src)]; p != nil {
		return p
	}
	if b, err := url.Parse(base); err == nil {
		if u, err := b.Parse(src); err == nil {
			if p := m.byName[strings.ToLower(u.String())]; p != nil {
				return p
			}
		}
	}
	return m.byFile[file(src)]
}

// file is the last word of an address, by which programs that write addresses
// in odd ways still agree.
func file(address string) string {
	if u, err := url.PathUnescape(address); err == nil {
		address = u
	}
	return strings.ToLower(path.Base(strings.ReplaceAll(address, `\`, "/")))
}

// sheets finds the sheets that the first page of a workbook lists. It takes two
// milliseconds to compile, which no program should take to start.
var sheets = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?is)<x:ExcelWorksheet>\s*(?:<x:Name>([^<]*)</x:Name>)?.{0,900}?<x:WorksheetSource\s+HRef="([^"]+)"`)
})

// maxSheets is how many sheets are read.
const maxSheets = 256

// workbook reads the sheets of a workbook; it is nil where the page is none.
func (m *message) workbook(root *part, body []byte) (*extract.Document, error) {
	text := charset.Decode(body).String
	var out *extract.Document
	for _, found := range sheets().FindAllStringSubmatch(text, maxSheets) {
		p := m.find(root.location, html.UnescapeString(found[2]))
		if p == nil || p.read {
			continue
		}
		p.read = true
		doc, err := page.ReadWith(p.page(), m.shown(p.location))
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = &extract.Document{Lines: []extract.Line{}, Tables: []extract.Table{}, Title: doc.Title, Meta: doc.Meta}
		}
		if name := strings.TrimSpace(html.UnescapeString(found[1])); name != "" {
			out.Lines = append(out.Lines, extract.Line{Text: name})
		}
		for i := range doc.Tables {
			doc.Tables[i].Line += len(out.Lines)
		}
		out.Lines = append(out.Lines, doc.Lines...)
		out.Tables = append(out.Tables, doc.Tables...)
		out.Links = append(out.Links, doc.Links...)
		out.Warnings = append(out.Warnings, doc.Warnings...)
	}
	return out, nil
}
