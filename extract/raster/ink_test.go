package raster

import (
	"image"
	"testing"
)

// What is clear is widened by the faint ink of its own line, and by no other.
func TestBeside(t *testing.T) {
	for _, c := range []struct {
		name  string
		clear image.Rectangle
		faint []image.Rectangle
		want  image.Rectangle
	}{
		{"a pale minus sign", image.Rect(20, 10, 30, 30), []image.Rectangle{image.Rect(8, 18, 15, 21)}, image.Rect(8, 10, 30, 30)},
		{"the bar of a 7, its stem and a 3 before it faint", image.Rect(347, 10, 354, 13), []image.Rectangle{image.Rect(342, 11, 346, 20), image.Rect(349, 15, 351, 20)}, image.Rect(342, 10, 354, 20)},
		{"two faint digits before", image.Rect(347, 10, 354, 13), []image.Rectangle{image.Rect(333, 10, 338, 20), image.Rect(341, 11, 345, 20)}, image.Rect(333, 10, 354, 20)},
		{"the line below", image.Rect(20, 10, 30, 30), []image.Rectangle{image.Rect(5, 40, 15, 60)}, image.Rect(20, 10, 30, 30)},
		{"a stroke far away", image.Rect(200, 10, 207, 13), []image.Rectangle{image.Rect(20, 0, 24, 30)}, image.Rect(200, 10, 207, 13)},
		{"a soft edge", image.Rect(20, 10, 30, 30), []image.Rectangle{image.Rect(18, 12, 20, 28)}, image.Rect(20, 10, 30, 30)},
	} {
		m := &mask{}
		for _, r := range c.faint {
			m.faint = append(m.faint, blob{box: r, area: r.Dx() * r.Dy()})
		}
		if got := m.beside(c.clear); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
