package raster

import (
	"image"
	"math"

	"nianbao/extract"
)

// maxCrop bounds the pixels of a crop.
const maxCrop = maxPixels

// Crop is a box of the sheet, made straight, at dpi dots an inch; 0 means those
// of the picture. What lies beyond the picture shows its nearest pixels.
func (s *Sheet) Crop(box extract.Box, dpi float64) *image.Gray {
	if dpi <= 0 {
		dpi = s.DPI
	}
	w, h := math.Round((box[2]-box[0])*dpi/72), math.Round((box[3]-box[1])*dpi/72)
	if !(w >= 1 && h >= 1 && w*h <= maxCrop) || s.gray.Rect.Empty() {
		return image.NewGray(image.Rect(0, 0, 0, 0))
	}
	// Shrinking by more than a half would skip pixels: sample more and average.
	if n := int(math.Ceil(s.DPI/dpi/1.5 - 0.01)); n > 1 && w*h*float64(n*n) <= maxCrop {
		return average(s.sample(box, int(w)*n, int(h)*n), n)
	}
	return s.sample(box, int(w), int(h))
}

// mesh is how many pixels of a crop lie between places that are mapped exactly.
const mesh = 16

// sample fills w by h pixels from a box of the sheet. The map is smooth, so it is
// taken at the nodes of a mesh and in straight lines between them.
func (s *Sheet) sample(box extract.Box, w, h int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, w, h))
	nx := (w+mesh-1)/mesh + 1
	fx, fy := s.pixels(box[2]-box[0])/float64(w), s.pixels(box[3]-box[1])/float64(h)
	nodes := func(y int) []point {
		row := make([]point, nx)
		for i := range row {
			u := s.pixels(box[0]) + (float64(i*mesh)+0.5)*fx
			row[i].x, row[i].y = s.warp.picture(u, s.pixels(box[1])+(float64(y)+0.5)*fy)
		}
		return row
	}
	upper := nodes(0)
	for y0 := 0; y0 < h; y0 += mesh {
		lower := nodes(y0 + mesh)
		for y := y0; y < min(h, y0+mesh); y++ {
			t := float64(y-y0) / mesh
			row := out.Pix[y*out.Stride : y*out.Stride+w]
			for i := 0; i+1 < nx; i++ {
				ax, ay := mix(upper[i].x, lower[i].x, t), mix(upper[i].y, lower[i].y, t)
				bx, by := mix(upper[i+1].x, lower[i+1].x, t), mix(upper[i+1].y, lower[i+1].y, t)
				s.stretch(row[i*mesh:min(w, (i+1)*mesh)], ax, ay, (bx-ax)/mesh, (by-ay)/mesh)
			}
		}
		upper = lower
	}
	return out
}

func mix(a, b, t float64) float64 { return a + t*(b-a) }

// stretch samples pixels along a straight line of the picture.
func (s *Sheet) stretch(out []uint8, x, y, dx, dy float64) {
	const one = 1 << 16
	fix := func(v float64) int { return int(math.Round(max(-1e6, min(1e6, v)) * one)) }
	px, py, sx, sy := fix(x-0.5), fix(y-0.5), fix(dx), fix(dy)
	w, h := s.gray.Rect.Dx(), s.gray.Rect.Dy()
	pix, stride := s.gray.Pix, s.gray.Stride
	for i := range out {
		x0, y0 := px>>16, py>>16
		tx, ty := px>>8&255, py>>8&255
		px, py = px+sx, py+sy
		x1, y1 := min(w-1, max(0, x0+1)), min(h-1, max(0, y0+1))
		x0, y0 = min(w-1, max(0, x0)), min(h-1, max(0, y0))
		up := int(pix[y0*stride+x0])*(256-tx) + int(pix[y0*stride+x1])*tx
		lo := int(pix[y1*stride+x0])*(256-tx) + int(pix[y1*stride+x1])*tx
		out[i] = uint8((up*(256-ty) + lo*ty + 1<<15) >> 16)
	}
}

// average makes one pixel of n by n.
func average(g *image.Gray, n int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, g.Rect.Dx()/n, g.Rect.Dy()/n))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sum := 0
			for k := range n {
				for _, v := range g.Pix[(y*n+k)*g.Stride+x*n:][:n] {
					sum += int(v)
				}
			}
			out.Pix[y*out.Stride+x] = uint8((sum + n*n/2) / (n * n))
		}
	}
	return out
}
