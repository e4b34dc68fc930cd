package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	}{new(Number).is(f.Numerator), new(Number).is(f.Denominator), new(Number).is(f.Rate()), f.Missing, f.Review, f.Blanks})
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
		if i.Source != "notice" && i.Source != "practice" {
			t.Errorf("%s comes from %q", i.ID, i.Source)
		}
		for form, f := range i.formulas {
			if len(f.numerator) == 0 || (len(f.denominator) == 0) != i.Count {
				t.Errorf("%s in form %s lacks a part of its formula", i.ID, form)
			}
			for _, c := range i.Cells(form) {
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
	corrected := values(granted, "1", partial, "1", concluded, "3")
	v = corrected[granted]
	v.Reviewed = true
	corrected[granted] = v
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
		{"said by a person", "disclosure", "2021", corrected,
			`{"N":2,"D":3,"R":0.666667,"Missing":"","Review":false,"Blanks":false}`},
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
			f := Find(c.indicator).Of(c.form, c.values)
			if d := cmp.Diff(c.want, figure(f)); d != "" {
				t.Error(d)
			}
			if f.Reviewed != (c.name == "said by a person") {
				t.Errorf("a person looked: %v", f.Reviewed)
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
		for _, c := range cells([]*Indicator{i}) {
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
			if term.outside() {
				continue
			}
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
type reports []store.Live

func (rs reports) EachLive(_ context.Context, sel store.Selection, visit func(n, all int, l *store.Live) error) error {
	for n := range rs {
		if len(sel.Years) > 0 && !slices.Contains(sel.Years, rs[n].Year) {
			continue
		}
		l := rs[n]
		l.Values = maps.Clone(l.Values)
		if err := visit(n, len(rs), &l); err != nil {
			return err
		}
	}
	return nil
}

// sample is a report with a disclosure rate of granted over concluded.
func sample(id int64, agency string, year int, form, granted, concluded string) store.Live {
	return store.Live{
		Report: store.Report{Source: fmt.Sprintf("sha%d%d", id, year), Path: agency + ".html", Agency: store.Agency{ID: id, Name: agency}, Year: year, Form: form},
		Values: values("requests.granted.total", granted, "requests.partial.total", "0", "requests.concluded.total", concluded, "requests.received.total", "7"),
	}
}

func TestFormats(t *testing.T) {
	src := reports{
		sample(1, "甲市统计局", 2020, "2019", "1", "3"),
		sample(1, "甲市统计局", 2021, "2021", "1", "0"),
		sample(2, "鼓楼区, 人民政府", 2021, "2021", "1", "8"),
	}
	src[2].Agency.Division = "320106"
	o := Options{Indicators: []*Indicator{Find("disclosure"), Find("received")}}
	var b bytes.Buffer
	w := NewCSV(&b, Entry{})
	if err := Each(t.Context(), src, o, func(r *Row) error {
		for e := range r.Entries(o.Indicators) {
			if err := w.Write(e); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	const disclosure = "requests.granted.total requests.partial.total requests.concluded.total"
	want := `agency,division,year,form,indicator,chinese,numerator,denominator,rate,missing,review,blanks,reviewed,series,level,kind,cells,source,path,place
甲市统计局,,2020,2019,disclosure,公开率,1,3,0.333333,,false,false,false,2019+2021,city,department,` + disclosure + `,sha12020,甲市统计局.html,
甲市统计局,,2020,2019,received,新收申请,7,,,,false,false,false,2019+2021,city,department,requests.received.total,sha12020,甲市统计局.html,
甲市统计局,,2021,2021,disclosure,公开率,1,0,,zero_divisor,false,false,false,2019+2021,city,department,` + disclosure + `,sha12021,甲市统计局.html,
甲市统计局,,2021,2021,received,新收申请,7,,,,false,false,false,2019+2021,city,department,requests.received.total,sha12021,甲市统计局.html,
"鼓楼区, 人民政府",320106,2021,2021,disclosure,公开率,1,8,0.125,,false,false,false,2019+2021,county,government,` + disclosure + `,sha22021,"鼓楼区, 人民政府.html",
"鼓楼区, 人民政府",320106,2021,2021,received,新收申请,7,,,,false,false,false,2019+2021,county,government,requests.received.total,sha22021,"鼓楼区, 人民政府.html",
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
	b.Reset()
	j := NewJSON(&b)
	one, err := Compare(t.Context(), src, Options{Indicators: o.Indicators[:1], Years: []int{2020}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(j.Write(slices.Collect(one.Rows[0].Entries(one.Indicators))[0]), j.Close()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(`[{"agency":"甲市统计局","division":null,"year":2020,"form":"2019","indicator":"disclosure","chinese":"公开率","numerator":1,"denominator":3,"rate":0.333333,"missing":null,"review":false,"blanks":false,"reviewed":false,"series":"2019+2021","level":"city","kind":"department","cells":"`+disclosure+`","source":"sha12020","path":"甲市统计局.html","place":null}]`+"\n", b.String()); d != "" {
		t.Error(d)
	}
	b.Reset()
	if err := WriteWide(t.Context(), src, o, []int{2019, 2020, 2021}, &b); err != nil {
		t.Fatal(err)
	}
	want = `agency,division,level,kind,disclosure_2019,disclosure_2019_numerator,disclosure_2019_denominator,disclosure_2019_marks,disclosure_2020,disclosure_2020_numerator,disclosure_2020_denominator,disclosure_2020_marks,disclosure_2021,disclosure_2021_numerator,disclosure_2021_denominator,disclosure_2021_marks,received_2019,received_2019_marks,received_2020,received_2020_marks,received_2021,received_2021_marks
甲市统计局,,city,department,,,,no_report,0.333333,1,3,,,1,0,zero_divisor,,no_report,7,,7,
"鼓楼区, 人民政府",320106,county,government,,,,no_report,,,,no_report,0.125,1,8,,,no_report,,no_report,7,
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

// A table is in order however its reports come.
func TestArranged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var src reports
		for a := range rapid.IntRange(0, 6).Draw(t, "agencies") {
			for y := range rapid.IntRange(1, 4).Draw(t, "years") {
				src = append(src, sample(int64(a+1), fmt.Sprintf("第%d局", a*5%7), 2019+y, "2021", fmt.Sprint(a), fmt.Sprint(y+1)))
			}
		}
		show := func(src reports) string {
			table, err := Compare(t.Context(), src, Options{Indicators: []*Indicator{Find("disclosure")}})
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(table.Rows)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.IsSortedFunc(table.Rows, func(a, b *Row) int {
				if a.Agency == b.Agency {
					return a.Year - b.Year
				}
				return strings.Compare(a.Agency.Name, b.Agency.Name)
			}) {
				t.Fatalf("not in order: %s", b)
			}
			for _, r := range table.Rows {
				if r.Body != BodyOf(r.Agency) {
					t.Fatalf("%s is %v", r.Agency.Name, r.Body)
				}
			}
			return string(b)
		}
		if a, b := show(src), show(rapid.Permutation(src).Draw(t, "as they come")); a != b {
			t.Fatalf("%s is\n%s", a, b)
		}
	})
}

// Changes of figures in machine words are those of their decimals.
func TestChanged(t *testing.T) {
	values := rapid.Custom(func(t *rapid.T) decimal.Decimal {
		return decimal.New(rapid.OneOf(rapid.Int64Range(-3, 3), rapid.Int64Range(-1e15, 1e15)).Draw(t, "digits"), 0)
	})
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.SampledFrom([]int{0, ratePlaces}).Draw(t, "places")
		words, exact := make([]Number, 4), make([]Number, 4)
		for k := range 2 {
			d := values.Draw(t, "value")
			words[k] = Number{digits: d.IntPart(), places: places}
			d = d.Shift(-int32(places))
			exact[k].is(&d)
		}
		show := func(n []Number) string { return fmt.Sprint(n[2].changed(n[3:], &n[0], &n[1])) }
		if got, want := show(words), show(exact); got != want {
			t.Fatalf("from %s to %s it changed by %s, want %s", &words[0], &words[1], got, want)
		}
	})
}
