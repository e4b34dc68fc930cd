package twins

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"nianbao/normalize"
	"nianbao/store"
)

// candidate has n cells whose values are their numbers, save those of change.
func candidate(id int64, n int, change map[int]int64) store.Candidate {
	c := store.Candidate{Report: id, Path: fmt.Sprintf("%d.html", id), Seen: id, Values: map[string]store.Value{}}
	for i := range n {
		v := int64(i)
		if w, ok := change[i]; ok {
			v = w
		}
		d := decimal.NewFromInt(v)
		c.Values[fmt.Sprintf("c%02d", i)] = store.Value{Number: &d, State: normalize.Reported, Status: normalize.OK}
	}
	return c
}

func TestJudge(t *testing.T) {
	scan := candidate(1, 30, nil)
	scan.Recognised = true
	reviewed := candidate(1, 20, nil)
	reviewed.Values["c03"] = store.Value{State: normalize.Blank, Status: normalize.OK, Reviewed: true}
	for _, test := range []struct {
		name string
		in   []store.Candidate
		want []string // report > others: rules, doubts
		say  string
	}{
		{"twins", []store.Candidate{candidate(1, 20, nil), candidate(2, 20, nil)}, []string{"2 > [1]: twin_of []"}, "seen last"},
		{"a scan", []store.Candidate{candidate(2, 20, nil), scan}, []string{"2 > [1]: twin_of []"}, "need not be recognised"},
		{"more numbers", []store.Candidate{candidate(2, 20, nil), candidate(1, 25, nil)}, []string{"1 > [2]: twin_of []"}, "more numbers"},
		{"reviewed", []store.Candidate{candidate(2, 20, nil), reviewed}, []string{"1 > [2]: twin_of []"}, "looked at by people"},
		{"some differ", []store.Candidate{candidate(2, 20, nil), candidate(1, 20, map[int]int64{3: 9, 1: 0})}, []string{"2 > [1]: twins_differ [c01 c03]"}, "2 of 20 cells"},
		{"most differ", []store.Candidate{candidate(2, 20, nil), candidate(1, 20, map[int]int64{1: 9, 2: 9, 3: 9, 4: 9, 5: 9})}, []string{"2 > []: twins_unclear []", "1 > []: twins_unclear []"}, "of 20 numbers in both 5 differ"},
		{"little in common", []store.Candidate{candidate(2, 20, nil), candidate(1, 9, nil)}, []string{"2 > []: twins_unclear []", "1 > []: twins_unclear []"}, "of 9 numbers"},
		{"three", []store.Candidate{candidate(1, 20, nil), candidate(2, 20, map[int]int64{1: 7}), candidate(3, 20, nil)}, []string{"3 > [2 1]: twins_differ twin_of [c01]"}, ""},
		{"two and a stranger", []store.Candidate{candidate(1, 20, nil), candidate(2, 9, nil), candidate(3, 20, nil)}, []string{"3 > [1]: twin_of twins_unclear []", "2 > []: twins_unclear []"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			said := ""
			for _, r := range Judge(test.in) {
				var rules []string
				for _, f := range r.Findings {
					rules = append(rules, f.Rule)
					said += f.Message
				}
				got = append(got, fmt.Sprintf("%d > %v: %s %v", r.Report, r.Others, strings.Join(rules, " "), r.Doubts))
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if !strings.Contains(said, test.say) {
				t.Errorf("findings %q, want them to say %q", said, test.say)
			}
		})
	}
}

func TestJudgeParts(t *testing.T) {
	// cut makes the cells from..to of 30 those of missing tables.
	cut := func(id int64, from, to int) store.Candidate {
		c := candidate(id, 30, nil)
		c.Form = "2021"
		for i := from; i < to; i++ {
			name := fmt.Sprintf("c%02d", i)
			c.Values[name] = store.Value{State: normalize.Absent, Status: normalize.Review}
			c.Missing = append(c.Missing, name)
		}
		return c
	}
	only := func(id int64, from, to int) store.Candidate {
		c := cut(id, 0, from)
		rest := cut(id, to, 30)
		for _, name := range rest.Missing {
			c.Values[name] = rest.Values[name]
		}
		c.Missing = append(c.Missing, rest.Missing...)
		return c
	}
	otherForm := only(2, 20, 30)
	otherForm.Form = "2019"
	noTable := cut(1, 20, 30)
	noTable.Missing = nil // single rows are missing, no table
	for _, test := range []struct {
		name string
		in   []store.Candidate
		want string
	}{
		{"two parts", []store.Candidate{cut(1, 20, 30), only(2, 20, 30)}, "1: 2 takes 10; part_joined"},
		{"three parts", []store.Candidate{only(3, 0, 5), only(1, 5, 20), only(2, 20, 30)}, "1: 2 takes 10, 3 takes 5; part_joined part_joined"},
		{"a table twice", []store.Candidate{cut(1, 20, 30), only(2, 19, 30)}, "1: ; twins_unclear"},
		{"of another form", []store.Candidate{cut(1, 20, 30), otherForm}, "1: ; twins_unclear"},
		{"rows that are missing", []store.Candidate{noTable, only(2, 20, 30)}, "1: ; twins_unclear"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := Judge(test.in)[0]
			var parts, rules []string
			for _, p := range r.Parts {
				parts = append(parts, fmt.Sprintf("%d takes %d", p.Report, len(p.Cells)))
			}
			for _, f := range r.Findings {
				rules = append(rules, f.Rule)
			}
			if got := fmt.Sprintf("%d: %s; %s", r.Report, strings.Join(parts, ", "), strings.Join(rules, " ")); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Nothing gets lost: every report is either chosen for, or left as it is; no cell
// that differs from a twin stays without doubt; the order of reports does not count.
func TestJudgeAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []store.Candidate
		for i := range rapid.IntRange(2, 5).Draw(t, "reports") {
			in = append(in, candidate(int64(i), rapid.IntRange(5, 30).Draw(t, "cells"),
				rapid.MapOfN(rapid.IntRange(0, 29), rapid.Int64Range(100, 102), 0, 6).Draw(t, "change")))
		}
		out := Judge(in)
		if d := cmp.Diff(out, Judge(rapid.Permutation(in).Draw(t, "order"))); d != "" {
			t.Fatalf("another order:\n%s", d)
		}
		seen := map[int64]bool{}
		for _, r := range out {
			for _, id := range append([]int64{r.Report}, r.Others...) {
				if seen[id] {
					t.Fatalf("report %d is told of twice", id)
				}
				seen[id] = true
			}
			doubted := map[string]bool{}
			for _, id := range r.Doubts {
				doubted[id] = true
			}
			for _, other := range r.Others {
				_, differ := contrast(&in[r.Report], &in[other])
				for _, id := range differ {
					if !doubted[id] {
						t.Fatalf("%s differs and is not in doubt", id)
					}
				}
			}
		}
		if len(seen) != len(in) {
			t.Fatalf("%d of %d reports are told of", len(seen), len(in))
		}
	})
}
