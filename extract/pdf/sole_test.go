package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"reflect"
	"testing"

	"nianbao/extract"
)

// onePage writes a PDF of one page that shows a JPEG.
func onePage(t *testing.T, page, image, content string, pixels image.Image) []byte {
	t.Helper()
	var data, b bytes.Buffer
	if err := jpeg.Encode(&data, pixels, nil); err != nil {
		t.Fatal(err)
	}
	b.WriteString("%PDF-1.4\n")
	var at []int
	object := func(format string, args ...any) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), fmt.Sprintf(format, args...))
	}
	size := pixels.Bounds()
	object("<</Type /Catalog /Pages 2 0 R>>")
	object("<</Type /Pages /Kids [3 0 R] /Count 1>>")
	object("<</Type /Page /Parent 2 0 R %s /Contents 4 0 R /Resources <</XObject <</Im 5 0 R>>>>>>", page)
	object("<</Length %d>>\nstream\n%s\nendstream", len(content), content)
	object("<</Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 %s /Length %d>>\nstream\n%s\nendstream",
		size.Dx(), size.Dy(), image, data.Len(), data.Bytes())
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, p := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// both is the picture that makes up the page of a file, as it is taken from the
// file itself and as PDFium gives it.
func both(t *testing.T, b []byte) (own *extract.Picture, theirs []extract.Picture) {
	t.Helper()
	r := &reading{b: b}
	defer r.close()
	if err := r.own(); err != nil {
		t.Fatal(err)
	}
	if p, ok := r.sole(0); ok {
		own = &p
	}
	if err := r.open(); err != nil {
		t.Fatal(err)
	}
	theirs, err := r.engine.pictures(0, true)
	if err != nil {
		t.Fatal(err)
	}
	return own, theirs
}

func grey(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = uint8(200 + i%50)
	}
	return g
}

// TestSole holds the picture of a page that is taken from the file to the one that
// PDFium gives: the same pixels at the same place, to the last bit.
func TestSole(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		number := func(v float64) string { return fmt.Sprintf("%.*f", rnd.IntN(7), v) }
		w, h := 300+500*rnd.Float64(), 300+700*rnd.Float64()
		m := [6]float64{w, 0, 0, h, 0, 0}
		switch rnd.IntN(4) {
		case 0: // with a margin
			m = [6]float64{w * 0.9, 0, 0, h * 0.9, w * 0.05, h * 0.05}
		case 1: // a little skew, and beyond the page
			m = [6]float64{w, 3 * rnd.Float64(), -3 * rnd.Float64(), h, -rnd.Float64(), 2 * rnd.Float64()}
		case 2: // upside down
			m = [6]float64{-w, 0, 0, -h, w, h}
		}
		content := "q "
		for _, v := range m {
			content += number(v) + " "
		}
		page := fmt.Sprintf("/MediaBox [0 0 %s %s]", number(w), number(h))
		own, theirs := both(t, onePage(t, page, "/Filter /DCTDecode", content+"cm /Im Do Q", grey(40+rnd.IntN(200), 60)))
		if own == nil || len(theirs) != 1 || !reflect.DeepEqual(*own, theirs[0]) {
			t.Fatalf("%s %s: own %+v, PDFium's %+v", page, content, own, theirs)
		}
	}
}

// TestNotSole checks that no page of which there is more to say is taken for one.
func TestNotSole(t *testing.T) {
	const page, filter, content = "/MediaBox [0 0 600 800]", "/Filter /DCTDecode", "q 600 0 0 800 0 0 cm /Im Do Q"
	if own, _ := both(t, onePage(t, page, filter, content, grey(60, 80))); own == nil {
		t.Fatal("the page itself is none")
	}
	black := image.NewGray(image.Rect(0, 0, 60, 80))
	for name, b := range map[string][]byte{
		"drawn twice":        onePage(t, page, filter, content+" "+content, grey(60, 80)),
		"with a line":        onePage(t, page, filter, content+" 0 0 m 100 100 l S", grey(60, 80)),
		"with text":          onePage(t, page, filter, content+" BT (x) Tj ET", grey(60, 80)),
		"placed twice":       onePage(t, page, filter, "2 0 0 2 0 0 cm 300 0 0 400 0 0 cm /Im Do", grey(60, 80)),
		"placed for another": onePage(t, page, filter, "q 600 0 0 800 0 0 cm Q /Im Do", grey(60, 80)),
		"not placed":         onePage(t, page, filter, "/Im Do 600 0 0 800 0 0 cm", grey(60, 80)),
		"small":              onePage(t, page, filter, "q 300 0 0 400 0 0 cm /Im Do Q", grey(60, 80)),
		"turned":             onePage(t, page+" /Rotate 90", filter, content, grey(60, 80)),
		"cropped":            onePage(t, page+" /CropBox [0 0 600 700]", filter, content, grey(60, 80)),
		"moved":              onePage(t, "/MediaBox [10 0 610 800]", filter, content, grey(60, 80)),
		"in other units":     onePage(t, page+" /UserUnit 2", filter, content, grey(60, 80)),
		"dark":               onePage(t, page, filter, content, black),
	} {
		if own, _ := both(t, b); own != nil {
			t.Errorf("%s: taken from the file", name)
		}
	}
}
