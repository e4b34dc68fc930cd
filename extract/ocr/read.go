package ocr

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"nianbao/extract"
	"nianbao/extract/grid"
)

const (
	// A line that may be a title, a signature or a date is read larger, which costs
	// more: one of the outer lines at the top or bottom of the page, at most so
	// many times as wide as high, and higher than others or set in further than a
	// paragraph.
	outer     = 3
	shortLine = 22
	highLine  = 1.2
	indent    = 2.7 // heights
	// doubtful is the mean confidence below which a label may be misread.
	doubtful = 0.93
	// poor is the confidence below which a number may be no number.
	poor = 0.5
)

// read has everything read.
func (p *page) read() error {
	var numeric, other, dashes []*spot
	for _, s := range p.spots {
		switch {
		case s.dash:
			dashes = append(dashes, s)
		case s.numeric:
			numeric = append(numeric, s)
		case len(s.lines) > 0:
			other = append(other, s)
		}
	}
	values := map[tableRow]int{}
	for _, s := range p.spots {
		if s.dash || s.numeric {
			values[s.row()]++
		}
	}
	if err := p.numbers(numeric, values); err != nil {
		return err
	}
	if err := p.dashes(dashes, values); err != nil {
		return err
	}
	var mixed []*spot // numbers with a unit, or words for none
	for _, s := range numeric {
		switch {
		case slices.ContainsFunc(s.readings, func(r extract.Reading) bool { return chinese(r.Text) && valuelike(r.Text) }):
			mixed = append(mixed, s)
		case p.dubious(s): // digits may not be what it is made of
			other = append(other, s)
		}
	}
	if err := p.labels(other); err != nil {
		return err
	}
	// What turns out to be a value is read as one.
	var late []*spot
	for _, s := range other {
		switch text := s.text(); {
		case s.frame < 0 || len(s.lines) != 1 || s.numeric || !valuelike(text):
		case chinese(text):
			s.numeric = true
			mixed = append(mixed, s)
		default:
			s.numeric = true
			late = append(late, s)
		}
	}
	if err := p.mixed(mixed); err != nil {
		return err
	}
	return p.numbers(late, values)
}

// dashes reads cells that hold a flat stroke alone. Its shape says what it is; an
// engine is asked what it sees where there are no others like it in the table, or one
// stroke and no sums, of which there are some where rows have many values. Nothing but
// a dash has two.
func (p *page) dashes(spots []*spot, inRow map[tableRow]int) error {
	var ask []*spot
	for _, s := range spots {
		s.numeric = true
		s.readings = []extract.Reading{{Reader: byShape, Text: "-", Confidence: 1}}
		alike := 0
		for _, o := range spots {
			if o.frame == s.frame && o.like(s) {
				alike++
			}
		}
		if n := p.strokes(s); alike >= 3 && (n == 2 || n == 1 && inRow[s.row()] >= fewest) {
			s.readings = append(s.readings, extract.Reading{Reader: byPeers, Text: "-", Confidence: 1})
		} else {
			ask = append(ask, s)
		}
	}
	how := largeByPP
	if !p.has(how.engine) {
		how = byTesseract
	}
	words := p.words(ask)
	for i := range words {
		words[i].height = p.ems[words[i].spot.frame]
	}
	texts, err := p.readText(how, words)
	if err != nil {
		return err
	}
	for i, t := range texts {
		if flat := strings.Trim(t.reading.Text, "-—－–_一─━ー"); flat == "" && t.reading.Text != "" {
			t.reading.Text = "-"
		}
		s := words[i].spot
		s.readings = append(s.readings, t.reading)
	}
	return nil
}

// strokes counts the flat strokes of a spot.
func (p *page) strokes(s *spot) int {
	const around = 2 // points of paper
	return strokes(p.crop(extract.Box{s.ink[0] - around, s.ink[1] - around, s.ink[2] + around, s.ink[3] + around}, workDPI))
}

// like: are two strokes of one size?
func (s *spot) like(o *spot) bool {
	w, h := o.ink[2]-o.ink[0], o.ink[3]-o.ink[1]
	return math.Abs(s.ink[2]-s.ink[0]-w) < 0.15*w && math.Abs(s.ink[3]-s.ink[1]-h) < 0.5*h
}

// mixed has values that are not digits alone read as text, by every engine.
func (p *page) mixed(spots []*spot) error {
	p.signs(spots)
	words := p.words(spots)
	for _, s := range spots {
		s.readings = nil
	}
	for _, how := range []manner{largeByPP, byTesseract} {
		if !p.has(how.engine) {
			continue
		}
		texts, err := p.readText(how, words)
		if err != nil {
			return err
		}
		for i, t := range texts {
			words[i].spot.take(t.reading)
		}
	}
	return nil
}

// chinese: has a text a Chinese character?
func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// dubious: did the engines see next to nothing in a number?
func (p *page) dubious(s *spot) bool {
	best := 0.0
	for _, r := range s.readings {
		best = max(best, r.Confidence)
	}
	return best < poor
}

// labels has text read: each line in the cheapest way that does for it, and labels of
// which the engine is not sure once more.
func (p *page) labels(spots []*spot) error {
	words, apart := p.words(spots), p.apart(spots)
	read, err := p.first(words, apart)
	if err != nil {
		return err
	}
	got := map[*spot][]text{}
	again := map[int]bool{}
	for i, t := range read {
		if words[i].spot.frame >= 0 && p.has(sureByPP.engine) && t.reading.Confidence < doubtful {
			again[i] = true
		}
	}
	if err := p.digitsOf(words, read, apart, again); err != nil {
		return err
	}
	var slow []word
	for i := range words {
		if again[i] {
			slow = append(slow, words[i])
		}
	}
	better, err := p.readText(sureByPP, slow)
	if err != nil {
		return err
	}
	for i, t := range read {
		if again[i] {
			if better[0].reading.Text != "" {
				t = better[0]
			}
			better = better[1:]
		}
		got[words[i].spot] = append(got[words[i].spot], t)
	}
	for s, ts := range got {
		if s.numeric && !han(ts) {
			continue // digits after all
		}
		s.numeric, s.texts = false, ts
	}
	return nil
}

// first has lines of text read for the first time: labels in small, and narrower than
// sentences, since they need only be told from others; what stands apart for sure.
func (p *page) first(words []word, apart map[*spot]bool) ([]text, error) {
	var labels, sentences, separate []int
	for i, w := range words {
		switch {
		case apart[w.spot]:
			separate = append(separate, i)
		case w.spot.frame >= 0:
			labels = append(labels, i)
		default:
			sentences = append(sentences, i)
		}
	}
	read := make([]text, len(words))
	for _, lines := range []struct {
		how manner
		at  []int
	}{{labelByPP, labels}, {sentenceByPP, sentences}, {sureByPP, separate}} {
		if !p.has(lines.how.engine) {
			lines.how = byTesseract
		}
		some := make([]word, len(lines.at))
		for k, i := range lines.at {
			some[k] = words[i]
		}
		texts, err := p.readText(lines.how, some)
		if err != nil {
			return nil, err
		}
		for k, i := range lines.at {
			read[i] = texts[k]
		}
	}
	return read, nil
}

// apart finds the lines that may be a title, a signature or a date.
func (p *page) apart(spots []*spot) map[*spot]bool {
	var lines []*spot // beside tables
	var heights []float64
	left := math.Inf(1)
	for _, f := range p.frames {
		left = min(left, f.Box[0])
	}
	for _, s := range spots {
		if s.frame < 0 {
			lines, heights, left = append(lines, s), append(heights, s.ink[3]-s.ink[1]), min(left, s.ink[0])
		}
	}
	usual := median(heights)
	out := map[*spot]bool{}
	for i, s := range lines {
		w, h := s.ink[2]-s.ink[0], s.ink[3]-s.ink[1]
		out[s] = (i < outer || i >= len(lines)-outer) && w < shortLine*max(h, usual) && (h > highLine*usual || s.ink[0] > left+indent*usual)
	}
	return out
}

// han: is most of what was read Chinese?
func han(ts []text) bool {
	n, all := 0, 0
	for _, t := range ts {
		for _, r := range t.reading.Text {
			all++
			if r >= 0x4E00 && r <= 0x9FFF {
				n++
			}
		}
	}
	return n > 0 && 2*n >= all
}

// text is what was read of a spot as text.
func (s *spot) text() string {
	var lines []string
	for _, t := range s.texts {
		lines = append(lines, t.reading.Text)
	}
	return strings.Join(lines, "\n")
}

// set lays what was read out as glyphs.
func (p *page) set() {
	for _, s := range p.spots {
		switch {
		case s.numeric:
			p.setNumber(s)
		case len(s.texts) == 0 && s.frame < 0:
		case len(s.texts) == 0:
			p.setLine(unreadable, s.ink)
			p.out.Readings = append(p.out.Readings, grid.Readings{Box: s.ink, All: []extract.Reading{}})
		default:
			p.setText(s)
		}
	}
}

// unreadable stands for ink that no engine could read.
const unreadable = "\uFFFD"

// setNumber takes the first reading that has any text as what is printed.
func (p *page) setNumber(s *spot) {
	for i, r := range s.readings {
		if r.Text != "" {
			s.readings[0], s.readings[i] = r, s.readings[0]
			break
		}
	}
	text := unreadable
	if len(s.readings) > 0 && s.readings[0].Text != "" {
		text = s.readings[0].Text
	}
	p.setLine(text, s.ink)
	p.out.Readings = append(p.out.Readings, grid.Readings{Box: s.ink, All: s.readings})
}

func (p *page) setText(s *spot) {
	all := extract.Reading{Reader: s.texts[0].reading.Reader, Text: s.text(), Confidence: 1}
	for i, t := range s.texts {
		all.Confidence = min(all.Confidence, t.reading.Confidence)
		line := s.ink
		if !s.vertical() {
			line = s.lines[i]
		}
		switch {
		case t.reading.Text == "" && s.frame < 0: // no print, such as the desk around a photograph
		case t.reading.Text == "":
			p.setLine(unreadable, line)
		case len(t.glyphs) == 0:
			p.setLine(t.reading.Text, line)
		default:
			spread(t.glyphs, t.height)
			for _, m := range t.glyphs {
				p.glyph(m.text, extract.Box{m.x0, line[1], m.x1, line[3]})
			}
		}
	}
	if s.frame >= 0 {
		p.out.Readings = append(p.out.Readings, grid.Readings{Box: s.ink, All: []extract.Reading{all}})
	}
}

// setLine lays a text out over a box. What would stand too far apart, since it
// runs down, is kept together.
func (p *page) setLine(text string, box extract.Box) {
	x, unit := box[0], min((box[2]-box[0])/width(text), box[3]-box[1])
	for _, r := range text {
		w := width(string(r)) * unit
		p.glyph(string(r), extract.Box{x, box[1], x + w, box[3]})
		x += w
	}
}

func (p *page) glyph(text string, box extract.Box) {
	p.out.Glyphs = append(p.out.Glyphs, grid.Glyph{Text: text, Box: box, Size: box[3] - box[1]})
}
