package notice

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
)

// The parts of a Word file that hold no text of ours (ECMA-376, part 1).
const (
	contentTypes = xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`
	relationships = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	documentRelationships = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`

	namespace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	// The sizes, in half points, are those of official documents: 二号 for the
	// title, 三号 for the text.
	styles = xml.Header + `<w:styles ` + namespace + `><w:docDefaults><w:rPrDefault><w:rPr>` +
		`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋"/><w:sz w:val="32"/></w:rPr></w:rPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
		`<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="center"/><w:spacing w:after="400"/></w:pPr>` +
		`<w:rPr><w:rFonts w:eastAsia="方正小标宋简体"/><w:sz w:val="44"/></w:rPr></w:style>` +
		`<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="200"/><w:outlineLvl w:val="0"/></w:pPr>` +
		`<w:rPr><w:rFonts w:eastAsia="黑体"/></w:rPr></w:style></w:styles>`
)

// WriteDocx writes the notice as a Word file. The same notice gives the same
// bytes.
func (n *Notice) WriteDocx(w io.Writer) error {
	var body bytes.Buffer
	body.WriteString(xml.Header + `<w:document ` + namespace + `><w:body>`)
	for _, p := range n.paragraphs() {
		body.WriteString(`<w:p>`)
		switch p.kind {
		case titleLine:
			body.WriteString(`<w:pPr><w:pStyle w:val="Title"/></w:pPr>`)
		case headingLine:
			body.WriteString(`<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>`)
		default:
			body.WriteString(`<w:pPr><w:ind w:firstLine="640"/></w:pPr>`)
		}
		body.WriteString(`<w:r><w:t xml:space="preserve">`)
		if err := xml.EscapeText(&body, []byte(p.text)); err != nil {
			return fmt.Errorf("write a paragraph: %w", err)
		}
		body.WriteString(`</w:t></w:r></w:p>`)
	}
	body.WriteString(`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	z := zip.NewWriter(w)
	for _, part := range [][2]string{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", relationships},
		{"word/document.xml", body.String()}, {"word/_rels/document.xml.rels", documentRelationships}, {"word/styles.xml", styles},
	} {
		f, err := z.Create(part[0])
		if err != nil {
			return fmt.Errorf("write %s: %w", part[0], err)
		}
		if _, err := io.WriteString(f, part[1]); err != nil {
			return fmt.Errorf("write %s: %w", part[0], err)
		}
	}
	return z.Close()
}
