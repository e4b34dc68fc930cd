package raster

import (
	"image"
	"math"
	"slices"
)

// standing weighs the signs that a page stands on its feet against those that
// it stands on its head, on a page of w by h pixels.
func standing(all []blob, w, h int, s scale) (feet, head float64) {
	// Characters are neither specks nor rules.
	least, most := s.px(0.02), s.px(0.35)
	var chars []blob
	var heights []int
	for _, c := range all {
		wide, high := float64(c.box.Dx()), float64(c.box.Dy())
		if wide > most || high > most || wide*high < 2 {
			continue
		}
		if high >= 3*least {
			heights = append(heights, c.box.Dy())
		}
		chars = append(chars, c)
	}
	if len(heights) < 20 {
		return 0, 0
	}
	slices.Sort(heights)
	em := float64(heights[len(heights)*3/4])
	feet, head = signs(chars, em)
	// Look again from the other end: what is seen from one end only counts half.
	for i := range chars {
		r := &chars[i].box
		*r = image.Rect(w-r.Max.X, h-r.Max.Y, w-r.Min.X, h-r.Min.Y)
	}
	again, against := signs(chars, em)
	return feet + against, head + again
}

// signs counts what speaks for and against that characters em high stand upright.
func signs(chars []blob, em float64) (feet, head float64) {
	lines := textLines(chars, em)
	// Commas and full stops are small and lie low in their line.
	for _, l := range lines {
		if len(l.chars) < 8 {
			continue
		}
		for _, c := range l.chars {
			h, w := float64(c.box.Dy()), float64(c.box.Dx())
			if h > 0.45*em || w > 0.45*em || h < 0.08*em || w < 0.08*em {
				continue
			}
			middle := float64(c.box.Min.Y+c.box.Max.Y)/2 - l.top
			switch at := middle / (l.bottom - l.top); {
			case at > 0.75 && alone(l.chars, c, em):
				feet++
			case at < 0.25 && alone(l.chars, c, em):
				head++
			}
		}
	}
	// Running text begins at one margin; the last line of a paragraph ends early.
	var left, right []float64
	for _, l := range lines {
		if l.x1-l.x0 > 12*em {
			left, right = append(left, l.x0), append(right, l.x1)
		}
	}
	if len(left) >= 4 {
		slices.Sort(left)
		slices.Sort(right)
		for i := range left {
			if math.Abs(left[i]-left[0]) > 4*em {
				head++
			}
			if math.Abs(right[i]-right[len(right)-1]) > 4*em {
				feet++
			}
		}
	}
	return feet, head
}

// alone says that no other ink stands above or below c in its line.
func alone(line []blob, c blob, em float64) bool {
	for _, o := range line {
		if o.box != c.box && o.box.Min.X < c.box.Max.X && c.box.Min.X < o.box.Max.X {
			return false
		}
	}
	return true
}

// textLine is a row of characters.
type textLine struct {
	top, bottom, x0, x1 float64
	chars               []blob
}

// textLines puts characters into rows, going by those of full height.
func textLines(chars []blob, em float64) []textLine {
	slices.SortStableFunc(chars, func(a, b blob) int { return a.box.Min.X - b.box.Min.X })
	var lines []textLine
	var open []int
	for pass := range 2 { // full characters make the lines, the rest joins them
		if pass == 1 {
			open = open[:0]
			for i := range lines {
				open = append(open, i)
			}
		}
		for _, c := range chars {
			full := float64(c.box.Dy()) >= 0.6*em
			if full != (pass == 0) {
				continue
			}
			mid := float64(c.box.Min.Y+c.box.Max.Y) / 2
			x0, x1 := float64(c.box.Min.X), float64(c.box.Max.X)
			best := -1
			for _, i := range open {
				l := &lines[i]
				if mid > l.top && mid < l.bottom && x0 < l.x1+2.5*em && x1 > l.x0-2.5*em {
					best = i
					break
				}
			}
			switch {
			case best >= 0:
				l := &lines[best]
				if full { // the line may slope: follow it
					l.top = mix(l.top, float64(c.box.Min.Y), 0.3)
					l.bottom = mix(l.bottom, float64(c.box.Max.Y), 0.3)
				}
				l.x0, l.x1 = min(l.x0, x0), max(l.x1, x1)
				l.chars = append(l.chars, c)
			case full:
				open = append(open, len(lines))
				lines = append(lines, textLine{float64(c.box.Min.Y), float64(c.box.Max.Y), x0, x1, []blob{c}})
			}
		}
	}
	return lines
}
