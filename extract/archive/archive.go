// Package archive unpacks zip, rar, 7z, tar and gzip files, and the archives
// within them, into the files they hold. What comes out is a Document that lists
// those files by name and SHA-256; their bytes are handed on one by one. A name is
// what people are shown, never a path that anything is written to.
//
// Everything is bounded: files, bytes of one and of all, the growth by unpacking,
// and the depth of archives in archives. What is not a file of its own (folders,
// litter of operating systems, fonts) is passed over; what cannot be unpacked is
// told in the Document's warnings, one a reason. The package writes no files and
// does not know what a report is.
package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"nianbao/extract"
)

// Limits bound what one archive may cost, with all that is nested in it.
type Limits struct {
	Depth   int   // archives in archives; the outermost is 1
	Entries int   // files, folders and whatever else it names
	Member  int64 // bytes of one file
	Nested  int64 // bytes of an archive within it
	Total   int64 // bytes of all files
	Ratio   int64 // how many times larger all files may be than the archive …
	Free    int64 // … once they are larger than this
}

// DefaultLimits suit the reports of a province in one archive.
func DefaultLimits() Limits {
	return Limits{
		Depth: 3, Entries: 20_000,
		Member: 100 << 20, Nested: 64 << 20, Total: 1 << 30,
		Ratio: 200, Free: 64 << 20,
	}
}

// Is tells whether files of this media type are read by this package.
func Is(mediaType string) bool { return formats[mediaType] != nil }

// Read unpacks b, of a media type that Is. keep is given the bytes of each file
// listed in the Document, in the same order; they are valid during the call only.
// An archive that gives no file is an *extract.Refusal.
func Read(b []byte, mediaType string, l Limits, keep func(content []byte) error) (*extract.Document, error) {
	w := &walker{
		limits: l, packed: int64(len(b)), keep: keep,
		doc: &extract.Document{MediaType: mediaType, Lines: []extract.Line{}, Tables: []extract.Table{}},
	}
	err := w.walk(b, mediaType, "", 1)
	var stop *stopped
	var refusal *extract.Refusal
	switch {
	case err == nil:
	case errors.As(err, &stop):
		w.note(extract.RefusedTooLarge, "")
		w.notes[len(w.notes)-1].why = stop.why
	case errors.As(err, &refusal) && len(w.doc.Members) > 0: // after some files
		w.note(refusal.Code, "")
		w.notes[len(w.notes)-1].why = refusal.Detail
	default:
		return nil, err
	}
	w.doc.Warnings = w.warnings()
	if len(w.doc.Members) == 0 {
		if len(w.doc.Warnings) > 0 {
			return nil, &extract.Refusal{Code: w.doc.Warnings[0].Code, Detail: w.doc.Warnings[0].Message}
		}
		return nil, &extract.Refusal{Code: extract.RefusedEmpty, Detail: "the archive holds no file that could be a report"}
	}
	return w.doc, nil
}

// stopped ends the unpacking of the whole archive at a limit.
type stopped struct{ why string }

func (s *stopped) Error() string { return s.why }

func stop(format string, args ...any) error { return &stopped{fmt.Sprintf(format, args...)} }

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
