package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"nianbao/normalize"
	"nianbao/schema"
	"nianbao/store"
)

func number(s string) store.Value {
	d := decimal.RequireFromString(s)
	return store.Value{Number: &d, State: normalize.Reported, Status: normalize.OK}
}

func values(pairs ...string) map[string]store.Value {
	out := map[string]store.Value{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = number(pairs[i+1])
	}
	return out
}

// figure shows a Figure in one line.
func figure(f Figure) string {
	b, err := json.Marshal(struct {
		N, D, R        *Number
		Missing        string
		Review, Blanks bool
	}{(*Number)(f.Numerator), (*Number)(f.Denominator), (*Number)(f.Rate()), f.Missing, f.Review, f.Blanks})
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func TestIndicators(t *testing.T) {
	seen := map[string]bool{}
	for _, i := range Indicators() {
		if seen[i.ID] || i.Chinese == "" || i.English == "" || len(i.Forms()) == 0 {
			t.Errorf("indicator %q occurs twice or lacks a name or a form", i.ID)
		}
		seen[i.ID] = true
		if Find(i.ID) != i || Find(i.Chinese) != i {
			t.Errorf("%s is not found by its id and Chinese name", i.ID)
		}
		for form, f := range i.formulas {
			if len(f.numerator) == 0 || (len(f.denominator) == 0) != i.Count {
				t.Errorf("%s in form %s lacks a part of its formula", i.ID, form)
			}
			for _, c := range i.cells() {
				found := false
				for _, f := range schema.Forms() {
					found = found || f.Cell(c) != nil
				}
				if !found {
					t.Errorf("%s names the unknown cell %s", i.ID, c)
				}
			}
		}
	}
	// The groups of table 三 hold as many rows as the form prints.
	for id, want := range map[string]int{"refusal": 8, "unavailable": 3, "unprocessed": 5, "other": 3} {
		if got := len(Find(id).formulas["2021"].numerator); got != want {
			t.Errorf("%s adds up %d cells in form 2021, want %d", id, got, want)
		}
	}
}

func TestOf(t *testing.T) {
	const granted, partial, concluded = "requests.granted.total", "requests.partial.total", "requests.concluded.total"
	set := func(v map[string]store.Value, id string, s normalize.State, st normalize.Status) map[string]store.Value {
		v[id] = store.Value{State: s, Status: st}
		return v
	}
	reviewed := values(granted, "1", partial, "1", concluded, "3")
	v := reviewed[partial]
	v.Status = normalize.Review
	reviewed[partial] = v
	for _, c := range []struct {
		name, indicator, form string
		values                map[string]store.Value
		want                  string
	}{
		{"a rate", "disclosure", "2021", values(granted, "1", partial, "1", concluded, "3"),
			`{"N":2,"D":3,"R":0.666667,"Missing":"","Review":false,"Blanks":false}`},
		{"over zero", "disclosure", "2021", values(granted, "0", partial, "0", concluded, "0"),
			`{"N":0,"D":0,"R":null,"Missing":"zero_divisor","Review":false,"Blanks":false}`},
		{"under review", "disclosure", "2021", reviewed,
			`{"N":2,"D":3,"R":0.666667,"Missing":"","Review":true,"Blanks":false}`},
		{"a blank among numbers", "disclosure", "2021", set(values(granted, "1", concluded, "3"), partial, normalize.Blank, normalize.OK),
			`{"N":1,"D":3,"R":0.333333,"Missing":"","Review":false,"Blanks":true}`},
		{"nothing but blanks", "disclosure", "2021", set(set(values(concluded, "3"), partial, normalize.Blank, normalize.OK), granted, normalize.Dash, normalize.OK),
			`{"N":null,"D":3,"R":null,"Missing":"all_blank","Review":false,"Blanks":false}`},
		{"a blank denominator", "disclosure", "2021", set(values(granted, "1", partial, "1"), concluded, normalize.Blank, normalize.OK),
			`{"N":2,"D":null,"R":null,"Missing":"all_blank","Review":false,"Blanks":false}`},
		{"not printed", "disclosure", "2021", values(granted, "1", concluded, "3"),
			`{"N":null,"D":3,"R":null,"Missing":"not_printed","Review":false,"Blanks":false}`},
		{"unreadable", "disclosure", "2021", set(values(granted, "1", concluded, "3"), partial, normalize.Unreadable, normalize.Review),
			`{"N":null,"D":3,"R":null,"Missing":"not_printed","Review":true,"Blanks":false}`},
		{"another form", "conclusion", "2014", values(concluded, "3"),
			`{"N":null,"D":null,"R":null,"Missing":"other_form","Review":false,"Blanks":false}`},
		{"a count", "received", "2019", values("requests.received.total", "1166"),
			`{"N":1166,"D":null,"R":null,"Missing":"","Review":false,"Blanks":false}`},
		{"without pending", "review_correction_decided", "2021", values("review.corrected", "1", "review.total", "5", "review.pending", "2"),
			`{"N":1,"D":3,"R":0.333333,"Missing":"","Review":false,"Blanks":false}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, figure(Find(c.indicator).Of(c.form, c.values))); d != "" {
				t.Error(d)
			}
		})
	}
}

// A rate exists only where its denominator is not zero, and a value under review
// or a missing cell always shows.
func TestOfProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.SampledFrom(Indicators()).Draw(t, "indicator")
		form := rapid.SampledFrom(schema.Forms()).Draw(t, "form").ID
		vs := map[string]store.Value{}
		for _, c := range i.cells() {
			var v store.Value
			switch rapid.IntRange(0, 3).Draw(t, c) {
			case 0:
				continue
			case 1:
				v.State = rapid.SampledFrom([]normalize.State{normalize.Blank, normalize.Dash, normalize.Absent, normalize.Unreadable}).Draw(t, "state")
			default:
				d := decimal.New(rapid.Int64Range(0, 3).Draw(t, "value"), 0)
				v.Number, v.State = &d, normalize.Reported
			}
			v.Status = rapid.SampledFrom([]normalize.Status{normalize.OK, normalize.Review}).Draw(t, "status")
			vs[c] = v
		}
		f := i.Of(form, vs)
		formula, defined := i.formulas[form]
		if defined == (f.Missing == OtherForm) {
			t.Fatalf("%s in form %s: %s", i.ID, form, figure(f))
		}
		if r := f.Rate(); r != nil && (f.Denominator.IsZero() || f.Missing != "") {
			t.Fatalf("a rate where there is none: %s", figure(f))
		}
		if f.Missing == "" && !i.Count && f.Rate() == nil {
			t.Fatalf("no rate and no reason: %s", figure(f))
		}
		for _, term := range append(formula.numerator, formula.denominator...) {
			v, ok := vs[term.cell]
			if (!ok || v.State == normalize.Absent || v.State == normalize.Unreadable) && f.Missing == "" {
				t.Fatalf("%s is missing and does not show: %s", term.cell, figure(f))
			}
			if ok && v.Status == normalize.Review && f.Missing == "" && !f.Review {
				t.Fatalf("%s is under review and does not show: %s", term.cell, figure(f))
			}
		}
	})
}

// reports is a Source in memory.
type reports []store.Report

func (rs reports) LiveReports(_ context.Context, year int) ([]store.Report, error) {
	var out []store.Report
	for _, r := range rs {
		if year == 0 || r.Year == year {
			out = append(out, r)
		}
	}
	return out, nil
}

func (rs reports) Values(_ context.Context, id int64, _ []string) (map[string]store.Value, error) {
	return values("requests.granted.total", "1", "requests.partial.total", "0", "requests.concluded.total", decimal.New(id, 0).String(), "requests.received.total", "7"), nil
}

func TestFormats(t *testing.T) {
	src := reports{
		{ID: 3, Agency: store.Agency{Name: "甲市统计局"}, Year: 2020, Form: "2019"},
		{ID: 0, Agency: store.Agency{Name: "甲市统计局"}, Year: 2021, Form: "2021"},
		{ID: 8, Agency: store.Agency{Name: "鼓楼区, 人民政府", Division: "320106"}, Year: 2021, Form: "2021"},
	}
	table, err := Compare(t.Context(), src, 0, []*Indicator{Find("disclosure"), Find("received")})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{2020, 2021}, table.Years()); d != "" {
		t.Error(d)
	}
	var b bytes.Buffer
	if err := table.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	want := `agency,division,year,form,indicator,chinese,numerator,denominator,rate,missing,review,blanks
甲市统计局,,2020,2019,disclosure,公开率,1,3,0.333333,,false,false
甲市统计局,,2020,2019,received,新收申请,7,,,,false,false
甲市统计局,,2021,2021,disclosure,公开率,1,0,,zero_divisor,false,false
甲市统计局,,2021,2021,received,新收申请,7,,,,false,false
"鼓楼区, 人民政府",320106,2021,2021,disclosure,公开率,1,8,0.125,,false,false
"鼓楼区, 人民政府",320106,2021,2021,received,新收申请,7,,,,false,false
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
	one, err := Compare(t.Context(), src, 2020, []*Indicator{Find("disclosure")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(one.Entries())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(`[{"agency":"甲市统计局","division":null,"year":2020,"form":"2019","indicator":"disclosure","chinese":"公开率","numerator":1,"denominator":3,"rate":0.333333,"missing":null,"review":false,"blanks":false}]`, string(got)); d != "" {
		t.Error(d)
	}
}
