package normalize

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"

	"nianbao/extract"
)

// candidate is a value that at least one engine read in a cell.
type candidate struct {
	reading
	text       string
	reader     string
	confidence float64 // of the surest engine that read it
	votes      int     // engines that read it
	fits       bool    // at least one of them as such a cell is printed, without a slip
}

// recognition is what the engines read in one recognised cell.
type recognition struct {
	candidates []candidate // in the order of the readings, those that fit first
	chosen     int         // into candidates
	clean      bool        // every engine read something that fits
}

// recognise reads each engine's text by the rules of values.
func recognise(c *extract.Cell, col *templateColumn, printed string) *recognition {
	rec := &recognition{clean: true}
	if inkless(c) {
		rec.add(candidate{reading: reading{state: Blank}, reader: c.Reader, confidence: c.Confidence, votes: 1, fits: true})
		return rec
	}
	var slips []candidate
	for _, r := range readings(c) {
		x := candidate{text: r.Text, reader: r.Reader, confidence: r.Confidence, votes: 1}
		if x.reading, x.fits = readStrictly(r.Text, col, printed); x.fits {
			rec.add(x)
			continue
		}
		rec.clean = false
		if x.reading = readSlip(r.Text, col, printed); x.state != Unreadable {
			slips = append(slips, x)
		}
	}
	for _, x := range slips {
		rec.add(x)
	}
	return rec
}

// add adds a candidate, or its vote to one that says the same.
func (rec *recognition) add(x candidate) {
	for i := range rec.candidates {
		c := &rec.candidates[i]
		if c.state == x.state && c.value.Equal(x.value) {
			c.votes += x.votes
			c.confidence = max(c.confidence, x.confidence)
			return
		}
	}
	rec.candidates = append(rec.candidates, x)
}

// first makes the first candidate the entry's reading, until sums decide.
func (rec *recognition) first(e *entry) {
	e.reading = reading{state: Unreadable}
	if len(rec.candidates) > 0 {
		e.reading = rec.candidates[0].reading
	}
}

// readings of a recognised cell; a reader that keeps none has read its text.
func readings(c *extract.Cell) []extract.Reading {
	if len(c.Readings) > 0 {
		return c.Readings
	}
	return []extract.Reading{{Reader: c.Reader, Text: c.Text, Confidence: c.Confidence}}
}

// inkless tells whether a recognised cell is truly blank. One with ink in which
// the engines saw nothing is not: that is a failure to read.
func inkless(c *extract.Cell) bool { return c.Text == "" && len(c.Readings) == 0 }

// confident is the confidence from which an engine's word counts. On scans fit
// to be read it lets 99 % of the right readings pass and stops 9 of 10 wrong
// ones.
const confident = 0.9

// agreed tells whether two engines read the same, or both saw no ink.
func (rec *recognition) agreed() bool {
	if len(rec.candidates) != 1 {
		return false
	}
	c := &rec.candidates[0]
	return c.fits && (c.votes > 1 || c.state == Blank && c.confidence >= confident)
}

// certain tells whether the engines agree, each by itself fits the kind of cell
// and the surer one is sure.
func (rec *recognition) certain() bool {
	return rec.agreed() && rec.clean && rec.candidates[0].confidence >= confident
}

// mixed tells whether some engine read a number and another one a dash. Sums
// take a dash for 0, so they cannot decide.
func (rec *recognition) mixed() bool {
	for _, c := range rec.candidates {
		if c.state != rec.candidates[0].state {
			return true
		}
	}
	return false
}

// outdone tells whether an engine that is sure of itself read something else,
// and the one whose reading is taken is not.
func (rec *recognition) outdone() bool {
	taken := rec.candidates[rec.chosen].confidence
	for i, c := range rec.candidates {
		if i != rec.chosen && taken < confident && c.confidence >= confident {
			return true
		}
	}
	return false
}

// worth is what a candidate adds to a sum.
func (c *candidate) worth() decimal.Decimal {
	if c.state == Reported {
		return c.value
	}
	return decimal.Zero
}

// printedDash are the dashes that reports print. Other strokes are a digit
// misread, or what is left of a rule.
var printedDash = regexp.MustCompile(`^(?:[/-]{1,3}|无|不涉及|无此项)$`)

// readStrictly reads a text that is printed as its kind of cell demands: digits
// alone in a count, with a sign in a change, with decimals in an amount.
func readStrictly(text string, col *templateColumn, printed string) (reading, bool) {
	r := read(text, col.unit, printed)
	s := strings.Join(strings.Fields(dashing.Replace(norm.NFKC.String(dashing.Replace(text)))), "")
	switch {
	case r.state == Dash:
		return r, printedDash.MatchString(s)
	case r.state != Reported || r.doubt || strings.ContainsRune(text, unicode.ReplacementChar):
		return r, false
	case col.unit != "万元" && strings.Contains(s, "."):
		return r, false
	case strings.ContainsAny(s, "+-") && !col.signed():
		return r, false
	}
	return r, true
}

// signed tells whether a column holds changes, which have a sign.
func (c *templateColumn) signed() bool { return strings.HasSuffix(c.id, "items_change") }

var (
	// lookalikes are what engines read for a digit.
	lookalikes = strings.NewReplacer("O", "0", "o", "0", "〇", "0", "○", "0", "О", "0", "о", "0", "l", "1", "I", "1", "|", "1")
	// strokes are what engines of Chinese text read for a dash.
	strokes = map[string]bool{"一": true, "ー": true}
	// groupedByPoints is a number whose separators of thousands lost their tails.
	groupedByPoints = regexp.MustCompile(`^\d{1,3}(?:\.\d{3})+$`)
)

// readSlip reads a text past the slips that engines are known for: 0. for 0,
// 27.370 for 27,370, O for 0. What it finds does not fit and needs sums.
func readSlip(text string, col *templateColumn, printed string) reading {
	s := strings.Join(strings.Fields(norm.NFKC.String(text)), "")
	s = strings.Trim(s, ".,'`:;·。、")
	if strings.ContainsAny(s, "0123456789Oo〇○Оо") { // a lone stroke may be 1 or a dash
		s = lookalikes.Replace(s)
	}
	if col.unit != "万元" && groupedByPoints.MatchString(s) {
		s = strings.ReplaceAll(s, ".", "")
	}
	if strokes[s] {
		return reading{state: Dash}
	}
	if r := read(s, col.unit, printed); r.state == Reported {
		return r
	}
	return reading{state: Unreadable}
}

// numeric tells whether what engines read in a cell can stand where a number is
// asked: a number, slips included, or nothing but strokes and points.
func numeric(c *extract.Cell) bool {
	if inkless(c) {
		return true
	}
	for _, r := range readings(c) {
		if valuelike(r.Text) || valuelike(lookalikes.Replace(r.Text)) || strokes[strings.TrimSpace(r.Text)] {
			return true
		}
	}
	return !strings.ContainsFunc(norm.NFKC.String(c.Text), func(r rune) bool { return unicode.IsLetter(r) })
}
