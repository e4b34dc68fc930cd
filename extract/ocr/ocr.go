package ocr

import "errors"

// ErrNoEngine says that no OCR engine is at hand.
var ErrNoEngine = errors.New("no OCR engine is installed")

// ErrNoTable says that a picture shows no table.
var ErrNoTable = errors.New("the picture shows no table")

// Middle is the height of a picture's middle on its page.
func (p *Picture) Middle() float64 {
	b := p.Image.Bounds()
	x, y := float64(b.Dx())/2, float64(b.Dy())/2
	return p.Matrix[1]*x + p.Matrix[3]*y + p.Matrix[5]
}
