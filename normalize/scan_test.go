package normalize_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/pdf"
	"nianbao/fixtures"
	"nianbao/fixtures/score"
	"nianbao/fixtures/sweep"
	"nianbao/normalize"
)

// scanner makes of a document what two engines would read of its scan, with the
// slips that such engines make.
type scanner struct {
	*rand.Rand
	slip   float64 // share of number cells that one engine misreads, each by itself
	both   float64 // share that both misread in the same way
	letter float64 // share of the characters of labels and lines that are misread
	// certain: where both misread alike they are sure of it.
	certain bool
}

func (s scanner) String() string {
	out := fmt.Sprintf("%.1f+%.2f %% letters %.0f %%", 100*s.slip, 100*s.both, 100*s.letter)
	if s.certain {
		out += " sure"
	}
	return out
}

// scan turns a document into the reading of its scan.
func (s *scanner) scan(doc *extract.Document) {
	for i := range doc.Tables {
		t := &doc.Tables[i]
		for j := range t.Cells {
			c := &t.Cells[j]
			c.Recognised, c.Reader = true, "ocr"
			switch {
			case strings.TrimSpace(c.Text) == "" || strings.Trim(c.Text, "\u00a0\u3000\ufeff\u200b \n") == "":
				c.Text, c.Confidence = "", 1
				if s.Float64() < s.slip/10 { // a speck
					s.number(c, []string{"", ".", "-", "1"}[s.IntN(4)], []string{"", ".", "-", "'"}[s.IntN(4)], .6)
				}
			case strings.ContainsFunc(c.Text, isHan) && !strings.ContainsAny(c.Text, "0123456789０１２３４５６７８９") || strings.Count(c.Text, "") > 12:
				c.Text, c.Confidence = s.letters(c.Text), .9
				c.Readings = []extract.Reading{{Reader: "ocr/a", Text: c.Text, Confidence: .9}}
			default:
				printed := c.Text
				first, second, alike := printed, printed, false
				switch {
				case s.Float64() < s.both:
					first, alike = s.misread(first), true
					second = first
				default:
					if s.Float64() < s.slip {
						first = s.misread(first)
					}
					if s.Float64() < s.slip {
						second = s.misread(second)
					}
				}
				s.number(c, first, second, 0)
				for k, text := range []string{first, second} {
					c.Readings[k].Confidence = s.confidence(text == printed || alike && s.certain)
				}
			}
		}
	}
	for i := range doc.Lines {
		doc.Lines[i].Text = s.letters(doc.Lines[i].Text)
	}
}

func (s *scanner) number(c *extract.Cell, first, second string, confidence float64) {
	c.Text, c.Confidence = first, confidence
	c.Readings = []extract.Reading{{Reader: "ocr/a", Text: first, Confidence: confidence}, {Reader: "ocr/b", Text: second, Confidence: confidence}}
}

// confidence of engines: above 0.9 for 99 of 100 right readings, below for 9 of
// 10 wrong ones.
func (s *scanner) confidence(right bool) float64 {
	if p := s.Float64(); right == (p > .01) && (right || p > .1) {
		return .9 + s.Float64()/10
	}
	return .3 + .6*s.Float64()
}

func isHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

// misread is another text than the one printed.
func (s *scanner) misread(text string) string {
	for range 20 {
		if out := s.tryMisread(text); out != text {
			return out
		}
	}
	return ""
}

func (s *scanner) tryMisread(text string) string {
	rs := []rune(strings.TrimSpace(text))
	if len(rs) == 0 {
		return "."
	}
	k := s.IntN(len(rs))
	switch s.IntN(12) {
	case 0, 1, 2: // another digit
		alike := map[rune]string{'0': "8692", '1': "74", '2': "7", '3': "85", '4': "19", '5': "63", '6': "580", '7': "1", '8': "3609", '9': "480", '-': "1", '/': "71", '—': "1-"}[rs[k]]
		if alike != "" {
			rs[k] = rune(alike[s.IntN(len(alike))])
		}
	case 3:
		if rs[k] >= '0' && rs[k] <= '9' {
			rs[k] = rune('0' + s.IntN(10))
		}
	case 4: // a character lost; of a single one, all
		rs = slices.Delete(rs, k, k+1)
	case 5: // seen by no engine
		return ""
	case 6: // a speck
		return string(rs) + "."
	case 7:
		return strings.NewReplacer("0", "O", "1", "l").Replace(string(rs))
	case 8:
		return strings.ReplaceAll(string(rs), ",", ".")
	case 9: // a sign lost
		return strings.TrimLeft(string(rs), "-+−－")
	case 10: // a digit of the neighbour, or a rule
		return string(rs) + []string{"1", "0", "|", "-"}[s.IntN(4)]
	case 11:
		return []string{"1", "-", "."}[s.IntN(3)] + string(rs)
	}
	return string(rs)
}

// letters misreads characters: as others of the same reports, so that labels
// come near to each other, or not at all.
func (s *scanner) letters(text string) string {
	const others = "一二三四五六七八九十本年上年结转规章行政许可处罚强制其他总计件商业科研公益维持纠正尚未审结1234567()口"
	from := []rune(others)
	out := []rune(text)
	for i, r := range out {
		if r != ' ' && r != '\n' && s.Float64() < s.letter {
			if out[i] = from[s.IntN(len(from))]; s.IntN(6) == 0 {
				out[i] = ' '
			}
		}
	}
	return string(out)
}

// drawn is the document of a report with drawn rules, which scans are cut by; nil
// where the report has none.
func drawn(seed uint64) (*sweep.Case, *extract.Document) {
	c := sweep.Make(seed, "pdf")
	doc, err := pdf.Read(c.Data, pdf.Options{})
	if err != nil || slices.ContainsFunc(doc.Tables, func(t extract.Table) bool { return t.Ragged }) {
		return c, nil
	}
	return c, doc
}

// scanned is what normalize makes of a document's scan.
func scanned(doc *extract.Document, seed uint64, s scanner) *normalize.Report {
	page := *doc
	page.Lines = slices.Clone(doc.Lines)
	page.Tables = slices.Clone(doc.Tables)
	for i := range page.Tables {
		page.Tables[i].Cells = slices.Clone(page.Tables[i].Cells)
	}
	s.Rand = fixtures.New(seed * 77)
	s.scan(&page)
	return normalize.Normalize(&page)
}

// scans is what was counted at one setting of the scanner.
type scans struct {
	score.Count
	unseen int // silently wrong where both engines misread alike and no two sums are
}

// TestScans holds that whatever share of cells each engine misreads by itself,
// nothing is silently wrong: values, agency and year. What both misread alike,
// and surely, nobody can see where there is no sum; the test allows that there
// and nowhere else.
//
// NIANBAO_SCANS=1000 reads that many reports and prints the counts,
// NIANBAO_SCANS_FROM=5000 other ones.
func TestScans(t *testing.T) {
	n, first, loud := 30, 1, os.Getenv("NIANBAO_SCANS") != ""
	for name, v := range map[string]*int{"NIANBAO_SCANS": &n, "NIANBAO_SCANS_FROM": &first} {
		if s := os.Getenv(name); s != "" {
			var err error
			if *v, err = strconv.Atoi(s); err != nil {
				t.Fatalf("%s=%q: %v", name, s, err)
			}
		}
	}
	settings := []scanner{
		{}, {slip: .001}, {slip: .005}, {slip: .01}, {slip: .03}, {slip: .05},
		{slip: .01, letter: .01}, {slip: .01, letter: .03}, {slip: .01, letter: .06},
		{slip: .01, both: .0005}, {slip: .03, both: .003, letter: .02}, {slip: .03, both: .003, certain: true},
	}
	seeds := []uint64{81055, 84620} // where something was silent once: these are not counted
	uncounted := len(seeds)
	for seed := first; seed < first+n; seed++ {
		seeds = append(seeds, uint64(seed))
	}
	counts := make([]scans, len(settings))
	for k, seed := range seeds {
		c, doc := drawn(seed)
		if doc == nil {
			continue
		}
		for i, s := range settings {
			got := scanned(doc, seed, s)
			count, misses := score.Compare(c.Truth, got)
			if k >= uncounted {
				counts[i].Add(count)
			}
			for _, m := range misses {
				switch {
				case !m.Silent || m.Kind == "unclear":
				case s.both > 0 && !strings.HasPrefix(m.ID, "requests."):
					counts[i].unseen++
				default:
					t.Errorf("%s: seed %d %s %v: %s", s, seed, c.Layout, c.Deviations, m)
				}
			}
			said := func(what string) bool {
				return slices.ContainsFunc(got.Findings, func(f normalize.Finding) bool { return strings.HasPrefix(f.Rule, what) })
			}
			if count.Agency == 0 && !said("agency_") {
				t.Errorf("%s: seed %d %v: silently %s, want %s", s, seed, c.Deviations, got.Agency.Name, c.Truth.Agency)
			}
			if count.Year == 0 && !said("year_") {
				t.Errorf("%s: seed %d %v: silently %d, want %d", s, seed, c.Deviations, got.Year, c.Truth.Year)
			}
		}
	}
	for i, s := range settings {
		if c := &counts[i]; c.Share() < .97 {
			t.Errorf("%s: %.2f %% right", s, 100*c.Share())
		}
		if loud {
			fmt.Printf("%s\n%s unseen %d\n", score.Head(), counts[i].Row(s.String()), counts[i].unseen)
		}
	}
}
