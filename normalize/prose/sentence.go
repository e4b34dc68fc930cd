package prose

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"nianbao/normalize/prefilter"
)

// sentence is a sentence and the heading it stands below.
type sentence struct{ heading, text string }

// clause is a part of a sentence between commas.
type clause struct {
	text   string
	parted bool // a semicolon stands before it
}

// longest is how many bytes of a text without a full stop make one sentence.
const longest = 6000

var (
	headed = regexp.MustCompile(`^(?:\(?[一二三四五六七八九十]{1,3}[)、.]|第[一二三四五六七八九十]+部分|[0-9]{1,2}[.、])`)
	// aside is a note in brackets, which says more of what stands before it.
	aside = prefilter.MustCompile(`\([^()]{0,200}\)`)
	// listed is where a list of counts goes on: 行政复议2件、行政诉讼1件.
	listed = prefilter.MustCompile(`([0-9一二三四五六七八九十百千万零〇余多](?:人次|件|宗|条|份|起|项|例|次|个))[、和及](\p{Han})`)
	// grouped is a thousands separator, which no clause ends at.
	grouped = prefilter.MustCompile(`([0-9]),([0-9]{3})\b`)
)

// sentences joins lines, which pages break anywhere, and cuts them at full stops
// and headings. Lines of numbers alone, as of tables and pages, and lines in
// another language are no part of a sentence.
func sentences(lines []Line) []sentence {
	var out []sentence
	var heading string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, sentence{heading, b.String()})
			b.Reset()
		}
	}
	for _, l := range lines {
		if !readable(l.Text) {
			continue
		}
		if l.Heading || headed.MatchString(l.Text) {
			flush()
			if utf8.RuneCountInString(l.Text) <= 30 && !strings.ContainsAny(l.Text, "。,") {
				heading = l.Text
				continue
			}
		}
		text := l.Text
		for {
			i := strings.IndexAny(text, "。!?")
			if i < 0 {
				break
			}
			_, w := utf8.DecodeRuneInString(text[i:])
			b.WriteString(text[:i])
			flush()
			text = text[i+w:]
		}
		b.WriteString(text)
		if b.Len() > longest {
			flush()
		}
	}
	flush()
	return out
}

// readable tells whether a line is Chinese prose.
func readable(s string) bool {
	han, latin := 0, 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case r < utf8.RuneSelf && unicode.IsLetter(r):
			latin++
		}
	}
	return han > 0 && latin <= 2*han
}

// clauses cuts a sentence at commas, semicolons and within lists of counts.
func (s sentence) clauses() []clause {
	text := aside.ReplaceAllString(s.text, "")
	text = grouped.ReplaceAllString(grouped.ReplaceAllString(text, "$1$2"), "$1$2")
	text = word("neutral").ReplaceAllString(text, "")
	text = listed.ReplaceAllString(text, "$1,$2")
	var out []clause
	parted := false
	for text != "" {
		i := strings.IndexAny(text, ",;:")
		end := ""
		piece := text
		if i >= 0 {
			piece, end, text = text[:i], text[i:i+1], text[i+1:]
		} else {
			text = ""
		}
		if piece = strings.TrimRight(piece, "."); piece != "" { // a full stop of another script
			out = append(out, clause{piece, parted})
			parted = false
		}
		parted = parted || end == ";"
	}
	return out
}
