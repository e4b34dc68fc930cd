package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

const maxSections = 1000 // of cross-references: one more for each time a file was saved

var errLoop = errors.New("the cross-references run in a loop")

// readTables follows the cross-references from the end of the file back.
func (f *file) readTables() bool {
	i := bytes.LastIndex(f.b, []byte("startxref"))
	if i < 0 {
		return false
	}
	l := &lexer{b: f.b, pos: i + len("startxref")}
	t := l.next()
	if t.kind != tokNum || !t.whole {
		return false
	}
	if err := f.readSections(int(t.num)); err != nil {
		f.damage.add("%v", err)
		return false
	}
	return f.trailer.get("Root").kind == kindRef
}

func (f *file) readSections(pos int) error {
	seen := map[int]bool{}
	next := []int{pos}
	for len(next) > 0 {
		pos, next = next[0], next[1:]
		if seen[pos] || len(seen) > maxSections {
			return errLoop
		}
		seen[pos] = true
		f.sections++
		if pos < 0 || pos >= len(f.b) {
			return errors.New("cross-references point beyond the file")
		}
		trailer, err := f.readSection(pos)
		if err != nil {
			return err
		}
		if f.trailer.kind == 0 {
			f.trailer = trailer
		}
		if v := trailer.get("XRefStm"); v.kind == kindNum {
			next = append(next, int(v.num))
		}
		if v := trailer.get("Prev"); v.kind == kindNum {
			next = append(next, int(v.num))
		}
	}
	return nil
}

// readSection reads one table or cross-reference stream. Entries of newer
// sections, read before, stay.
func (f *file) readSection(pos int) (value, error) {
	l := &lexer{b: f.b, pos: pos}
	l.skipSpace()
	pos = l.pos
	if t := l.next(); t.kind == tokNum {
		return f.readXrefStream(pos, l)
	} else if string(t.b) != "xref" {
		return value{}, errors.New("there are no cross-references where they should be")
	}
	for {
		t := l.next()
		if t.kind == tokOp && string(t.b) == "trailer" {
			break
		}
		n := l.next()
		if t.kind != tokNum || n.kind != tokNum || t.num < 0 || n.num < 0 || t.num+n.num > maxObjects {
			return value{}, errors.New("the cross-reference table is malformed")
		}
		for i := range int(n.num) {
			off, gen, use := l.next(), l.next(), l.next()
			if off.kind != tokNum || gen.kind != tokNum || use.kind != tokOp || len(use.b) != 1 {
				return value{}, errors.New("the cross-reference table is malformed")
			}
			num := int(t.num) + i
			switch _, have := f.table[num]; {
			case have:
			case use.b[0] == 'n' && off.num > 0:
				l2 := &lexer{b: f.b, pos: min(int(off.num), len(f.b))}
				l2.skipSpace()
				f.table[num] = entry{pos: l2.pos, gen: int(gen.num)}
			case use.b[0] == 'f' || use.b[0] == 'n':
				f.table[num] = entry{pos: -1}
			default:
				return value{}, errors.New("the cross-reference table is malformed")
			}
		}
	}
	v := parseValue(l, 0)
	if v.kind != kindDict {
		return v, errors.New("the trailer is malformed")
	}
	return v, nil
}

func (f *file) readXrefStream(pos int, l *lexer) (value, error) {
	l.next()
	l.next()
	dict := parseValue(l, 0)
	i, ok := f.at[pos]
	if !ok || !f.defs[i].isStream || dict.get("Type").name() != "XRef" {
		return value{}, errors.New("there are no cross-references where they should be")
	}
	data, err := decode(dict, f.defs[i].data)
	if err != nil {
		return value{}, fmt.Errorf("cross-references can't be decoded: %w", err)
	}
	var w [3]int
	total := 0
	for k := range w {
		if list := dict.get("W").list; k < len(list) {
			w[k] = int(list[k].num)
		}
		if w[k] < 0 || w[k] > 8 {
			return value{}, errors.New("the cross-reference stream is malformed")
		}
		total += w[k]
	}
	index := dict.get("Index").list
	if len(index) == 0 {
		index = []value{{kind: kindNum}, dict.get("Size")}
	}
	for ; len(index) >= 2 && total > 0; index = index[2:] {
		first, n := int(index[0].num), int(index[1].num)
		if first < 0 || n < 0 || first+n > maxObjects || n > len(data)/total {
			return value{}, errors.New("the cross-reference stream is malformed")
		}
		for k := range n {
			row := data[:total]
			data = data[total:]
			f.addEntry(first+k, row, w)
		}
	}
	return dict, nil
}

func (f *file) addEntry(num int, row []byte, w [3]int) {
	if _, have := f.table[num]; have {
		return
	}
	field := func(k int) (v int) {
		for _, c := range row[:w[k]] {
			v = v<<8 | int(c)
		}
		row = row[w[k]:]
		return v
	}
	kind := field(0)
	if w[0] == 0 {
		kind = 1
	}
	a, b := field(1), field(2)
	switch kind {
	case 1:
		l := &lexer{b: f.b, pos: min(max(a, 0), len(f.b))}
		l.skipSpace()
		f.table[num] = entry{pos: l.pos, gen: b}
	case 2:
		f.table[num] = entry{stream: a}
	default:
		f.table[num] = entry{pos: -1}
	}
}

// rebuild makes the table from the definitions found: the last of each number
// counts. Object streams give what no definition does.
func (f *file) rebuild() {
	f.table = map[int]entry{}
	var trailer value
	for i := range f.defs {
		d := &f.defs[i]
		f.table[d.num] = entry{pos: d.pos, gen: d.gen}
		if d.kind == "XRef" {
			trailer = merge(parseValue(&lexer{b: f.b, pos: d.body}, 0), trailer)
		}
	}
	for i := range f.defs {
		d := &f.defs[i]
		if d.kind == "ObjStm" && f.table[d.num].pos == d.pos {
			for _, o := range f.members(d) {
				if _, have := f.table[o.num]; !have {
					f.table[o.num] = entry{stream: d.num}
				}
			}
		}
	}
	for rest, at := f.b, 0; ; {
		i := bytes.Index(rest, []byte("trailer"))
		if i < 0 {
			break
		}
		at += i + len("trailer")
		rest = f.b[at:]
		trailer = merge(parseValue(&lexer{b: f.b, pos: at}, 0), trailer)
	}
	if trailer.get("Root").kind != kindRef {
		for i := range f.defs {
			if f.defs[i].kind == "Catalog" {
				src := strconv.Itoa(f.defs[i].num) + " " + strconv.Itoa(f.defs[i].gen) + " R"
				trailer = merge(parseValue(&lexer{b: []byte("<</Root " + src + ">>")}, 0), trailer)
			}
		}
	}
	f.trailer = trailer
}

// merge lays newer over older.
func merge(newer, older value) value {
	if newer.kind != kindDict {
		return older
	}
	newer.list = append(slices.Clip(newer.list), older.list...)
	return newer
}

// numbers lists the objects that there are, in order.
func (f *file) numbers() []int {
	out := make([]int, 0, len(f.table))
	for num, e := range f.table {
		if e.pos > 0 || e.stream > 0 {
			out = append(out, num)
		}
	}
	slices.Sort(out)
	return out
}

// member is an object within an object stream.
type member struct {
	num  int
	body []byte
}

// members unpacks an object stream.
func (f *file) members(d *def) []member {
	dict := parseValue(&lexer{b: f.b, pos: d.body}, 0)
	data, err := decode(dict, d.data)
	if err != nil {
		f.damage.add("an object stream could not be decoded: %v", err)
	}
	first, n := int(dict.get("First").num), int(dict.get("N").num)
	if first <= 0 || first > len(data) || n < 0 || n > maxObjects {
		f.damage.add("an object stream is malformed")
		return nil
	}
	l := &lexer{b: data[:first]}
	var out []member
	from := -1
	for range n {
		num, off := l.next(), l.next()
		at := first + int(off.num)
		if num.kind != tokNum || off.kind != tokNum || num.num < 0 || num.num >= maxObjects || at < max(first, from) || at > len(data) {
			f.damage.add("an object stream is malformed")
			break
		}
		if k := len(out); k > 0 {
			out[k-1].body = data[from:at]
		}
		out = append(out, member{num: int(num.num)})
		from = at
	}
	if k := len(out); k > 0 {
		out[k-1].body = data[from:]
	}
	return out
}

// unpack writes the members of object streams to the tail as objects of their
// own, each checked to be one value.
func (f *file) unpack() {
	wanted := map[int][]int{}
	for num, e := range f.table {
		if e.stream > 0 {
			wanted[e.stream] = append(wanted[e.stream], num)
		}
	}
	streams := make([]int, 0, len(wanted))
	for s := range wanted {
		streams = append(streams, s)
	}
	slices.Sort(streams)
	for _, s := range streams {
		e := f.table[s]
		i, ok := f.at[e.pos]
		if !ok || e.stream > 0 || !f.defs[i].isStream {
			f.damage.add("an object stream is missing")
			continue
		}
		for _, m := range f.members(&f.defs[i]) {
			if f.table[m.num].stream != s || len(f.tail) > maxStream {
				continue
			}
			d := def{whole: -1}
			l := &lexer{b: append(slices.Clip(m.body), " endobj"...)}
			if !f.scanValue(l, &d) || d.isStream {
				f.damage.add("object %d is broken", m.num)
				continue
			}
			f.table[m.num] = entry{pos: len(f.b) + len(f.tail)}
			f.tail = strconv.AppendInt(f.tail, int64(m.num), 10)
			f.tail = append(f.tail, " 0 obj\n"...)
			f.tail = append(f.tail, m.body...)
			f.tail = append(f.tail, "\nendobj\n"...)
		}
		for _, num := range wanted[s] {
			if f.table[num].stream == s {
				f.damage.add("object %d is not in its object stream", num)
				f.table[num] = entry{pos: -1}
			}
		}
	}
}

// decode unpacks the streams that hold the file's structure.
func decode(dict value, data []byte) ([]byte, error) {
	filter := dict.get("Filter")
	parms := dict.get("DecodeParms")
	if filter.kind == kindArray {
		if len(filter.list) > 1 {
			return nil, errors.New("several filters")
		}
		if len(filter.list) == 1 {
			filter = filter.list[0]
		} else {
			filter = value{}
		}
		if len(parms.list) > 0 {
			parms = parms.list[0]
		}
	}
	switch {
	case filter.kind == kindNull:
		return data, nil
	case filter.name() != "FlateDecode":
		return nil, fmt.Errorf("filter %q", filter.name())
	}
	zr, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(zr, maxStream+1))
	if err == nil && len(out) > maxStream {
		err = errors.New("too large")
	}
	if err != nil {
		return out, err
	}
	switch p := int(parms.get("Predictor").num); {
	case p <= 1:
		return out, nil
	case p >= 10:
		columns := 1
		if v := parms.get("Columns"); v.kind == kindNum {
			columns = int(v.num)
		}
		if columns < 1 || columns > 1<<16 {
			return nil, errors.New("malformed predictor")
		}
		return unpredict(out, columns)
	}
	return nil, errors.New("unknown predictor")
}

// unpredict undoes the PNG predictors on rows of single bytes.
func unpredict(b []byte, columns int) ([]byte, error) {
	out := make([]byte, 0, len(b))
	prev := make([]byte, columns)
	for ; len(b) > columns; b = b[columns+1:] {
		row := b[1 : columns+1]
		for i := range row {
			var left, upleft byte
			if i > 0 {
				left, upleft = row[i-1], prev[i-1]
			}
			switch b[0] {
			case 0:
			case 1:
				row[i] += left
			case 2:
				row[i] += prev[i]
			case 3:
				row[i] += byte((int(left) + int(prev[i])) / 2)
			case 4:
				row[i] += paeth(left, prev[i], upleft)
			default:
				return nil, errors.New("malformed predictor")
			}
		}
		out = append(out, row...)
		prev = row
	}
	if len(b) > 0 {
		return nil, errors.New("the last row is cut")
	}
	return out, nil
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := dist(p, a), dist(p, b), dist(p, c)
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

func dist(p int, x byte) int {
	if d := p - int(x); d >= 0 {
		return d
	}
	return int(x) - p
}
