package compare

import (
	"cmp"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/store"
)

// Why there is no figure.
const (
	OtherForm   = "other_form"   // the indicator is not defined in the report's form
	NotPrinted  = "not_printed"  // a cell it needs is absent or could not be read
	AllBlank    = "all_blank"    // every cell of the numerator or the denominator is blank
	ZeroDivisor = "zero_divisor" // the denominator is zero
	NoOutside   = "no_outside"   // a figure from outside the reports is not at hand
	UnderReview = "under_review" // it rests on a value under review, and such are excluded
)

// Figure is one indicator of one report.
type Figure struct {
	Numerator   *decimal.Decimal // nil where it is not known
	Denominator *decimal.Decimal // nil where it is not known, and for a count
	Missing     string           // why there is no rate (or no count), or ""
	Review      bool             // a value it rests on is under review
	Blanks      bool             // blank cells were counted as zero
	Reviewed    bool             // a person corrected or confirmed a value it rests on, or agency, year or form of its report

	quick ratio // the figure in machine words, where that is known already
}

// ratePlaces is how many digits after the point a rate keeps.
const ratePlaces = 6

// Rate is numerator over denominator, rounded half away from zero; nil where
// there is none.
func (f Figure) Rate() *decimal.Decimal {
	if f.Missing != "" || f.Numerator == nil || f.Denominator == nil {
		return nil
	}
	var r decimal.Decimal
	if q := f.ratio(); q.small && q.denominator != 0 {
		r = decimal.New(q.divided(), -ratePlaces)
	} else {
		r = f.Numerator.DivRound(*f.Denominator, ratePlaces)
	}
	return &r
}

// divided is numerator over denominator in units of the last place of a rate, rounded
// half away from zero.
func (r ratio) divided() int64 {
	n, d := r.numerator, r.denominator
	const one = 1_000_000 // ratePlaces digits
	q, rest := n*one/d, n*one%d
	if rest < 0 {
		rest = -rest
	}
	if rest*2 >= max(d, -d) {
		if (n < 0) == (d < 0) {
			q++
		} else {
			q--
		}
	}
	return q
}

// small is a decimal as a whole number of at most nine digits, as nearly all are:
// products of two fit a machine's word.
func small(d decimal.Decimal) (int64, bool) {
	if d.Exponent() != 0 || d.NumDigits() > 9 {
		return 0, false
	}
	return d.CoefficientInt64(), true
}

// known tells whether there is a value.
func (f Figure) known() bool { return f.Missing == "" && f.Numerator != nil }

// Value is the rate, or the number of a count; nil where there is none.
func (f Figure) Value() *decimal.Decimal {
	switch {
	case f.Missing != "":
		return nil
	case f.Denominator == nil:
		return f.Numerator
	}
	return f.Rate()
}

// String is the number of a count, or a rate in per cent and what it is made of:
// 12.5% 1/8; "" where there is none.
func (f Figure) String() string {
	if !f.known() {
		return ""
	}
	var n Number
	b := make([]byte, 0, 32)
	if f.Denominator == nil {
		return string(n.of(&f).append(b))
	}
	b = append(n.of(&f).appendPercent(b), ' ')
	b = append(n.ofNumerator(&f).append(b), '/')
	return string(n.ofDenominator(&f).append(b))
}

// Compare orders two figures that have values, exactly.
func (f Figure) Compare(g Figure) int {
	if a, b := f.ratio(), g.ratio(); a.small && b.small {
		return a.compare(b)
	}
	if f.Denominator == nil || g.Denominator == nil {
		return f.Value().Cmp(*g.Value())
	}
	c := f.Numerator.Mul(*g.Denominator).Cmp(g.Numerator.Mul(*f.Denominator))
	return c * f.Denominator.Sign() * g.Denominator.Sign()
}

// ratio is a figure in machine words where it fits them.
type ratio struct {
	numerator, denominator int64 // the denominator is positive, that of a count one
	small                  bool
}

// ratio returns the figure in machine words.
func (f Figure) ratio() (r ratio) {
	if f.quick.small {
		return f.quick
	}
	r.denominator = 1
	if r.numerator, r.small = small(*f.Numerator); f.Denominator == nil || !r.small {
		return r
	}
	r.denominator, r.small = small(*f.Denominator)
	r.small = r.small && r.denominator > 0
	return r
}

// compare orders small ratios.
func (r ratio) compare(q ratio) int {
	return cmp.Compare(r.numerator*q.denominator, q.numerator*r.denominator)
}

// Of works the indicator out for a report on the given form.
func (i *Indicator) Of(form string, values map[string]store.Value) Figure {
	var out Figure
	f, ok := i.formulas[form]
	if !ok {
		out.Missing = OtherForm
		return out
	}
	out.Numerator = out.sum(f.numerator, values)
	if !i.Count {
		out.Denominator = out.sum(f.denominator, values)
		if out.Missing == "" && out.Denominator.IsZero() {
			out.Missing = ZeroDivisor
		}
	}
	if out.known() {
		out.quick = out.ratio() // its numbers are at hand now
	}
	return out
}

// sum adds the terms up. A blank or dashed cell counts as zero and is marked;
// where nothing but blanks is there, or a cell is not printed at all, there is
// no sum: a silence is not a zero.
func (f *Figure) sum(terms []term, values map[string]store.Value) *decimal.Decimal {
	var total *decimal.Decimal
	blanks := 0
	for _, t := range terms {
		v, ok := values[t.cell]
		if ok && v.Status == normalize.Review {
			f.Review = true
		}
		if ok && v.Reviewed {
			f.Reviewed = true
		}
		switch {
		case ok && v.Number != nil:
			total = plus(total, v.Number, t.minus)
		case ok && (v.State == normalize.Blank || v.State == normalize.Dash):
			blanks++
		case t.outside():
			f.Missing = NoOutside
			return nil
		default:
			f.Missing = NotPrinted
			return nil
		}
	}
	if blanks == len(terms) {
		f.Missing = AllBlank
		return nil
	}
	f.Blanks = f.Blanks || blanks > 0
	return total
}

// plus adds a number to a total, which is nil where there was none yet, or takes it away.
func plus(total, n *decimal.Decimal, minus bool) *decimal.Decimal {
	if total == nil && !minus {
		return n
	}
	if total == nil {
		total = &decimal.Zero
	}
	a, ok := small(*total)
	b, also := small(*n)
	var sum decimal.Decimal
	switch {
	case ok && also && minus:
		sum = decimal.New(a-b, 0)
	case ok && also && b == 0:
		return total
	case ok && also:
		sum = decimal.New(a+b, 0)
	case minus:
		sum = total.Sub(*n)
	default:
		sum = total.Add(*n)
	}
	return &sum
}
