package normalize

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"nianbao/schema"
)

// judge decides between the readings of recognised cells by the form's sums. It
// takes what some engine read, never what only a sum demands.
type judge struct {
	at    map[string]*Observation
	cells []*ballot // in the order of the form
	byID  map[string]*ballot
	sums  []balance
}

// ballot is a cell that stands in sums, or that engines read.
type ballot struct {
	*Observation
	terms   []term // its places in sums
	settled bool   // what it adds to sums is beyond doubt
}

// term is a cell's place in a sum.
type term struct {
	sum  int
	sign int64 // 1 on the left side, -1 on the right
}

// balance is a sum, by what its left side has more than its right one.
type balance struct {
	ids    []string
	over   decimal.Decimal
	gaps   int // cells that are absent or unreadable: it cannot be judged
	prints int // numbers in it
	// shaky: it rests on a cell that is not settled, behind which a misreading
	// of another one may hide.
	shaky bool
	// blamed is the cell that alone makes it fail, if that is known.
	blamed *ballot
	// explained: it fails, and some of its cells have no other sum that holds, so
	// that it says nothing against those which have one.
	explained bool
}

func (b *balance) fails() bool { return b.gaps == 0 && !b.over.IsZero() }

// newJudge puts the first choice of every cell into the sums. It returns nil
// where nothing was recognised.
func newJudge(rels []schema.Relation, r *Report, at map[string]*Observation) *judge {
	j := &judge{at: at, byID: map[string]*ballot{}}
	some := false
	for i := range r.Observations {
		o := &r.Observations[i]
		b := &ballot{Observation: o}
		j.cells = append(j.cells, b)
		j.byID[o.ID] = b
		some = some || o.rec != nil
	}
	if !some {
		return nil
	}
	for _, rel := range rels {
		var s balance
		side := func(ids []string, sign int64) {
			for _, id := range ids {
				b := j.byID[id]
				b.terms = append(b.terms, term{len(j.sums), sign})
				s.ids = append(s.ids, id)
				switch b.State {
				case Reported, Derived:
					s.over = s.over.Add(b.Value.Mul(decimal.NewFromInt(sign)))
				case Blank, Dash:
				default:
					s.gaps++
				}
			}
		}
		side(rel.Sum, 1)
		side(rel.Equals, -1)
		j.sums = append(j.sums, s)
	}
	return j
}

// most is how many cells may be in dispute before the search for the readings
// that mend sums is given up: such a scan needs a person.
const most = 80

// disputed lists the cells whose readings differ.
func (j *judge) disputed() []*ballot {
	var out []*ballot
	for _, b := range j.cells {
		if b.rec != nil && len(b.rec.candidates) > 1 && len(b.terms) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// set takes another reading for a cell.
func (j *judge) set(b *ballot, k int) {
	was, is := b.rec.candidates[b.rec.chosen].worth(), b.rec.candidates[k].worth()
	b.rec.chosen = k
	more := is.Sub(was)
	for _, t := range b.terms {
		j.sums[t.sum].over = j.sums[t.sum].over.Add(more.Mul(decimal.NewFromInt(t.sign)))
	}
}

// failing counts the sums that fail.
func (j *judge) failing() int {
	n := 0
	for i := range j.sums {
		if j.sums[i].fails() {
			n++
		}
	}
	return n
}

// mend swaps readings as long as that lowers the number of sums that fail: the
// swap that lowers it most, the first in the form's order among equals; then
// two at once.
func (j *judge) mend(disputed []*ballot) int {
	now := j.failing()
	for now > 0 {
		best, at, to := now, -1, 0
		for i, b := range disputed {
			if !j.touchesFailing(b) {
				continue
			}
			j.each(b, func(k int) {
				if n := j.failing(); n < best {
					best, at, to = n, i, k
				}
			})
		}
		if at >= 0 {
			j.set(disputed[at], to)
			now = best
			continue
		}
		if !j.mendTwo(disputed, now) {
			break
		}
		now = j.failing()
	}
	return now
}

// mendTwo swaps the first two cells that share a sum and together lower the
// number of sums that fail: a total and its part misread alike hold their row.
func (j *judge) mendTwo(disputed []*ballot, now int) bool {
	for i, a := range disputed {
		if !j.touchesFailing(a) {
			continue
		}
		for _, b := range disputed[i+1:] {
			if !meet(a, b) || !j.touchesFailing(b) {
				continue
			}
			toA, toB := -1, -1
			j.each(a, func(ka int) {
				j.each(b, func(kb int) {
					if toA < 0 && j.failing() < now {
						toA, toB = ka, kb
					}
				})
			})
			if toA >= 0 {
				j.set(a, toA)
				j.set(b, toB)
				return true
			}
		}
	}
	return false
}

// each tries every other reading of a cell and puts the first one back.
func (j *judge) each(b *ballot, try func(k int)) {
	was := b.rec.chosen
	for k := range b.rec.candidates {
		if k != was {
			j.set(b, k)
			try(k)
		}
	}
	j.set(b, was)
}

func (j *judge) touchesFailing(b *ballot) bool {
	return slices.ContainsFunc(b.terms, func(t term) bool { return j.sums[t.sum].fails() })
}

// meet tells whether two cells stand in one sum.
func meet(a, b *ballot) bool {
	return slices.ContainsFunc(a.terms, func(t term) bool {
		return slices.ContainsFunc(b.terms, func(u term) bool { return u.sum == t.sum })
	})
}

// choose takes the readings that mend sums. ambiguous are cells for which
// another reading does as well, be it with others swapped along.
func (j *judge) choose() (ambiguous map[string]bool) {
	disputed := j.disputed()
	ambiguous = map[string]bool{}
	if len(disputed) > most {
		for _, b := range disputed {
			ambiguous[b.ID] = true
		}
		return ambiguous
	}
	j.mend(disputed)
	broken := j.broken()
	for _, b := range disputed {
		if ambiguous[b.ID] {
			continue
		}
		taken := b.rec.candidates[b.rec.chosen].worth()
		j.each(b, func(k int) {
			if b.rec.candidates[k].worth().Equal(taken) {
				return // a dash for a zero: no sum is the wiser, nor harmed
			}
			swapped := []*ballot{b}
			budget := 500
			if j.repaired(broken, disputed, &swapped, &budget) {
				for _, o := range swapped {
					ambiguous[o.ID] = true
				}
			}
		})
	}
	return ambiguous
}

// broken marks the sums that fail.
func (j *judge) broken() []bool {
	out := make([]bool, len(j.sums))
	for i := range j.sums {
		out[i] = j.sums[i].fails()
	}
	return out
}

// repaired tells whether, after the swaps made, others lead to readings over
// which no more sums fail than before. Any such way must swap a cell of each sum
// that fails now and did not: it tries those of the first one, then on. Where
// the budget ends it says yes, for then nothing is known.
func (j *judge) repaired(before []bool, disputed []*ballot, swapped *[]*ballot, budget *int) bool {
	first, more, less := -1, 0, 0
	for i := range j.sums {
		switch f := j.sums[i].fails(); {
		case f && !before[i]:
			if more++; first < 0 {
				first = i
			}
		case !f && before[i]:
			less++
		}
	}
	if more <= less {
		return true
	}
	for _, b := range disputed {
		if slices.Contains(*swapped, b) || !slices.ContainsFunc(b.terms, func(t term) bool { return t.sum == first }) {
			continue
		}
		was, n := b.rec.chosen, len(*swapped)
		*swapped = append(*swapped, b)
		for k := range b.rec.candidates {
			if k == was {
				continue
			}
			if *budget--; *budget < 0 {
				return true
			}
			j.set(b, k)
			found := j.repaired(before, disputed, swapped, budget)
			j.set(b, was)
			if found {
				return true
			}
		}
		*swapped = (*swapped)[:n]
	}
	return false
}

// decide writes the chosen readings into the report and puts under review what
// they do not prove. It says so in one finding.
func (j *judge) decide(r *Report) {
	ambiguous := j.choose()
	for _, b := range j.cells {
		if b.rec != nil && len(b.rec.candidates) > 0 {
			b.take(&b.rec.candidates[b.rec.chosen])
		}
		for _, t := range b.terms {
			if b.State == Reported {
				j.sums[t.sum].prints++
			}
		}
	}
	j.settle(ambiguous)
	j.blame()
	j.explain()
	var ids []string
	for _, b := range j.cells {
		if b.rec == nil {
			continue
		}
		b.firm = b.Status == OK && b.rec.certain()
		if !j.proven(b) {
			b.Status = Review
			if !b.firm {
				ids = append(ids, b.ID)
			}
		}
	}
	if len(ids) > 0 {
		r.Findings = append(r.Findings, Finding{Rule: "readings_unproved", Severity: Warning, IDs: ids,
			Message: fmt.Sprintf("%d cells read from pixels were not read twice alike, and no sums prove them", len(ids))})
	}
}

// take makes a candidate the value of the observation.
func (o *Observation) take(c *candidate) {
	o.State, o.Value = c.state, nil
	if c.state == Reported {
		o.Value = &c.value
	}
	if c.state == Blank {
		return
	}
	o.Text = c.text
	for i := range o.Evidence {
		o.Evidence[i].Reader, o.Evidence[i].Confidence = c.reader, c.confidence
	}
}

// settle finds the cells in dispute whose share in sums is beyond doubt: a row
// and a column hold over them, which no other readings make hold, and which rest
// on no cell that is not settled. An unsure reading does not win over a sure one.
func (j *judge) settle(ambiguous map[string]bool) {
	for _, b := range j.cells {
		b.settled = b.rec == nil || b.rec.agreed() || len(b.rec.candidates) > 0 && !ambiguous[b.ID] && !b.rec.outdone()
	}
	for again := true; again; {
		again = false
		for i := range j.sums {
			j.sums[i].shaky = slices.ContainsFunc(j.sums[i].ids, func(id string) bool { return !j.byID[id].settled })
		}
		for _, b := range j.cells {
			if b.settled && b.rec != nil && !b.rec.agreed() {
				if holds, _, _ := j.sumsOver(b); holds < 2 {
					b.settled, again = false, true
				}
			}
		}
	}
}

// blame finds the cells in dispute that alone make sums fail: their row and their
// column demand the same number of them, and all other cells of both were read
// alike. Such a sum says nothing against the others.
func (j *judge) blame() {
	for _, b := range j.cells {
		if b.rec == nil || b.rec.agreed() || b.State != Reported {
			continue
		}
		var failing []*balance
		var demands []decimal.Decimal
		alone := true
		for _, t := range b.terms {
			s := &j.sums[t.sum]
			if !s.fails() {
				continue
			}
			failing = append(failing, s)
			demands = append(demands, b.Value.Sub(s.over.Mul(decimal.NewFromInt(t.sign))))
			alone = alone && !slices.ContainsFunc(s.ids, func(id string) bool {
				o := j.byID[id]
				return o != b && o.rec != nil && !o.rec.agreed()
			})
		}
		if len(failing) < 2 || !alone || demands[0].IsNegative() ||
			slices.ContainsFunc(demands, func(d decimal.Decimal) bool { return !d.Equal(demands[0]) }) {
			continue
		}
		for _, s := range failing {
			s.blamed = b
		}
	}
}

// explain finds the sums that fail over a cell which no sum speaks for: it may be
// the cause, and others, for which one speaks, need not be.
func (j *judge) explain() {
	for i := range j.sums {
		s := &j.sums[i]
		s.explained = s.fails() && slices.ContainsFunc(s.ids, func(id string) bool {
			holds, _, _ := j.sumsOver(j.byID[id])
			return holds == 0
		})
	}
}

// cleared tells whether every sum that fails over a cell is explained by others.
func (j *judge) cleared(b *ballot) bool {
	return !slices.ContainsFunc(b.terms, func(t term) bool { return j.sums[t.sum].fails() && !j.sums[t.sum].explained })
}

// sumsOver counts the sums over a cell that hold without resting on one in
// doubt, and those that cannot be judged.
func (j *judge) sumsOver(b *ballot) (holds, unjudged int, fails bool) {
	for _, t := range b.terms {
		switch s := &j.sums[t.sum]; {
		case s.fails() && s.blamed != nil && s.blamed != b:
			unjudged++
		case s.fails():
			fails = true
		case s.gaps > 0 || s.shaky:
			unjudged++
		case s.prints > 0:
			holds++
		}
	}
	return holds, unjudged, fails
}

// proven tells whether the value of a recognised cell is beyond doubt. No sum
// may fail over it, unless engines agree and are sure, another sum holds, and what
// fails is explained by other cells: a misreading would break both. Where engines
// agree one sum must hold; where there is no sum, each of them must be plain and
// sure. Where they differ the cell must be settled; a zero or a dash is proven by no
// sum, since sums take one for the other.
func (j *judge) proven(b *ballot) bool {
	holds, unjudged, fails := j.sumsOver(b)
	switch {
	case len(b.rec.candidates) == 0 || b.rec.mixed():
		return false
	case fails:
		return holds > 0 && b.rec.certain() && j.cleared(b)
	case b.rec.agreed():
		return holds > 0 || unjudged == 0 && b.rec.certain()
	}
	return b.settled && !b.rec.candidates[b.rec.chosen].worth().IsZero()
}

// derive offers, for cells that nobody could read, the number that all their
// sums demand. Such cells stay under review.
func (j *judge) derive() {
	type offer struct {
		b     *ballot
		value decimal.Decimal
	}
	var offers []offer
	for _, b := range j.cells {
		if b.rec == nil || b.State != Unreadable {
			continue
		}
		var demands []decimal.Decimal
		for _, t := range b.terms {
			if s := &j.sums[t.sum]; s.gaps == 1 && s.prints > 0 {
				demands = append(demands, s.over.Mul(decimal.NewFromInt(-t.sign)))
			}
		}
		if len(demands) > 0 && !demands[0].IsNegative() && !slices.ContainsFunc(demands, func(d decimal.Decimal) bool { return !d.Equal(demands[0]) }) {
			offers = append(offers, offer{b, demands[0]})
		}
	}
	for _, o := range offers {
		o.b.State, o.b.Value, o.b.Status = Derived, &o.value, Review
	}
}
