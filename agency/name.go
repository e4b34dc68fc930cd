package agency

import (
	"embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nianbao/dataset"
	"nianbao/division"
)

//go:embed data/*.csv
var data embed.FS

// parsed is the name of a body split into place and rest.
type parsed struct {
	// places are the divisions that the places in the name can be, the smallest
	// place each; none where the name has no place.
	places []division.Division
	// weak says that the place is known by a short form that is a word as well:
	// 公安 of 公安局 may be a county.
	weak   bool
	short  bool   // the smallest place is named by its short form
	rank   string // 市 of 市民政局, which leaves out its name
	office string // 国家税务总局 before the place
	body   string // 民政局, in normal form
	known  bool   // the body is in the list of bodies
	used   int    // bytes of the name that the places take
}

// bodies are names of bodies and their normal forms.
var bodies = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, r := range dataset.Records(data, "data/bodies.csv", "name,normal") {
		out[r[0]] = r[1]
		if r[1] == "" {
			out[r[0]] = r[0]
		}
	}
	return out
})

// offices are national bodies whose local ones are named with them in front.
var offices = sync.OnceValue(func() (out []string) {
	for _, r := range dataset.Records(data, "data/offices.csv", "prefix") {
		out = append(out, r[0])
	}
	return out
})

// Fold is a name without what print adds: spaces, full width, quotes.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\r　\"“”‘’'《》·•", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(name))
}

// ranks are the words for a rank that stand for the place itself in front of a
// body.
const ranks = "省市区县州盟旗"

// longestPlace bounds the name of a division in characters.
const longestPlace = 16

// parse splits a name. Of the ways to do it that leaves a known body is taken
// before others, one by full names of places before one by short forms, and one
// that finds more of the name to be places.
func parse(name string, year int) parsed {
	name = Fold(name)
	office := ""
	for _, o := range offices() {
		if rest, ok := strings.CutPrefix(name, o); ok && rest != "" && len(o) > len(office) {
			office = o
		}
	}
	name = strings.TrimPrefix(name[len(office):], "中国")
	best := parsed{body: name, office: office}
	if b, ok := bodies()[name]; ok {
		best.body, best.known = b, true
	}
	var walk func(at int, within []division.Division, short bool)
	walk = func(at int, within []division.Division, short bool) {
		if within != nil && at < len(name) && !(short && anotherPlace(name[at:])) {
			best = better(best, conclude(name, at, within, short, office))
		}
		end := at
		for range longestPlace {
			_, size := utf8.DecodeRuneInString(name[end:])
			if size == 0 {
				break
			}
			end += size
			found := division.Named(name[at:end], 0)
			found = slices.DeleteFunc(found, func(d division.Division) bool {
				return within != nil && !slices.ContainsFunc(within, func(w division.Division) bool {
					return w.Code != d.Code && (division.Within(d.Code, w.Code) || wasWithin(d, w))
				})
			})
			if now := slices.DeleteFunc(slices.Clone(found), func(d division.Division) bool { return !d.In(year) }); len(now) > 0 {
				found = now
			}
			full := slices.DeleteFunc(slices.Clone(found), func(d division.Division) bool { return d.Name != name[at:end] })
			if len(full) > 0 {
				walk(end, full, false)
			} else if len(found) > 0 {
				walk(end, found, true)
			}
		}
	}
	walk(0, nil, false)
	if best.places == nil && best.office == "" {
		if r, size := utf8.DecodeRuneInString(name); strings.ContainsRune(ranks, r) {
			if b, ok := bodies()[name[size:]]; ok {
				best.rank, best.body, best.known = name[:size], b, true
			}
		}
	}
	return best
}

// wasWithin reports whether a division lies in what took the place of another one,
// or the other way round: 庐江县 of 巢湖市 is in 合肥市 now.
func wasWithin(d, w division.Division) bool {
	return slices.ContainsFunc(w.Next, func(n string) bool { return n != d.Code && division.Within(d.Code, n) })
}

// conclude is what it means that a name's places end at a byte.
func conclude(name string, at int, places []division.Division, short bool, office string) parsed {
	p := parsed{places: places, body: name[at:], office: office, used: at}
	counties := places
	if b, ok := bodies()[p.body]; ok {
		p.body, p.known = b, true
	} else if t, rest := township(p.body, counties); len(t) > 0 && rest != "" {
		p.places, p.body, p.used = t, rest, len(name)-len(rest)
		if b, ok := bodies()[rest]; ok {
			p.body, p.known = b, true
		}
	}
	if p.short = short; short {
		county := slices.ContainsFunc(places, func(d division.Division) bool { return d.Level() == division.County })
		p.weak = county || !p.known && !zoneBody(p.body)
	}
	return p
}

// anotherPlace reports whether what comes after a short form shows that it was none:
// 西岗镇 is not in 西岗区, nor 云溪市 in 云溪区.
func anotherPlace(rest string) bool {
	if _, known := bodies()[rest]; known {
		return false // 吉林 and 市场监督管理局
	}
	for _, w := range []string{"镇", "乡", "街道", "苏木"} {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return strings.ContainsRune(ranks, r)
}

// zoneBody reports whether a body is a development zone or its committee.
func zoneBody(body string) bool {
	return strings.HasSuffix(body, "管理委员会") || strings.HasSuffix(body, "管委会") || strings.HasSuffix(body, "区")
}

// township returns the townships of counties that a text begins with, and what
// comes after.
func township(text string, counties []division.Division) (found []division.Division, rest string) {
	if !strings.ContainsAny(text, "镇乡街苏") {
		return nil, text
	}
	longest := 0
	for _, c := range counties {
		for _, t := range division.Townships(c.Code) {
			if !strings.HasPrefix(text, t.Name) || len(t.Name) < longest {
				continue
			}
			if len(t.Name) > longest {
				longest, found = len(t.Name), nil
			}
			found = append(found, t)
		}
	}
	return found, text[longest:]
}

// better tells which of two ways to split a name is to be believed.
func better(a, b parsed) parsed {
	if a.places == nil {
		// Without a place a known body is all of the name: 公安局 is not 公安县.
		if a.known && b.weak {
			return a
		}
		return b
	}
	for _, by := range []func(p parsed) int{
		func(p parsed) int { return truth(p.known) },
		func(p parsed) int { return truth(!p.weak) },
		func(p parsed) int { return p.used },
	} {
		if by(a) != by(b) {
			if by(a) > by(b) {
				return a
			}
			return b
		}
	}
	return a
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fullName is a place and a body as an agency is called here: districts and
// townships with what they lie in.
func fullName(d division.Division, office, body string, year int) string {
	place := d.Name
	named := func(code string) string {
		if p, ok := division.At(code, year); ok {
			return p.Name
		}
		if all := division.ByCode(code); len(all) > 0 {
			return all[len(all)-1].Name
		}
		return ""
	}
	parents := division.Parents(d.Code)
	for d.Level() == division.Township && len(parents) > 0 {
		d = division.Division{Code: parents[0], Name: named(parents[0])}
		place, parents = d.Name+place, parents[1:]
	}
	if d.Level() == division.County && strings.HasSuffix(d.Name, "区") && len(parents) > 0 {
		place = named(parents[0]) + place
	}
	return office + place + body
}
