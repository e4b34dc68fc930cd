package text

import (
	"strings"
	"unicode"

	"nianbao/extract"
)

// Strokes of a drawn character: the sides it reaches.
const (
	up = 1 << iota
	down
	left
	right
)

// strokes tells which sides a box-drawing character reaches; + and | and -
// draw boxes too where there is nothing better.
func strokes(r rune) int {
	switch {
	case strings.ContainsRune("─━═┄┅┈┉╌╍-=", r):
		return left | right
	case strings.ContainsRune("│┃║┆┇┊┋╎╏|｜", r):
		return up | down
	case strings.ContainsRune("┌┍┎┏╒╓╔╭", r):
		return down | right
	case strings.ContainsRune("┐┑┒┓╕╖╗╮", r):
		return down | left
	case strings.ContainsRune("└┕┖┗╘╙╚╰", r):
		return up | right
	case strings.ContainsRune("┘┙┚┛╛╜╝╯", r):
		return up | left
	case r >= '├' && r <= '┣', strings.ContainsRune("╞╟╠", r):
		return up | down | right
	case r >= '┤' && r <= '┫', strings.ContainsRune("╡╢╣", r):
		return up | down | left
	case r >= '┬' && r <= '┳', strings.ContainsRune("╤╥╦", r):
		return down | left | right
	case r >= '┴' && r <= '┻', strings.ContainsRune("╧╨╩", r):
		return up | left | right
	case r >= '┼' && r <= '╋', strings.ContainsRune("╪╫╬+", r):
		return up | down | left | right
	}
	return 0
}

// Limits of a box; the first keeps text with a few strokes from being one.
const (
	maxBoxWidth = 1000
	maxBoxLines = 5000
)

// box reads a drawn box at the next line, if one begins there.
func (p *parser) box() bool {
	if p.at < p.boxed || !top(p.in[p.at]) {
		return false
	}
	end := p.at
	for end < len(p.in) && end-p.at < maxBoxLines && framed(p.in[end]) {
		end++
	}
	// Box characters are as wide as ideographs in Chinese fonts and half as
	// wide elsewhere; the width that makes the strokes meet is the right one.
	var best *extract.Table
	met := -1
	for _, width := range []int{1, 2} {
		if c := canvasOf(p.in[p.at:end], width); c != nil && c.met > met {
			if t := c.table(); t != nil {
				best, met = t, c.met
			}
		}
	}
	if best == nil {
		p.boxed = end
		return false
	}
	best.Line = len(p.lines)
	p.cells += len(best.Cells)
	p.tables = append(p.tables, *best)
	p.at = end
	return true
}

// top says whether s is the upper edge of a box.
func top(s string) bool {
	s = strings.TrimSpace(s)
	r := []rune(s[:min(len(s), 12)])
	if len(r) < 3 || strokes(r[0])&(down|right) != down|right && r[0] != '+' {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return strokes(r) == 0 }) < 0 || r[1] != '-' && strokes(r[1]) == left|right
}

// framed says whether s begins and ends with a stroke.
func framed(s string) bool {
	r := []rune(strings.TrimSpace(s[:min(len(s), 4*maxBoxWidth)]))
	return len(r) > 2 && strokes(r[0])&(up|down) != 0 && strokes(r[len(r)-1])&(up|down) != 0
}

// canvas is a box as characters on a grid of half widths.
type canvas struct {
	at  [][]rune // 0 is the second half of a wide character
	met int      // places where strokes of two lines meet
}

func canvasOf(lines []string, width int) *canvas {
	c := &canvas{}
	for _, line := range lines {
		var row []rune
		for _, r := range line {
			n := 1
			if r >= 0x1100 && strokes(r) == 0 && (r < 0x2500 || r >= 0x25A0) || r == '“' || r == '”' || r == '—' || strings.ContainsRune("①②③④⑤⑥⑦⑧⑨⑩■□●○△▲", r) {
				n = 2
			} else if strokes(r) != 0 && r > 0x7F {
				n = width
			}
			row = append(row, r)
			if n == 2 {
				row = append(row, 0)
			}
			if len(row) > maxBoxWidth {
				return nil
			}
		}
		c.at = append(c.at, row)
	}
	for y := 0; y+1 < len(c.at); y++ {
		for x := range c.at[y] {
			if c.stroke(y, x)&down != 0 && c.stroke(y+1, x)&up != 0 {
				c.met++
			}
		}
	}
	return c
}

func (c *canvas) stroke(y, x int) int {
	if y < 0 || y >= len(c.at) || x < 0 || x >= len(c.at[y]) {
		return 0
	}
	s := strokes(c.at[y][x])
	if r := c.at[y][x]; r == '-' || r == '=' || r == '+' {
		// A dash within a cell is text: it draws only in a run.
		if !c.drawn(y, x-1) && !c.drawn(y, x+1) {
			return 0
		}
	}
	return s
}

func (c *canvas) drawn(y, x int) bool {
	return x >= 0 && x < len(c.at[y]) && (c.at[y][x] == '-' || c.at[y][x] == '=' || c.at[y][x] == '+')
}

// table finds the edges and makes cells of what they enclose.
func (c *canvas) table() *extract.Table {
	width := 0
	for _, row := range c.at {
		width = max(width, len(row))
	}
	// Column edges are where strokes run down, row edges where lines hold a
	// run of strokes across.
	vertical := make([]int, width+1)
	var ys []int
	for y := range c.at {
		across := 0
		for x := range c.at[y] {
			s := c.stroke(y, x)
			if s&(up|down) != 0 {
				vertical[x]++
			}
			if s&(left|right) == left|right {
				across++
			}
		}
		if across >= 2 {
			ys = append(ys, y)
		}
	}
	var xs []int
	for x, n := range vertical {
		if n > 0 {
			xs = append(xs, x)
		}
	}
	if len(xs) < 3 || len(ys) < 2 || len(xs) > 100 {
		return nil
	}
	rows, cols := len(ys)-1, len(xs)-1
	l := lattice{rows: rows, cols: cols, of: make([]int, rows*cols)}
	for i := range l.of {
		l.of[i] = i
	}
	for r := range rows {
		for k := range cols {
			if k+1 < cols && !c.wall(ys[r], ys[r+1], xs[k+1]) {
				l.join(r, k, r, k+1)
			}
			if r+1 < rows && !c.floor(ys[r+1], xs[k], xs[k+1]) {
				l.join(r, k, r+1, k)
			}
		}
	}
	return l.table(c, ys, xs)
}

// wall says whether a stroke runs down at x between the lines y0 and y1.
func (c *canvas) wall(y0, y1, x int) bool {
	for y := y0 + 1; y < y1; y++ {
		if c.stroke(y, x)&(up|down) != 0 {
			return true
		}
	}
	return y1 == y0+1
}

// floor says whether a stroke runs across line y between x0 and x1.
func (c *canvas) floor(y, x0, x1 int) bool {
	drawn, all := 0, 0
	for x := x0 + 1; x < x1; x++ {
		if x < len(c.at[y]) && c.at[y][x] == 0 {
			continue
		}
		all++
		if c.stroke(y, x)&(left|right) == left|right {
			drawn++
		}
	}
	return drawn*2 > all || all == 0
}

// lattice joins the fields between the edges to cells.
type lattice struct {
	rows, cols int
	of         []int // union-find: the field a field belongs to
}

func (l *lattice) find(i int) int {
	for l.of[i] != i {
		l.of[i] = l.of[l.of[i]]
		i = l.of[i]
	}
	return i
}

func (l *lattice) join(r0, k0, r1, k1 int) {
	a, b := l.find(r0*l.cols+k0), l.find(r1*l.cols+k1)
	l.of[max(a, b)] = min(a, b)
}

func (l *lattice) table(c *canvas, ys, xs []int) *extract.Table {
	t := &extract.Table{Rows: l.rows, Cols: l.cols}
	type extent struct{ r1, k0, k1, n int }
	cells := map[int]*extent{}
	for i := range l.of {
		root := l.find(i)
		e := cells[root]
		if e == nil {
			e = &extent{k0: l.cols}
			cells[root] = e
		}
		r, k := i/l.cols, i%l.cols
		e.r1, e.k0, e.k1, e.n = max(e.r1, r), min(e.k0, k), max(e.k1, k), e.n+1
	}
	for i := range l.of {
		e := cells[i]
		if e == nil {
			continue
		}
		r0 := i / l.cols
		if e.n != (e.r1-r0+1)*(e.k1-e.k0+1) {
			return nil // no boxes: strokes among text
		}
		t.Cells = append(t.Cells, extract.Cell{Row: r0, Col: e.k0, RowSpan: e.r1 - r0 + 1, ColSpan: e.k1 - e.k0 + 1,
			Text: c.text(ys[r0], ys[e.r1+1], xs[e.k0], xs[e.k1+1]), Reader: "text", Confidence: 1})
	}
	return t
}

// text is what stands between the edges.
func (c *canvas) text(y0, y1, x0, x1 int) string {
	var lines []string
	for y := y0 + 1; y < y1; y++ {
		var b strings.Builder
		for x := x0 + 1; x < x1 && x < len(c.at[y]); x++ {
			if r := c.at[y][x]; r != 0 && c.stroke(y, x) == 0 {
				b.WriteRune(r)
			}
		}
		if s := strings.TrimFunc(b.String(), unicode.IsSpace); s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}
