package grid

import "math"

// overprint is how far apart, in ems, two prints of one character may lie that
// are meant to look bold.
const overprint = 0.12

// DropOverprints removes the second and later prints of a character at almost
// one place.
func DropOverprints(glyphs []Glyph) []Glyph {
	const cell = 4.0 // points; larger than the distance that counts
	seen := make(map[[2]int32][]int32, len(glyphs))
	out := glyphs[:0]
next:
	for _, g := range glyphs {
		d := overprint * g.Size
		x, y := g.Box[0], g.Box[1]
		for cx := int32((x - d) / cell); cx <= int32((x+d)/cell); cx++ {
			for cy := int32((y - d) / cell); cy <= int32((y+d)/cell); cy++ {
				for _, k := range seen[[2]int32{cx, cy}] {
					o := &out[k]
					if o.Text == g.Text && math.Abs(o.Box[0]-x) <= d && math.Abs(o.Box[1]-y) <= d && math.Abs(o.Size-g.Size) < d {
						continue next
					}
				}
			}
		}
		at := [2]int32{int32(x / cell), int32(y / cell)}
		seen[at] = append(seen[at], int32(len(out)))
		out = append(out, g)
	}
	return out
}

// Overlapping counts digits that lie half on another of their size: no printer
// sets numbers so, and which of the two belongs to which number can't be told.
func Overlapping(glyphs []Glyph) (n int) {
	const cell = 16.0
	seen := map[[2]int32][]*Glyph{}
	for i := range glyphs {
		g := &glyphs[i]
		if len(g.Text) != 1 || g.Text[0] < '0' || g.Text[0] > '9' {
			continue
		}
		cx, cy := int32(g.Box[0]/cell), int32(g.Box[1]/cell)
		for x := cx - 1; x <= cx+1; x++ {
			for y := cy - 1; y <= cy+1; y++ {
				for _, o := range seen[[2]int32{x, y}] {
					w := min(g.Box[2], o.Box[2]) - max(g.Box[0], o.Box[0])
					h := min(g.Box[3], o.Box[3]) - max(g.Box[1], o.Box[1])
					if w > 0.4*min(g.Box[2]-g.Box[0], o.Box[2]-o.Box[0]) && h > 0.4*min(g.Box[3]-g.Box[1], o.Box[3]-o.Box[1]) &&
						math.Abs(g.Size-o.Size) < 0.2*g.Size && g.Angle == o.Angle {
						n++
					}
				}
			}
		}
		seen[[2]int32{cx, cy}] = append(seen[[2]int32{cx, cy}], g)
	}
	return n
}
