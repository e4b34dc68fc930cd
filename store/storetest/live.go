package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"nianbao/normalize"
	"nianbao/store"
)

// What a store says of live reports: which they are, and how they are read.

func live(t *testing.T, b Backend) {
	seen(t, b, "a", "one")
	seen(t, b, "b", "two")
	record(t, b, v1, "two", report("甲局", 2021, observation("x", "2")))
	record(t, b, v1, "one", report("甲局", 2021, observation("x", "1")))
	seen(t, b, "c", "other")
	record(t, b, v1, "other", report("甲局", 2020))
	seen(t, b, "d", "noyear")
	record(t, b, v1, "noyear", report("甲局", 0))

	check := func(what, want string) {
		t.Helper()
		rs, err := b.LiveReports(t.Context(), 2021)
		ok(t, err)
		if len(rs) != 1 || rs[0].Source != sha(want) || !rs[0].Live {
			t.Errorf("%s: live are %+v, want only %s", what, rs, want)
		}
	}
	check("two files of one agency and year", "two") // seen last, whichever was stored last
	seen(t, b, "b", "three")
	record(t, b, v1, "three", report("甲局", 2021))
	check("a changed file", "three")
	seen(t, b, "b", "two")
	check("a file that changed back", "two")
	rs, err := b.Reports(t.Context(), store.Filter{Year: 2021})
	ok(t, err)
	equal(t, "kept reports", len(rs), 3)
	equal(t, "the live one comes first", rs[0].Source, sha("two"))

	all, err := b.LiveReports(t.Context(), 0)
	ok(t, err)
	equal(t, "live of all years", len(all), 2)
	years, err := b.Years(t.Context())
	ok(t, err)
	equal(t, "years", years, []int{2020, 2021})
	st, err := b.Status(t.Context())
	ok(t, err)
	equal(t, "status", st, store.Status{
		Sources: 5, Reports: 2, Superseded: 2, Unplaced: 1, Agencies: 1, Unresolved: 1, Cells: 1,
		ByForm: []store.Group{{Name: "2021", Count: 2}}, ByRefusal: []store.Group{},
	})
}

// eachLive: what is read is what Reports and Values say, in order, and no more.
func eachLive(t *testing.T, b Backend) {
	for i, r := range []*normalize.Report{
		report("乙局", 2021, observation("b", "2"), observation("a", "0.5")),
		report("甲局", 2022, observation("a", "123456789012345678901234567890")),
		report("甲局", 2021, observation("a", "7"), normalize.Observation{ID: "b", State: normalize.Blank, Status: normalize.Review}),
		report("甲局", 2021, observation("a", "8")), // seen later: live
		report("", 2021, observation("a", "9")),
	} {
		name := fmt.Sprint("each", i)
		seen(t, b, name+".html", name)
		record(t, b, v1, name, r)
	}
	read := func(sel store.Selection) (out []string) {
		t.Helper()
		ok(t, b.EachLive(t.Context(), sel, func(n, all int, l *store.Live) error {
			var values []string
			for _, cell := range []string{"a", "b"} {
				switch v, ok := l.Values[cell]; {
				case ok && v.Number != nil:
					values = append(values, cell+"="+v.Number.String())
				case ok:
					values = append(values, cell+"="+string(v.State)+"/"+string(v.Status))
				}
			}
			if !l.Live {
				t.Errorf("%s %d is not live", l.Agency.Name, l.Year)
			}
			out = append(out, fmt.Sprintf("%d/%d %s %d %s", n, all, l.Agency.Name, l.Year, strings.Join(values, " ")))
			return nil
		}))
		return out
	}
	equal(t, "all", read(store.Selection{}), []string{
		"0/3 乙局 2021 a=0.5 b=2", "1/3 甲局 2021 a=8", "2/3 甲局 2022 a=123456789012345678901234567890",
	})
	equal(t, "one cell of one year", read(store.Selection{Years: []int{2021}, Cells: []string{"b", "unheard of"}}), []string{
		"0/2 乙局 2021 b=2", "1/2 甲局 2021 ",
	})
	equal(t, "no cells", read(store.Selection{Years: []int{2022, 2030}, Cells: []string{}}), []string{"0/1 甲局 2022 "})
	agencies, err := b.Agencies(t.Context(), "乙局")
	ok(t, err)
	equal(t, "one agency", read(store.Selection{Agencies: []int64{agencies[0].ID}, Cells: []string{"a"}}), []string{"0/1 乙局 2021 a=0.5"})
	stop := errors.New("stop")
	if err := b.EachLive(t.Context(), store.Selection{}, func(int, int, *store.Live) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped with %v", err)
	}
	ok(t, b.Activate(t.Context(), store.Versions{Extract: "4", Normalize: "5", Index: "6"}))
	versions, err := b.Activated(t.Context())
	ok(t, err)
	equal(t, "activated", versions, map[string]string{"extract": "4", "normalize": "5", "index": "6"})
}

// anyOrder: reports that may come in any order are those that come in order.
func anyOrder(t *testing.T, b Backend) {
	const agencies, years = 60, 10
	for a := range agencies {
		for y := range years {
			name := fmt.Sprint("any", a, "-", y)
			r := report(fmt.Sprintf("第%d局", a*7%agencies), 2010+y,
				observation("a", fmt.Sprint(a)), observation("b", fmt.Sprint(y*1000)), observation("c", "123456789012345678901234567890"), observation("d", "0.5"))
			seen(t, b, name+".html", name)
			record(t, b, v1, name, r)
		}
	}
	some, err := b.Agencies(t.Context(), "第1")
	ok(t, err)
	var ids []int64
	for _, a := range some {
		ids = append(ids, a.ID)
	}
	for _, sel := range []store.Selection{
		{},
		{Cells: []string{"b", "d"}},
		{Cells: []string{}, Years: []int{2012}},
		{Cells: []string{"c"}, Years: []int{2011, 2012, 2013, 2014, 2015, 2016, 2017, 2018}},
		{Cells: []string{"a", "unheard of"}, Agencies: ids},
		{Years: []int{1999}},
	} {
		read := func(anyOrder bool) (out []string) {
			sel.Brief, sel.AnyOrder = true, anyOrder
			ok(t, b.EachLive(t.Context(), sel, func(n, all int, l *store.Live) error {
				if n != len(out) {
					t.Errorf("report %d comes as number %d", len(out), n)
				}
				text, err := json.Marshal([]any{all, l})
				out = append(out, string(text))
				return err
			}))
			return out
		}
		want, got := read(false), read(true)
		slices.Sort(want)
		slices.Sort(got)
		equal(t, fmt.Sprintf("reports of %+v", sel), got, want)
	}
	all := store.Selection{Brief: true, AnyOrder: true}
	stop := errors.New("stop")
	if err := b.EachLive(t.Context(), all, func(n, _ int, _ *store.Live) error {
		if n == 5 {
			return stop
		}
		return nil
	}); !errors.Is(err, stop) {
		t.Errorf("stopped with %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := b.EachLive(ctx, all, func(int, int, *store.Live) error {
		cancel()
		return nil
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled with %v", err)
	}
}

// likeValues holds EachLive to what LiveReports and Values say.
func likeValues(t *testing.T, b Backend) {
	t.Helper()
	reports, err := b.LiveReports(t.Context(), 0)
	ok(t, err)
	ok(t, b.EachLive(t.Context(), store.Selection{}, func(n, all int, l *store.Live) error {
		equal(t, "a live report", l.Report, reports[n])
		vs, err := b.Values(t.Context(), l.ID, nil)
		equal(t, "its values", l.Values, vs)
		equal(t, "how many there are", all, len(reports))
		return err
	}))
}
