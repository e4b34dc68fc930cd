package raster

import (
	"image"
	"math/bits"
)

// bitmap is a page in black and white, a bit a pixel: bit x%64 of word x/64.
type bitmap struct {
	w, h, stride int
	words        []uint64
}

func newBitmap(w, h int) *bitmap {
	stride := (w + 63) / 64
	return &bitmap{w, h, stride, make([]uint64, stride*h)}
}

func (b *bitmap) row(y int) []uint64 { return b.words[y*b.stride : (y+1)*b.stride] }

func (b *bitmap) at(x, y int) bool {
	return x >= 0 && y >= 0 && x < b.w && y < b.h && b.words[y*b.stride+x>>6]>>(x&63)&1 != 0
}

// Ink is what is darker than its surroundings by a share and by some levels.
const (
	darkShare  = 12 // percent below the local mean
	darkLevels = 12 // and at least this many grey levels
)

// threshold marks the pixels darker than the mean of the window around them.
// Sums of columns are kept while the window moves down, and summed again while
// it moves along the row, so the cost does not depend on the window.
func threshold(g *image.Gray, window int) *bitmap {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := newBitmap(w, h)
	if w == 0 || h == 0 {
		return out
	}
	r := max(1, window/2)
	// The columns are padded by r+1 on the left and r on the right.
	cols := make([]uint32, w+2*r+1)
	mid := cols[r+1 : r+1+w]
	pix := func(y int) []uint8 { return g.Pix[y*g.Stride : y*g.Stride+w] }
	for y := range min(r, h) {
		for x, v := range pix(y) {
			mid[x] += uint32(v)
		}
	}
	width := make([]uint32, w) // how many columns of the page the window holds
	for x := range width {
		width[x] = uint32(min(w-1, x+r) - max(0, x-r) + 1)
	}
	for y := range h {
		if y+r < h {
			for x, v := range pix(y + r) {
				mid[x] += uint32(v)
			}
		}
		if y-r-1 >= 0 {
			for x, v := range pix(y - r - 1) {
				mid[x] -= uint32(v)
			}
		}
		rows := uint32(min(h-1, y+r) - max(0, y-r) + 1)
		sum := uint32(0)
		for _, v := range cols[1 : 2*r+1] {
			sum += v
		}
		row := out.row(y)
		in := pix(y)
		lead, tail := cols[2*r+1:], cols[:w]
		lead, width := lead[:len(in)], width[:len(in)]
		tail = tail[:len(in)]
		var word uint64
		for x, v := range in {
			sum += lead[x] - tail[x]
			n := rows * width[x]
			// v < mean*(1-share) and v <= mean-levels, in integers
			dark := uint64((uint64(v)*100*uint64(n) - uint64(sum)*(100-darkShare)) >> 63)
			dark &= ^(uint64(sum) - uint64(uint32(v)+darkLevels)*uint64(n)) >> 63
			word |= dark << (x & 63)
			if x&63 == 63 {
				row[x>>6], word = word, 0
			}
		}
		if w&63 != 0 {
			row[w>>6] = word
		}
	}
	return out
}

// transposed swaps rows and columns, in blocks of 64 by 64.
func (b *bitmap) transposed() *bitmap {
	t := newBitmap(b.h, b.w)
	var block [64]uint64
	for by := 0; by < b.h; by += 64 {
		for bx := range b.stride {
			var any uint64
			for i := range 64 {
				block[i] = 0
				if by+i < b.h {
					block[i] = b.words[(by+i)*b.stride+bx]
				}
				any |= block[i]
			}
			if any == 0 {
				continue
			}
			transpose64(&block)
			for i := 0; i < 64 && bx*64+i < b.w; i++ {
				t.words[(bx*64+i)*t.stride+by>>6] = block[i]
			}
		}
	}
	return t
}

// transpose64 swaps ever smaller off-diagonal blocks.
func transpose64(a *[64]uint64) {
	m := uint64(0x00000000FFFFFFFF)
	for j := 32; j != 0; j >>= 1 {
		for k := 0; k < 64; k = (k + j + 1) &^ j {
			t := (a[k]>>j ^ a[k+j]) & m
			a[k] ^= t << j
			a[k+j] ^= t
		}
		m ^= m << (j >> 1)
	}
}

// next returns the first x' >= x whose bit is set (or clear, where !set), or w.
func next(row []uint64, x, w int, set bool) int {
	for i := x >> 6; i < len(row); i++ {
		v := row[i]
		if !set {
			v = ^v
		}
		if i == x>>6 {
			v &= ^uint64(0) << (x & 63)
		}
		if v != 0 {
			return min(w, i<<6+bits.TrailingZeros64(v))
		}
	}
	return w
}
