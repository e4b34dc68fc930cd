package ocr

import (
	"cmp"
	"image"
	"slices"
	"strings"

	"nianbao/extract"
	"nianbao/extract/ocr/engine"
)

// manner is a way of reading text: which engine, and how it likes a line.
type manner struct {
	engine, reader string
	look           // ink is the height of characters
	// narrow is how much narrower than it is print may be for an engine that
	// takes time by the width of the image, and reads as well.
	narrow float64
	// together is how wide lines may be together in one image, in pixels, for an
	// engine that takes as long for a narrow image as for one of some width. Much
	// wider ones leave the processor's cache.
	together int
}

// Ways of reading text. PP-OCR reads small print nearly as well as large, at a quarter
// of the cost, and print half as wide again, where it must be sure, as well as the
// largest; what may be a dash, or a number with a unit, gets that. Lines together are
// read best where they are hardly wider than those that it was trained on.
var (
	labelByPP    = manner{engine: engine.PPOCR, reader: byPP, look: look{ink: 24, gap: 4, margin: 1}, narrow: 0.65, together: 400}
	sentenceByPP = manner{engine: engine.PPOCR, reader: byPP, look: look{ink: 24, gap: 4, margin: 1}, narrow: 0.708, together: 400}
	sureByPP     = manner{engine: engine.PPOCR, reader: byPP, look: look{ink: 28, gap: 4, margin: 1}, narrow: 0.857, together: 400}
	largeByPP    = manner{engine: engine.PPOCR, reader: byPP, look: look{ink: 38, gap: 4, margin: 5}, narrow: 1, together: 400}
	byTesseract  = manner{engine: engine.Tesseract, reader: tesseract, look: look{ink: 34, gap: 4, margin: 10}, narrow: 0.8}
)

// word is a line of text to be read: where its pieces are cut out.
type word struct {
	spot   *spot
	pieces []extract.Box
	height float64 // of its characters, in points
}

// text is what was read of a word.
type text struct {
	line    engine.Line
	reading extract.Reading
	glyphs  []mark // where an engine sees its characters; where it runs from left to right
	height  float64
}

// mark is one character and where it stands on the sheet.
type mark struct {
	text   string
	x0, x1 float64
}

// words splits a spot into lines to be read; characters that stand one below the
// other are one line.
func (p *page) words(spots []*spot) []word {
	heights := map[int]float64{}
	for i := -1; i < len(p.frames); i++ {
		var hs []float64
		for _, s := range spots {
			if s.frame == i {
				for _, l := range s.lines {
					hs = append(hs, l[3]-l[1])
				}
			}
		}
		heights[i] = median(hs)
	}
	var out []word
	for _, s := range spots {
		usual := heights[s.frame]
		if s.vertical() {
			out = append(out, word{s, s.lines, usual})
			continue
		}
		for _, l := range s.lines {
			h := l[3] - l[1]
			if h < 0.75*usual && l[2]-l[0] < 3*usual || h > 0.75*usual && h < 1.3*usual {
				h = usual // a line of 一 or of flat characters
			}
			out = append(out, word{s, []extract.Box{l}, h})
		}
	}
	return out
}

// readText has words read in one way.
func (p *page) readText(m manner, words []word) ([]text, error) {
	if len(words) == 0 {
		return nil, nil
	}
	strips := make([]strip, len(words))
	cut := make([]extract.Box, len(words))
	for i, w := range words {
		strips[i], cut[i] = p.cut(w, m)
	}
	lines, err := p.readStrips(m, strips)
	if err != nil {
		return nil, err
	}
	out := make([]text, len(words))
	for i := range words {
		lines[i].Symbols = trimSpaces(lines[i].Symbols)
		out[i].line = lines[i]
		out[i].reading = extract.Reading{Reader: m.reader, Text: lines[i].Text()}
		if len(words[i].pieces) == 1 {
			at := strips[i].pieces[0]
			scale := (cut[i][2] - cut[i][0]) / float64(at[1]-at[0])
			for _, s := range lines[i].Symbols {
				out[i].glyphs = append(out[i].glyphs, mark{s.Text, cut[i][0] + float64(s.X0-at[0])*scale, cut[i][0] + float64(s.X1-at[0])*scale})
			}
			out[i].height = words[i].height
		}
		for _, s := range lines[i].Symbols {
			out[i].reading.Confidence += s.Confidence / float64(len(lines[i].Symbols))
		}
	}
	return out, nil
}

// trimSpaces takes spaces off the ends: engines see some in the margin, and are
// not sure of them.
func trimSpaces(symbols []engine.Symbol) []engine.Symbol {
	for len(symbols) > 0 && strings.TrimSpace(symbols[0].Text) == "" {
		symbols = symbols[1:]
	}
	for len(symbols) > 0 && strings.TrimSpace(symbols[len(symbols)-1].Text) == "" {
		symbols = symbols[:len(symbols)-1]
	}
	return symbols
}

// readStrips has strips read as text, several in one image where that costs less.
func (p *page) readStrips(m manner, strips []strip) ([]engine.Line, error) {
	groups := together(strips, m.together)
	pasted := make([]strip, len(groups))
	images := make([]*image.Gray, len(groups))
	for g, group := range groups {
		var pieces []*image.Gray
		for _, i := range group {
			pieces = append(pieces, strips[i].img)
		}
		pasted[g] = paste(pieces, look{gap: betweenWords})
		images[g] = pasted[g].img
	}
	read, err := p.engine.Read(p.ctx, m.engine, engine.Text, images)
	if err != nil {
		return nil, err
	}
	lines := make([]engine.Line, len(strips))
	for g, group := range groups {
		for k, line := range pasted[g].share(read[g], nil) {
			lines[group[k]] = line
		}
	}
	return lines, nil
}

// together groups strips, by their indices, that are not wider together than most:
// from the widest to the narrowest, each goes to the first group that has room.
func together(strips []strip, most int) (groups [][]int) {
	order := make([]int, len(strips))
	for i := range order {
		order[i] = i
	}
	width := func(i int) int { return strips[i].img.Rect.Dx() }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(width(b), width(a)) })
	var room []int // of each group
	for _, i := range order {
		need := width(i) + betweenWords
		g := slices.IndexFunc(room, func(r int) bool { return r >= need })
		if g < 0 {
			g = len(groups)
			groups, room = append(groups, nil), append(room, most+betweenWords)
		}
		groups[g], room[g] = append(groups[g], i), room[g]-need
	}
	return groups
}

// betweenWords parts words in one image, in pixels.
const betweenWords = 8

// cut cuts a word out; box is that of its last piece.
func (p *page) cut(w word, m manner) (st strip, box extract.Box) {
	var pieces []*image.Gray
	for _, b := range w.pieces {
		mid, half := (b[1]+b[3])/2, 0.53*max(w.height, b[3]-b[1])
		side := 0.05 * w.height
		box = extract.Box{b[0] - side, mid - half, b[2] + side, mid + half}
		pieces = append(pieces, p.crop(box, float64(m.ink)/w.height*72))
	}
	return paste(pieces, m.look).narrowed(m.narrow), box
}

// spread lays the characters of a line out evenly between wide gaps, in the
// order of reading, so that they touch as those of a text layer do: engines tell
// where the ink of a character is, and often not even that.
func spread(ms []mark, height float64) {
	for len(ms) > 0 {
		n, x0, x1 := 1, ms[0].x0, ms[0].x1
		for n < len(ms) && ms[n].x0-x1 < 1.2*height {
			x0, x1 = min(x0, ms[n].x0), max(x1, ms[n].x1)
			n++
		}
		whole, x := 0.0, x0
		for _, m := range ms[:n] {
			whole += width(m.text)
		}
		for i := range ms[:n] {
			w := width(ms[i].text) / whole * (x1 - x0)
			ms[i].x0, ms[i].x1 = x, x+w
			x += w
		}
		ms = ms[n:]
	}
}

// width of a text: Chinese characters are twice as wide as others.
func width(s string) (w float64) {
	for _, r := range s {
		if w++; r >= 0x2000 {
			w++
		}
	}
	return w
}

// valuelike: could a text be what a cell of numbers holds?
func valuelike(s string) bool {
	s = strings.TrimSpace(s)
	switch s {
	case "":
		return false
	case "无", "一", "元", "无。":
		return true
	}
	for _, unit := range []string{"万元", "元", "件", "条", "项", "个"} {
		if number, ok := strings.CutSuffix(s, unit); ok && strings.Trim(number, numberSigns+"零二三四五六七八九十百千万亿两约共增减加少 ") == "" {
			return true
		}
	}
	return strings.Trim(s, numberSigns+"件条项个次份万元增减加少 ") == ""
}

// numberSigns are the characters of numbers, and those that engines take for them.
const numberSigns = "0123456789０１２３４５６７８９.,，。．-－—–_一/／\\|+＋oOlI〇"
