package store

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What is packed comes out as it would from its rows, whichever cells are asked for;
// damage is told, or gives other cells, and ends.
func TestPackedCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cs cells
		var some []string
		want := map[string]Value{}
		asked := rapid.SampledFrom([]int{0, 1, 20, 100}).Draw(t, "asked for, in a hundred")
		for cell := int64(0); cell < 60; cell++ {
			some = append(some, "")
			if rapid.IntRange(0, 9).Draw(t, "there") == 0 {
				continue
			}
			r := row{cell: cell, name: fmt.Sprint("cell", cell)}
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				r.flags = 1 + rapid.IntRange(0, 3).Draw(t, "state")
			case 1:
				r.value, r.flags = rapid.Int64().Draw(t, "value"), flagReview|rapid.IntRange(0, 9).Draw(t, "scale")<<scaleShift
			case 2:
				r.flags, r.wide = flagWide, "123456789012345678901.5"
			default:
				r.value = rapid.OneOf(rapid.Int64Range(0, 40), rapid.Int64Range(0, 1<<40)).Draw(t, "value")
			}
			cs = append(cs, r)
			if rapid.IntRange(0, 99).Draw(t, "ask") < asked {
				some[cell] = r.name
				one, err := cells{r}.values()
				if err != nil {
					t.Fatal(err)
				}
				want[r.name] = one[r.name]
			}
		}
		last := rapid.IntRange(0, len(some)).Draw(t, "numbers that are known")
		for _, name := range some[last:] {
			delete(want, name)
		}
		packed := cs.encode()
		got := map[string]Value{}
		few := packed
		if rapid.Bool().Draw(t, "packed anew") {
			few = only(nil, packed, newWanted(some[:last]))
		}
		if err := eachCell(few, newWanted(some[:last]), func(name string, v Value) { got[name] = v }); err != nil {
			t.Fatal(err)
		}
		same := cmp.Comparer(func(a, b Value) bool {
			return a.State == b.State && a.Status == b.Status && a.Reviewed == b.Reviewed &&
				(a.Number == nil) == (b.Number == nil) && (a.Number == nil || a.Number.Equal(*b.Number))
		})
		if d := cmp.Diff(want, got, same); d != "" {
			t.Fatal(d)
		}
		if len(packed) > 0 {
			packed[rapid.IntRange(0, len(packed)-1).Draw(t, "damaged")] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
			_ = eachCell(packed, newWanted(some), func(string, Value) {}) // it may be told or not
			_ = only(nil, packed, newWanted(some))
		}
	})
}
