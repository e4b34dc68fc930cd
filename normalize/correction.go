package normalize

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"nianbao/extract"
	"nianbao/schema"
)

// Correction is who says that a cell holds its value, over what was read. It may
// confirm what was read.
type Correction struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	At     string `json:"at"` // when it was said, RFC 3339
}

// Reading is a cell as it is read where nobody says anything.
type Reading struct {
	Value  *decimal.Decimal `json:"value"`
	State  State            `json:"state"`
	Status Status           `json:"status"`
	Text   string           `json:"text"`
}

// Read is the cell as it is read where nobody says anything of any cell.
func (o *Observation) Read() Reading {
	if o.Reading != nil {
		return *o.Reading
	}
	return Reading{o.Value, o.State, o.Status, o.Text}
}

// Said is what people say of one cell of a report, or of one field.
type Said struct {
	ID    string
	State State // reported, blank, dash or absent
	Value *decimal.Decimal
	Text  string // of a field
	Correction

	// Open, if set, says why nobody's word counts: the cell keeps what was read and
	// goes under review with this finding.
	Open *Finding
}

// Corrected maps a Document to a Report with what people say of its cells and fields. Their
// word counts like print read beyond doubt: sums are judged over it by the same
// rules, so that it may prove other cells or speak against them. read is what
// Normalize makes of doc.
func Corrected(doc *extract.Document, read *Report, said []Said) *Report {
	if read.Form == "" || len(said) == 0 {
		return read
	}
	byID := map[string]*Said{}
	for i := range said {
		byID[said[i].ID] = &said[i]
	}
	rep := normalize(doc, byID)
	rep.noteFields(read, byID)
	was := map[string]*Observation{}
	for i := range read.Observations {
		was[read.Observations[i].ID] = &read.Observations[i]
	}
	for i := range rep.Observations {
		o := &rep.Observations[i]
		w := was[o.ID]
		if w == nil {
			continue
		}
		r := w.Read()
		if o.Correction != nil {
			o.Text, o.Evidence = w.Text, w.Evidence
		} else if r.same(o) {
			continue
		}
		o.Reading = &r
	}
	return rep
}

// same tells whether an observation says what was read.
func (r *Reading) same(o *Observation) bool {
	return r.State == o.State && r.Status == o.Status && r.Text == o.Text && equal(r.Value, o.Value)
}

func equal(a, b *decimal.Decimal) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// say puts a person's word in the place of what was read.
func (o *Observation) say(s *Said) {
	o.State, o.Value, o.Status = s.State, s.Value, OK
	o.rec, o.need = nil, 0
	c := s.Correction
	o.Correction = &c
}

// doubt puts what was read under review.
func (o *Observation) doubt() {
	if o.Correction == nil {
		o.Status = Review
	}
}

// ErrNoValue says that a text is no value of a cell, ErrUnusual that it is one
// which such a cell does not hold as a rule: half a case, a count below zero.
var (
	ErrNoValue = errors.New("this is no value of the cell")
	ErrUnusual = errors.New("the cell holds no such number as a rule")
)

// valueLength is how many bytes the value of a cell has at most.
const valueLength = 60

// ParseValue reads a value that a person gives for a cell as it is read in print:
// a number, with its unit or without, a dash, or nothing. With ErrUnusual it comes
// back too.
func ParseValue(text string, c *schema.Cell) (State, *decimal.Decimal, error) {
	col := &templateColumn{id: c.ID, unit: c.Unit}
	kind := "a whole number without a sign"
	switch {
	case c.Unit == "万元":
		kind = "an amount, such as 25.1 (万元) or 251000元"
	case col.signed():
		kind = "a whole number with or without a sign"
	}
	if len(text) > valueLength {
		return "", nil, fmt.Errorf("%w: %s is %s", ErrNoValue, c.ID, kind)
	}
	r, fits := readStrictly(text, col, "")
	switch {
	case r.state == Blank, r.state == Dash:
		return r.state, nil, nil
	case r.state == Reported && fits:
		return Reported, &r.value, nil
	case r.state == Reported && len(strings.Fields(text)) == 1:
		return Reported, &r.value, fmt.Errorf("%w: %s is %s", ErrUnusual, c.ID, kind)
	}
	return "", nil, fmt.Errorf("%w: %s is %s", ErrNoValue, c.ID, kind)
}
