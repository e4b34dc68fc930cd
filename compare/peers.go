package compare

import (
	"cmp"
	"iter"
	"slices"
	"sync"

	"github.com/shopspring/decimal"
)

// Peers says which agencies are compared with one another. Reports on forms whose
// figures make no series are never peers.
type Peers string

const (
	ByKind Peers = "kind" // same level, same kind of body
	ByBody Peers = "body" // same level, same body: all 统计局 of counties
	ByAll  Peers = "all"
)

// unknown stands in the name of a group for what an agency's name does not tell.
const unknown = "unknown"

// group names the peers of a report for one indicator.
func (p Peers) group(r *Row) string {
	switch p {
	case ByKind:
		return cmp.Or(r.Body.Level, unknown) + " " + cmp.Or(r.Body.Kind, unknown)
	case ByBody:
		return cmp.Or(r.Body.Level, unknown) + " " + cmp.Or(r.Body.Name, unknown)
	}
	return "all"
}

// Group is the figures of one indicator and year that may be compared.
type Group struct {
	Indicator *Indicator
	Year      int
	Peers     string
	Series    string
	Members   []Member // with a figure, in the order of the table
	Without   []Member // without

	indicator int // its place in the table
}

// Member is one figure of a group.
type Member struct {
	Row    *Row
	Figure *Figure
	Rank   int // from 1; equals share a rank
}

// Groups sorts the figures of the table into groups of peers, by indicator,
// year, peers and series.
func (t *Table) Groups(p Peers) []*Group {
	type key struct{ indicator, year, peers, series int } // the last two by number
	byKey := map[key]*Group{}
	var out []*Group
	numbers := map[string]int{}
	number := func(text string) int {
		n, ok := numbers[text]
		if !ok {
			n = len(numbers)
			numbers[text] = n
		}
		return n
	}
	type named struct {
		text   string
		number int
	}
	var peers named                            // of the agency of the row before
	series := make([]named, len(t.Indicators)) // of its form
	for n, r := range t.Rows {
		if n == 0 || r.Agency.ID != t.Rows[n-1].Agency.ID {
			text := p.group(r)
			peers = named{text, number(text)}
		}
		if n == 0 || r.Form != t.Rows[n-1].Form {
			for k, i := range t.Indicators {
				text := i.Series(r.Form)
				series[k] = named{text, number(text)}
			}
		}
		for k, i := range t.Indicators {
			at := key{k, r.Year, peers.number, series[k].number}
			g := byKey[at]
			if g == nil {
				g = &Group{Indicator: i, Year: r.Year, Peers: peers.text, Series: series[k].text, indicator: k}
				byKey[at] = g
				out = append(out, g)
			}
			if m := (Member{Row: r, Figure: &r.Figures[k]}); m.Figure.known() {
				g.Members = append(g.Members, m)
			} else {
				g.Without = append(g.Without, m)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Group) int {
		return cmp.Or(a.indicator-b.indicator, a.Year-b.Year, cmp.Compare(a.Peers, b.Peers), cmp.Compare(a.Series, b.Series))
	})
	return out
}

// Ranking gives the groups of peers with their members ranked, which is done side by
// side.
func (t *Table) Ranking(p Peers, ascending bool) []*Group {
	groups := t.Groups(p)
	var ranked sync.WaitGroup
	for _, g := range groups {
		ranked.Go(func() { g.Rank(ascending) })
	}
	ranked.Wait()
	return groups
}

// Rank orders the members, the greatest first unless ascending, and numbers them;
// equals share a rank and stay in the order of the table.
func (g *Group) Rank(ascending bool) {
	type place struct {
		ratio
		at int
	}
	places := make([]place, len(g.Members))
	for i := range g.Members {
		places[i] = place{g.Members[i].Figure.ratio(), i}
	}
	compare := func(a, b place) int {
		if a.small && b.small {
			return a.compare(b.ratio)
		}
		return g.Members[a.at].Figure.Compare(*g.Members[b.at].Figure)
	}
	slices.SortFunc(places, func(a, b place) int {
		c := compare(b, a)
		if ascending {
			c = -c
		}
		return cmp.Or(c, a.at-b.at)
	})
	ranked := make([]Member, len(places))
	for i, p := range places {
		ranked[i] = g.Members[p.at]
		ranked[i].Rank = i + 1
		if i > 0 && compare(p, places[i-1]) == 0 {
			ranked[i].Rank = ranked[i-1].Rank
		}
	}
	g.Members = ranked
}

// Ranked is one place in a ranking as other programs get it.
type Ranked struct {
	Indicator   string  `json:"indicator"`
	Year        int     `json:"year"`
	Peers       string  `json:"peers"`
	Series      *string `json:"series"`
	Rank        *int    `json:"rank"` // null where there is no figure
	Of          int     `json:"of"`
	Agency      string  `json:"agency"`
	Division    *string `json:"division"`
	Value       *Number `json:"value"`
	Numerator   *Number `json:"numerator"`
	Denominator *Number `json:"denominator"`
	Missing     *string `json:"missing"`
	Review      bool    `json:"review"`
	Blanks      bool    `json:"blanks"`
	Reviewed    bool    `json:"reviewed"`
	Source      string  `json:"source"`
	Path        string  `json:"path"`
}

// Places are some of the places of a ranking, one after the other.
type Places struct {
	group   *Group
	members []Member
}

// placesAtOnce is how many places are written at a time.
const placesAtOnce = 1024

// Places gives the members part by part, those without a figure last.
func (g *Group) Places() (parts []Places) {
	for _, members := range [][]Member{g.Members, g.Without} {
		for some := range slices.Chunk(members, placesAtOnce) {
			parts = append(parts, Places{g, some})
		}
	}
	return parts
}

// Ranked gives the places as entries. An entry is the next one once it was used.
func (p Places) Ranked() iter.Seq[*Ranked] {
	return func(yield func(*Ranked) bool) {
		g := p.group
		var value, numerator, denominator Number
		e := Ranked{Indicator: g.Indicator.ID, Year: g.Year, Peers: g.Peers, Series: some(&g.Series), Of: len(g.Members)}
		for i := range p.members {
			m := &p.members[i]
			f := m.Figure
			e.Rank = some(&m.Rank)
			e.Agency, e.Division = m.Row.Agency.Name, some(&m.Row.Agency.Division)
			e.Value, e.Numerator, e.Denominator = value.of(f), numerator.ofNumerator(f), denominator.ofDenominator(f)
			e.Missing, e.Review, e.Blanks, e.Reviewed = some(&f.Missing), f.Review, f.Blanks, f.Reviewed
			e.Source, e.Path = m.Row.Source, m.Row.Path
			if !yield(&e) {
				return
			}
		}
	}
}

// Distribution is how the figures of a group lie. Quartiles are interpolated
// between the two figures around them.
type Distribution struct {
	Indicator string  `json:"indicator"`
	Year      int     `json:"year"`
	Peers     string  `json:"peers"`
	Series    *string `json:"series"`
	Figures   int     `json:"figures"`
	Without   int     `json:"without"`  // reports that give no figure
	Review    int     `json:"review"`   // figures that rest on a value under review
	Reviewed  int     `json:"reviewed"` // figures that rest on one that a person corrected or confirmed
	Min       *Number `json:"min"`
	Quartile1 *Number `json:"quartile1"`
	Median    *Number `json:"median"`
	Quartile3 *Number `json:"quartile3"`
	Max       *Number `json:"max"`
}

// Distribution describes the group.
func (g *Group) Distribution() Distribution {
	d := Distribution{
		Indicator: g.Indicator.ID, Year: g.Year, Peers: g.Peers, Series: some(&g.Series),
		Figures: len(g.Members), Without: len(g.Without),
	}
	var values []decimal.Decimal
	for _, m := range g.Members {
		if m.Figure.Review {
			d.Review++
		}
		if m.Figure.Reviewed {
			d.Reviewed++
		}
		values = append(values, *m.Figure.Value())
	}
	if len(values) == 0 {
		return d
	}
	slices.SortFunc(values, decimal.Decimal.Cmp)
	for k, dest := range []**Number{&d.Min, &d.Quartile1, &d.Median, &d.Quartile3, &d.Max} {
		q := quarter(values, k)
		*dest = &Number{exact: &q}
	}
	return d
}

// quarter returns what lies k quarters of the way through sorted values.
func quarter(values []decimal.Decimal, k int) decimal.Decimal {
	at := k * (len(values) - 1)
	low := values[at/4]
	if at%4 == 0 {
		return low
	}
	part := decimal.New(int64(at%4), 0).Div(decimal.New(4, 0))
	return low.Add(values[at/4+1].Sub(low).Mul(part))
}
