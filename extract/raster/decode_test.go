package raster

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"nianbao/extract"
	"nianbao/process/guard"
)

// differs counts the pixels of a that are another side of grey in b.
func differs(a, b *image.Gray) (n int) {
	if a.Rect.Size() != b.Rect.Size() {
		return a.Rect.Dx() * a.Rect.Dy()
	}
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			if (a.Pix[y*a.Stride+x] < 128) != (b.Pix[y*b.Stride+x] < 128) {
				n++
			}
		}
	}
	return n
}

func TestDecode(t *testing.T) {
	tests := []struct {
		file  string
		pages int
		dpi   float64 // of the first page
	}{
		// Group 4, Group 3, LZW, deflate, PackBits, JPEG: grey, YCbCr, RGB, tiles.
		{"pages.tif", 9, 200},
		{"f.png", 1, 300},
		{"f.gif", 1, 0},
		{"f.bmp", 1, 0},
		{"f.webp", 1, 0},
		{"lossy.webp", 1, 0},
		{"grey.jpg", 1, 0},
		{"cmyk.jpg", 1, 150},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			ps, err := Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			if len(ps) != tt.pages {
				t.Fatalf("%d pages, want %d", len(ps), tt.pages)
			}
			if ps[0].DPI != tt.dpi {
				t.Errorf("%v dpi, want %v", ps[0].DPI, tt.dpi)
			}
			for i, p := range ps {
				if g, _ := Clean(p.Image); differs(g, letterF()) > 0 {
					t.Errorf("page %d (%T): %d pixels differ", i+1, p.Image, differs(g, letterF()))
				}
			}
		})
	}
}

// TestOrientation stores a picture in the eight ways that cameras do.
func TestOrientation(t *testing.T) {
	want := letterF()
	w, h := want.Rect.Dx(), want.Rect.Dy()
	at := func(x, y int) uint8 { return want.Pix[y*want.Stride+x] }
	// stored tells which pixel of the upright picture each stored one is.
	stored := []func(x, y int) (int, int){
		1: func(x, y int) (int, int) { return x, y },
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return w - 1 - y, x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return y, h - 1 - x },
	}
	for o := 1; o <= 8; o++ {
		sw, sh := w, h
		if o >= 5 {
			sw, sh = h, w
		}
		for _, colour := range []bool{false, true} {
			grey := image.NewGray(image.Rect(0, 0, sw, sh))
			rgb := image.NewRGBA(grey.Rect)
			for y := range sh {
				for x := range sw {
					v := at(stored[o](x, y))
					grey.SetGray(x, y, color.Gray{Y: v})
					rgb.SetRGBA(x, y, color.RGBA{v, v, v, 255})
				}
			}
			var img image.Image = grey
			if colour {
				img = rgb
			}
			var buf bytes.Buffer
			if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 100}); err != nil {
				t.Fatal(err)
			}
			ps, err := Decode(withEXIF(buf.Bytes(), o))
			if err != nil {
				t.Fatal(err)
			}
			if g, _ := Clean(ps[0].Image); differs(g, want) > 0 {
				t.Errorf("orientation %d, colour %v: %d pixels differ", o, colour, differs(g, want))
			}
			if ps[0].DPI != 240 {
				t.Errorf("orientation %d: %v dpi, want 240", o, ps[0].DPI)
			}
		}
	}
}

// withEXIF puts a camera's notes into a JPEG file: orientation and 240 dpi.
func withEXIF(b []byte, orientation int) []byte {
	d := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x03")
	entry := func(tag, kind, count, value int) {
		d = binary.BigEndian.AppendUint16(d, uint16(tag))
		d = binary.BigEndian.AppendUint16(d, uint16(kind))
		d = binary.BigEndian.AppendUint32(d, uint32(count))
		d = binary.BigEndian.AppendUint32(d, uint32(value))
	}
	entry(tagOrientation, 3, 1, orientation<<16)
	entry(tagXResolution, 5, 1, 50)
	entry(tagYResolution, 5, 1, 50)
	d = append(d, 0, 0, 0, 0)
	d = binary.BigEndian.AppendUint32(d, 240)
	d = binary.BigEndian.AppendUint32(d, 1)
	out := []byte{0xFF, 0xD8, 0xFF, 0xE1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(d)+2))
	return append(append(out, d...), b[2:]...)
}

func TestRefusals(t *testing.T) {
	big := func() []byte {
		var buf bytes.Buffer
		if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
			t.Fatal(err)
		}
		b := buf.Bytes()
		binary.BigEndian.PutUint32(b[16:], 60000)
		binary.BigEndian.PutUint32(b[20:], 60000)
		return fixCRC(b)
	}
	read := func(file string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	pages := read("pages.tif")
	tests := []struct {
		name, code string
		data       []byte
	}{
		{"empty", extract.RefusedEmpty, nil},
		{"text", extract.RefusedUnsupported, []byte("政府信息公开工作年度报告")},
		{"cut off", extract.RefusedDamaged, read("grey.jpg")[:200]},
		{"PNG of 3600 million pixels", extract.RefusedTooLarge, big()},
		{"BigTIFF", extract.RefusedUnsupported, []byte("II+\x00\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00")},
		{"two-dimensional fax", extract.RefusedUnsupported, read("g3-2d.tif")},
		{"TIFF cut off", extract.RefusedDamaged, pages[:len(pages)/2]},
	}
	for _, tt := range tests {
		_, err := Decode(tt.data)
		var r *extract.Refusal
		if !errors.As(err, &r) || r.Code != tt.code {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.code)
		}
	}
	if _, err := decode(pages, limits{pixels: 10_000, bytes: 20_000, pages: 100}); err == nil {
		t.Error("nine pages were read into memory for two")
	}
	if _, err := decode(pages, limits{pixels: 10_000, bytes: 1 << 20, pages: 3}); err == nil {
		t.Error("nine pages were read where three are allowed")
	}
}

// fixCRC makes the checksum of a PNG file's header right.
func fixCRC(b []byte) []byte {
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(withEXIF([]byte{0xFF, 0xD8, 0xFF, 0xD9}, 6))
	small := limits{pixels: 1 << 18, bytes: 4 << 20, pages: 20}
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		ps, err := decode(b, small)
		var r *extract.Refusal
		if err != nil && !errors.As(err, &r) {
			t.Fatalf("%v is no refusal", err)
		}
		if err == nil && len(ps) == 0 {
			t.Fatal("no pages and no refusal")
		}
		for _, p := range ps {
			size := p.Image.Bounds()
			if size.Dx()*size.Dy() > small.pixels {
				t.Fatalf("a page of %v", size)
			}
			g, _ := Clean(p.Image)
			s := Find(g, p.DPI)
			s.Text()
			s.Posture()
		}
	})
}
