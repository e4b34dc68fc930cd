package html

import (
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/extracttest"
)

// size is how much a Document holds: its text and its cells.
func size(doc *extract.Document) int {
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

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`<table><tr><td rowspan=2 colspan=0>a<td>b<tr><td>c</table>`,
		`<table><thead><tr><th rowspan=65534>x<tbody><tr><td colspan=1000>y<table><tr><td>z<td>1</table></table>`,
		`<div style="display:table"><p style="display:table-row"><b style="display:table-cell">1</b><i style="display:table-cell">2</i></p></div>`,
		`<style>.h{display:none} td{visibility:hidden}@media print{p{}}</style><p class=h>x<del>1</del>2<sup>3</sup>`,
		strings.Repeat("<font>", 600) + "<table><tr><td>1<td>2</table>",
		`<select><option>a<option selected>b</select><input value=7><pre>1` + "\t2\n3\t4" + `</pre>`,
		"<meta charset=gbk>\xB1\xA8<frameset><frame src=a.htm></frameset>",
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
		if n := size(doc); n > 4*len(b)+1000 {
			t.Errorf("%d bytes became %d", len(b), n)
		}
	})
}
