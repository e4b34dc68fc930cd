package pdf

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"nianbao/extract"
)

// The object reader trusts a file: a loop in its cross-references hangs it, an
// absurd size kills the process, object streams are unpacked anew for every
// object, and a file that is a byte off is refused. So the structure of a file
// is first read here, in one pass over its bytes and with everything checked,
// and the reader is given a view of the same bytes that ends in a plain, true
// cross-reference table.

// maxObjects bounds the object numbers of a file.
const maxObjects = 1 << 20

// file is the structure of a PDF file.
type file struct {
	b        []byte // from the header to the last %%EOF
	damage   *damage
	defs     []def       // every object definition, in file order
	at       map[int]int // offset of a definition → its index in defs
	table    map[int]entry
	trailer  value
	referred []bool // by object number
	sections int    // of the cross-references
	alien    string // why the object reader can't read it; PDFium may
	tail     []byte // unpacked objects and the new table, as if they followed b
	head     [9]byte
}

// entry is where an object is: a definition of the file, or a place in tail.
type entry struct {
	pos, gen int
	stream   int // the object stream that holds it, or 0
}

// def is one object definition as scanned.
type def struct {
	num, gen   int
	pos, end   int
	kind       string // its /Type
	body       int    // where its value begins
	data       []byte // a stream's data; nil for other objects
	isStream   bool
	length     value // a stream's /Length
	whole      int   // the value of an object that is a whole number, or -1
	moved      bool  // decrypted, to the tail
	linear     bool  // the head of a linearized file
	structural bool  // part of the logical structure, which nobody asks for here
}

// openFile reads the structure of b and repairs what it can.
func openFile(b []byte, passwords []string, dmg *damage) (*file, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, &extract.Refusal{Code: extract.RefusedEmpty, Detail: "the file is empty"}
	}
	i := bytes.Index(b[:min(len(b), 4096)], []byte("%PDF-"))
	if i < 0 {
		return nil, &extract.Refusal{Code: extract.RefusedUnsupported, Detail: "the file has no PDF header; it may be another format or cut at its start"}
	}
	f := &file{b: b[i:], damage: dmg, at: map[int]int{}, table: map[int]entry{}}
	whole := f.cutEnd()
	f.scan()
	if !whole || !f.readTables() {
		dmg.add("the cross-reference table is broken; objects were found by searching")
		f.rebuild()
	}
	f.verify()
	if f.trailer.get("Encrypt").kind != 0 {
		l := f.openLock(passwords)
		if l == nil {
			f.alien = "its encryption"
			return f, nil
		}
		f.decrypt(l)
	}
	f.unpack()
	f.findOrphans()
	f.writeTail()
	return f, nil
}

// cutEnd drops what follows the last %%EOF, as servers append. It returns false
// where the end of the file itself is missing.
func (f *file) cutEnd() bool {
	k := bytes.LastIndex(f.b, []byte("%%EOF"))
	if k < 0 || bytes.Contains(f.b[k:], []byte(" obj")) || bytes.Contains(f.b[k:], []byte("endobj")) {
		f.damage.add("the end of the file is missing")
		return false
	}
	f.b = f.b[:k+5]
	return true
}

// verify compares the table with what the scan saw.
func (f *file) verify() {
	for num, e := range f.table {
		if e.stream > 0 || e.pos < 0 {
			continue
		}
		i, ok := f.at[e.pos]
		if !ok || f.defs[i].num != num || f.defs[i].gen != e.gen {
			f.damage.add("the cross-reference table points at the wrong place")
			f.rebuild()
			break
		}
	}
	for i := range f.defs {
		d := &f.defs[i]
		if !d.isStream || d.length.kind == kindNum {
			continue
		}
		// The length stands in another object, often behind the stream.
		n := -1
		if e, ok := f.table[d.length.ref]; ok && d.length.kind == kindRef && e.stream == 0 {
			if k, ok := f.at[e.pos]; ok {
				n = f.defs[k].whole
			}
		}
		if e, ok := f.table[d.length.ref]; ok && e.stream > 0 {
			continue // checked by decoding
		}
		if !f.endsStream(d, n) {
			f.damage.add("a stream has a wrong length")
		}
	}
}

// incidental are the kinds of objects that writers forget, and no text or rule
// depends on.
var incidental = map[string]bool{
	"XRef": true, "ObjStm": true, "Metadata": true, "Catalog": true, "Annot": true, "Action": true, "Outlines": true,
	"StructElem": true, "StructTreeRoot": true, "ExtGState": true, "OCG": true, "Filespec": true, "EmbeddedFile": true,
}

// findOrphans looks for objects that nothing refers to. Writers leave none in a
// file that was never changed, so a reference there was bent.
func (f *file) findOrphans() {
	linear := len(f.defs) > 0 && f.defs[0].linear
	if f.sections > 2 || f.sections > 1 && !linear {
		return
	}
	for i := range f.defs {
		d := &f.defs[i]
		e, live := f.table[d.num]
		live = live && (e.pos == d.pos || d.moved)
		known := d.num < len(f.referred) && f.referred[d.num]
		switch {
		case !live && f.table[d.num].stream == 0:
			f.damage.add("object %d is not in the cross-reference table", d.num)
		case !live || known || incidental[d.kind] || d.linear:
		case linear && d.isStream && d.kind == "":
			linear = false // the hints of a linearized file are found by their offset
		default:
			f.damage.doubt("nothing refers to object %d", d.num)
		}
	}
}

// endsStream: does the stream's data end after n bytes?
func (f *file) endsStream(d *def, n int) bool {
	if n < 0 || cap(d.data) < n {
		return false
	}
	rest := d.data[:cap(d.data)][n:]
	rest = bytes.TrimLeft(rest[:min(len(rest), 20)], "\r\n \t")
	if !bytes.HasPrefix(rest, []byte("endstream")) {
		return false
	}
	d.data = d.data[:n]
	return true
}

// decrypt writes the streams of an encrypted file to the tail as plain ones.
// Strings stay as they are: none is needed here. Images stay, too.
func (f *file) decrypt(l *lock) {
	left := maxStreams
	for i := range f.defs {
		d := &f.defs[i]
		e, live := f.table[d.num]
		if !live || e.pos != d.pos || !d.isStream || d.kind == "XRef" {
			continue
		}
		dict := parseValue(&lexer{b: f.b, pos: d.body}, 0)
		if dict.kind != kindDict || dict.get("Subtype").name() == "Image" {
			continue
		}
		data, err := l.open(d.num, d.gen, d.data)
		if left -= len(data); err != nil || left < 0 {
			f.damage.add("object %d can't be decrypted", d.num)
			continue
		}
		d.data = data
		if d.kind == "ObjStm" {
			continue
		}
		d.moved = true
		f.table[d.num] = entry{pos: len(f.b) + len(f.tail), gen: d.gen}
		f.tail = fmt.Appendf(f.tail, "%d %d obj\n%s /Length %d>>\nstream\n", d.num, d.gen, bytes.TrimSuffix(dict.src, []byte(">>")), len(data))
		f.tail = append(f.tail, data...)
		f.tail = append(f.tail, "\nendstream\nendobj\n"...)
	}
}

// resolve follows a reference to a scanned object and parses it.
func (f *file) resolve(v value) value {
	for range 8 {
		if v.kind != kindRef {
			return v
		}
		e, ok := f.table[v.ref]
		if !ok || e.stream > 0 {
			return value{}
		}
		i, ok := f.at[e.pos]
		if !ok {
			return value{}
		}
		v = parseValue(&lexer{b: f.b, pos: f.defs[i].body}, 0)
	}
	return value{}
}

// writeTail writes the cross-reference table of the view.
func (f *file) writeTail() {
	copy(f.head[:], "%PDF-1.7\n")
	f.tail = append(f.tail, '\n')
	start := len(f.b) + len(f.tail)
	size := 1
	t := append(f.tail, "xref\n0 1\n0000000000 65535 f \n"...)
	for _, num := range f.numbers() {
		e := f.table[num]
		if i, ok := f.at[e.pos]; num < 1 || ok && f.defs[i].structural {
			continue
		}
		size = num + 1
		t = strconv.AppendInt(t, int64(num), 10)
		t = append(t, " 1\n"...)
		t = strconv.AppendInt(t, int64(e.pos), 10)
		t = append(t, ' ')
		t = strconv.AppendInt(t, int64(e.gen), 10)
		t = append(t, " n\n"...)
	}
	t = append(t, "trailer\n<</Size "...)
	t = strconv.AppendInt(t, int64(size), 10)
	t = append(t, " /Root "...)
	t = append(t, f.trailer.get("Root").src...)
	t = append(t, ">>\nstartxref\n"...)
	t = strconv.AppendInt(t, int64(start), 10)
	f.tail = append(t, "\n%%EOF"...)
}

// ReadAt reads the view: a header the object reader accepts, the file's bytes,
// and the tail.
func (f *file) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	for n < len(p) {
		at := off + int64(n)
		var k int
		switch {
		case at < int64(len(f.head)):
			k = copy(p[n:], f.head[at:])
		case at < int64(len(f.b)):
			k = copy(p[n:], f.b[at:])
		case at < f.size():
			k = copy(p[n:], f.tail[at-int64(len(f.b)):])
		default:
			return n, io.EOF
		}
		n += k
	}
	return n, nil
}

func (f *file) size() int64 { return int64(len(f.b) + len(f.tail)) }
