package normalize

import "testing"

func TestDoubled(t *testing.T) {
	for title, want := range map[string]string{
		"甲市水利局2020年年度政府信息公开工作年度报告": "年",
		"甲市水利局2020年政府信息公开政府信息公开报告": "政府信息公开",
		"甲市人民政府政府信息公开工作年度报告":       "",
		"甲市水利局甲市水利局2022年度政府信息公开年报": "",
		"哈哈镇2020年度政府信息公开工作年度报告":    "",
	} {
		if got := doubled(title); got != want {
			t.Errorf("%s: %q, want %q", title, got, want)
		}
	}
}
