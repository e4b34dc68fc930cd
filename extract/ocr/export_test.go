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
