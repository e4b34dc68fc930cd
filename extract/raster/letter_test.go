package raster

import "image"

// letterF is a picture of a letter that looks different whichever way it is
// turned or mirrored.
func letterF() *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 96, 64))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	fill := func(x0, y0, x1, y1 int) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				g.Pix[y*g.Stride+x] = 0
			}
		}
	}
	fill(8, 8, 24, 56)
	fill(8, 8, 64, 16)
	fill(8, 32, 48, 40)
	return g
}
