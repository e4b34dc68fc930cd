package html

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nianbao/extract"
)

func TestLinks(t *testing.T) {
	const many = maxLinks + 1
	var lots strings.Builder
	for i := range many {
		fmt.Fprintf(&lots, "<a href=%d.pdf>x</a>", i)
	}
	for _, c := range []struct {
		in   string
		want []extract.Link
	}{
		{`<p>正文</p>`, nil},
		{`<a href="index.html">首页</a><a href="/"></a><a href="javascript:open('a.pdf')">b</a><a href="mailto:a@b.pdf">c</a><a name=x>附件</a>`, nil},
		{`<a href="./P0200122.xls">附件：<b>统计表</b></a>`, []extract.Link{{Target: "P0200122.xls", Text: "附件：统计表"}}},
		{`<a href="附件/表.XLSX?v=1#a">x</a><a href="附件/表.XLSX?v=1#a">x</a>`, []extract.Link{{Target: "附件/表.XLSX", Text: "x"}}},
		{`<a href="http://www.example.gov.cn/2021/a%20b.pdf">y</a>`, []extract.Link{{Target: "a b.pdf", Text: "y"}}},
		{`<a href="/2021/a.pdf"></a><a href="../../b.doc" title="正文"></a>`, []extract.Link{{Target: "a.pdf"}, {Target: "b.doc", Text: "正文"}}},
		{`<a href="%B8%BD%BC%FE.doc">GBK</a>`, []extract.Link{{Target: "附件.doc", Text: "GBK"}}},
		{`<a href="/download.jsp?id=3&name=%E9%99%84%E4%BB%B6.et">z</a>`, []extract.Link{{Target: "附件.et", Text: "z"}}},
		{`<a href="/download?id=3">附件.wps</a>`, []extract.Link{{Target: "download", Text: "附件.wps"}}},
		{`<a href="C:\年报\附件.xls">w</a><a href="100%.pdf">v</a>`, []extract.Link{{Target: "附件.xls", Text: "w"}, {Target: "100%.pdf", Text: "v"}}},
		{`<iframe src="a.pdf"></iframe><embed src="b.ofd"><object data="c.pdf"></object>`, []extract.Link{{Target: "a.pdf"}, {Target: "b.ofd"}, {Target: "c.pdf"}}},
	} {
		doc, err := Read([]byte(`<html><meta charset=utf-8><body>` + c.in))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, doc.Links); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.in, d)
		}
	}
	if doc, err := Read([]byte(lots.String())); err != nil || len(doc.Links) != maxLinks {
		t.Errorf("%d links of %d are kept, %v", len(doc.Links), many, err)
	}
}
