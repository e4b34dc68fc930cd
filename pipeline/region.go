package pipeline

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"nianbao/extract"
	"nianbao/extract/ocr"
	"nianbao/extract/pdf"
)

// Region is a part of a page, to be drawn.
type Region struct {
	Page   int         `json:"page"`  // from 1
	Width  float64     `json:"width"` // of the page as the Document has it
	Height float64     `json:"height"`
	Box    extract.Box `json:"box"`
	DPI    int         `json:"dpi"`
}

// drawers draw a region of the formats whose pages can be drawn.
var drawers = map[string]func(b []byte, r *Region, o Options) (image.Image, error){
	extract.TypePDF: func(b []byte, r *Region, o Options) (image.Image, error) {
		return pdf.Render(b, r.Page, r.DPI, &pdf.Part{Width: r.Width, Height: r.Height, Box: r.Box}, pdf.Options{CacheDir: o.CacheDir})
	},
	extract.TypePNG:  drawPicture,
	extract.TypeJPEG: drawPicture,
	extract.TypeTIFF: drawPicture,
	extract.TypeGIF:  drawPicture,
	extract.TypeBMP:  drawPicture,
	extract.TypeWebP: drawPicture,
}

func drawPicture(b []byte, r *Region, _ Options) (image.Image, error) {
	return ocr.Draw(b, r.Page, r.Box)
}

// Drawable tells whether regions of files of this media type can be drawn.
func Drawable(mediaType string) bool { return drawers[mediaType] != nil }

// draw gives a region as PNG.
func draw(b []byte, r *Region, o Options) ([]byte, error) {
	mediaType := extract.Sniff(b)
	f := drawers[mediaType]
	if f == nil {
		return nil, &extract.Refusal{Code: extract.RefusedUnsupported, Detail: fmt.Sprintf("pages of %s cannot be drawn", mediaType)}
	}
	picture, err := f(b, r, o)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("write the picture: %w", err)
	}
	return out.Bytes(), nil
}
