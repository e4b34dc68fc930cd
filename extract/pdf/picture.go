package pdf

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	imagedraw "image/draw"
	"math"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"nianbao/extract"
)

const (
	minPicture = 0.06 // of a page; a smaller image is a seal, a logo or an icon
	minDPI     = 150  // of a page that is drawn for OCR
	usualDPI   = 200
	maxDPI     = 300
)

// shownImage is an image on a page: the object and where its unit square goes.
type shownImage struct {
	object references.FPDF_PAGEOBJECT
	matrix matrix
	share  float64 // of the page that it covers
}

// pictures are the images on page i, counted from 0, that may show a table. With
// whole, it is the page that is wanted: as the one image that makes it up, at
// the image's own resolution, or else drawn as a viewer draws it.
func (f *pdfiumFile) pictures(i int, whole bool) (out []extract.Picture, err error) {
	defer func() { // a crash within the sandbox
		if x := recover(); x != nil {
			out, err = nil, fmt.Errorf("PDFium: page %d: %s", i+1, cause(x))
		}
	}()
	p, done, err := f.load(i)
	if err != nil {
		return nil, err
	}
	defer done()
	images, others := p.images()
	if p.err != nil {
		return nil, fmt.Errorf("PDFium: page %d: %w", i+1, p.err)
	}
	if n := p.pixels(images); n > maxDrawn {
		return nil, fmt.Errorf("the images of page %d have %d million pixels in all; up to %d million are read", i+1, n/1_000_000, maxDrawn/1_000_000)
	}
	if whole {
		if len(images) == 1 && others == 0 && images[0].share >= 0.5 {
			if img, err := p.bitmap(images[0].object); err == nil && !dark(img) {
				return []extract.Picture{picture(i, img, images[0].matrix, p.canvas.ruler.page)}, nil
			}
		}
		pic, err := p.render(i, images)
		return []extract.Picture{pic}, err
	}
	for _, s := range images {
		if s.share < minPicture {
			continue
		}
		img, err := p.bitmap(s.object)
		if err != nil {
			return nil, fmt.Errorf("PDFium: picture on page %d: %w", i+1, err)
		}
		if dark(img) {
			continue
		}
		pic := picture(i, img, s.matrix, p.canvas.ruler.page)
		pic.Part = true
		out = append(out, pic)
	}
	return out, nil
}

// pixels counts those of all images, each as often as it is drawn.
func (p *pdfiumPage) pixels(images []shownImage) (n uint64) {
	for _, s := range images {
		size, err := p.FPDFImageObj_GetImagePixelSize(&requests.FPDFImageObj_GetImagePixelSize{ImageObject: s.object})
		if err == nil {
			n += uint64(size.Width) * uint64(size.Height)
		}
	}
	return n
}

// picture says where the pixels of an image lie on page i.
func picture(i int, img image.Image, m matrix, page rect) extract.Picture {
	b := img.Bounds()
	pixels := matrix{1 / float64(b.Dx()), 0, 0, -1 / float64(b.Dy()), 0, 1}
	return extract.Picture{
		Image: img, Page: i + 1, Width: page.w(), Height: page.h(),
		Matrix: [6]float64(pixels.mul(m)),
	}
}

// images lists the images of a page, and counts what else is drawn on it in
// sight; hidden text does not count.
func (p *pdfiumPage) images() (found []shownImage, others int) {
	var walk func(o references.FPDF_PAGEOBJECT, m matrix, depth int)
	walk = func(o references.FPDF_PAGEOBJECT, m matrix, depth int) {
		kind, err := p.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o})
		if p.fail(err) {
			return
		}
		switch kind.Type {
		case enums.FPDF_PAGEOBJ_IMAGE:
			own := p.matrix(o).mul(m)
			if b := (rect{0, 0, 1, 1}).bounds(own).intersect(p.canvas.ruler.page); !b.empty() {
				found = append(found, shownImage{o, own, b.w() * b.h() / (p.canvas.width * p.canvas.height)})
			}
		case enums.FPDF_PAGEOBJ_FORM:
			n, err := p.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: o})
			if depth >= maxForms || p.fail(err) {
				return
			}
			m = p.matrix(o).mul(m)
			for i := 0; i < n.Count && p.err == nil; i++ {
				if c, err := p.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: o, Index: uint64(i)}); err == nil {
					walk(c.PageObject, m, depth+1)
				}
			}
		case enums.FPDF_PAGEOBJ_TEXT:
			r, err := p.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: o})
			if err != nil || r.TextRenderMode != enums.FPDF_TEXTRENDERMODE_INVISIBLE {
				others++
			}
		default:
			others++
		}
	}
	n, err := p.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: p.page})
	if p.fail(err) {
		return nil, 0
	}
	for i := 0; i < n.Count && i < maxRules && p.err == nil; i++ {
		o, err := p.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: p.page, Index: i})
		if p.fail(err) {
			break
		}
		walk(o.PageObject, p.base, 0)
	}
	return found, others
}

// bitmap is the image of an object at its own resolution. JPEG is decoded here,
// at a third of what the sandbox takes for it.
func (p *pdfiumPage) bitmap(o references.FPDF_PAGEOBJECT) (image.Image, error) {
	size, err := p.FPDFImageObj_GetImagePixelSize(&requests.FPDFImageObj_GetImagePixelSize{ImageObject: o})
	if err != nil {
		return nil, err
	}
	if size.Width == 0 || size.Height == 0 || uint64(size.Width)*uint64(size.Height) > maxPixels {
		return nil, fmt.Errorf("an image of %d × %d pixels is not read", size.Width, size.Height)
	}
	if img := p.jpeg(o); img != nil {
		return img, nil
	}
	r, err := p.FPDFImageObj_GetBitmap(&requests.FPDFImageObj_GetBitmap{ImageObject: o})
	if err != nil {
		return nil, err
	}
	bitmap := r.Bitmap
	defer p.FPDFBitmap_Destroy(&requests.FPDFBitmap_Destroy{Bitmap: bitmap})
	format, err := p.FPDFBitmap_GetFormat(&requests.FPDFBitmap_GetFormat{Bitmap: bitmap})
	if err != nil {
		return nil, err
	}
	stride, err := p.FPDFBitmap_GetStride(&requests.FPDFBitmap_GetStride{Bitmap: bitmap})
	if err != nil {
		return nil, err
	}
	data, err := p.FPDFBitmap_GetBuffer(&requests.FPDFBitmap_GetBuffer{Bitmap: bitmap})
	if err != nil {
		return nil, err
	}
	return fromBitmap(data.Buffer, int(size.Width), int(size.Height), stride.Stride, format.Format)
}

// jpeg is the image of an object that is a plain JPEG, grey or coloured, or nil.
func (p *pdfiumPage) jpeg(o references.FPDF_PAGEOBJECT) image.Image {
	n, err := p.FPDFImageObj_GetImageFilterCount(&requests.FPDFImageObj_GetImageFilterCount{ImageObject: o})
	if err != nil || n.Count != 1 {
		return nil
	}
	f, err := p.FPDFImageObj_GetImageFilter(&requests.FPDFImageObj_GetImageFilter{ImageObject: o})
	if err != nil || f.ImageFilter != "DCTDecode" {
		return nil
	}
	raw, err := p.FPDFImageObj_GetImageDataRaw(&requests.FPDFImageObj_GetImageDataRaw{ImageObject: o})
	if err != nil {
		return nil
	}
	return fromJPEG(raw.Data)
}

// fromBitmap copies PDFium's pixels, since they are gone once it frees them.
func fromBitmap(b []byte, w, h, stride int, format enums.FPDF_BITMAP_FORMAT) (image.Image, error) {
	size := map[enums.FPDF_BITMAP_FORMAT]int{
		enums.FPDF_BITMAP_FORMAT_GRAY: 1, enums.FPDF_BITMAP_FORMAT_BGR: 3,
		enums.FPDF_BITMAP_FORMAT_BGRX: 4, enums.FPDF_BITMAP_FORMAT_BGRA: 4,
	}[format]
	if size == 0 || stride < w*size || len(b) < (h-1)*stride+w*size {
		return nil, errors.New("PDFium gave an image of unknown layout")
	}
	if size == 1 {
		img := image.NewGray(image.Rect(0, 0, w, h))
		for y := range h {
			copy(img.Pix[y*img.Stride:y*img.Stride+w], b[y*stride:])
		}
		return img, nil
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		from, to := b[y*stride:], img.Pix[y*img.Stride:]
		for x := range w {
			s, d := from[x*size:], to[x*4:]
			d[0], d[1], d[2], d[3] = s[2], s[1], s[0], 0xFF
		}
	}
	return img, nil
}

// render draws page i, at the resolution of its images as far as that is sane.
func (p *pdfiumPage) render(i int, images []shownImage) (extract.Picture, error) {
	dpi := float64(usualDPI)
	for _, s := range images {
		size, err := p.FPDFImageObj_GetImagePixelSize(&requests.FPDFImageObj_GetImagePixelSize{ImageObject: s.object})
		if err == nil && s.share >= minPicture {
			dpi = max(dpi, 72*float64(size.Width)/max(1, math.Hypot(s.matrix[0], s.matrix[1])))
		}
	}
	dpi = float64(int(max(minDPI, min(maxDPI, dpi))))
	if px := p.canvas.width * p.canvas.height * dpi * dpi / (72 * 72); px > maxPixels {
		return extract.Picture{}, fmt.Errorf("PDFium: page %d of %.0f × %.0f points is too large to be drawn", i+1, p.canvas.width, p.canvas.height)
	}
	r, err := p.RenderPageInDPI(&requests.RenderPageInDPI{Page: p.page, DPI: int(dpi)})
	if err != nil {
		return extract.Picture{}, fmt.Errorf("PDFium: draw page %d: %w", i+1, err)
	}
	defer r.Cleanup()
	from := r.Result.RenderedImage
	if from == nil {
		return extract.Picture{}, fmt.Errorf("PDFium: draw page %d: no image came of it", i+1)
	}
	img := image.NewRGBA(from.Bounds())
	imagedraw.Draw(img, img.Bounds(), from, from.Bounds().Min, imagedraw.Src)
	b := img.Bounds()
	sx, sy := p.canvas.width/float64(b.Dx()), p.canvas.height/float64(b.Dy())
	return extract.Picture{
		Image: img, Page: i + 1, Width: p.canvas.width, Height: p.canvas.height,
		Matrix: [6]float64{sx, 0, 0, sy, 0, 0},
	}, nil
}

// dark: is an image mostly black, as no page is? Then it is a mask, or drawn
// inverted, and shows something else than its pixels say.
func dark(img image.Image) bool {
	b := img.Bounds()
	n, sum := 0, 0
	for y := b.Min.Y; y < b.Max.Y; y += max(1, b.Dy()/64) {
		for x := b.Min.X; x < b.Max.X; x += max(1, b.Dx()/64) {
			sum += int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
			n++
		}
	}
	return n > 0 && sum/n < 100
}
