package raster

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/extract/grid"
)

// drawnTable is a grid of lines with some cells merged, in pixels of a page.
type drawnTable struct {
	xs, ys []int
	cells  []image.Rectangle // in columns and rows
	empty  map[int]bool      // cells without print
}

func drawTable(t *rapid.T, dpi float64, w, h int) *drawnTable {
	cuts := func(name string, from, to int, least, most float64) (out []int) {
		for at := from; at <= to; {
			out = append(out, at)
			at += int(dpi * rapid.Float64Range(least, most).Draw(t, name))
		}
		return out
	}
	// Figures are 0.11 in high. Where they nearly touch the rules above and below
	// them, one in line with a rule elsewhere looks like its continuation.
	d := &drawnTable{empty: map[int]bool{}, xs: cuts("column", 40, w-40, 0.3, 1.2), ys: cuts("row", 40, h-40, 0.26, 0.5)}
	nc, nr := len(d.xs)-1, len(d.ys)-1
	taken := make([]bool, nc*nr)
	free := func(r image.Rectangle) bool {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				if taken[y*nc+x] {
					return false
				}
			}
		}
		return true
	}
	for y := range nr {
		for x := range nc {
			if taken[y*nc+x] {
				continue
			}
			r := image.Rect(x, y, x+1, y+1)
			if rapid.IntRange(0, 5).Draw(t, "merge") == 0 {
				wide := image.Rect(x, y, min(nc, x+rapid.IntRange(1, 3).Draw(t, "span")), min(nr, y+rapid.IntRange(1, 3).Draw(t, "rows")))
				if free(wide) && wide.Dx() < nc && wide.Dy() < nr {
					r = wide
				}
			}
			for yy := r.Min.Y; yy < r.Max.Y; yy++ {
				for xx := r.Min.X; xx < r.Max.X; xx++ {
					taken[yy*nc+xx] = true
				}
			}
			d.empty[len(d.cells)] = rapid.IntRange(0, 4).Draw(t, "empty") == 0
			d.cells = append(d.cells, r)
		}
	}
	return d
}

// shown says that every line of the grid is drawn somewhere, so that it can be
// told from the cells how many rows and columns there are.
func (d *drawnTable) shown() bool {
	cols, rows := make([]bool, len(d.xs)), make([]bool, len(d.ys))
	for _, c := range d.cells {
		cols[c.Min.X], cols[c.Max.X], rows[c.Min.Y], rows[c.Max.Y] = true, true, true, true
	}
	return len(d.xs) > 2 && len(d.ys) > 2 && !slices.Contains(cols, false) && !slices.Contains(rows, false)
}

func (d *drawnTable) box(c image.Rectangle) image.Rectangle {
	return image.Rect(d.xs[c.Min.X], d.ys[c.Min.Y], d.xs[c.Max.X], d.ys[c.Max.Y])
}

// draw prints the table on white paper, with figures like digits in its cells.
func (d *drawnTable) draw(w, h, thick int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	fill := func(r image.Rectangle) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				img.SetRGBA(x, y, color.RGBA{20, 20, 20, 255})
			}
		}
	}
	for i, c := range d.cells {
		b := d.box(c)
		fill(image.Rect(b.Min.X, b.Min.Y, b.Max.X+thick, b.Min.Y+thick))
		fill(image.Rect(b.Min.X, b.Max.Y, b.Max.X+thick, b.Max.Y+thick))
		fill(image.Rect(b.Min.X, b.Min.Y, b.Min.X+thick, b.Max.Y))
		fill(image.Rect(b.Max.X, b.Min.Y, b.Max.X+thick, b.Max.Y))
		if d.empty[i] {
			continue
		}
		p := b.Min.Add(b.Max).Div(2)
		fill(image.Rect(p.X-5, p.Y-8, p.X+5, p.Y-6))
		fill(image.Rect(p.X-5, p.Y+6, p.X+5, p.Y+8))
		fill(image.Rect(p.X-5, p.Y-8, p.X-3, p.Y+8))
		fill(image.Rect(p.X+3, p.Y-8, p.X+5, p.Y+8))
	}
	return img
}

// TestFindsDrawnTables draws tables with merged cells, lays them skew, bent and
// in perspective, and wants the same rows, columns and spans back.
func TestFindsDrawnTables(t *testing.T) {
	const dpi, w, h = 150.0, 640, 480
	rapid.Check(t, func(t *rapid.T) {
		d := drawTable(t, dpi, w, h)
		if !d.shown() {
			t.Skip("a line that is not drawn")
		}
		angle := rapid.Float64Range(-2, 2).Draw(t, "skew") * math.Pi / 180
		bend := rapid.Float64Range(-4, 4).Draw(t, "curl")
		depth := rapid.Float64Range(-0.06, 0.06).Draw(t, "perspective")
		// From a place on the page to the picture, and back by steps.
		to := func(x, y float64) (float64, float64) {
			x, y = x-w/2, y-h/2
			y += bend * math.Sin(math.Pi*x/w)
			s, c := math.Sincos(angle)
			x, y = x*c-y*s, x*s+y*c
			z := 1 + depth*y/h
			return x/z + w/2, y/z + h/2
		}
		page := d.draw(w, h, rapid.IntRange(1, 4).Draw(t, "thickness"))
		img := lay(page, func(x, y float64) (float64, float64) {
			x, y = to((x+0.5)*w, (y+0.5)*h)
			return x/w - 0.5, y/h - 0.5
		})
		g, _ := Clean(img)
		s := Find(g, dpi)
		p := grid.Page{Number: 1, Width: s.Width, Height: s.Height, Rules: s.Rules}
		var want []extract.Cell
		for i, c := range d.cells {
			b := d.box(c)
			x, y := to(float64(b.Min.X+b.Max.X)/2, float64(b.Min.Y+b.Max.Y)/2)
			u, v := s.FromPicture(x*72/dpi, y*72/dpi)
			if px, py := s.ToPicture(u, v); math.Abs(px-x*72/dpi) > 0.05 || math.Abs(py-y*72/dpi) > 0.05 {
				t.Fatalf("%.2f, %.2f of the picture is %.2f, %.2f after there and back", x*72/dpi, y*72/dpi, px, py)
			}
			label := string(rune(0x4e00 + i))
			p.Glyphs = append(p.Glyphs, grid.Glyph{Text: label, Box: extract.Box{u - 3, v - 3, u + 3, v + 3}, Size: 6})
			want = append(want, extract.Cell{Row: c.Min.Y, Col: c.Min.X, RowSpan: c.Dy(), ColSpan: c.Dx(), Text: label})
			// What stands in the cell is one line of text, where it was printed.
			sx0, sy0 := s.FromPicture(at(to(float64(b.Min.X)+1, float64(b.Min.Y)+1)))
			sx1, sy1 := s.FromPicture(at(to(float64(b.Max.X)+1, float64(b.Max.Y)+1)))
			cell := extract.Box{sx0, sy0, sx1, sy1}
			ink := s.Ink(cell)
			lines := s.Lines(cell)
			if d.empty[i] {
				if !ink.Blank() || len(lines) > 0 {
					t.Fatalf("cell %v is empty: %+v, lines %v", c, ink, lines)
				}
				continue
			}
			if ink.Blank() || len(lines) != 1 || lines[0] != ink.Box {
				t.Fatalf("cell %v: %+v, lines %v", c, ink, lines)
			}
			if k := ink.Box; math.Abs(k[0]+k[2]-2*u) > 3 || math.Abs(k[1]+k[3]-2*v) > 3 || k[2]-k[0] > 9 || k[3]-k[1] > 12 {
				t.Fatalf("cell %v: ink in %.1f, printed around %.1f, %.1f", c, k, u, v)
			}
		}
		_, got := grid.Build([]grid.Page{p})
		if g, w := show(got), show([]extract.Table{{Rows: len(d.ys) - 1, Cols: len(d.xs) - 1, Cells: want}}); g != w {
			t.Fatalf("got %s\nwant %s", g, w)
		}
		if fmt.Sprint(Find(g, dpi).Rules) != fmt.Sprint(s.Rules) {
			t.Fatal("the same picture gave other rules")
		}
	})
}

func at(x, y float64) (float64, float64) { return x * 72 / 150, y * 72 / 150 }
