package raster

import (
	"flag"
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/grid"
	readpdf "nianbao/extract/pdf"
	"nianbao/fixtures"
	"nianbao/fixtures/pdf"
)

var (
	measure = flag.Int("measure", 0, "measure this many reports under all conditions and print how many tables come out right")
	only    = flag.String("only", "", "measure the conditions whose name contains this")
)

// show is the shape of tables and what stands in their cells.
func show(ts []extract.Table) string {
	var b strings.Builder
	for _, t := range ts {
		fmt.Fprintf(&b, "%d x %d\n", t.Rows, t.Cols)
		for _, c := range t.Cells {
			fmt.Fprintf(&b, "%d,%d %dx%d %q\n", c.Row, c.Col, c.Height(), c.Width(), c.Text)
		}
	}
	return b.String()
}

// spoiled is the page as a picture under a condition, found again: the page for
// grid.Build with the glyphs where the warp has put them.
func spoiled(c *condition, img *image.RGBA, page grid.Page) (*Sheet, grid.Page) {
	r := rand.New(rand.NewPCG(uint64(c.dpi), 1))
	g, _ := Clean(c.spoil(lay(img, c.warp), r))
	s := Find(g, float64(c.dpi))
	out := page
	out.Rules, out.Glyphs = s.Rules, slices.Clone(page.Glyphs)
	move := func(x, y float64) (float64, float64) {
		x, y = c.warp(x/page.Width-0.5, y/page.Height-0.5)
		return s.FromPicture((x+0.5)*page.Width, (y+0.5)*page.Height)
	}
	for i := range out.Glyphs {
		b := &out.Glyphs[i].Box
		x0, y0 := move(b[0], b[1])
		x1, y1 := move(b[2], b[3])
		*b = extract.Box{x0, y0, x1, y1}
	}
	return s, out
}

func makeReport(t testing.TB, seed uint64, form string, style pdf.Style) ([]byte, []grid.Page) {
	t.Helper()
	r := fixtures.New(seed)
	o := fixtures.Random(r, 0)
	o.Form = form
	b := pdf.Write(fixtures.Generate(seed, o), style, r)
	pages, _, err := readpdf.Pages(b, readpdf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b, pages
}

// TestBadPictures reads a page under some of the worse conditions.
func TestBadPictures(t *testing.T) {
	style := pdf.Style{Font: pdf.Identity, Border: pdf.Long, Break: pdf.Between, Show: pdf.ByLine, Span: pdf.Centre, Size: 9}
	b, pages := makeReport(t, 1, "2019", style)
	const page = 1
	img := render(t, b, 150)[page]
	_, want := grid.Build(pages[page : page+1])
	for _, c := range conditions() {
		if c.dpi != 150 || !slices.Contains([]string{"skew 2", "noise", "photo", "curl", "red seal"}, c.name) {
			continue
		}
		s, p := spoiled(&c, img, pages[page])
		_, got := grid.Build([]grid.Page{p})
		if show(got) != show(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, show(got), show(want))
			continue
		}
		// Cells hold ink where, and only where, there is text.
		for _, table := range got {
			for _, cell := range table.Cells {
				if ink := s.Ink(*cell.Box); (cell.Text == "") != ink.Blank() {
					t.Errorf("%s: cell %d,%d holds %q: %+v", c.name, cell.Row, cell.Col, cell.Text, ink)
				}
			}
		}
	}
}

func TestConditions(t *testing.T) {
	if *measure == 0 {
		t.Skip("measures with -measure N")
	}
	type count struct{ right, all int }
	counts := map[string]*count{}
	for i := range *measure {
		form := []string{"2019", "2021", "2014"}[i%3]
		style := pdf.Style{Font: pdf.GBK, Border: []pdf.Border{pdf.Long, pdf.ThinRects, pdf.Strokes}[i/3%3], Break: pdf.Between, Show: pdf.ByLine, Span: pdf.Centre, Size: []float64{9, 10.5, 7.5, 12}[i%4], Numbers: i%2 == 0}
		b, pages := makeReport(t, uint64(i+1), form, style)
		for _, dpi := range []int{150, 200, 300} {
			var imgs []*image.RGBA
			for _, c := range conditions() {
				if c.dpi != dpi || !strings.Contains(fmt.Sprintf("%d %s", c.dpi, c.name), *only) {
					continue
				}
				if imgs == nil {
					imgs = render(t, b, dpi)
				}
				key := fmt.Sprintf("%d %s", c.dpi, c.name)
				if counts[key] == nil {
					counts[key] = &count{}
				}
				for k, img := range imgs {
					_, want := grid.Build(pages[k : k+1])
					if len(want) == 0 {
						continue
					}
					_, page := spoiled(&c, img, pages[k])
					_, got := grid.Build([]grid.Page{page})
					counts[key].all++
					if w, g := show(want), show(got); w == g {
						counts[key].right++
					} else if testing.Verbose() {
						t.Logf("report %d page %d, %s: %d tables, want %d", i, k+1, key, len(got), len(want))
						for j := range max(len(got), len(want)) {
							if j < len(got) && j < len(want) {
								if show(want[j:j+1]) != show(got[j:j+1]) {
									t.Logf("  %dx%d %d cells, want %dx%d %d cells", got[j].Rows, got[j].Cols, len(got[j].Cells), want[j].Rows, want[j].Cols, len(want[j].Cells))
								}
							}
						}
					}
				}
			}
		}
	}
	for _, c := range conditions() {
		key := fmt.Sprintf("%d %s", c.dpi, c.name)
		if n := counts[key]; n != nil {
			fmt.Printf("%-16s %3d of %3d pages with tables right\n", key, n.right, n.all)
		}
	}
}
