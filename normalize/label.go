package normalize

import (
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nianbao/schema"
)

// label is a printed text prepared for comparison with the form's labels.
type label struct {
	full string // folded, with its number
	bare string // folded, without number and without what stands in brackets
	rune []rune // bare
	// id is the same for the same printed text while that is remembered, and never
	// that of another one; 0 if it is not remembered.
	id uint64
}

var (
	numbering = regexp.MustCompile(`^(?:[(\[][一二三四五六七八九十0-9]{1,3}[)\]][、.,:]?|[一二三四五六七八九十]{1,3}[、.,:]|[0-9]{1,2}(?:[、.,:)]|\b))`)
	brackets  = regexp.MustCompile(`[(\[][^()\[\]]*[)\]]?`)
	spaces    = regexp.MustCompile(`[\s\x{200b}\x{feff}\x{3000}]+`)
)

// newLabel prepares a printed text. The number in front is dropped from bare,
// since reports lose and exchange numbers; so are brackets, where agencies add
// or lose instructions.
func newLabel(s string) label {
	if len(s) > longest*utf8.UTFMax {
		return prepare(s)
	}
	return prepared.get(s, func() label {
		l := prepare(s)
		l.id = labels.Add(1)
		return l
	})
}

// What labels come to is remembered from report to report: they all print the same
// ones.
var (
	labels   atomic.Uint64 // the last id
	prepared = memory[string, label]{most: 4096}
	likened  = memory[pair, float64]{most: 1 << 16}
)

// pair is a printed label and a place of a form.
type pair struct {
	print uint64
	place *label
}

// memory remembers values by key, up to a number of them; then it begins anew.
type memory[K comparable, V any] struct {
	mu    sync.Mutex
	known map[K]V
	most  int
}

func (m *memory[K, V]) get(key K, find func() V) V {
	m.mu.Lock()
	v, ok := m.known[key]
	m.mu.Unlock()
	if ok {
		return v
	}
	v = find()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= m.most {
		m.known = make(map[K]V)
	}
	m.known[key] = v
	return v
}

func prepare(s string) label {
	s = spaces.ReplaceAllString(norm.NFKC.String(schema.FoldRadicals(s)), "")
	rest := s
	for {
		cut := numbering.ReplaceAllString(rest, "")
		if cut == rest || cut == "" {
			break
		}
		rest = cut
	}
	bare := schema.Fold(brackets.ReplaceAllString(rest, ""))
	if bare == "" {
		bare = schema.Fold(rest)
	}
	return label{full: schema.Fold(s), bare: bare, rune: []rune(bare)}
}

// likeness of two labels, from 0 to 1. 1 is the same label, prints aside;
// above sure only cuts and slips of the pen remain.
func likeness(a, b label) float64 {
	switch {
	case a.full == "" || b.full == "":
		return 0
	case a.full == b.full:
		return 1
	case a.bare == b.bare:
		return 0.98
	}
	if len(a.rune) > len(b.rune) {
		a, b = b, a
	}
	share := float64(len(a.rune)) / float64(len(b.rune))
	if len(a.rune) >= 2 && strings.HasPrefix(b.bare, a.bare) {
		return 0.55 + 0.4*share
	}
	if len(a.rune) >= 3 && strings.Contains(b.bare, a.bare) {
		return 0.45 + 0.45*share
	}
	if share < 0.5 || len(b.rune) > longest {
		return 0
	}
	return 0.95 * (1 - float64(distance(a.rune, b.rune))/float64(len(b.rune)))
}

// longest is the length in characters beyond which a text is no label; the
// longest one of the forms has 44.
const longest = 80

// Bounds of likeness: from plausible a text may be that label, from sure it is,
// unless another label is nearly as like.
const (
	plausible = 0.6
	sure      = 0.85
)

// distance is the Levenshtein distance; b has at most longest characters.
func distance(a, b []rune) int {
	var rows [longest + 1]int
	row := rows[:len(b)+1]
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// names is one place of the form with all the prints known for it.
type names []label

// namesOf prepares a canonical label and its variants. A variant with a number
// in front (（六）其他 for 其他处理) is told by that number and never without it.
func namesOf(canonical string) names {
	out := names{newLabel(canonical)}
	for _, v := range schema.Variants(canonical) {
		l := newLabel(v)
		if l.bare != l.full {
			l.bare, l.rune, l.id = l.full, []rune(l.full), 0
		}
		out = append(out, l)
	}
	return out
}

func (n names) likeness(l label) float64 {
	if l.id == 0 || len(n) == 0 {
		return n.compare(l)
	}
	return likened.get(pair{l.id, &n[0]}, func() float64 { return n.compare(l) })
}

func (n names) compare(l label) float64 {
	best := 0.0
	for _, x := range n {
		best = max(best, likeness(l, x))
	}
	return best
}

// align matches two sequences in order, each element to at most one of the
// other, so that the sum of the scores is greatest; scores below plausible do
// not match. It returns for each row of the score matrix the matched column or
// -1, and whether another alignment of the same worth matches it elsewhere.
func align(score [][]float64, columns int) (to []int, unsure []bool) {
	n := len(score)
	first, last := make([]int, n), make([]int, n)
	// best[i][j]: greatest sum over rows i.. and columns j..
	best := make([][]float64, n+1)
	for i := range best {
		best[i] = make([]float64, columns+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := columns - 1; j >= 0; j-- {
			b := max(best[i+1][j], best[i][j+1])
			if s := score[i][j]; s >= plausible {
				b = max(b, s+best[i+1][j+1])
			}
			best[i][j] = b
		}
	}
	const tiny = 1e-9
	// Two walks over the optimum: one takes the earliest column, one the latest.
	walk := func(out []int, late bool) {
		i, j := 0, 0
		for i < n && j < columns {
			here := score[i][j] >= plausible && score[i][j]+best[i+1][j+1] > best[i][j]-tiny
			skip := best[i][j+1] > best[i][j]-tiny
			switch {
			case here && !(late && skip):
				out[i] = j
				i, j = i+1, j+1
			case skip:
				j++
			default:
				out[i] = -1
				i++
			}
		}
		for ; i < n; i++ {
			out[i] = -1
		}
	}
	walk(first, false)
	walk(last, true)
	unsure = make([]bool, n)
	for i := range first {
		unsure[i] = first[i] != last[i]
		if first[i] < 0 {
			first[i] = last[i]
		}
	}
	return first, unsure
}
