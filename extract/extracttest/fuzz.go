package extracttest

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"nianbao/extract"
)

// Seeds gives the input of each golden file to a fuzz target.
func Seeds(f *testing.F, glob string, add func(in []byte)) {
	f.Helper()
	names, err := filepath.Glob(glob)
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		add(a.Files[0].Data)
	}
}

// Fuzzed checks a Document that was made of so many bytes: it keeps its promises,
// and is no larger than most times them.
func Fuzzed(t *testing.T, doc *extract.Document, in, most int) {
	t.Helper()
	if err := Check(doc); err != nil {
		t.Error(err)
	}
	if n := Size(doc); n > most*in+1000 {
		t.Errorf("%d bytes became %d", in, n)
	}
}

// Size is how much a Document holds: its text and its cells.
func Size(doc *extract.Document) int {
	n := len(doc.Title)
	for _, m := range doc.Meta {
		n += len(m.Name) + len(m.Content)
	}
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
