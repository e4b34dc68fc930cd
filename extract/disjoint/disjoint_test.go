package disjoint

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Joined sets are as those of relabelling everything at each join.
func TestSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		s, label := New(n), make([]int, n)
		for i := range label {
			label[i] = i
		}
		number := rapid.IntRange(0, n-1)
		for range rapid.IntRange(0, 40).Draw(t, "joins") {
			a, b := number.Draw(t, "a"), number.Draw(t, "b")
			s.Join(a, b)
			la, lb := label[a], label[b]
			for i, l := range label {
				if l == la || l == lb {
					label[i] = min(la, lb)
				}
			}
		}
		got := make([]int, n)
		for i := range got {
			got[i] = s.Root(i)
		}
		if !slices.Equal(got, label) {
			t.Fatalf("roots %v, want %v", got, label)
		}
	})
}
