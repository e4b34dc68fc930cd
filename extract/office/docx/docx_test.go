package docx

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/extract/embedded"
	"nianbao/extract/extracttest"
)

const head = `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">`

// document completes the body of a document, or what stands in one, to a file.
func document(in string) []byte {
	switch {
	case strings.HasPrefix(in, "<?xml"):
		return []byte(in)
	case strings.Contains(in, "<w:body>"):
		return []byte(head + in + `</w:document>`)
	case strings.Contains(in, "</w:tbl>") || strings.Contains(in, "</w:p>") && !strings.HasSuffix(in, "12\n"):
		return []byte(head + `<w:body>` + in + `</w:body></w:document>`)
	}
	return []byte(head + `<w:body>` + in)
}

func TestGolden(t *testing.T) {
	extracttest.Golden(t, "testdata/*.txtar", func(b []byte) (*extract.Document, error) { return ReadXML(document(string(b)), Options{}) })
}

// pack makes a package of parts, name and content in turn.
func pack(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err == nil {
			_, err = f.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const body = head + `<w:body><w:p><w:r><w:t>年报</w:t></w:r></w:p></w:body></w:document>`

// The main part is found by relationship, by content type, or by its usual name.
func TestMainPart(t *testing.T) {
	rels := func(target string) string {
		return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="` + target + `"/></Relationships>`
	}
	types := `<Types><Override PartName="/x/y.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>`
	for name, b := range map[string][]byte{
		"related":           pack(t, "_rels/.rels", rels("word/document2.xml"), "word/document2.xml", body),
		"related, absolute": pack(t, "_rels/.rels", rels("/a/b.xml"), "a/b.xml", body),
		"other case":        pack(t, "_rels/.rels", rels("Word/Document.xml"), "word/document.xml", body),
		"backslashes":       pack(t, `_rels\.rels`, rels(`word\d.xml`), `word\d.xml`, body),
		"by type":           pack(t, "[Content_Types].xml", types, "x/y.xml", body),
		"usual":             pack(t, "word/document.xml", body),
	} {
		doc, err := Read(b, Options{})
		if err != nil || len(doc.Lines) != 1 || doc.Lines[0].Text != "年报" {
			t.Errorf("%s: %+v, %v", name, doc, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	f, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 60 {
		if _, err := f.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	flipped := pack(t, "word/document.xml", strings.Replace(body, "年报", strings.Repeat("年报", 50), 1))
	i := bytes.Index(flipped, []byte("word/document.xml")) + 60
	flipped[i] ^= 4
	for name, test := range map[string]struct {
		in   []byte
		code string
	}{
		"no zip":      {[]byte("PK\x03\x04"), extract.RefusedDamaged},
		"no text":     {pack(t, "a.xml", "<a/>"), extract.RefusedDamaged},
		"other root":  {pack(t, "word/document.xml", "<html/>"), extract.RefusedDamaged},
		"bomb":        {bomb.Bytes(), extract.RefusedTooLarge},
		"flipped bit": {flipped, extract.RefusedDamaged},
		"many cells":  {pack(t, "word/document.xml", head+"<w:body><w:tbl>"+strings.Repeat("<w:tr>"+strings.Repeat("<w:tc/>", 60)+"</w:tr>", 6000)+"</w:tbl></w:body></w:document>"), extract.RefusedTooLarge},
	} {
		_, err := Read(test.in, Options{})
		var refusal *extract.Refusal
		if !errors.As(err, &refusal) || refusal.Code != test.code {
			t.Errorf("%s: %v, want a refusal %s", name, err, test.code)
		}
	}
}

// A file that was cut off is read as far as it goes, and says so.
func TestCutOff(t *testing.T) {
	var text strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&text, `<w:p><w:r><w:t>第%d行</w:t></w:r></w:p>`, i*i)
	}
	b := pack(t, "_rels/.rels", "", "word/document.xml", head+"<w:body>"+text.String()+"</w:body></w:document>", "word/media/a.png", "x")
	doc, err := Read(b[:len(b)*2/3], Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(doc.Lines); n < 500 || n > 2900 || doc.Lines[n-2].Text != fmt.Sprintf("第%d行", (n-2)*(n-2)) {
		t.Errorf("%d lines, the last but one %v", n, doc.Lines[n-2])
	}
	if len(doc.Warnings) != 1 || doc.Warnings[0].Code != "damaged" {
		t.Errorf("warnings %v", doc.Warnings)
	}
}

// What stands within the document is read in its place, once.
func TestEmbedded(t *testing.T) {
	const rels = `<Relationships><Relationship Id="p" Type="x/image" Target="media/a.png"/><Relationship Id="c" Type="x/aFChunk" Target="a.htm"/><Relationship Id="d" Type="x/aFChunk" Target="b.docx"/></Relationships>`
	text := strings.Replace(body, "</w:body>", `<w:p><w:r><w:drawing><a:blip xmlns:a="u" r:embed="p"/></w:drawing></w:r></w:p><w:altChunk r:id="c"/><w:altChunk r:id="c"/><w:altChunk r:id="d"/><w:p><w:r><w:t>完</w:t></w:r></w:p></w:body>`, 1)
	page := "<html><p>附<img src=\"data:image/png;base64," + base64.StdEncoding.EncodeToString(extracttest.Picture("y")) + "\"></p></html>"
	b := pack(t, "word/document.xml", text, "word/_rels/document.xml.rels", rels, "word/media/a.png", string(extracttest.Picture("x")), "word/a.htm", page, "word/b.docx", "PK\x03\x04")
	doc, err := Read(b, Options{Pictures: embedded.New(extracttest.Recogniser{}, nil)})
	if err != nil {
		t.Fatal(err)
	}
	want := "| 年报\n| above x\ntable 2 x 2\n  [a] [b]\n  [x] [1]\n| 附\n| above y\ntable 2 x 2\n  [a] [b]\n  [y] [1]\n| 完\nwarning embedded: the document shows 2 other files that stand within it and were not read; open it in Word and save it as PDF\n"
	if diff := cmp.Diff(want, extracttest.Render(doc)); diff != "" {
		t.Error(diff)
	}
}

// A cell that holds a picture of a table is one that lays the page out; one that
// holds a picture of which nothing is known is in doubt.
func TestPictureInCell(t *testing.T) {
	const rels = `<Relationships><Relationship Id="p" Type="x/image" Target="media/a.png"/></Relationships>`
	cell := func(in string) string { return "<w:tc><w:p><w:r>" + in + "</w:r></w:p></w:tc>" }
	text := head + "<w:body><w:tbl><w:tr>" + cell("<w:t>附表</w:t>") + cell(`<w:drawing><a:blip xmlns:a="u" r:embed="p"/></w:drawing>`) + "</w:tr></w:tbl></w:body></w:document>"
	b := pack(t, "word/document.xml", text, "word/_rels/document.xml.rels", rels, "word/media/a.png", string(extracttest.Picture("x")))
	for by, want := range map[extracttest.Recogniser]string{
		{}:                         "| 附表\n| above x\ntable 2 x 2\n  [a] [b]\n  [x] [1]\n",
		{Err: extract.ErrNoEngine}: "table 1 x 2\n  [附表] []\n  doubt image at 0,1\nwarning image_only: the document has 1 pictures and no table; the tables may be pictures\n",
	} {
		doc, err := Read(b, Options{Pictures: embedded.New(by, nil)})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, extracttest.Render(doc)); diff != "" {
			t.Error(diff)
		}
	}
}

// A document that is only a wrapping of a page is read as the page.
func TestWrappedPage(t *testing.T) {
	const rels = `<Relationships><Relationship Id="c" Type="x/aFChunk" Target="afchunk.mht"/></Relationships>`
	text := head + `<w:body><w:altChunk r:id="c"/></w:body></w:document>`
	page := "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<h1>年报</h1><table><tr><td>a</td><td>1</td></tr></table>\n--b--"
	doc, err := Read(pack(t, "word/document.xml", text, "word/_rels/document.xml.rels", rels, "word/afchunk.mht", page), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("# 年报\ntable 1 x 2\n  [a] [1]\n", extracttest.Render(doc)); diff != "" {
		t.Error(diff)
	}
}

// A table written with any noise of markup is read back as it was.
func TestTableRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := extracttest.DrawTable(t, "wordml")
		in := writeTable(t, want)
		doc, err := ReadXML(document(in), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(doc.Tables) != 1 {
			t.Fatalf("%d tables in %s", len(doc.Tables), in)
		}
		if diff := cmp.Diff(want, doc.Tables[0]); diff != "" {
			t.Fatalf("(-want +got):\n%s\n%s", diff, in)
		}
	})
}

func writeTable(t *rapid.T, table extract.Table) string {
	pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "noise") }
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;")
	at := make([][]*extract.Cell, table.Rows) // the cell at each place
	for i := range at {
		at[i] = make([]*extract.Cell, table.Cols)
	}
	for i := range table.Cells {
		c := &table.Cells[i]
		for y := range c.Height() {
			for x := range c.Width() {
				at[c.Row+y][c.Col+x] = c
			}
		}
	}
	var b strings.Builder
	b.WriteString("<w:tbl>" + pick("", "<w:tblPr><w:tblW w:w=\"5\"/></w:tblPr>") + "<w:tblGrid>")
	for range table.Cols {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, rapid.IntRange(300, 2000).Draw(t, "width"))
	}
	b.WriteString("</w:tblGrid>")
	for r := range table.Rows {
		b.WriteString(pick("<w:tr>", "<w:tr><w:trPr><w:tblHeader/></w:trPr>", "\n<w:tr>"))
		for c := 0; c < table.Cols; {
			cell := at[r][c]
			fmt.Fprintf(&b, `<w:tc><w:tcPr><w:gridSpan w:val="%d"/>`, cell.Width())
			switch {
			case cell.Height() > 1 && cell.Row == r:
				b.WriteString(`<w:vMerge w:val="restart"/>`)
			case cell.Row < r:
				b.WriteString(pick(`<w:vMerge/>`, `<w:vMerge w:val="continue"/>`))
			}
			b.WriteString("</w:tcPr>")
			if cell.Row < r {
				b.WriteString("<w:p/></w:tc>")
				c += cell.Width()
				continue
			}
			b.WriteString("<w:p>" + pick("", `<w:pPr><w:jc w:val="center"/></w:pPr>`))
			for i, line := range strings.Split(cell.Text, "\n") {
				if i > 0 {
					b.WriteString(pick("<w:r><w:br/></w:r>", "</w:p><w:p>", "<w:r><w:cr/></w:r>"))
				}
				open, end, _ := strings.Cut(pick("|", "<w:ins>|</w:ins>", "<w:sdt><w:sdtPr/><w:sdtContent>|</w:sdtContent></w:sdt>", "<w:hyperlink>|</w:hyperlink>"), "|")
				b.WriteString(open + "<w:r><w:t>" + escape.Replace(line) + "</w:t></w:r>" + end + pick("", "<w:del><w:r><w:delText>9</w:delText></w:r></w:del>", "<w:bookmarkStart/>", "<w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t></w:r>"))
			}
			b.WriteString("</w:p></w:tc>")
			c += cell.Width()
		}
		b.WriteString("</w:tr>")
	}
	b.WriteString("</w:tbl>")
	return b.String()
}

// Documents made to take long or to grow are read within the limits.
func TestHostile(t *testing.T) {
	const n = 20_000
	row := func(cells string) string { return "<w:tr>" + cells + "</w:tr>" }
	cellOf := func(props, text string) string {
		return "<w:tc><w:tcPr>" + props + "</w:tcPr><w:p><w:r><w:t>" + text + "</w:t></w:r></w:p></w:tc>"
	}
	var edges strings.Builder // rows whose edges all differ
	for i := range n / 63 {
		fmt.Fprintf(&edges, `<w:tr><w:trPr><w:gridBefore w:val="%d"/></w:trPr>%s</w:tr>`, i%63, strings.Repeat(cellOf(fmt.Sprintf(`<w:gridSpan w:val="%d"/>`, 1+i%7), "1"), 63))
	}
	label := strings.Repeat("%1", maxLevelText/2)
	for name, in := range map[string]string{
		"nested":  strings.Repeat(strings.Repeat("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p>", 60)+strings.Repeat("<w:p/></w:tc></w:tr></w:tbl>", 60), n/400),
		"spans":   "<w:tbl>" + strings.Repeat(row(strings.Repeat(cellOf(`<w:gridSpan w:val="2000000000"/><w:vMerge/>`, "x"), 10)), n/10) + "</w:tbl>",
		"edges":   "<w:tbl>" + edges.String() + "</w:tbl>",
		"merges":  "<w:tbl>" + strings.Repeat(row(strings.Repeat(cellOf(`<w:vMerge w:val="restart"/>`, "x"), 60)), n/60) + "</w:tbl>",
		"fields":  "<w:p>" + strings.Repeat(`<w:r><w:fldChar w:fldCharType="begin"/></w:r>`, n) + strings.Repeat(`<w:r><w:fldChar w:fldCharType="separate"/><w:t>1</w:t></w:r>`, n) + "</w:p>",
		"breaks":  "<w:p>" + strings.Repeat(`<w:r><w:br/></w:r>`, n) + "</w:p>",
		"runs":    "<w:tbl><w:tr>" + cellOf("", "a") + "<w:tc><w:p>" + strings.Repeat(`<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>`, n) + "</w:p></w:tc></w:tr></w:tbl>",
		"joined":  strings.Repeat(`<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>`, n),
		"numbers": "<w:numbering><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"999999\"/><w:lvlText w:val=\"" + label + "\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering><w:body>" + strings.Repeat(`<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:p>`, n) + "</w:body>",
		"styles":  "<w:styles>" + strings.Repeat(`<w:style w:styleId="a"><w:basedOn w:val="a"/></w:style>`, n) + "</w:styles><w:body>" + strings.Repeat(`<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>`, n) + "</w:body>",
		"spaces":  "<w:p>" + strings.Repeat(`<a:x xmlns:a="u1" xmlns:b="u2"><a:y xmlns:a="u3"/></a:x>`, n) + "</w:p>",
	} {
		t.Run(name, func(t *testing.T) {
			file := document(in)
			doc, err := ReadXML(file, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := extracttest.Check(doc); err != nil {
				t.Error(err)
			}
			if got := extracttest.Size(doc); got > 4*len(file) {
				t.Errorf("%d bytes became %d", len(file), got)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	in, err := os.ReadFile("../../../../shared/cases/docx-plain19.docx")
	if err != nil {
		b.Skip(err)
	}
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(in, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
