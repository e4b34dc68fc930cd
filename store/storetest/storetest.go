// Package storetest says what a store has to do, as a test that every backend
// runs. It knows no SQL.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"nianbao/agency"
	"nianbao/normalize"
	"nianbao/review"
	"nianbao/store"
)

// Backend is what a store offers besides its blobs.
type Backend interface {
	AddSource(ctx context.Context, s store.Source) (isNew bool, err error)
	Activate(ctx context.Context, v store.Versions) error
	CountPending(ctx context.Context, v store.Versions) (int, error)
	Pending(ctx context.Context, v store.Versions, limit int) ([]store.Pending, error)
	DependsOn(ctx context.Context, extract string, t store.Tool) (bool, error)
	Forget(ctx context.Context, sources []string) error
	Record(ctx context.Context, derivations []store.Derivation, r store.Rows) error
	Load(ctx context.Context, entries []store.Entry) error
	Candidates(ctx context.Context, agency int64) ([][]store.Candidate, error)
	RecordTwins(ctx context.Context, agency int64, t []store.Twins) error
	Unresolved(ctx context.Context, by store.Resolver, after int64, limit int) ([]store.Named, error)
	NamedBy(ctx context.Context, agency int64) ([]store.Named, error)
	RecordResolutions(ctx context.Context, by store.Resolver, rs []store.Resolution) error
	Standings(ctx context.Context) ([]store.Standing, error)
	Decide(ctx context.Context, ds agency.Decisions) (added int, err error)
	Decisions(ctx context.Context) (agency.Decisions, error)
	Pages(ctx context.Context) ([]store.Page, error)
	RecordAttachments(ctx context.Context, attached []store.Attachment) error
	Covers(ctx context.Context) (map[string]bool, error)
	Overlay(ctx context.Context, report int64) (*store.Overlay, error)
	Correct(ctx context.Context, cs []review.Correction) (added []review.Correction, err error)
	EachDoubt(ctx context.Context, sel store.Selection, each func(report int64, f normalize.Finding)) error
	FieldDoubts(ctx context.Context) ([]store.FieldDoubt, error)
	Corrections(ctx context.Context, source string) (cs []review.Correction, last int64, err error)

	Reports(ctx context.Context, f store.Filter) ([]store.Report, error)
	Document(ctx context.Context, r *store.Report) (sum string, err error)
	LiveReports(ctx context.Context, year int) ([]store.Report, error)
	Agencies(ctx context.Context, name string) ([]store.Agency, error)
	Values(ctx context.Context, report int64, cells []string) (map[string]store.Value, error)
	EachValue(ctx context.Context, cells []string, each func(report int64, cell string, v store.Value)) error
	Paths(ctx context.Context, source string) ([]string, error)
	Findings(ctx context.Context, f store.Filter) ([]store.Finding, error)
	EachLive(ctx context.Context, sel store.Selection, visit func(n, all int, l *store.Live) error) error
	Activated(ctx context.Context) (map[string]string, error)
	Status(ctx context.Context) (store.Status, error)
	Years(ctx context.Context) ([]int, error)
}

// Run runs every test on empty stores that open makes.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	for name, test := range map[string]func(*testing.T, Backend){
		"Sources":      sources,
		"Derivations":  derivations,
		"Versions":     versions,
		"Engines":      engines,
		"Archives":     archives,
		"Twins":        twins,
		"Corrections":  corrections,
		"Corrected":    correctedTwins,
		"EachDoubt":    eachDoubt,
		"Fields":       fields,
		"Attachments":  attachments,
		"Parts":        parts,
		"Documents":    documents,
		"Refusals":     refusals,
		"Values":       values,
		"Bulk":         bulk,
		"Live":         live,
		"Ready":        ready,
		"EachLive":     eachLive,
		"AnyOrder":     anyOrder,
		"Agencies":     agencies,
		"Identities":   identities,
		"Decisions":    decisions,
		"Findings":     findings,
		"Replace":      replace,
		"Texts":        texts,
		"Rollback":     rollback,
		"Concurrently": concurrently,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var v1 = store.Versions{Extract: "1", Normalize: "1", Index: "1"}

// sha makes a name as long as a SHA-256.
func sha(name string) string { return fmt.Sprintf("%064s", name) }

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// seen adds a source and reports whether it was new.
func seen(t *testing.T, b Backend, path, name string) bool {
	t.Helper()
	isNew, err := b.AddSource(t.Context(), store.Source{SHA256: sha(name), Size: 7, Path: path})
	ok(t, err)
	return isNew
}

// report is a small report.
func report(agency string, year int, obs ...normalize.Observation) *normalize.Report {
	return &normalize.Report{Agency: normalize.Agency{Name: agency}, Year: year, Form: "2021", Observations: obs}
}

func observation(id, value string) normalize.Observation {
	d := decimal.RequireFromString(value)
	return normalize.Observation{ID: id, Value: &d, Unit: "件", State: normalize.Reported, Status: normalize.OK}
}

// record stores r as what version v makes of the source called name.
func record(t *testing.T, b Backend, v store.Versions, name string, r *normalize.Report) {
	t.Helper()
	doc, rep := sha("doc-"+name+v.Extract), sha("rep-"+name+v.Extract+v.Normalize)
	ok(t, b.Record(t.Context(), []store.Derivation{
		{Step: "extract", Input: sha(name), Version: v.Extract, Output: doc},
		{Step: "normalize", Input: doc, Version: v.Normalize, Output: rep},
	}, store.Rows{Source: sha(name), Basis: rep, Version: v.Index, MediaType: "text/html", Pages: 2, Report: r}))
}

func pending(t *testing.T, b Backend, v store.Versions) []store.Pending {
	t.Helper()
	p, err := b.Pending(t.Context(), v, 100)
	ok(t, err)
	n, err := b.CountPending(t.Context(), v)
	ok(t, err)
	equal(t, "CountPending", n, len(p))
	return p
}

func sources(t *testing.T, b Backend) {
	if !seen(t, b, "a.html", "one") {
		t.Error("a new file is not new")
	}
	if seen(t, b, "a.html", "one") {
		t.Error("the same file is new again")
	}
	if !seen(t, b, "b.html", "one") {
		t.Error("the same bytes at another path are not new")
	}
	if !seen(t, b, "a.html", "two") {
		t.Error("a changed file is not new")
	}
	if !seen(t, b, "a.html", "one") {
		t.Error("a file that changed back is not new")
	}
	p := pending(t, b, v1)
	equal(t, "pending", p, []store.Pending{
		{Source: store.Source{SHA256: sha("one"), Size: 7, Path: "a.html"}},
		{Source: store.Source{SHA256: sha("two"), Size: 7, Path: "a.html"}},
	})
	first, err := b.Pending(t.Context(), v1, 1)
	ok(t, err)
	equal(t, "the first pending", first, p[:1])
}

func derivations(t *testing.T, b Backend) {
	ok(t, b.Activate(t.Context(), v1))
	ok(t, b.Activate(t.Context(), v1))
	seen(t, b, "a", "one")
	record(t, b, v1, "one", report("甲局", 2021))
	equal(t, "pending", pending(t, b, v1), []store.Pending(nil))
	record(t, b, v1, "one", report("甲局", 2021)) // again: no conflict
	rs, err := b.Reports(t.Context(), store.Filter{})
	ok(t, err)
	equal(t, "number of reports", len(rs), 1)
}

func versions(t *testing.T, b Backend) {
	seen(t, b, "a", "one")
	record(t, b, v1, "one", report("甲局", 2021))
	src := store.Source{SHA256: sha("one"), Size: 7, Path: "a"}
	doc, rep := sha("doc-one1"), sha("rep-one11")
	equal(t, "a new index", pending(t, b, store.Versions{Extract: "1", Normalize: "1", Index: "2"}),
		[]store.Pending{{Source: src, Document: doc, Report: rep}})
	equal(t, "a new normalize", pending(t, b, store.Versions{Extract: "1", Normalize: "2", Index: "1"}),
		[]store.Pending{{Source: src, Document: doc}})
	equal(t, "a new extract", pending(t, b, store.Versions{Extract: "2", Normalize: "1", Index: "1"}),
		[]store.Pending{{Source: src}})
	// The new extract gives the same Document: only the rows are looked at again.
	ok(t, b.Record(t.Context(), []store.Derivation{{Step: "extract", Input: sha("one"), Version: "2", Output: doc}},
		store.Rows{Source: sha("one"), Basis: rep, Version: "1", Report: report("甲局", 2021)}))
	equal(t, "done", pending(t, b, store.Versions{Extract: "2", Normalize: "1", Index: "1"}), []store.Pending(nil))
	equal(t, "going back", pending(t, b, v1), []store.Pending(nil))
}

// engines: what was made of a file that needed OCR holds for the engines it was
// made with, everything else whatever they are.
func engines(t *testing.T, b Backend) {
	with := func(extract, ocr string) store.Versions {
		return store.Versions{Extract: extract, OCR: ocr, Normalize: "1", Index: "1"}
	}
	depends := func(extract string, want bool) {
		t.Helper()
		yes, err := b.DependsOn(t.Context(), extract, store.OCR)
		ok(t, err)
		equal(t, "files of extract "+extract+" depend on OCR", yes, want)
	}
	names := func(v store.Versions) (names []string) {
		for _, p := range pending(t, b, v) {
			names = append(names, p.Path)
		}
		return names
	}
	for _, name := range []string{"text", "scan", "other-scan"} {
		seen(t, b, name, name)
	}
	record(t, b, v1, "text", report("甲局", 2021))
	depends("1", false)
	equal(t, "before the scans are read", names(v1), []string{"scan", "other-scan"})

	// Without engines one scan is refused, of the other only a page is missing.
	const why = `{"code":"needs_ocr"}`
	none := with("1", "none")
	equal(t, "the version of scans", none.By(store.OCR), "1+ocr:none")
	ok(t, b.Record(t.Context(), []store.Derivation{{Step: "extract", Input: sha("scan"), Version: none.By(store.OCR), Error: why}},
		store.Rows{Source: sha("scan"), Basis: why, Version: "1", Report: &normalize.Report{}}))
	read := func(name string, v store.Versions) {
		t.Helper()
		as := v
		as.Extract = v.By(store.OCR)
		record(t, b, as, name, report("乙局", 2021))
	}
	read("other-scan", none)
	depends("1", true)
	depends("2", false)
	equal(t, "no engine", names(none), []string(nil))
	equal(t, "an engine", names(with("1", "a")), []string{"scan", "other-scan"})
	for _, name := range []string{"scan", "other-scan"} {
		read(name, with("1", "a"))
	}
	equal(t, "the engine", names(with("1", "a")), []string(nil))
	equal(t, "another engine", names(with("1", "b")), []string{"scan", "other-scan"})
	equal(t, "engines that are not known", names(with("1", "")), []string{"scan", "other-scan"})
	equal(t, "another extract", names(with("2", "a")), []string{"text", "scan", "other-scan"})

	// What an engine made is still there when it comes back: only rows are missing.
	p := pending(t, b, none)
	equal(t, "number to do without engines again", len(p), 2)
	equal(t, "the refusal of then", p[0].Refusal, why)
	if p[1].Document == "" || p[1].Report == "" {
		t.Errorf("of the other scan is left %+v, want its Document and Report", p[1])
	}

	// A file that first failed without OCR and then needed it is one file.
	ok(t, b.Record(t.Context(), []store.Derivation{{Step: "extract", Input: sha("scan"), Version: "1", Error: why}},
		store.Rows{Source: sha("scan"), Basis: why, Version: "1", Report: &normalize.Report{}}))
	equal(t, "both versions", names(none), []string{"other-scan"})
	equal(t, "both versions, and rows of the first", names(with("1", "a")), []string{"scan"})

	// Each tool counts for its own files.
	both := func(ocr, office string) store.Versions {
		v := with("1", ocr)
		v.Office = office
		return v
	}
	seen(t, b, "old", "old")
	ok(t, b.Record(t.Context(), []store.Derivation{{Step: "extract", Input: sha("old"), Version: both("a", "none").By(store.Office), Error: why}},
		store.Rows{Source: sha("old"), Basis: why, Version: "1", Report: &normalize.Report{}}))
	yes, err := b.DependsOn(t.Context(), "1", store.Office)
	ok(t, err)
	equal(t, "files of extract 1 depend on an office program", yes, true)
	equal(t, "no office program", names(both("a", "none")), []string{"scan"})
	equal(t, "an office program", names(both("a", "x")), []string{"scan", "old"})
	equal(t, "an engine that is called as the office program", names(both("none", "a")), []string{"other-scan", "old"})
}

func documents(t *testing.T, b Backend) {
	for _, name := range []string{"one", "two"} {
		seen(t, b, name, name)
		record(t, b, v1, name, report("甲局", 2021))
	}
	rs, err := b.Reports(t.Context(), store.Filter{})
	ok(t, err)
	for _, r := range rs {
		sum, err := b.Document(t.Context(), &r)
		ok(t, err)
		equal(t, "the document of "+r.Path, sum, sha("doc-"+r.Path+"1"))
	}
	sum, err := b.Document(t.Context(), &store.Report{Source: sha("one"), Basis: sha("rep-two11")})
	ok(t, err)
	equal(t, "the document of a report that another source gave", sum, "")
}

func refusals(t *testing.T, b Backend) {
	const why = `{"code":"damaged"}`
	seen(t, b, "a", "one")
	seen(t, b, "b", "two")
	refused := &normalize.Report{Findings: []normalize.Finding{{Rule: "damaged", Severity: normalize.Error, Message: "broken"}}}
	fail := func(name string) {
		t.Helper()
		ok(t, b.Record(t.Context(), []store.Derivation{{Step: "extract", Input: sha(name), Version: "1", Error: why}},
			store.Rows{Source: sha(name), Basis: why, Version: "1", Report: refused}))
	}
	fail("one")
	ok(t, b.Record(t.Context(), []store.Derivation{
		{Step: "extract", Input: sha("two"), Version: "1", Output: sha("doc")},
		{Step: "normalize", Input: sha("doc"), Version: "1", Error: why},
	}, store.Rows{Source: sha("two"), Basis: why, Version: "1", Report: refused}))
	equal(t, "pending", pending(t, b, v1), []store.Pending(nil))
	equal(t, "a new index", pending(t, b, store.Versions{Extract: "1", Normalize: "1", Index: "2"})[0].Refusal, why)

	rs, err := b.Reports(t.Context(), store.Filter{})
	ok(t, err)
	equal(t, "reports", len(rs), 0)
	rs, err = b.Reports(t.Context(), store.Filter{Refused: true})
	ok(t, err)
	equal(t, "refused", len(rs), 2)
	if _, isReport := rs[0].Artifact(); isReport {
		t.Error("a refused file has a Report artifact")
	}
	st, err := b.Status(t.Context())
	ok(t, err)
	equal(t, "status", st, store.Status{Sources: 2, Refused: 2, ByForm: []store.Group{}, ByRefusal: []store.Group{{Name: "damaged", Count: 2}}})

	ok(t, b.Forget(t.Context(), []string{sha("one"), sha("two")}))
	p := pending(t, b, v1)
	equal(t, "pending after Forget", len(p), 2)
	equal(t, "what is left of the second", p[1].Document, sha("doc"))
	fail("one")
	equal(t, "pending after a second try", len(pending(t, b, v1)), 1)
}

func values(t *testing.T, b Backend) {
	seen(t, b, "a", "one")
	var obs []normalize.Observation
	want := map[string]store.Value{}
	for i, number := range []string{
		"0", "1", "-3", "9223372036854775807", "-9223372036854775808", "0.37", "59237.2449", "-0.000001", "25.10",
		"9223372036854775808", "123456789012345678901234567890.123456789", "1e3", "12e30", "1e-18", "1e-19",
	} {
		o := observation(fmt.Sprintf("cell.%d", i), number)
		if i%2 == 1 {
			o.Status = normalize.Review
		}
		obs = append(obs, o)
		want[o.ID] = store.Value{Number: o.Value, State: o.State, Status: o.Status}
	}
	for _, state := range []normalize.State{normalize.Blank, normalize.Dash, normalize.Absent, normalize.Unreadable, normalize.Derived} {
		obs = append(obs, normalize.Observation{ID: "state." + string(state), State: state, Status: normalize.OK})
		want["state."+string(state)] = store.Value{State: state, Status: normalize.OK}
	}
	for i := range 200 { // as many as a report has, in no order
		o := observation(fmt.Sprintf("many.%d", i*77%200), fmt.Sprintf("%d.%d", i*i*i, i))
		if i%5 == 0 {
			o.Value, o.State = nil, normalize.Blank
		}
		obs = append(obs, o)
		want[o.ID] = store.Value{Number: o.Value, State: o.State, Status: o.Status}
	}
	record(t, b, v1, "one", report("甲局", 2021, obs...))
	rs, err := b.Reports(t.Context(), store.Filter{})
	ok(t, err)
	got, err := b.Values(t.Context(), rs[0].ID, nil)
	ok(t, err)
	same := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
	if d := cmp.Diff(want, got, same); d != "" {
		t.Errorf("values (-want +got):\n%s", d)
	}
	got, err = b.Values(t.Context(), rs[0].ID, []string{"cell.1", "none"})
	ok(t, err)
	equal(t, "values of chosen cells", len(got), 1)
	equal(t, "values in doubt", rs[0].InDoubt, 7)
	equal(t, "cells", rs[0].Cells, len(obs))
}

func agencies(t *testing.T, b Backend) {
	for i, name := range []string{"甲市统计局", "乙市统计局", "甲市", "鼓楼区", "鼓楼区"} {
		n := fmt.Sprint(i)
		seen(t, b, n, n)
		r := report(name, 2021)
		if name == "鼓楼区" {
			r.Agency.Division = []string{"320106", "350102"}[i-3]
		}
		record(t, b, v1, n, r)
	}
	for name, want := range map[string]int{"统计局": 2, "甲市": 1, "甲市统计局": 1, "鼓楼": 2, "鼓楼区": 2, "丙": 0, "": 5} {
		as, err := b.Agencies(t.Context(), name)
		ok(t, err)
		if len(as) != want {
			t.Errorf("%d agencies fit %q, want %d: %v", len(as), name, want, as)
		}
	}
}

func findings(t *testing.T, b Backend) {
	seen(t, b, "a", "old")
	old := report("甲局", 2021)
	old.Findings = []normalize.Finding{{Rule: "balance.total", Severity: normalize.Error, IDs: []string{"old"}}}
	record(t, b, v1, "old", old)
	seen(t, b, "a", "new")
	r := report("甲局", 2021)
	r.Findings = []normalize.Finding{
		{Rule: "balance.total", Severity: normalize.Error, IDs: []string{"x", "y.z"}, Message: "1 ≠ 2"},
		{Rule: "year_conflict", Severity: normalize.Warning, Message: "两个年度"},
	}
	record(t, b, v1, "new", r)
	fs, err := b.Findings(t.Context(), store.Filter{})
	ok(t, err)
	if len(fs) != 2 {
		t.Fatalf("%d findings, want the two of the live report: %+v", len(fs), fs)
	}
	equal(t, "the first finding", fs[0].Finding, r.Findings[0])
	equal(t, "its report", fs[0].Report.Path, "a")
}

func replace(t *testing.T, b Backend) {
	seen(t, b, "a", "one")
	old := report("甲局", 2021, observation("x", "1"), observation("y", "123456789012345678901234567890"))
	old.Findings = []normalize.Finding{{Rule: "r", Severity: normalize.Error}}
	record(t, b, v1, "one", old)
	v2 := v1
	v2.Normalize = "2"
	record(t, b, v2, "one", report("乙局", 2022, observation("y", "2")))
	rs, err := b.Reports(t.Context(), store.Filter{})
	ok(t, err)
	if len(rs) != 1 || rs[0].Agency.Name != "乙局" || rs[0].Year != 2022 || rs[0].MediaType != "text/html" || rs[0].Pages != 2 {
		t.Fatalf("reports %+v, want the new one only", rs)
	}
	got, err := b.Values(t.Context(), rs[0].ID, nil)
	ok(t, err)
	if len(got) != 1 || got["y"].Number.String() != "2" {
		t.Errorf("values %v, want the new one only", got)
	}
	fs, err := b.Findings(t.Context(), store.Filter{})
	ok(t, err)
	equal(t, "findings", len(fs), 0)
	as, err := b.Agencies(t.Context(), "")
	ok(t, err)
	equal(t, "agencies with reports", len(as), 1)
}

// texts: names of files and what damaged files say are kept whatever bytes they
// hold, if need be in other words.
func texts(t *testing.T, b Backend) {
	for i, c := range []struct{ given, kept string }{
		{"年报 '\"$1;--\n", "年报 '\"$1;--\n"},
		{"\xc4\xea.pdf", `\xc4\xea.pdf`},
		{"a\x00b\uFFFD", `a\x00b` + "\uFFFD"},
	} {
		name := fmt.Sprint(i)
		if !seen(t, b, c.given, name) {
			t.Errorf("%q is not new", c.given)
		}
		if seen(t, b, c.given, name) {
			t.Errorf("%q is new again", c.given)
		}
		r := report(c.given, 2021)
		r.Findings = []normalize.Finding{{Rule: "r", Severity: normalize.Error, Message: c.given}}
		record(t, b, v1, name, r)
		record(t, b, v1, name, r)
		rs, err := b.Reports(t.Context(), store.Filter{Source: sha(name)})
		ok(t, err)
		if len(rs) != 1 || rs[0].Path != c.kept || rs[0].Agency.Name != c.kept {
			t.Fatalf("reports of %q are %+v", c.given, rs)
		}
		fs, err := b.Findings(t.Context(), store.Filter{Source: sha(name)})
		ok(t, err)
		if len(fs) != 1 || fs[0].Message != c.kept {
			t.Errorf("findings of %q are %+v", c.given, fs)
		}
	}
}

func rollback(t *testing.T, b Backend) {
	seen(t, b, "a", "one")
	bad := report("甲局", 2021, observation("x", "1"), observation("x", "2"))
	err := b.Record(t.Context(), []store.Derivation{{Step: "extract", Input: sha("one"), Version: "1", Output: sha("doc")}},
		store.Rows{Source: sha("one"), Basis: sha("rep"), Version: "1", Report: bad})
	if err == nil || !strings.Contains(err.Error(), "x") {
		t.Errorf("a cell given twice: error %v, want one that names the cell", err)
	}
	equal(t, "pending", pending(t, b, v1), []store.Pending{{Source: store.Source{SHA256: sha("one"), Size: 7, Path: "a"}}})

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.AddSource(ctx, store.Source{SHA256: sha("two"), Path: "b"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: error %v", err)
	}
}

func concurrently(t *testing.T, b Backend) {
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			name := fmt.Sprint(i)
			if _, err := b.AddSource(t.Context(), store.Source{SHA256: sha(name), Path: name}); err != nil {
				t.Error(err)
				return
			}
			err := b.Record(t.Context(), []store.Derivation{{Step: "extract", Input: sha(name), Version: "1", Output: sha("doc" + name)}},
				store.Rows{Source: sha(name), Basis: "b", Version: "1", Report: report("局"+name, 2021, observation("x", name))})
			if err != nil {
				t.Error(err)
			}
			if _, err := b.LiveReports(t.Context(), 2021); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	rs, err := b.LiveReports(t.Context(), 2021)
	ok(t, err)
	equal(t, "reports", len(rs), 20)
}
