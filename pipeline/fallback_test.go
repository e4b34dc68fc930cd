package pipeline

import (
	"errors"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/office/libreoffice"
	"nianbao/fixtures/office"
	"nianbao/store"
)

// wordML is a document of Word 2003 in XML with one table.
const wordML = `<?xml version="1.0" encoding="UTF-8"?>
<?mso-application progid="Word.Document"?>
<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:p><w:r><w:t>年度报告</w:t></w:r></w:p>
<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid><w:tr><w:tc><w:p><w:r><w:t>公开</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>12</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:wordDocument>`

// What no reader reads goes to LibreOffice, or the refusal says to install it; and
// only that depends on LibreOffice.
func TestFallback(t *testing.T) {
	old := unreadable(extract.TypeWordML)
	for _, c := range []struct {
		name, media string
		err         error
		want        bool
	}{
		{"read by a reader of ours", extract.TypeWordML, nil, false},
		{"damaged", extract.TypeWordML, &extract.Refusal{Code: extract.RefusedDamaged}, false},
		{"of another kind", extract.TypePPTX, old, false},
		{"an error", extract.TypeWordML, errors.New("broken"), false},
		{"too old", extract.TypeWordML, old, true},
		{"a sheet of OpenDocument", extract.TypeODS, unreadable(extract.TypeODS), true},
	} {
		if got := convertible(c.media, c.err) != nil; got != c.want {
			t.Errorf("%s: goes to LibreOffice: %v, want %v", c.name, got, c.want)
		}
	}
	t.Run("missing", func(t *testing.T) {
		t.Setenv("PATH", "")
		_, err := convert([]byte(wordML), extract.TypeWordML, old)
		var r *extract.Refusal
		if !errors.As(err, &r) || r.Code != extract.RefusedUnsupported || !strings.Contains(r.Detail, libreoffice.Install) {
			t.Error(err)
		}
		works := office.Container("CONTENTS")
		if media, _, tool, err := read(works, Options{}); media != extract.TypeWorks || tool != store.Office || err == nil {
			t.Errorf("a file of Works came to %s, %q, %v", media, tool, err)
		}
		if _, _, tool, err := read([]byte("年报"), Options{}); tool != "" || err != nil {
			t.Errorf("a text came to %q, %v", tool, err)
		}
	})
	if libreoffice.Find() == "" {
		t.Skip("LibreOffice is not installed")
	}
	doc, err := convert([]byte(wordML), extract.TypeWordML, old)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Tables) != 1 || len(doc.Tables[0].Cells) != 2 || doc.Tables[0].Cells[1].Text != "12" ||
		doc.Tables[0].Cells[1].Reader != "office/libreoffice+html" || doc.MediaType != extract.TypeWordML {
		t.Errorf("%+v", doc)
	}
	// A sheet of OpenDocument, as one XML file.
	const sheet = `<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:mimetype="application/vnd.oasis.opendocument.spreadsheet" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="a">` +
		`<table:table-row><table:table-cell office:value-type="string"><text:p>年度报告</text:p></table:table-cell></table:table-row><table:table-row/>` +
		`<table:table-row><table:table-cell office:value-type="string"><text:p>公开</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell></table:table-row>` +
		`</table:table></office:spreadsheet></office:body></office:document>`
	doc, err = convert([]byte(sheet), extract.TypeODS, unreadable(extract.TypeODS))
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Lines) != 1 || len(doc.Tables) != 1 || len(doc.Tables[0].Cells) != 2 || doc.Tables[0].Cells[1].Text != "12" ||
		doc.Tables[0].Cells[1].Reader != "office/libreoffice+xlsx" || doc.MediaType != extract.TypeODS {
		t.Errorf("%+v", doc)
	}
}
