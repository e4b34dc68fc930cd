package extract

import (
	"errors"
	"image"
)

// Picture is a page that is shown as pixels, or a picture on a page: what a
// reader of files finds and only an OCR engine can read.
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

// Middle is the height of the picture's middle on its page.
func (p *Picture) Middle() float64 {
	b := p.Image.Bounds()
	x, y := float64(b.Dx())/2, float64(b.Dy())/2
	return p.Matrix[1]*x + p.Matrix[3]*y + p.Matrix[5]
}

// Why a Picture is not read.
var (
	// ErrNoEngine says that no OCR engine is at hand.
	ErrNoEngine = errors.New("no OCR engine is installed")
	// ErrNoTable says that a part of a page shows no table.
	ErrNoTable = errors.New("the picture shows no table")
)
