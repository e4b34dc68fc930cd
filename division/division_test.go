package division

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// exists reports whether a revision shows the division.
func exists(d Division, revision string) bool {
	return (d.From == "" || d.From <= revision) && (d.To == "" || revision <= d.To)
}

func TestData(t *testing.T) {
	if n := len(All()); n < 3500 {
		t.Errorf("%d divisions", n)
	}
	table := load()
	if !slices.IsSorted(table.revisions) {
		t.Errorf("revisions are not in order: %v", table.revisions)
	}
	for _, d := range All() {
		if d.Level() == "" || strings.Trim(d.Code, "0123456789") != "" {
			t.Errorf("code %q of %s", d.Code, d.Name)
		}
		if d.Name == "" || strings.ContainsAny(d.Name, " 0123456789") {
			t.Errorf("name %q of %s", d.Name, d.Code)
		}
		for _, date := range []string{d.From, d.To} {
			if date != "" && !slices.Contains(table.revisions, date) {
				t.Errorf("%s %s: %s is no revision", d.Code, d.Name, date)
			}
		}
		if d.From != "" && d.To != "" && d.From > d.To {
			t.Errorf("%s %s ends before it begins", d.Code, d.Name)
		}
		if d.To != "" && d.Level() != Zone && len(d.Next) == 0 {
			t.Errorf("%s %s went in %s, and nothing says what became of it", d.Code, d.Name, d.To)
		}
		for _, n := range d.Next {
			if _, ok := At(n, 0); !ok && len(ByCode(n)) == 0 {
				t.Errorf("%s %s: its successor %s is no division", d.Code, d.Name, n)
			}
		}
		for _, p := range Parents(d.Code) {
			if len(ByCode(p)) == 0 {
				t.Errorf("%s %s: nothing has the code %s of its parent", d.Code, d.Name, p)
			}
		}
	}
}

// A parent exists as long as what it holds, a code has one name, and a name is
// borne once under one parent.
func TestEveryRevision(t *testing.T) {
	for _, revision := range load().revisions {
		codes, names := map[string]string{}, map[string]string{}
		for _, d := range All() {
			if !exists(d, revision) || d.Level() == Zone {
				continue
			}
			if other := codes[d.Code]; other != "" {
				t.Errorf("%s: %s is %s and %s", revision, d.Code, other, d.Name)
			}
			codes[d.Code] = d.Name
			parent := ""
			if p := Parents(d.Code); len(p) > 0 {
				parent = p[0]
			}
			if other := names[parent+d.Name]; other != "" {
				t.Errorf("%s: %s and %s are both %s", revision, other, d.Code, d.Name)
			}
			names[parent+d.Name] = d.Code
		}
		for code, name := range codes {
			if p := Parents(code); len(p) > 0 && codes[p[0]] == "" {
				t.Errorf("%s: %s %s lies in %s, which is not there", revision, code, name, p[0])
			}
		}
	}
}

func TestTownships(t *testing.T) {
	n := 0
	for county := range townships() {
		if len(ByCode(county)) == 0 {
			t.Errorf("townships of %s, which is no division", county)
		}
		seen := map[string]bool{}
		for _, d := range Townships(county) {
			n++
			if d.Level() != Township || seen[d.Code] || d.Name == "" {
				t.Errorf("township %+v", d)
			}
			seen[d.Code] = true
		}
	}
	if n < 40000 {
		t.Errorf("%d townships", n)
	}
	if got := ByCode("110101001"); len(got) != 1 || got[0].Name != "东华门街道" {
		t.Errorf("110101001: %v", got)
	}
}

func codes(ds []Division) (out []string) {
	for _, d := range ds {
		out = append(out, d.Code)
	}
	return out
}

func TestNamed(t *testing.T) {
	for _, c := range []struct {
		name string
		year int
		want []string
	}{
		{"枣庄", 2019, []string{"370400"}},
		{"枣庄市", 2019, []string{"370400"}},
		{"鼓楼区", 2019, []string{"320106", "320302", "350102", "410204"}},
		{"内蒙古", 0, []string{"150000"}},
		{"恩施州", 0, []string{"422800"}},
		{"恩施", 0, []string{"422800", "422801"}},
		{"莱芜市", 2018, []string{"371200"}},
		{"莱芜市", 2021, nil},
		{"莱芜区", 2021, []string{"370116"}},
		{"鄂温克族自治旗", 0, []string{"150724"}},
		{"省", 0, nil},
		{"", 0, nil},
	} {
		if diff := cmp.Diff(c.want, codes(Named(c.name, c.year))); diff != "" {
			t.Errorf("%s %d: %s", c.name, c.year, diff)
		}
	}
}

func TestAt(t *testing.T) {
	for _, c := range []struct {
		code string
		year int
		want string
	}{
		{"370400", 2019, "枣庄市"},
		{"420600", 2008, "襄樊市"},
		{"420600", 2015, "襄阳市"},
		{"371200", 2018, "莱芜市"},
		{"371200", 2022, ""},
		{"371200", 0, ""},
		{"659005", 2012, "北屯市"},
		{"999999", 2012, ""},
		{"", 2012, ""},
	} {
		if d, ok := At(c.code, c.year); d.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s in %d: %q, %v", c.code, c.year, d.Name, ok)
		}
	}
}

func TestPlaces(t *testing.T) {
	for code, want := range map[string]string{
		"370402": "山东省枣庄市市中区", "110105": "北京市朝阳区", "429006": "湖北省天门市",
		"371202": "山东省莱芜市莱城区", "110101001": "北京市东城区东华门街道", "000000": "",
	} {
		if got := Full(code, 2018); got != want {
			t.Errorf("Full(%s): %q, want %q", code, got, want)
		}
	}
	if !Within("370402", "370400") || !Within("370402", "370000") || Within("371202", "370400") || Within("", "") || Within("370400", "370402") {
		t.Error("Within")
	}
	if got := Current("341421", "庐江县"); got != "340124" {
		t.Errorf("庐江县 is now %s", got)
	}
	if got := Current("371200", "莱芜市"); got != "371200" {
		t.Errorf("莱芜市 is now %s: it went to another city", got)
	}
}

// Whatever text is asked for, a form of a name leads to the name, and years are
// no trap.
func TestForms(t *testing.T) {
	for _, d := range All() {
		for _, f := range Forms(d.Name) {
			if !slices.ContainsFunc(Named(f, 0), func(o Division) bool { return o.Code == d.Code && o.Name == d.Name }) {
				t.Errorf("%s does not lead to %s", f, d.Name)
			}
			if f != d.Name && len([]rune(f)) < 2 {
				t.Errorf("%s has the form %s", d.Name, f)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		year := rapid.Int().Draw(t, "year")
		Forms(text)
		Named(text, year)
		At(text, year)
		Parents(text)
		Full(text, year)
		Within(text, rapid.String().Draw(t, "parent"))
		Current(text, text)
	})
}
