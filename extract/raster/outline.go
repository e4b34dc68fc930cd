package raster

import (
	"cmp"
	"image"
	"math"
	"slices"

	"nianbao/extract/disjoint"
)

// Sizes as shares of the lesser side of a page, which is 210 mm.
const (
	// A seal has something that is as large as this: a ring, a frame, a star. Digits and
	// most characters are smaller.
	sealPart = 9. / 210
	// What is larger than any seal is print, such as the rules of a table: by the greater
	// side of a page.
	sealMost = 100. / 297
	// The least size of a seal whose outline is drawn.
	sealWhole = 20. / 210
	// What lies so near to an outline is of the seal: smeared ink.
	sealRim = 0.5 / 210
	// Red pieces so near to each other are one print, such as digits of a number.
	redGap = 2. / 210
	// A number is no longer beyond an outline that it crosses.
	numberLength = 10. / 210

	redSpeck  = 2    // blocks of what is no print
	leastPart = 24   // pixels that a part of a seal has at least
	leastMost = 400  // and that the largest one may have
	drawn     = 0.75 // the share of an outline that is seen where it is one
)

// seals finds the zone of seals, in blocks, and the tiles in which it lies, or print may
// that it cuts. The outline of a seal is the hull of its large pieces: what is outside
// is print. Where that is no outline, since all that hangs together is a star, whatever
// is near may be of the seal. It looks at one pixel of each block.
func (c *colours) seals() (tiles []image.Rectangle, zone *bitmap) {
	mask, found := c.mask()
	if !found {
		return nil, nil
	}
	b := c.bounds
	side := float64(min(b.Dx(), b.Dy())) / redBlock
	px := func(share float64) int { return int(share*side + 0.5) } // in blocks
	least := max(leastPart/redBlock, px(sealPart))
	most := max(leastMost, int(sealMost*float64(max(b.Dx(), b.Dy())))) / redBlock

	stretches, of, pieces := label(mask)
	strong := make([]int, len(pieces))
	for i, p := range stretches {
		for x := p.x0; x < p.x1; x++ {
			if _, red := c.at(b.Min.X+x*redBlock, b.Min.Y+p.y*redBlock); red >= c.base+sealRed {
				strong[of[i]]++
			}
		}
	}
	var parts, rest []int // pieces
	for i, p := range pieces {
		switch long := max(p.box.Dx(), p.box.Dy()); {
		case long < least && p.area > redSpeck:
			rest = append(rest, i)
		case long >= least && long <= most && 3*strong[i] >= p.area:
			parts = append(parts, i)
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	near := func(of []int, gap int) (sets [][]int) { return together(of, pieces, gap) }

	zone = newBitmap(mask.w, mask.h)
	grow := func(y, x0, x1, by int) {
		x0, x1 = max(0, x0-by), min(zone.w, x1+by)
		for v := max(0, y-by); v <= min(zone.h-1, y+by); v++ {
			zone.fill(v, x0, x1)
		}
	}
	group := make([]int, len(pieces)) // of a part, and 1 more
	sets := near(parts, least/2)
	for k, set := range sets {
		for _, i := range set {
			group[i] = k + 1
		}
	}
	lines := make([][]piece, len(sets))
	for i, p := range stretches {
		if k := group[of[i]]; k > 0 {
			lines[k-1] = append(lines[k-1], p)
		}
	}
	for _, ps := range lines {
		rows, whole := outline(ps)
		if size := len(rows); whole && size >= px(sealWhole) {
			for i, r := range rows {
				grow(ps[0].y+i, r.x0, r.x1, px(sealRim))
			}
			continue
		}
		for _, p := range ps {
			grow(p.y, p.x0, p.x1, 2*least)
		}
	}

	touched := make([]bool, len(pieces))
	for i, p := range stretches {
		touched[of[i]] = touched[of[i]] || next(zone.row(p.y), p.x0, p.x1, true) < p.x1
	}
	// A number goes whole, be some of it too pale for the mask, or stays whole. A line of
	// print may be longer than one.
	before := &bitmap{w: zone.w, h: zone.h, stride: zone.stride, words: slices.Clone(zone.words)}
	for _, set := range near(rest, px(redGap)) {
		if !slices.ContainsFunc(set, func(i int) bool { return touched[i] }) {
			continue
		}
		for _, i := range set {
			r := pieces[i].box
			if !before.any(r.Inset(-px(numberLength))) {
				continue
			}
			for y := r.Min.Y; y < r.Max.Y; y++ {
				grow(y, r.Min.X-px(redGap), r.Max.X+px(redGap), around+1)
			}
		}
	}

	// Corners of tiles are even, as are those of what has one colour.
	origin := image.Pt(b.Min.X&^(redBlock-1), b.Min.Y&^(redBlock-1))
	for y := origin.Y; y < b.Max.Y; y += sealTile {
		for x := origin.X; x < b.Max.X; x += sealTile {
			r := image.Rect(x, y, x+sealTile, y+sealTile)
			blocks := image.Rectangle{r.Min.Sub(b.Min).Div(redBlock), r.Max.Sub(b.Min).Div(redBlock)}
			if zone.any(blocks) || mask.any(blocks) && zone.any(blocks.Inset(-px(numberLength))) {
				tiles = append(tiles, r)
			}
		}
	}
	return tiles, zone
}

// any: is a bit set within r?
func (b *bitmap) any(r image.Rectangle) bool {
	r = r.Intersect(image.Rect(0, 0, b.w, b.h))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if next(b.row(y), r.Min.X, r.Max.X, true) < r.Max.X {
			return true
		}
	}
	return false
}

// together parts pieces into sets of those whose boxes are no further apart than gap.
func together(of []int, pieces []blob, gap int) (sets [][]int) {
	slices.SortFunc(of, func(i, j int) int { return cmp.Compare(pieces[i].box.Min.X, pieces[j].box.Min.X) })
	set := disjoint.New(len(of))
	for i := range of {
		r := pieces[of[i]].box.Inset(-gap)
		for j := i + 1; j < len(of) && pieces[of[j]].box.Min.X < r.Max.X; j++ {
			if pieces[of[j]].box.Overlaps(r) {
				set.Join(i, j)
			}
		}
	}
	at := map[int]int{}
	for i := range of {
		k, ok := at[set.Root(i)]
		if !ok {
			k = len(sets)
			at[set.Root(i)] = k
			sets = append(sets, nil)
		}
		sets[k] = append(sets[k], of[i])
	}
	return sets
}

// extent is where a row of an outline lies.
type extent struct{ x0, x1 int }

// outline is the hull of stretches, which come by their rows: where each row of it
// lies, from the first on. It is whole where the stretches run along most of it.
func outline(ps []piece) (rows []extent, whole bool) {
	top, bottom := ps[0].y, ps[len(ps)-1].y
	rows = make([]extent, bottom-top+1) // what the stretches reach, then the hull
	for i := range rows {
		rows[i] = extent{math.MaxInt32, -1}
	}
	for _, p := range ps {
		r := &rows[p.y-top]
		r.x0, r.x1 = min(r.x0, p.x0), max(r.x1, p.x1)
	}
	reached := slices.Clone(rows)
	// The left and the right side of the hull, by their corners.
	chain := func(x func(r extent) int, inner func(turn int) bool) (pts []image.Point) {
		for y, r := range reached {
			if r.x1 < 0 {
				continue
			}
			q := image.Pt(x(r), y)
			for len(pts) > 1 {
				a, b := pts[len(pts)-2], pts[len(pts)-1]
				if turn := (b.X-a.X)*(q.Y-a.Y) - (q.X-a.X)*(b.Y-a.Y); !inner(turn) {
					break
				}
				pts = pts[:len(pts)-1]
			}
			pts = append(pts, q)
		}
		return pts
	}
	left := chain(func(r extent) int { return r.x0 }, func(turn int) bool { return turn >= 0 })
	right := chain(func(r extent) int { return r.x1 }, func(turn int) bool { return turn <= 0 })
	along := func(pts []image.Point, set func(y, x int)) {
		set(pts[0].Y, pts[0].X)
		for i := 1; i < len(pts); i++ {
			a, b := pts[i-1], pts[i]
			for y := a.Y + 1; y <= b.Y; y++ {
				set(y, a.X+(b.X-a.X)*(y-a.Y)/(b.Y-a.Y))
			}
		}
	}
	slack, seen := 1+len(rows)/40, 0
	along(left, func(y, x int) {
		rows[y].x0 = x
		if reached[y].x0-x <= slack {
			seen++
		}
	})
	along(right, func(y, x int) {
		rows[y].x1 = x
		if x-reached[y].x1 <= slack {
			seen++
		}
	})
	return rows, float64(seen) >= drawn*float64(2*len(rows))
}
