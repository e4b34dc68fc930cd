// Package pipeline says which steps lead from a published file to rows, in
// which order, and carries them out: extract (original → Document), normalize
// (Document → Report), index (Report → rows). A step derives one artifact from
// another and does nothing else; what is left to do is computed from what is
// stored, never remembered, so a run that was cut off simply goes on.
//
// Foreign bytes are parsed in child processes with limits on time and memory: a
// file that hangs, bursts or crashes its reader costs that file, not the run.
//
// It knows no SQL, no file format and no meaning of a cell.
package pipeline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"nianbao/extract"
	"nianbao/normalize"
)

// Names of the steps.
const (
	Extract   = "extract"
	Normalize = "normalize"
	Index     = "index"
)

// Versions names, for every step, all that can change its output. A test
// compares the artifacts of the fixtures with testdata/versions.golden and
// fails where an artifact changed and the version did not.
var Versions = map[string]string{
	Extract:   "10",
	Normalize: normalize.Version,
	Index:     "1",
}

// Artifact is the canonical JSON of a Document or a Report: the same value
// always gives the same bytes, since neither type holds a map or a time.
func Artifact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode artifact: %w", err)
	}
	return b.Bytes(), nil
}

// ParseReport reads a Report artifact.
func ParseReport(artifact []byte) (*normalize.Report, error) {
	var r normalize.Report
	if err := json.Unmarshal(artifact, &r); err != nil {
		return nil, fmt.Errorf("read report artifact: %w", err)
	}
	return &r, nil
}

// Sum is the lower-case hexadecimal SHA-256 under which bytes are known.
func Sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// Refused is the Report of a file that gives none: no form, no observations,
// and one finding that says why.
func Refused(r *extract.Refusal) *normalize.Report {
	return &normalize.Report{
		Observations: []normalize.Observation{},
		Findings:     []normalize.Finding{{Rule: r.Code, Severity: normalize.Error, IDs: []string{}, Message: r.Detail}},
	}
}
