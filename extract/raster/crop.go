package raster

import (
	"encoding/binary"
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
	r := s.size(box, dpi)
	w, h := r.Dx(), r.Dy()
	// Shrinking by more than a half would skip pixels: sample more and average.
	if n := int(math.Ceil(s.DPI/dpi/1.5 - 0.01)); n > 1 && w*h*n*n <= maxCrop {
		fine := image.NewGray(image.Rect(0, 0, w*n, h*n))
		s.sample(fine, box)
		return average(fine, n)
	}
	out := image.NewGray(r)
	s.sample(out, box)
	return out
}

// size is that of a crop, empty where there can't be any.
func (s *Sheet) size(box extract.Box, dpi float64) image.Rectangle {
	w, h := math.Round((box[2]-box[0])*dpi/72), math.Round((box[3]-box[1])*dpi/72)
	if !(w >= 1 && h >= 1 && w*h <= maxCrop) || s.gray.Rect.Empty() {
		return image.Rectangle{}
	}
	return image.Rect(0, 0, int(w), int(h))
}

// mesh is how many pixels of a crop lie between places that are mapped exactly.
const mesh = 16

// sample fills a picture from a box of the sheet. The map is smooth, so it is taken
// at the nodes of a mesh and in straight lines between them.
func (s *Sheet) sample(out *image.Gray, box extract.Box) {
	w, h := out.Rect.Dx(), out.Rect.Dy()
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
			at := func(i int) point { return point{mix(upper[i].x, lower[i].x, t), mix(upper[i].y, lower[i].y, t)} }
			row := out.Pix[y*out.Stride : y*out.Stride+w]
			a := at(0)
			for i := 0; i+1 < nx; i++ {
				b := at(i + 1)
				s.stretch(row[i*mesh:min(w, (i+1)*mesh)], a.x, a.y, (b.x-a.x)/mesh, (b.y-a.y)/mesh)
				a = b
			}
		}
		upper = lower
	}
}

func mix(a, b, t float64) float64 { return a + t*(b-a) }

// fixed is a number in 1/65536, rounded; what is beyond any page is cut off.
func fixed(v float64) int {
	switch {
	case v > 1e6:
		v = 1e6
	case !(v > -1e6):
		v = -1e6
	}
	v *= 1 << 16
	n := int(v)
	return n + int(2*(v-float64(n)))
}

// stretch samples pixels along a straight line of the picture, between four of them
// each time, by 1/256 of a pixel.
func (s *Sheet) stretch(out []uint8, x, y, dx, dy float64) {
	px, py, sx, sy := fixed(x-0.5), fixed(y-0.5), fixed(dx), fixed(dy)
	w, h := s.gray.Rect.Dx(), s.gray.Rect.Dy()
	pix, stride := s.gray.Pix, s.gray.Stride
	n := len(out)
	x0, y0 := px>>16, py>>16
	x1, y1 := (px+sx*(n-1))>>16, (py+sy*(n-1))>>16
	if n == mesh && y0 == y1 && x1-x0 == n-1 && x0 >= 0 && x1 < w-1 && y0 >= 0 && y0 < h-1 {
		// Mostly it stays between two rows and goes on by a pixel each time.
		up, lo := (*[mesh + 1]uint8)(pix[y0*stride+x0:]), (*[mesh + 1]uint8)(pix[(y0+1)*stride+x0:])
		if all := ones * uint64(up[0]); even(up, all) && even(lo, all) {
			binary.LittleEndian.PutUint64(out, all)
			binary.LittleEndian.PutUint64(out[mesh/2:], all)
		} else {
			slide((*[mesh]uint8)(out), up, lo, px&0xFFFF, py&0xFFFF, sx-1<<16, sy)
		}
		return
	}
	for i := range out { // what lies beyond the picture shows its nearest pixels
		x0, y0 := px>>16, py>>16
		x1, y1 := min(w-1, max(0, x0+1)), min(h-1, max(0, y0+1))
		x0, y0 = min(w-1, max(0, x0)), min(h-1, max(0, y0))
		a, b, c, d := int(pix[y0*stride+x0]), int(pix[y0*stride+x1]), int(pix[y1*stride+x0]), int(pix[y1*stride+x1])
		out[i] = blend(a, b, c, d, px>>8&255, py>>8&255)
		px, py = px+sx, py+sy
	}
}

// even tells whether pixels have the level of all bytes of a word, as paper often has.
func even(p *[mesh + 1]uint8, all uint64) bool {
	return binary.LittleEndian.Uint64(p[:]) == all && binary.LittleEndian.Uint64(p[mesh/2:]) == all && p[mesh] == uint8(all)
}

// slide samples between two rows, each time a pixel further on, at x and y of 65536
// parts of a pixel, which stay within it while they change by dx and dy. Numbers lie
// in pairs in the halves of a word: x and y, and what is of the upper and the lower row.
func slide(out *[mesh]uint8, up, lo *[mesh + 1]uint8, x, y, dx, dy int) {
	at, step := x|y<<32, dx+dy<<32
	left := uint64(up[0]) | uint64(lo[0])<<32
	for i := range out {
		right := uint64(up[i+1]) | uint64(lo[i+1])<<32
		both := left<<8 + (right-left)*uint64(uint8(at>>8))
		u, l := int(uint32(both)), int(both>>32)
		out[i] = uint8((u<<8 + (l-u)*int(uint8(at>>40)) + 1<<15) >> 16)
		left = right
		at += step
	}
}

// blend is the level between a and b above c and d, at x and y of 256 parts.
func blend(a, b, c, d, x, y int) uint8 {
	up, lo := a<<8+(b-a)*x, c<<8+(d-c)*x
	return uint8((up<<8 + (lo-up)*y + 1<<15) >> 16)
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
