package ocr

import (
	"cmp"
	"image"
	"math"
	"slices"
	"strings"

	"nianbao/extract"
	"nianbao/extract/ocr/engine"
)

// Ways of reading, as readings name them.
const (
	byPP      = "ocr/ppocr"
	tesseract = "ocr/tesseract"
	alone     = "/cell" // the cell by itself, not in a row with others
)

// counting is a way of reading numbers: which engine, how it likes their image, how
// much narrower than they are they may be, and how many stand side by side in one at
// least, if their table has as many; 0 for each by itself.
type counting struct {
	engine, reader string
	look
	narrow float64
	row    int
}

// Tesseract takes a lone 0 for nothing. PP-OCR takes as long for a narrow image as
// for one of some width, and then time by the width; it reads narrow digits as well
// as others, and one that goes lost is missed by its ink.
var (
	rowByTesseract  = counting{engine: engine.Tesseract, reader: tesseract, look: look{ink: 24, gap: 8, margin: 10}, narrow: 1, row: 10}
	cellByTesseract = counting{engine: engine.Tesseract, reader: tesseract + alone, look: rowByTesseract.look, narrow: 1}
	rowByPP         = counting{engine: engine.PPOCR, reader: byPP, look: look{ink: 25, gap: 12, margin: 2}, narrow: 0.952, row: 10}
	cellByPP        = counting{engine: engine.PPOCR, reader: byPP + alone, look: look{ink: 34, gap: 20, margin: 6}, narrow: 1}
)

// numbers has every numeric spot read by two engines, or by one in two ways, and
// once more where they differ, save the zeros that are told without.
func (p *page) numbers(spots []*spot, inRow map[tableRow]int) error {
	p.signs(spots)
	if !p.has(engine.PPOCR) || !p.has(engine.Tesseract) {
		row, cell := rowByTesseract, cellByTesseract
		if p.has(engine.PPOCR) {
			row, cell = rowByPP, cellByPP
		}
		if err := p.count(row, spots); err != nil {
			return err
		}
		return p.count(cell, spots)
	}
	rest, err := p.zeros(spots, inRow)
	if err != nil {
		return err
	}
	if err := p.count(rowByPP, rest); err != nil {
		return err
	}
	var differ []*spot
	for _, s := range rest {
		s.readings[0], s.readings[1] = s.readings[1], s.readings[0] // the better engine first
		if !agree(s.readings) {
			differ = append(differ, s)
		}
	}
	return p.count(cellByPP, differ)
}

// signs finds minus signs before numbers that are too pale to be ink.
func (p *page) signs(spots []*spot) {
	for _, s := range spots {
		if s.signed {
			continue // as a number that turned out to have a unit
		}
		if sign := p.sheet.Sign(s.ink, s.slot.Box); sign != (extract.Box{}) {
			s.ink[0], s.lines[0][0], s.signed = sign[0], sign[0], true
		}
	}
}

// take adds a reading of a value. It is not sure without the sign that stands before it.
func (s *spot) take(r extract.Reading) {
	if s.signed && strings.TrimLeft(r.Text, "-－—–一") == r.Text {
		r.Confidence /= 2
	}
	s.readings = append(s.readings, r)
}

// tableRow is a row of a table: the index of its frame, and its number there.
type tableRow struct{ frame, row int }

func (s *spot) row() tableRow { return tableRow{s.frame, s.slot.Row} }

func agree(rs []extract.Reading) bool {
	for _, r := range rs {
		if r.Text == "" || r.Text != rs[0].Text {
			return false
		}
	}
	return true
}

// fewest is how many values a row of a table has whose table has sums.
const fewest = 6

// rows groups numeric spots by the rows of their tables, from left to right;
// rows of fewer than least go together. Where least is 0 each stands by itself.
func (p *page) rows(spots []*spot, least int) [][]*spot {
	spots = slices.Clone(spots)
	slices.SortStableFunc(spots, func(a, b *spot) int {
		return cmp.Or(cmp.Compare(a.frame, b.frame), cmp.Compare(a.slot.Row, b.slot.Row), cmp.Compare(a.ink[0], b.ink[0]))
	})
	var out [][]*spot
	for i, s := range spots {
		if i == 0 || least == 0 || s.frame != spots[i-1].frame || s.slot.Row != spots[i-1].slot.Row && len(out[len(out)-1]) >= least {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}

// count has numbers read in one way.
func (p *page) count(how counting, spots []*spot) error {
	if len(spots) == 0 {
		return nil
	}
	rows := p.rows(spots, how.row)
	var strips []strip
	var images []*image.Gray
	var runs [][]int
	for _, row := range rows {
		var pieces []*image.Gray
		var run []int
		height := p.digits(row[0].frame)
		for _, s := range row {
			piece := p.piece(s, row, height, float64(how.ink)/height*72)
			pieces, run = append(pieces, piece), append(run, max(inkRuns(piece), s.fewestDigits(height)))
		}
		runs = append(runs, run)
		st := paste(pieces, how.look).narrowed(how.narrow)
		strips, images = append(strips, st), append(images, st.img)
	}
	lines, err := p.engine.Read(p.ctx, how.engine, engine.Number, images)
	if err != nil {
		return err
	}
	for i, row := range rows {
		for k, reading := range strips[i].split(lines[i], how.reader, runs[i]) {
			row[k].take(reading)
		}
	}
	return nil
}

// fewestDigits is how many digits of a height a number must have to be as wide as
// its ink, be they so blurred that they touch: one is about 0.65 times as wide as
// high.
func (s *spot) fewestDigits(height float64) int {
	return int(math.Ceil(((s.ink[2]-s.ink[0])/height - 0.25) / 0.95))
}

// digits is the height of the digits in a table, in points.
func (p *page) digits(frame int) float64 {
	var hs []float64
	for _, s := range p.spots {
		if s.frame == frame && s.numeric {
			hs = append(hs, s.ink[3]-s.ink[1])
		}
	}
	tall := slices.Max(hs)
	digits := median(slices.DeleteFunc(hs, func(h float64) bool { return h < tall/2 }))
	return max(digits, 0.6*p.ems[frame]) // there may be nothing but dashes
}

// piece is the crop of one number, at the height of the digits of its row.
func (p *page) piece(s *spot, row []*spot, digits, dpi float64) *image.Gray {
	mid, half := (s.ink[1]+s.ink[3])/2, 0.56*digits
	if h := s.ink[3] - s.ink[1]; h >= 0.6*digits {
		half = max(half, 0.53*h)
	} else { // a sign keeps its height among the digits
		var mids []float64
		for _, o := range row {
			if o.slot.Row == s.slot.Row && o.ink[3]-o.ink[1] >= 0.6*digits {
				mids = append(mids, (o.ink[1]+o.ink[3])/2)
			}
		}
		if m := median(mids); m > 0 && s.ink[1] > m-half && s.ink[3] < m+half {
			mid = m
		}
	}
	const side = 0.6 // points beside the ink
	return p.crop(extract.Box{s.ink[0] - side, mid - half, s.ink[2] + side, mid + half}, dpi)
}
