package compare

import (
	"strings"
	"sync"
	"unicode/utf8"

	"nianbao/agency"
	"nianbao/dataset"
	"nianbao/division"
	"nianbao/store"
)

// Body is what the name of an agency tells of it. What the name does not tell is
// "".
type Body struct {
	Level string // national, province, prefecture, city (of prefecture or county level: the name does not tell which), county, township, zone
	Kind  string // government, department, office, …: compare/data/bodies.csv
	Name  string // what is left of the name after the place: 统计局
}

// Levels and kinds that are not told.
const (
	cityLevel = "city"
	zoneLevel = "zone"
)

// BodyOf reads level and kind off an agency's name; the division's code decides
// where it is known.
func BodyOf(a store.Agency) Body {
	last, above, rest := placeOf(agency.Unscoped(a.Name))
	b := Body{Level: last, Name: rest, Kind: kindOf(rest)}
	if b.Level == cityLevel && (above == "prefecture" || above == cityLevel) {
		b.Level = "county" // a city within a city or prefecture
	}
	if b.Kind == "zone" && b.Level != "" {
		b.Level = zoneLevel
	}
	if level := division.LevelOf(a.Division); level != "" && (b.Level == "" || b.Level == cityLevel) {
		b.Level = string(level)
	}
	return b
}

// word is a part of a name that tells a level; with none, it holds no place
// though its characters look like one.
type word struct {
	text, level string
	first       bool // only at the beginning: a whole name or word
}

var places = sync.OnceValue(func() (out []word) {
	for _, r := range dataset.Records(data, "data/places.csv", "word,level") {
		text, first := strings.CutPrefix(r[0], "^")
		out = append(out, word{text, r[1], first})
	}
	return out
})

// placesBy holds the words that tell a level by their last character.
var placesBy = sync.OnceValue(func() map[rune][]word {
	out := map[rune][]word{}
	for _, p := range places() {
		if last, _ := utf8.DecodeLastRuneInString(p.text); p.level != "" {
			out[last] = append(out[last], p)
		}
	}
	return out
})

// covering is a word that holds no place, and where a character of it ends.
type covering struct {
	word
	end int
}

// coverings holds them by character.
var coverings = sync.OnceValue(func() map[rune][]covering {
	out := map[rune][]covering{}
	for _, p := range places() {
		if p.level != "" {
			continue
		}
		for at, c := range p.text {
			out[c] = append(out[c], covering{p, at + utf8.RuneLen(c)})
		}
	}
	return out
})

var kinds = sync.OnceValue(func() (out []word) {
	for _, r := range dataset.Records(data, "data/bodies.csv", "suffix,kind") {
		out = append(out, word{text: r[0], level: r[1]})
	}
	return out
})

func kindOf(name string) string {
	var best word
	for _, k := range kinds() {
		if strings.HasSuffix(name, k.text) && len(k.text) > len(best.text) {
			best = k
		}
	}
	return best.level
}

// placeOf splits the places off the front of a name, and returns the levels of
// the last and the one before.
func placeOf(name string) (last, above, rest string) {
	rest = name
	for {
		n, level := firstPlace(rest)
		if n == 0 || n == len(rest) {
			break
		}
		above, last, rest = last, level, rest[n:]
	}
	if last == "" { // 市民政局: the place itself is left out
		if _, n := utf8.DecodeRuneInString(rest); n < len(rest) && !covered(rest, n) {
			for _, p := range places() {
				if p.text == rest[:n] {
					return p.level, "", rest[n:]
				}
			}
		}
	}
	return last, above, rest
}

// firstPlace returns the length of the place that the name begins with.
func firstPlace(name string) (n int, level string) {
	for end := range name + "\x00" {
		level := wordBefore(name, end)
		if level == "" {
			continue
		}
		// 萍乡市, 景德镇市, 沙县区: the smaller place's word is part of the name.
		if _, size := utf8.DecodeRuneInString(name[end:]); size > 0 && (level == "township" || level == "county") &&
			strings.Contains("市县区", name[end:end+size]) && !covered(name, end+size) {
			if longer := wordBefore(name, end+size); longer != "" {
				return end + size, longer
			}
		}
		return end, level
	}
	return 0, ""
}

// wordBefore returns the level of the longest word that ends at end; it has a name
// before it unless it is a whole name itself.
func wordBefore(name string, end int) string {
	var best word
	last, _ := utf8.DecodeLastRuneInString(name[:end])
	for _, p := range placesBy()[last] {
		if len(p.text) <= len(best.text) || !strings.HasSuffix(name[:end], p.text) ||
			p.first != (len(p.text) == end) || covered(name, end) {
			continue
		}
		best = p
	}
	return best.level
}

// covered reports whether the character before name[to:] stands in a word that is no
// place.
func covered(name string, to int) bool {
	c, _ := utf8.DecodeLastRuneInString(name[:to])
	for _, p := range coverings()[c] {
		if start := to - p.end; start >= 0 && (start == 0 || !p.first) && strings.HasPrefix(name[start:], p.text) {
			return true
		}
	}
	return false
}
