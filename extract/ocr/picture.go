package ocr

import "image"

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
