// Package ole opens OLE compound files, the containers of Word 97 to 2003, of
// Excel 97 to 2003 and of encrypted OOXML files, and gives the streams of their
// root by name. A stream is given only if the sectors it lies in are its own: a
// damaged table of sectors would else put other bytes in the place of some, which
// the formats within do not notice. It does not know what a stream holds.
package ole

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
)

// maxBytes bounds a container. Reports with pictures have some 10 MB.
const maxBytes = 128 << 20

// File is an open container.
type File struct {
	table                     // of sectors
	mini      *table          // of the small sectors within the stream of the root
	streams   map[string]span // of the root, by lower-case name
	container []byte
}

// span is where a stream begins, and its size.
type span struct {
	start uint32
	size  int64
}

// Layout of the header and of the entries of the directory.
const (
	headerSize = 512
	entrySize  = 128
	miniSector = 64
	// miniBelow is the size below which a stream lies in small sectors.
	miniBelow = 4096

	kindStream = 2
	kindRoot   = 5
)

var magic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// Open reads the directory of a container.
func Open(b []byte) (*File, error) {
	f, err := open(b)
	if err != nil {
		return nil, fmt.Errorf("open OLE container: %w", err)
	}
	return f, nil
}

func open(b []byte) (*File, error) {
	if len(b) > maxBytes {
		return nil, fmt.Errorf("it has %d MB, the limit is %d MB", len(b)>>20, maxBytes>>20)
	}
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		return nil, errors.New("it does not begin as one")
	}
	shift := u16(b, 30)
	if shift != 9 && shift != 12 {
		return nil, fmt.Errorf("its sectors have 2^%d bytes", shift)
	}
	f := &File{container: b, streams: map[string]span{}}
	f.table = table{size: 1 << shift, read: f.sector}
	f.count = (len(b)+f.size-1)/f.size - 1
	f.claims = make([]uint8, f.count)
	if err := f.readTable(); err != nil {
		return nil, err
	}
	entries, err := f.directory()
	if err != nil {
		return nil, fmt.Errorf("read its directory: %w", err)
	}
	f.claimBy(entries)
	f.name(entries)
	return f, nil
}

// sector is the bytes of a sector. Some programs write no more of the last one
// than they need; the rest counts as zeros.
func (f *File) sector(n uint32) []byte {
	at := (int(n) + 1) * f.size
	s := f.container[at:min(at+f.size, len(f.container))]
	if len(s) < f.size {
		s = append(s[:len(s):len(s)], make([]byte, f.size-len(s))...)
	}
	return s
}

// readTable reads which sector follows each: the sectors that hold this are listed
// in the header and, for large files, in a chain of sectors of their own.
func (f *File) readTable() error {
	const listed = 109
	var at []uint32
	for i := range listed {
		at = append(at, u32(f.container, 76+4*i))
	}
	more := u32(f.container, 68)
	for range u32(f.container, 72) {
		if err := f.own(more); err != nil {
			return err
		}
		s := f.sector(more)
		for i := 0; i < len(s)-4; i += 4 {
			at = append(at, u32(s, i))
		}
		more = u32(s, len(s)-4)
	}
	for i := range min(u32(f.container, 44), uint32(len(at))) {
		if err := f.own(at[i]); err != nil {
			return err
		}
		f.take(f.sector(at[i]))
	}
	return nil
}

// own claims a sector for the table of sectors.
func (f *File) own(n uint32) error {
	if n >= uint32(f.count) || f.claims[n] > 0 {
		return fmt.Errorf("its table of sectors lies in sector %d of %d, or lies there twice", n, f.count)
	}
	f.claim(n)
	return nil
}

// entry is an entry of the directory.
type entry struct {
	name               string
	kind               byte
	left, right, child uint32
	span
}

func (f *File) directory() ([]entry, error) {
	start := u32(f.container, 48)
	f.claim(start)
	chain, err := f.chain(start)
	if err != nil {
		return nil, err
	}
	var out []entry
	for _, n := range chain {
		for s := f.sector(n); len(s) >= entrySize; s = s[entrySize:] {
			e := entry{kind: s[66], left: u32(s, 68), right: u32(s, 72), child: u32(s, 76)}
			e.start, e.size = u32(s, 116), int64(u32(s, 120))
			if f.size > headerSize { // the upper half means nothing in smaller sectors
				e.size |= int64(u32(s, 124)&0x7FFFFFFF) << 32
			}
			var name []uint16
			for i := 0; i < min(u16(s, 64)-2, 62); i += 2 {
				name = append(name, uint16(u16(s, i)))
			}
			e.name = strings.ToLower(string(utf16.Decode(name)))
			out = append(out, e)
		}
	}
	if len(out) == 0 || out[0].kind != kindRoot {
		return nil, errors.New("it has no root")
	}
	return out, nil
}

// claimBy has all that lies in sectors claim where it begins, and reads the table
// of the small ones.
func (f *File) claimBy(entries []entry) {
	root := entries[0].span
	if n := u32(f.container, 64); n > 0 {
		tableAt := u32(f.container, 60)
		f.claim(tableAt)
		f.claim(root.start)
		f.mini = f.small(root, tableAt)
	}
	for _, e := range entries {
		switch {
		case e.kind != kindStream || e.size == 0:
		case e.size >= miniBelow:
			f.claim(e.start)
		case f.mini != nil:
			f.mini.claim(e.start)
		}
	}
}

// small is the table of the sectors within the root's stream, nil where that or
// the table is damaged: what lies in large sectors may be sound all the same.
func (f *File) small(root span, tableAt uint32) *table {
	held, err := f.table.stream(root)
	if err != nil {
		return nil
	}
	chain, err := f.chain(tableAt)
	if err != nil {
		return nil
	}
	t := &table{size: miniSector, count: len(held) / miniSector}
	t.claims = make([]uint8, t.count)
	t.read = func(n uint32) []byte { return held[int(n)*miniSector : (int(n)+1)*miniSector] }
	for _, n := range chain {
		t.take(f.sector(n))
	}
	return t
}

// name finds the streams of the root: a tree of entries, each with those before it
// on its left and those behind on its right.
func (f *File) name(entries []entry) {
	seen := make([]bool, len(entries))
	open := []uint32{entries[0].child}
	for len(open) > 0 {
		i := open[len(open)-1]
		open = open[:len(open)-1]
		if i >= uint32(len(entries)) || seen[i] {
			continue
		}
		seen[i] = true
		e := &entries[i]
		open = append(open, e.right, e.left)
		if _, taken := f.streams[e.name]; e.kind == kindStream && e.name != "" && !taken {
			f.streams[e.name] = e.span
		}
	}
}

// Has says whether the root holds a stream of this name, in any case.
func (f *File) Has(name string) bool {
	_, ok := f.streams[strings.ToLower(name)]
	return ok
}

// Stream is the content of a stream of the root.
func (f *File) Stream(name string) ([]byte, error) {
	s, ok := f.streams[strings.ToLower(name)]
	if !ok {
		return nil, fmt.Errorf("the container has no stream %s", name)
	}
	t := &f.table
	if s.size < miniBelow {
		t = f.mini
	}
	if s.size == 0 {
		return nil, nil
	}
	if t == nil {
		return nil, fmt.Errorf("read stream %s: the small sectors are damaged", name)
	}
	b, err := t.stream(s)
	if err != nil {
		return nil, fmt.Errorf("read stream %s: %w", name, err)
	}
	return b, nil
}
