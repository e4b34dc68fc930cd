package pdf

import (
	"errors"
	"fmt"
	"image"
	compose "image/draw"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/requests"

	"nianbao/extract"
)

// Bounds of a picture of a page, in pixels: A4 at 300 dpi has 2480 by 3508.
const (
	maxPixels = 40_000_000  // of the picture
	maxDrawn  = 200_000_000 // of all the images on a page
	maxSide   = 1 << 28     // of the whole page, of which the picture may be a part
)

// Part is a box on a page that is Width by Height points large, which is how a
// Document counts. A viewer may count in other units.
type Part struct {
	Width, Height float64
	Box           extract.Box
}

// Render draws page, counted from 1, as a viewer shows it on white paper; all of
// it, or what lies on it of a part. What gives no picture is an *extract.Refusal.
func Render(b []byte, page int, dpi int, part *Part, opt Options) (*image.RGBA, error) {
	f, err := openPDFium(b, opt)
	switch {
	case errors.Is(err, errPassword):
		return nil, &extract.Refusal{Code: extract.RefusedEncrypted, Detail: "the PDF is encrypted and needs a password"}
	case err != nil:
		return nil, &extract.Refusal{Code: extract.RefusedDamaged, Detail: fmt.Sprintf("the PDF can't be opened: %v", err)}
	}
	defer f.Close()
	m, err := f.render(page-1, dpi, part)
	if err != nil {
		return nil, &extract.Refusal{Code: extract.RefusedDamaged, Detail: fmt.Sprintf("page %d can't be drawn: %v", page, err)}
	}
	return m, nil
}

// render draws page i, counted from 0.
func (f *pdfiumFile) render(i int, dpi int, part *Part) (m *image.RGBA, err error) {
	defer func() { // a crash within the sandbox
		if x := recover(); x != nil {
			m, err = nil, fmt.Errorf("PDFium: %s", cause(x))
		}
	}()
	if i < 0 || i >= f.count {
		return nil, fmt.Errorf("the PDF has %d pages", f.count)
	}
	if dpi < 1 || dpi > 1200 {
		return nil, fmt.Errorf("%d dpi are out of range", dpi)
	}
	loaded, err := f.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: f.doc, Index: i})
	if err != nil {
		return nil, fmt.Errorf("PDFium: %w", err)
	}
	defer f.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
	page := requests.Page{ByReference: &loaded.Page}
	w, err := f.FPDF_GetPageWidthF(&requests.FPDF_GetPageWidthF{Page: page})
	if err != nil {
		return nil, fmt.Errorf("PDFium: %w", err)
	}
	h, err := f.FPDF_GetPageHeightF(&requests.FPDF_GetPageHeightF{Page: page})
	if err != nil {
		return nil, fmt.Errorf("PDFium: %w", err)
	}
	width, height := float64(w.PageWidth), float64(h.PageHeight)

	crop := rect{0, 0, width, height}
	if part != nil {
		if !(part.Width > 0 && part.Height > 0) {
			return nil, errors.New("the part is of a page without a size")
		}
		sx, sy := width/part.Width, height/part.Height
		crop = crop.intersect(rect{part.Box[0] * sx, part.Box[1] * sy, part.Box[2] * sx, part.Box[3] * sy})
	}
	switch scale := float64(dpi) / 72; {
	case !(crop.w() > 0 && crop.h() > 0):
		return nil, errors.New("the place lies beyond the page")
	case crop.w()*crop.h()*scale*scale > maxPixels, max(width, height)*scale > maxSide:
		return nil, fmt.Errorf("%.0f by %.0f points give too large a picture", crop.w(), crop.h())
	}
	r, err := f.RenderPageInDPI(&requests.RenderPageInDPI{
		Page: page, DPI: dpi, RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT,
		Crop: &requests.RenderPageCrop{X: crop.x0, Y: crop.y0, Width: crop.w(), Height: crop.h()},
	})
	if err != nil {
		return nil, fmt.Errorf("PDFium: %w", err)
	}
	defer r.Cleanup() // the pixels lie in PDFium's memory
	drawn := r.Result.RenderedImage
	m = image.NewRGBA(image.Rect(0, 0, drawn.Bounds().Dx(), drawn.Bounds().Dy()))
	compose.Draw(m, m.Rect, image.White, image.Point{}, compose.Src)
	compose.Draw(m, m.Rect, drawn, drawn.Bounds().Min, compose.Over)
	return m, nil
}
