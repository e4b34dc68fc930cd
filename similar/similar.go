// Package similar finds texts that share passages, among thousands: last year's
// report with a new title, or another agency's with a new name. Texts are
// compared without numbers, punctuation and the names they are of, by hashes of
// runs of characters; a sample of them (winnowing, after Schleimer, Wilkerson
// and Aiken, 2003) says which pairs are worth a full comparison.
//
// It knows no report, and not whether a likeness is wrong.
package similar

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

const (
	// gram is how many characters make a run: shorter ones are common phrases.
	gram = 8
	// window is how many runs are sampled once at least: a common passage of
	// gram+window-1 characters is never missed.
	window = 8
	// listed bounds how many texts of one sampled run are compared with; of
	// more, those listed first stand for the others.
	listed = 40
	// candidates is how many texts a text is fully compared with.
	candidates = 4
	// patience is how many characters are looked at for the longest passage of
	// two texts, which repetitions make long work.
	patience = 4_000_000
	// most is how many characters of a text are compared.
	most = 50_000
	// Least is how many characters a text must have to be compared.
	Least = 200
)

// Text is a text to compare.
type Text struct {
	Group int64 // texts of one group (an agency's of all years) are kept apart from others
	runes []rune
	place []int // where each rune stands in source
	raw   []rune
	name  string // the first of the names left out, for which mark stands in raw
}

// mark stands for a name.
const mark = '〓'

// New prepares a text: its lines, and the names to leave out.
func New(group int64, lines []string, names ...string) *Text {
	t := &Text{Group: group}
	raw := strings.Join(lines, "\n")
	var out []rune
	for _, n := range names {
		if n != "" {
			raw = strings.ReplaceAll(raw, n, string(mark))
			t.name = cmp.Or(t.name, n)
		}
	}
	t.raw = []rune(raw)
	for i, r := range t.raw {
		if len(out) < most && unicode.IsLetter(r) && r != mark && !numeral(r) {
			out = append(out, r)
			t.place = append(t.place, i)
		}
	}
	t.runes = out
	return t
}

// numeral tells Chinese digits, which change from year to year as others do.
func numeral(r rune) bool {
	return strings.ContainsRune("〇零一二三四五六七八九十百千万两", r)
}

// Len is how many characters are compared.
func (t *Text) Len() int { return len(t.runes) }

// Match says that much of one text also stands in another.
type Match struct {
	Text, In int // indices
	Shared   int // characters of Text that stand in runs of In, too
	Of       int // characters of Text
	Passage  string
}

// Share is the shared part of the text, 0 to 1.
func (m Match) Share() float64 { return float64(m.Shared) / float64(max(1, m.Of)) }

// Find returns, for each text, the text of its own group before it and the text
// of another group that share most with it, where the share is at least that
// given. Texts of one group stand in the order they were written in.
func Find(texts []*Text, least float64) []Match {
	index := map[uint64][]int32{}
	prints := make([][]uint64, len(texts))
	for i, t := range texts {
		if t.Len() < Least {
			continue
		}
		prints[i] = winnow(hashes(t.runes))
		for _, h := range prints[i] {
			if l := index[h]; len(l) < listed {
				index[h] = append(l, int32(i))
			}
		}
	}
	last := map[int64]int{} // the text of a group before this one
	var out []Match
	for i, t := range texts {
		if t.Len() < Least {
			continue
		}
		if before, ok := last[t.Group]; ok {
			if m := compare(texts, i, before); m.Share() >= least {
				out = append(out, m)
			}
		}
		last[t.Group] = i
		var best Match
		for _, j := range likely(texts, prints[i], index, i, least) {
			if m := compare(texts, i, j); m.Shared > best.Shared {
				best = m
			}
		}
		if best.Shared > 0 && best.Share() >= least {
			out = append(out, best)
		}
	}
	return out
}

// likely returns the texts of other groups that share most sampled runs, and
// enough of them.
func likely(texts []*Text, prints []uint64, index map[uint64][]int32, i int, least float64) []int {
	counts := map[int]int{}
	for _, h := range prints {
		for _, j := range index[h] {
			if texts[j].Group != texts[i].Group {
				counts[int(j)]++
			}
		}
	}
	var out []int
	for j, n := range counts {
		if 2*float64(n) >= least*float64(len(prints)) { // a sample errs
			out = append(out, j)
		}
	}
	slices.SortFunc(out, func(a, b int) int { return cmp.Or(counts[b]-counts[a], a-b) })
	return out[:min(len(out), candidates)]
}

// compare covers a text with the runs that stand in another.
func compare(texts []*Text, i, j int) Match {
	a, b := texts[i], texts[j]
	at := map[uint64][]int32{}
	for p, h := range hashes(b.runes) {
		if l := at[h]; len(l) < listed {
			at[h] = append(l, int32(p))
		}
	}
	m := Match{Text: i, In: j, Of: a.Len()}
	covered, longest, from, effort := 0, 0, 0, 0
	for p, h := range hashes(a.runes) {
		places := at[h]
		if len(places) == 0 {
			continue
		}
		m.Shared += p + gram - max(p, covered)
		covered = p + gram
		for _, q := range places {
			// Only a passage that ends further can be longer.
			if p+longest >= len(a.runes) || int(q)+longest >= len(b.runes) || a.runes[p+longest] != b.runes[int(q)+longest] || effort > patience {
				continue
			}
			n := common(a.runes[p:], b.runes[q:])
			effort += n
			if n > longest {
				longest, from = n, p
			}
		}
	}
	if longest > 0 {
		m.Passage = strings.Join(strings.Fields(string(a.raw[a.place[from]:a.place[from+longest-1]+1])), "")
		m.Passage = strings.ReplaceAll(m.Passage, string(mark), a.name)
	}
	return m
}

// common is how long two texts are the same.
func common(a, b []rune) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// hashes are those of the runs of a text, by the place they begin at.
func hashes(runes []rune) []uint64 {
	const base = 0x9e3779b97f4a7c15 | 1
	if len(runes) < gram {
		return nil
	}
	power := uint64(1)
	for range gram - 1 {
		power *= base
	}
	out := make([]uint64, len(runes)-gram+1)
	var h uint64
	for i, r := range runes {
		if i >= gram {
			h -= uint64(runes[i-gram]) * power
		}
		h = h*base + uint64(r)
		if i >= gram-1 {
			out[i-gram+1] = h
		}
	}
	return out
}

// winnow samples hashes: the smallest of each window, once.
func winnow(hs []uint64) []uint64 {
	var out []uint64
	last := -1
	for i := 0; i+window <= len(hs) || i == 0 && len(hs) > 0; i++ {
		least := i
		for k := i + 1; k < min(len(hs), i+window); k++ {
			if mix(hs[k]) <= mix(hs[least]) {
				least = k
			}
		}
		if least != last {
			out = append(out, hs[least])
			last = least
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mix spreads a hash, so that the sample does not prefer some characters.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}
