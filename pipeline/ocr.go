package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"nianbao/extract"
	"nianbao/store"
)

// Engine is one OCR engine by all that can change what it reads.
type Engine struct {
	Name    string
	Version string
	Models  []string // their hashes
}

// NoOCR is the identity of a machine without OCR engines.
const NoOCR = "none"

// OCRIdentity is a short name of engines, whatever their order. It changes
// whenever an engine, its version or one of its models does.
func OCRIdentity(engines []Engine) (string, error) {
	if len(engines) == 0 {
		return NoOCR, nil
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
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:6]), nil
}

// Wanted are the versions of the steps that this program makes. ocr tells the
// identity of the OCR engines, as in Runner; it is asked only where a file of the
// store depends on them, since the engines take a moment to start.
func Wanted(ctx context.Context, s interface {
	DependsOnOCR(ctx context.Context, extract string) (bool, error)
}, ocr func(context.Context) (string, error)) (store.Versions, error) {
	w := wanted{
		Versions: store.Versions{Extract: Versions[Extract], Normalize: Versions[Normalize], Index: Versions[Index]},
		ocr:      ocr,
	}
	depends, err := s.DependsOnOCR(ctx, w.Extract)
	if err == nil {
		_, err = w.extract(ctx, depends)
	}
	return w.Versions, err
}

// wanted are the versions of one run, which learns the identity of the engines
// when the first file needs it.
type wanted struct {
	store.Versions
	ocr      func(context.Context) (string, error)
	mu       sync.Mutex
	agencies *resolver
}

// extract is the version of extract's output for one file.
func (w *wanted) extract(ctx context.Context, recognised bool) (string, error) {
	if !recognised {
		return w.Extract, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.OCR == "" {
		identity := NoOCR
		if w.ocr != nil {
			var err error
			if identity, err = w.ocr(ctx); err != nil {
				return "", fmt.Errorf("ask the OCR engines for their versions: %w", err)
			}
		}
		w.OCR = identity
	}
	return w.Recognised(), nil
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
