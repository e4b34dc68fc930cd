package raster

import (
	"testing"

	"nianbao/fixtures/pdf"
)

func TestTurn(t *testing.T) {
	f := letterF()
	for q := range 4 {
		if n := differs(Turn(Turn(f, q), 4-q), f); n > 0 {
			t.Errorf("%d turns and back: %d pixels differ", q, n)
		}
	}
	// A quarter turn clockwise brings the top left corner to the top right.
	f.Pix[0] = 7
	if g := Turn(f, 1); g.Pix[g.Rect.Dx()-1] != 7 {
		t.Error("Turn does not turn clockwise")
	}
}

// TestPosture lays pages on every side. What is said to be sure must be right.
func TestPosture(t *testing.T) {
	b, _ := makeReport(t, 1, "2019", pdf.Style{Font: pdf.Identity, Border: pdf.Long, Break: pdf.Between, Show: pdf.ByLine, Span: pdf.Centre, Size: 10.5})
	for i, img := range render(t, b, 150) {
		page, _ := Clean(lay(img, turnedBy(0.7)))
		for q := range 4 {
			p := Find(Turn(page, q), 150).Posture()
			want := (4 - q) % 4
			if p.Side < 0.5 {
				t.Errorf("page %d, %d turns: not sure which way lines run (%.2f)", i+1, q, p.Side)
			}
			if p.Turns%2 != want%2 {
				t.Errorf("page %d, %d turns: lies on a side after %d turns", i+1, q, p.Turns)
				continue
			}
			if p.Head >= 0.5 && p.Turns != want {
				t.Errorf("page %d, %d turns: on its head, and sure of it (%.2f)", i+1, q, p.Head)
			}
		}
	}
}
