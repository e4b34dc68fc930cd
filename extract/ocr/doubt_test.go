package ocr

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"nianbao/extract"
	"nianbao/extract/pdf"
	"nianbao/extract/raster"
	"nianbao/fixtures"
	fixture "nianbao/fixtures/pdf"
	"nianbao/fixtures/scan"
)

// No red number goes with a seal unseen: its cell has all of its ink, or something that
// was not read. Numbers in black stay, and most cells stay blank that a seal lies on.
func TestRedNumbersUnderSeals(t *testing.T) {
	if _, err := pdf.ChineseFont(); err != nil {
		t.Skip(err)
	}
	for i, c := range []struct {
		seal string
		dpi  int
	}{{"rednumbers", 200}, {"rednumbers", 150}, {"squareseal", 200}, {"ovalseal", 150}, {"ringless", 200}} {
		t.Run(fmt.Sprint(c.seal, c.dpi), func(t *testing.T) {
			t.Parallel()
			deviation := []fixtures.Deviation{fixtures.ZeroBlank, fixtures.TotalsOnly}[i%2]
			n := underSeals(t, c.seal, c.dpi, uint64(60003+i), deviation)
			t.Logf("%+v", n)
			if n.red < 10 || 2*n.doubted > n.red || 50*n.needless > n.cells {
				t.Errorf("too many are in doubt: %+v", n)
			}
		})
	}
}

// counts are those of cells: all, with red numbers, of these in doubt, and blank ones
// in doubt.
type counts struct{ cells, red, doubted, needless int }

// underSeals looks at the pages of a report with and without seals.
func underSeals(t *testing.T, seal string, dpi int, seed uint64, deviation fixtures.Deviation) (c counts) {
	rep := fixtures.Generate(seed, fixtures.Options{Form: "2021", Scale: fixtures.Hundreds, Deviations: []fixtures.Deviation{deviation}})
	scanned := func(condition string) *scan.Scan {
		how, _ := scan.Lookup(condition)
		how.Style = func(s *fixture.Style) { s.Red = 0.4 }
		s, err := scan.Make(rep, how, dpi, seed)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	plain, sealed := scanned("colours"), scanned(seal)
	unit := 72 / float64(dpi)
	for n, sheet := range sealed.Sheets {
		p := &page{}
		p.look(newView(extract.Picture{
			Image: sheet.Image(), Page: 1, Width: float64(sheet.W) * unit, Height: float64(sheet.H) * unit,
			Matrix: [6]float64{unit, 0, 0, unit, 0, 0},
		}))
		g, _ := raster.Clean(plain.Sheets[n].Image())
		truth := raster.Find(g, float64(dpi))
		for f, frame := range p.frames {
			for _, slot := range frame.Slots {
				c.cells++
				want := truth.Ink(slot.Box)
				var got extract.Box
				unread := false
				if i := slices.IndexFunc(p.spots, func(s *spot) bool { return s.frame == f && s.slot == slot }); i >= 0 {
					got, unread = p.spots[i].ink, len(p.spots[i].lines) == 0
				}
				apart := 0.0
				for i := range got {
					apart = max(apart, math.Abs(got[i]-want.Box[i]))
				}
				isRed := reddish(plain.Sheets[n], want.Box, unit)
				switch {
				case want.Blank() && unread:
					c.needless++
				case isRed && unread:
					c.doubted++
				case isRed && apart > 2:
					t.Errorf("page %d, row %d, column %d: %v is left of the red %v", n+1, slot.Row, slot.Col, got, want.Box)
				case !want.Blank() && unread:
					t.Errorf("page %d, row %d, column %d: black at %v is not read", n+1, slot.Row, slot.Col, want.Box)
				}
				if isRed {
					c.red++
				}
			}
		}
	}
	return c
}

// reddish: is there red in a box, in points?
func reddish(s *scan.Sheet, b extract.Box, unit float64) bool {
	red := 0
	for y := int(b[1] / unit); y < int(b[3]/unit); y++ {
		for x := int(b[0] / unit); x < int(b[2]/unit); x++ {
			if p := s.Pix[3*(y*s.W+x):]; int(p[0])-int(p[1]) > 60 {
				red++
			}
		}
	}
	return red > 3
}
