package raster

import (
	"encoding/binary"
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
// it moves along the row, so the cost does not depend on the window. Where pixels are
// as light as white paper it is not moved.
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
	// Away from the sides every window holds as many pixels.
	left := min(r, w)
	right := max(left, w-r)
	var dark sums
	for y := range h {
		switch in, gone := y+r < h, y-r-1 >= 0; {
		case in && gone:
			p, q := pix(y + r)[:len(mid)], pix(y - r - 1)[:len(mid)]
			for x := range mid {
				mid[x] += uint32(p[x]) - uint32(q[x])
			}
		case in:
			for x, v := range pix(y + r) {
				mid[x] += uint32(v)
			}
		case gone:
			for x, v := range pix(y - r - 1) {
				mid[x] -= uint32(v)
			}
		}
		rows := min(h-1, y+r) - max(0, y-r) + 1
		sum := uint32(0)
		for _, v := range cols[1 : 2*r+1] {
			sum += v
		}
		row, p := out.row(y), pix(y)
		lead, tail := cols[2*r+1:], cols[:w]
		side := func(from, to int) {
			for x := from; x < to; x++ {
				sum += lead[x] - tail[x]
				if sum >= darkFrom(p[x], rows*(min(w-1, x+r)-max(0, x-r)+1)) {
					row[x>>6] |= 1 << (x & 63)
				}
			}
		}
		side(0, left)
		dark.of(rows * (2*r + 1))
		last := left - 1 // the pixel whose window has this sum
		for x := left; x < right; {
			end := min(right, x&^63+64)
			if in := p[x:end]; !tooLight(in) {
				if last != x-1 {
					sum = total(cols[x : x+2*r+1])
				}
				var word uint64
				word, sum = dark.mark(in, lead[x:end], tail[x:end], sum)
				row[x>>6] |= word << (x & 63)
				last = end - 1
			}
			x = end
		}
		if last != right-1 {
			sum = total(cols[right : right+2*r+1])
		}
		side(right, w)
	}
	return out
}

// darkFrom is the least sum of a window of n pixels in which a pixel of level v is
// dark: v < mean*(1-share) and v <= mean-levels, in integers.
func darkFrom(v uint8, n int) uint32 {
	return uint32(max(int(v)*100*n/(100-darkShare)+1, (int(v)+darkLevels)*n))
}

// sums are those of darkFrom for each level, for windows of n pixels.
type sums struct {
	n    int
	from [256]uint32
}

func (s *sums) of(n int) {
	if s.n == n {
		return
	}
	s.n = n
	for v := range s.from {
		s.from[v] = darkFrom(uint8(v), n)
	}
}

// mark gives a bit to each of up to 64 pixels that is dark. The sum of the window
// before them changes by columns that come and go, and is returned. Inlined, it would
// keep its numbers in memory.
//
//go:noinline
func (s *sums) mark(pixels []uint8, come, gone []uint32, sum uint32) (word uint64, _ uint32) {
	come, gone = come[:len(pixels)], gone[:len(pixels)]
	for i, v := range pixels {
		sum += come[i] - gone[i]
		// A sum has 31 bits at most: the sign tells which is greater.
		word |= uint64(^(sum-s.from[v])>>31) << (i & 63)
	}
	return word, sum
}

func total(values []uint32) (sum uint32) {
	for _, v := range values {
		sum += v
	}
	return sum
}

// tooLight tells whether all pixels are too light to be dark, whatever is around them.
func tooLight(pixels []uint8) bool {
	const least = 255*(100-darkShare)/100 + 1
	for ; len(pixels) >= 8; pixels = pixels[8:] {
		if v := binary.LittleEndian.Uint64(pixels); (v&^high+ones*(256-least))&v&high != high {
			return false
		}
	}
	for _, v := range pixels {
		if v < least {
			return false
		}
	}
	return true
}

// fill marks x0 to x1-1 of row y.
func (b *bitmap) fill(y, x0, x1 int) {
	row := b.row(y)
	for x := x0; x < x1; {
		end := min(x1, x&^63+64)
		row[x>>6] |= ^uint64(0) >> (64 - (end - x)) << (x & 63)
		x = end
	}
}

// Words of eight bytes: the lowest bit of each, and the highest.
const ones, high = 0x0101010101010101, 0x8080808080808080

// atLeast marks in row y the values that are least or more; least is at most 128.
func (b *bitmap) atLeast(y int, values []uint8, least uint8) {
	row, x := b.row(y), 0
	for ; x+8 <= len(values); x += 8 {
		v := binary.LittleEndian.Uint64(values[x:])
		// The high bit of each byte: is it set, or will it be by what is missing?
		if m := (v&^high + ones*uint64(128-least) | v) & high; m != 0 {
			// A product gathers the eight bits in the highest byte.
			row[x>>6] |= m >> 7 * 0x0102040810204080 >> 56 << (x & 63)
		}
	}
	for ; x < len(values); x++ {
		if values[x] >= least {
			row[x>>6] |= 1 << (x & 63)
		}
	}
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

// stretches counts the stretches of bits that are set in its rows.
func (b *bitmap) stretches() (n int) {
	for y := range b.h {
		last := uint64(0) // of the word before
		for _, v := range b.row(y) {
			n += bits.OnesCount64(v &^ (v<<1 | last))
			last = v >> 63
		}
	}
	return n
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

func (b *bitmap) set(x, y int)   { b.words[y*b.stride+x>>6] |= 1 << (x & 63) }
func (b *bitmap) clear(x, y int) { b.words[y*b.stride+x>>6] &^= 1 << (x & 63) }

// three are the bits of a row from x to x+2.
func (b *bitmap) three(x, y int) uint64 {
	row := b.row(y)
	v := row[x>>6] >> (x & 63)
	if x&63 > 61 && x>>6+1 < len(row) {
		v |= row[x>>6+1] << (64 - x&63)
	}
	return v & 7
}
