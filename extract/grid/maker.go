package grid

// maker puts cells of tokens into a table.
type maker struct {
	t     *table
	taken map[[2]int]bool
}

func newMaker(cols int) *maker {
	return &maker{&table{xs: make([]float64, cols+1)}, map[[2]int]bool{}}
}

// add puts a cell at a place if the place is free. near is a token of the same
// row, for the page of a cell without text.
func (m *maker) add(row, col, rows, cols int, ts []*token, near *token, doubt string) {
	for r := row; r < row+rows; r++ {
		for c := col; c < col+cols; c++ {
			if m.taken[[2]int{r, c}] {
				return
			}
		}
	}
	for r := row; r < row+rows; r++ {
		for c := col; c < col+cols; c++ {
			m.taken[[2]int{r, c}] = true
		}
	}
	x := &cell{row: row, col: col, rows: rows, cols: cols}
	at := near
	if len(ts) > 0 {
		x.text, x.box, at = joinTokens(ts), tokenBox(ts), ts[0]
	} else {
		x.box = tokenBox([]*token{near})
	}
	x.page = at.sheet.page
	if doubt != "" {
		x.doubts = []string{doubt}
	}
	m.t.cells = append(m.t.cells, x)
	m.t.rows = max(m.t.rows, row+rows)
	m.t.sheet = at.sheet
}

// place gives a cell without text its column's extent as box.
func placeBlank(near *token, s slot) *token {
	t := *near
	t.x0, t.x1, t.text, t.fold = s.x0, s.x1, "", ""
	return &t
}

// values adds the value cells of a row.
func (m *maker) values(row, col int, b *body, r *bodyRow, near *token, last int) {
	for k, ts := range r.values {
		w := 1
		if k == len(r.values)-1 {
			w = last
		}
		m.add(row, col+k, 1, w, ts, placeBlank(near, b.slots[k]), r.doubts[k])
	}
}
