package ocr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math"

	"nianbao/extract"
	"nianbao/extract/grid"
	"nianbao/extract/raster"
)

// ReadFile reads a file that is a picture, or several as TIFF may hold. Its
// pages are as large as the file's resolution says, or as paper where it says
// none. progress may be nil. What gives no Document is an *extract.Refusal.
func (r *Reader) ReadFile(b []byte, progress func(page, pages int)) (*extract.Document, error) {
	pictures, err := raster.Decode(b)
	if err != nil {
		return nil, err
	}
	doc := &extract.Document{MediaType: extract.Sniff(b)}
	var pages []grid.Page
	var failed error
	for i, pic := range pictures {
		if progress != nil {
			progress(i+1, len(pictures))
		}
		page, err := r.Recognise(whole(pic, i+1))
		switch {
		case errors.Is(err, extract.ErrNoEngine):
			return nil, &extract.Refusal{Code: extract.RefusedScan, Detail: "the file is a picture; reading it needs an OCR engine (nianbao doctor says what to install)"}
		case err != nil:
			failed = err
			doc.Warnings = append(doc.Warnings, extract.Warning{Code: extract.WarnImage, Page: i + 1, Message: fmt.Sprintf("the page could not be read: %v", err)})
			p := whole(pic, i+1)
			page = blank(p)
		}
		pages = append(pages, page)
		w, h := page.Size()
		doc.Pages = append(doc.Pages, extract.Page{Width: w, Height: h, Reader: page.Reader})
	}
	if len(doc.Warnings) == len(pictures) {
		return nil, &extract.Refusal{Code: extract.RefusedScan, Detail: fmt.Sprintf("the file is a picture and could not be read: %v", failed)}
	}
	doc.Lines, doc.Tables = grid.Build(pages)
	return doc, nil
}

// ReadPart reads a picture within a document without pages, such as a web page.
// The error is extract.ErrNoTable where it shows no table, and extract.ErrNoEngine where
// it does and nothing can read it. begin, which may be nil, is called before an
// engine begins to read.
func (r *Reader) ReadPart(b []byte, begin func()) ([]extract.Line, []extract.Table, error) {
	pictures, err := raster.Decode(b)
	if err != nil {
		return nil, nil, err
	}
	var pages []grid.Page
	for i, pic := range pictures {
		p := whole(pic, i+1)
		p.Part = true
		page, err := r.recognise(context.Background(), p, begin)
		if errors.Is(err, extract.ErrNoTable) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		pages = append(pages, page)
	}
	if len(pages) == 0 {
		return nil, nil, extract.ErrNoTable
	}
	lines, tables := grid.Build(pages)
	for i := range lines {
		lines[i].Page, lines[i].Box = 0, nil
	}
	for i := range tables {
		for j := range tables[i].Cells {
			c := &tables[i].Cells[j]
			c.Page, c.Box = 0, nil
		}
	}
	return lines, tables, nil
}

// whole is a picture that is a page.
func whole(p raster.Picture, number int) extract.Picture {
	b := p.Image.Bounds()
	unit := 72 / p.Resolution()
	return extract.Picture{
		Image: p.Image, Page: number, Width: float64(b.Dx()) * unit, Height: float64(b.Dy()) * unit,
		Matrix: [6]float64{unit, 0, 0, unit, 0, 0},
	}
}

// Draw is the part of a page of a picture file that lies in a box, in points, at
// its own resolution.
func Draw(b []byte, page int, box extract.Box) (image.Image, error) {
	pictures, err := raster.Decode(b)
	if err != nil {
		return nil, err
	}
	if page < 1 || page > len(pictures) {
		return nil, &extract.Refusal{Code: extract.RefusedDamaged, Detail: fmt.Sprintf("the file has %d pages, not %d", len(pictures), page)}
	}
	from := pictures[page-1].Image
	px := func(pt float64) int { return int(math.Round(pt * pictures[page-1].Resolution() / 72)) }
	at := image.Rect(px(box[0]), px(box[1]), px(box[2]), px(box[3])).Add(from.Bounds().Min).Intersect(from.Bounds())
	if at.Empty() {
		return nil, &extract.Refusal{Code: extract.RefusedDamaged, Detail: "the place lies beyond the picture"}
	}
	out := image.NewRGBA(image.Rectangle{Max: at.Size()})
	draw.Draw(out, out.Rect, from, at.Min, draw.Src)
	return out, nil
}
