package raster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"io"

	"golang.org/x/image/webp"
)

// webpConfig is the size of a WebP picture: the larger of what the container
// and the frame in it declare, since the decoder goes by the frame.
func webpConfig(r io.Reader) (image.Config, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return image.Config{}, err
	}
	c, err := webp.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return c, err
	}
	c.ColorModel = color.NRGBAModel // the costliest
	for at := 12; at+18 <= len(b); {
		size := int(binary.LittleEndian.Uint32(b[at+4:]))
		data := b[at+8:]
		w, h := 0, 0
		switch string(b[at : at+4]) {
		case "VP8 ":
			w, h = int(binary.LittleEndian.Uint16(data[6:]))&0x3FFF, int(binary.LittleEndian.Uint16(data[8:]))&0x3FFF
		case "VP8L":
			v := binary.LittleEndian.Uint32(data[1:])
			w, h = int(v&0x3FFF)+1, int(v>>14&0x3FFF)+1
		}
		c.Width, c.Height = max(c.Width, w), max(c.Height, h)
		if size > len(data) {
			return c, fmt.Errorf("a chunk of %d bytes is cut off", size)
		}
		at += 8 + size + size&1
	}
	return c, nil
}
