package ocr

import (
	"nianbao/extract"
	"nianbao/extract/raster"
)

// LooksNumeric judges the ink in a box of a sheet.
func LooksNumeric(s *raster.Sheet, ink extract.Box) bool {
	return looksNumeric((&page{sheet: s}).line(ink))
}

// LooksZero judges the same.
func LooksZero(s *raster.Sheet, ink extract.Box) bool {
	return looksZero((&page{sheet: s}).line(ink))
}

// Strokes counts those of a crop.
var Strokes = strokes

// ZeroUnlike is how much two zeros may differ.
const ZeroUnlike = zeroUnlike

// Difference is that of two pieces of ink of a sheet.
func Difference(s, t *raster.Sheet, a, b extract.Box) float64 {
	return difference((&page{sheet: s}).line(a), (&page{sheet: t}).line(b))
}
