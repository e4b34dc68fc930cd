package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
)

// row is an observation as its table holds it.
type row struct {
	cell int64
	packed
	name string // of the cell, where it was read
	part int64  // the report it is from where that is a part, or 0
}

// cells are the observations of a report by the number of the cell.
type cells []row

// cellsOf reads the cells with these names, all where there is none, as a report has
// them: those of its parts in their places, and under review what twins doubt.
func cellsOf(ctx context.Context, q queryer, report int64, names []string) (cells, error) {
	args := []any{report}
	in := named(&args, names)
	return readCells(ctx, q, `
		SELECT o.cell, c.name, o.value, o.flags, COALESCE(w.value, ''), d.cell IS NOT NULL, 0
		FROM observation o JOIN cell c ON c.id = o.cell
		LEFT JOIN twin_doubt d ON d.report = o.report AND d.cell = o.cell
		LEFT JOIN observation_wide w ON w.report = o.report AND w.cell = o.cell
		WHERE o.report = $1 AND NOT EXISTS (SELECT 1 FROM twin_cell j WHERE j.report = o.report AND j.cell = o.cell)`+in+`
		UNION ALL
		SELECT p.cell, c.name, p.value, p.flags, COALESCE(w.value, ''), d.cell IS NOT NULL, p.report
		FROM twin_cell j JOIN observation p ON p.report = j.part AND p.cell = j.cell JOIN cell c ON c.id = p.cell
		LEFT JOIN twin_doubt d ON d.report = p.report AND d.cell = p.cell
		LEFT JOIN observation_wide w ON w.report = p.report AND w.cell = p.cell
		WHERE j.report = $1`+in+`
		ORDER BY 1`, args)
}

// ownCells reads all cells as the report's file says them itself.
func ownCells(ctx context.Context, q queryer, report int64) (cells, error) {
	return readCells(ctx, q, `
		SELECT o.cell, c.name, o.value, o.flags, COALESCE(w.value, ''), 1 = 0, 0
		FROM observation o JOIN cell c ON c.id = o.cell
		LEFT JOIN observation_wide w ON w.report = o.report AND w.cell = o.cell
		WHERE o.report = $1 ORDER BY o.cell`, []any{report})
}

// ownCellsOf reads all cells of some reports as their files say them themselves,
// without names, report by report.
func ownCellsOf(ctx context.Context, q queryer, reports []int64, each func(report int64, cs cells)) error {
	var args []any
	of := `report IN (` + marks(&args, reports) + `)`
	type at struct{ report, cell int64 }
	wide := map[at]string{}
	err := query(ctx, q, `SELECT report, cell, value FROM observation_wide WHERE `+of, args, func(rows *sql.Rows) error {
		var a at
		var value string
		err := rows.Scan(&a.report, &a.cell, &value)
		wide[a] = value
		return err
	})
	if err != nil {
		return err
	}
	var last int64
	var cs cells
	err = query(ctx, q, `SELECT report, cell, value, flags FROM observation WHERE `+of+` ORDER BY report, cell`, args, func(rows *sql.Rows) error {
		var report int64
		var value sql.NullInt64
		var r row
		if err := rows.Scan(&report, &r.cell, &value, &r.flags); err != nil {
			return err
		}
		if report != last && len(cs) > 0 {
			each(last, cs)
			cs = cs[:0]
		}
		last = report
		if value.Valid {
			r.value = value.Int64
		}
		if r.flags&flagWide != 0 {
			r.wide = wide[at{report, r.cell}]
		}
		cs = append(cs, r)
		return nil
	})
	if err == nil && len(cs) > 0 {
		each(last, cs)
	}
	return err
}

func readCells(ctx context.Context, q queryer, text string, args []any) (out cells, err error) {
	err = query(ctx, q, text, args, func(rows *sql.Rows) error {
		var r row
		var value *int64
		var doubted bool
		if err := rows.Scan(&r.cell, &r.name, &value, &r.flags, &r.wide, &doubted, &r.part); err != nil {
			return err
		}
		if value != nil {
			r.value = *value
		}
		if doubted {
			r.flags |= flagReview
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

// named is the condition that c.name is one of names, if there is any.
func named(args *[]any, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ` AND c.name IN (` + marks(args, names) + `)`
}

// values are the values of cells that were read with their names.
func (cs cells) values() (map[string]Value, error) {
	out := make(map[string]Value, len(cs))
	for i := range cs {
		r := &cs[i]
		var value *int64
		if v, ok := r.value.(int64); ok {
			value = &v
		}
		var err error
		if out[r.name], err = unpack(value, r.flags, &r.wide); err != nil {
			return nil, fmt.Errorf("cell %s: %w", r.name, err)
		}
	}
	return out, nil
}

// ready is what a report says, as its live row holds it.
type ready struct {
	cells           []byte // packed
	inDoubt, joined int    // how many are under review, and those of parts
}

func (cs cells) ready() ready {
	r := ready{cells: cs.encode()}
	for i := range cs {
		if cs[i].flags&flagReview != 0 {
			r.inDoubt++
		}
		if cs[i].part != 0 {
			r.joined++
		}
	}
	return r
}

// encode packs cells, for reading many reports quickly: runs of cells with numbers
// one after another, each the numbers passed over before it, its length and its
// cells. A cell is
//
//	value*2                    a whole number from 0 that is reported and ok
//	flags*4 + 1                no number
//	flags*4 + 3, value         any other number, or
//	flags*4 + 3, length, text  a long one
//
// all of them varints of package binary, value in the second form a signed one. A
// form's cells have their numbers in the order of the form, so that there are few
// runs, and a report takes about 300 bytes.
func (cs cells) encode() []byte {
	b := make([]byte, 0, 2*len(cs)+16)
	next := int64(0)
	for i := 0; i < len(cs); {
		n := 1
		for i+n < len(cs) && cs[i+n].cell == cs[i].cell+int64(n) {
			n++
		}
		b = binary.AppendUvarint(b, uint64(cs[i].cell-next))
		b = binary.AppendUvarint(b, uint64(n))
		next = cs[i].cell + int64(n)
		for ; n > 0; n-- {
			b = cs[i].append(b)
			i++
		}
	}
	return b
}

func (r *row) append(b []byte) []byte {
	value, number := r.value.(int64)
	switch {
	case r.flags&flagWide != 0:
		b = binary.AppendUvarint(b, uint64(r.flags)<<2|3)
		b = binary.AppendUvarint(b, uint64(len(r.wide)))
		return append(b, r.wide...)
	case !number:
		return binary.AppendUvarint(b, uint64(r.flags)<<2|1)
	case r.flags == 0 && value >= 0:
		return binary.AppendUvarint(b, uint64(value)<<1)
	}
	b = binary.AppendUvarint(b, uint64(r.flags)<<2|3)
	return binary.AppendVarint(b, value)
}

var errDamaged = errors.New("the packed cells of a report are damaged")

// wanted are the cells that somebody asks for.
type wanted struct {
	names []string // at their numbers, "" for others
	next  []uint64 // at a number that of the next one, itself or behind it
}

func newWanted(names []string) wanted {
	w := wanted{names, make([]uint64, len(names))}
	next := uint64(len(names))
	for n := len(names) - 1; n >= 0; n-- {
		if names[n] != "" {
			next = uint64(n)
		}
		w.next[n] = next
	}
	return w
}

// eachCell hands on those of the cells packed in b that are wanted.
func eachCell(b []byte, wanted wanted, visit func(name string, v Value)) error {
	d := decoder{b: b}
	return d.each(wanted, func(cell uint64) {
		if v := d.value(); !d.bad {
			visit(wanted.names[cell], v)
		}
	})
}

// only packs those of the cells packed in b that are wanted, behind out. What is damaged
// it leaves as it is.
func only(out, b []byte, wanted wanted) []byte {
	d := decoder{b: b}
	begin, next := len(out), uint64(0)
	err := d.each(wanted, func(cell uint64) {
		all := d.b
		d.skip(1)
		out = binary.AppendUvarint(out, cell-next)
		out = append(out, 1)
		out = append(out, all[:len(all)-len(d.b)]...)
		next = cell + 1
	})
	if err != nil {
		return append(out[:begin], b...)
	}
	return out
}

// each stops at every cell that is wanted, which visit has to read.
func (d *decoder) each(wanted wanted, visit func(cell uint64)) error {
	last := uint64(len(wanted.names)) // none is wanted from here on
	for cell := uint64(0); len(d.b) > 0; {
		cell += d.uvarint()
		for end := cell + d.uvarint(); cell < end && !d.bad; {
			if cell >= last {
				return nil
			}
			if next := min(wanted.next[cell], end); next > cell {
				d.skip(next - cell)
				cell = next
				continue
			}
			visit(cell)
			cell++
		}
		if d.bad {
			return errDamaged
		}
	}
	return nil
}

// decoder reads packed cells. Once something was bad nothing it says counts.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) uvarint() uint64 {
	if len(d.b) > 1 { // numbers of one byte or two, nearly all
		if v := d.b[0]; v < 0x80 {
			d.b = d.b[1:]
			return uint64(v)
		}
		if v := d.b[1]; v < 0x80 {
			low := d.b[0] & 0x7f
			d.b = d.b[2:]
			return uint64(low) | uint64(v)<<7
		}
	}
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) text() string {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return ""
	}
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

// skip passes over n cells, those in eight bytes at a time up to one that is not a single
// number.
func (d *decoder) skip(n uint64) {
	const each = 0x0101010101010101 // the lowest bit of each of eight bytes
	for n > 0 && !d.bad {
		if len(d.b) >= 8 {
			x := binary.LittleEndian.Uint64(d.b)
			goesOn := x >> 7 & each                      // the next byte is of the same number
			more := x & (x >> 1) &^ (goesOn << 8) & each // begins a cell that is more than a number
			ends := ^goesOn & (more&-more - 1) & each    // the last byte of a cell before that
			if cells := uint64(bits.OnesCount64(ends)); cells <= n {
				d.b = d.b[8-bits.LeadingZeros64(ends)/8:]
				if n -= cells; n == 0 || more == 0 && cells > 0 {
					continue
				}
			}
		}
		n--
		switch head := d.uvarint(); {
		case head&3 != 3:
		case head>>2&flagWide != 0:
			d.text()
		default:
			d.uvarint()
		}
	}
}

func (d *decoder) value() Value {
	head := d.uvarint()
	if head&1 == 0 {
		return Value{Number: whole(int64(head >> 1)), State: normalize.Reported, Status: normalize.OK}
	}
	var value *int64
	var wide *string
	flags := int(head >> 2)
	switch {
	case head&3 != 3:
	case flags&flagWide != 0:
		s := d.text()
		wide = &s
	default:
		u := d.uvarint()
		v := int64(u>>1) ^ -int64(u&1)
		value = &v
	}
	v, err := unpack(value, flags, wide)
	if err != nil {
		d.bad = true
	}
	return v
}

// whole returns a number of which there are many, small ones without making them anew:
// nobody changes a decimal.
func whole(n int64) *decimal.Decimal {
	if n >= 0 && n < int64(len(small)) {
		return &small[n]
	}
	d := decimal.New(n, 0)
	return &d
}

var small = func() (out [1024]decimal.Decimal) {
	for n := range out {
		out[n] = decimal.New(int64(n), 0)
	}
	return out
}()
