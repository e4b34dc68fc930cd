package main

import (
	"math"
	"strings"

	"nianbao/extract/ocr/engine"
)

// The PP-OCR recogniser gives, for each step of 8 columns of its input, the
// probability of every entry of its dictionary; the first entry means that no
// character ends here. Reading that greedily is taking the likeliest entry of
// each step and dropping repetitions.

// stepColumns is the number of columns of the model's input in one step.
const stepColumns = 8

// numberForms lists the entries of the dictionary that show the digit or sign
// they begin with: its wide form, and characters that look alike. The model
// spreads a digit's probability over them.
var numberForms = []string{
	"0０OoОΟ〇○Ｏｏ", "1１lI|Ｉｌ｜│∣", "2２", "3３З", "4４", "5５", "6６", "7７", "8８", "9９",
	"-－—─一", "+＋﹢", ".．", ",，", "/／",
}

// decoder reads the output of the recogniser.
type decoder struct {
	entries []string
	numbers []form   // the entries that are of numbers, or nothing
	texts   []string // of the classes
}

// form is an entry that shows a digit or sign: the class is an index of texts.
type form struct{ entry, class int }

// blank is the class of what shows nothing.
const blank = 0

func newDecoder(entries []string) *decoder {
	d := &decoder{entries: entries, texts: []string{blank: ""}}
	class := make(map[string]int)
	for _, forms := range numberForms {
		for _, form := range strings.Split(forms, "") {
			class[form] = len(d.texts)
		}
		d.texts = append(d.texts, forms[:1])
	}
	for i, e := range entries {
		if c, ok := class[e]; ok {
			d.numbers = append(d.numbers, form{i, c})
		} else if e == "" || e == " " || e == "\u3000" {
			d.numbers = append(d.numbers, form{i, blank})
		}
	}
	return d
}

// read makes symbols of the probabilities of all steps. columns maps a column of
// the model's input to one of the image, which is width wide.
func (d *decoder) read(probabilities []float32, kind engine.Kind, scale float64, width int) []engine.Symbol {
	likeliest := d.text
	if kind == engine.Number {
		likeliest = d.number
	}
	var symbols []engine.Symbol
	last := ""
	n := len(d.entries)
	for step := 0; (step+1)*n <= len(probabilities); step++ {
		text, p := likeliest(probabilities[step*n : (step+1)*n])
		x0 := min(int(float64(step*stepColumns)*scale), width-1)
		x1 := min(max(int(math.Ceil(float64((step+1)*stepColumns)*scale)), x0+1), width)
		switch {
		case text == "":
		case text == last:
			s := &symbols[len(symbols)-1]
			s.X1, s.Confidence = x1, max(s.Confidence, p)
		default:
			symbols = append(symbols, engine.Symbol{Text: text, X0: x0, X1: x1, Confidence: p})
		}
		last = text
	}
	return symbols
}

// half: the probabilities of a step sum up to 1, so that an entry with more than this
// is the likeliest, and the others need no look.
const half = 0.5

// text is the likeliest entry of the whole dictionary.
func (d *decoder) text(p []float32) (string, float64) {
	best := 0
	for i, v := range p {
		if v > p[best] {
			best = i
		}
		if p[best] > half {
			break
		}
	}
	return d.entries[best], probability(p[best])
}

// number is the likeliest digit or sign over all its forms. A character that is
// none is given as it is where it is likelier than all else together: whoever
// reads numbers must see that there is none.
func (d *decoder) number(p []float32) (string, float64) {
	var sums [32]float32
	best := blank
	for _, f := range d.numbers {
		if sums[f.class] += p[f.entry]; sums[f.class] > sums[best] {
			best = f.class
		}
	}
	if sums[best] <= half {
		if text, v := d.text(p); v > half {
			return text, v // no number: else its class had as much
		}
	}
	return d.texts[best], probability(sums[best])
}

// probability keeps rounding errors, and a model gone mad, within 0..1.
func probability(p float32) float64 {
	if p != p {
		return 0
	}
	return float64(min(max(p, 0), 1))
}
