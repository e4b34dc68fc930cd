package normalize

import (
	"slices"
	"strconv"

	"nianbao/schema"
)

// Fields place a report: without agency and year it is in no comparison, and its form
// tells which cells it has. People say what they are as they say what a cell holds.
const (
	FieldAgency = "agency" // name as printed
	FieldYear   = "year"
	FieldForm   = "form"
)

// Fields are all of them.
var Fields = []string{FieldAgency, FieldYear, FieldForm}

// IsField tells fields from cells.
func IsField(id string) bool { return slices.Contains(Fields, id) }

// SaidField is a field of which a person spoke.
type SaidField struct {
	ID    string `json:"id"`
	Value string `json:"value"`
	Read  string `json:"read"` // "" where nothing was read
	Correction
}

// Field is a field as text, "" where it is not known.
func (r *Report) Field(id string) string {
	switch id {
	case FieldAgency:
		return r.Agency.Name
	case FieldForm:
		return r.Form
	case FieldYear:
		if r.Year != 0 {
			return strconv.Itoa(r.Year)
		}
	}
	return ""
}

// ReadField is a field as it is read where nobody says anything.
func (r *Report) ReadField(id string) string {
	for i := range r.Said {
		if r.Said[i].ID == id {
			return r.Said[i].Read
		}
	}
	return r.Field(id)
}

// FieldDoubt tells of which field a finding says that it may be wrong, "" where of
// none.
func (f *Finding) FieldDoubt() string {
	switch f.Rule {
	case "agency_missing":
		return FieldAgency
	case "year_missing", "year_conflict", "year_inferred":
		return FieldYear
	case "form_uncertain":
		return FieldForm
	}
	return ""
}

// FieldDoubts are the rules of findings that FieldDoubt knows of reports that are
// placed all the same.
var FieldDoubts = []string{"year_conflict", "year_inferred", "form_uncertain"}

// say puts a person's word in the place of what was read of the agency and the year.
// What was read of them speaks for nothing any more.
func (id *identity) say(said map[string]*Said) {
	settled := func(field string) string {
		s := said[field]
		if s == nil || s.Open != nil {
			return ""
		}
		id.findings = slices.DeleteFunc(id.findings, func(f Finding) bool { return f.FieldDoubt() == field })
		return s.Text
	}
	if name := settled(FieldAgency); name != "" {
		id.claims = slices.DeleteFunc(id.claims, func(c Claim) bool { return c.Text == id.agency })
		id.agency = name
	}
	if year, err := strconv.Atoi(settled(FieldYear)); err == nil {
		id.year = year
	}
}

// sayForm is the form that a person says, nil where nobody does.
func sayForm(said map[string]*Said) *schema.Form {
	if s := said[FieldForm]; s != nil && s.Open == nil {
		return schema.Lookup(s.Text)
	}
	return nil
}

// noteFields keeps who said what of the fields.
func (r *Report) noteFields(read *Report, said map[string]*Said) {
	for _, id := range Fields {
		if s := said[id]; s != nil && s.Open == nil {
			r.Said = append(r.Said, SaidField{ID: id, Value: s.Text, Read: read.Field(id), Correction: s.Correction})
		}
	}
}
