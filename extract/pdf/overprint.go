package pdf

import "nianbao/extract/grid"

// overprint is how far apart, in ems, two prints of one character may lie that
// are meant to look bold.
const overprint = 0.12

// dropOverprints removes the second and later prints of a character at almost
// one place.
func dropOverprints(glyphs []grid.Glyph) []grid.Glyph {
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
					if o.Text == g.Text && abs(o.Box[0]-x) <= d && abs(o.Box[1]-y) <= d && abs(o.Size-g.Size) < d {
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
