package division

import (
	"embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"nianbao/dataset"
)

//go:embed data/short.csv data/ranks.csv data/peoples.csv
var words embed.FS

// Forms returns the forms of a division's name: itself, and without the word for
// its rank where two characters or more are left (枣庄市, 枣庄). Autonomous
// divisions lose the names of peoples too (恩施土家族苗族自治州, 恩施州, 恩施).
func Forms(name string) []string {
	out := []string{name}
	if s, ok := irregular()[name]; ok {
		return append(out, s)
	}
	for _, r := range ranks() {
		s, ok := strings.CutSuffix(name, r.word)
		if !ok {
			continue
		}
		if r.autonomous {
			if p := withoutPeoples(s); p != s {
				s = p
				if short := s + r.short; utf8.RuneCountInString(s) > 1 {
					out = append(out, short)
				}
			}
		}
		if utf8.RuneCountInString(s) > 1 {
			out = append(out, s)
		}
		break
	}
	slices.Sort(out[1:])
	return slices.Compact(out)
}

// irregular are short forms that no rule gives: 内蒙古.
var irregular = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, r := range dataset.Records(words, "data/short.csv", "name,short") {
		out[r[0]] = r[1]
	}
	return out
})

type rankWord struct {
	word, short string
	autonomous  bool
}

// ranks are words for ranks, longer ones before those that end them.
var ranks = sync.OnceValue(func() (out []rankWord) {
	for _, r := range dataset.Records(words, "data/ranks.csv", "word,short") {
		out = append(out, rankWord{r[0], r[1], strings.HasPrefix(r[0], "自治")})
	}
	return out
})

// peoples are named before 自治州, 自治县 and 自治旗; some of them without 族.
var peoples = sync.OnceValue(func() (out []string) {
	for _, r := range dataset.Records(words, "data/peoples.csv", "people") {
		out = append(out, r[0])
	}
	return out
})

// withoutPeoples drops the names of peoples from the end of a name; a name made of
// nothing else (鄂温克族自治旗) stays.
func withoutPeoples(s string) string {
	rest := s
	for {
		cut := ""
		for _, p := range peoples() {
			if t, ok := strings.CutSuffix(rest, p); ok && len(p) > len(cut) && t != "" {
				cut = p
			}
		}
		if cut == "" {
			break
		}
		rest = strings.TrimSuffix(rest, cut)
	}
	if utf8.RuneCountInString(rest) < 2 {
		return s
	}
	return rest
}
