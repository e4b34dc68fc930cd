package schema

import (
	"sync"

	"nianbao/dataset"
)

// Variants returns the other prints known for a canonical label (one element
// of Cell.Row or Cell.Column): old words that live on in a new form, and short
// forms. Numbers in front, brackets, spaces and punctuation need no variant.
func Variants(label string) []string { return variants()[label] }

var variants = sync.OnceValue(func() map[string][]string {
	m := map[string][]string{}
	for _, r := range dataset.Records(data, "data/variants.csv", "label,variant") {
		m[r[0]] = append(m[r[0]], r[1])
	}
	return m
})
