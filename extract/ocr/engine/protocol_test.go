package engine

import (
	"bytes"
	"encoding/json"
	"image"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nianbao/process"
	"nianbao/process/guard"
)

// TestPack checks that images come out as they went in, parts of larger ones too.
func TestPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var images []*image.Gray
		for range rapid.IntRange(0, 4).Draw(t, "images") {
			w, h := rapid.IntRange(1, 9).Draw(t, "w"), rapid.IntRange(1, 9).Draw(t, "h")
			whole := image.NewGray(image.Rect(0, 0, 12, 12))
			copy(whole.Pix, rapid.SliceOfN(rapid.Byte(), 144, 144).Draw(t, "pix"))
			images = append(images, whole.SubImage(image.Rect(2, 3, 2+w, 3+h)).(*image.Gray))
		}
		req, pixels := pack("e", Text, images)
		back, err := unpack(req, pixels)
		if err != nil || len(back) != len(images) {
			t.Fatalf("%d images, error %v; want %d", len(back), err, len(images))
		}
		for i, m := range back {
			for y := range m.Rect.Dy() {
				for x := range m.Rect.Dx() {
					if m.GrayAt(x, y) != images[i].GrayAt(x+2, y+3) {
						t.Fatalf("image %d differs at %d,%d", i, x, y)
					}
				}
			}
		}
	})
}

// FuzzUnpack checks that no request, whatever it declares, gives images that
// reach beyond its pixels.
func FuzzUnpack(f *testing.F) {
	f.Add([]byte(`{"engine":"tesseract","kind":"number","images":[{"w":2,"h":3},{"w":1,"h":1}]}`), []byte("1234567"))
	f.Add([]byte(`{"kind":"text","images":[{"w":4611686018427387904,"h":4}]}`), []byte{})
	f.Add([]byte(`{"kind":"text","images":[{"w":-1,"h":-1}]}`), []byte("1"))
	f.Fuzz(func(t *testing.T, header, pixels []byte) {
		defer guard.Start()()
		var req request
		if json.Unmarshal(header, &req) != nil {
			return
		}
		images, err := unpack(req, pixels)
		if err != nil {
			return
		}
		again, back := pack(req.Engine, req.Kind, images)
		if !bytes.Equal(back, pixels) || !slices.Equal(again.Images, req.Images) {
			t.Errorf("%s: packed again gives %+v and %d bytes of %d", header, again, len(back), len(pixels))
		}
	})
}

// FuzzReply checks that a reply that passes is within the bounds.
func FuzzReply(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x3a" + `{"lines":[{"symbols":[{"t":"1","x0":0,"x1":5,"c":0.5}]}]}`))
	f.Add([]byte("\x00\x00\x00\x02{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		var rep reply
		if _, err := process.ReadMessage(bytes.NewReader(b), maxFrame, &rep, 0); err != nil {
			return
		}
		req := request{Images: []size{{10, 10}}}
		if rep.check(req) != nil || rep.Error != "" {
			return
		}
		if len(rep.Lines) != 1 {
			t.Fatalf("%d lines", len(rep.Lines))
		}
		for _, s := range rep.Lines[0].Symbols {
			if s.Text == "" || s.X0 < 0 || s.X0 >= s.X1 || s.X1 > 10 || math.IsNaN(s.Confidence) {
				t.Errorf("symbol %+v", s)
			}
		}
	})
}
