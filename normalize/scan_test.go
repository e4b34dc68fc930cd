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
				first, second, confidence := printed, printed, 0.0
				switch {
				case s.Float64() < s.both:
					first = s.misread(first)
					second = first
				default:
					if s.Float64() < s.slip {
						first = s.misread(first)
					}
					if s.Float64() < s.slip {
						second = s.misread(second)
					}
				}
				s.number(c, first, second, confidence)
				for k, text := range []string{first, second} {
					right := text == printed
					c.Readings[k].Confidence = s.confidence(right)
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

// scanned reads the scan of the report of a seed.
func scanned(t testing.TB, seed uint64, rates scanner) (*sweep.Case, *normalize.Report) {
	c := sweep.Make(seed, "pdf")
	doc, err := pdf.Read(c.Data, pdf.Options{})
	if err != nil {
		return c, nil
	}
	for _, table := range doc.Tables {
		if table.Ragged { // no drawn rules, which scans are cut by
			return c, nil
		}
	}
	rates.Rand = fixtures.New(seed * 77)
	rates.scan(doc)
	return c, normalize.Normalize(doc)
}

// Of the number cells that one engine misreads, none is silently wrong, whatever
// the share. What both misread alike no one can see where there are no sums:
// that share is measured apart, and not asserted.
//
// NIANBAO_SCANS=1000 reads that many reports at each share and prints the counts.
func TestScans(t *testing.T) {
	n, loud := 40, false
	if v, err := strconv.Atoi(os.Getenv("NIANBAO_SCANS")); err == nil {
		n, loud = v, true
	}
	first := uint64(1)
	if v, err := strconv.Atoi(os.Getenv("NIANBAO_SCANS_FROM")); err == nil {
		first = uint64(v)
	}
	rates := []scanner{
		{}, {slip: .001}, {slip: .005}, {slip: .01}, {slip: .03}, {slip: .05},
		{slip: .01, letter: .01}, {slip: .01, letter: .03}, {slip: .01, both: .0005},
		{slip: .03, both: .003, letter: .02},
	}
	for _, rate := range rates {
		name := fmt.Sprintf("slip %.3f both %.4f letter %.3f", rate.slip, rate.both, rate.letter)
		t.Run(name, func(t *testing.T) {
			var all score.Count
			alike := 0 // silent where no sums are
			for seed := first; seed < first+uint64(n); seed++ {
				c, got := scanned(t, seed, rate)
				if got == nil {
					continue
				}
				count, misses := score.Compare(c.Truth, got)
				all.Add(count)
				for _, m := range misses {
					if !m.Silent || m.Kind == "unclear" {
						continue
					}
					if rate.both > 0 && !strings.HasPrefix(m.ID, "requests.") && !strings.Contains(m.ID, "review.") && !strings.Contains(m.ID, "litigation.") {
						alike++
						continue
					}
					t.Errorf("seed %d %s %v: %s", seed, c.Layout, c.Deviations, m)
				}
			}
			if all.Share() < .97 {
				t.Errorf("%.2f %% right", 100*all.Share())
			}
			if loud {
				fmt.Printf("%s\n%s\nsilent without sums: %d\n", score.Head(), all.Row(name), alike)
			}
		})
	}
}
