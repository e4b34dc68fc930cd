// Package ole opens OLE compound files, the containers of Word 97 to 2003, of
// Excel 97 to 2003 and of encrypted OOXML files, and gives the streams of their
// root by name. It does not know what a stream holds.
package ole

import (
	"fmt"
	"io"
	"strings"

	"github.com/richardlehane/mscfb"
)

// maxBytes bounds a container. Reports with pictures have some 10 MB.
const maxBytes = 128 << 20

// File is an open container.
type File struct {
	size    int64
	streams map[string]*mscfb.File // by lower-case name
}

// Open reads the directory of a container.
func Open(b []byte) (*File, error) {
	if len(b) > maxBytes {
		return nil, fmt.Errorf("open OLE container: it has %d MB, the limit is %d MB", len(b)>>20, maxBytes>>20)
	}
	r, err := mscfb.New(padded(b))
	if err != nil {
		return nil, fmt.Errorf("open OLE container: %w", err)
	}
	f := &File{size: int64(len(b)), streams: map[string]*mscfb.File{}}
	for _, s := range r.File {
		name := strings.ToLower(s.Name)
		if len(s.Path) > 0 || name == "" || s.FileInfo().IsDir() || f.streams[name] != nil {
			continue
		}
		f.streams[name] = s
	}
	return f, nil
}

// Has says whether the root holds a stream of this name, in any case.
func (f *File) Has(name string) bool { return f.streams[strings.ToLower(name)] != nil }

// Stream is the content of a stream of the root.
func (f *File) Stream(name string) ([]byte, error) {
	s := f.streams[strings.ToLower(name)]
	if s == nil {
		return nil, fmt.Errorf("the container has no stream %s", name)
	}
	// Declared sizes lie, and a chain of sectors may loop: what is larger than
	// the file is not in it.
	if s.Size > f.size {
		return nil, fmt.Errorf("stream %s declares %d bytes in a file of %d", name, s.Size, f.size)
	}
	if s.Size == 0 {
		return nil, nil
	}
	b := make([]byte, s.Size)
	if _, err := s.ReadAt(b, 0); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read stream %s: %w", name, err)
	}
	return b, nil
}

// padded reads bytes as if the last sector were whole: some programs write no
// more of it than they need.
type padded []byte

// sector is the size of the larger sectors; the smaller ones divide it.
const sector = 4096

func (p padded) ReadAt(b []byte, at int64) (int, error) {
	end := (int64(len(p)) + sector - 1) / sector * sector
	if at < 0 || at+int64(len(b)) > end {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(b, p[min(at, int64(len(p))):])
	clear(b[n:])
	return len(b), nil
}
