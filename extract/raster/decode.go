package raster

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"

	"nianbao/extract"
)

// limits bound what a file may make of memory. They are checked by what it
// declares before any pixel is decoded.
type limits struct {
	pixels int // of one page
	bytes  int // of all pages, as they lie in memory
	pages  int
}

// What a file may have: a page of A4 at 600 dpi, or 22 pages of black and white
// at 300 dpi.
var usual = limits{pixels: maxPixels, bytes: 192 << 20, pages: 200}

// Decode reads a picture file: PNG, JPEG, TIFF with any number of pages, GIF (its
// first frame), BMP or WebP. Cameras' notes on which way is up are obeyed. An
// error is an *extract.Refusal.
func Decode(b []byte) ([]Picture, error) { return decode(b, usual) }

func decode(b []byte, l limits) (ps []Picture, err error) {
	defer func() {
		if x := recover(); x != nil {
			ps, err = nil, damaged(fmt.Errorf("%v", x))
		}
	}()
	switch media := extract.Sniff(b); media {
	case extract.TypeJPEG:
		return one(b, l, jpeg.DecodeConfig, jpeg.Decode, jpegNotes(b))
	case extract.TypePNG:
		return one(b, l, png.DecodeConfig, png.Decode, notes{dpi: pngDPI(b)})
	case extract.TypeTIFF:
		return decodeTIFF(b, l)
	case extract.TypeGIF:
		return one(b, l, gif.DecodeConfig, gif.Decode, notes{})
	case extract.TypeBMP:
		return one(b, l, bmp.DecodeConfig, bmp.Decode, notes{dpi: bmpDPI(b)})
	case extract.TypeWebP:
		return one(b, l, webpConfig, webp.Decode, notes{})
	case extract.TypeEmpty:
		return nil, &extract.Refusal{Code: extract.RefusedEmpty, Detail: "the file is empty"}
	default:
		return nil, &extract.Refusal{Code: extract.RefusedUnsupported, Detail: media + " is no picture that can be read; save it as PNG, JPEG or TIFF"}
	}
}

// notes are what a file says about its picture.
type notes struct {
	dpi    float64
	orient int // as EXIF numbers it; 0 and 1 mean upright
}

func one(b []byte, l limits, config func(io.Reader) (image.Config, error), read func(io.Reader) (image.Image, error), n notes) ([]Picture, error) {
	c, err := config(bytes.NewReader(b))
	if err != nil {
		return nil, refusal(err)
	}
	if err := l.take(c.Width, c.Height, depth(c.ColorModel)); err != nil {
		return nil, err
	}
	img, err := read(bytes.NewReader(b))
	if err != nil {
		return nil, refusal(err)
	}
	return []Picture{{orient(img, n.orient), n.dpi}}, nil
}

// depth is how many bytes a pixel takes in memory.
func depth(m color.Model) int {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.YCbCrModel:
		return 3
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 4
}

// take takes a page of w by h pixels out of the limits.
func (l *limits) take(w, h, bytes int) error {
	if w <= 0 || h <= 0 {
		return damaged(fmt.Errorf("the picture is %d by %d pixels", w, h))
	}
	if w > l.pixels || h > l.pixels || w*h > l.pixels {
		return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("a page of %d by %d pixels; up to %d million are read: scan at 300 dpi", w, h, l.pixels/1_000_000)}
	}
	if l.pages--; l.pages < 0 {
		return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "more pages than are read of one picture file; split it"}
	}
	if l.bytes -= w * h * bytes; l.bytes < 0 {
		return &extract.Refusal{Code: extract.RefusedTooLarge, Detail: "its pixels take too much memory; split it, or scan at 200 dpi in grey"}
	}
	return nil
}

func damaged(err error) error {
	return &extract.Refusal{Code: extract.RefusedDamaged, Detail: fmt.Sprintf("the picture can't be decoded (%v); get the file again, or open it in a viewer and save it anew", err)}
}

// refusal tells what is not supported from what is broken.
func refusal(err error) error {
	var r *extract.Refusal
	var unsupported jpeg.UnsupportedError
	var unsupportedPNG png.UnsupportedError
	switch {
	case errors.As(err, &r):
		return r
	case errors.As(err, &unsupported), errors.As(err, &unsupportedPNG), errors.Is(err, bmp.ErrUnsupported):
		return &extract.Refusal{Code: extract.RefusedUnsupported, Detail: fmt.Sprintf("%v; save it as PNG", err)}
	}
	return damaged(err)
}
