package pipeline

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	stddraw "image/draw"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/store"
)

// drawing is a page of noise with rules drawn over it, with which it shows a
// table of so many columns and rows.
func drawing(t *testing.T, cols, rows int) []byte {
	t.Helper()
	const w, h = 150, 60
	img := image.NewGray(image.Rect(0, 0, 6*w, 6*h))
	r := rand.New(rand.NewPCG(1, 1))
	for i := range img.Pix {
		img.Pix[i] = 250 + uint8(r.IntN(6))
	}
	black := image.NewUniform(color.Black)
	for i := range cols + 1 {
		stddraw.Draw(img, image.Rect(20+i*w, 20, 23+i*w, 20+rows*h), black, image.Point{}, stddraw.Src)
	}
	for i := range rows + 1 {
		stddraw.Draw(img, image.Rect(20, 20+i*h, 23+cols*w, 23+i*h), black, image.Point{}, stddraw.Src)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A page that shows a table as a picture waits for an engine, whatever other
// tables it has; one that shows a picture of something else does not.
func TestPicturesWait(t *testing.T) {
	written := func(picture []byte) string {
		return `<html><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>1</td></tr></table><img src="data:image/png;base64,` + base64.StdEncoding.EncodeToString(picture) + `"></html>`
	}
	for _, test := range []struct {
		name  string
		page  string
		waits bool
	}{
		{"a table", written(drawing(t, 4, 4)), true},
		{"no table", written(drawing(t, -1, -1)), false},
		{"no picture", "<html><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>1</td></tr></table></html>", false},
		{"a table as a saved page", "MIME-Version: 1.0\nContent-Type: text/html\n\n" + written(drawing(t, 4, 4)), true},
	} {
		rep, artifact, _ := perform(request{From: Extract}, []byte(test.page), Options{})
		if rep.Refusal != nil {
			t.Errorf("%s: %v", test.name, rep.Refusal)
		}
		told := strings.Contains(string(artifact), `"`+extract.WarnImage+`"`)
		if (rep.Tool == store.OCR) != test.waits || told != test.waits {
			t.Errorf("%s: depends on OCR: %v, says so: %v, want %v", test.name, rep.Tool, told, test.waits)
		}
	}
}
