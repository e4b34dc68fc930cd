package normalize

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"nianbao/schema"
)

// check holds the report against the sums of its form. Values whose digits were
// in doubt are ok only if every sum they stand in holds; a sum that fails over
// values read beyond doubt is the agency's own mistake and leaves them ok.
func (r *Report) check(form *schema.Form) {
	at := map[string]*Observation{}
	for i := range r.Observations {
		at[r.Observations[i].ID] = &r.Observations[i]
	}
	rels := relations(form, at)
	judge := newJudge(rels, r, at)
	if judge != nil {
		judge.decide(r)
		defer judge.derive()
	}
	proofs, breaks := map[string]int{}, map[string]int{}
	var failed []sum
	for _, rel := range rels {
		s, ok := evaluate(rel, at)
		switch {
		case !ok:
		case s.holds():
			for _, id := range s.ids {
				proofs[id]++
			}
		default:
			failed = append(failed, s)
			for _, id := range s.ids {
				breaks[id]++
			}
		}
	}
	for i := range r.Observations {
		if o := &r.Observations[i]; o.need > 0 && (proofs[o.ID] < o.need || breaks[o.ID] > 0) {
			o.Status = Review
		}
	}
	var splits []split
	if form.ID != "2014" { // whose rows hold one number each
		splits = findSplits(failed, proofs, at)
	}
	for _, s := range failed {
		f := Finding{Rule: s.rule, Severity: Error, IDs: s.ids, Message: s.String()}
		doubtful := slices.ContainsFunc(s.ids, func(id string) bool { return at[id].Status == Review && !at[id].firm }) ||
			slices.ContainsFunc(splits, func(x split) bool {
				return x.mendsAll && (slices.Contains(s.ids, x.a.ID) || slices.Contains(s.ids, x.b.ID))
			})
		if s.silent || doubtful {
			f.Severity = Inconclusive
		}
		r.Findings = append(r.Findings, f)
	}
	for _, s := range failed { // a row with a silence in it, whose numbers may have moved
		if s.silent && s.isRow() {
			for _, id := range s.ids {
				at[id].doubt()
			}
		}
	}
	for _, x := range splits {
		x.a.doubt()
		x.b.doubt()
		r.Findings = append(r.Findings, Finding{Rule: "number_split", Severity: Warning, IDs: []string{x.a.ID, x.b.ID},
			Message: fmt.Sprintf("%s and %s in neighbouring cells may be one number, %s", x.a.Value, x.b.Value, x.joined)})
	}
}

// split is two neighbours of a row that may be one number whose digits fell
// into two cells.
type split struct {
	a, b     *Observation
	joined   decimal.Decimal
	mendsAll bool // every broken sum over a holds with the joined number
}

// findSplits looks for neighbours that no sum which holds speaks for, and of which
// the broken sums say that they are one number: joined they mend at least one of
// them. Where the number that was split is the agency's mistake too, it mends none:
// then all those of the second one hold without it, or all those of the first one
// come nearer, by half at least.
func findSplits(failed []sum, proofs map[string]int, at map[string]*Observation) []split {
	var out []split
	for _, s := range failed {
		if !s.isRow() {
			continue
		}
		for i := range len(s.ids) - 1 {
			a, b := at[s.ids[i]], at[s.ids[i+1]]
			if a.Correction != nil || b.Correction != nil || a.Value == nil || b.Value == nil || proofs[a.ID] > 0 || proofs[b.ID] > 0 && !b.Value.IsZero() ||
				a.Value.IsZero() || !a.Value.IsInteger() || !b.Value.IsInteger() {
				continue
			}
			joined, err := decimal.NewFromString(a.Value.String() + b.Value.String())
			if err != nil {
				continue
			}
			over, mended, nearer := 0, 0, 0 // broken sums of a
			others, without := 0, 0         // those of b alone
			for _, o := range failed {
				switch {
				case slices.Contains(o.ids, a.ID):
					over++
					gap := o.gap(a.ID, joined, b.ID)
					if gap.IsZero() {
						mended++
					}
					if gap.Add(gap).LessThanOrEqual(o.gap("", decimal.Zero, "")) {
						nearer++
					}
				case slices.Contains(o.ids, b.ID):
					others++
					if o.gap("", decimal.Zero, b.ID).IsZero() {
						without++
					}
				}
			}
			if mended > 0 || over > 1 && (nearer == over || others > 0 && without == others) {
				out = append(out, split{a, b, joined, mended == over})
			}
		}
	}
	return out
}

// gap is how far the sum is from holding with another value for one cell and
// nothing in a second.
func (s sum) gap(id string, value decimal.Decimal, empty string) decimal.Decimal {
	side := func(ids []string, ds []decimal.Decimal) decimal.Decimal {
		t := decimal.Zero
		for i, d := range ds {
			switch ids[i] {
			case id:
				d = value
			case empty:
				d = decimal.Zero
			}
			t = t.Add(d)
		}
		return t
	}
	return side(s.ids, s.left).Sub(side(s.ids[len(s.left):], s.right)).Abs()
}

// relations are those of the form; where the report prints rows of the other
// form of the same table, the relation that counts the printed rows.
func relations(form *schema.Form, at map[string]*Observation) []schema.Relation {
	printed := func(rel *schema.Relation) bool {
		return !slices.ContainsFunc(slices.Concat(rel.Sum, rel.Equals), func(id string) bool { return at[id] == nil })
	}
	var out []schema.Relation
	done := map[string]bool{}
	for i := range form.Relations {
		if rel := &form.Relations[i]; printed(rel) {
			out = append(out, *rel)
			done[rel.Rule] = true
		}
	}
	if form.ID == "2014" {
		return out
	}
	for _, f := range schema.Forms() {
		if f == form || f.ID == "2014" {
			continue
		}
		for i := range f.Relations {
			if rel := &f.Relations[i]; !done[rel.Rule] && printed(rel) {
				out = append(out, *rel)
			}
		}
	}
	return out
}

// sum is a relation with the report's numbers in it.
type sum struct {
	rule        string
	ids         []string
	left, right []decimal.Decimal
	silent      bool // a blank or dash was counted as zero
}

// evaluate puts numbers into a relation. It cannot be judged where a cell is
// absent or unreadable, or where nothing is printed at all.
func evaluate(rel schema.Relation, at map[string]*Observation) (sum, bool) {
	s := sum{rule: rel.Rule}
	numbers := 0
	side := func(ids []string) ([]decimal.Decimal, bool) {
		var out []decimal.Decimal
		for _, id := range ids {
			o := at[id]
			s.ids = append(s.ids, id)
			switch o.State {
			case Reported, Derived:
				out = append(out, *o.Value)
				numbers++
			case Blank, Dash:
				out = append(out, decimal.Zero)
				s.silent = true
			default:
				return nil, false
			}
		}
		return out, true
	}
	var ok bool
	if s.left, ok = side(rel.Sum); !ok {
		return s, false
	}
	if s.right, ok = side(rel.Equals); !ok {
		return s, false
	}
	return s, numbers > 0
}

func total(ds []decimal.Decimal) decimal.Decimal {
	t := decimal.Zero
	for _, d := range ds {
		t = t.Add(d)
	}
	return t
}

// isRow tells whether the sum runs over cells that stand side by side.
func (s sum) isRow() bool {
	return strings.HasPrefix(s.rule, "applicants.") || strings.HasPrefix(s.rule, "results.")
}

func (s sum) holds() bool { return total(s.left).Equal(total(s.right)) }

// String prints the sum as it stands, zeros of long sums left out.
func (s sum) String() string {
	side := func(ds []decimal.Decimal) string {
		var parts []string
		for _, d := range ds {
			if !d.IsZero() || len(ds) <= 2 {
				parts = append(parts, d.String())
			}
		}
		if len(parts) == 0 {
			return "0"
		}
		return strings.Join(parts, " + ")
	}
	return fmt.Sprintf("%s ≠ %s", side(s.left), side(s.right))
}
