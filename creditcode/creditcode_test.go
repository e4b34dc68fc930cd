package creditcode

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestValid(t *testing.T) {
	for s, want := range map[string]bool{
		"91350100M000100Y43":  true, // the example of GB 32100-2015
		"91350100M000100Y44":  false,
		"91350100M000100Y4":   false,
		"91350100M000100Y433": false,
		"9135O100M000100Y43":  false, // the letter O
		"":                    false,
	} {
		if got := Valid(s); got != want {
			t.Errorf("Valid(%q): %v", s, got)
		}
	}
	if got := Division("91350100M000100Y43"); got != "350100" {
		t.Errorf("division %s", got)
	}
}

func TestFind(t *testing.T) {
	got := Find("索引号：91350100M000100Y43/2020-00012 统一社会信用代码91350100m000100y44。电话0591123456789012345")
	if diff := cmp.Diff([]string{"91350100M000100Y43", "91350100M000100Y44"}, got); diff != "" {
		t.Error(diff)
	}
}

// Any one character changed, and any two unlike neighbours swapped, is found out.
func TestSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := []byte(rapid.StringMatching(`[159Y][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}`).Draw(t, "code") + "0")
		s[17] = Check(string(s))
		if !Valid(string(s)) {
			t.Fatalf("%s is not valid", s)
		}
		i := rapid.IntRange(0, 17).Draw(t, "place")
		c := alphabet[rapid.IntRange(0, 30).Draw(t, "character")]
		other := append([]byte{}, s...)
		if other[i] = c; c != s[i] && Valid(string(other)) {
			t.Errorf("%s is as valid as %s", other, s)
		}
		if i < 17 {
			other = append([]byte{}, s...)
			other[i], other[i+1] = other[i+1], other[i]
			if s[i] != s[i+1] && Valid(string(other)) {
				t.Errorf("%s is as valid as %s", other, s)
			}
		}
	})
}

func FuzzFind(f *testing.F) {
	f.Add("索引号：91350100M000100Y43/2020")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range Find(text) {
			if !Shaped(s) {
				t.Errorf("%q is no code", s)
			}
			Valid(s)
			Division(s)
		}
	})
}
