package ocr

import (
	"image"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Every strip is in one group, no group of several is too wide, and no two groups
// could be one.
func TestTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		widths := rapid.SliceOfN(rapid.IntRange(1, 700), 0, 40).Draw(t, "widths")
		const most = 480
		strips := make([]strip, len(widths))
		for i, w := range widths {
			strips[i].img = image.NewGray(image.Rect(0, 0, w, 1))
		}
		var seen, wide []int
		for _, group := range together(strips, most) {
			var pieces []*image.Gray
			for _, i := range group {
				pieces = append(pieces, strips[i].img)
			}
			w := paste(pieces, look{gap: betweenWords}).img.Rect.Dx()
			if len(group) > 1 && w > most {
				t.Errorf("%v are %d wide together", group, w)
			}
			seen, wide = append(seen, group...), append(wide, w)
		}
		slices.Sort(seen)
		for i := range strips {
			if i >= len(seen) || seen[i] != i {
				t.Fatalf("%d strips are in groups as %v", len(strips), seen)
			}
		}
		slices.Sort(wide)
		if len(wide) > 1 && wide[0]+betweenWords+wide[1] <= most {
			t.Errorf("two groups of %v have room in one", wide)
		}
	})
}
