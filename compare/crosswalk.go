package compare

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"nianbao/dataset"
	"nianbao/schema"
)

// Relation says what a cell of one form is in another form.
type Relation int

const (
	Same    Relation = iota // the same concept
	Changed                 // a concept near to it, under another definition
	None                    // nothing that it could be compared with
)

func (r Relation) String() string { return [...]string{"same", "changed", "none"}[r] }

// step is what became of one cell in the next form.
type step struct {
	cells    []string // their sum; none where the relation is None
	relation Relation
	reason   string
}

// noCounterpart is the reason for a cell that came with a later form.
const noCounterpart = "the older form has no such cell"

// crosswalk holds the steps of every cell by form: forward to the next form.
var crosswalk = sync.OnceValue(func() map[string]map[string]step {
	out := map[string]map[string]step{}
	for _, r := range dataset.Records(data, "data/crosswalk.csv", "from,cells,to,counterparts,relation,reason") {
		from, to := schema.Lookup(r[0]), schema.Lookup(r[2])
		if from == nil || to == nil {
			panic(fmt.Sprintf("compare: crosswalk.csv: unknown form in %v", r))
		}
		if out[from.ID] == nil {
			out[from.ID] = map[string]step{}
		}
		relation := Relation(slices.Index([]string{"same", "changed", "none"}, r[4]))
		if relation < 0 {
			panic(fmt.Sprintf("compare: crosswalk.csv: unknown relation in %v", r))
		}
		for _, c := range from.Cells {
			captured, ok := capture(r[1], c.ID)
			if !ok {
				continue
			}
			var there []string
			for _, pattern := range strings.Fields(fill(r[3], captured)) {
				for _, t := range to.Cells {
					if matches(pattern, t.ID) {
						there = append(there, t.ID)
					}
				}
			}
			out[from.ID][c.ID] = step{there, relation, r[5]}
		}
	}
	return out
})

// capture returns the segments of id that stand for the stars of a pattern.
func capture(pattern, id string) (segments []string, ok bool) {
	if !matches(pattern, id) {
		return nil, false
	}
	parts := strings.Split(id, ".")
	for i, p := range strings.Split(pattern, ".") {
		if p == "*" {
			segments = append(segments, parts[i])
		}
	}
	return segments, true
}

// fill puts captured segments in the place of the stars of every pattern; a star
// stays where nothing was captured.
func fill(patterns string, captured []string) string {
	words := strings.Fields(patterns)
	for i, w := range words {
		for _, c := range captured {
			w = strings.Replace(w, "*", c, 1)
		}
		words[i] = w
	}
	return strings.Join(words, " ")
}

// counterparts returns the cells of the form to that, added up, are what the sum
// of the given cells of the form from is, how near that is, and why not nearer.
func counterparts(from string, cells []string, to string) (there []string, relation Relation, reasons []string) {
	forms := schema.Forms()
	at := func(id string) int { return slices.IndexFunc(forms, func(f *schema.Form) bool { return f.ID == id }) }
	a, b := at(from), at(to)
	there = cells
	for ; a < b && relation != None; a++ {
		var r Relation
		there, r, reasons = forward(forms[a].ID, there, reasons)
		relation = max(relation, r)
	}
	for ; a > b && relation != None; a-- {
		var r Relation
		there, r, reasons = backward(forms[a-1].ID, there, reasons)
		relation = max(relation, r)
	}
	if relation == None {
		there = nil
	}
	return there, relation, reasons
}

func forward(form string, cells, reasons []string) ([]string, Relation, []string) {
	var there []string
	relation := Same
	for _, c := range cells {
		s, ok := crosswalk()[form][c]
		if !ok {
			s = step{relation: None, reason: noCounterpart}
		}
		relation = max(relation, s.relation)
		there = append(there, s.cells...)
		reasons = add(reasons, s.reason)
	}
	slices.Sort(there)
	return slices.Compact(there), relation, reasons
}

// backward takes the cells of the older form whose counterparts, all together,
// are the given cells.
func backward(form string, cells, reasons []string) ([]string, Relation, []string) {
	var there, covered, why []string
	relation := Same
	within := func(cells, set []string) (all, some bool) {
		all = true
		for _, c := range cells {
			in := slices.Contains(set, c)
			all, some = all && in, some || in
		}
		return all, some
	}
	// Sums before single cells: a total and its parts must not both be taken.
	for _, sums := range []bool{true, false} {
		before := covered
		for _, c := range schema.Lookup(form).Cells {
			s := crosswalk()[form][c.ID]
			all, some := within(s.cells, cells)
			if _, taken := within(s.cells, before); !some || taken || sums != (len(s.cells) > 1) {
				continue
			}
			if !all {
				why = add(why, "the older form has it as a part of "+c.ID+" only")
				continue
			}
			there, covered = append(there, c.ID), append(covered, s.cells...)
			relation = max(relation, s.relation)
			reasons = add(reasons, s.reason)
		}
	}
	if all, _ := within(cells, covered); !all {
		if len(why) == 0 {
			why = []string{noCounterpart}
		}
		return nil, None, add(reasons, why[0])
	}
	return there, relation, reasons
}

func add(reasons []string, reason string) []string {
	if reason == "" || slices.Contains(reasons, reason) {
		return reasons
	}
	return append(slices.Clone(reasons), reason)
}

// Across says whether the figures of two forms make one series: the same formula
// over the same concepts, or why not.
func (i *Indicator) Across(from, to string) (relation Relation, reasons []string) {
	if from == to {
		return Same, nil
	}
	if from > to {
		return i.Across(to, from)
	}
	a, okA := i.formulas[from]
	b, okB := i.formulas[to]
	if !okA || !okB {
		return None, []string{"not defined in both forms"}
	}
	for _, side := range [][2][]term{{a.numerator, b.numerator}, {a.denominator, b.denominator}} {
		for _, minus := range []bool{false, true} {
			here, there := signed(side[0], minus), signed(side[1], minus)
			mapped, r, why := counterparts(from, here, to)
			for _, w := range why {
				reasons = add(reasons, w)
			}
			switch {
			case r != Same:
				relation = max(relation, Changed)
			case !slices.Equal(slices.Sorted(slices.Values(mapped)), there):
				relation = max(relation, Changed)
				reasons = add(reasons, "the formulas hold different cells")
			}
		}
	}
	return relation, reasons
}

// signed returns the cells of a formula's side that are added, or subtracted.
func signed(terms []term, minus bool) []string {
	var out []string
	for _, t := range terms {
		if t.minus == minus && !t.outside() {
			out = append(out, t.cell)
		}
	}
	slices.Sort(out)
	return out
}

// Series names the forms whose figures make one series with those of this form:
// "2019+2021". Figures of different series are never compared.
func (i *Indicator) Series(form string) string {
	i.once.Do(i.remember)
	return i.series[form]
}

// cellList returns Cells with spaces between.
func (i *Indicator) cellList(form string) string {
	i.once.Do(i.remember)
	return i.listed[form]
}

func (i *Indicator) remember() {
	i.series, i.listed = map[string]string{}, map[string]string{}
	for _, from := range i.Forms() {
		var out []string
		for _, to := range i.Forms() {
			if r, _ := i.Across(from, to); r == Same {
				out = append(out, to)
			}
		}
		i.series[from] = strings.Join(out, "+")
		i.listed[from] = strings.Join(i.Cells(from), " ")
	}
}
