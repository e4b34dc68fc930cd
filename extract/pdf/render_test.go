package pdf

import (
	"errors"
	"image"
	"math"
	"testing"

	"nianbao/extract"
)

// ink is the box of what is not white, in pixels, and the share of such pixels.
func ink(m *image.RGBA) (image.Rectangle, float64) {
	var box image.Rectangle
	n := 0
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			if c := m.RGBAAt(x, y); c.A != 255 {
				return image.Rectangle{}, math.NaN() // paper is opaque
			} else if int(c.R)+int(c.G)+int(c.B) < 3*128 {
				n++
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box, float64(n) / float64(m.Rect.Dx()*m.Rect.Dy())
}

// What is drawn of a part has the ink that the reader found there: every glyph's
// box holds some, turned pages included.
func TestRenderGlyphs(t *testing.T) {
	for _, name := range []string{"writer.pdf", "browser-truetype.pdf", "linear-rotated.pdf", "aes256.pdf"} {
		t.Run(name, func(t *testing.T) {
			b := load(t, name)
			pages, _, err := Pages(b, Options{})
			if err != nil {
				t.Fatal(err)
			}
			f, err := openPDFium(b, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			p := pages[len(pages)-1]
			tried := 0
			for i := 0; i < len(p.Glyphs); i += 1 + len(p.Glyphs)/20 {
				g := p.Glyphs[i]
				m, err := f.render(p.Number-1, 200, &Part{Width: p.Width, Height: p.Height, Box: g.Box})
				if err != nil {
					t.Fatalf("%s at %v: %v", g.Text, g.Box, err)
				}
				w, h := (g.Box[2]-g.Box[0])*200/72, (g.Box[3]-g.Box[1])*200/72
				if math.Abs(float64(m.Rect.Dx())-w) > 2 || math.Abs(float64(m.Rect.Dy())-h) > 2 {
					t.Errorf("%s is drawn %v large, want %.0f by %.0f", g.Text, m.Rect, w, h)
				}
				if _, share := ink(m); !(share > 0.005) {
					t.Errorf("page %d: %s at %v has %.3f of ink", p.Number, g.Text, g.Box, share)
				}
				tried++
			}
			if tried < 5 {
				t.Errorf("%d glyphs were looked at", tried)
			}
		})
	}
}

func TestRenderPage(t *testing.T) {
	b := load(t, "writer.pdf")
	m, err := Render(b, 1, 100, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if m.Rect.Dx() < 820 || m.Rect.Dx() > 830 || m.Rect.Dy() < 1165 || m.Rect.Dy() > 1173 {
		t.Errorf("A4 at 100 dpi is drawn %v large", m.Rect)
	}
	// A Document may count in other units than PDFium, as with /UserUnit.
	half, err := Render(b, 1, 100, &Part{Width: 10, Height: 20, Box: extract.Box{-1, 10, 30, 20}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if half.Rect.Dx() != m.Rect.Dx() || half.Rect.Dy()-m.Rect.Dy()/2 > 1 {
		t.Errorf("the lower half of %v is drawn %v large", m.Rect, half.Rect)
	}
	for y := range half.Rect.Dy() - 2 {
		for x := range half.Rect.Dx() {
			if a, b := half.RGBAAt(x, half.Rect.Dy()-1-y), m.RGBAAt(x, m.Rect.Dy()-1-y); a != b {
				t.Fatalf("the lower half differs at %d,%d from below: %v, %v", x, y, a, b)
			}
		}
	}
}

func TestRenderRefused(t *testing.T) {
	b := load(t, "writer.pdf")
	box := func(x0, y0, x1, y1 float64) *Part {
		return &Part{Width: 595, Height: 842, Box: extract.Box{x0, y0, x1, y1}}
	}
	for name, test := range map[string]struct {
		b         []byte
		page, dpi int
		part      *Part
		code      string
	}{
		"no PDF":         {[]byte("no PDF"), 1, 200, nil, extract.RefusedDamaged},
		"a password":     {load(t, "password.pdf"), 1, 200, nil, extract.RefusedEncrypted},
		"page 0":         {b, 0, 200, nil, extract.RefusedDamaged},
		"page 1000":      {b, 1000, 200, nil, extract.RefusedDamaged},
		"no dpi":         {b, 1, 0, nil, extract.RefusedDamaged},
		"many dpi":       {b, 1, 1 << 40, nil, extract.RefusedDamaged},
		"many pixels":    {b, 1, 1200, nil, extract.RefusedDamaged},
		"a crossed box":  {b, 1, 200, box(10, 10, 5, 20), extract.RefusedDamaged},
		"an empty box":   {b, 1, 200, box(10, 10, 10, 20), extract.RefusedDamaged},
		"beyond":         {b, 1, 200, box(600, 10, 700, 20), extract.RefusedDamaged},
		"no number":      {b, 1, 200, box(math.NaN(), 10, 50, 20), extract.RefusedDamaged},
		"endless":        {b, 1, 200, box(math.Inf(-1), 10, math.Inf(1), 10), extract.RefusedDamaged},
		"a page no size": {b, 1, 200, &Part{Box: extract.Box{1, 1, 2, 2}}, extract.RefusedDamaged},
	} {
		m, err := Render(test.b, test.page, test.dpi, test.part, Options{})
		var refusal *extract.Refusal
		if !errors.As(err, &refusal) || refusal.Code != test.code {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
		if m != nil {
			t.Errorf("%s: it is drawn all the same", name)
		}
	}
}
