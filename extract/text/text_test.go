package text

import (
	"testing"

	"nianbao/extract/extracttest"
)

func TestGolden(t *testing.T) { extracttest.Golden(t, "testdata/*.txtar", Read) }

// A control character may have been the tab between two numbers.
func TestControl(t *testing.T) {
	doc, err := Read([]byte("规章\t1\t2\n规范性文件\t3\x08\x004\t5\n\x1a"))
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Tables) != 1 || len(doc.Lines) != 0 {
		t.Fatalf("%d tables, %d lines", len(doc.Tables), len(doc.Lines))
	}
	if got := doc.Tables[0].Cells[4].Text; got != "3\uFFFD4" {
		t.Errorf("read %q", got)
	}
}
