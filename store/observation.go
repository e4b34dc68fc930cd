package store

import (
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
)

// An observation's flags: bits 0-2 state, bit 3 under review, bit 4 wide (the
// value stands in observation_wide), bits 5-9 the digits after the point, bit 10
// said by a person.
// The commonest observation, a reported whole number that is ok, has flags 0:
// SQLite needs no byte for it.
const (
	flagReview   = 1 << 3
	flagWide     = 1 << 4
	flagReviewed = 1 << 10
	scaleShift   = 5
	scaleMask    = 31
	maxScale     = 18
)

var states = []normalize.State{
	normalize.Reported, normalize.Blank, normalize.Dash, normalize.Absent, normalize.Unreadable, normalize.Derived,
}

// packed is an observation as its row holds it.
type packed struct {
	value any // int64, or nil
	flags int
	wide  string
}

func pack(o *normalize.Observation) (packed, error) {
	state := -1
	for i, s := range states {
		if s == o.State {
			state = i
		}
	}
	if state < 0 {
		return packed{}, fmt.Errorf("observation %s has the unknown state %q", o.ID, o.State)
	}
	p := packed{flags: state}
	switch o.Status {
	case normalize.OK:
	case normalize.Review:
		p.flags |= flagReview
	default:
		return packed{}, fmt.Errorf("observation %s has the unknown status %q", o.ID, o.Status)
	}
	if o.Correction != nil {
		p.flags |= flagReviewed
	}
	if o.Value == nil {
		return p, nil
	}
	d := *o.Value
	coefficient, exponent := d.Coefficient(), d.Exponent()
	ten := big.NewInt(10)
	for ; exponent > 0 && coefficient.IsInt64(); exponent-- {
		coefficient.Mul(coefficient, ten)
	}
	if exponent > 0 || exponent < -maxScale || !coefficient.IsInt64() {
		p.flags |= flagWide
		p.wide = d.String()
		return p, nil
	}
	p.value = coefficient.Int64()
	p.flags |= int(-exponent) << scaleShift
	return p, nil
}

// Value is one stored observation without its print and evidence, which stay
// in the Report artifact.
type Value struct {
	Number *decimal.Decimal // nil where there is no number
	State  normalize.State
	Status normalize.Status
	// Reviewed says that a person corrected or confirmed it.
	Reviewed bool
}

func unpack(value *int64, flags int, wide *string) (Value, error) {
	state := flags & 7
	if state >= len(states) {
		return Value{}, fmt.Errorf("flags %d hold no known state", flags)
	}
	v := Value{State: states[state], Status: normalize.OK, Reviewed: flags&flagReviewed != 0}
	if flags&flagReview != 0 {
		v.Status = normalize.Review
	}
	switch {
	case flags&flagWide != 0:
		if wide == nil {
			return Value{}, fmt.Errorf("a long decimal is missing from observation_wide")
		}
		d, err := decimal.NewFromString(*wide)
		if err != nil {
			return Value{}, fmt.Errorf("read a long decimal: %w", err)
		}
		v.Number = &d
	case value != nil:
		d := decimal.New(*value, -int32(flags>>scaleShift&scaleMask))
		v.Number = &d
	}
	return v, nil
}
