// Package prose finds, in the sentences of a report, the numbers that its tables
// print too: requests received and concluded, reviews, lawsuits, decisions. What
// a sentence must look like, which words make its number that of another year or
// of a part, and which cells it may mean are data.
//
// It takes folded lines and gives claims. It knows no document, no table and no
// finding: whether a claim holds is for package normalize to say.
package prose

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"nianbao/normalize/prefilter"
)

// Line is one line of text, in compatibility forms and without spaces.
type Line struct {
	Text    string
	Heading bool
}

// Reporter is whose prose it is.
type Reporter struct {
	Name       string
	Year       int
	Government bool // its tables count a whole division: 全市 means itself
}

// Claim is one number that a sentence gives for a subject.
type Claim struct {
	Subject  string
	Number   Number
	Ways     []Way  // the sums of cells that writers mean by it
	Total    bool   // worded as the whole: 全年, 共
	Sentence string // clipped
}

// Way is one reading of a subject: cells that are added up.
type Way []string

// enough is how many claims are looked for: reports have a dozen.
const enough = 200

// Find returns the claims of the lines in their order.
func Find(lines []Line, who Reporter) []Claim {
	var out []Claim
	for _, s := range sentences(lines) {
		if out = append(out, s.claims(who)...); len(out) >= enough {
			return out[:enough]
		}
	}
	return out
}

// claims walks the clauses of a sentence: what one says of another year or of a
// part may hold for the clauses after it.
func (s sentence) claims(who Reporter) []Claim {
	var out []Claim
	lasting := map[string]bool{}
	before := s.heading
	for _, c := range s.clauses() {
		if c.parted {
			delete(lasting, "part")
		}
		matched := c.matched()
		kinds := c.kinds(who, lasting, len(matched) > 0)
		for _, p := range matched {
			if slices.ContainsFunc(kinds, func(k string) bool { return !slices.Contains(p.despite, k) }) {
				continue
			}
			at := p.re.FindStringSubmatchIndex(c.text)
			if p.unless != nil && p.unless.MatchString(c.text) || p.context != nil && !p.context.MatchString(before+c.text[:at[1]]) {
				continue
			}
			m := p.re.FindStringSubmatch(c.text)
			n, ok := p.read(m)
			if !ok {
				continue
			}
			out = append(out, Claim{Subject: p.subject, Number: n, Ways: p.ways, Total: word("total").MatchString(c.text), Sentence: clip(s.text, c.text)})
		}
		before = tail(before + c.text + ",")
	}
	return out
}

// tail keeps what a clause can still refer to.
func tail(s string) string {
	const most = 900 // bytes
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[len(s)-most:], "")
}

// matched are the patterns that a clause fits.
func (c clause) matched() []*pattern {
	var out []*pattern
	for i := range patterns() {
		if p := &patterns()[i]; p.re.MatchString(c.text) {
			out = append(out, p)
		}
	}
	return out
}

// kinds says what speaks against a clause giving the report's own total. Words
// that last are added to lasting, until words that reset it; where nothing is
// claimed, the others are not looked for.
func (c clause) kinds(who Reporter, lasting map[string]bool, claimed bool) []string {
	text := carried.ReplaceAllString(c.text, "")
	if word("reset").MatchString(text) {
		clear(lasting)
	}
	found := map[string]bool{}
	for _, w := range words() {
		if w.kind == "whole" && who.Government || w.kind == "reset" || w.kind == "total" || w.kind == "neutral" || !w.persists && !claimed {
			continue
		}
		in := text
		if w.kind == "last_year" && !w.re.MatchString(text) {
			in = c.text // 上年结转 speaks of last year in its own clause only
			if w.re.MatchString(in) {
				found[w.kind] = true
			}
			continue
		}
		if w.speaks(in, who) {
			found[w.kind] = true
			if w.persists && !(w.kind == "last_year" && word("comparison").MatchString(text)) {
				lasting[w.kind] = true
			}
		}
	}
	for _, y := range anyYear.FindAllStringSubmatch(c.text, -1) {
		kind := yearKind(y[1], who.Year)
		if kind == "" {
			clear(lasting)
			continue
		}
		found[kind] = true
		if strings.Contains(text, y[0]) && !word("comparison").MatchString(text) {
			lasting["year"] = true
		}
	}
	var out []string
	for k := range found {
		out = append(out, k)
	}
	for k := range lasting {
		if !found[k] && !(k == "year" && (found["year-1"] || found["year+1"])) {
			out = append(out, k)
		}
	}
	return out
}

// speaks tells whether a text holds such a word. 办公室 is a narrower body in the
// report of a government and the reporter itself in that of an office.
func (w *kindOfWord) speaks(text string, who Reporter) bool {
	if w.kind != "scope" {
		return w.re.MatchString(text)
	}
	return slices.ContainsFunc(w.re.FindAllString(text, -1), func(m string) bool { return !strings.Contains(who.Name, m) })
}

var (
	anyYear = prefilter.MustCompile(`(20[0-9]{2})年`)
	// carried is what a clause says of its place between two years, which makes
	// its neighbours no sentences about those years.
	carried = prefilter.MustCompile(`(?:上年度?|上一年度?|去年|20[0-9]{2}年度?)结转|(?:结转|转入)(?:至|到|入)?(?:下一?年度?|20[0-9]{2}年度?)`)
)

// yearKind is how another year stands to the report's, "" for its own.
func yearKind(s string, year int) string {
	y, err := strconv.Atoi(s)
	switch {
	case err != nil || year == 0:
		return "year"
	case y == year:
		return ""
	case y == year-1:
		return "year-1"
	case y == year+1:
		return "year+1"
	}
	return "year"
}

// clip shortens a sentence to what surrounds one of its clauses.
func clip(s, around string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	r := []rune(s)
	at := max(0, strings.Index(s, around))
	from := max(0, utf8.RuneCountInString(s[:at])-10)
	to := min(len(r), max(from+most, from+10+utf8.RuneCountInString(around)))
	to = min(to, from+3*most)
	out := string(r[from:to])
	if from > 0 {
		out = "…" + out
	}
	if to < len(r) {
		out += "…"
	}
	return out
}
