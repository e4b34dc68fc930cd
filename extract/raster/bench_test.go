package raster

import (
	"image"
	"image/color"
	"testing"

	"nianbao/extract"
	"nianbao/fixtures/pdf"
)

// BenchmarkPage measures the way from pixels to rules for pages of A4 at 200
// dpi: text and a table, through JPEG in colour and in grey.
func BenchmarkPage(b *testing.B) {
	file, _ := makeReport(b, 1, "2019", pdf.Style{Font: pdf.Identity, Border: pdf.Long, Break: pdf.Between, Show: pdf.ByLine, Span: pdf.Centre, Size: 9})
	pages := render(b, file, 200)
	for _, bb := range []struct {
		name string
		page int
		grey bool
	}{{"text-colour", 0, false}, {"text-grey", 0, true}, {"table-grey", 1, true}} {
		page := lay(pages[bb.page], turnedBy(0.4))
		var img image.Image = page
		if bb.grey {
			img = lumas(page)
		}
		img = throughJPEG(img, 75)
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g, _ := Clean(img)
				Find(g, 200)
			}
		})
		g, _ := Clean(img)
		s := Find(g, 200)
		b.Run(bb.name+"/posture", func(b *testing.B) {
			for b.Loop() {
				s.Posture()
			}
		})
		b.Run(bb.name+"/text", func(b *testing.B) {
			for b.Loop() {
				s.Text()
			}
		})
	}
}

// BenchmarkStages measures what is done with every pixel of such a page, one by one.
func BenchmarkStages(b *testing.B) {
	file, _ := makeReport(b, 1, "2019", pdf.Style{Font: pdf.Identity, Border: pdf.Long, Break: pdf.Between, Show: pdf.ByLine, Span: pdf.Centre, Size: 9})
	g, _ := Clean(throughJPEG(lumas(lay(render(b, file, 200)[1], turnedBy(0.4))), 75))
	s := Find(g, 200)
	page := extract.Box{0, 0, s.Width, s.Height}
	for _, bb := range []struct {
		name string
		do   func()
	}{
		{"threshold", func() { threshold(g, 40) }},
		{"crop", func() { s.Crop(page, 0) }},
		{"mask", func() { s.mask(page, false) }},
		{"strewn", func() { strewn(g) }},
		{"find", func() { Find(g, 200) }},
		{"posture", func() { s.Posture() }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bb.do()
			}
		})
	}
}

// BenchmarkClean measures pages in colour with and without a red seal.
func BenchmarkClean(b *testing.B) {
	file, _ := makeReport(b, 1, "2019", pdf.Style{Font: pdf.Identity, Border: pdf.Long, Break: pdf.Between, Show: pdf.ByLine, Span: pdf.Centre, Size: 9})
	page := lay(render(b, file, 200)[1], turnedBy(0.4))
	plain := throughJPEG(page, 75)
	for _, bb := range []struct {
		name string
		img  image.Image
	}{{"plain", plain}, {"seal", stamp(color.RGBA{220, 30, 40, 255})(page, nil)}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Clean(bb.img)
			}
		})
	}
}
