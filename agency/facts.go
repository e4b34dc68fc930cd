package agency

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"nianbao/dataset"
	"nianbao/division"
)

// FactKind says what became of bodies.
type FactKind string

const (
	Continued FactKind = "continued" // one body under a new name: one to one
	Merged    FactKind = "merged"    // several bodies into one
	Divided   FactKind = "split"     // one body into several
	Founded   FactKind = "founded"   // a body that follows none
)

// Fact is a dated change of a kind of body everywhere, or in one division.
type Fact struct {
	Kind     FactKind
	From     []string // names of bodies without their place, none where founded
	To       string
	Since    string // day of the decision; places followed within about a year
	Source   string
	Division string // where it happened, "" everywhere
}

// nationalHeader is the header of a file of facts; a file of one's own may have a
// column more: the division in which each happened.
const nationalHeader = "kind,from,to,since,source"

// Facts are those of the national reforms.
var Facts = sync.OnceValue(func() []Fact {
	var out []Fact
	for _, r := range dataset.Records(data, "data/facts.csv", nationalHeader) {
		f, err := fact(r)
		if err != nil {
			panic(fmt.Sprintf("agency: facts.csv: %v", err))
		}
		out = append(out, f)
	}
	return out
})

// ReadFacts reads a file of facts: that of the program, or one's own with the
// column division.
func ReadFacts(r io.Reader) ([]Fact, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || !strings.HasPrefix(strings.Join(rows[0], ","), nationalHeader) {
		return nil, errors.New("the first line is not " + nationalHeader + " or " + nationalHeader + ",division")
	}
	var out []Fact
	for i, row := range rows[1:] {
		f, err := fact(row)
		if err != nil {
			return nil, fmt.Errorf("fact %d: %w", i+1, err)
		}
		out = append(out, f)
	}
	return out, nil
}

func fact(r []string) (Fact, error) {
	f := Fact{Kind: FactKind(r[0]), To: r[2], Since: r[3], Source: r[4]}
	if r[1] != "" {
		f.From = strings.Split(r[1], " + ")
	}
	if len(r) > 5 {
		f.Division = r[5]
	}
	wanted := map[FactKind]bool{
		Continued: len(f.From) == 1, Merged: len(f.From) > 1, Divided: len(f.From) == 1, Founded: len(f.From) == 0,
	}
	ok, known := wanted[f.Kind]
	switch {
	case !known:
		return f, fmt.Errorf("kind %q is none of continued, merged, split, founded", f.Kind)
	case !ok:
		return f, fmt.Errorf("%s does not go with %d bodies before it", f.Kind, len(f.From))
	case f.To == "" || slices.Contains(f.From, ""):
		return f, errors.New("a name is missing")
	case f.Division != "" && division.LevelOf(f.Division) == "":
		return f, fmt.Errorf("%q is no code of a division", f.Division)
	}
	if _, err := time.Parse(time.DateOnly, f.Since); err != nil {
		return f, fmt.Errorf("since: %q is no day, as in 2019-01-09", f.Since)
	}
	return f, nil
}

// Years are those of which an agency has reports.
type Years struct {
	Identity
	First, Last int
}

// Suggestion is a fact that may have happened to agencies at hand. Only where it is
// one to one, and no year has reports of both, does a series go on.
type Suggestion struct {
	Kind   FactKind
	From   []Identity
	To     Identity
	Since  string
	Source string
	Joins  bool // may be followed over years as one agency
}

// slack is how many years after a national decision a place may have followed it.
const slack = 2

// Suggest finds what facts say of agencies: bodies of one division under the name
// before and the one after, and divisions that were renamed, divided or merged.
func Suggest(facts []Fact, agencies []Years) []Suggestion {
	by := map[Identity]Years{}
	for _, a := range agencies {
		if a.Division != "" {
			by[a.Identity] = a
		}
	}
	var out []Suggestion
	for _, to := range agencies {
		if to.Division == "" {
			continue
		}
		place, body := split(to.Identity)
		if body == "" {
			continue
		}
		for _, f := range facts {
			if f.To != body || f.Division != "" && !division.Within(to.Division, f.Division) {
				continue
			}
			s := Suggestion{Kind: f.Kind, To: to.Identity, Since: f.Since, Source: f.Source}
			joins := f.Kind == Continued
			for _, b := range f.From {
				from, ok := by[Identity{place + b, to.Division}]
				if !ok || from.Identity == to.Identity {
					continue
				}
				s.From = append(s.From, from.Identity)
				joins = joins && from.Last < to.First && from.Last >= yearOf(f.Since)-1-slack && to.First <= yearOf(f.Since)+slack
			}
			if s.Joins = joins; len(s.From) > 0 {
				out = append(out, s)
			}
		}
	}
	out = append(out, renamedDivisions(by, agencies)...)
	slices.SortStableFunc(out, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(a.To.Division, b.To.Division), cmp.Compare(a.To.Name, b.To.Name), cmp.Compare(a.Since, b.Since))
	})
	return out
}

// renamedDivisions finds the same body under a division and under what took its
// place: 章丘市财政局 and 济南市章丘区财政局.
func renamedDivisions(by map[Identity]Years, agencies []Years) []Suggestion {
	var out []Suggestion
	for _, from := range agencies {
		_, body := split(from.Identity)
		if from.Division == "" || body == "" {
			continue
		}
		for _, d := range division.ByCode(from.Division) {
			for _, next := range d.Next {
				for _, n := range division.ByCode(next) {
					to, ok := by[Identity{fullName(n, "", body, 0), next}]
					if !ok || to.Identity == from.Identity {
						continue
					}
					kind := Continued
					switch {
					case len(d.Next) > 1:
						kind = Divided
					case absorbed(next) > 1:
						kind = Merged
					}
					s := Suggestion{Kind: kind, From: []Identity{from.Identity}, To: to.Identity, Since: d.To, Source: "GB/T 2260: " + d.Name + " → " + n.Name}
					s.Joins = kind == Continued && from.Last < to.First
					if !slices.ContainsFunc(out, func(o Suggestion) bool { return o.To == s.To && o.From[0] == s.From[0] }) {
						out = append(out, s)
					}
				}
			}
		}
	}
	return out
}

// absorbed counts the divisions that one took the place of, itself before it took
// others included.
var absorbedBy = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	all := division.All()
	for _, d := range all {
		for _, n := range d.Next {
			out[n]++
			if d.Code != n && slices.ContainsFunc(division.ByCode(n), func(o division.Division) bool { return o.From == "" || o.From <= d.To }) {
				out[n]++ // it was there before
			}
		}
	}
	return out
})

func absorbed(code string) int { return absorbedBy()[code] }

// split parts the name of a resolved agency into place and body.
func split(id Identity) (place, body string) {
	for _, d := range division.ByCode(id.Division) {
		for _, year := range []int{0, yearOf(d.To)} {
			p := fullName(d, "", "", year)
			if b, ok := strings.CutPrefix(id.Name, p); ok && b != "" {
				return p, b
			}
		}
	}
	return "", ""
}

func yearOf(date string) int {
	if t, err := time.Parse("2006", date[:min(4, len(date))]); err == nil {
		return t.Year()
	}
	return 0
}
