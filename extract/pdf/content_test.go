package pdf

import (
	"fmt"
	"strings"
	"testing"

	"nianbao/extract/grid"
)

// draw interprets the only page of b.
func draw(t *testing.T, b []byte) *canvas {
	t.Helper()
	r := &reading{b: b}
	if err := r.own(); err != nil {
		t.Fatal(err)
	}
	if len(r.damage.notes) > 0 {
		t.Error(r.damage.String())
	}
	return r.pages[0]
}

// spots writes glyphs as text@x,y where y is the baseline, from the top.
func spots(glyphs []grid.Glyph) string {
	var s []string
	for _, g := range glyphs {
		s = append(s, fmt.Sprintf("%s@%.4g,%.4g", g.Text, g.Box[0], g.Box[3]-descent*(g.Box[3]-g.Box[1])))
	}
	return strings.Join(s, " ")
}

const courier = "/Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Courier>>>>" // every glyph .6 em

// The page is 600 × 800 points; text starts at 100, 700, which is 100 from the
// top.
func TestTextOperators(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"BT /F 10 Tf 100 700 Td (ab) Tj ET", "a@100,100 b@106,100"},
		{"BT /F 10 Tf 1 0 0 1 100 700 Tm <6162> Tj ET", "a@100,100 b@106,100"},
		{"BT /F 10 Tf 100 700 Td 2 Tc (ab) Tj ET", "a@100,100 b@108,100"},
		{"BT /F 10 Tf 100 700 Td 5 Tw (a b) Tj ET", "a@100,100 b@117,100"},
		{"BT /F 10 Tf 100 700 Td 50 Tz (ab) Tj ET", "a@100,100 b@103,100"},
		{"BT /F 10 Tf 100 700 Td 4 Ts (a) Tj 0 Ts (b) Tj ET", "a@100,96 b@106,100"},
		{"BT /F 10 Tf 100 700 Td 12 TL (a) Tj T* (b) Tj (c) ' ET", "a@100,100 b@100,112 c@100,124"},
		{"BT /F 10 Tf 100 700 Td 12 TL 1 2 (a b) \" ET", "a@100,112 b@117,112"},
		{"BT /F 10 Tf 100 700 Td (a) Tj 5 -20 TD (b) Tj T* (c) Tj ET", "a@100,100 b@105,120 c@105,140"},
		{"BT /F 10 Tf 100 700 Td [(a) -500 (b) 1000 (c)] TJ ET", "a@100,100 b@111,100 c@107,100"},
		{"2 0 0 2 0 0 cm BT /F 5 Tf 50 350 Td (ab) Tj ET", "a@100,100 b@106,100"},
		{"q 1 0 0 1 9 9 cm Q Q Q BT /F 10 Tf 100 700 Td (a) Tj ET", "a@100,100"},
		{"BT /F 10 Tf 1 0 0 -1 100 700 Tm (a) Tj ET", "a@100,107"},
		{"BT /F 10 Tf 100 700 Td (a\\(\\)\\\n\\142) Tj ET", "a@100,100 (@106,100 )@112,100 b@118,100"},
		{"BT /F 10 Tf 100 700 Td 3 Tr (hidden) Tj 0 Tr (b) Tj ET", "b@136,100"},
		{"BT /F 10 Tf 100 700 Td (a) Tj ET BT /F 10 Tf 100.3 700 Td (a) Tj ET", "a@100,100"},
		{"BI /W 1 /H 1 /BPC 8 /CS /G ID \x00EI \xffEI EI BT /F 10 Tf 100 700 Td (a) Tj ET", "a@100,100"},
		{"q 0 0 600 650 re W n BT /F 10 Tf 100 700 Td (cut) Tj 0 -100 Td (seen) Tj ET Q", "s@100,200 e@106,200 e@112,200 n@118,200"},
	} {
		if got := spots(draw(t, page(stream("", c.content), courier)).glyphs); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.content, got, c.want)
		}
	}
}

func TestFonts(t *testing.T) {
	toUnicode := stream("", "1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <01> <6C11> endbfchar 1 beginbfrange <02> <04> <0031> endbfrange")
	wide := stream("", "1 beginbfrange <0000> <0002> [<4E00> <4E8C> <0035>] endbfrange")
	for name, c := range map[string]struct{ font, show, want string }{
		"text map before encoding": {"<</Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding /ToUnicode 6 0 R /FirstChar 1 /LastChar 4 /Widths [1000 500 500 500]>>",
			"<010204>", "民@100,100 1@110,100 3@115,100"},
		"named glyphs": {"<</Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding <</Differences [65 /one /two.tnum /uni4E2D /u56FD]>>>>",
			"(AB)", "1@100,100 2@105,100"},
		"type 3 of another scale": {"<</Type /Font /Subtype /Type3 /FontMatrix [0.01 0 0 0.01 0 0] /FontBBox [0 0 100 100] /CharProcs <<>> /Encoding <</Differences [1 /a /b]>> /ToUnicode 6 0 R /FirstChar 1 /LastChar 2 /Widths [100 50]>>",
			"<0102>", "民@100,100 1@110,100"},
		"radicals are folded": {"<</Type /Font /Subtype /Type0 /Encoding /UniGB-UCS2-H /DescendantFonts [<</Type /Font /Subtype /CIDFontType0 /W [1 95 500]>>]>>",
			"<2F002FA0>", "一@100,100 辰@110,100"},
		"GBK by bytes": {"<</Type /Font /Subtype /Type0 /Encoding /GBK-EUC-H /DescendantFonts [<</Type /Font /Subtype /CIDFontType0 /W [814 907 500]>>]>>",
			"<D5FE3132B8AE>", "政@100,100 1@110,100 2@115,100 府@120,100"},
		"GB18030 of four bytes": {"<</Type /Font /Subtype /Type0 /Encoding /GBK2K-H /DescendantFonts [<</Type /Font /Subtype /CIDFontType0>>]>>",
			"<8139EE39D5FE>", "㐀@100,100 政@110,100"},
		"surrogates": {"<</Type /Font /Subtype /Type0 /Encoding /UniGB-UTF16-H /DescendantFonts [<</Type /Font /Subtype /CIDFontType0>>]>>",
			"<D840DC00653F>", "𠀀@100,100 政@110,100"},
		"identity with widths": {"<</Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 7 0 R /DescendantFonts [<</Type /Font /Subtype /CIDFontType2 /DW 1000 /W [2 [500]]>>]>>",
			"<000200000001>", "5@100,100 一@105,100 二@115,100"},
	} {
		t.Run(name, func(t *testing.T) {
			b := page(stream("", "BT /F 10 Tf 100 700 Td "+c.show+" Tj ET"), "/Font <</F 5 0 R>> /X 6 0 R /Y 7 0 R", c.font, toUnicode, wide)
			if got := spots(draw(t, b).glyphs); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestVertical(t *testing.T) {
	b := page(stream("", "BT /F 10 Tf 100 700 Td <653F5E9C> Tj ET"), "/Font <</F <</Type /Font /Subtype /Type0 /Encoding /UniGB-UCS2-V /DescendantFonts [<</Type /Font /Subtype /CIDFontType0>>]>>>>")
	g := draw(t, b).glyphs
	if len(g) != 2 || !g[0].Vert || fmt.Sprint(g[0].Box, g[1].Box) != "[95 100 105 110] [95 110 105 120]" {
		t.Errorf("%+v", g)
	}
}

func TestUnreadable(t *testing.T) {
	for name, font := range map[string]string{
		"identity without map": "<</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<</Type /Font /Subtype /CIDFontType2>>]>>",
		"unknown CMap":         "<</Type /Font /Subtype /Type0 /Encoding /KSCms-UHC-H /DescendantFonts [<</Type /Font /Subtype /CIDFontType2>>]>>",
	} {
		c := draw(t, page(stream("", "BT /F 10 Tf 100 700 Td <00210022> Tj ET"), "/Font <</F "+font+">>"))
		if c.measured.fault() == "" {
			t.Errorf("%s: %s passes the gate", name, spots(c.glyphs))
		}
	}
}

// Drawings within the page, layers that are switched off, and page boxes.
func TestPages(t *testing.T) {
	hello := "BT /F 10 Tf 100 700 Td (a) Tj ET"
	form := stream("/Subtype /Form /BBox [0 0 600 800] /Matrix [1 0 0 1 10 0]", hello)
	off := "<</Type /Catalog /Pages 2 0 R /OCProperties <</OCGs [5 0 R] /D <</OFF [5 0 R]>>>>>>"
	pages := "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 600 800] %s>>"
	leaf := "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <<" + courier + "%s>> %s>>"
	catalog := "<</Type /Catalog /Pages 2 0 R>>"
	group := "<</Type /OCG /Name (watermark)>>"
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"form":             {page(stream("", "/X Do "+hello), courier+"/XObject <</X 5 0 R>>", form), "a@110,100 a@100,100"},
		"layer off":        {raw(off, fmt.Sprintf(pages, ""), fmt.Sprintf(leaf, "/Properties <</L 5 0 R>>", ""), stream("", "/OC /L BDC BT /F 9 Tf (x) Tj ET EMC "+hello), group), "a@100,100"},
		"form of that":     {raw(off, fmt.Sprintf(pages, ""), fmt.Sprintf(leaf, "/XObject <</X 6 0 R>>", ""), stream("", "/X Do "+hello), group, stream("/Subtype /Form /OC 5 0 R /BBox [0 0 600 800]", hello)), "a@100,100"},
		"inherited turn":   {raw(catalog, fmt.Sprintf(pages, "/Rotate 90"), fmt.Sprintf(leaf, "", ""), stream("", hello)), "a@698.5,105.1"},
		"crop box":         {raw(catalog, fmt.Sprintf(pages, "/CropBox [50 0 600 750]"), fmt.Sprintf(leaf, "", ""), stream("", hello)), "a@50,50"},
		"user unit":        {raw(catalog, fmt.Sprintf(pages, ""), fmt.Sprintf(leaf, "", "/UserUnit 2"), stream("", hello)), "a@200,200"},
		"several contents": {raw(catalog, fmt.Sprintf(pages, ""), strings.Replace(fmt.Sprintf(leaf, "", ""), "4 0 R", "[4 0 R 5 0 R]", 1), stream("", "BT /F 10 Tf 100 700 Td"), stream("", "(a) Tj ET")), "a@100,100"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := spots(draw(t, c.b).glyphs); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestRules(t *testing.T) {
	for content, want := range map[string]string{
		"100 700 m 200 700 l S":                                       "100,100-200,100 1",
		"2 w 100 700 m 100 600 l 200 600 l S":                         "100,100-100,200 2; 100,200-200,200 2",
		"100 700 m 200 700 l n":                                       "",
		"100 700 100 0.5 re f":                                        "100,99.75-200,99.75 0.5",
		"100 600 20 100 re f":                                         "weak 100,200-120,200; weak 120,100-120,200; weak 100,100-120,100; weak 100,100-100,200",
		"100 600 20 100 re S":                                         "100,200-120,200 1; 120,100-120,200 1; 100,100-120,100 1; 100,100-100,200 1",
		"100 700 1 1 re f":                                            "100,99.5-101,99.5 1; 100.5,99-100.5,100 1",
		"100 700 m 100 701 101 701 101 700 c f":                       "100,99.5-101,99.5 1; 100.5,99-100.5,100 1",
		"0 0 600 800 re f 0 0 600 800 re S":                           "",
		"100 700 m 200 760 l S":                                       "",
		"q 100 0 0 1 100 700 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q": "100,99.5-200,99.5 1",
		"0 0 150 800 re W n 100 700 m 200 700 l S":                    "100,100-151,100 1",
		"100 700 m 200 700 l 200 699 l 100 699 l f":                   "100,100.5-200,100.5 1",
	} {
		var s []string
		for _, r := range draw(t, page(stream("", content), "")).ruler.rules {
			w := fmt.Sprintf("%.5g,%.5g-%.5g,%.5g", r.X0, r.Y0, r.X1, r.Y1)
			if r.Weak {
				w = "weak " + w
			} else {
				w += fmt.Sprintf(" %.3g", r.Width)
			}
			s = append(s, w)
		}
		if got := strings.Join(s, "; "); got != want {
			t.Errorf("%s\n got %s\nwant %s", content, got, want)
		}
	}
}
