// Package raster turns a picture of a page into structure: it decodes picture
// files, drops seals and specks, sets the page upright, and finds the ruling
// lines however the page lay on the scanner or before the camera. A Sheet maps
// between the picture and a straight page on which the rules of a table are
// exactly horizontal and vertical, cuts out boxes of it, and tells where ink is.
//
// It makes no cells of rules (extract/grid does) and reads no text (an OCR
// engine does). All of it is arithmetic on pixels: no model, no cgo, and the
// same pixels always give the same answer.
package raster

import "image"

// Picture is one page of a picture file.
type Picture struct {
	Image image.Image
	DPI   float64 // 0 where the file does not say
}

// Resolution is the DPI of the picture where the file says it and it is
// believable, else a guess: the picture of a whole A4 page.
func (p Picture) Resolution() float64 { return resolution(p.Image.Bounds(), p.DPI) }

// Resolutions at which a page is looked at. Beyond them a statement is not
// believed: many scanners write 1 or 96 whatever they did.
const (
	minDPI = 90
	maxDPI = 1200
)

// resolution returns dpi, or where that can't be, what an A4 page would have.
// Screen resolutions are not believed of pictures too large for a sheet.
func resolution(r image.Rectangle, dpi float64) float64 {
	long := float64(max(r.Dx(), r.Dy()))
	if dpi >= minDPI && dpi <= maxDPI && long/dpi < 24 && long/dpi > 3 {
		return dpi
	}
	return min(maxDPI, max(minDPI, long/11.69))
}

// maxPixels bounds a page: A4 at 600 dpi has 35 million.
const maxPixels = 40_000_000
