// Package twins tells which reports of one agency and year, published side by
// side, are the same report in two forms, as PDF and as a web page, or parts of one,
// a table a file. One of them is chosen; where twins differ, the cells go under
// review; tables that it lacks are taken from parts. It decides over values
// that are read already; what it cannot tell it leaves alone and says so. It knows
// no SQL and no file formats.
package twins

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"nianbao/normalize"
	"nianbao/store"
)

// Rules of the findings.
const (
	Of      = "twin_of"       // the same numbers
	Differ  = "twins_differ"  // the same report, some numbers of which differ
	Part    = "part_joined"   // tables that the chosen one lacks
	Unclear = "twins_unclear" // perhaps two reports
)

// What makes two reports one: so many cells that both give a number for, and so
// great a part of those equal.
const (
	leastShared = 10
	leastEqual  = 0.8
)

// preference is by what one of two twins is chosen, the first that tells them apart.
var preference = []struct {
	why   string
	order func(a, b *store.Candidate) int
}{
	{"it has its text in it and need not be recognised", func(a, b *store.Candidate) int { return truth(a.Recognised) - truth(b.Recognised) }},
	{"it gives more numbers", func(a, b *store.Candidate) int { return numbers(b) - numbers(a) }},
	{"more of it was looked at by people", func(a, b *store.Candidate) int { return reviewed(b) - reviewed(a) }},
	{"less of it is in doubt", func(a, b *store.Candidate) int { return doubts(a) - doubts(b) }},
	{"it was seen last", func(a, b *store.Candidate) int { return cmp.Compare(b.Seen, a.Seen) }},
	{"of the order of names", func(a, b *store.Candidate) int { return strings.Compare(a.Path, b.Path) }},
}

// Judge compares the reports of one agency and year in one place with the one to
// be preferred among them, and what is unlike it in turn.
func Judge(group []store.Candidate) []store.Twins {
	group = slices.Clone(group)
	slices.SortFunc(group, func(a, b store.Candidate) int {
		for _, p := range preference {
			if n := p.order(&a, &b); n != 0 {
				return n
			}
		}
		return cmp.Compare(a.Report, b.Report)
	})
	var out []store.Twins
	for len(group) > 1 {
		first, rest := &group[0], []store.Candidate{}
		t := store.Twins{Report: first.Report}
		for i := range group[1:] {
			other := &group[1+i]
			shared, differ := contrast(first, other)
			cells := complement(first, other, t.Parts)
			switch {
			case len(cells) > 0:
				t.Parts = append(t.Parts, store.Part{Report: other.Report, Cells: cells})
				t.Findings = append(t.Findings, finding(Part, normalize.Advice, cells, fmt.Sprintf(
					"%s is a part of the same report; %d cells of tables that are not in this file are taken from it", other.Path, len(cells))))
				continue
			case shared < leastShared || float64(shared-len(differ)) < leastEqual*float64(shared):
				rest = append(rest, *other)
				unclear := fmt.Sprintf("%s is a report of the same agency and year beside it; of %d numbers in both %d differ, so that it is not taken for the same: nothing was put together", other.Path, shared, len(differ))
				t.Findings = append(t.Findings, finding(Unclear, normalize.Warning, nil, unclear))
				continue
			case len(differ) > 0:
				t.Findings = append(t.Findings, finding(Differ, normalize.Warning, differ, fmt.Sprintf(
					"%s is the same report with other numbers in %d of %d cells; this one was chosen since %s", other.Path, len(differ), shared, reason(first, other))))
				t.Doubts = append(t.Doubts, differ...)
			default:
				t.Findings = append(t.Findings, finding(Of, normalize.Advice, nil, fmt.Sprintf(
					"%s is the same report, with the same %d numbers; this one was chosen since %s", other.Path, shared, reason(first, other))))
			}
			t.Others = append(t.Others, other.Report)
		}
		slices.Sort(t.Doubts)
		t.Doubts = slices.Compact(t.Doubts)
		out = append(out, t)
		group = rest
	}
	// The last one is like none of the others.
	if len(group) == 1 && len(out) > 0 {
		out = append(out, store.Twins{Report: group[0].Report, Findings: []normalize.Finding{finding(Unclear, normalize.Warning, nil,
			"other reports of the same agency and year lie beside it and are not taken for the same: nothing was put together")}})
	}
	return out
}

func finding(rule string, severity normalize.Severity, ids []string, message string) normalize.Finding {
	return normalize.Finding{Rule: rule, Severity: severity, IDs: append([]string{}, ids...), Message: message}
}

// complement are the cells that b has, if they make up tables that a and the parts
// it has already lack; none if b holds anything else.
func complement(a, b *store.Candidate, parts []store.Part) []string {
	if a.Form != b.Form {
		return nil
	}
	var cells []string
	for id, v := range b.Values {
		if v.State == normalize.Absent {
			continue
		}
		if !slices.Contains(a.Missing, id) || slices.ContainsFunc(parts, func(p store.Part) bool { return slices.Contains(p.Cells, id) }) {
			return nil
		}
		cells = append(cells, id)
	}
	slices.Sort(cells)
	return cells
}

// contrast counts the cells for which both give a number, and names those in
// which the numbers differ.
func contrast(a, b *store.Candidate) (shared int, differ []string) {
	for id, v := range a.Values {
		w, ok := b.Values[id]
		if !ok || v.Number == nil || w.Number == nil {
			continue
		}
		shared++
		if !v.Number.Equal(*w.Number) {
			differ = append(differ, id)
		}
	}
	slices.Sort(differ)
	return shared, differ
}

func reason(a, b *store.Candidate) string {
	for _, p := range preference {
		if p.order(a, b) != 0 {
			return p.why
		}
	}
	return "it comes first"
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// numbers counts what people say to be a blank, too: a word of theirs is no reason
// to take the other twin.
func numbers(c *store.Candidate) (n int) {
	for _, v := range c.Values {
		if v.Number != nil || v.Reviewed {
			n++
		}
	}
	return n
}

func reviewed(c *store.Candidate) (n int) {
	for _, v := range c.Values {
		if v.Reviewed {
			n++
		}
	}
	return n
}

func doubts(c *store.Candidate) (n int) {
	for _, v := range c.Values {
		if v.Status == normalize.Review {
			n++
		}
	}
	return n
}
