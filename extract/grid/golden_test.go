package grid

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"nianbao/extract"
	"nianbao/extract/extracttest"
)

// TestGolden builds the pages that a golden file draws and wants the tables
// that it shows. A drawing is made of lines:
//
//	page W H          begins a page
//	grid x,x,… y,y,…  draws all lines of a grid
//	line x0 y0 x1 y1  draws a rule
//	text x y size …   sets text, its top left corner at x, y
//	turn x y size …   the same, written upwards
//	skew x y size …   the same, written at 45 degrees
func TestGolden(t *testing.T) {
	extracttest.Compare(t, "testdata/*.txtar", func(t *testing.T, a *txtar.Archive) string {
		lines, tables := Build(draw(t, string(a.Files[0].Data)))
		sound(t, lines, tables)
		return showAll(lines, tables)
	})
}

func draw(t *testing.T, src string) (pages []Page) {
	num := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	nums := func(s string) (out []float64) {
		for _, f := range strings.Split(s, ",") {
			out = append(out, num(f))
		}
		return out
	}
	for _, l := range strings.Split(src, "\n") {
		f := strings.Fields(l)
		if len(f) == 0 {
			continue
		}
		if f[0] == "page" {
			pages = append(pages, Page{Number: len(pages) + 1, Width: num(f[1]), Height: num(f[2]), Reader: "test"})
			continue
		}
		p := &pages[len(pages)-1]
		rule := func(x0, y0, x1, y1 float64) {
			p.Rules = append(p.Rules, Rule{X0: x0, Y0: y0, X1: x1, Y1: y1, Width: 0.5})
		}
		switch f[0] {
		case "grid":
			xs, ys := nums(f[1]), nums(f[2])
			for _, x := range xs {
				rule(x, ys[0], x, ys[len(ys)-1])
			}
			for _, y := range ys {
				rule(xs[0], y, xs[len(xs)-1], y)
			}
		case "line":
			rule(num(f[1]), num(f[2]), num(f[3]), num(f[4]))
		case "text", "turn", "skew":
			x, y, size := num(f[1]), num(f[2]), num(f[3])
			for _, r := range strings.Join(f[4:], " ") {
				w := width(string(r), size)
				g := Glyph{Text: string(r), Box: extract.Box{x, y, x + w, y + size}, Size: size}
				switch f[0] {
				case "turn":
					g.Box, g.Angle = extract.Box{x, y - w, x + size, y}, 90
					y -= w
				case "skew":
					g.Angle = 45
					x, y = x+w*0.7, y-w*0.7
				default:
					x += w
				}
				if r != ' ' {
					p.Glyphs = append(p.Glyphs, g)
				}
			}
		default:
			t.Fatalf("no such drawing: %s", fmt.Sprint(f))
		}
	}
	return pages
}
