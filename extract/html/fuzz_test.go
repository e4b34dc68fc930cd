package html

import (
	"strings"
	"testing"

	"nianbao/extract/extracttest"
	"nianbao/process/guard"
)

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
		defer guard.Start()()
		doc, err := Read(b)
		if err != nil {
			return
		}
		extracttest.Fuzzed(t, doc, len(b), 4)
	})
}
