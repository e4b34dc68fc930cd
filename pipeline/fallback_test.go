package pipeline

import (
	"errors"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/office/libreoffice"
)

// wordML is a document of Word 2003 in XML with one table.
const wordML = `<?xml version="1.0" encoding="UTF-8"?>
<?mso-application progid="Word.Document"?>
<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:p><w:r><w:t>年度报告</w:t></w:r></w:p>
<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid><w:tr><w:tc><w:p><w:r><w:t>公开</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>12</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:wordDocument>`

// What no reader reads goes to LibreOffice, or the refusal says to install it.
func TestFallback(t *testing.T) {
	t.Run("missing", func(t *testing.T) {
		t.Setenv("PATH", "")
		_, err := orConvert([]byte(wordML), extract.TypeWordML, nil, unreadable(extract.TypeWordML))
		var r *extract.Refusal
		if !errors.As(err, &r) || r.Code != extract.RefusedUnsupported || !strings.Contains(r.Detail, libreoffice.Install) {
			t.Error(err)
		}
	})
	read := &extract.Document{}
	if doc, err := orConvert([]byte(wordML), extract.TypeWordML, read, nil); doc != read || err != nil {
		t.Errorf("what a reader of ours reads came to %v, %v", doc, err)
	}
	damaged := &extract.Refusal{Code: extract.RefusedDamaged}
	if _, err := orConvert([]byte(wordML), extract.TypeWordML, nil, damaged); err != damaged {
		t.Error(err)
	}
	if libreoffice.Find() == "" {
		t.Skip("LibreOffice is not installed")
	}
	doc, err := orConvert([]byte(wordML), extract.TypeWordML, nil, unreadable(extract.TypeWordML))
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Tables) != 1 || len(doc.Tables[0].Cells) != 2 || doc.Tables[0].Cells[1].Text != "12" ||
		doc.Tables[0].Cells[1].Reader != "office/libreoffice+html" || doc.MediaType != extract.TypeWordML {
		t.Errorf("%+v", doc)
	}
}
