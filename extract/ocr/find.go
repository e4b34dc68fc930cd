package ocr

import (
	"cmp"
	"image"
	"slices"

	"nianbao/extract"
	"nianbao/extract/grid"
	"nianbao/extract/raster"
)

// Heights of lines of print, in points; what is beyond them is no text.
const (
	leastLine = 3.5
	mostLine  = 70
)

// look finds rules, tables and the ink to be read.
func (p *page) look(v *view) {
	p.sheet = raster.Find(v.gray, v.dpi)
	p.sheet.Mark(v.seal)
	p.out = grid.Page{Number: v.pic.Page, Width: p.sheet.Width, Height: p.sheet.Height, Rules: p.sheet.Rules}
	p.frames = slices.DeleteFunc(grid.Frames(&p.out), func(f grid.Frame) bool { return len(f.Slots) < 2 })
	p.spots, p.ems = nil, map[int]float64{}
	if !v.pic.Part || p.hasTable() {
		p.find()
	}
}

// hasTable: is there a grid that could be one of the statutory tables?
func (p *page) hasTable() bool {
	return slices.ContainsFunc(p.frames, func(f grid.Frame) bool { return f.Rows >= 2 && f.Cols >= 3 })
}

// find finds the ink to be read: in the slots of tables, and around them.
func (p *page) find() {
	for i, f := range p.frames {
		for _, slot := range f.Slots {
			p.add(&spot{frame: i, slot: slot}, slot.Box)
		}
		p.sort(i)
		p.doubt(i)
	}
	outside := p.sheet.Text()
	for _, t := range p.sheet.Tables {
		if !slices.ContainsFunc(p.frames, func(f grid.Frame) bool { return overlap(f.Box, t) }) {
			outside = append(outside, p.sheet.Lines(t)...)
		}
	}
	slices.SortStableFunc(outside, func(a, b extract.Box) int { return cmp.Compare(a[1]+a[3], b[1]+b[3]) })
	for _, line := range outside {
		if h := line[3] - line[1]; h >= leastLine && h <= mostLine {
			p.spots = append(p.spots, &spot{frame: -1, ink: line, lines: []extract.Box{line}})
		}
	}
}

// add adds the ink of a slot, if there is any.
func (p *page) add(s *spot, room extract.Box) {
	ink, lines := p.sheet.Read(room)
	if ink.Blank() {
		return
	}
	p.spots = append(p.spots, s)
	if ink.Pixels == 0 { // faint: there may be something
		s.ink = room
		return
	}
	s.ink, s.lines = ink.Box, lines
}

// sort tells the numbers of a table from its labels. They are one line of
// digits, and lower than its Chinese characters: by a quarter in the same size.
func (p *page) sort(frame int) {
	var spots []*spot
	var heights []float64
	for _, s := range p.spots {
		if s.frame != frame {
			continue
		}
		spots = append(spots, s)
		for _, l := range s.lines {
			if h := l[3] - l[1]; h >= leastLine && l[2]-l[0] > 1.8*h {
				heights = append(heights, h)
			}
		}
	}
	usual := median(heights)
	heights = heights[:0]
	for _, s := range spots {
		s.mend(usual)
		s.numeric = len(s.lines) == 1 && looksNumeric(p.line(s.ink))
		if !s.numeric {
			for _, l := range s.lines {
				if h := l[3] - l[1]; h >= leastLine { // no dash
					heights = append(heights, h)
				}
			}
		}
	}
	if len(heights) < 3 {
		return
	}
	em := median(heights)
	p.ems[frame] = em
	for _, s := range spots {
		w, h := s.ink[2]-s.ink[0], s.ink[3]-s.ink[1]
		s.dash = len(s.lines) == 1 && h < 0.2*em && w > 2.5*h && w > 0.2*em && w < 2.5*em
		s.numeric = !s.dash && s.numeric && s.ink[3]-s.ink[1] <= 0.87*em
	}
}

// mend joins what is one line whose strokes stand apart: together it is no
// higher than a line of its table, and next to nothing is between.
func (s *spot) mend(usual float64) {
	for i := 1; i < len(s.lines); i++ {
		a, b := s.lines[i-1], s.lines[i]
		if b[3]-a[1] < 1.15*usual && b[1]-a[3] < 0.2*usual {
			s.lines[i-1] = extract.Box{min(a[0], b[0]), a[1], max(a[2], b[2]), b[3]}
			s.lines = slices.Delete(s.lines, i, i+1)
			i--
		}
	}
}

// line is a line of ink, of the height that looksNumeric is made for.
func (p *page) line(ink extract.Box) *image.Gray { return p.crop(ink, 30/(ink[3]-ink[1])*72) }

func (p *page) crop(b extract.Box, dpi float64) *image.Gray {
	g := p.sheet.Crop(b, dpi)
	whiten(g)
	return g
}

func overlap(a, b extract.Box) bool {
	return min(a[2], b[2]) > max(a[0], b[0]) && min(a[3], b[3]) > max(a[1], b[1])
}

// vertical: does a spot hold a line that runs down, one character below the
// other?
func (s *spot) vertical() bool {
	if s.frame < 0 || len(s.lines) < 3 {
		return false
	}
	for _, l := range s.lines {
		if l[2]-l[0] > 1.7*max(l[3]-l[1], (s.ink[3]-s.ink[1])/float64(2*len(s.lines))) {
			return false
		}
	}
	return true
}
