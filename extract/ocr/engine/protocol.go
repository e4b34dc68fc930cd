// Package engine speaks to OCR engines, which run in a process of their own,
// the program nianbao-ocr: they are C and C++ libraries, and nianbao itself is
// without cgo. It holds the protocol, which both sides use, and the client,
// which starts the process, feeds it line images, limits it and starts it anew.
// It does not cut images out of pages, choose between readings, or know what a
// line of text means.
package engine

import (
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Protocol is the version both sides must have in common. It changes whenever
// an answer to the same request may mean something else.
const Protocol = 1

// Names of engines.
const (
	PPOCR     = "ppocr"     // PP-OCR recognition model, in ONNX Runtime
	Tesseract = "tesseract" // Tesseract, LSTM models
)

// Kind says what a line image holds.
type Kind string

// Kinds of line images.
const (
	Number Kind = "number" // digits and the signs - + . , / only
	Text   Kind = "text"   // a line of Chinese text
)

// Bounds of one request and its reply. A caller of Client.Read need not know
// the first two: it splits its images into as many requests as it takes.
const (
	maxBatch   = 64       // images
	maxPixels  = 16 << 20 // of all images together
	maxSide    = 16384    // width or height of an image
	maxSymbols = 2048     // of one line
	maxText    = 16       // bytes of one symbol
	maxError   = 1024     // bytes of what is wrong with an image
	maxFrame   = 32 << 20
	maxEngines = 16
	maxModels  = 16
)

// Hello is what an engine process says when it starts.
type Hello struct {
	Protocol int       `json:"protocol"`
	Engines  []Engine  `json:"engines"`
	Missing  []Missing `json:"missing,omitempty"`
}

// Engine is an engine that can be used. Name, Version and Models together name
// all that can change its readings.
type Engine struct {
	Name    string  `json:"name"`
	Version string  `json:"version"` // of the library
	Models  []Model `json:"models"`
}

// Model is a file that an engine reads.
type Model struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of its bytes, in hex
}

// Missing is an engine that the program knows but cannot use here.
type Missing struct {
	Name   string `json:"name"`
	Reason string `json:"reason"` // for people: what is missing, and what to do
}

// Engine finds an engine by its name.
func (h Hello) Engine(name string) (Engine, bool) {
	i := slices.IndexFunc(h.Engines, func(e Engine) bool { return e.Name == name })
	if i < 0 {
		return Engine{}, false
	}
	return h.Engines[i], true
}

// String names the engine, its version and its models in one line.
func (e Engine) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Name, e.Version)
	for _, m := range e.Models {
		fmt.Fprintf(&b, " %s@%.12s", m.Name, m.SHA256)
	}
	return b.String()
}

// Line is what was read in one image, from left to right.
type Line struct {
	Symbols []Symbol `json:"symbols,omitempty"`
	Error   string   `json:"error,omitempty"` // why the image could not be read, else ""
}

// Symbol is one character with the columns of the image it stands in, X1
// exclusive. Confidence lies in 0..1 and means what the engine means by it.
type Symbol struct {
	Text       string  `json:"t"`
	X0         int     `json:"x0"`
	X1         int     `json:"x1"`
	Confidence float64 `json:"c"`
}

// Text is what was read, without the places.
func (l Line) Text() string {
	var b strings.Builder
	for _, s := range l.Symbols {
		b.WriteString(s.Text)
	}
	return b.String()
}

// request asks for a batch of images to be read. Its second frame holds their
// pixels, row by row, one byte each, one image after the other.
type request struct {
	Engine string `json:"engine"`
	Kind   Kind   `json:"kind"`
	Images []size `json:"images"`
}

type size struct {
	W int `json:"w"`
	H int `json:"h"`
}

// reply answers a request: a Line an image, or Error where the engine as a whole
// failed. It has no further frame.
type reply struct {
	Lines []Line `json:"lines,omitempty"`
	Error string `json:"error,omitempty"`
}

// pack makes the request for a batch that is within the bounds.
func pack(engine string, kind Kind, images []*image.Gray) (request, []byte) {
	req := request{Engine: engine, Kind: kind, Images: make([]size, len(images))}
	n := 0
	for i, m := range images {
		req.Images[i] = size{m.Rect.Dx(), m.Rect.Dy()}
		n += req.Images[i].W * req.Images[i].H
	}
	pixels := make([]byte, 0, n)
	for i, m := range images {
		w, h := req.Images[i].W, req.Images[i].H
		for y := range h {
			row := m.Pix[y*m.Stride:]
			pixels = append(pixels, row[:w]...)
		}
	}
	return req, pixels
}

// unpack checks a request and gives its images, which share pixels.
func unpack(req request, pixels []byte) ([]*image.Gray, error) {
	if req.Kind != Number && req.Kind != Text {
		return nil, fmt.Errorf("unknown kind %q", req.Kind)
	}
	if len(req.Images) > maxBatch {
		return nil, fmt.Errorf("%d images in one request; the limit is %d", len(req.Images), maxBatch)
	}
	images := make([]*image.Gray, len(req.Images))
	for i, s := range req.Images {
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("image %d: %w", i, err)
		}
		n := s.W * s.H
		if n > len(pixels) {
			return nil, fmt.Errorf("image %d: its pixels are missing", i)
		}
		images[i] = &image.Gray{Pix: pixels[:n:n], Stride: s.W, Rect: image.Rect(0, 0, s.W, s.H)}
		pixels = pixels[n:]
	}
	if len(pixels) > 0 {
		return nil, fmt.Errorf("%d pixels too many", len(pixels))
	}
	return images, nil
}

func (s size) check() error {
	if s.W < 1 || s.H < 1 || s.W > maxSide || s.H > maxSide || s.W*s.H > maxPixels {
		return fmt.Errorf("%d×%d pixels are not within the bounds of a line image", s.W, s.H)
	}
	return nil
}

// check holds a reply to its request.
func (r *reply) check(req request) error {
	if r.Error != "" {
		return nil
	}
	if len(r.Lines) != len(req.Images) {
		return fmt.Errorf("%d lines for %d images", len(r.Lines), len(req.Images))
	}
	for i, l := range r.Lines {
		if err := l.check(req.Images[i].W); err != nil {
			return fmt.Errorf("line %d: %w", i, err)
		}
	}
	return nil
}

func (l Line) check(width int) error {
	if len(l.Error) > maxError {
		return errors.New("its error is too long")
	}
	if len(l.Symbols) > maxSymbols {
		return fmt.Errorf("%d symbols", len(l.Symbols))
	}
	if l.Error != "" && len(l.Symbols) > 0 {
		return errors.New("both symbols and an error")
	}
	for _, s := range l.Symbols {
		if s.Text == "" || len(s.Text) > maxText || !utf8.ValidString(s.Text) || strings.ContainsFunc(s.Text, unicode.IsControl) {
			return fmt.Errorf("%q is no symbol", s.Text)
		}
		if s.X0 < 0 || s.X1 <= s.X0 || s.X1 > width {
			return fmt.Errorf("symbol %q at %d to %d of %d", s.Text, s.X0, s.X1, width)
		}
		if !(s.Confidence >= 0 && s.Confidence <= 1) || math.IsNaN(s.Confidence) {
			return fmt.Errorf("symbol %q with confidence %v", s.Text, s.Confidence)
		}
	}
	return nil
}

// check holds what a process says of itself to the bounds.
func (h *Hello) check() error {
	if h.Protocol != Protocol {
		return fmt.Errorf("it speaks version %d of the protocol, not %d; build both programs from the same source", h.Protocol, Protocol)
	}
	if len(h.Engines) > maxEngines || len(h.Missing) > maxEngines {
		return errors.New("too many engines")
	}
	for _, e := range h.Engines {
		if e.Name == "" || len(e.Models) > maxModels {
			return fmt.Errorf("engine %q with %d models", e.Name, len(e.Models))
		}
	}
	return nil
}
