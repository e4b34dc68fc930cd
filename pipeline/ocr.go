package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nianbao/extract"
)

// Engine is one OCR engine by all that can change what it reads.
type Engine struct {
	Name    string
	Version string
	Models  []string // their hashes
}

// OCRIdentity is a short name of engines, whatever their order. It changes
// whenever an engine, its version or one of its models does.
func OCRIdentity(engines []Engine) (string, error) {
	if len(engines) == 0 {
		return NoTool, nil
	}
	lines := make([]string, len(engines))
	for i, e := range engines {
		models := slices.Clone(e.Models)
		slices.Sort(models)
		b, err := json.Marshal([]any{e.Name, e.Version, models})
		if err != nil {
			return "", fmt.Errorf("name the OCR engines: %w", err)
		}
		lines[i] = string(b)
	}
	slices.Sort(lines)
	return shortName(strings.Join(lines, "\n")), nil
}

// OfficeIdentity is a short name of an office program by what it says of its
// version, or of none.
func OfficeIdentity(version string) string {
	if version == "" {
		return NoTool
	}
	return shortName(version)
}

func shortName(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}

// dependsOnOCR tells whether other OCR engines might have made something else of
// a file: it was read by one, or a page of it waits for one.
func dependsOnOCR(doc *extract.Document, err error) bool {
	var refusal *extract.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code == extract.RefusedScan
	}
	if doc == nil {
		return false
	}
	return slices.ContainsFunc(doc.Pages, func(p extract.Page) bool { return byOCR(p.Reader) }) ||
		slices.ContainsFunc(doc.Warnings, func(w extract.Warning) bool { return w.Code == extract.WarnImage }) ||
		slices.ContainsFunc(doc.Tables, func(t extract.Table) bool {
			return slices.ContainsFunc(t.Cells, func(c extract.Cell) bool { return c.Recognised || byOCR(c.Reader) })
		})
}

// byOCR tells whether reader is an OCR engine: ocr, ocr/ppocr, ….
func byOCR(reader string) bool {
	name, _, _ := strings.Cut(reader, "/")
	return name == "ocr"
}
