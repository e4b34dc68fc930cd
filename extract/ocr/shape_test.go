package ocr_test

import (
	"image"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/grid"
	"nianbao/extract/ocr"
	"nianbao/extract/pdf"
	"nianbao/extract/raster"
	"nianbao/fixtures"
	fixture "nianbao/fixtures/pdf"
	"nianbao/fixtures/scan"
)

// lines gives f every line of print in the tables of some made-up reports: what it
// says, and where its ink is on its scanned sheet.
func lines(t *testing.T, o fixtures.Options, dpi int, f func(text string, s *raster.Sheet, ink extract.Box)) {
	t.Helper()
	for seed := uint64(1); seed <= 3; seed++ {
		r := rand.New(rand.NewPCG(seed, 1))
		b := fixture.Write(fixtures.Generate(seed, o), scan.Style(r), r)
		pages, _, err := pdf.Pages(b, pdf.Options{})
		if err != nil {
			t.Fatal(err)
		}
		sheets, err := scan.Render(b, dpi)
		if err != nil {
			t.Fatal(err)
		}
		views := make([]*raster.Sheet, len(pages))
		for i, s := range sheets {
			g, _ := raster.Clean(s.Image())
			views[i] = raster.Find(g, float64(dpi))
		}
		_, tables := grid.Build(pages)
		for _, tb := range tables {
			for _, c := range tb.Cells {
				if c.Page == 0 || c.Box == nil || strings.Contains(c.Text, "\n") || strings.TrimSpace(c.Text) == "" {
					continue
				}
				if ink := views[c.Page-1].Ink(*c.Box); ink.Pixels > 0 {
					f(c.Text, views[c.Page-1], ink.Box)
				}
			}
		}
	}
}

// Numbers and labels are told apart by their shape, in most cells: what is not
// goes to the engine for the other kind first, and costs time.
func TestLooksNumeric(t *testing.T) {
	numbers, labels, taken, missed := 0, 0, 0, 0
	lines(t, fixtures.Options{}, 200, func(text string, s *raster.Sheet, ink extract.Box) {
		numeric := ocr.LooksNumeric(s, ink)
		switch isNumber := strings.Trim(text, "0123456789.,-+/ ") == ""; {
		case isNumber:
			numbers++
			if !numeric {
				missed++
			}
		default:
			labels++
			if numeric {
				taken++
			}
		}
	})
	t.Logf("%d numbers, %d of them missed; %d labels, %d of them taken for numbers", numbers, missed, labels, taken)
	if numbers < 300 || labels < 100 || missed*50 > numbers || taken*3 > labels {
		t.Errorf("too many are told wrongly")
	}
}

// What is told by its shape to be a zero is one, however coarse the scan; and most
// zeros are told.
func TestLooksZero(t *testing.T) {
	for _, dpi := range []int{75, 100, 120, 150, 200} {
		zeros, told, others := 0, 0, 0
		lines(t, fixtures.Options{Scale: fixtures.Dozens}, dpi, func(text string, s *raster.Sheet, ink extract.Box) {
			zero := ocr.LooksZero(s, ink)
			if text != "0" {
				others++
				if zero {
					t.Errorf("at %d dpi %q looks like a zero", dpi, text)
				}
				return
			}
			zeros++
			if zero {
				told++
			}
		})
		t.Logf("at %d dpi: %d of %d zeros told, among %d other cells", dpi, told, zeros, others)
		if zeros < 100 || others < 200 || dpi >= 150 && told*2 < zeros {
			t.Errorf("too few zeros are told at %d dpi", dpi)
		}
	}
}

// The zeros of a report look alike, and no other number looks like one.
func TestDifference(t *testing.T) {
	type piece struct {
		sheet *raster.Sheet
		ink   extract.Box
	}
	for _, dpi := range []int{120, 150, 200} {
		alike, unlike, others := 0, 0, 0
		var zeros []piece
		var report *raster.Sheet
		lines(t, fixtures.Options{Scale: fixtures.Dozens}, dpi, func(text string, s *raster.Sheet, ink extract.Box) {
			if s != report {
				report, zeros = s, nil // each page, to be quick
			}
			if len(zeros) < 3 {
				if text == "0" {
					zeros = append(zeros, piece{s, ink})
				}
				return
			}
			near := 0
			for _, z := range zeros {
				if ocr.Difference(s, z.sheet, ink, z.ink) <= ocr.ZeroUnlike {
					near++
				}
			}
			switch {
			case text != "0":
				others++
				if near > 0 {
					t.Errorf("at %d dpi %q looks like a zero", dpi, text)
				}
			case near > 1:
				alike++
			default:
				unlike++
			}
		})
		t.Logf("at %d dpi: %d zeros look alike, %d do not, among %d other cells", dpi, alike, unlike, others)
		if alike < 80 || others < 200 || dpi >= 150 && alike < 4*unlike {
			t.Errorf("too few zeros look alike at %d dpi", dpi)
		}
	}
}

// A dash is one stroke that fills its box, or two of them, as —— is.
func TestStrokes(t *testing.T) {
	for _, c := range []struct {
		picture string
		want    int
	}{
		{".........\n.#######.\n.........", 1},
		{"...........................\n.##########...###########..\n...........................", 2},
		{"...........................\n.++++++++++...+++++++++++..\n...........................", 2},
		{"...........................\n.##########............###.\n...........................", 0},                                // of two sizes
		{"...........................\n.##########...###########..\n.#.........................\n.#.........................\n", 0}, // a 7's bar
		{"................\n.#####..........\n................\n.........#####..\n................", 0},                             // not of one level
		{".............\n.##..##......\n.##..##......\n.............", 0},                                                           // dots
		{"......................\n.####.....####..####..\n......................", 0},                                               // three
		{".....\n.....", 0},
	} {
		rows := strings.Split(strings.TrimSpace(c.picture), "\n")
		g := image.NewGray(image.Rect(0, 0, len(rows[0]), len(rows)))
		for y, row := range rows {
			for x, v := range row {
				g.SetGray(x, y, color.Gray{Y: map[rune]uint8{'.': 255, '+': 140}[v]})
			}
		}
		if got := ocr.Strokes(g); got != c.want {
			t.Errorf("%d, want %d:\n%s", got, c.want, c.picture)
		}
	}
}
