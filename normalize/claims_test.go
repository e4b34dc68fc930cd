package normalize

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"nianbao/extract"
)

func TestClaims(t *testing.T) {
	doc := &extract.Document{
		Title: "枣庄市信访局2019年政府信息公开工作年度报告_枣庄市人民政府",
		Meta: []extract.Meta{
			{Name: "SiteName", Content: "枣庄市人民政府门户网站"},
			{Name: extract.MetaAddress, Content: "https://www.example.gov.cn/a.html?area=370400"},
		},
		Lines: []extract.Line{
			{Text: "索引号：91350100M000100Y43/2020-00012"},
			{Text: "枣庄市信访局2019年政府信息公开工作年度报告"},
			{Text: "本报告由市信访局编制。统一社会信用代码：91350100M000100Y44"},
			{Text: "枣庄市信访局"},
			{Text: "2020年1月22日"},
		},
		Tables: []extract.Table{{Rows: 1, Cols: 2, Cells: []extract.Cell{{Text: "社会信用代码"}, {Col: 1, Text: "91350100M000100Y43"}}}},
	}
	id := identify(doc, plainLines(doc))
	want := []Claim{
		{ClaimTitle, "枣庄市信访局"},
		{ClaimPage, "枣庄市信访局"},
		{ClaimSite, "枣庄市人民政府"},
		{ClaimAddress, "https://www.example.gov.cn/a.html?area=370400"},
		{ClaimText, "市信访局"},
		{ClaimSignature, "枣庄市信访局"},
		{ClaimCredit, "91350100M000100Y43"},
	}
	if diff := cmp.Diff(want, id.claims); diff != "" {
		t.Error(diff)
	}
	found := 0
	for _, f := range id.findings {
		if f.Rule == "credit_code_wrong" {
			found++
		}
	}
	if found != 1 {
		t.Errorf("%d findings on credit codes: %+v", found, id.findings)
	}
}
