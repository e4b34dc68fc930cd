package main

import (
	"image"
	"math"
)

// What the recogniser expects: lines 48 pixels high, any width. Lines shorter
// than it was trained on are misread, unless what is missing is mid-grey.
const (
	inputHeight = 48
	minWidth    = 320
	maxWidth    = 4096
)

// tensor scales a line to the height the model expects and gives the three equal
// channels of its input, their width, and the columns of the image that one
// column of the input stands for.
func tensor(m *image.Gray) (data []float32, width int, scale float64) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	inked := max(1, int(math.Round(float64(w)*inputHeight/float64(h))))
	width = max(minWidth, (inked+stepColumns-1)/stepColumns*stepColumns)
	// The rows first, then the columns: each pixel is the weighted mean of those
	// within a triangle around it.
	columns, rows := weigh(w, inked), weigh(h, inputHeight)
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
	plane := inputHeight * width
	data = make([]float32, 3*plane)
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
	return data, width, float64(w) / float64(inked)
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
