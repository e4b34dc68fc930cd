package main

import (
	"image"
	"math"
)

// What the recogniser expects: lines 48 pixels high, any width. Lines shorter in
// proportion than it was trained on are misread, unless what is missing is mid-grey.
const (
	inputHeight = 48
	minWidth    = 320 // of a line as high as that
	maxWidth    = 4096
)

// lows are the heights of the images that lower lines come in, and the most pixels of
// a line for each. Print as high in lower lines, without the margin, is read nearly as
// well in less time. The model's stages halve the height four times, rounding up.
var lows = []struct{ line, height int }{{29, 28}, {34, 32}, {40, 36}}

// heightFor is the height that a line of h pixels gets.
func heightFor(h int) int {
	for _, low := range lows {
		if h <= low.line {
			return low.height
		}
	}
	return inputHeight
}

// tensor scales a line to a height the model reads and gives the three equal
// channels of its input, in room where that is enough, their width and height, and
// the columns of the image that one column of the input stands for.
func tensor(m *image.Gray, room []float32) (data []float32, width, height int, scale float64) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	height = heightFor(h)
	inked := max(1, int(math.Round(float64(w)*float64(height)/float64(h))))
	width = stepped(max(inked, minWidth*height/inputHeight))
	// The rows first, then the columns: each pixel is the weighted mean of those
	// within a triangle around it.
	columns, rows := weigh(w, inked), weigh(h, height)
	between := make([]float32, h*inked)
	for y := range h {
		row := m.Pix[y*m.Stride:][:w]
		for x, c := range columns {
			var v float32
			for i, weight := range c.weights {
				v += weight * float32(row[c.first+i])
			}
			between[y*inked+x] = v
		}
	}
	plane := height * width
	data = sized(room, 3*plane)
	clear(data[:plane])
	for y, r := range rows {
		out := data[y*width:][:inked]
		for i, weight := range r.weights {
			for x, v := range between[(r.first+i)*inked:][:inked] {
				out[x] += weight * v
			}
		}
		for x, v := range out {
			out[x] = v/127.5 - 1
		}
	}
	copy(data[plane:], data[:plane])
	copy(data[2*plane:], data[:plane])
	return data, width, height, float64(w) / float64(inked)
}

// stepped is a width rounded up to whole steps of the model.
func stepped(w int) int { return (w + stepColumns - 1) / stepColumns * stepColumns }

// sized is room for n numbers: what there is, if it is enough.
func sized(room []float32, n int) []float32 {
	if cap(room) < n {
		return make([]float32, n)
	}
	return room[:n]
}

// window is what one pixel of a scaled row is made of.
type window struct {
	first   int
	weights []float32
}

// weigh gives the windows that make to pixels of from.
func weigh(from, to int) []window {
	scale := float64(from) / float64(to)
	reach := max(scale, 1)
	windows := make([]window, to)
	for i := range windows {
		centre := (float64(i)+0.5)*scale - 0.5
		first := max(0, int(math.Ceil(centre-reach)))
		last := min(from-1, int(math.Floor(centre+reach)))
		weights := make([]float32, 0, last-first+1)
		var sum float64
		for j := first; j <= last; j++ {
			w := 1 - math.Abs(float64(j)-centre)/reach
			sum += w
			weights = append(weights, float32(w))
		}
		for j := range weights {
			weights[j] /= float32(sum)
		}
		windows[i] = window{first, weights}
	}
	return windows
}
