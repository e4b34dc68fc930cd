package prose

import (
	"embed"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"nianbao/dataset"
	"nianbao/normalize/prefilter"
)

//go:embed data/*.csv
var data embed.FS

// pattern is one wording of a claim.
type pattern struct {
	subject         string
	re              *prefilter.Regexp
	zero            bool // the wording means none and holds no number
	context, unless *prefilter.Regexp
	despite         []string // kinds of words that do not speak against it
	ways            []Way
}

// read takes the number from a match.
func (p *pattern) read(m []string) (Number, bool) {
	if p.zero {
		return Number{Printed: "0"}, true
	}
	group := func(name string) string { return m[p.re.SubexpIndex(name)] }
	v, slack, ok := parse(group("digits"))
	if !ok {
		return Number{}, false
	}
	n := Number{Printed: group("before") + group("digits") + group("after") + group("last"), Value: v, Low: v.Sub(slack), High: v.Add(slack)}
	for _, a := range approximations() {
		if group(a.place) == a.word {
			n.Low, n.High = decimal.Min(n.Low, v.Mul(a.low)), decimal.Max(n.High, v.Mul(a.high))
			if a.step {
				n.High = decimal.Max(n.High, v.Add(lastPlace(v)))
			}
		}
	}
	return n, true
}

// kindOfWord is a group of words of one meaning.
type kindOfWord struct {
	kind     string
	persists bool // it holds for the clauses after it, too
	re       *prefilter.Regexp
}

type approximation struct {
	word, place string
	low, high   decimal.Decimal
	step        bool // up to one more in the last digit that is not zero: 100余件 may be 199
}

var patterns = sync.OnceValue(func() []pattern {
	macros := map[string]string{"n": before() + numeral + oneOf("after")}
	for _, r := range dataset.Records(data, "data/macros.csv", "name,pattern") {
		macros[r[0]] = r[1]
	}
	macros["unit"] += oneOf("last")
	expand := func(s string) *prefilter.Regexp {
		if s == "" {
			return nil
		}
		for name, p := range macros {
			s = strings.ReplaceAll(s, "{"+name+"}", p)
		}
		return prefilter.MustCompile(s)
	}
	var out []pattern
	for _, r := range dataset.Records(data, "data/patterns.csv", "subject,pattern,number,context,unless,despite,ways") {
		text := r[1]
		if r[2] == "" && !strings.Contains(text, "{unit}") {
			text += oneOf("last")
		}
		p := pattern{subject: r[0], re: expand(text), zero: r[2] == "0", context: expand(r[3]), unless: expand(r[4]), despite: strings.Fields(r[5])}
		for _, w := range strings.Split(r[6], " | ") {
			p.ways = append(p.ways, strings.Split(strings.TrimSpace(w), "+"))
		}
		out = append(out, p)
	}
	return out
})

func before() string { return oneOf("before") }

// oneOf is a group of the words of approximation that stand at a place, the
// longest first.
func oneOf(place string) string {
	var words []string
	for _, a := range approximations() {
		if a.place == place {
			words = append(words, a.word)
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return `(?P<` + place + `>` + strings.Join(words, "|") + `)?`
}

var approximations = sync.OnceValue(func() []approximation {
	var out []approximation
	for _, r := range dataset.Records(data, "data/approximations.csv", "word,place,low,high,step") {
		out = append(out, approximation{r[0], r[1], decimal.RequireFromString(r[2]), decimal.RequireFromString(r[3]), r[4] == "yes"})
	}
	return out
})

var words = sync.OnceValue(func() []kindOfWord {
	var out []kindOfWord
	for _, r := range dataset.Records(data, "data/words.csv", "kind,persists,pattern") {
		out = append(out, kindOfWord{r[0], r[1] == "yes", prefilter.MustCompile(r[2])})
	}
	return out
})

var byKind = sync.OnceValue(func() map[string]*prefilter.Regexp {
	texts := map[string][]string{}
	for _, w := range words() {
		texts[w.kind] = append(texts[w.kind], w.re.String())
	}
	out := map[string]*prefilter.Regexp{}
	for k, t := range texts {
		out[k] = prefilter.MustCompile(strings.Join(t, "|"))
	}
	return out
})

// word matches any word of a kind.
func word(kind string) *prefilter.Regexp { return byKind()[kind] }
