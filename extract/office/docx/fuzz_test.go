package docx

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"nianbao/extract"
	"nianbao/extract/extracttest"
)

// size is how much a Document holds: its text and its cells.
func size(doc *extract.Document) int {
	n := len(doc.Title)
	for _, l := range doc.Lines {
		n += len(l.Text) + 1
	}
	for i := range doc.Tables {
		n += len(doc.Tables[i].Doubts) + 1
		for j := range doc.Tables[i].Cells {
			n += len(doc.Tables[i].Cells[j].Text) + 1
		}
	}
	return n
}

func check(t *testing.T, doc *extract.Document, in int) {
	if err := extracttest.Check(doc); err != nil {
		t.Error(err)
	}
	// A generated number is as long as its level says, once a paragraph.
	if n := size(doc); n > 40*in+1000 {
		t.Errorf("%d bytes became %d", in, n)
	}
}

func FuzzReadXML(f *testing.F) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(document(string(a.Files[0].Data)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if doc, err := ReadXML(b, Options{}); err == nil {
			check(t, doc, len(b))
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(pack(f, "_rels/.rels", `<Relationships><Relationship Type="officeDocument" Target="w.xml"/></Relationships>`, "w.xml", body, "_rels/w.xml.rels", `<Relationships/>`))
	whole := pack(f, "word/document.xml", body)
	f.Add(whole[:len(whole)-30])
	if b, err := os.ReadFile("../../../../shared/cases/docx-plain19.docx"); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if doc, err := Read(b, Options{}); err == nil {
			check(t, doc, 1100*len(b))
		}
	})
}
