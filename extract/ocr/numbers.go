package ocr

import (
	"cmp"
	"image"
	"math"
	"slices"

	"nianbao/extract"
	"nianbao/extract/ocr/engine"
)

// Ways of reading, as readings name them.
const (
	byPP      = "ocr/ppocr"
	tesseract = "ocr/tesseract"
	alone     = "/cell" // the cell by itself, not in a row with others
)

// numbers has every numeric spot read by two engines, or by one in two ways, and
// once more where they differ. Where a table's row has many values, and so its
// table has sums, a zero told by its shape and read by Tesseract needs no more.
func (p *page) numbers(spots []*spot, inRow map[tableRow]int) error {
	rows := p.rows(spots)
	if !p.has(engine.PPOCR) {
		if err := p.strips(engine.Tesseract, tesseract, rows); err != nil {
			return err
		}
		return p.strips(engine.Tesseract, tesseract+alone, singles(spots))
	}
	if !p.has(engine.Tesseract) {
		if err := p.strips(engine.PPOCR, byPP, rows); err != nil {
			return err
		}
		return p.strips(engine.PPOCR, byPP+alone, singles(spots))
	}
	if err := p.strips(engine.Tesseract, tesseract, rows); err != nil {
		return err
	}
	var rest []*spot
	for _, s := range spots {
		if s.readings[0].Text == "0" && inRow[s.row()] >= fewest && looksZero(p.line(s.ink)) {
			s.readings = []extract.Reading{{Reader: byShape, Text: "0", Confidence: 1}, s.readings[0]}
		} else {
			rest = append(rest, s)
		}
	}
	if err := p.strips(engine.PPOCR, byPP, p.rows(rest)); err != nil {
		return err
	}
	var differ []*spot
	for _, s := range rest {
		s.readings[0], s.readings[1] = s.readings[1], s.readings[0] // the better engine first
		if !agree(s.readings) {
			differ = append(differ, s)
		}
	}
	return p.strips(engine.PPOCR, byPP+alone, singles(differ))
}

// tableRow is a row of a table: the index of its frame, and its number there.
type tableRow struct{ frame, row int }

func (s *spot) row() tableRow { return tableRow{s.frame, s.slot.Row} }

// singles makes a row of each spot.
func singles(spots []*spot) (rows [][]*spot) {
	for _, s := range spots {
		rows = append(rows, []*spot{s})
	}
	return rows
}

func agree(rs []extract.Reading) bool {
	for _, r := range rs {
		if r.Text == "" || r.Text != rs[0].Text {
			return false
		}
	}
	return true
}

// fewest is how many numbers stand side by side in a strip, if its table has as
// many: Tesseract takes a lone 0 for nothing.
const fewest = 6

// rows groups numeric spots by the rows of their tables, from left to right;
// short rows go together.
func (p *page) rows(spots []*spot) [][]*spot {
	spots = slices.Clone(spots)
	slices.SortStableFunc(spots, func(a, b *spot) int {
		return cmp.Or(cmp.Compare(a.frame, b.frame), cmp.Compare(a.slot.Row, b.slot.Row), cmp.Compare(a.ink[0], b.ink[0]))
	})
	var out [][]*spot
	for i, s := range spots {
		if i == 0 || s.frame != spots[i-1].frame || s.slot.Row != spots[i-1].slot.Row && len(out[len(out)-1]) >= fewest {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}

// strips has rows read as one line image each.
func (p *page) strips(name, reader string, rows [][]*spot) error {
	if len(rows) == 0 {
		return nil
	}
	l := looks[name]
	var strips []strip
	var images []*image.Gray
	var runs [][]int
	for _, row := range rows {
		var pieces []*image.Gray
		var run []int
		height := p.digits(row[0].frame)
		for _, s := range row {
			piece := p.piece(s, row, height, float64(l.ink)/height*72)
			pieces, run = append(pieces, piece), append(run, max(inkRuns(piece), s.fewestDigits(height)))
		}
		runs = append(runs, run)
		st := paste(pieces, l)
		strips, images = append(strips, st), append(images, st.img)
	}
	lines, err := p.engine.Read(p.ctx, name, engine.Number, images)
	if err != nil {
		return err
	}
	for i, row := range rows {
		for k, reading := range strips[i].split(lines[i], reader, runs[i]) {
			row[k].readings = append(row[k].readings, reading)
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
