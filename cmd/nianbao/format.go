package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/shopspring/decimal"

	"nianbao/agency"
	"nianbao/normalize"
	"nianbao/pipeline"
)

// line is what read prints of one file: docs/format.md.
type line struct {
	lineHead
	Observations []lineObservation `json:"observations"`
	lineTail

	printed []byte // Observations as a worker printed them, which are not set then
}

type lineHead struct {
	Source lineSource `json:"source"`
	Agency lineAgency `json:"agency"`
	Year   *int       `json:"year"`
	Form   *string    `json:"form"`
	Dated  *string    `json:"dated"`
}

type lineTail struct {
	Findings []normalize.Finding `json:"findings"`
	// Where a person says what agency, year or form are.
	Said []normalize.SaidField `json:"said,omitempty"`
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
	// Where a person says what the cell holds; what was read, where that differs.
	Correction *normalize.Correction `json:"correction,omitempty"`
	Read       *lineReading          `json:"read,omitempty"`
}

type lineReading struct {
	Value  *json.Number     `json:"value"`
	State  normalize.State  `json:"state"`
	Status normalize.Status `json:"status"`
	Text   string           `json:"text"`
}

// newLine puts a Report into the form that other programs build on.
func newLine(path, sha, mediaType string, pages int, r *normalize.Report) *line {
	l := &line{
		lineHead: lineHead{
			Source: lineSource{Path: path, SHA256: known(sha), MediaType: known(mediaType), Pages: known(pages)},
			Agency: lineAgency{Name: known(r.Agency.Name), Division: known(divisionOf(path, r))},
			Year:   known(r.Year),
			Form:   known(r.Form),
			Dated:  known(r.Dated),
		},
		Observations: newLineObservations(r.Observations),
		lineTail:     lineTail{Findings: make([]normalize.Finding, len(r.Findings)), Said: r.Said},
	}
	for i, f := range r.Findings {
		if f.IDs == nil {
			f.IDs = []string{}
		}
		l.Findings[i] = f
	}
	return l
}

// newPrintedLine is newLine with the observations that a worker printed, if it did.
func newPrintedLine(path, sha string, res *pipeline.Result, r *normalize.Report) *line {
	l := newLine(path, sha, res.MediaType, res.Pages, r)
	l.printed = res.Printed
	return l
}

// write writes the line. What a worker printed goes through as it is.
func (l *line) write(w io.Writer) error {
	if l.printed == nil {
		return writeJSON(w, l)
	}
	var b, tail bytes.Buffer
	if err := errors.Join(writeJSON(&b, l.lineHead), writeJSON(&tail, l.lineTail)); err != nil {
		return err
	}
	b.Truncate(bytes.LastIndexByte(b.Bytes(), '}'))
	b.WriteString(`,"observations":`)
	b.Write(bytes.TrimSpace(l.printed))
	b.WriteByte(',')
	b.Write(bytes.TrimPrefix(tail.Bytes(), []byte("{")))
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

func newLineObservations(os []normalize.Observation) []lineObservation {
	out := make([]lineObservation, len(os))
	for i := range os {
		out[i] = newLineObservation(&os[i])
	}
	return out
}

// printObservations gives the observations of a line, in the worker that read them.
func printObservations(os []normalize.Observation) ([]byte, error) {
	var b bytes.Buffer
	if err := writeJSON(&b, newLineObservations(os)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func newLineObservation(o *normalize.Observation) lineObservation {
	l := lineObservation{ID: o.ID, Value: exact(o.Value), Unit: o.Unit, State: o.State, Status: o.Status, Text: o.Text,
		Evidence: o.Evidence, Correction: o.Correction}
	if l.Evidence == nil {
		l.Evidence = []normalize.Evidence{}
	}
	if r := o.Reading; r != nil {
		l.Read = &lineReading{exact(r.Value), r.State, r.Status, r.Text}
	}
	return l
}

// exact is a number with all its digits.
func exact(d *decimal.Decimal) *json.Number {
	if d == nil {
		return nil
	}
	n := json.Number(d.String())
	return &n
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
