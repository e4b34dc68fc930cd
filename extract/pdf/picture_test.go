package pdf

import (
	"errors"
	"image"
	"math"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/grid"
	"nianbao/fixtures"
	"nianbao/fixtures/scan"
)

// recogniser keeps what it is given and answers with one line of text.
type recogniser struct {
	pictures []extract.Picture
	fail     map[int]error // by page
}

func (r *recogniser) Recognise(p extract.Picture) (grid.Page, error) {
	r.pictures = append(r.pictures, p)
	if err := r.fail[p.Page]; err != nil {
		return grid.Page{}, err
	}
	page := grid.Page{Number: p.Page, Width: p.Width, Height: p.Height, Reader: "ocr", Recognised: true}
	for i, c := range []rune("政府信息公开工作年度报告本机关依申请公开信息共计一百二十三件政府信息公开工作年度报告本机关依申请公开信息共计") {
		x := 60 + 8*float64(i)
		page.Glyphs = append(page.Glyphs, grid.Glyph{Text: string(c), Box: extract.Box{x, 100, x + 8, 108}, Size: 8})
	}
	return page, nil
}

func scanned(t *testing.T, seed uint64, condition string, f scan.Format) []byte {
	t.Helper()
	c, ok := scan.Lookup(condition)
	if !ok {
		t.Fatalf("no condition %q", condition)
	}
	s, err := scan.Make(fixtures.Generate(seed, fixtures.Options{}), c, 150, seed)
	if err != nil {
		t.Fatal(err)
	}
	files, err := s.Write(f)
	if err != nil {
		t.Fatal(err)
	}
	return files[0]
}

// A scanned page reaches the recogniser as its one image, pixel by pixel, and
// the image's corners are those of the page; a hidden text layer changes nothing.
func TestScans(t *testing.T) {
	for _, f := range []scan.Format{scan.PDF, scan.PDFFlate, scan.PDFText} {
		for _, condition := range []string{"clean", "bitonal"} {
			b := scanned(t, 3, condition, f)
			r := &recogniser{}
			told := 0
			doc, err := Read(b, Options{OCR: r, Progress: func(int, int) { told++ }})
			if err != nil {
				t.Fatalf("%s %s: %v", f, condition, err)
			}
			if len(doc.Pages) < 2 || len(r.pictures) != len(doc.Pages) || told != len(doc.Pages) {
				t.Fatalf("%s %s: %d pages, %d recognised, %d told", f, condition, len(doc.Pages), len(r.pictures), told)
			}
			for i, p := range r.pictures {
				size := p.Image.Bounds()
				if got := float64(size.Dx()) / doc.Pages[i].Width * 72; p.Part || math.Abs(got-150) > 1 {
					t.Errorf("%s %s: page %d comes at %.1f dpi", f, condition, i+1, got)
				}
				for _, at := range []image.Point{{}, {X: size.Dx(), Y: size.Dy()}} {
					m := p.Matrix
					x := m[0]*float64(at.X) + m[2]*float64(at.Y) + m[4]
					y := m[1]*float64(at.X) + m[3]*float64(at.Y) + m[5]
					if math.Abs(x-float64(at.X)*72/150) > 1 || math.Abs(y-float64(at.Y)*72/150) > 1 {
						t.Errorf("%s %s: pixel %v lies at %.1f, %.1f points", f, condition, at, x, y)
					}
				}
			}
			for _, l := range doc.Lines {
				if !strings.HasPrefix(l.Text, "政府信息公开工作年度报告") {
					t.Errorf("%s %s: a line %q that the recogniser did not give", f, condition, l.Text)
				}
			}
		}
	}
}

// A page that can't be read costs that page.
func TestScanFails(t *testing.T) {
	b := scanned(t, 3, "clean", scan.PDF)
	doc, err := Read(b, Options{OCR: &recogniser{fail: map[int]error{2: errors.New("the engine crashed")}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Lines) == 0 || len(doc.Warnings) != 1 || doc.Warnings[0].Page != 2 || doc.Warnings[0].Code != WarnImage ||
		!strings.Contains(doc.Warnings[0].Message, "the engine crashed") {
		t.Errorf("lines %d, warnings %v", len(doc.Lines), doc.Warnings)
	}

	for _, opt := range []Options{{}, {OCR: &recogniser{fail: map[int]error{1: extract.ErrNoEngine, 2: extract.ErrNoEngine, 3: extract.ErrNoEngine, 4: extract.ErrNoEngine}}}} {
		_, err = Read(b, opt)
		var refusal *extract.Refusal
		if !errors.As(err, &refusal) || refusal.Code != extract.RefusedScan || !strings.Contains(refusal.Detail, "nianbao doctor") {
			t.Errorf("without an engine: %v", err)
		}
	}
}

// Pages of text and pages that are pictures make one document.
func TestMixed(t *testing.T) {
	for seed := uint64(1); seed < 12; seed++ {
		r := &recogniser{}
		doc, err := Read(scanned(t, seed, "clean", scan.Mixed), Options{OCR: r})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.pictures) == len(doc.Pages) {
			continue // every page shows a table
		}
		readers := map[string]int{}
		for _, p := range doc.Pages {
			readers[p.Reader]++
		}
		if len(r.pictures) == 0 || readers["ocr"] != len(r.pictures) || len(readers) != 2 || len(doc.Lines) < 3 {
			t.Errorf("seed %d: %d pictures, pages by %v, %d lines", seed, len(r.pictures), readers, len(doc.Lines))
		}
		return
	}
	t.Fatal("no report has a page without a table")
}
