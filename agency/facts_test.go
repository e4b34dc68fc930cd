package agency

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every body of a fact is in the list of bodies, or names would not come to it.
func TestFacts(t *testing.T) {
	if len(Facts()) < 20 {
		t.Errorf("%d facts", len(Facts()))
	}
	for _, f := range Facts() {
		for _, b := range append(slices.Clone(f.From), f.To) {
			if bodies()[b] != b {
				t.Errorf("%s is no body in normal form (bodies.csv)", b)
			}
		}
		if f.Source == "" {
			t.Errorf("%s of %v has no source", f.To, f.From)
		}
	}
}

func TestReadFacts(t *testing.T) {
	got, err := ReadFacts(strings.NewReader("kind,from,to,since,source,division\nmerged,房产管理局 + 建设局,住房和城乡建设局,2010-05-01,市政府文件,370400\n"))
	want := []Fact{{Merged, []string{"房产管理局", "建设局"}, "住房和城乡建设局", "2010-05-01", "市政府文件", "370400"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, bad := range []string{
		"", "a,b\n", "kind,from,to,since,source\nmerged,建设局,住建局,2010-01-01,x\n", "kind,from,to,since,source\ncontinued,a,b,2010,x\n",
		"kind,from,to,since,source\nother,a,b,2010-01-01,x\n", "kind,from,to,since,source\ncontinued,a,,2010-01-01,x\n",
		"kind,from,to,since,source,division\ncontinued,a,b,2010-01-01,x,37\n",
	} {
		if _, err := ReadFacts(strings.NewReader(bad)); err == nil {
			t.Errorf("no error for %q", bad)
		}
	}
}

func TestSuggest(t *testing.T) {
	zz := func(name string, first, last int) Years {
		return Years{Identity{"枣庄市" + name, "370400"}, first, last}
	}
	got := Suggest(Facts(), []Years{
		zz("环境保护局", 2014, 2017), zz("生态环境局", 2018, 2023), // one to one
		zz("农业局", 2014, 2019), zz("农业农村局", 2018, 2023), // both in 2018 and 2019: not one
		zz("工商行政管理局", 2014, 2017), zz("质量技术监督局", 2014, 2017), zz("市场监督管理局", 2018, 2023),
		zz("医疗保障局", 2019, 2023),                         // founded: follows none
		zz("林业局", 2009, 2010), zz("林业和草原局", 2019, 2023), // too long before
		{Identity{"济宁市环境保护局", "370800"}, 2014, 2017},                                              // of another division
		{Identity{"环境保护局", ""}, 2014, 2017},                                                       // not resolved
		{Identity{"章丘市财政局", "370181"}, 2014, 2015}, {Identity{"济南市章丘区财政局", "370114"}, 2016, 2023}, // a division renamed
		{Identity{"莱芜市财政局", "371200"}, 2014, 2017}, {Identity{"济南市财政局", "370100"}, 2014, 2023}, // merged into another one
		{Identity{"杭州市江干区财政局", "330104"}, 2014, 2019}, {Identity{"杭州市钱塘区财政局", "330114"}, 2021, 2023}, // divided
		{Identity{"庐山市财政局", "360483"}, 2016, 2023}, {Identity{"九江市庐山区财政局", "360402"}, 2010, 2015}, // no relation
	})
	var lines []string
	for _, s := range got {
		var from []string
		for _, f := range s.From {
			from = append(from, f.Name)
		}
		line := string(s.Kind) + " " + strings.Join(from, " + ") + " → " + s.To.Name + " " + s.Since
		if s.Joins {
			line += " joins"
		}
		lines = append(lines, line)
	}
	want := []string{
		"split 杭州市江干区财政局 → 杭州市钱塘区财政局 2020-06",
		"merged 莱芜市财政局 → 济南市财政局 2018-10",
		"continued 章丘市财政局 → 济南市章丘区财政局 2016-07 joins",
		"continued 枣庄市农业局 → 枣庄市农业农村局 2018-03-17",
		"merged 枣庄市工商行政管理局 + 枣庄市质量技术监督局 → 枣庄市市场监督管理局 2018-03-17",
		"continued 枣庄市林业局 → 枣庄市林业和草原局 2018-03-17",
		"continued 枣庄市环境保护局 → 枣庄市生态环境局 2018-03-17 joins",
	}
	slices.Sort(lines)
	slices.Sort(want)
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}
