package main

import (
	"encoding/json"
	"fmt"
	"io"

	"nianbao/agency"
	"nianbao/normalize"
)

// line is what read prints of one file: docs/format.md.
type line struct {
	Source       lineSource          `json:"source"`
	Agency       lineAgency          `json:"agency"`
	Year         *int                `json:"year"`
	Form         *string             `json:"form"`
	Dated        *string             `json:"dated"`
	Observations []lineObservation   `json:"observations"`
	Findings     []normalize.Finding `json:"findings"`
}

type lineSource struct {
	Path      string  `json:"path"`
	SHA256    *string `json:"sha256"`
	MediaType *string `json:"media_type"`
	Pages     *int    `json:"pages"`
	URL       *string `json:"url"`
}

type lineAgency struct {
	Name     *string `json:"name"`
	Division *string `json:"division"`
}

type lineObservation struct {
	ID       string               `json:"id"`
	Value    *json.Number         `json:"value"`
	Unit     string               `json:"unit"`
	State    normalize.State      `json:"state"`
	Status   normalize.Status     `json:"status"`
	Text     string               `json:"text"`
	Evidence []normalize.Evidence `json:"evidence"`
}

// newLine puts a Report into the form that other programs build on.
func newLine(path, sha, mediaType string, pages int, r *normalize.Report) *line {
	l := &line{
		Source:       lineSource{Path: path, SHA256: known(sha), MediaType: known(mediaType), Pages: known(pages)},
		Agency:       lineAgency{Name: known(r.Agency.Name), Division: known(divisionOf(path, r))},
		Year:         known(r.Year),
		Form:         known(r.Form),
		Dated:        known(r.Dated),
		Observations: make([]lineObservation, len(r.Observations)),
		Findings:     make([]normalize.Finding, len(r.Findings)),
	}
	for i := range r.Observations {
		o := &r.Observations[i]
		lo := lineObservation{ID: o.ID, Unit: o.Unit, State: o.State, Status: o.Status, Text: o.Text, Evidence: o.Evidence}
		if o.Value != nil {
			n := json.Number(o.Value.String())
			lo.Value = &n
		}
		if lo.Evidence == nil {
			lo.Evidence = []normalize.Evidence{}
		}
		l.Observations[i] = lo
	}
	for i, f := range r.Findings {
		if f.IDs == nil {
			f.IDs = []string{}
		}
		l.Findings[i] = f
	}
	return l
}

// divisionOf is the division of a report's agency, where the report and the path
// leave no doubt.
func divisionOf(path string, r *normalize.Report) string {
	if r.Agency.Division != "" || r.Agency.Name == "" {
		return r.Agency.Division
	}
	return agency.Resolve(r.Agency.Name, r.Year, r.Claims, []string{path}).Division
}

// known is nil for the zero value.
func known[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// writeJSON writes v and a line feed, Chinese as it is.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}
