package normalize

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nianbao/normalize/prefilter"
	"nianbao/schema"
)

// label is a printed text prepared for comparison with the form's labels.
type label struct {
	full string // folded, with its number
	bare string // folded, without number and without what stands in brackets
	rune []rune // bare
	// known is what was found out of a text that is remembered, nil for others.
	known *likenesses
}

// likenesses are how like a printed text is to what the forms print, as far as that
// was asked.
type likenesses struct {
	// places are by number: the bits of the likeness, and 1 more; 0 where it is not
	// known yet.
	places []atomic.Uint64
	// rows are those of the tables of the forms.
	rows [numberOfTables]atomic.Pointer[[]float64]
}

var (
	numbering = regexp.MustCompile(`^(?:[(\[][一二三四五六七八九十0-9]{1,3}[)\]][、.,:]?|[一二三四五六七八九十]{1,3}[、.,:]|[0-9]{1,2}(?:[、.,:)]|\b))`)
	brackets  = prefilter.MustCompile(`[(\[][^()\[\]]*[)\]]?`)
)

// withoutSpaces is a text without what parts words.
func withoutSpaces(s string) string {
	const spaces = "\t\n\f\r \u200b\ufeff\u3000"
	if !strings.ContainsAny(s, spaces) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(spaces, r) {
			return -1
		}
		return r
	}, s)
}

// newLabel prepares a printed text. The number in front is dropped from bare,
// since reports lose and exchange numbers; so are brackets, where agencies add
// or lose instructions. What a label comes to is remembered from report to report:
// they all print the same ones.
func newLabel(s string) label {
	if len(s) > longest*utf8.UTFMax {
		return prepare(s)
	}
	return prepared.get(s, func() label {
		l := prepare(s)
		l.known = &likenesses{places: make([]atomic.Uint64, len(places()))}
		return l
	})
}

var prepared = memory[string, label]{most: 4096}

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
	s = withoutSpaces(norm.NFKC.String(schema.FoldRadicals(s)))
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

// names is one place of the forms with all the prints known for it: those of a
// canonical label, wherever the forms have it.
type names struct {
	number int // among the places
	prints []label
}

// places are those of all forms by canonical label.
var places = sync.OnceValue(func() map[string]*names {
	out := map[string]*names{}
	for _, f := range schema.Forms() {
		for i := range f.Cells {
			for _, canonical := range slices.Concat(f.Cells[i].Row, f.Cells[i].Column) {
				if out[canonical] == nil {
					out[canonical] = &names{len(out), printsOf(canonical)}
				}
			}
		}
	}
	return out
})

// printsOf prepares a canonical label and its variants. A variant with a number
// in front (（六）其他 for 其他处理) is told by that number and never without it.
func printsOf(canonical string) []label {
	out := []label{prepare(canonical)}
	for _, v := range schema.Variants(canonical) {
		l := prepare(v)
		if l.bare != l.full {
			l.bare, l.rune = l.full, []rune(l.full)
		}
		out = append(out, l)
	}
	return out
}

// canonical is the label of the forms themselves.
func (n *names) canonical() *label { return &n.prints[0] }

func (n *names) likeness(l label) float64 {
	if n == nil {
		return 0
	}
	if l.known == nil {
		return n.compare(l)
	}
	known := &l.known.places[n.number]
	if bits := known.Load(); bits > 0 {
		return math.Float64frombits(bits - 1)
	}
	found := n.compare(l)
	known.Store(math.Float64bits(found) + 1)
	return found
}

func (n *names) compare(l label) float64 {
	best := 0.0
	for _, x := range n.prints {
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
