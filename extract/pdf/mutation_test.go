package pdf

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// mutate damages b as transfers, disks and editors do.
func mutate(r *rand.Rand, b []byte) ([]byte, string) {
	c := append([]byte(nil), b...)
	n := len(c)
	p := r.IntN(n)
	switch r.IntN(5) {
	case 0:
		bit := r.IntN(8)
		c[p] ^= 1 << bit
		return c, fmt.Sprintf("bit %d at %d flipped", bit, p)
	case 1:
		return c[:p], fmt.Sprintf("cut off at %d", p)
	case 2:
		k := 1 + r.IntN(min(200, n-p))
		return append(c[:p], c[p+k:]...), fmt.Sprintf("%d bytes lost at %d", k, p)
	}
	for range 1000 { // a digit of the file's structure
		if p = r.IntN(n); c[p] >= '0' && c[p] <= '9' && looksLikeContent(c[max(0, p-20):min(n, p+20)]) {
			was := c[p]
			c[p] = '0' + byte(r.IntN(10))
			return c, fmt.Sprintf("%c at %d became %c", was, p, c[p])
		}
	}
	return c, "nothing"
}

// A damaged file must say so, or show the same: what is neither flagged nor
// stopped by the gate has every character in its place, give or take what no
// cell is narrower than. Shifts of a whole page are no loss, so a character is
// only compared with its page's first.
func TestMutations(t *testing.T) {
	rounds := 150 // raise it for a longer search
	if testing.Short() {
		rounds = 30
	}
	for _, name := range []string{"writer", "browser-type3", "browser-truetype", "object-streams", "aes128", "aes256"} {
		b := load(t, name+".pdf")
		whole := &reading{b: b}
		if err := whole.own(); err != nil || len(whole.damage.notes) > 0 {
			t.Fatal(name, err, whole.damage.notes)
		}
		r := rand.New(rand.NewPCG(1, uint64(len(b))))
		for range rounds {
			m, what := mutate(r, b)
			got := &reading{b: m}
			if err := got.own(); err != nil || got.alien != "" || len(got.damage.notes) > 0 || !trusted(got) {
				continue
			}
			if diff := difference(whole.pages, got.pages); diff != "" {
				t.Errorf("%s: %s: %s", name, what, diff)
			}
		}
	}
}

func trusted(r *reading) bool {
	for _, c := range r.pages {
		if c.measured.fault() != "" {
			return false
		}
	}
	return documentFault(r.pages) == ""
}

func difference(a, b []*canvas) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d pages of %d", len(b), len(a))
	}
	for i := range a {
		ga, gb := a[i].glyphs, b[i].glyphs
		if len(ga) != len(gb) {
			return fmt.Sprintf("page %d: %d glyphs of %d", i+1, len(gb), len(ga))
		}
		for k := range ga {
			if ga[k].Text != gb[k].Text {
				return fmt.Sprintf("page %d: %q for %q", i+1, gb[k].Text, ga[k].Text)
			}
			for _, side := range []int{0, 1} {
				if abs((ga[k].Box[side]-ga[0].Box[side])-(gb[k].Box[side]-gb[0].Box[side])) > 0.6*ga[k].Size {
					return fmt.Sprintf("page %d: %q at %v, not %v", i+1, ga[k].Text, gb[k].Box, ga[k].Box)
				}
			}
		}
	}
	return ""
}
