package storetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/review"
	"nianbao/store"
)

// correction is what a person says of a cell of the source called name.
func correction(name, cell, by, value string, replaces ...review.Correction) review.Correction {
	c := review.Correction{Source: sha(name), Cell: cell, Read: review.Print{Text: "1 2\n\"", State: normalize.Unreadable},
		Reason: "看过原件", By: by, At: "2026-01-01T00:00:00Z"}
	if value != "" {
		d := decimal.RequireFromString(value)
		c.Says = &review.Value{State: normalize.Reported, Number: &d}
		c.Read = review.Print{Text: value, State: normalize.Reported, Number: &d}
	}
	for i := range replaces {
		c.Replaces = append(c.Replaces, replaces[i].Key())
	}
	slices.Sort(c.Replaces)
	return c
}

// corrections: what people said is kept as it is, once each and in the order it
// came, and has the rows of its file made anew.
func corrections(t *testing.T, b Backend) {
	said := func(what, source string, want ...review.Correction) int64 {
		t.Helper()
		got, last, err := b.Corrections(t.Context(), source)
		ok(t, err)
		keys := func(cs []review.Correction) (out []string) {
			for i := range cs {
				out = append(out, cs[i].Key())
			}
			return out
		}
		equal(t, what, keys(got), keys(want))
		return last
	}
	correct := func(what string, cs []review.Correction, want int) {
		t.Helper()
		added, err := b.Correct(t.Context(), cs)
		ok(t, err)
		equal(t, "new of "+what, len(added), want)
	}
	seen(t, b, "a", "ff")
	record(t, b, v1, "ff", report("甲局", 2021, observation("x", "1"), observation("y", "2")))
	equal(t, "the newest of none", said("none", sha("ff")), int64(0))

	first := correction("ff", "x", "甲", "12345678901234567890123.456")
	second := correction("ff", "x", "乙", "", first)
	dash := correction("ee", "x", "丙", "")
	dash.Says = &review.Value{State: normalize.Dash}
	correct("two", []review.Correction{first, second, first}, 2)
	correct("the same", []review.Correction{second, first}, 0)
	correct("one of a file that is not stored", []review.Correction{dash}, 1)
	last := said("those of a file", sha("ff"), first, second)
	said("those of the other", sha("ee"), dash)
	said("all", "", first, second, dash)

	bad := first
	bad.By = ""
	if _, err := b.Correct(t.Context(), []review.Correction{correction("ff", "y", "甲", "3"), bad}); !errors.Is(err, review.ErrInvalid) {
		t.Errorf("a correction without a name: %v", err)
	}
	said("after a refusal", "", first, second, dash)

	// The report is what a version of normalize makes with what was said.
	src := store.Source{SHA256: sha("ff"), Size: 7, Path: "a"}
	equal(t, "to be done", pending(t, b, v1), []store.Pending{{Source: src, Document: sha("doc-ff1"), Corrections: last}})
	with := v1
	with.Normalize = v1.Reviewed(last)
	reviewed := observation("x", "5")
	reviewed.Correction = &normalize.Correction{By: "甲", Reason: "看过原件", At: "2026-01-01T00:00:00Z"}
	in := observation("y", "2")
	in.Status = normalize.Review
	r := report("甲局", 2021, reviewed, in)
	r.Findings = []normalize.Finding{{Rule: review.Changed, Severity: normalize.Warning, IDs: []string{"y"}, Message: "m"}}
	record(t, b, with, "ff", r)
	equal(t, "done", pending(t, b, v1), []store.Pending(nil))
	newer := v1
	newer.Normalize = "2"
	equal(t, "a new normalize", pending(t, b, newer), []store.Pending{{Source: src, Document: sha("doc-ff1"), Corrections: last}})
	again := correction("ff", "y", "甲", "")
	correct("one more", []review.Correction{again}, 1)
	equal(t, "to be done again", len(pending(t, b, v1)), 1)

	// Every way to read values tells what a person said.
	vs, err := b.Values(t.Context(), reports(t, b)[0].ID, nil)
	ok(t, err)
	equal(t, "reviewed", []bool{vs["x"].Reviewed, vs["y"].Reviewed}, []bool{true, false})
	equal(t, "the value", vs["x"].Number.String(), "5")
	ok(t, b.EachValue(t.Context(), []string{"x"}, func(_ int64, _ string, v store.Value) {
		equal(t, "EachValue", v, vs["x"])
	}))
	likeValues(t, b)
	st, err := b.Status(t.Context())
	ok(t, err)
	equal(t, "reviewed and reopened", []int{st.Reviewed, st.Reopened}, []int{1, 1})
}

// eachDoubt: findings of what is in doubt, or spoken of, and chosen.
func eachDoubt(t *testing.T, b Backend) {
	finding := func(cell string) normalize.Finding {
		return normalize.Finding{Rule: "r", Severity: normalize.Warning, IDs: []string{cell, "z"}, Message: "m"}
	}
	add := func(name, agency string, year int, status normalize.Status) {
		t.Helper()
		seen(t, b, name, name)
		o := observation(name, "1")
		o.Status = status
		r := report(agency, year, o)
		r.Findings = []normalize.Finding{finding(name), finding("y")}
		record(t, b, v1, name, r)
	}
	add("aa", "甲局", 2020, normalize.Review)
	add("bb", "甲局", 2021, normalize.Review)
	add("cc", "乙局", 2021, normalize.OK)
	add("dd", "丙局", 2021, normalize.OK)
	_, err := b.Correct(t.Context(), []review.Correction{correction("dd", "dd", "甲", "")})
	ok(t, err)
	for what, c := range map[string]struct {
		sel  store.Selection
		want []string
	}{
		"all":       {store.Selection{}, []string{"aa", "y", "bb", "y", "dd", "y"}},
		"of a year": {store.Selection{Years: []int{2021}}, []string{"bb", "y", "dd", "y"}},
		"none":      {store.Selection{Agencies: []int64{99}}, nil},
	} {
		var got []string
		ok(t, b.EachDoubt(t.Context(), c.sel, func(_ int64, f normalize.Finding) {
			equal(t, what+": a finding", f, finding(f.IDs[0]))
			got = append(got, f.IDs[0])
		}))
		equal(t, what, got, c.want)
	}
}

// fields: what people said of agency, year and form is kept like the rest; reports know
// of which of them, and those in doubt are listed.
func fields(t *testing.T, b Backend) {
	text := correction("aa", normalize.FieldYear, "甲", "")
	text.Says = &review.Value{State: normalize.Reported, Text: "2021"}
	_, err := b.Correct(t.Context(), []review.Correction{text})
	ok(t, err)
	back, _, err := b.Corrections(t.Context(), sha("aa"))
	ok(t, err)
	equal(t, "what was said", back[0].Says.Text, "2021")
	equal(t, "its name", back[0].Key(), text.Key())

	add := func(name, agency string, year int, rules ...string) *normalize.Report {
		t.Helper()
		seen(t, b, name+"/"+name, name)
		r := report(agency, year, observation("x", "1"))
		for _, rule := range rules {
			f := normalize.Finding{Rule: rule, Severity: normalize.Warning, IDs: []string{}, Message: "m"}
			if rule == review.Differ {
				f.IDs = []string{normalize.FieldForm}
			}
			r.Findings = append(r.Findings, f)
		}
		return r
	}
	said := add("aa", "甲局", 2021, "year_conflict", "balance.total")
	said.Said = []normalize.SaidField{{ID: normalize.FieldAgency, Value: "甲局"}, {ID: normalize.FieldYear, Value: "2021"}}
	record(t, b, v1, "aa", said)
	record(t, b, v1, "bb", add("bb", "", 2021, "agency_missing"))
	record(t, b, v1, "cc", add("cc", "乙局", 0, "year_missing", "form_uncertain"))
	record(t, b, v1, "dd", add("dd", "乙局", 2021, review.Differ, "agency_missing"))
	record(t, b, v1, "ee", add("ee", "丙局", 2021, "balance.total"))
	record(t, b, v1, "ff", add("ff", "丁局", 2021, "year_inferred"))
	record(t, b, v1, "99", add("99", "丁局", 2021)) // newer: the one above is not live

	all, err := b.FieldDoubts(t.Context())
	ok(t, err)
	got := map[string][]string{}
	for _, d := range all {
		var rules []string
		for _, f := range d.Findings {
			rules = append(rules, f.Rule)
		}
		got[d.Path] = rules
	}
	equal(t, "in doubt", got, map[string][]string{
		"aa/aa": {"year_conflict"}, "bb/bb": {"agency_missing"}, "cc/cc": {"year_missing", "form_uncertain"}, "dd/dd": {review.Differ},
	})
	for _, r := range reports(t, b) {
		want := ""
		if r.Path == "aa/aa" {
			want = "agency year"
		}
		equal(t, "reviewed of "+r.Path, r.Reviewed, want)
	}
	for _, brief := range []bool{false, true} {
		ok(t, b.EachLive(t.Context(), store.Selection{Cells: []string{"x"}, Brief: brief}, func(_, _ int, l *store.Live) error {
			equal(t, "reviewed of the live "+l.Path, l.Reviewed != "", l.Path == "aa/aa")
			return nil
		}))
	}
	st, err := b.Status(t.Context())
	ok(t, err)
	equal(t, "reports with reviewed fields", st.Placed, 1)
}

// correctedTwins: where a person looked, it is settled which of two twins is right.
// Twins of other agencies stay as they are.
func correctedTwins(t *testing.T, b Backend) {
	ids := map[string]int64{}
	add := func(name, agency string, obs ...normalize.Observation) {
		t.Helper()
		seen(t, b, "/d/"+name, name)
		record(t, b, v1, name, report(agency, 2021, obs...))
		for _, r := range reports(t, b) {
			ids[r.Path] = r.ID
		}
	}
	confirmed := observation("x", "1")
	confirmed.Correction = &normalize.Correction{By: "甲"}
	add("1", "甲局", confirmed, observation("y", "2"))
	add("2", "甲局", observation("x", "3"), observation("y", "4"))
	add("3", "乙局", observation("x", "1"), observation("y", "2"))
	add("4", "乙局", observation("x", "3"), observation("y", "4"))
	twin := func(chosen, other string) store.Twins {
		return store.Twins{Report: ids["/d/"+chosen], Others: []int64{ids["/d/"+other]}, Doubts: []string{"x", "y"}}
	}
	ok(t, b.RecordTwins(t.Context(), 0, []store.Twins{twin("1", "2"), twin("3", "4")}))
	doubts := func(path string) []string {
		t.Helper()
		o, err := b.Overlay(t.Context(), ids[path])
		ok(t, err)
		return o.Doubts
	}
	equal(t, "in doubt where a person looked", doubts("/d/1"), []string{"y"})
	equal(t, "in doubt elsewhere", doubts("/d/3"), []string{"x", "y"})

	agency := int64(0)
	for _, r := range reports(t, b) {
		if r.Path == "/d/1" {
			agency = r.Agency.ID
		}
	}
	groups, err := b.Candidates(t.Context(), agency)
	ok(t, err)
	equal(t, "groups of one agency", len(groups), 1)
	equal(t, "its reports", len(groups[0]), 2)
	equal(t, "a reviewed value", groups[0][0].Values["x"].Reviewed, true)
	ok(t, b.RecordTwins(t.Context(), agency, nil))
	equal(t, "in doubt without twins", doubts("/d/1"), []string(nil))
	equal(t, "those of another agency", doubts("/d/3"), []string{"x", "y"})
}

func reports(t *testing.T, b Backend) []store.Report {
	t.Helper()
	rs, err := b.Reports(t.Context(), store.Filter{})
	ok(t, err)
	return rs
}
