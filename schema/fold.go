package schema

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"nianbao/dataset"
)

// radicals maps CJK radicals and strokes to the unified ideographs that look
// the same: fonts printed by Chromium map ordinary characters to radicals.
// Source: Unicode 15.0, EquivalentUnifiedIdeograph.txt; NFKC folds only part
// of it.
var radicals = sync.OnceValue(func() map[rune]rune {
	m := map[rune]rune{}
	for _, r := range dataset.Records(data, "data/radicals.csv", "from,to") {
		m[[]rune(r[0])[0]] = []rune(r[1])[0]
	}
	return m
})

// FoldRadicals replaces CJK radicals by the ideographs they stand for and
// leaves everything else as it is.
func FoldRadicals(s string) string {
	if strings.IndexFunc(s, isRadical) < 0 {
		return s
	}
	m := radicals()
	return strings.Map(func(r rune) rune {
		if isRadical(r) {
			if u, ok := m[r]; ok {
				return u
			}
		}
		return r
	}, s)
}

// isRadical: CJK Radicals Supplement, Kangxi Radicals, CJK Strokes.
func isRadical(r rune) bool {
	return r >= 0x2E80 && r <= 0x2FDF || r >= 0x31C0 && r <= 0x31EF
}

// Fold brings a printed label to the form in which labels are compared:
// radicals and compatibility forms folded, and only letters, ideographs and
// digits kept, 其它 spelt 其他. Spaces, line breaks, brackets, quotes and other punctuation go,
// since reports add, lose and exchange them freely.
func Fold(s string) string {
	folded := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(FoldRadicals(s)))
	return strings.ReplaceAll(folded, "其它", "其他")
}
