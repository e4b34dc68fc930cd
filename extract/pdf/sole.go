package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"strconv"
	"strings"

	"github.com/ledongthuc/pdf"

	"nianbao/extract"
)

// sole is the image that makes up a page alone, as most scanners write it: placed
// by one matrix and drawn, on an upright page. It is taken from the file as it is,
// since PDFium takes a fifth of a second of the processor to start.
type sole struct {
	ref    string // the image, as "12 0 R"
	matrix [6]float64
	width  float64 // of the page
	height float64
}

// soleOf is nil for a page of any other content. Where its image is hidden or lets
// something through, canvas.picture or the picture itself tells.
func (d *document) soleOf(p node, content []byte, res *resources) *sole {
	name, m := onlyImage(content)
	box := d.rect(p.media)
	if name == "" || p.rotate != 0 || p.unit != 1 || box.x0 != 0 || box.y0 != 0 || !p.crop.IsNull() && d.rect(p.crop) != box {
		return nil
	}
	v := d.key(res.xobjects, name)
	filter := d.key(v, "Filter")
	if filter.Len() == 1 {
		filter = d.index(filter, 0)
	}
	w, h := d.key(v, "Width").Int64(), d.key(v, "Height").Int64()
	if v.Kind() != pdf.Stream || d.key(v, "Subtype").Name() != "Image" || filter.Name() != "DCTDecode" ||
		w <= 0 || h <= 0 || w > maxPixels || h > maxPixels || w*h > maxPixels {
		return nil
	}
	return &sole{res.xobjectRefs[name], m, box.x1, box.y1}
}

// onlyImage is the name and the place of the image that content draws and nothing
// else, or "".
func onlyImage(content []byte) (name string, m [6]float64) {
	l := &lexer{b: content}
	var args []token
	placed := false
	for {
		t := l.next()
		if t.kind != tokOp && t.kind != tokEOF {
			if args = append(args, t); len(args) > 6 {
				return "", m
			}
			continue
		}
		ok := false
		switch op := string(t.b); {
		case t.kind == tokEOF:
			if len(args) > 0 {
				return "", m
			}
			return name, m
		case op == "q":
			ok = len(args) == 0
		case op == "Q":
			ok = len(args) == 0 && name != ""
		case op == "cm":
			v, numbers := n(args, 6)
			ok = numbers && len(args) == 6 && !placed && matrix(v).sane()
			m, placed = v, true
		case op == "Do":
			ok = placed && len(args) == 1 && name == ""
			name = lastName(args)
			ok = ok && name != ""
		}
		if !ok {
			return "", m
		}
		args = args[:0]
		l.reset()
	}
}

// sole is the picture of page i where that is the sole image of it, a JPEG.
func (r *reading) sole(i int) (extract.Picture, bool) {
	s := r.pages[i].sole
	if s == nil || r.readers[i] != ReaderOwn || len(r.damage.notes) > 0 || r.pages[i].picture < 0.5 {
		return extract.Picture{}, false
	}
	img := fromJPEG(r.file.data(s.ref))
	if img == nil || dark(img) {
		return extract.Picture{}, false
	}
	// PDFium counts in float32, and in whole thousandths of a point on the page.
	w, h := float32(s.width), float32(s.height)
	wide, high := float32(int(float64(w)*fine)), float32(int(float64(h)*fine))
	at := func(v float32) float64 { return math.Round(float64(v)) / fine }
	right, foot := wide/w*1000, -high/h*1000
	base := matrix{at(right) / 1000, 0, 0, (at(foot+high) - at(high)) / 1000, 0, at(high)}
	var m matrix
	for k, v := range s.matrix {
		m[k] = float64(float32(v))
	}
	m = m.mul(base)
	page := rect{0, 0, float64(w), float64(h)}
	if b := (rect{0, 0, 1, 1}).bounds(m).intersect(page); b.empty() || b.w()*b.h()/(page.w()*page.h()) < 0.5 {
		return extract.Picture{}, false
	}
	return picture(i, img, m, page), true
}

// data is a stream as it stands in a file that is not encrypted, nil where there is
// none.
func (f *file) data(ref string) []byte {
	number, _, _ := strings.Cut(ref, " ")
	num, err := strconv.Atoi(number)
	if e, ok := f.table[num]; err == nil && ok && e.stream == 0 && f.trailer.get("Encrypt").kind == 0 {
		if k, ok := f.at[e.pos]; ok && f.defs[k].isStream {
			return f.defs[k].data
		}
	}
	return nil
}

// fromJPEG decodes a JPEG, grey or coloured; nil is none.
func fromJPEG(b []byte) image.Image {
	conf, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil || conf.ColorModel == color.CMYKModel || conf.Width*conf.Height > maxPixels {
		return nil
	}
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	return img
}
