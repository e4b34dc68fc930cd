package review_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"nianbao/normalize"
	"nianbao/review"
)

const (
	file = "00000000000000000000000000000000000000000000000000000000000000aa"
	cell = "requests.received.total"
)

func number(s string) *decimal.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

func says(s string) *review.Value {
	return &review.Value{State: normalize.Reported, Number: number(s)}
}

// correction is one by a person of a cell in which text was read.
func correction(by, text string, v *review.Value, replaces ...review.Correction) review.Correction {
	c := review.Correction{Source: file, Cell: cell, Says: v, Read: review.Print{Text: text, State: normalize.Unreadable},
		Reason: "看过原件", By: by, At: "2026-01-01T00:00:00Z"}
	for i := range replaces {
		c.Replaces = append(c.Replaces, replaces[i].Key())
	}
	slices.Sort(c.Replaces)
	return c
}

// report is one in which a text is read in the cell, with its number if it is one.
func report(text string) *normalize.Report {
	o := normalize.Observation{ID: cell, State: normalize.Unreadable, Status: normalize.Review, Text: text}
	if d, err := decimal.NewFromString(text); err == nil {
		o.State, o.Value = normalize.Reported, &d
	}
	return &normalize.Report{Form: "2021", Observations: []normalize.Observation{o}}
}

// resolved says what counts, for people.
func resolved(read *normalize.Report, history ...review.Correction) string {
	said := review.Resolve(history, read)
	if len(said) == 0 {
		return "nothing"
	}
	s := said[0]
	if s.Open != nil {
		return s.Open.Rule + ": " + s.Open.Message
	}
	return fmt.Sprint((&review.Value{State: s.State, Number: s.Value}).String(), " by ", s.By)
}

func TestResolve(t *testing.T) {
	a := correction("甲", "1 2", says("12"))
	confirmed := correction("丙", "13", says("13"))
	for what, c := range map[string]struct {
		read    string
		history []review.Correction
		want    string
	}{
		"one word":                  {"1 2", []review.Correction{a}, "12 by 甲"},
		"the same twice":            {"1 2", []review.Correction{a, a}, "12 by 甲"},
		"a later word":              {"1 2", []review.Correction{a, correction("乙", "1 2", says("13"), a)}, "13 by 乙"},
		"a later word, seen first":  {"1 2", []review.Correction{correction("乙", "1 2", says("13"), a), a}, "13 by 乙"},
		"withdrawn":                 {"1 2", []review.Correction{a, correction("乙", "1 2", nil, a)}, "nothing"},
		"two who agree":             {"1 2", []review.Correction{a, correction("乙", "1 2", says("12"))}, ""},
		"two who differ":            {"1 2", []review.Correction{a, correction("乙", "1 2", says("13"))}, "reviewers_differ"},
		"one of two takes it back":  {"1 2", []review.Correction{a, correction("乙", "1 2", says("13"), a), correction("丙", "1 2", nil, a)}, "reviewers_differ"},
		"somebody decides":          {"1 2", []review.Correction{a, confirmed, correction("丁", "1 2", says("12"), a, confirmed)}, "12 by 丁"},
		"another print":             {"1 3", []review.Correction{a}, "reading_changed: 甲 said 12 (看过原件) where “1 2” was read; “1 3” is read now"},
		"read as it was said":       {"12", []review.Correction{a}, "12 by 甲"},
		"one saw what is read":      {"13", []review.Correction{correction("甲", "l3", says("13")), confirmed}, ""},
		"confirmed, and another":    {"14", []review.Correction{confirmed}, "reading_changed"},
		"said of a print no longer": {"", []review.Correction{a}, "reading_changed"},
	} {
		got := resolved(report(c.read), c.history...)
		want := c.want
		if want == "" { // by either
			want = got[:strings.Index(got, " by ")+4]
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
	if got := resolved(&normalize.Report{Form: "2021"}, a); got != "reading_changed: 甲 said 12 (看过原件) where “1 2” was read; the report has no such cell now" {
		t.Error(got)
	}
}

// What follows comes after what it replaces, whatever the clocks say.
func TestChronicle(t *testing.T) {
	a := correction("甲", "1 2", says("12"))
	b := correction("乙", "1 2", nil, a)
	b.At = "2025-01-01T00:00:00Z"
	c := correction("丙", "1 2", says("13"), b)
	c.At = "2024-01-01T00:00:00Z"
	other := correction("丁", "1 2", says("14"))
	other.At = "2027-01-01T00:00:00Z"
	got := ""
	for _, k := range review.Chronicle([]review.Correction{c, other, b, a}) {
		got += k.By
	}
	if got != "甲乙丙丁" {
		t.Error(got)
	}
}

// A blank and a row that is not there have no print: they are not the same.
func TestResolveWithoutPrint(t *testing.T) {
	c := correction("甲", "", says("12"))
	c.Read.State = normalize.Absent
	for state, want := range map[normalize.State]string{normalize.Absent: "12 by 甲", normalize.Blank: "reading_changed"} {
		r := report("")
		r.Observations[0].State = state
		if got := resolved(r, c); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", state, got, want)
		}
	}
}

// desk is a place where people correct one cell and which sends what it knows to
// others, as a simple model: who looks replaces all that counts there.
type desk struct{ known []review.Correction }

func (d *desk) take(c ...review.Correction) {
	for _, n := range c {
		if !slices.ContainsFunc(d.known, func(k review.Correction) bool { return k.Key() == n.Key() }) {
			d.known = append(d.known, n)
		}
	}
}

// Whatever order corrections travel in: who knows the same says the same; a person's
// word counts at once where it is said; nothing that people disagree on is decided
// by chance; a single desk is a list whose last entry counts.
func TestDesks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		desks := make([]desk, 3)
		alone := []string{}
		clock := 0
		t.Repeat(map[string]func(*rapid.T){
			"correct": func(t *rapid.T) {
				i := rapid.IntRange(0, 2).Draw(t, "desk")
				text := rapid.SampledFrom([]string{"1 2", "1 3"}).Draw(t, "read")
				var v *review.Value
				want := "nothing"
				if n := rapid.IntRange(0, 3).Draw(t, "value"); n > 0 {
					v = says(fmt.Sprint(n))
					want = fmt.Sprintf("%d by desk %d", n, i)
				}
				c := correction(fmt.Sprint("desk ", i), text, v, review.Heads(desks[i].known)...)
				clock += rapid.IntRange(-1, 2).Draw(t, "seconds") // clocks may go wrong
				c.At = fmt.Sprintf("2026-01-01T00:00:%02dZ", min(59, max(0, clock)))
				if err := c.Check(); err != nil {
					t.Fatal(err)
				}
				desks[i].take(c)
				if got := resolved(report(text), desks[i].known...); got != want {
					t.Fatalf("%s, want %s", got, want)
				}
				if other := map[string]string{"1 2": "1 3", "1 3": "1 2"}[text]; v != nil && !strings.HasPrefix(resolved(report(other), desks[i].known...), "reading_changed") {
					t.Fatalf("it counts over another print: %s", resolved(report(other), desks[i].known...))
				}
				if i == 0 {
					alone = append(alone, want)
				}
			},
			"send": func(t *rapid.T) {
				from, to := rapid.IntRange(0, 2).Draw(t, "from"), rapid.IntRange(1, 2).Draw(t, "to")
				var b bytes.Buffer
				if err := review.Write(&b, desks[from].known); err != nil {
					t.Fatal(err)
				}
				got, err := review.Parse(&b)
				if err != nil {
					t.Fatal(err)
				}
				desks[to].take(got...)
			},
			"": func(t *rapid.T) {
				i := rapid.IntRange(0, 2).Draw(t, "desk looked at")
				shuffled := slices.Clone(desks[i].known)
				rand.Shuffle(len(shuffled), func(a, b int) { shuffled[a], shuffled[b] = shuffled[b], shuffled[a] })
				text := rapid.SampledFrom([]string{"1 2", "1 3", "2"}).Draw(t, "looked at")
				got := resolved(report(text), desks[i].known...)
				if other := resolved(report(text), shuffled...); other != got {
					t.Fatalf("order decides: %s or %s", got, other)
				}
				// A word that counts is that of every head.
				for _, h := range review.Heads(desks[i].known) {
					if strings.Contains(got, " by ") && !strings.HasPrefix(got, h.Says.String()+" ") {
						t.Fatalf("%s, and %s says %s", got, h.By, h.Says)
					}
				}
				if n := len(alone); n > 0 && len(desks[0].known) > 0 { // nobody sends to it
					if heads := review.Heads(desks[0].known); len(heads) != 1 || heads[0].Says.String() != strings.Split(alone[n-1], " ")[0] {
						t.Fatalf("%d heads, want the last word, %s", len(heads), alone[n-1])
					}
				}
			},
		})
	})
}

// field is what a person says of agency, year or form.
func field(text string) *review.Value { return &review.Value{State: normalize.Reported, Text: text} }

// placed is what a person says of a field in which text was read.
func placed(id, by, text string, v *review.Value, replaces ...review.Correction) review.Correction {
	c := correction(by, text, v, replaces...)
	c.Cell, c.Read.State = id, normalize.Reported
	if text == "" {
		c.Read.State = normalize.Absent
	}
	return c
}

// What is said of agency, year and form counts like what is said of cells.
func TestFields(t *testing.T) {
	read := &normalize.Report{Agency: normalize.Agency{Name: "甲局"}, Form: "2021"}
	say := func(cs ...review.Correction) string {
		var out []string
		for _, s := range review.Resolve(cs, read) {
			if s.Open != nil {
				out = append(out, s.ID+" "+s.Open.Rule)
				continue
			}
			out = append(out, fmt.Sprintf("%s %s by %s", s.ID, s.Text, s.By))
		}
		return strings.Join(out, ", ")
	}
	year := placed(normalize.FieldYear, "甲", "", field("2021"))
	name := placed(normalize.FieldAgency, "乙", "甲局", field("乙局"))
	form := placed(normalize.FieldForm, "乙", "2019", field("2021"))
	stale := placed(normalize.FieldForm, "乙", "2014", field("2019"))
	for _, c := range []review.Correction{year, name, form, stale} {
		if err := c.Check(); err != nil {
			t.Error(err)
		}
	}
	for want, got := range map[string]string{
		"agency 乙局 by 乙, form 2021 by 乙, year 2021 by 甲": say(year, name, form),
		"year reviewers_differ": say(year, placed(normalize.FieldYear, "丙", "", field("2020"))),
		"year 2020 by 丙":        say(year, placed(normalize.FieldYear, "丙", "", field("2020"), year)),
		"form reading_changed":  say(stale),
		"":                      say(year, placed(normalize.FieldYear, "丙", "", nil, year)),
	} {
		if got != want {
			t.Errorf("%s counts, want %s", got, want)
		}
	}
	var got []string
	for _, d := range review.Fields([]string{normalize.FieldYear}, []normalize.Finding{
		{Rule: "form_uncertain"}, {Rule: "year_missing"}, {Rule: review.Differ, IDs: []string{"agency"}}, {Rule: review.Differ, IDs: []string{cell}}, {Rule: "balance.total"},
	}) {
		got = append(got, fmt.Sprint(d.ID, " ", d.Kind, " ", len(d.Why)))
	}
	if d := cmp.Diff([]string{"year 0 1", "agency 1 1", "form 1 1"}, got); d != "" {
		t.Error(d)
	}
}

func TestCheck(t *testing.T) {
	good := correction("甲", "1 2", says("12"))
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for what, harm := range map[string]func(c *review.Correction){
		"no source":          func(c *review.Correction) { c.Source = "x" },
		"no cell":            func(c *review.Correction) { c.Cell = "a b" },
		"a value of a dash":  func(c *review.Correction) { c.Says = &review.Value{State: normalize.Dash, Number: number("1")} },
		"no value":           func(c *review.Correction) { c.Says = &review.Value{State: normalize.Reported} },
		"unreadable":         func(c *review.Correction) { c.Says = &review.Value{State: normalize.Unreadable} },
		"an unknown state":   func(c *review.Correction) { c.Read.State = "x" },
		"a blank with 1":     func(c *review.Correction) { c.Read = review.Print{State: normalize.Blank, Number: number("1")} },
		"no name":            func(c *review.Correction) { c.By = " " },
		"two lines":          func(c *review.Correction) { c.Reason = "a\nb" },
		"an escape":          func(c *review.Correction) { c.By = "\x1b[31m" },
		"no text":            func(c *review.Correction) { c.Reason = "\xff" },
		"a long name":        func(c *review.Correction) { c.By = strings.Repeat("甲", 101) },
		"a NUL":              func(c *review.Correction) { c.Read.Text = "\x00" },
		"a long print":       func(c *review.Correction) { c.Read.Text = strings.Repeat("1", 1001) },
		"no time":            func(c *review.Correction) { c.At = "today" },
		"another zone":       func(c *review.Correction) { c.At = "2026-01-01T00:00:00+08:00" },
		"a text of a cell":   func(c *review.Correction) { c.Says.Text = "12" },
		"a year of a cell":   func(c *review.Correction) { c.Says = &review.Value{State: normalize.Reported, Text: "2021"} },
		"a number of a year": func(c *review.Correction) { c.Cell = normalize.FieldYear },
		"no year":            func(c *review.Correction) { c.Cell, c.Says = normalize.FieldYear, field("21") },
		"a blank year": func(c *review.Correction) {
			c.Cell, c.Says = normalize.FieldYear, &review.Value{State: normalize.Blank}
		},
		"no form":           func(c *review.Correction) { c.Cell, c.Says = normalize.FieldForm, field("2020") },
		"a name of 2 lines": func(c *review.Correction) { c.Cell, c.Says = normalize.FieldAgency, field("甲\n局") },
		"no key":            func(c *review.Correction) { c.Replaces = []string{"x"} },
		"keys twice":        func(c *review.Correction) { c.Replaces = []string{file, file} },
	} {
		c := good
		if harm(&c); !errors.Is(c.Check(), review.ErrInvalid) {
			t.Errorf("%s: %v", what, c.Check())
		}
	}
}

// A line never changes: it names the correction.
func TestLine(t *testing.T) {
	c := correction("甲", "1\n2 <", says("12.50"))
	confirm := correction("乙", "", nil, c)
	var b bytes.Buffer
	if err := review.Write(&b, []review.Correction{c, confirm, c}); err != nil {
		t.Fatal(err)
	}
	want := `{"source":"` + file + `","cell":"requests.received.total","says":null,"read":{"text":"","state":"unreadable","value":null},"reason":"看过原件","by":"乙","at":"2026-01-01T00:00:00Z","replaces":["f176767d62344ac3cc98a462f1a3717a76e52471ea97bd313b8c56582854f403"]}
{"source":"` + file + `","cell":"requests.received.total","says":{"state":"reported","value":12.5},"read":{"text":"1\n2 <","state":"unreadable","value":null},"reason":"看过原件","by":"甲","at":"2026-01-01T00:00:00Z","replaces":[]}
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

// What is written holds to the published schema.
func TestSchema(t *testing.T) {
	s, err := jsonschema.NewCompiler().Compile("../docs/corrections.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	a := correction("甲", "1\n2 <", says("-12.50"))
	year := placed(normalize.FieldYear, "甲", "", field("2021"))
	cs := []review.Correction{a, correction("乙", "", nil, a), year, placed(normalize.FieldAgency, "丁", "甲局", field("乙局")),
		placed(normalize.FieldYear, "丁", "", nil, year)}
	for _, state := range []normalize.State{normalize.Blank, normalize.Dash, normalize.Absent} {
		cs = append(cs, correction("丙", "/", &review.Value{State: state}))
	}
	valid := func(line string) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		return s.Validate(v)
	}
	lines := text(t, cs...)
	for line := range strings.Lines(lines) {
		if err := valid(line); err != nil {
			t.Errorf("%s%v", line, err)
		}
	}
	for old, bad := range map[string]string{`"state":"dash"`: `"state":"unreadable"`, `"value":-12.5`: `"value":null`, `"by"`: `"who"`,
		`,"text":"2021"`: ``, `"value":null,"text":"乙局"`: `"value":1,"text":"乙局"`, `"value":-12.5}`: `"value":-12.5,"text":"12"}`} {
		line := strings.Replace(strings.Split(lines, "\n")[slices.IndexFunc(strings.Split(lines, "\n"), func(l string) bool { return strings.Contains(l, old) })], old, bad, 1)
		if valid(line) == nil {
			t.Errorf("the schema takes %s", line)
		}
	}
}

func TestParseErrors(t *testing.T) {
	good := strings.TrimSpace(text(t, correction("甲", "1 2", says("12"))))
	if cs, err := review.Parse(strings.NewReader("\n" + good + "\n\n")); err != nil || len(cs) != 1 {
		t.Fatalf("%d corrections, %v", len(cs), err)
	}
	for what, line := range map[string]string{
		"no JSON":          "x",
		"cut":              good[:40],
		"more than one":    good + good,
		"an unknown field": strings.Replace(good, `"by"`, `"x":1,"by"`, 1),
		"a huge number":    strings.Replace(good, `"value":12`, `"value":1e999999999`, 1),
		"a text":           strings.Replace(good, `"value":12`, `"value":"12x"`, 1),
		"no name":          strings.Replace(good, "甲", "", 1),
	} {
		if _, err := review.Parse(strings.NewReader(good + "\n" + line)); err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func text(t testing.TB, cs ...review.Correction) string {
	t.Helper()
	var b bytes.Buffer
	if err := review.Write(&b, cs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// FuzzParse holds that whatever is accepted is sound and is written and read back
// as it is, under the same name.
func FuzzParse(f *testing.F) {
	c := correction("甲", "1\n2 <", says("12.50"))
	f.Add(text(f, c, correction("乙", "", nil, c), correction("丙", "/", &review.Value{State: normalize.Dash}), placed(normalize.FieldYear, "丁", "", field("2021"))))
	f.Add(`{"source":"","cell":"a","says":{"state":"blank"},"read":{"state":"derived","value":-0.0}}`)
	f.Fuzz(func(t *testing.T, s string) {
		cs, err := review.Parse(strings.NewReader(s))
		if err != nil {
			return
		}
		keys := map[string]bool{}
		for i := range cs {
			if err := cs[i].Check(); err != nil {
				t.Error(err)
			}
			keys[cs[i].Key()] = true
		}
		written := text(t, cs...)
		again, err := review.Parse(strings.NewReader(written))
		if err != nil {
			t.Fatalf("%v:\n%s", err, written)
		}
		if len(again) != len(keys) {
			t.Errorf("%d corrections, were %d", len(again), len(keys))
		}
		for i := range again {
			if !keys[again[i].Key()] {
				t.Errorf("%+v has another key", again[i])
			}
		}
		if text(t, again...) != written {
			t.Error("written again it is another file")
		}
	})
}

func TestDoubts(t *testing.T) {
	c := func(id string, state normalize.State, value string) review.Cell {
		out := review.Cell{ID: id, State: state, Status: normalize.Review}
		if value != "" {
			out.Number = number(value)
		}
		return out
	}
	sure := c("requests.granted.total", normalize.Reported, "5")
	sure.Status = normalize.OK
	cells := []review.Cell{
		c("requests.concluded.other", normalize.Absent, ""),
		c("requests.partial.total", normalize.Unreadable, ""),
		c("requests.received.business", normalize.Reported, "3"),
		c("requests.received.natural_person", normalize.Reported, "30"),
		c("requests.carried_over.total", normalize.Reported, "1"),
		c("requests.received.total", normalize.Reported, "33"),
		c("requests.received.other", normalize.Reported, "2"),
		sure,
	}
	findings := []normalize.Finding{
		{Rule: "balance.business", IDs: []string{"requests.received.business", "requests.granted.total"}},
		{Rule: "applicants.received", IDs: []string{"requests.received.business", "requests.received.natural_person"}},
		{Rule: "readings_unproved", IDs: []string{"requests.received.other"}},
		{Rule: review.Changed, IDs: []string{"requests.received.other"}},
		{Rule: review.Differ, IDs: []string{"litigation.gone"}},
	}
	figures := map[string]int{"requests.received.total": 4, "requests.carried_over.total": 1, "requests.partial.total": 9}
	var got []string
	for _, d := range review.Doubts("2021", cells, findings, func(id string) int { return figures[id] }) {
		got = append(got, fmt.Sprint(d.ID, " ", d.Kind, " ", d.Figures, " ", d.Sums, " ", len(d.Why)))
	}
	want := []string{
		"requests.received.other 2 0 0 2",
		"litigation.gone 2 0 0 1",
		"requests.received.total 3 4 0 0",
		"requests.carried_over.total 3 1 0 0",
		"requests.received.business 3 0 2 2",
		"requests.received.natural_person 3 0 1 1",
		"requests.partial.total 4 9 0 0",
		"requests.concluded.other 5 0 0 0",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
