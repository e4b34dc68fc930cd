package doc

import (
	"errors"
	"fmt"
	"slices"
	"sort"
)

// piece is a run of characters that lie together in the file.
type piece struct {
	from, to   int // characters
	at         int // in the stream
	compressed bool
	prm        int // properties of all of it
}

// readPieces reads the piece table. The pieces of documents that were saved
// fast lie in any order.
func (r *reader) readPieces() error {
	clx := r.part(fcClx)
	for len(clx) > 0 {
		switch clx[0] {
		case 1:
			if len(clx) < 3 {
				return errors.New("the piece table is cut off")
			}
			n := u16(clx, 1)
			prc := slice(clx, 3, int64(n))
			if prc == nil {
				return errors.New("the piece table is cut off")
			}
			r.prcs = append(r.prcs, prc)
			clx = clx[3+n:]
		case 2:
			if len(clx) < 5 {
				return errors.New("the piece table is cut off")
			}
			plc := slice(clx, 5, int64(u32(clx, 1)))
			if plc == nil {
				return errors.New("the piece table is cut off")
			}
			return r.piecesOf(plc)
		default:
			return fmt.Errorf("the piece table holds a part of kind %d", clx[0])
		}
	}
	return errors.New("the document has no piece table")
}

func (r *reader) piecesOf(plc []byte) error {
	n := (len(plc) - 4) / 12
	before := 0
	for i := range n {
		from, to := int(u32(plc, 4*i)), int(u32(plc, 4*i+4))
		if from != before || to < from || to > 8*maxChars {
			return errors.New("the piece table is not in order")
		}
		before = to
		pcd := plc[4*(n+1)+8*i:]
		fc := u32(pcd, 2)
		p := piece{from: from, to: to, at: int(fc & 0x3FFFFFFF), prm: u16(pcd, 6)}
		width := 2
		if fc&0x40000000 != 0 {
			p.compressed, p.at, width = true, p.at/2, 1
		}
		if p.at > len(r.text) || (to-from) > (len(r.text)-p.at)/width {
			r.lost++
			p.to = p.from + max(0, (len(r.text)-p.at)/width)
		}
		r.pieces = append(r.pieces, p)
	}
	return nil
}

// prm is the properties that a piece gives to all of its characters and
// paragraphs.
func (r *reader) prm(p *piece) []byte {
	if p.prm == 0 {
		return nil
	}
	if p.prm&1 != 0 {
		if i := p.prm >> 1; i < len(r.prcs) {
			return r.prcs[i]
		}
		return nil
	}
	op, known := short[p.prm>>1&0x7F]
	if !known {
		return nil
	}
	return []byte{byte(op), byte(op >> 8), byte(p.prm >> 8)}
}

// short are the properties that a piece can give in itself, by number.
var short = map[int]int{
	0x0C: sprmPIlvl, 0x18: sprmPFInTable, 0x19: sprmPFTtp,
	0x41: sprmCFRMarkDel, 0x57: sprmCFStrike, 0x5C: sprmCFVanish, 0x68: sprmCIss, 0x73: sprmCFDStrike,
}

// runs are properties by place in the stream.
type runs struct {
	at    []int // ends; run i reaches from at[i-1] to at[i]
	props [][]byte
}

// of is the properties at a place, and where they end.
func (r *runs) of(at int) ([]byte, int) {
	i := sort.SearchInts(r.at, at+1)
	if i >= len(r.at) {
		return nil, 1 << 62
	}
	return r.props[i], r.at[i]
}

// page reads the properties of a page of runs.
type pageKind int

const (
	papx pageKind = iota
	chpx
)

const pageSize = 512

// readRuns reads all pages of properties that a table lists. What is missing or
// contradicts itself is lost: it may have said that text is deleted, or ends a cell.
func (r *reader) readRuns(index int, kind pageKind) runs {
	plc := r.part(index)
	n := (len(plc) - 4) / 8
	if n < 1 { // every document has one page of each kind
		r.lost++
	}
	type run struct {
		from, to int
		props    []byte
	}
	const perPage = 16 // of paragraphs and of changes within them, about
	all := make([]run, 0, perPage*max(0, min(n, len(r.text)/pageSize)))
	seen := map[uint32]bool{}
	for i := range n {
		number := u32(plc, 4*(n+1)+4*i) & 0x3FFFFF
		page := slice(r.text, int64(number)*pageSize, pageSize)
		if page == nil {
			r.lost++
			continue
		}
		if seen[number] { // in the place of another
			r.lost++
			continue
		}
		seen[number] = true
		count, width := int(page[pageSize-1]), 1
		if kind == papx {
			width = 13
		}
		if 4*(count+1)+width*count > pageSize-1 {
			r.lost++
			continue
		}
		sound := count > 0 && u32(page, 0) == u32(plc, 4*i) && u32(page, 4*count) <= u32(plc, 4*i+4)
		var lists, empty []int // where lists of properties begin
		for k := range count {
			from, to := int(u32(page, 4*k)), int(u32(page, 4*k+4))
			if from >= to {
				sound = false
				continue
			}
			at := 2 * int(page[4*(count+1)+width*k])
			props, whole := propsOf(page, at, kind)
			sound = sound && whole
			if len(props) == 0 && at > 0 {
				empty = append(empty, at)
			}
			lists = append(lists, at)
			all = append(all, run{from, to, props})
		}
		sound = sound && !hollow(lists, empty)
		if !sound {
			r.lost++
		}
	}
	slices.SortStableFunc(all, func(a, b run) int { return a.from - b.from })
	out := runs{make([]int, 0, len(all)+1), make([][]byte, 0, len(all)+1)}
	end := 0
	for _, a := range all {
		if a.to <= end {
			continue
		}
		if a.from > end { // nothing is said of these
			out.at, out.props = append(out.at, a.from), append(out.props, nil)
		}
		out.at, out.props = append(out.at, a.to), append(out.props, a.props)
		end = a.to
	}
	return out
}

// hollow says whether an empty list of a page has room for more than its size and
// a byte that fills it up: what was written there is gone.
func hollow(lists, empty []int) bool {
	if len(empty) == 0 {
		return false
	}
	lists = append(lists, pageSize-1)
	slices.Sort(lists)
	for _, at := range empty {
		i, _ := slices.BinarySearch(lists, at+1)
		if lists[i]-at > 2 {
			return true
		}
	}
	return false
}

// propsOf are the properties at an offset of a page, and whether they can be what
// was written there. Those of paragraphs begin with the number of their style.
func propsOf(page []byte, at int, kind pageKind) (props []byte, whole bool) {
	if at == 0 {
		return nil, true
	}
	if at >= pageSize-1 {
		return nil, false
	}
	n := int(page[at])
	at++
	if kind == papx {
		if n == 0 {
			n = 2 * int(page[at])
			at++
		} else {
			n = 2*n - 1
		}
	}
	if at+n > pageSize-1 {
		return page[at:max(at, min(at+n, pageSize-1))], false
	}
	props = page[at : at+n]
	if kind == papx {
		return props, known(props[min(2, n):])
	}
	return props, known(props)
}
