package docx

import (
	"os"
	"testing"

	"nianbao/extract/extracttest"
	"nianbao/process/guard"
)

// perByte is how much a byte may become: a generated number is as long as its
// level says, once a paragraph.
const perByte = 40

func FuzzReadXML(f *testing.F) {
	extracttest.Seeds(f, "testdata/*.txtar", func(in []byte) { f.Add(document(string(in))) })
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		if doc, err := ReadXML(b, Options{}); err == nil {
			extracttest.Fuzzed(t, doc, len(b), perByte)
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
		defer guard.Start()()
		if doc, err := Read(b, Options{}); err == nil {
			extracttest.Fuzzed(t, doc, 1100*len(b), perByte)
		}
	})
}
