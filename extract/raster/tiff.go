package raster

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"math"

	"golang.org/x/image/tiff"

	"nianbao/extract"
)

// TIFF tags that matter here.
const (
	tagSubfile     = 254
	tagWidth       = 256
	tagHeight      = 257
	tagBits        = 258
	tagCompression = 259
	tagPhotometric = 262
	tagStrips      = 273
	tagOrientation = 274
	tagSamples     = 277
	tagStripRows   = 278
	tagStripBytes  = 279
	tagXResolution = 282
	tagYResolution = 283
	tagT4Options   = 292
	tagUnit        = 296
	tagTileWidth   = 322
	tagTileHeight  = 323
	tagTiles       = 324
	tagTileBytes   = 325
	tagTables      = 347
)

const (
	compressedG3   = 3
	compressedG4   = 4
	compressedJPEG = 7
	blackIsZero    = 1
	coloursRGB     = 2
)

// directory is one page of a TIFF file, or the notes of a camera.
type directory struct {
	b       []byte
	order   binary.ByteOrder
	offset  uint32
	entries map[uint16][]byte // the twelve bytes of each
}

var errTIFF = errors.New("its TIFF directory is broken")

// readDirectories follows the chain of directories, up to most of them.
func readDirectories(b []byte, most int) ([]directory, error) {
	if len(b) < 8 {
		return nil, errTIFF
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	seen := make(map[uint32]bool)
	var out []directory
	for at := order.Uint32(b[4:]); at != 0 && len(out) < most && !seen[at]; {
		seen[at] = true
		if int64(at)+2 > int64(len(b)) {
			return out, errTIFF
		}
		n := int(order.Uint16(b[at:]))
		end := int64(at) + 2 + 12*int64(n)
		if end > int64(len(b)) {
			return out, errTIFF
		}
		d := directory{b, order, at, make(map[uint16][]byte, n)}
		for i := range n {
			e := b[int(at)+2+12*i:][:12]
			d.entries[order.Uint16(e)] = e
		}
		out = append(out, d)
		if end+4 > int64(len(b)) {
			break
		}
		at = order.Uint32(b[end:])
	}
	return out, nil
}

// raw returns the kind, number and bytes of an entry's values.
func (d *directory) raw(tag uint16) (kind uint16, n int, data []byte) {
	e, ok := d.entries[tag]
	if !ok {
		return 0, 0, nil
	}
	kind = d.order.Uint16(e[2:])
	sizes := [...]int64{0, 1, 1, 2, 4, 8, 1, 1}
	if int(kind) >= len(sizes) || sizes[kind] == 0 {
		return 0, 0, nil
	}
	count := int64(d.order.Uint32(e[4:]))
	size := sizes[kind] * count
	if size <= 4 {
		return kind, int(count), e[8 : 8+size]
	}
	at := int64(d.order.Uint32(e[8:]))
	if at+size > int64(len(d.b)) {
		return 0, 0, nil
	}
	return kind, int(count), d.b[at : at+size]
}

// numbers are the values of an entry of whole numbers.
func (d *directory) numbers(tag uint16) []uint32 {
	kind, n, data := d.raw(tag)
	out := make([]uint32, 0, n)
	for i := range n {
		switch kind {
		case 1:
			out = append(out, uint32(data[i]))
		case 3:
			out = append(out, uint32(d.order.Uint16(data[2*i:])))
		case 4:
			out = append(out, d.order.Uint32(data[4*i:]))
		}
	}
	return out
}

func (d *directory) number(tag uint16, missing uint32) uint32 {
	if v := d.numbers(tag); len(v) > 0 {
		return v[0]
	}
	return missing
}

// dpi is the resolution where it is given and the same both ways, else 0.
func (d *directory) dpi() float64 {
	value := func(tag uint16) float64 {
		kind, n, data := d.raw(tag)
		if kind != 5 || n < 1 {
			return 0
		}
		v := float64(d.order.Uint32(data)) / float64(d.order.Uint32(data[4:]))
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return 0
		}
		return v
	}
	x, y := value(tagXResolution), value(tagYResolution)
	switch d.number(tagUnit, 2) {
	case 2:
		return sameDPI(x, y)
	case 3:
		return sameDPI(x*inch, y*inch)
	}
	return 0
}

// decodeTIFF decodes all pages. The library reads the first one of a file, so
// each page is handed to it with a header of its own.
func decodeTIFF(b []byte, l limits) ([]Picture, error) {
	if len(b) > 2 && (b[2] == '+' || b[3] == '+') {
		return nil, &extract.Refusal{Code: extract.RefusedUnsupported, Detail: "a BigTIFF file; save it as plain TIFF or PNG"}
	}
	ds, err := readDirectories(b, 4*l.pages)
	if err != nil {
		return nil, damaged(err)
	}
	var out []Picture
	for i := range ds {
		d := &ds[i]
		if d.number(tagSubfile, 0)&(1|4) != 0 {
			continue // a thumbnail or a mask
		}
		p, err := d.decode(&l)
		if err != nil {
			r := refusal(err).(*extract.Refusal)
			return nil, &extract.Refusal{Code: r.Code, Detail: fmt.Sprintf("page %d: %s", len(out)+1, r.Detail)}
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, damaged(errTIFF)
	}
	return out, nil
}

func (d *directory) decode(l *limits) (Picture, error) {
	w, h := int(d.number(tagWidth, 0)), int(d.number(tagHeight, 0))
	samples, bits := int(d.number(tagSamples, 1)), int(d.number(tagBits, 1))
	bytes := max(1, bits/8)
	if samples > 1 {
		bytes *= 4
	}
	if err := l.take(w, h, bytes); err != nil {
		return Picture{}, err
	}
	var img image.Image
	var err error
	switch c := d.number(tagCompression, 1); {
	case c == compressedJPEG:
		img, err = d.decodeJPEG(w, h)
	case c == compressedG3 && d.number(tagT4Options, 0)&1 != 0:
		return Picture{}, unsupported("two-dimensional Group 3 fax")
	default:
		img, err = tiff.Decode(&rooted{d: d})
		if g, ok := img.(*image.Gray); ok && (c == compressedG3 || c == compressedG4) && d.number(tagPhotometric, 0) == blackIsZero {
			// A white run is a run of zeros, and what zeros are is for the
			// photometric tag to say. The library always makes it white.
			for i := range g.Pix {
				g.Pix[i] = ^g.Pix[i]
			}
		}
	}
	var u tiff.UnsupportedError
	if errors.As(err, &u) {
		return Picture{}, unsupported(string(u))
	}
	if err != nil {
		return Picture{}, err
	}
	return Picture{orient(img, int(d.number(tagOrientation, 1))), d.dpi()}, nil
}

func unsupported(what string) error {
	return &extract.Refusal{Code: extract.RefusedUnsupported, Detail: what + " in a TIFF file is not read; save the pages as PNG"}
}

// rooted is the file with a header that leads to this directory.
type rooted struct {
	d  *directory
	at int
}

func (r *rooted) Read(p []byte) (int, error) {
	n, err := r.ReadAt(p, int64(r.at))
	r.at += n
	return n, err
}

func (r *rooted) ReadAt(p []byte, off int64) (int, error) {
	n, err := bytes.NewReader(r.d.b).ReadAt(p, off)
	var root [8]byte
	copy(root[:], r.d.b)
	r.d.order.PutUint32(root[4:], r.d.offset)
	for i := off; i < 8 && i-off < int64(n); i++ {
		p[i-off] = root[i]
	}
	return n, err
}

// decodeJPEG decodes a page of JPEG strips or tiles.
func (d *directory) decodeJPEG(w, h int) (image.Image, error) {
	bw, bh := w, min(h, int(d.number(tagStripRows, uint32(h))))
	at, sizes := d.numbers(tagStrips), d.numbers(tagStripBytes)
	if tw := int(d.number(tagTileWidth, 0)); tw > 0 {
		bw, bh = tw, int(d.number(tagTileHeight, 0))
		at, sizes = d.numbers(tagTiles), d.numbers(tagTileBytes)
	}
	if bw < 8 || bh < 1 || bw > maxSide || bh > maxSide {
		return nil, errTIFF
	}
	across, down := (w+bw-1)/bw, (h+bh-1)/bh
	if across*down > len(at) || len(at) != len(sizes) {
		return nil, errTIFF
	}
	var page draw.Image
	for i := range across * down {
		lo, hi := int64(at[i]), int64(at[i])+int64(sizes[i])
		if hi > int64(len(d.b)) {
			return nil, errTIFF
		}
		data, err := d.block(d.b[lo:hi])
		if err != nil {
			return nil, err
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if c.Width > bw || c.Height > bh+16 {
			return nil, errTIFF
		}
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if across*down == 1 && c.Width == w && c.Height == h {
			return img, nil
		}
		if page == nil {
			if _, grey := img.(*image.Gray); grey {
				page = image.NewGray(image.Rect(0, 0, w, h))
			} else {
				page = image.NewRGBA(image.Rect(0, 0, w, h))
			}
		}
		p := image.Pt(i%across*bw, i/across*bh)
		draw.Draw(page, image.Rectangle{p, p.Add(image.Pt(bw, bh))}, img, image.Point{}, draw.Src)
	}
	return page, nil
}

// maxSide is the longest side of a JPEG picture.
const maxSide = 65535

// block makes a whole JPEG file of a strip or tile: the tables that all share go
// in front, and a note where the colours are not those that JPEG expects.
func (d *directory) block(b []byte) ([]byte, error) {
	if !bytes.HasPrefix(b, []byte{0xFF, 0xD8}) {
		return nil, errTIFF
	}
	out := []byte{0xFF, 0xD8}
	if d.number(tagPhotometric, 0) == coloursRGB {
		out = append(out, "\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00"...)
	}
	if _, _, tables := d.raw(tagTables); len(tables) > 4 {
		out = append(out, bytes.TrimSuffix(tables[2:], []byte{0xFF, 0xD9})...)
	}
	return append(out, b[2:]...), nil
}
