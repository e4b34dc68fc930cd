package storetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/store"
)

// World is what a store was told, and says plainly what must be live: of the reports
// of an agency and year that have no chosen twin the one seen last, with its own
// values, those of its parts, and under review what its twins doubt. Files go by
// their SHA-256 without the zeros that it begins with.
type World struct {
	Seen    []Sighting
	Members map[string]map[string]string // by archive and file its name there
	Reports map[string]*normalize.Report
	Order   []string // of the reports, as they were first stored
	Chosen  map[string]string
	Doubts  map[string][]string          // cells by report
	Parts   map[string]map[string]string // part by report and cell
}

// Sighting is a file at a place.
type Sighting struct{ Path, File string }

// NewWorld is one in which nothing was told.
func NewWorld() *World {
	return &World{
		Members: map[string]map[string]string{}, Reports: map[string]*normalize.Report{},
		Chosen: map[string]string{}, Doubts: map[string][]string{}, Parts: map[string]map[string]string{},
	}
}

// tester is a test, or a round of a property test.
type tester interface {
	Helper()
	Context() context.Context
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// Hold holds what a store says is live of an agency to what it was told.
func (w *World) Hold(t tester, b Backend, agency string) {
	t.Helper()
	found, err := b.Agencies(t.Context(), agency)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range found {
		if a.Name == agency {
			got = append(got, said(t, b, a.ID)...)
		}
	}
	if d := cmp.Diff(w.live(agency), got); d != "" {
		t.Fatalf("live reports of %s (-told +said):\n%s", agency, d)
	}
}

// newest is when a file was seen last, and where.
func (w *World) newest(file string) (at int, path string) {
	at = -1
	for i, s := range w.Seen {
		if s.File == file {
			at, path = i, s.Path
		} else if name, ok := w.Members[s.File][file]; ok {
			at, path = i, s.Path+"!/"+name
		}
	}
	return at, path
}

// at is the file that was seen last at a place.
func (w *World) at(path string) (name string) {
	for _, s := range w.Seen {
		if s.Path == path {
			name = s.File
		}
	}
	return name
}

// live says what is live of an agency, a line a report.
func (w *World) live(agency string) (out []string) {
	years := map[int]bool{}
	for _, r := range w.Reports {
		years[r.Year] = true
	}
	delete(years, 0)
	for _, year := range slices.Sorted(maps.Keys(years)) {
		best, last := "", -1
		for _, name := range w.Order {
			r := w.Reports[name]
			if at, _ := w.newest(name); r.Agency.Name == agency && r.Year == year && r.Form != "" && w.Chosen[name] == "" && at >= 0 && at >= last {
				best, last = name, at
			}
		}
		if best == "" {
			continue
		}
		_, path := w.newest(best)
		var values []string
		inDoubt := 0
		for _, o := range w.Reports[best].Observations {
			from := ""
			if part := w.Parts[best][o.ID]; part != "" {
				from = " of " + part
				i := slices.IndexFunc(w.Reports[part].Observations, func(p normalize.Observation) bool { return p.ID == o.ID })
				o = w.Reports[part].Observations[i]
			} else if slices.Contains(w.Doubts[best], o.ID) {
				o.Status = normalize.Review
			}
			if o.Status == normalize.Review {
				inDoubt++
			}
			values = append(values, fmt.Sprintf("%s=%v %s %s%s", o.ID, o.Value, o.State, o.Status, from))
		}
		slices.Sort(values)
		out = append(out, fmt.Sprintf("%d %s at %s, %d in doubt: %s", year, best, path, inDoubt, strings.Join(values, ", ")))
	}
	return out
}

// ready holds what a store says is live to the plain definition, whatever it is told
// in whatever order.
func ready(t *testing.T, b Backend) {
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		must := func(err error) {
			if err != nil {
				rt.Fatal(err)
			}
		}
		own := func(name string) string { return fmt.Sprintf("%s-%d", name, round) } // rounds share the store
		agencies := []string{own("甲局"), own("乙局")}
		files := []string{own("a"), own("b"), own("c"), own("d")}
		archives := []string{own("y"), own("z")}
		w := NewWorld()
		known := map[string]bool{}
		look := func(name string) {
			path := own(rapid.SampledFrom([]string{"p/1", "p/2", "q/1"}).Draw(rt, "path"))
			isNew, err := b.AddSource(rt.Context(), store.Source{SHA256: sha(name), Path: path})
			must(err)
			if known[name] = true; isNew {
				w.Seen = append(w.Seen, Sighting{path, name})
			}
		}
		rows := func(name string, r *normalize.Report) store.Rows {
			return store.Rows{Source: sha(name), Basis: sha(name), Version: "1", Report: r}
		}
		told := func(name string, r *normalize.Report) {
			if w.Reports[name] == nil {
				w.Order = append(w.Order, name)
			}
			w.Reports[name] = r
			// What is read anew has no twins until they are looked for again.
			maps.DeleteFunc(w.Chosen, func(other, chosen string) bool { return other == name || chosen == name })
			delete(w.Doubts, name)
			delete(w.Parts, name)
			for _, of := range w.Parts {
				maps.DeleteFunc(of, func(_, part string) bool { return part == name })
			}
		}
		put := func(name string, r *normalize.Report) {
			must(b.Record(rt.Context(), nil, rows(name, r)))
			told(name, r)
		}
		cell := func(i int) normalize.Observation {
			o := observation(fmt.Sprintf("cell.%d", i), rapid.SampledFrom([]string{"0", "7", "-3", "12.5", "123456789012345678901234567890.5"}).Draw(rt, "value"))
			if rapid.Bool().Draw(rt, "blank") {
				o.Value, o.State = nil, normalize.Blank
			}
			if rapid.Bool().Draw(rt, "review") {
				o.Status = normalize.Review
			}
			return o
		}
		read := func() *normalize.Report {
			r := report(rapid.SampledFrom([]string{agencies[0], agencies[0], agencies[0], agencies[1], ""}).Draw(rt, "agency"), rapid.SampledFrom([]int{2020, 2020, 2020, 2021, 0}).Draw(rt, "year"))
			r.Form = rapid.SampledFrom([]string{"2021", "2021", "2021", "2021", ""}).Draw(rt, "form")
			for i := range rapid.IntRange(0, 3).Draw(rt, "cells") {
				r.Observations = append(r.Observations, cell(i))
			}
			return r
		}
		for _, name := range append(archives, files[:2]...) {
			look(name)
		}
		for range rapid.IntRange(8, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 7).Draw(rt, "step") {
			case 7: // some at once, that may be of one file or one place
				var entries []store.Entry
				for range rapid.IntRange(1, 4).Draw(rt, "entries") {
					s := Sighting{own(rapid.SampledFrom([]string{"p/1", "p/2", "q/1"}).Draw(rt, "path")), rapid.SampledFrom(files).Draw(rt, "loaded")}
					r := read()
					entries = append(entries, store.Entry{Source: store.Source{SHA256: sha(s.File), Path: s.Path}, Rows: rows(s.File, r)})
					known[s.File] = true
					if at := w.at(s.Path); at != s.File {
						w.Seen = append(w.Seen, s)
					}
					told(s.File, r)
				}
				must(b.Load(rt.Context(), entries))
			case 0:
				look(rapid.SampledFrom(append(files, archives...)).Draw(rt, "seen"))
			case 1, 2:
				name := rapid.SampledFrom(files).Draw(rt, "read")
				if !known[name] {
					continue
				}
				put(name, read())
			case 3, 4:
				archive := rapid.SampledFrom(archives).Draw(rt, "archive")
				if !known[archive] {
					continue
				}
				r := &normalize.Report{}
				w.Members[archive] = map[string]string{}
				for _, name := range files {
					if rapid.Bool().Draw(rt, "holds "+name) {
						r.Members = append(r.Members, extract.Member{Name: name, SHA256: sha(name)})
						w.Members[archive][name] = name
						known[name] = true
					}
				}
				put(archive, r)
			case 5, 6:
				clear(w.Chosen)
				clear(w.Doubts)
				clear(w.Parts)
				must(b.RecordTwins(rt.Context(), 0, w.twins(rt, b)))
			}
		}

		for _, agency := range agencies {
			w.Hold(rt, b, agency)
		}
	})
}

// twins makes twins or a part of two reports of one agency and year, or nothing.
func (w *World) twins(rt *rapid.T, b Backend) []store.Twins {
	var pairs [][2]string
	for _, first := range w.Order {
		for _, other := range w.Order {
			r, o := w.Reports[first], w.Reports[other]
			if first != other && r.Form != "" && o.Form != "" && r.Year != 0 && r.Agency.Name != "" && r.Agency == o.Agency && r.Year == o.Year {
				pairs = append(pairs, [2]string{first, other})
			}
		}
	}
	pair := rapid.SampledFrom(append(pairs, [2]string{})).Draw(rt, "chosen and other")
	first, other := pair[0], pair[1]
	if first == "" {
		return nil
	}
	r, o := w.Reports[first], w.Reports[other]
	id := func(name string) int64 {
		rs, err := b.Reports(rt.Context(), store.Filter{Source: sha(name)})
		if err != nil || len(rs) != 1 {
			rt.Fatal(rs, err)
		}
		return rs[0].ID
	}
	t := store.Twins{Report: id(first)}
	w.Chosen[other] = first
	if rapid.Bool().Draw(rt, "a part") {
		p := store.Part{Report: id(other)}
		w.Parts[first] = map[string]string{}
		for _, c := range r.Observations[:min(len(r.Observations), len(o.Observations))] {
			if rapid.Bool().Draw(rt, "from the part") {
				p.Cells = append(p.Cells, c.ID)
				w.Parts[first][c.ID] = other
			}
		}
		t.Parts = []store.Part{p}
	} else {
		t.Others = []int64{id(other)}
	}
	for _, c := range r.Observations {
		if w.Parts[first][c.ID] == "" && rapid.Bool().Draw(rt, "doubt") {
			t.Doubts = append(t.Doubts, c.ID)
			w.Doubts[first] = append(w.Doubts[first], c.ID)
		}
	}
	return []store.Twins{t}
}

// said is what a store says is live of an agency, in all the ways that it can be asked.
func said(t tester, b Backend, agency int64) (out []string) {
	short := func(sum string) string { return strings.TrimLeft(sum, "0") }
	all, err := b.Reports(t.Context(), store.Filter{Agency: agency})
	if err != nil {
		t.Fatal(err)
	}
	live := map[int64]store.Report{}
	for _, r := range all {
		if r.Live {
			live[r.ID] = r
		}
	}
	err = b.EachLive(t.Context(), store.Selection{Agencies: []int64{agency}}, func(_, n int, l *store.Live) error {
		if d := cmp.Diff(live[l.ID], l.Report); d != "" || n != len(live) {
			t.Fatalf("EachLive does not say what Reports says (%d, %d reports):\n%s", n, len(live), d)
		}
		vs, err := b.Values(t.Context(), l.ID, nil)
		if d := cmp.Diff(vs, l.Values); d != "" {
			t.Fatalf("EachLive does not say what Values says:\n%s", d)
		}
		var values []string
		for id, v := range l.Values {
			from := ""
			if l.Parts[id] != "" {
				from = " of " + short(l.Parts[id])
			}
			values = append(values, fmt.Sprintf("%s=%v %s %s%s", id, v.Number, v.State, v.Status, from))
		}
		slices.Sort(values)
		out = append(out, fmt.Sprintf("%d %s at %s, %d in doubt: %s", l.Year, short(l.Source), l.Path, l.InDoubt, strings.Join(values, ", ")))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
