package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"nianbao/normalize"
)

// Rules of the findings about cells for which nobody's word counts.
const (
	Changed = "reading_changed"  // another print is read than the one the person saw
	Differ  = "reviewers_differ" // people who did not know of each other say different things
)

// Heads are the corrections among those of one cell that no other one replaces, in
// canonical order. Who corrects sees them and replaces them, so that there is one,
// save where people who did not know of each other corrected one cell. Heads do not
// depend on the order in which corrections arrived.
func Heads(history []Correction) []Correction {
	replaced := map[string]bool{}
	for i := range history {
		for _, key := range history[i].Replaces {
			replaced[key] = true
		}
	}
	byKey := map[string]Correction{}
	for _, c := range history {
		if key := c.Key(); !replaced[key] {
			byKey[key] = c
		}
	}
	out := slices.Collect(maps.Values(byKey))
	Sort(out)
	return out
}

// Chronicle puts the corrections of one cell in the order in which one followed the
// other, by time where they did not know of each other.
func Chronicle(history []Correction) []Correction {
	rest := slices.Clone(history)
	Sort(rest)
	open := map[string]bool{}
	for i := range rest {
		open[rest[i].Key()] = true
	}
	out := make([]Correction, 0, len(rest))
	for len(rest) > 0 {
		next := slices.IndexFunc(rest, func(c Correction) bool {
			return !slices.ContainsFunc(c.Replaces, func(key string) bool { return open[key] })
		})
		next = max(next, 0) // no correction can name one that names it
		delete(open, rest[next].Key())
		out = append(out, rest[next])
		rest = slices.Delete(rest, next, next+1)
	}
	return out
}

// Of are the corrections of one cell.
func Of(history []Correction, cell string) []Correction {
	return slices.DeleteFunc(slices.Clone(history), func(c Correction) bool { return c.Cell != cell })
}

// Resolve tells what the corrections of one file say of its cells and fields, by cell. read is
// what is read in the file where nobody says anything. A word counts where what was
// read then is read now, or where what is read now is what it says.
func Resolve(history []Correction, read *normalize.Report) []normalize.Said {
	if len(history) == 0 {
		return nil
	}
	now := map[string]Print{}
	for i := range read.Observations {
		now[read.Observations[i].ID] = PrintOf(&read.Observations[i])
	}
	for _, id := range normalize.Fields {
		now[id] = PrintOfField(read, id)
	}
	cells := map[string][]Correction{}
	for _, c := range history {
		cells[c.Cell] = append(cells[c.Cell], c)
	}
	var out []normalize.Said
	for _, cell := range slices.Sorted(maps.Keys(cells)) {
		p, printed := now[cell]
		if said, ok := resolve(Heads(cells[cell]), p, printed); ok {
			out = append(out, said)
		}
	}
	return out
}

// resolve decides over the heads of one cell; false where nothing is said of it.
func resolve(heads []Correction, now Print, printed bool) (normalize.Said, bool) {
	words := map[string]bool{}
	for i := range heads {
		words[heads[i].Says.String()] = true
	}
	last := &heads[len(heads)-1]
	said := normalize.Said{ID: last.Cell}
	open := func(rule, message string) {
		said.Open = &normalize.Finding{Rule: rule, Severity: normalize.Warning, IDs: []string{last.Cell}, Message: message}
	}
	if len(words) > 1 {
		var all []string
		for i := range heads {
			h := &heads[i]
			if h.Says == nil {
				all = append(all, fmt.Sprintf("%s takes back what was said (%s)", h.By, h.Reason))
				continue
			}
			all = append(all, fmt.Sprintf("%s says %s (%s)", h.By, h.Says, h.Reason))
		}
		open(Differ, strings.Join(all, "; "))
		return said, true
	}
	if last.Says == nil {
		return said, false
	}
	for i := range slices.Backward(heads) {
		h := &heads[i]
		if printed && (h.Read.same(now) || h.Says.isRead(now)) {
			said.State, said.Value, said.Text = h.Says.State, h.Says.Number, h.Says.Text
			said.Correction = normalize.Correction{By: h.By, Reason: h.Reason, At: h.At}
			return said, true
		}
	}
	is := "the report has no such cell now"
	if printed {
		is = now.String() + " is read now"
	}
	open(Changed, fmt.Sprintf("%s said %s (%s) where %s was read; %s", last.By, last.Says, last.Reason, last.Read, is))
	return said, true
}

// same tells whether two readings are of one print. Where nothing is printed the
// state must be the same: a blank is not a row that is not there.
func (p Print) same(o Print) bool { return p.Text == o.Text && (p.Text != "" || p.State == o.State) }
