package similar_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nianbao/process/guard"
	"nianbao/similar"
)

// sentences writes n sentences that share nothing but by chance.
func sentences(r *rand.Rand, n int) []string {
	out := make([]string, n)
	for i := range out {
		var b strings.Builder
		for range 20 + r.IntN(30) {
			b.WriteRune(rune(0x4e00 + r.IntN(3000)))
		}
		out[i] = b.String() + "。"
	}
	return out
}

// Of a text in which some sentences are copied, the share is theirs, whatever
// its numbers and names.
func TestShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		copied := rapid.IntRange(0, 20).Draw(t, "copied")
		a, own := sentences(r, 20), sentences(r, 20)
		b := append(append([]string{}, a[:copied]...), own[copied:]...)
		for i := range a {
			a[i] = fmt.Sprintf("甲市水利局%d件%s", r.IntN(900), a[i])
			b[i] = fmt.Sprintf("%d件乙县教育局%s", r.IntN(900), b[i])
		}
		texts := []*similar.Text{similar.New(1, a, "甲市水利局"), similar.New(2, b, "乙县教育局")}
		got := 0.0
		for _, m := range similar.Find(texts, .1) {
			if m.Text == 1 {
				got = m.Share()
			}
		}
		if want := float64(copied) / 20; got < want-.2 && want > .3 || got > want+.2 {
			t.Fatalf("share %.2f of a text with %d of 20 sentences copied", got, copied)
		}
	})
}

// The text of the same group before is compared as such, the passage is printed
// as it stands, and short texts are left alone.
func TestFind(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	a, b := sentences(r, 12), sentences(r, 12)
	next := append(append([]string{}, a[:10]...), sentences(r, 2)...)
	next[3] = strings.Replace(next[3], "。", "，共12件。", 1)
	texts := []*similar.Text{
		similar.New(1, a), similar.New(1, next), similar.New(2, b), similar.New(3, []string{a[0]}),
	}
	got := similar.Find(texts, .5)
	if len(got) != 1 || got[0].Text != 1 || got[0].In != 0 || got[0].Share() < .75 || got[0].Share() > .9 {
		t.Fatalf("%+v", got)
	}
	if p := got[0].Passage; !strings.Contains(p, "。") || len(p) < 300 {
		t.Errorf("passage %q", p)
	}
}

// A crowd of copies is found though each run stands in all of them.
func TestCrowd(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	master := sentences(r, 15)
	var texts []*similar.Text
	for i := range 300 {
		texts = append(texts, similar.New(int64(i), append(sentences(r, 2), master...)))
	}
	if got := similar.Find(texts, .6); len(got) != len(texts) {
		t.Errorf("%d of %d copies found", len(got), len(texts))
	}
}

func FuzzFind(f *testing.F) {
	f.Add("收到政府信息公开申请。", "收到", uint8(30))
	f.Fuzz(func(t *testing.T, s, name string, n uint8) {
		defer guard.Start()()
		text := strings.Repeat(s, int(n))
		if len(text) > 20000 {
			return
		}
		texts := []*similar.Text{similar.New(1, []string{text}, name), similar.New(1, []string{text, s}, name), similar.New(2, []string{s, text})}
		for _, m := range similar.Find(texts, .2) {
			if m.Shared > m.Of || m.Text == m.In {
				t.Errorf("%+v", m)
			}
		}
	})
}

// BenchmarkFind compares a province's reports of a year.
func BenchmarkFind(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	common := sentences(r, 200)
	var texts []*similar.Text
	for i := range 2000 {
		lines := sentences(r, 40)
		for range 10 {
			lines = append(lines, common[r.IntN(len(common))])
		}
		texts = append(texts, similar.New(int64(i), lines))
	}
	b.ReportAllocs()
	for b.Loop() {
		similar.Find(texts, .6)
	}
}
