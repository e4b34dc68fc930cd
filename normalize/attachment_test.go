package normalize

import (
	"strings"
	"testing"

	"nianbao/extract"
)

func TestAttachments(t *testing.T) {
	for _, c := range []struct{ target, text, want string }{
		{"P0200122.xls", "附件：统计表", "P0200122.xls | 附件：统计表.xls | 统计表.xls"},
		{"P0200122.xls", "附件1：统计表.xls", "P0200122.xls | 附件1：统计表.xls | 统计表.xls"},
		{"附件/表.xlsx", "《2021年年报》", "附件/表.xlsx | 表.xlsx | 2021年年报.xlsx"},
		{"download", "附件.wps", "附件.wps"},
		{"a.pdf", "", "a.pdf"},
		{"a.pdf", "2021/2022", "a.pdf"},
		{"a.pdf", "a.pdf", "a.pdf"},
		{".pdf", "", ""},
	} {
		var got []string
		for _, a := range attachments(&extract.Document{Links: []extract.Link{{Target: c.target, Text: c.text}}}) {
			got = append(got, strings.Join(a.Names, " | "))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s %q: %s, want %s", c.target, c.text, strings.Join(got, "; "), c.want)
		}
	}
}
