package ocr

import (
	"image"

	"nianbao/extract/grid"
)

// Picture is a page that is shown as pixels, or a picture on a page.
type Picture struct {
	Image image.Image
	Page  int // from 1
	// Width and Height of the page as a viewer shows it, in points.
	Width, Height float64
	// Matrix maps pixels, counted from the upper left corner of the image, to
	// points on the page: x' = a·x + c·y + e, y' = b·x + d·y + f.
	Matrix [6]float64
	// Part says that the picture is one thing on a page that has text of its
	// own: only a table in it is of interest.
	Part bool
}

// Middle is the height of a picture's middle on its page.
func (p *Picture) Middle() float64 {
	b := p.Image.Bounds()
	x, y := float64(b.Dx())/2, float64(b.Dy())/2
	return p.Matrix[1]*x + p.Matrix[3]*y + p.Matrix[5]
}

// blank is the page of a picture of which nothing was read.
func (p *Picture) blank() grid.Page {
	return grid.Page{Number: p.Page, Width: p.Width, Height: p.Height, Reader: readerName, Recognised: true}
}
