package storetest

import (
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/store"
)

// archives: what an archive holds are sources of their own, which stand wherever
// the archive was seen.
func archives(t *testing.T, b Backend) {
	unpacked := func(name string, members ...extract.Member) {
		t.Helper()
		record(t, b, v1, name, &normalize.Report{Members: members})
	}
	member := func(name, source string) extract.Member {
		return extract.Member{Name: name, SHA256: sha(source), Size: 7}
	}
	seen(t, b, "a.zip", "zip")
	unpacked("zip", member("d/one.html", "one"), member("two.html", "two"), member("copy.html", "one"))
	equal(t, "what an archive holds is to be done", pending(t, b, v1), []store.Pending{
		{Source: store.Source{SHA256: sha("one"), Size: 7, Path: "a.zip!/copy.html"}},
		{Source: store.Source{SHA256: sha("two"), Size: 7, Path: "a.zip!/two.html"}},
	})
	record(t, b, v1, "one", report("甲局", 2021))
	record(t, b, v1, "two", report("乙局", 2021))
	equal(t, "pending", pending(t, b, v1), []store.Pending(nil))
	paths := func(what string, want ...string) {
		t.Helper()
		rs, err := b.LiveReports(t.Context(), 0)
		ok(t, err)
		var got []string
		for _, r := range rs {
			got = append(got, r.Path)
		}
		equal(t, what, got, want)
	}
	paths("live reports", "a.zip!/two.html", "a.zip!/copy.html")
	seen(t, b, "b.zip", "zip")
	paths("after a second sighting", "b.zip!/two.html", "b.zip!/copy.html")
	seen(t, b, "one.html", "one")
	paths("after one was seen by itself", "b.zip!/two.html", "one.html")

	// Another archive at the same place brings another report of 乙局.
	seen(t, b, "b.zip", "zip2")
	unpacked("zip2", member("two.html", "three"))
	record(t, b, v1, "three", report("乙局", 2021))
	paths("after the archive changed", "b.zip!/two.html", "one.html")
	rs, err := b.Reports(t.Context(), store.Filter{Year: 2021})
	ok(t, err)
	equal(t, "reports", len(rs), 3)
	equal(t, "the live one", rs[0].Source, sha("three"))

	// A clean archive is not refused; one that was not unpacked as a whole is.
	status := func() store.Status {
		t.Helper()
		st, err := b.Status(t.Context())
		ok(t, err)
		return st
	}
	st := status()
	equal(t, "archives, files in them, refused", []int{st.Archives, st.Members, st.Refused}, []int{2, 3, 0})
	record(t, b, v1, "zip2", &normalize.Report{Members: []extract.Member{member("two.html", "three")}, Findings: []normalize.Finding{
		{Rule: "unsafe_name", Severity: normalize.Advice, Message: "m"}, {Rule: "encrypted", Severity: normalize.Error, Message: "m"}}})
	st = status()
	equal(t, "refused", st.ByRefusal, []store.Group{{Name: "encrypted", Count: 1}})
	equal(t, "number refused", st.Refused, 1)

	// What an archive no longer holds is kept and not live.
	unpacked("zip2")
	paths("after a new listing", "b.zip!/two.html", "one.html")
	rs, err = b.Reports(t.Context(), store.Filter{Source: sha("three")})
	ok(t, err)
	equal(t, "the kept report", []any{len(rs), rs[0].Live}, []any{1, false})
}

// twins: of two forms of a report the chosen one is live, with what the other says
// against it, until one of them is read anew.
func twins(t *testing.T, b Backend) {
	in := func(agency string) *normalize.Report {
		doubted := observation("z", "3")
		doubted.Status = normalize.Review
		return report(agency, 2021, observation("x", "1"), observation("y", "2"), doubted)
	}
	for _, f := range [][3]string{
		{"/d/a.pdf", "pdf", "甲局"}, {"/d/a.html", "html", "甲局"}, {"/e/a.html", "elsewhere", "甲局"},
		{"/d/b.html", "other", "乙局"}, {"-", "stdin", "甲局"}, {"/d/c.html", "old", "丙局"},
	} {
		seen(t, b, f[0], f[1])
		record(t, b, v1, f[1], in(f[2]))
	}
	seen(t, b, "/d/c.html", "new") // replaces the old one, and is no twin of it
	record(t, b, v1, "new", in("丙局"))
	groups, err := b.Candidates(t.Context(), 0)
	ok(t, err)
	if len(groups) != 1 || len(groups[0]) != 2 || groups[0][0].Path != "/d/a.pdf" || groups[0][1].Path != "/d/a.html" {
		t.Fatalf("side by side lie %+v, want the two files of 甲局 in /d", groups)
	}
	pdf, html := groups[0][0], groups[0][1]
	equal(t, "values of a candidate", len(pdf.Values), 3)

	// The one elsewhere was seen last; it goes on being live, as far as twins go.
	seen(t, b, "/d/a.pdf", "before")
	seen(t, b, "/d/a.html", "before")
	seen(t, b, "/d/a.pdf", "pdf")
	seen(t, b, "/d/a.html", "html")
	find := []normalize.Finding{{Rule: "twins_differ", Severity: normalize.Warning, IDs: []string{"x"}, Message: "m"}}
	choice := []store.Twins{{Report: pdf.Report, Others: []int64{html.Report}, Findings: find, Doubts: []string{"x", "z"}}}
	for range 2 { // recording is repeatable
		ok(t, b.RecordTwins(t.Context(), 0, choice))
	}
	live := func() store.Report {
		t.Helper()
		rs, err := b.LiveReports(t.Context(), 2021)
		ok(t, err)
		for _, r := range rs {
			if r.Agency.Name == "甲局" {
				return r
			}
		}
		t.Fatal("no live report of 甲局")
		return store.Report{}
	}
	r := live()
	equal(t, "the live one", r.Path, "/d/a.pdf")
	equal(t, "values in doubt", r.InDoubt, 2) // z was before
	vs, err := b.Values(t.Context(), r.ID, nil)
	ok(t, err)
	equal(t, "status", []normalize.Status{vs["x"].Status, vs["y"].Status}, []normalize.Status{normalize.Review, normalize.OK})
	asOne(t, b, r.ID, []string{"x", "y", "z"})
	likeValues(t, b)
	again, err := b.Candidates(t.Context(), 0)
	ok(t, err)
	equal(t, "what a candidate says itself", again[0][0].Values["x"].Status, normalize.OK)
	fs, err := b.Findings(t.Context(), store.Filter{Agency: r.Agency.ID})
	ok(t, err)
	equal(t, "findings", len(fs), 1)
	equal(t, "the finding", fs[0].Finding, find[0])
	o, err := b.Overlay(t.Context(), r.ID)
	ok(t, err)
	equal(t, "added findings", o.Findings(nil), find)
	equal(t, "added doubts", o.Doubts, []string{"x"})
	st, err := b.Status(t.Context())
	ok(t, err)
	equal(t, "twins, older, in doubt", []int{st.Twins, st.Superseded, st.InDoubt}, []int{1, 3, 4})

	record(t, b, v1, "html", in("甲局"))
	equal(t, "after one is read anew", live().Path, "/d/a.html")
}

// parts: a report that takes a table from another one is shown with its values and
// findings, and is no longer in doubt for the lack of it.
func parts(t *testing.T, b Backend) {
	absent := func(id string) normalize.Observation {
		return normalize.Observation{ID: id, Unit: "件", State: normalize.Absent, Status: normalize.Review}
	}
	missing := func(ids ...string) normalize.Finding {
		return normalize.Finding{Rule: "table_missing", Severity: normalize.Error, IDs: ids, Message: "m"}
	}
	long := "123456789012345678901234567890"
	first := report("甲局", 2021, observation("x", "1"), absent("y"), absent("z"), absent("w"))
	first.Findings = []normalize.Finding{missing("y", "z"), missing("w")}
	second := report("甲局", 2021, absent("x"), observation("y", "2"), observation("z", long), absent("w"))
	second.Observations[1].Status = normalize.Review
	second.Findings = []normalize.Finding{missing("x"), {Rule: "balance.total", Severity: normalize.Error, IDs: []string{"y"}, Message: "m"}, missing("w")}
	for name, r := range map[string]*normalize.Report{"one": first, "two": second} {
		seen(t, b, "/d/"+name, name)
		record(t, b, v1, name, r)
	}
	groups, err := b.Candidates(t.Context(), 0)
	ok(t, err)
	ids := map[string]int64{}
	for _, c := range groups[0] {
		ids[c.Path] = c.Report
		if c.Path == "/d/one" {
			equal(t, "what is missing", []any{c.Form, strings.Join(c.Missing, " ")}, []any{"2021", "y z w"})
		}
	}
	ok(t, b.RecordTwins(t.Context(), 0, []store.Twins{{Report: ids["/d/one"], Parts: []store.Part{{Report: ids["/d/two"], Cells: []string{"y", "z"}}}}}))
	rs, err := b.LiveReports(t.Context(), 2021)
	ok(t, err)
	equal(t, "the live report", []any{len(rs), rs[0].Path, rs[0].InDoubt}, []any{1, "/d/one", 2}) // y and w
	vs, err := b.Values(t.Context(), rs[0].ID, nil)
	ok(t, err)
	equal(t, "values", []any{len(vs), vs["x"].Number.String(), vs["y"].Number.String(), vs["y"].Status, vs["z"].Number.String(), vs["w"].State},
		[]any{4, "1", "2", normalize.Review, long, normalize.Absent})
	asOne(t, b, rs[0].ID, []string{"x", "y", "z", "w"})
	likeValues(t, b)
	vs, err = b.Values(t.Context(), rs[0].ID, []string{"y"})
	ok(t, err)
	equal(t, "chosen values", len(vs), 1)
	fs, err := b.Findings(t.Context(), store.Filter{})
	ok(t, err)
	var rules []string
	for _, f := range fs {
		rules = append(rules, f.Rule+" "+strings.Join(f.IDs, " "))
	}
	equal(t, "findings", rules, []string{"table_missing w", "balance.total y"})
	o, err := b.Overlay(t.Context(), rs[0].ID)
	ok(t, err)
	equal(t, "parts", []any{len(o.Parts), o.Parts[0].Report.Path, o.Parts[0].Cells}, []any{1, "/d/two", []string{"y", "z"}})
	st, err := b.Status(t.Context())
	ok(t, err)
	equal(t, "status", []int{st.Reports, st.Parts, st.Superseded, st.Twins, st.InDoubt}, []int{1, 1, 0, 0, 2})

	record(t, b, v1, "two", second)
	vs, err = b.Values(t.Context(), ids["/d/one"], []string{"y"})
	ok(t, err)
	equal(t, "after the part is read anew", vs["y"].State, normalize.Absent)
}
