// Package ocr reads pages that are pictures. Package raster finds the rules and
// the ink, package grid what table the rules draw; this package cuts the text
// out as line images, has engines read it, and gives a page of glyphs and rules as any
// other reader does, with all readings. Numbers have two witnesses: engines, or for
// zeros and dashes their shape and others of their table.
//
// It does not know what a label or a number means, and does not choose between
// readings that differ: that is for normalize, which has the form's sums.
package ocr

import (
	"context"
	"fmt"
	"image"
	"sync"

	"nianbao/extract"
	"nianbao/extract/ocr/engine"
)

// Engine reads line images; *engine.Client is one.
type Engine interface {
	Info() engine.Hello
	Read(ctx context.Context, name string, kind engine.Kind, images []*image.Gray) ([]engine.Line, error)
	Close()
}

// Reader reads pictures. Its engine is started when the first one is read. It
// serves one goroutine at a time.
type Reader struct {
	start func() (Engine, error)

	once   sync.Once
	engine Engine
	err    error
}

// New makes a Reader whose engine is started by start, which returns extract.ErrNoEngine
// where there is none.
func New(start func() (Engine, error)) *Reader { return &Reader{start: start} }

// ready starts the engine.
func (r *Reader) ready() error {
	r.once.Do(func() {
		if r.engine, r.err = r.start(); r.err != nil {
			return
		}
		if !r.has(engine.PPOCR) && !r.has(engine.Tesseract) {
			r.err = extract.ErrNoEngine
			for _, m := range r.engine.Info().Missing {
				r.err = fmt.Errorf("%w (%s: %s)", r.err, m.Name, m.Reason)
			}
		}
	})
	return r.err
}

// Close ends the engine, if it was started. Nothing may be read afterwards.
func (r *Reader) Close() {
	r.once.Do(func() { r.err = extract.ErrNoEngine })
	if r.engine != nil {
		r.engine.Close()
	}
}

// has tells whether an engine can be used.
func (r *Reader) has(name string) bool {
	_, ok := r.engine.Info().Engine(name)
	return ok
}
