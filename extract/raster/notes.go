package raster

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math"
)

const (
	metre = 39.3701 // inches
	inch  = 2.54    // centimetres
)

// pngDPI reads the pHYs chunk, which stands before the pixels.
func pngDPI(b []byte) float64 {
	for at := 8; at+12 <= len(b); {
		n := int64(binary.BigEndian.Uint32(b[at:]))
		switch kind := string(b[at+4 : at+8]); {
		case kind == "IDAT" || n > int64(len(b)-at-12):
			return 0
		case kind == "pHYs" && n == 9 && b[at+16] == 1:
			return sameDPI(float64(binary.BigEndian.Uint32(b[at+8:]))/metre, float64(binary.BigEndian.Uint32(b[at+12:]))/metre)
		}
		at += 12 + int(n)
	}
	return 0
}

func bmpDPI(b []byte) float64 {
	if len(b) < 46 {
		return 0
	}
	return sameDPI(float64(binary.LittleEndian.Uint32(b[38:]))/metre, float64(binary.LittleEndian.Uint32(b[42:]))/metre)
}

// sameDPI is the resolution where it is the same both ways, else 0.
func sameDPI(x, y float64) float64 {
	if x > 0 && math.Abs(x-y) <= 0.02*x {
		return math.Round(x*10) / 10
	}
	return 0
}

// jpegNotes reads the JFIF and EXIF segments.
func jpegNotes(b []byte) (n notes) {
	for at := 2; at+4 <= len(b) && b[at] == 0xFF; {
		marker, size := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if marker == 0xFF { // fill
			at++
			continue
		}
		if marker == 0xDA || marker == 0xD9 || size < 2 || at+2+size > len(b) {
			break
		}
		switch data := b[at+4 : at+2+size]; {
		case marker == 0xE0 && len(data) >= 12 && bytes.HasPrefix(data, []byte("JFIF\x00")):
			x, y := float64(binary.BigEndian.Uint16(data[8:])), float64(binary.BigEndian.Uint16(data[10:]))
			switch data[7] {
			case 1:
				n.dpi = sameDPI(x, y)
			case 2:
				n.dpi = sameDPI(x*inch, y*inch)
			}
		case marker == 0xE1 && bytes.HasPrefix(data, []byte("Exif\x00\x00")):
			d, err := readDirectories(data[6:], 1)
			if err != nil || len(d) == 0 {
				break
			}
			n.orient = int(d[0].number(tagOrientation, 1))
			if dpi := d[0].dpi(); dpi > 0 && n.dpi == 0 {
				n.dpi = dpi
			}
		}
		at += 2 + size
	}
	return n
}

// orient sets a picture upright that was stored as EXIF numbers it: 3 upside
// down, 6 and 8 on a side, the even ones mirrored before that.
func orient(img image.Image, o int) image.Image {
	if o < 2 || o > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if o >= 5 {
		w, h = h, w
	}
	// from is where the pixel at x, y of the upright picture is stored.
	from := func(x, y int) (int, int) {
		switch o {
		case 2:
			return w - 1 - x, y
		case 3:
			return w - 1 - x, h - 1 - y
		case 4:
			return x, h - 1 - y
		case 5:
			return y, x
		case 6:
			return y, w - 1 - x
		case 7:
			return h - 1 - y, w - 1 - x
		}
		return h - 1 - y, x
	}
	if g, ok := img.(*image.Gray); ok {
		return turned(atOrigin(g), w, h, from)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	fast, _ := img.(interface{ RGBAAt(x, y int) color.RGBA })
	ycc, _ := img.(*image.YCbCr)
	for y := range h {
		for x := range w {
			sx, sy := from(x, y)
			sx, sy = sx+b.Min.X, sy+b.Min.Y
			switch {
			case ycc != nil:
				c := ycc.YCbCrAt(sx, sy)
				r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
				out.SetRGBA(x, y, color.RGBA{r, g, b, 255})
			case fast != nil:
				out.SetRGBA(x, y, fast.RGBAAt(sx, sy))
			default:
				out.Set(x, y, img.At(sx, sy))
			}
		}
	}
	return out
}
