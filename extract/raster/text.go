package raster

import (
	"math"
	"math/bits"
)

// Limits of the search for the slope of text, as tangents.
const (
	maxSlope  = 0.09 // 5°
	slopeStep = 0.0025
)

// textSlope is the slope at which the lines of text run: the one at which rows
// of pixels are fullest and emptiest.
func textSlope(b *bitmap, s scale) float64 {
	b = shrink(b, max(1, int(s.dpi/50)))
	score := func(slope float64) (sum float64) {
		shift := int(math.Ceil(maxSlope*float64(b.w))) + 1
		rows := make([]float64, b.h+2*shift)
		for y := range b.h {
			for i, word := range b.row(y) {
				if word == 0 {
					continue
				}
				x := float64(i*64 + 32 - b.w/2)
				rows[y+shift-int(math.Round(slope*x))] += float64(bits.OnesCount64(word))
			}
		}
		for i := 1; i < len(rows); i++ {
			d := rows[i] - rows[i-1]
			sum += d * d
		}
		return sum
	}
	best, most := 0.0, score(0)
	for k := 1; float64(k)*slopeStep <= maxSlope; k++ {
		for _, v := range []float64{float64(k) * slopeStep, -float64(k) * slopeStep} {
			// A slope must gain something over a straight page.
			if n := score(v); n > most*1.02 {
				best, most = v, n
			}
		}
	}
	return best
}

// shrink makes one pixel of n by n: ink where any of them has ink.
func shrink(b *bitmap, n int) *bitmap {
	if n == 1 {
		return b
	}
	out := newBitmap((b.w+n-1)/n, (b.h+n-1)/n)
	for y := range b.h {
		row, to := b.row(y), out.row(y/n)
		for x := next(row, 0, b.w, true); x < b.w; {
			k := x / n
			to[k>>6] |= 1 << (k & 63)
			x = next(row, (k+1)*n, b.w, true)
		}
	}
	return out
}
