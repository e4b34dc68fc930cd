package text

import (
	"testing"

	"nianbao/extract/extracttest"
)

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"a\tb\n\"c\nd\"\t1\n", "|a|b|\n|--|--|\n|1|2|", "┌─┬─┐\n│a│b│\n├─┴─┤\n│c  │\n└───┘",
		"+--+--+\n|a |b |\n+--+--+", "a,b,1\n\"c\"\"d\",2,3\n", "a  1  2\nb  3  4", "\"\"\"\"\"\"\",\",\"\t\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := Read(b)
		if err != nil {
			return
		}
		if err := extracttest.Check(doc); err != nil {
			t.Error(err)
		}
		n := 0
		for _, l := range doc.Lines {
			n += len(l.Text) + 1
		}
		for i := range doc.Tables {
			for j := range doc.Tables[i].Cells {
				n += len(doc.Tables[i].Cells[j].Text) + 1
			}
		}
		if n > 4*len(b)+100 {
			t.Errorf("%d bytes became %d", len(b), n)
		}
	})
}
