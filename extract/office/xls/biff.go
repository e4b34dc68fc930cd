package xls

import (
	"encoding/binary"
	"errors"
	"iter"
	"math"
	"unicode/utf16"
)

// Records that matter here.
const (
	recFormula     = 0x0006
	recEOF         = 0x000A
	recDate1904    = 0x0022
	recContinue    = 0x003C
	recFilePass    = 0x002F
	recColInfo     = 0x007D
	recBoundSheet  = 0x0085
	recMulRK       = 0x00BD
	recMulBlank    = 0x00BE
	recRString     = 0x00D6
	recXF          = 0x00E0
	recMergedCells = 0x00E5
	recSST         = 0x00FC
	recLabelSST    = 0x00FD
	recBlank       = 0x0201
	recNumber      = 0x0203
	recLabel       = 0x0204
	recBoolErr     = 0x0205
	recString      = 0x0207
	recRow         = 0x0208
	recRK          = 0x027E
	recFormat      = 0x041E
	recBOF         = 0x0809
)

// besideCells are the other records that programs write among cells: of formulas and
// rows, and what some write as it comes, of notes, links, pictures and rules.
var besideCells = []int{
	recString, recRow, recMergedCells, recColInfo,
	0x001C, 0x001D, 0x005D, 0x005E, 0x00D7, 0x00EC, 0x00ED, 0x01B0, 0x01B1, 0x01B2, 0x01B6, 0x01B8, 0x01BE, 0x0221, 0x0236, 0x023E, 0x04BC,
}

// future is the upper byte of records that later versions added.
const future = 0x08

// record is a record; its parts are its own bytes and those of the records
// that continue it.
type record struct {
	kind  int
	at    int // in the stream
	parts [][]byte
}

// data is the record's own bytes.
func (r *record) data() []byte { return r.parts[0] }

// records goes through the records from an offset on; what is cut off is none.
func records(b []byte, at int) iter.Seq[record] {
	return func(yield func(record) bool) {
		next := func() (int, []byte, bool) {
			if at < 0 || at+4 > len(b) {
				return 0, nil, false
			}
			n := u16(b, at+2)
			if at+4+n > len(b) {
				return 0, nil, false
			}
			return u16(b, at), b[at+4 : at+4+n], true
		}
		for {
			kind, data, ok := next()
			if !ok {
				return
			}
			r := record{kind: kind, at: at, parts: [][]byte{data}}
			at += 4 + len(data)
			for {
				kind, more, ok := next()
				if !ok || kind != recContinue {
					break
				}
				r.parts = append(r.parts, more)
				at += 4 + len(more)
			}
			if !yield(r) {
				return
			}
		}
	}
}

var errShort = errors.New("a text is cut off")

// cursor reads over the parts of a record. A text that goes on in the next
// part begins there with its width anew.
type cursor struct {
	parts [][]byte
}

func (c *cursor) skip() {
	for len(c.parts) > 0 && len(c.parts[0]) == 0 {
		c.parts = c.parts[1:]
	}
}

func (c *cursor) bytes(n int) ([]byte, error) {
	c.skip()
	if len(c.parts) == 0 || len(c.parts[0]) < n {
		return nil, errShort
	}
	b := c.parts[0][:n]
	c.parts[0] = c.parts[0][n:]
	return b, nil
}

// pass goes over n bytes in any number of parts.
func (c *cursor) pass(n int) error {
	for n > 0 {
		c.skip()
		if len(c.parts) == 0 {
			return errShort
		}
		k := min(n, len(c.parts[0]))
		c.parts[0] = c.parts[0][k:]
		n -= k
	}
	return nil
}

// text reads a text whose size is told in wide bytes, 1 or 2.
func (c *cursor) text(wide int) (string, error) {
	head, err := c.bytes(wide + 1)
	if err != nil {
		return "", err
	}
	n, flags := int(head[0]), head[wide]
	if wide == 2 {
		n = u16(head, 0)
	}
	behind := 0
	if flags&8 != 0 { // runs of other fonts
		b, err := c.bytes(2)
		if err != nil {
			return "", err
		}
		behind += 4 * u16(b, 0)
	}
	if flags&4 != 0 { // how it is read aloud
		b, err := c.bytes(4)
		if err != nil {
			return "", err
		}
		behind += int(min(binary.LittleEndian.Uint32(b), 1<<24))
	}
	var out []uint16
	for n > 0 {
		if len(c.parts) > 0 && len(c.parts[0]) == 0 {
			c.skip()
			b, err := c.bytes(1)
			if err != nil {
				return "", err
			}
			flags = b[0]
		}
		if len(c.parts) == 0 {
			return "", errShort
		}
		part := c.parts[0]
		k := len(part)
		if flags&1 != 0 {
			if k = min(n, k/2); k == 0 {
				return "", errShort
			}
			for i := range k {
				out = append(out, uint16(u16(part, 2*i)))
			}
			c.parts[0] = part[2*k:]
		} else {
			k = min(n, k)
			for _, x := range part[:k] {
				out = append(out, uint16(x))
			}
			c.parts[0] = part[k:]
		}
		n -= k
	}
	return string(utf16.Decode(out)), c.pass(behind)
}

// number is a number in the short form.
func rk(v uint32) float64 {
	var f float64
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	} else {
		f = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}

func u16(b []byte, at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
func u32(b []byte, at int) int { return int(binary.LittleEndian.Uint32(b[at:])) }
func f64(b []byte, at int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(b[at:]))
}
