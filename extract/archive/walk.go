package archive

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"runtime/debug"

	"nianbao/extract"
)

// entry is one thing that an archive names.
type entry struct {
	name      string
	folder    bool
	other     bool // neither file nor folder: a link, a device
	encrypted bool
	size      int64   // declared; -1 where unknown
	packed    int64   // bytes it takes in the archive; -1 where they cannot be told apart
	crc       *uint32 // to be checked here, where the format's reader does not
	// solid says that entries are unpacked one after the other, wanted or not.
	solid bool
	open  func() (io.ReadCloser, error)
}

// lister visits the entries of an archive in order. An archive that cannot be read
// is an *extract.Refusal; an error of visit ends it and is returned as it is.
type lister func(b []byte, l Limits, visit func(*entry) error) error

var formats = map[string]lister{
	extract.TypeZIP:  listZip,
	extract.TypeRAR:  listRar,
	extract.Type7z:   list7z,
	extract.TypeTar:  listTar,
	extract.TypeGzip: listGzip,
}

// walker unpacks one archive and those within it.
type walker struct {
	limits  Limits
	packed  int64 // bytes of the outermost archive
	keep    func([]byte) error
	doc     *extract.Document
	entries int
	total   int64
	buffers []bytes.Buffer // one a depth
	notes   []*note
}

// walk unpacks b, whose files are named below prefix.
func (w *walker) walk(b []byte, mediaType, prefix string, depth int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(os.Stderr, "panic: %v\n%s", p, debug.Stack())
			err = damaged("its reader failed on it (%v)", p)
		}
	}()
	return formats[mediaType](b, w.limits, func(e *entry) error { return w.visit(e, prefix, depth) })
}

func (w *walker) visit(e *entry, prefix string, depth int) error {
	if w.entries++; w.entries > w.limits.Entries {
		return stop("it names more than %d files; those after %d were not read: unpack it and add the folder", w.limits.Entries, w.limits.Entries)
	}
	if e.folder {
		return nil
	}
	name, unsafe := clean(e.name)
	full := prefix + name
	switch {
	case litter(name):
		return w.skip(e)
	case e.other:
		w.note(extract.RefusedUnsupported, full)
		return nil
	case e.encrypted:
		w.note(extract.RefusedEncrypted, full)
		return nil
	case e.size > w.limits.Member:
		w.note(extract.RefusedTooLarge, full)
		return w.skip(e)
	}
	content, err := w.unpack(e, depth)
	var refusal *extract.Refusal
	switch {
	case errors.As(err, &refusal):
		w.note(refusal.Code, full)
		return nil
	case err != nil:
		return err
	}
	if unsafe {
		w.note(extract.WarnUnsafeName, full)
	}
	if mediaType := extract.Sniff(content); Is(mediaType) {
		return w.nested(content, mediaType, full, depth+1)
	}
	w.doc.Members = append(w.doc.Members, extract.Member{Name: full, SHA256: sum(content), Size: int64(len(content))})
	return w.keep(content)
}

// nested unpacks an archive within an archive.
func (w *walker) nested(b []byte, mediaType, name string, depth int) error {
	switch {
	case depth > w.limits.Depth:
		w.note(extract.RefusedTooDeep, name)
		return nil
	case int64(len(b)) > w.limits.Nested:
		w.note(extract.RefusedTooLarge, name)
		return nil
	}
	err := w.walk(b, mediaType, name+"!/", depth)
	var refusal *extract.Refusal
	if errors.As(err, &refusal) {
		w.note(refusal.Code, name)
		return nil
	}
	return err
}

// unpack reads an entry into the buffer of its depth.
func (w *walker) unpack(e *entry, depth int) ([]byte, error) {
	for len(w.buffers) < depth {
		w.buffers = append(w.buffers, bytes.Buffer{})
	}
	b := &w.buffers[depth-1]
	b.Reset()
	if grow := w.plausible(e); grow > 0 {
		b.Grow(grow)
	}
	n, err := w.copy(b, e)
	switch {
	case err != nil:
		return nil, err
	case n > w.limits.Member:
		return nil, &extract.Refusal{Code: extract.RefusedTooLarge}
	case e.crc != nil && crc32.ChecksumIEEE(b.Bytes()) != *e.crc:
		return nil, damaged("its checksum is wrong")
	}
	return b.Bytes(), nil
}

// plausible is a size to make room for at once: what is declared, but not more
// than deflate can make of the packed bytes, since declared sizes lie.
func (w *walker) plausible(e *entry) int {
	const most, unknown = 1032, 1 << 20
	if e.packed < 0 {
		return int(min(e.size, unknown))
	}
	return int(min(e.size, e.packed*most+512, w.limits.Member))
}

// skip passes over an entry, which may cost as much as unpacking it.
func (w *walker) skip(e *entry) error {
	if !e.solid {
		return nil
	}
	_, err := w.copy(io.Discard, e)
	var refusal *extract.Refusal
	if errors.As(err, &refusal) { // what is not wanted may be damaged
		return nil
	}
	return err
}

// copy unpacks an entry and counts the bytes of the whole archive. It stops after
// Limits.Member bytes, save for one that tells.
func (w *walker) copy(dst io.Writer, e *entry) (int64, error) {
	r, err := e.open()
	if err != nil {
		return 0, refuse(err)
	}
	defer r.Close() // only reading: nothing can be lost
	left := w.limits.Total - w.total
	if ratio := max(w.limits.Free, w.limits.Ratio*w.packed); ratio < w.limits.Total {
		left = ratio - w.total
	}
	n, err := io.Copy(dst, io.LimitReader(r, min(left, w.limits.Member)+1))
	w.total += n
	switch {
	case n > left && left < w.limits.Total-w.total+n:
		return n, stop("its files are more than %d times as large as it is, as in a bomb; what came after %d MB was not read", w.limits.Ratio, w.total>>20)
	case n > left:
		return n, stop("its files are larger than %d MB together; the rest was not read: unpack it and add the folder", w.limits.Total>>20)
	case err != nil:
		return n, refuse(err)
	}
	return n, nil
}
