package raster

import (
	"image"

	"nianbao/extract"
)

// Bounds of a minus sign, as shares of the height of the digits behind it.
const (
	signFar    = 0.9  // how far from them it ends at most
	signShort  = 0.25 // its length
	signLong   = 1.1
	signMiddle = 0.25 // how far from their middle it lies at most, and what is paper above and below it
)

// signContrast is the least depth of a minus sign that is too pale for ink: it is told
// by its form and its place.
const signContrast = 15

// Sign finds a minus sign before a number, in the box that may hold it, that is too pale
// to count as ink. Its box on the sheet is zero where there is none.
func (s *Sheet) Sign(number, room extract.Box) extract.Box {
	high := number[3] - number[1]
	box := extract.Box{max(room[0]+aside, number[0]-2*high), number[1], number[2], number[3]}
	r := s.size(box, s.DPI)
	if r.Dx() < 3 || r.Dy() < 8 {
		return extract.Box{}
	}
	g := image.NewGray(r)
	s.sample(g, box)
	deepen(g, s.paper(g))
	ends := int((number[0]-box[0])/(box[2]-box[0])*float64(r.Dx())) - 1
	return (&mask{w: r.Dx(), h: r.Dy(), box: box}).onSheet(sign(g, ends))
}

// sign finds a flat stroke in a crop of depths, as high as the digits that begin at a
// column, before them.
func sign(depth *image.Gray, ends int) image.Rectangle {
	h := depth.Rect.Dy()
	if ends < h/4 {
		return image.Rectangle{}
	}
	var before []uint8
	for y := range h {
		before = append(before, depth.Pix[y*depth.Stride:][:ends]...)
	}
	level := uint8(min(inkContrast, max(signContrast, grainDepth(before))))
	deep := func(x, y int) bool { return depth.Pix[y*depth.Stride+x] >= level }
	share := func(part float64) int { return int(part * float64(h)) }
	best := image.Rectangle{}
	for y := h/2 - share(signMiddle); y <= h/2+share(signMiddle); y++ {
		for x := max(0, ends-share(signFar+signLong)); x < ends; {
			from := x
			for x < ends && deep(x, y) {
				x++
			}
			if n := x - from; n > best.Dx() && n <= share(signLong) && x >= ends-share(signFar) {
				best = image.Rect(from, y, x, y+1)
			}
			x++
		}
	}
	if best.Dx() < max(3, share(signShort)) {
		return image.Rectangle{}
	}
	for x := best.Min.X; x < best.Max.X; x++ {
		for _, y := range []int{best.Min.Y - share(signMiddle), best.Min.Y + share(signMiddle)} {
			if y >= 0 && y < h && deep(x, y) {
				return image.Rectangle{}
			}
		}
	}
	return image.Rect(best.Min.X, max(0, best.Min.Y-1), best.Max.X, min(h, best.Min.Y+2))
}
