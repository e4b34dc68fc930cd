package normalize

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"nianbao/extract"
	"nianbao/normalize/prose"
)

// checkProse holds the numbers of the report's sentences against its tables. A
// sentence that fits one of the ways to count is right; where it is received
// requests with the carry-over counted in, that is said.
func (r *Report) checkProse(doc *extract.Document, folded []string) {
	at := map[string]*Observation{}
	for i := range r.Observations {
		at[r.Observations[i].ID] = &r.Observations[i]
	}
	lines := make([]prose.Line, len(doc.Lines))
	for i := range doc.Lines {
		lines[i] = prose.Line{Text: folded[i], Heading: doc.Lines[i].Heading}
	}
	claims := prose.Find(lines, prose.Reporter{Name: r.Agency.Name, Year: r.Year, Government: governs(r.Agency.Name)})
	weak := damaged(doc) || isScan(doc) // the sentence itself may be misread
	var held []heldClaim
	fits := map[string]bool{}
	for _, c := range claims {
		h := hold(c, at)
		if len(h.sums) == 0 || slices.ContainsFunc(held, func(o heldClaim) bool { return o.Subject == c.Subject && o.Number.Printed == c.Number.Printed }) {
			continue
		}
		held = append(held, h)
		fits[c.Subject] = fits[c.Subject] || h.way >= 0
	}
	for _, h := range held {
		switch {
		case h.way > 0 && h.Number.Exact() && h.Subject == "received" && len(h.Ways[h.way]) > 1:
			r.Findings = append(r.Findings, Finding{Rule: "prose_counts_carry_over", Severity: Advice, IDs: h.Ways[h.way],
				Message: fmt.Sprintf("“%s”: %s is received and carried over together", h.Sentence, h.Number.Printed)})
		case h.way < 0 && (h.Total || !fits[h.Subject]): // beside one that fits, another may be of a part
			f := Finding{Rule: "prose_contradicts", Severity: Warning, IDs: h.ids(), Message: h.String()}
			if weak || h.unsure(at) {
				f.Severity = Inconclusive
			}
			r.Findings = append(r.Findings, f)
		}
	}
}

// governs tells whether a body is a government, whose tables count its division.
func governs(name string) bool {
	return strings.HasSuffix(name, "政府") || strings.HasSuffix(name, "行政公署") || strings.HasSuffix(name, "管理委员会")
}

// heldClaim is a claim beside the table's numbers.
type heldClaim struct {
	prose.Claim
	sums []waySum
	way  int // index into Ways of the one that fits, -1 where none does
}

type waySum struct {
	ids   prose.Way
	total decimal.Decimal
}

// hold adds up the ways that the report's form allows. Where one of them cannot
// be added up, it may be the one that is meant, and there is nothing to hold.
func hold(c prose.Claim, at map[string]*Observation) heldClaim {
	h := heldClaim{Claim: c, way: -1}
	for i, way := range c.Ways {
		s := waySum{ids: way}
		printed := true
		for _, id := range way {
			switch o := at[id]; {
			case o == nil:
				printed = false
			case o.State == Absent, o.State == Unreadable:
				return heldClaim{}
			case o.Value != nil:
				s.total = s.total.Add(*o.Value)
			}
		}
		if !printed {
			continue
		}
		h.sums = append(h.sums, s)
		if h.way < 0 && c.Number.Fits(s.total) {
			h.way = i
		}
	}
	return h
}

func (h heldClaim) ids() []string {
	var out []string
	for _, s := range h.sums {
		for _, id := range s.ids {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// unsure tells whether what is printed in the table is in doubt itself.
func (h heldClaim) unsure(at map[string]*Observation) bool {
	return slices.ContainsFunc(h.ids(), func(id string) bool { return at[id].Status == Review || at[id].Value == nil })
}

// String gives the sentence, its number and the table's.
func (h heldClaim) String() string {
	var parts []string
	for _, s := range h.sums {
		parts = append(parts, fmt.Sprintf("%s (%s)", s.total, strings.Join(s.ids, " + ")))
	}
	return fmt.Sprintf("“%s” says %s; the table %s", h.Sentence, h.Number.Printed, strings.Join(parts, ", or "))
}
