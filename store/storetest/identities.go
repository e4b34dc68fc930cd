package storetest

import (
	"strings"
	"testing"

	"nianbao/agency"
	"nianbao/normalize"
	"nianbao/store"
)

// identities are agencies that reports were resolved to.
func identities(t *testing.T, b Backend) {
	ctx := t.Context()
	first := store.Resolver{Version: "1"}
	claims := []normalize.Claim{{Origin: normalize.ClaimTitle, Text: "市民政局"}, {Origin: normalize.ClaimCredit, Text: "91350100M000100Y43"}}
	for i, name := range []string{"a", "b"} {
		seen(t, b, "枣庄/"+name+".html", name)
		r := report("市民政局", 2019+i, observation("requests.received.total", "1"))
		r.Claims = claims
		record(t, b, v1, name, r)
	}
	seen(t, b, "c.html", "c")
	record(t, b, v1, "c", report("", 2019)) // nothing to resolve

	todo, err := b.Unresolved(ctx, first, 0, 10)
	ok(t, err)
	if len(todo) != 2 {
		t.Fatalf("%d reports to resolve, want 2", len(todo))
	}
	equal(t, "what is to be resolved", todo[0], store.Named{
		Report: todo[0].Report, Source: sha("a"), Agency: todo[0].Agency, Printed: "市民政局", Year: 2019, Claims: claims, Paths: []string{"枣庄/a.html"},
	})
	if rest, err := b.Unresolved(ctx, first, todo[0].Report, 10); err != nil || len(rest) != 1 || rest[0].Report != todo[1].Report {
		t.Errorf("after the first: %+v, %v", rest, err)
	}
	if some, err := b.Unresolved(ctx, first, 0, 1); err != nil || len(some) != 1 {
		t.Errorf("a limit of 1: %d, %v", len(some), err)
	}

	zaozhuang := agency.Identity{Name: "枣庄市民政局", Division: "370400"}
	ok(t, b.RecordResolutions(ctx, first, []store.Resolution{
		{Report: todo[0].Report, Agency: zaozhuang, Outcome: agency.Resolved, Credit: "91350100M000100Y43"},
		{Report: todo[1].Report, Agency: agency.Identity{Name: "市民政局 @ 枣庄"}, Outcome: agency.Ambiguous, Candidates: []string{"370400", "370800"}},
	}))
	if left, err := b.Unresolved(ctx, first, 0, 10); err != nil || len(left) != 0 {
		t.Errorf("%d left to resolve, %v", len(left), err)
	}
	reports, err := b.LiveReports(ctx, 0)
	ok(t, err)
	var names []string
	for _, r := range reports {
		names = append(names, r.Agency.Name+" "+r.Agency.Division)
	}
	equal(t, "live reports", names, []string{"市民政局 @ 枣庄 ", "枣庄市民政局 370400"})
	got := readAll(t, b, store.Selection{Years: []int{2019}})
	if len(got) != 1 || got[0].Agency.Division != "370400" || got[0].Values["requests.received.total"].Number.String() != "1" {
		t.Errorf("live reports of 2019: %+v", got)
	}
	all, err := b.Standings(ctx)
	ok(t, err)
	for i := range all {
		all[i].ID = 0
	}
	equal(t, "agencies", all, []store.Standing{
		{
			Agency: store.Agency{Name: "市民政局 @ 枣庄"}, Reports: 1, First: 2020, Last: 2020,
			Outcomes: map[agency.Outcome]int{agency.Ambiguous: 1}, Candidates: []string{"370400", "370800"}, Printed: []string{"市民政局"},
		},
		{
			Agency: store.Agency{Name: "枣庄市民政局", Division: "370400"}, Reports: 1, First: 2019, Last: 2019,
			Outcomes: map[agency.Outcome]int{agency.Resolved: 1}, Printed: []string{"市民政局"}, Credits: []string{"91350100M000100Y43"},
		},
	})
	st, err := b.Status(ctx)
	ok(t, err)
	if st.Unresolved != 1 || st.Agencies != 2 {
		t.Errorf("status: %d of %d agencies are not resolved", st.Unresolved, st.Agencies)
	}

	// Another version, another place, or other rows: resolved again.
	if again, err := b.Unresolved(ctx, store.Resolver{Version: "2"}, 0, 10); err != nil || len(again) != 2 {
		t.Errorf("with another version %d are to be resolved, %v", len(again), err)
	}
	seen(t, b, "济宁/a.html", "a")
	again, err := b.Unresolved(ctx, first, 0, 10)
	ok(t, err)
	if len(again) != 1 || strings.Join(again[0].Paths, " ") != "枣庄/a.html 济宁/a.html" {
		t.Errorf("after another sighting: %+v", again)
	}
	record(t, b, v1, "b", report("市民政局", 2021))
	again, err = b.Unresolved(ctx, first, 0, 10)
	ok(t, err)
	if len(again) != 2 || again[1].Year != 2021 || len(again[1].Claims) != 0 {
		t.Errorf("after other rows: %+v", again)
	}

	// Two reports that come to one agency and year: the one seen last is live.
	seen(t, b, "d.html", "d")
	record(t, b, v1, "d", report("枣庄民政局", 2019, observation("requests.received.total", "2")))
	again, err = b.Unresolved(ctx, first, 0, 10)
	ok(t, err)
	var rs []store.Resolution
	for _, n := range again {
		rs = append(rs, store.Resolution{Report: n.Report, Agency: zaozhuang, Outcome: agency.Decided})
	}
	ok(t, b.RecordResolutions(ctx, first, rs))
	got = readAll(t, b, store.Selection{Years: []int{2019}})
	if len(got) != 1 || got[0].Source != sha("d") {
		t.Errorf("live reports of 2019: %+v", got)
	}

	// A decision concerns the reports of its agency alone, an undoing those that were
	// decided.
	seen(t, b, "e.html", "e")
	record(t, b, v1, "e", report("枣庄市水利局", 2019))
	again, err = b.Unresolved(ctx, first, 0, 10)
	ok(t, err)
	water := agency.Identity{Name: "枣庄市水利局", Division: "370400"}
	ok(t, b.RecordResolutions(ctx, first, []store.Resolution{{Report: again[0].Report, Agency: water, Outcome: agency.Resolved}}))
	d := agency.Decision{
		Kind: agency.Name, Agency: &water, To: &agency.Identity{Name: "枣庄市水务局", Division: "370400"}, Reason: "r", By: "b", Made: "2026-01-31T08:00:00Z",
	}.Seal()
	for n, c := range []struct {
		decision agency.Decision
		want     int // reports to resolve
	}{{d, 1}, {agency.Decision{Kind: agency.Undo, Of: d.ID, Reason: "r", By: "b", Made: "2026-02-01T08:00:00Z"}.Seal(), 3}} {
		_, err = b.Decide(ctx, agency.Decisions{c.decision})
		ok(t, err)
		by := store.Resolver{Version: "1", Decisions: n + 1}
		again, err = b.Unresolved(ctx, by, 0, 10)
		ok(t, err)
		if len(again) != c.want {
			t.Errorf("after decision %d %d reports are to be resolved, want %d", n, len(again), c.want)
		}
		rs = nil
		for _, a := range again {
			rs = append(rs, store.Resolution{Report: a.Report, Agency: water, Outcome: agency.Resolved})
		}
		if n == 0 {
			ok(t, b.RecordResolutions(ctx, by, rs))
		}
	}
	of, err := b.NamedBy(ctx, got[0].Agency.ID)
	ok(t, err)
	if len(of) != 3 {
		t.Errorf("%d reports of the agency, want 3", len(of))
	}
}

// readAll reads the chosen live reports.
func readAll(t *testing.T, b Backend, sel store.Selection) (out []*store.Live) {
	t.Helper()
	ok(t, b.EachLive(t.Context(), sel, func(_, _ int, l *store.Live) error {
		out = append(out, l)
		return nil
	}))
	return out
}

// decisions on agencies are kept in their order, each once.
func decisions(t *testing.T, b Backend) {
	ctx := t.Context()
	first := agency.Decision{
		Kind: agency.Merge, Agency: &agency.Identity{Name: "a"}, To: &agency.Identity{Name: "b", Division: "370400"},
		Reason: "r", By: "王", Made: "2026-01-31T08:00:00Z",
	}.Seal()
	second := agency.Decision{Kind: agency.Undo, Of: first.ID, Reason: "r", By: "王", Made: "2026-02-01T08:00:00Z"}.Seal()
	for i, want := range []int{2, 0} {
		added, err := b.Decide(ctx, agency.Decisions{first, second})
		ok(t, err)
		if added != want {
			t.Errorf("time %d: %d added, want %d", i, added, want)
		}
	}
	got, err := b.Decisions(ctx)
	ok(t, err)
	equal(t, "decisions", got, agency.Decisions{first, second})
}
