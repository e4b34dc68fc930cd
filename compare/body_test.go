package compare

import (
	"testing"

	"pgregory.net/rapid"

	"nianbao/store"
)

func TestBodyOf(t *testing.T) {
	for _, c := range []struct {
		name, division string
		want           Body
	}{
		{"枣庄市信访局", "", Body{"city", "department", "信访局"}},
		{"枣庄市信访局", "370400", Body{"prefecture", "department", "信访局"}},
		{"山东省枣庄市滕州市财政局", "", Body{"county", "department", "财政局"}},
		{"昆山市财政局", "320583", Body{"county", "department", "财政局"}},
		{"晋城市城市管理局", "", Body{"city", "department", "城市管理局"}},
		{"济南市市中区人民政府", "", Body{"county", "government", "人民政府"}},
		{"济南市市场监督管理局", "", Body{"city", "department", "市场监督管理局"}},
		{"枣庄市政府办公室", "", Body{"city", "office", "政府办公室"}},
		{"柳川县统计局", "", Body{"county", "department", "统计局"}},
		{"柳川县市场监督管理局", "", Body{"county", "department", "市场监督管理局"}},
		{"景德镇市教育局", "", Body{"city", "department", "教育局"}},
		{"萍乡市人民政府", "", Body{"city", "government", "人民政府"}},
		{"三明市沙县区教育局", "", Body{"county", "department", "教育局"}},
		{"房山区住房和城乡建设委员会", "", Body{"county", "department", "住房和城乡建设委员会"}},
		{"云溪市青石镇人民政府", "", Body{"township", "government", "人民政府"}},
		{"鼓楼区湖南路街道办事处", "", Body{"township", "office", "办事处"}},
		{"新疆维吾尔自治区财政厅", "", Body{"province", "department", "财政厅"}},
		{"湘西土家族苗族自治州泸溪县人民政府", "", Body{"county", "government", "人民政府"}},
		{"甘肃省东乡族自治县教育局", "", Body{"county", "department", "教育局"}},
		{"北京市朝阳区人民政府", "", Body{"county", "government", "人民政府"}},
		{"上海市教育委员会", "", Body{"province", "department", "教育委员会"}},
		{"枣庄高新技术产业开发区管理委员会", "", Body{"zone", "zone", "管理委员会"}},
		{"上海市浦东新区财政局", "", Body{"county", "department", "财政局"}},
		{"国家统计局", "", Body{"national", "department", "统计局"}},
		{"国家税务总局枣庄市税务局", "", Body{"city", "department", "税务局"}},
		{"市民政局", "", Body{"city", "department", "民政局"}},
		{"市场监督管理局", "", Body{"", "department", "市场监督管理局"}},
		{"乡村振兴局", "", Body{"", "department", "乡村振兴局"}},
		{"某某", "", Body{"", "", "某某"}},
		{"", "", Body{"", "", ""}},
	} {
		if got := BodyOf(store.Agency{Name: c.name, Division: c.division}); got != c.want {
			t.Errorf("%s %s: %+v, want %+v", c.name, c.division, got, c.want)
		}
	}
}

// No name stops the program, and what is left of a name is its end.
func TestBodyOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOf(rapid.SampledFrom([]rune("国家省市县区镇乡街道自治州城场旗云溪局办新开发a\xff"))).Draw(t, "name")
		b := BodyOf(store.Agency{Name: name, Division: rapid.String().Draw(t, "division")})
		if len(b.Name) > len(name) || name[len(name)-len(b.Name):] != b.Name {
			t.Fatalf("%q leaves %q", name, b.Name)
		}
	})
}
