package schema

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"
)

func TestForms(t *testing.T) {
	if len(Forms()) != 3 {
		t.Fatalf("%d forms, want 3", len(Forms()))
	}
	for _, f := range Forms() {
		seen := map[string]bool{}
		for _, c := range f.Cells {
			if seen[c.ID] {
				t.Errorf("form %s: id %s occurs twice", f.ID, c.ID)
			}
			seen[c.ID] = true
			if c.Unit == "" || c.Table == "" || len(c.Row)+len(c.Column) == 0 {
				t.Errorf("form %s: cell %s lacks unit, table or place", f.ID, c.ID)
			}
		}
		rules := map[string]bool{}
		for _, r := range f.Relations {
			if rules[r.Rule] {
				t.Errorf("form %s: relation %s occurs twice", f.ID, r.Rule)
			}
			rules[r.Rule] = true
			for _, id := range slices.Concat(r.Sum, r.Equals) {
				if f.Cell(id) == nil {
					t.Errorf("form %s: relation %s names %s, which the form does not have", f.ID, r.Rule, id)
				}
			}
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"⾃然\n⼈", "自然人"},
		{"⻓ ⻔", "长门"},
		{"危及“三安全一稳定”", "危及三安全一稳定"},
		{"１．属于 国家秘密", "1属于国家秘密"},
		{"（七）总计", "七总计"},
		{"3.其 它", "3其他"},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestVariants(t *testing.T) {
	known := map[string]bool{}
	for _, f := range Forms() {
		for _, c := range f.Cells {
			for _, l := range slices.Concat(c.Row, c.Column) {
				known[l] = true
			}
		}
	}
	for l, vs := range variants() {
		if !known[l] {
			t.Errorf("variants of %q: no form has this label", l)
		}
		seen := map[string]bool{Fold(l): true}
		for _, v := range vs {
			if seen[Fold(v)] {
				t.Errorf("variant %q of %q says nothing new", v, l)
			}
			seen[Fold(v)] = true
		}
	}
}

// TestCanon holds the data to the canonical schema that other programs share,
// where that is at hand.
func TestCanon(t *testing.T) {
	for _, name := range []string{"cells.csv", "relations.csv"} {
		want, err := os.ReadFile("../../shared/canon/" + name)
		if errors.Is(err, fs.ErrNotExist) {
			t.Skip("no shared canon here")
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := data.ReadFile("data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("data/%s differs from the canonical one", name)
		}
	}
}
