package division

import (
	"bytes"
	"encoding/csv"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mozillazg/go-pinyin"
)

var update = flag.Bool("update", false, "write the data of spellings anew")

// The data of spellings is what the names give: run with -update where they change.
func TestSpellings(t *testing.T) {
	const file = "data/pinyin.csv"
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	all := spellingsOf(All())
	rows := [][]string{{"pinyin", "code"}}
	for _, s := range slices.Sorted(maps.Keys(all)) {
		rows = append(rows, []string{s, all[s]})
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	now, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(b.String(), string(now)); d != "" {
		t.Errorf("-names +data:\n%s", d)
	}
}

func TestSpelled(t *testing.T) {
	for spelling, want := range map[string]string{
		"zaozhuang": "370400", "zaozhuangshi": "370400", "tengzhou": "370481", "shandong": "370000", "xinxiang": "410700",
		"jilin": "220000", "enshi": "422800", "lvliang": "141100",
		"taizhou": "", "laiwu": "", "suzhou": "", "yichun": "", "shanxi": "", "hainan": "", "gulouqu": "", "chaoyang": "", "gz": "", "": "",
	} {
		if got, ok := Spelled(spelling); got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", spelling, got, want)
		}
	}
}

// spellingsOf are the spellings that mean one division alone. One is taken for its
// usual reading, and shared by all that could be read so.
func spellingsOf(all []Division) map[string]string {
	could := map[string][]Division{}
	usual := map[string]map[string]bool{} // codes by spelling
	for _, d := range all {
		if d.Level() == Zone {
			continue
		}
		seen := map[string]bool{}
		for _, form := range Forms(d.Name) {
			for _, s := range readings(form, true) {
				if !seen[s] {
					seen[s] = true
					could[s] = append(could[s], d)
				}
			}
			for _, s := range readings(form, false) {
				if usual[s] == nil {
					usual[s] = map[string]bool{}
				}
				usual[s][d.Code] = true
			}
		}
	}
	out := map[string]string{}
	for s, codes := range usual {
		if one := outermost(could[s]); len(one) == 1 && codes[one[0].Code] {
			out[s] = one[0].Code
		}
	}
	return out
}

// outermost leaves out divisions that became others of them, codes of the same one, and
// those that lie in others.
func outermost(ds []Division) []Division {
	became := func(d, o Division) bool {
		next, seen := slices.Clone(d.Next), map[string]bool{}
		for len(next) > 0 {
			code := next[0]
			next = next[1:]
			if code == o.Code {
				return true
			}
			if seen[code] {
				continue
			}
			seen[code] = true
			for _, n := range ByCode(code) {
				next = append(next, n.Next...)
			}
		}
		return false
	}
	var now []Division
	for i, d := range ds {
		gone := slices.ContainsFunc(ds, func(o Division) bool { return o.Code != d.Code && became(d, o) && !became(o, d) })
		again := slices.ContainsFunc(ds[:i], func(o Division) bool { return o.Code == d.Code })
		if !gone && !again {
			now = append(now, d)
		}
	}
	return slices.DeleteFunc(slices.Clone(now), func(d Division) bool {
		return slices.ContainsFunc(now, func(o Division) bool { return o.Code != d.Code && Within(d.Code, o.Code) })
	})
}

// readings are the spellings of a name: the usual one, or all that its characters may
// have. ü is written v or u.
func readings(name string, any bool) []string {
	a := pinyin.NewArgs()
	a.Heteronym = any
	out := []string{""}
	for _, of := range pinyin.Pinyin(name, a) {
		var longer []string
		for _, p := range slices.Compact(slices.Sorted(slices.Values(of))) {
			forms := []string{p}
			if strings.Contains(p, "v") {
				forms = append(forms, strings.ReplaceAll(p, "v", "u"))
			}
			for _, f := range forms {
				for _, s := range out {
					longer = append(longer, s+f)
				}
			}
		}
		out = longer
	}
	return out
}
