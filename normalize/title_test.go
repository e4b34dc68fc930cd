package normalize

import (
	"testing"

	"nianbao/extract"
)

func TestTitle(t *testing.T) {
	for _, c := range []struct {
		name   string
		lines  []string
		agency string
		year   int
	}{
		{"one line", []string{"某市水利局2022年政府信息公开工作年度报告"}, "某市水利局", 2022},
		{"agency above", []string{"某市水利局", "2022年政府信息公开工作年度报告"}, "某市水利局", 2022},
		{"agency above and again", []string{"某市水利局", "某市水利局 2022 年政府信息公开工作", "年度报告"}, "某市水利局", 2022},
		{"navigation above", []string{"网站首页", "政务服务", "互动交流", "某市水利局2022年政府信息公开工作年度报告"}, "某市水利局", 2022},
		{"menu of the same words", []string{"政府信息公开年度报告", "政府信息公开指南", "某市水利局2022年度政府信息公开年度报告"}, "某市水利局", 2022},
		{"broken in the year", []string{"某自治州民政局2018年年", "度政府信息公开工作年度报告"}, "某自治州民政局", 2018},
		{"year doubled", []string{"某市水利局2020年年度政府信息公开工作报告"}, "某市水利局", 2020},
		{"year damaged", []string{"某市水利局202020年政府信息公开工作年度报告"}, "某市水利局", 0},
		{"政务公开", []string{"某市水利局二〇二一年政务公开工作年度报告"}, "某市水利局", 2021},
		{"year in Chinese, 信息公开", []string{"某市水利局二〇二一年政府信息公开工作年度报告"}, "某市水利局", 2021},
		{"year first", []string{"2015年某市气象局政府信息公开工作年度报告"}, "某市气象局", 2015},
		{"year after the subject", []string{"某街道办事处政府信息公开2024年度报告"}, "某街道办事处", 2024},
		{"annex", []string{"附件1：某市水利局2022年政府信息公开工作年度报告"}, "某市水利局", 2022},
		{"path", []string{"首页>信息公开>年报>某市水利局2022年政府信息公开工作年度报告"}, "某市水利局", 2022},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := &extract.Document{}
			for _, l := range c.lines {
				doc.Lines = append(doc.Lines, extract.Line{Text: l})
			}
			id := identify(doc, plainLines(doc))
			if id.agency != c.agency || id.year != c.year {
				t.Errorf("got %q %d, want %q %d", id.agency, id.year, c.agency, c.year)
			}
		})
	}
}
