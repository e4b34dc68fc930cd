// Package embedded reads pictures that stand within documents without pages, as
// agencies publish tables: a web page's, a saved page's, those of a word
// processor. What a recogniser reads of a picture stands in its place in the
// text. Pictures that show no table are passed over; those that do and cannot
// be read are counted, so that the document can say that it waits for an engine.
//
// It does not know how a document refers to its pictures, nor how one is read.
package embedded

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"nianbao/extract"
	"nianbao/extract/layout"
)

// Recogniser reads the tables of a picture and the lines around them; *ocr.Reader
// is one. The error is extract.ErrNoTable where the picture shows no table, and
// extract.ErrNoEngine where it does and nothing is there to read it. begin is
// called before an engine begins to read.
type Recogniser interface {
	ReadPart(picture []byte, begin func()) ([]extract.Line, []extract.Table, error)
}

const (
	// least is the size of a file that can show a table, in bytes. Icons, lines
	// and buttons are smaller; Recognisers see to the size in pixels.
	least = 2 << 10
	// most is how many pictures of a document are looked at.
	most = 200
)

// Pictures are the pictures of one document. A nil *Pictures reads none.
type Pictures struct {
	by       Recogniser
	progress func(page, pages int)
	seen     map[[sha256.Size]byte]bool
	read     int   // by an engine
	waiting  int   // for an engine
	failed   int   // in one
	why      error // of the first failure
}

// New gives the pictures of a document to by. progress, which may be nil, is told
// when an engine begins to read one, counted from 1; how many there are is not
// known.
func New(by Recogniser, progress func(page, pages int)) *Pictures {
	return &Pictures{by: by, progress: progress, seen: map[[sha256.Size]byte]bool{}}
}

// Read reads a picture, the first time it is met. It gives nothing where the
// picture shows no table or cannot be read.
func (p *Pictures) Read(picture []byte) []layout.Item {
	if p == nil || len(picture) < least || len(p.seen) >= most {
		return nil
	}
	sum := sha256.Sum256(picture)
	if p.seen[sum] {
		return nil
	}
	p.seen[sum] = true
	lines, tables, err := p.by.ReadPart(picture, func() {
		p.read++
		if p.progress != nil {
			p.progress(p.read, p.read)
		}
	})
	var refusal *extract.Refusal
	switch {
	case err == nil:
		return layout.Items(&extract.Document{Lines: lines, Tables: tables})
	case errors.Is(err, extract.ErrNoEngine):
		p.waiting++
	case errors.Is(err, extract.ErrNoTable), errors.As(err, &refusal): // or it is none that anyone sees
	default:
		if p.failed++; p.why == nil {
			p.why = err
		}
	}
	return nil
}

// Warnings say what was seen and not read. Their code says that the document
// would be another with other engines.
func (p *Pictures) Warnings() []extract.Warning {
	var ws []extract.Warning
	add := func(format string, args ...any) {
		ws = append(ws, extract.Warning{Code: extract.WarnImage, Message: fmt.Sprintf(format, args...)})
	}
	if p == nil {
		return nil
	}
	if p.waiting > 0 {
		add("the document shows tables as pictures (%d) and they were not read; reading them needs an OCR engine (nianbao doctor says what to install)", p.waiting)
	}
	if p.failed > 0 {
		add("the document shows tables as pictures, and %d of them could not be read: %v", p.failed, p.why)
	}
	return ws
}
