package raster

import (
	"encoding/binary"
	"image"
)

// Depths are how far pixels lie below the paper around them, which is not white
// everywhere, as means of 3 by 3 pixels.

// paperLevels is how light the paper of a crop is, in rows of tiles.
type paperLevels struct {
	nx, ny int
	level  []int
}

// whitePaper is paper that has no print: pictures of seals alone are on such.
var whitePaper = paperLevels{1, 1, []int{levels - 1}}

// paper measures the paper of a crop.
func (s *Sheet) paper(g *image.Gray) paperLevels {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	side := max(16, int(s.DPI*tile))
	nx, ny := max(1, w/side), max(1, h/side)
	paper := make([]int, nx*ny)
	for j := range ny {
		for i := range nx {
			var hist histogram
			n := 0
			for y := j * h / ny; y < (j+1)*h/ny; y++ {
				row := g.Pix[y*g.Stride+i*w/nx : y*g.Stride+(i+1)*w/nx]
				hist.count(row)
				n += len(row)
			}
			// Most of what is no print is paper: three quarters up from the darkest.
			v, lighter := levels-1, 0
			for v > 0 && n-lighter-hist.at(v) >= n*3/4 {
				lighter += hist.at(v)
				v--
			}
			paper[j*nx+i] = v
		}
	}
	return paperLevels{nx, ny, paper}
}

// deepen makes of each pixel of a crop how far the mean of 3 by 3 pixels around it
// lies below the paper.
func deepen(g *image.Gray, paper paperLevels) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	nx, ny := paper.nx, paper.ny
	// What was there before in the row above and here, with a pixel more at the end.
	up, row := make([]uint8, w+1), make([]uint8, w+1)
	copy(row, g.Pix[:w])
	for y := range h {
		out := g.Pix[y*g.Stride:][:w]
		up, row = row, up
		copy(row, out)
		if y == 0 {
			copy(up, out)
		}
		lo := g.Pix[min(h-1, y+1)*g.Stride:][:w]
		up[w], row[w] = up[w-1], row[w-1]
		last := uint64(up[w]) + uint64(row[w]) + uint64(lo[w-1])
		light := paper.level[min(ny-1, y*ny/h)*nx:][:nx]
		// The sums of columns of three: here, and before, which is as here at the side.
		here := uint64(up[0]) + uint64(row[0]) + uint64(lo[0])
		before := here
		for i, x := 0, 0; i < nx; i++ {
			end := ((i+1)*w + nx - 1) / nx // of the tile
			part := out[x:min(end, w-1)]
			before, here = deeper(part, up[x+1:], row[x+1:], lo[x+1:], uint64(light[i]), before, here)
			x = end
		}
		out[w-1] = uint8(max(0, light[nx-1]-int((before+here+last)/9)))
	}
}

// deeper is deepen for a stretch of a row. The rows above, here and below begin with
// the pixel after the first one. It is given the sums of the two columns that come
// before, and returns those of the last two.
func deeper(out, up, row, lo []uint8, paper, before, here uint64) (uint64, uint64) {
	// Sums of eight columns, those of every other one in the quarters of a word.
	const bytes, quarters, top = 0x00FF00FF00FF00FF, 0x0001000100010001, 0x8000800080008000
	up, row, lo = up[:len(out)], row[:len(out)], lo[:len(out)]
	k := 0
	for ; k <= len(out)-8; k += 8 {
		a, b, c := binary.LittleEndian.Uint64(up[k:k+8]), binary.LittleEndian.Uint64(row[k:k+8]), binary.LittleEndian.Uint64(lo[k:k+8])
		odd := a&bytes + b&bytes + c&bytes
		even := a>>8&bytes + b>>8&bytes + c>>8&bytes
		both := odd + (even<<16 | here)
		first, second := ninths(both+(odd<<16|before)), ninths(both+even)
		// Where paper is lighter the highest bit stays.
		first, second = (paper*quarters|top)-first, (paper*quarters|top)-second
		first &= first&top - first&top>>15
		second &= second&top - second&top>>15
		binary.LittleEndian.PutUint64(out[k:k+8], first|second<<8)
		before, here = odd>>48, even>>48
	}
	for ; k < len(out); k++ {
		next := uint64(up[k]) + uint64(row[k]) + uint64(lo[k])
		out[k] = uint8(max(0, int(paper)-int((before+here+next)/9)))
		before, here = here, next
	}
	return before, here
}

// ninths divides the quarters of a word by nine, each up to 9 times 255.
func ninths(v uint64) uint64 {
	const halves, times = 0x0000FFFF0000FFFF, 1<<16/9 + 1
	return v&halves*times>>16&halves | v>>16&halves*times&^halves
}

// levels is how many levels of grey there are.
const levels = 256

// histogram counts pixels by their level. Neighbours are counted apart: they are
// often alike, and a count waits for the one before.
type histogram [8][levels]uint32

func (h *histogram) count(pix []uint8) {
	for ; len(pix) >= 8; pix = pix[8:] {
		h[0][pix[0]]++
		h[1][pix[1]]++
		h[2][pix[2]]++
		h[3][pix[3]]++
		h[4][pix[4]]++
		h[5][pix[5]]++
		h[6][pix[6]]++
		h[7][pix[7]]++
	}
	for _, v := range pix {
		h[0][v]++
	}
}

func (h *histogram) at(v int) (n int) {
	for i := range h {
		n += int(h[i][v])
	}
	return n
}

// grainDepth is the depth that the grain of the paper does not reach: most of a cell
// is paper.
func grainDepth(depth []uint8) int {
	var hist histogram
	hist.count(depth)
	quantile := func(share float64) int {
		seen := 0
		for v := range levels {
			if seen += hist.at(v); float64(seen) >= share*float64(len(depth)) {
				return v
			}
		}
		return 255
	}
	middle := quantile(0.5)
	return middle + int(outOfNoise*1.5*float64(middle-quantile(0.25))) + 1
}
