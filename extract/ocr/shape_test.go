package ocr_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"nianbao/extract/grid"
	"nianbao/extract/ocr"
	"nianbao/extract/pdf"
	"nianbao/extract/raster"
	"nianbao/fixtures"
	fixture "nianbao/fixtures/pdf"
	"nianbao/fixtures/scan"
)

// Numbers and labels are told apart by their shape, in most cells: what is not
// goes to the engine for the other kind first, and costs time.
func TestLooksNumeric(t *testing.T) {
	numbers, labels, taken, missed := 0, 0, 0, 0
	for seed := uint64(1); seed <= 3; seed++ {
		r := rand.New(rand.NewPCG(seed, 1))
		b := fixture.Write(fixtures.Generate(seed, fixtures.Options{}), scan.Style(r), r)
		pages, _, err := pdf.Pages(b, pdf.Options{})
		if err != nil {
			t.Fatal(err)
		}
		sheets, err := scan.Render(b, 200)
		if err != nil {
			t.Fatal(err)
		}
		views := make([]*raster.Sheet, len(pages))
		for i, s := range sheets {
			g, _ := raster.Clean(s.Image())
			views[i] = raster.Find(g, 200)
		}
		_, tables := grid.Build(pages)
		for _, tb := range tables {
			for _, c := range tb.Cells {
				if c.Page == 0 || c.Box == nil || strings.Contains(c.Text, "\n") || strings.TrimSpace(c.Text) == "" {
					continue
				}
				ink := views[c.Page-1].Ink(*c.Box)
				if ink.Pixels == 0 {
					continue
				}
				numeric := ocr.LooksNumeric(views[c.Page-1], ink.Box)
				switch isNumber := strings.Trim(c.Text, "0123456789.,-+/ ") == ""; {
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
			}
		}
	}
	t.Logf("%d numbers, %d of them missed; %d labels, %d of them taken for numbers", numbers, missed, labels, taken)
	if numbers < 300 || labels < 100 || missed*50 > numbers || taken*3 > labels {
		t.Errorf("too many are told wrongly")
	}
}
