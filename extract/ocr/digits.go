package ocr

import (
	"slices"
	"strings"
	"unicode"

	"nianbao/extract"
)

// Print made narrow leaves PP-OCR too little room to tell 77 from 7. Where a line
// holds numbers they are read again, half as wide again, with a character on either
// side that tells where they begin and end.

// amid is how many other characters may stand between digits that are read again
// together: of 2023年12月31日 all.
const amid = 3

// number is a piece of a line from its first digit to its last one.
type number struct{ from, to int } // of the line's symbols

// numbersIn finds the pieces of a text of symbols that hold two digits side by side.
func numbersIn(symbols []string) (out []number) {
	for i, s := range symbols {
		if !isDigit(s) {
			continue
		}
		if n := len(out); n > 0 && i-out[n-1].to <= amid {
			out[n-1].to = i + 1
		} else {
			out = append(out, number{i, i + 1})
		}
	}
	return slices.DeleteFunc(out, func(n number) bool { return !adjacentDigits(symbols[n.from:n.to]) })
}

// adjacentDigits: do two digits stand side by side?
func adjacentDigits(symbols []string) bool {
	for i := 1; i < len(symbols); i++ {
		if isDigit(symbols[i-1]) && isDigit(symbols[i]) {
			return true
		}
	}
	return false
}

func isDigit(s string) bool { return len(s) == 1 && unicode.IsDigit(rune(s[0])) }

// digitsOf has the numbers in lines that were read narrow read again, larger, save in
// those that stand apart or are to be read again anyway. Lines in which they are
// not found again are marked for that.
func (p *page) digitsOf(words []word, read []text, apart map[*spot]bool, again map[int]bool) error {
	if !p.has(sureByPP.engine) {
		return nil
	}
	type place struct {
		line int
		number
	}
	var places []place
	var pieces []word
	for i := range read {
		if apart[words[i].spot] || again[i] {
			continue
		}
		numbers := numbersIn(read[i].symbols())
		if len(numbers) > 0 && len(words[i].pieces) > 1 {
			again[i] = true
			continue
		}
		for _, n := range numbers {
			places = append(places, place{i, n})
			pieces = append(pieces, words[i].part(read[i].glyphs, n))
		}
	}
	texts, err := p.readText(sureByPP, pieces)
	if err != nil {
		return err
	}
	// From the end of each line, so that the places before stay what they are.
	for k, at := range slices.Backward(places) {
		if !again[at.line] && !read[at.line].replace(at.number, &texts[k]) {
			again[at.line] = true
		}
	}
	return nil
}

// symbols are the characters that were read.
func (t *text) symbols() []string {
	var out []string
	for _, s := range t.line.Symbols {
		out = append(out, s.Text)
	}
	return out
}

// part is the part of a line that holds a number, and a character on either side.
func (w word) part(places []mark, n number) word {
	box := w.pieces[0]
	centre := func(i int) float64 { return (places[i].x0 + places[i].x1) / 2 }
	const side = 0.9 // of the height: half a character, and what its place may be off
	if n.from > 0 {
		box[0] = max(box[0], centre(n.from-1)-side*w.height)
	}
	if n.to < len(places) {
		box[2] = min(box[2], centre(n.to)+side*w.height)
	}
	return word{w.spot, []extract.Box{box}, w.height}
}

// replace puts what was read of a number's part of a line into the line, if the
// characters on its sides were read there, too.
func (t *text) replace(n number, part *text) bool {
	symbols, found := t.symbols(), part.symbols()
	from, to := slices.IndexFunc(found, isDigit), len(found)
	for to > 0 && !isDigit(found[to-1]) {
		to--
	}
	if n.from > 0 {
		left := symbols[n.from-1]
		for i := 1; i < len(found); i++ {
			if found[i-1] == left && isDigit(found[i]) {
				from = i
				break
			}
		}
		if from < 1 || found[from-1] != left {
			return false
		}
	}
	if n.to < len(symbols) {
		right := symbols[n.to]
		for i := len(found) - 1; i > 0; i-- {
			if found[i] == right && isDigit(found[i-1]) {
				to = i
				break
			}
		}
		if to >= len(found) || found[to] != right {
			return false
		}
	}
	if from < 0 || to <= from {
		return false
	}
	t.line.Symbols = slices.Concat(t.line.Symbols[:n.from], part.line.Symbols[from:to], t.line.Symbols[n.to:])
	t.glyphs = slices.Concat(t.glyphs[:n.from], part.glyphs[from:to], t.glyphs[n.to:])
	t.reading.Text = strings.Join(t.symbols(), "")
	return true
}
