package raster

import (
	"image"
	"image/color"
	"image/draw"
	"testing"
)

// Print in colour is print, be its strokes thin: it stays as dark as it is.
func TestColourStays(t *testing.T) {
	for name, ink := range map[string]color.RGBA{
		"red": {255, 0, 0, 255}, "dark red": {160, 0, 0, 255}, "blue": {0, 0, 255, 255},
		"green": {0, 128, 0, 255}, "violet": {128, 0, 128, 255},
	} {
		img := image.NewRGBA(image.Rect(0, 0, 240, 240))
		draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
		var strokes []image.Rectangle
		for x := 20; x < 220; x += 20 {
			r := image.Rect(x, 100, x+1, 118)
			draw.Draw(img, r, image.NewUniform(ink), image.Point{}, draw.Src)
			strokes = append(strokes, r)
		}
		few := image.NewPaletted(img.Rect, color.Palette{color.White, ink})
		draw.Draw(few, few.Rect, img, image.Point{}, draw.Src)
		wide := image.NewNRGBA64(img.Rect)
		draw.Draw(wide, wide.Rect, img, image.Point{}, draw.Src)
		for _, picture := range []image.Image{img, few, wide, throughJPEG(img, 75)} {
			g, _ := Clean(picture)
			for _, r := range strokes {
				if v := g.GrayAt(r.Min.X, 109).Y; v > 190 {
					t.Errorf("%s, %T: the stroke at %d is %d", name, picture, r.Min.X, v)
				}
			}
		}
	}
}

// Colours beyond what their transparency allows, as TIFF files may hold, are white.
func TestTooLight(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 400, 400))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := 100; y < 300; y++ {
		for x := 100; x < 300; x++ {
			img.SetRGBA(x, y, color.RGBA{230, 20, 30, 255})
			img.Pix[img.PixOffset(x-90, y)+3] = 0
		}
	}
	if g, _ := Clean(img); g.GrayAt(12, 150).Y != 255 {
		t.Errorf("what is lighter than white is %d", g.GrayAt(12, 150).Y)
	}
}
