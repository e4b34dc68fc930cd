// Package division holds the administrative divisions of China by their codes of
// GB/T 2260, county level and above since 2006 with what became of them, and the
// townships of 2023; also the development zones that statistics give codes to.
//
// Their spellings in pinyin are there, too. The data and where it is from: data/README.md. It knows no agencies.
package division

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"nianbao/dataset"
)

//go:embed data/divisions.csv data/packages.txt data/townships.txt.gz
var data embed.FS

// Level is the rank of a division.
type Level string

// Levels.
const (
	Province   Level = "province"
	Prefecture Level = "prefecture"
	County     Level = "county"
	Zone       Level = "zone" // has a code in statistics and none in GB/T 2260
	Township   Level = "township"
)

// Division is one code under one name.
type Division struct {
	Code string // six digits, nine of a township
	Name string
	// From and To are the dates (2012-10) of the first and the last revision of the
	// codes that shows it, "" where it is in the oldest or the newest. It came after
	// the revision before From and went before the one after To.
	From, To string
	Next     []string // codes that took its place or its parts, where known
}

// Level tells the rank from the code.
func (d Division) Level() Level { return LevelOf(d.Code) }

// LevelOf tells the rank from a code, "" where it is none.
func LevelOf(code string) Level {
	switch {
	case len(code) == 9:
		return Township
	case len(code) != 6:
		return ""
	case code[2:] == "0000":
		return Province
	case code[4:] == "00":
		return Prefecture
	case code[4] == '7':
		return Zone
	}
	return County
}

// In reports whether the division may have existed in a year: a report on 2018 is
// written in 2019, and a change is known to lie between two revisions only.
func (d Division) In(year int) bool {
	if year == 0 {
		return true
	}
	t := load()
	if d.From != "" && year < yearOf(t.beside(d.From, -1)) {
		return false
	}
	return d.To == "" || year <= yearOf(t.beside(d.To, +1))
}

func yearOf(date string) int {
	y, _ := strconv.Atoi(date[:4])
	return y
}

// Span says for people since when and until when it is known.
func (d Division) Span() string {
	switch {
	case d.From == "" && d.To == "":
		return ""
	case d.To == "":
		return "since " + d.From
	case d.From == "":
		return "until " + d.To
	}
	return d.From + " to " + d.To
}

// table is the data in memory.
type table struct {
	all       []Division
	revisions []string // dates, ascending
	byCode    map[string][]int
	byName    map[string][]int // by every form of a name
}

// beside returns the date of the revision next to the one of this date, or itself.
func (t *table) beside(date string, step int) string {
	i, _ := slices.BinarySearch(t.revisions, date)
	return t.revisions[max(0, min(len(t.revisions)-1, i+step))]
}

var load = sync.OnceValue(func() *table {
	t := &table{byCode: map[string][]int{}, byName: map[string][]int{}}
	b, err := data.ReadFile("data/packages.txt")
	if err != nil {
		panic(fmt.Sprintf("division: %v", err))
	}
	for line := range strings.Lines(string(b)) {
		if date, _, ok := strings.Cut(line, " "); ok && date != "#" {
			t.revisions = append(t.revisions, date)
		}
	}
	for i, r := range dataset.Records(data, "data/divisions.csv", "code,name,from,to,next") {
		d := Division{Code: r[0], Name: r[1], From: r[2], To: r[3], Next: strings.Fields(r[4])}
		t.all = append(t.all, d)
		t.byCode[d.Code] = append(t.byCode[d.Code], i)
		for _, form := range Forms(d.Name) {
			t.byName[form] = append(t.byName[form], i)
		}
	}
	return t
})

// All returns all divisions of county level and above and the zones, by code.
func All() []Division { return slices.Clone(load().all) }

func (t *table) pick(at []int) []Division {
	out := make([]Division, len(at))
	for i, k := range at {
		out[i] = t.all[k]
	}
	return out
}

// ByCode returns what a code has stood for, the oldest first; a township where the
// code has nine digits.
func ByCode(code string) []Division {
	if len(code) == 9 {
		for _, d := range Townships(code[:6]) {
			if d.Code == code {
				return []Division{d}
			}
		}
		return nil
	}
	t := load()
	return t.pick(t.byCode[code])
}

// At returns what a code stood for in a year, and where it was renamed in that
// year the newer name; 0 stands for now. A code that stood for nothing then gives
// false.
func At(code string, year int) (Division, bool) {
	all := ByCode(code)
	for _, d := range slices.Backward(all) {
		if d.In(year) && (year != 0 || d.To == "") {
			return d, true
		}
	}
	return Division{}, false
}

// Named returns the divisions that may have had this name in a year, in full or
// without the word for its rank (枣庄, 内蒙古); 0 stands for any year.
func Named(name string, year int) []Division {
	t := load()
	return slices.DeleteFunc(t.pick(t.byName[name]), func(d Division) bool { return !d.In(year) })
}

// Within reports whether a division lies in another one or is it, by their codes.
func Within(code, parent string) bool {
	switch LevelOf(parent) {
	case Province:
		return strings.HasPrefix(code, parent[:2])
	case Prefecture:
		return strings.HasPrefix(code, parent[:4])
	case County, Zone:
		return strings.HasPrefix(code, parent)
	}
	return code == parent && code != ""
}

// Parents returns the codes of the divisions that hold this one, the smallest
// first. Districts of Beijing, and counties that a province holds itself, have the
// province alone.
func Parents(code string) []string {
	var out []string
	switch LevelOf(code) {
	case Township:
		return append([]string{code[:6]}, Parents(code[:6])...)
	case County, Zone:
		if p := code[:4] + "00"; len(load().byCode[p]) > 0 {
			out = append(out, p)
		}
	case Province, "":
		return nil
	}
	return append(out, code[:2]+"0000")
}

// Full is the name of a division with those that hold it, in a year: 山东省枣庄市.
func Full(code string, year int) string {
	out := ""
	for _, c := range append([]string{code}, Parents(code)...) {
		d, ok := At(c, year)
		if !ok {
			if all := ByCode(c); len(all) > 0 {
				d = all[len(all)-1]
			}
		}
		out = d.Name + out
	}
	return out
}

// Current returns the code under which the same division stands now: that of its
// successor as long as there is one alone which bears the same name. Where it went
// or was renamed, it returns the last code it had.
func Current(code, name string) string {
	for range 10 { // chains are short; a circle would be a defect of the data
		i := slices.IndexFunc(ByCode(code), func(d Division) bool { return d.Name == name })
		if i < 0 {
			return code
		}
		d := ByCode(code)[i]
		if len(d.Next) != 1 || !slices.ContainsFunc(ByCode(d.Next[0]), func(n Division) bool { return n.Name == name }) {
			return code
		}
		code = d.Next[0]
	}
	return code
}

// Townships returns the townships and streets of a county of 2023, or of a city
// that has no counties.
func Townships(county string) []Division {
	var out []Division
	for _, t := range strings.Fields(townships()[county]) {
		out = append(out, Division{Code: county + t[:3], Name: t[3:]})
	}
	return out
}

// townships are the lines of the file by county; they are unpacked when they are
// first asked for.
var townships = sync.OnceValue(func() map[string]string {
	b, err := data.ReadFile("data/townships.txt.gz")
	if err != nil {
		panic(fmt.Sprintf("division: %v", err))
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		panic(fmt.Sprintf("division: townships: %v", err))
	}
	text, err := io.ReadAll(z)
	if err != nil {
		panic(fmt.Sprintf("division: townships: %v", err))
	}
	out := map[string]string{}
	for line := range strings.Lines(string(text)) {
		county, rest, _ := strings.Cut(line, " ")
		out[county] = rest
	}
	return out
})
