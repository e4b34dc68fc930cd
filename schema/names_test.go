package schema

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	for _, c := range []struct{ form, id, chinese, english string }{
		{"2021", "requests.refused.state_secret.total", "三/三、本年度办理结果/（三）不予公开/1.属于国家秘密/申请人情况/总计", "refused: state secret: total"},
		{"2021", "litigation.direct.pending", "四/行政诉讼/未经复议直接起诉/尚未审结", "administrative litigation: without review: pending"},
		{"2014", "capacity.staff", "统计表/（三）从事政府信息公开工作人员数/统计数", "staff for disclosure"},
	} {
		cell := Lookup(c.form).Cell(c.id)
		if got := cell.Chinese(); got != c.chinese {
			t.Errorf("%s is called %q, want %q", c.id, got, c.chinese)
		}
		if got := cell.English(); got != c.english {
			t.Errorf("%s is called %q, want %q", c.id, got, c.english)
		}
	}
}

// Every cell has a name of its own in English, the same in every form, and every
// line of the table is used.
func TestEnglish(t *testing.T) {
	byName, used := map[string]string{}, map[string]bool{}
	for _, f := range Forms() {
		for i := range f.Cells {
			c := &f.Cells[i]
			name := c.English()
			if other, ok := byName[name]; ok && other != c.ID {
				t.Errorf("%s and %s are both called %q", c.ID, other, name)
			}
			byName[name] = c.ID
			parts := strings.Split(c.ID, ".")
			last := parts[len(parts)-1]
			_, whole := english()[c.ID]
			if _, ok := english()["."+last]; !ok && !whole {
				t.Errorf("the last part of %s has no name", c.ID)
			}
			for i, p := range parts {
				prefix := strings.Join(parts[:i+1], ".")
				used[prefix] = true
				if _, ok := english()[prefix]; !ok {
					used["."+p] = true
				}
			}
		}
	}
	for part := range english() {
		if !used[part] {
			t.Errorf("no cell uses the name of %q", part)
		}
	}
}
