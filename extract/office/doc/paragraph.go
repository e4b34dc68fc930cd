package doc

import (
	"slices"

	"nianbao/extract/office/rows"
)

// paragraph is what the properties of a paragraph say.
type paragraph struct {
	style       int
	depth       int // of tables; 0 is outside
	inTable     bool
	row         bool // its mark ends a row
	innerCell   bool // ends a cell of a table within a table
	innerRow    bool
	list, level int // list override, from 1; level from 0
	outline     int // 0 is the first level, 9 is text
	table       table
	chained     int // lists of properties that refer to each other
}

// table is what the properties of a row's end say of its cells.
type table struct {
	edges []int
	cells []flags
	gap   int
}

type flags struct {
	joined bool
	down   rows.Merge
}

// paragraphAt is the paragraph whose mark lies at a place in the stream.
func (r *reader) paragraphAt(at int, p *piece) paragraph {
	props, _ := r.para.of(at)
	pap := paragraph{outline: 9}
	if len(props) >= 2 {
		pap.style = u16(props, 0)
		props = props[2:]
	}
	r.styled(&pap)
	r.apply(&pap, props)
	r.apply(&pap, r.prm(p))
	switch {
	case pap.depth == 0 && pap.inTable:
		pap.depth = 1
	case pap.depth > 0 && !pap.inTable:
		pap.depth = 0
	}
	return pap
}

// styled takes over what the style says.
func (r *reader) styled(p *paragraph) {
	if s := r.styles.paragraph(r, p.style); s != nil {
		style := p.style
		*p = *s
		p.style = style
	}
	if p.style >= 1 && p.style <= 9 { // 标题 1 to 标题 9
		p.outline = p.style - 1
	}
}

// apply lets the properties of a list change p.
func (r *reader) apply(p *paragraph, list []byte) {
	r.props += len(list)
	for op, v := range sprms(list) {
		if len(v) == 0 {
			continue
		}
		switch op {
		case sprmPIstd:
			*p = paragraph{style: u16(v, 0), outline: 9, chained: p.chained}
			r.styled(p)
		case sprmPFInTable:
			p.inTable = v[0] != 0
		case sprmPFTtp:
			p.row = v[0] != 0
		case sprmPItap:
			p.depth = int(int32(u32(v, 0)))
		case sprmPDtap:
			p.depth += int(int32(u32(v, 0)))
		case sprmPFInnerCell:
			p.innerCell = v[0] != 0
		case sprmPFInnerTtp:
			p.innerRow = v[0] != 0
		case sprmPIlvl:
			p.level = int(v[0])
		case sprmPIlfo:
			p.list = u16(v, 0)
		case sprmPOutLvl:
			p.outline = int(v[0])
		case sprmPHugePapx, sprmPTableProps:
			if p.chained < maxChained {
				p.chained++
				r.apply(p, r.fromData(v))
				p.chained--
			}
		default:
			p.table.apply(op, v)
		}
	}
}

// fromData is a list of properties too long for its page.
func (r *reader) fromData(v []byte) []byte {
	at := int64(u32(v, 0))
	head := slice(r.data, at, 2)
	if head == nil {
		r.lost++
		return nil
	}
	list := slice(r.data, at+2, int64(u16(head, 0)))
	if list == nil {
		r.lost++
	}
	return list
}

// apply lets one property change t.
func (t *table) apply(op int, v []byte) {
	switch op {
	case sprmTDefTable:
		t.define(v)
	case sprmTDxaGapHalf:
		t.gap = i16(v, 0)
	case sprmTDxaLeft:
		if len(t.edges) > 0 {
			shift := i16(v, 0) - t.gap - t.edges[0]
			for i := range t.edges {
				t.edges[i] += shift
			}
		}
	case sprmTVertMerge:
		if len(v) >= 2 && int(v[0]) < len(t.cells) {
			t.cells[v[0]].down = down(int(v[1]))
		}
	case sprmTMerge, sprmTSplit:
		from, to := t.rangeOf(v)
		for i := from; i < to; i++ {
			t.cells[i].joined = op == sprmTMerge && i > from
		}
	case sprmTDelete:
		if from, to := t.rangeOf(v); from < to {
			t.resize(func(widths []int) []int { return slices.Delete(widths, from, to) })
			t.cells = slices.Delete(t.cells, from, to)
		}
	case sprmTInsert:
		at, n, width := int(v[0]), int(v[1]), i16(v, 2)
		if at <= len(t.cells) && n <= maxRow-len(t.cells) {
			t.resize(func(widths []int) []int { return slices.Insert(widths, at, slices.Repeat([]int{width}, n)...) })
			t.cells = slices.Insert(t.cells, at, make([]flags, n)...)
		}
	case sprmTDxaCol:
		from, to := t.rangeOf(v)
		t.resize(func(widths []int) []int {
			for i := from; i < to; i++ {
				widths[i] = i16(v, 2)
			}
			return widths
		})
	}
}

// maxRow is how many cells a row may have; Word makes 63.
const maxRow = 255

// rangeOf are the cells from v's first byte to its second.
func (t *table) rangeOf(v []byte) (from, to int) {
	to = min(int(v[1]), len(t.cells))
	return min(int(v[0]), to), to
}

// resize moves the edges as the widths between them are changed.
func (t *table) resize(change func([]int) []int) {
	if len(t.edges) == 0 {
		return
	}
	widths := make([]int, 0, len(t.edges))
	for i := range t.cells {
		widths = append(widths, t.edges[i+1]-t.edges[i])
	}
	at := t.edges[0]
	t.edges = []int{at}
	for _, w := range change(widths) {
		at += w
		t.edges = append(t.edges, at)
	}
}

// define reads the edges and merges of all cells.
func (t *table) define(v []byte) {
	if len(v) == 0 {
		return
	}
	n := int(v[0])
	edges := slice(v, 1, int64(2*(n+1)))
	if edges == nil {
		return
	}
	t.edges, t.cells = make([]int, n+1), make([]flags, n)
	for i := range t.edges {
		t.edges[i] = i16(edges, 2*i)
	}
	cells := v[1+2*(n+1):]
	const size = 20
	for i := 0; i < n && len(cells) >= 2; i++ {
		f := u16(cells, 0)
		t.cells[i] = flags{joined: f&2 != 0, down: down(f >> 5 & 3)}
		cells = cells[min(size, len(cells)):]
	}
}

// down is the part in a vertical merge that two bits say.
func down(bits int) rows.Merge {
	switch {
	case bits&2 != 0:
		return rows.First
	case bits&1 != 0:
		return rows.Next
	}
	return rows.Alone
}

// places is where the cells of a row stand.
func (t *table) places() []rows.Cell {
	out := make([]rows.Cell, len(t.cells))
	for i, c := range t.cells {
		out[i] = rows.Cell{Left: t.edges[i], Right: t.edges[i+1], Down: c.down, Joined: c.joined}
	}
	return out
}
