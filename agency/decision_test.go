package agency

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func decide(kind DecisionKind, from, to Identity, change func(*Decision)) Decision {
	d := Decision{Kind: kind, Agency: &from, To: &to, Reason: "r", By: "b", Made: "2026-01-31T08:00:00Z"}
	if change != nil {
		change(&d)
	}
	return d.Seal()
}

func TestApply(t *testing.T) {
	bare := Identity{"市民政局", ""}
	zz, jn := Identity{"枣庄市民政局", "370400"}, Identity{"济宁市民政局", "370800"}
	old, now := Identity{"枣庄市环境保护局", "370400"}, Identity{"枣庄市生态环境局", "370400"}
	place := decide(Place, bare, zz, nil)
	under := decide(Split, bare, jn, func(d *Decision) { d.Under = "jining" })
	renamed := decide(Rename, old, now, func(d *Decision) { d.Since = 2018 })
	parted := decide(Split, now, Identity{"枣庄市环境监察局", "370400"}, func(d *Decision) { d.Since = 2022 })
	undo := Decision{Kind: Undo, Of: place.ID, Reason: "r", By: "b", Made: "2026-02-01T08:00:00Z"}.Seal()
	redo := Decision{Kind: Undo, Of: undo.ID, Reason: "r", By: "b", Made: "2026-02-02T08:00:00Z"}.Seal()
	for name, c := range map[string]struct {
		ds   Decisions
		id   Identity
		year int
		path string
		want Identity
	}{
		"none":            {nil, bare, 2019, "a.pdf", bare},
		"place":           {Decisions{place}, bare, 2019, "a.pdf", zz},
		"place of scoped": {Decisions{place}, Identity{Scoped("市民政局", "x"), ""}, 2019, "x/a.pdf", zz},
		"another":         {Decisions{place}, Identity{"市教育局", ""}, 2019, "a.pdf", Identity{"市教育局", ""}},
		"under first":     {Decisions{under, place}, bare, 2019, "in/jining/a.pdf", jn},
		"not under":       {Decisions{under, place}, bare, 2019, "in/jiningx/a.pdf", zz},
		"rename before":   {Decisions{renamed}, old, 2017, "", now},
		"rename after":    {Decisions{renamed}, old, 2018, "", old},
		"rename no year":  {Decisions{renamed}, old, 0, "", old},
		"one on another":  {Decisions{renamed, parted}, old, 2017, "", now},
		"split":           {Decisions{renamed, parted}, now, 2022, "", Identity{"枣庄市环境监察局", "370400"}},
		"undone":          {Decisions{place, undo}, bare, 2019, "", bare},
		"undoing undone":  {Decisions{place, undo, redo}, bare, 2019, "", zz},
	} {
		got, last := c.ds.Active().Apply(c.id, c.year, []string{c.path})
		if got != c.want || (last != nil) != (c.want != c.id) {
			t.Errorf("%s: %v, want %v (%v)", name, got, c.want, last)
		}
	}
}

func TestDecisionFile(t *testing.T) {
	all := Decisions{
		decide(Place, Identity{"市民政局", ""}, Identity{"枣庄市民政局", "370400"}, nil),
		decide(Rename, Identity{"枣庄市农业局", "370400"}, Identity{"枣庄市农业农村局", "370400"}, func(d *Decision) { d.Since = 2019 }),
	}
	var b bytes.Buffer
	if err := WriteDecisions(&b, all); err != nil {
		t.Fatal(err)
	}
	got, err := ReadDecisions(bytes.NewReader(b.Bytes()))
	if diff := cmp.Diff(all, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := ReadDecisions(strings.NewReader(strings.Replace(b.String(), "370400", "370500", 1))); err == nil {
		t.Error("a decision that was changed is taken")
	}
	wrong := map[string]Decision{
		"no reason":   decide(Place, Identity{"a", ""}, Identity{"b", "370400"}, func(d *Decision) { d.Reason = "" }),
		"no division": decide(Place, Identity{"a", ""}, Identity{"b", "379900"}, nil),
		"same":        decide(Merge, Identity{"a", ""}, Identity{"a", ""}, nil),
		"no since":    decide(Rename, Identity{"a", ""}, Identity{"b", ""}, nil),
		"no part":     decide(Split, Identity{"a", ""}, Identity{"b", ""}, nil),
		"kind":        decide("other", Identity{"a", ""}, Identity{"b", ""}, nil),
		"time":        decide(Merge, Identity{"a", ""}, Identity{"b", ""}, func(d *Decision) { d.Made = "today" }),
		"undo":        decide(Undo, Identity{"a", ""}, Identity{"b", ""}, nil),
	}
	for name, d := range wrong {
		if d.Check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzReadDecisions(f *testing.F) {
	f.Add(`{"id":"x","kind":"merge","agency":{"name":"a","division":""},"to":{"name":"b","division":""},"reason":"r","by":"b","made":"2026-01-31T08:00:00Z"}`)
	f.Fuzz(func(t *testing.T, text string) {
		ds, err := ReadDecisions(strings.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := WriteDecisions(&b, ds); err != nil {
			t.Fatal(err)
		}
		again, err := ReadDecisions(&b)
		if diff := cmp.Diff(ds, again); err != nil || diff != "" {
			t.Error(err, diff)
		}
		ds.Active().Apply(Identity{}, 2019, nil)
	})
}

func FuzzReadFacts(f *testing.F) {
	f.Add("kind,from,to,since,source\ncontinued,a,b,2018-01-01,x\n")
	f.Fuzz(func(t *testing.T, text string) {
		if facts, err := ReadFacts(strings.NewReader(text)); err == nil {
			Suggest(facts, []Years{{Identity{"枣庄市a", "370400"}, 2010, 2017}, {Identity{"枣庄市b", "370400"}, 2018, 2020}})
		}
	})
}
