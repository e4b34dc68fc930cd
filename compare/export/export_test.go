package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/schema"
	"nianbao/store"
)

var update = flag.Bool("update", false, "write the golden files")

// reports is a Source in memory.
type reports []store.Live

func (rs reports) EachLive(ctx context.Context, sel store.Selection, visit func(n, all int, l *store.Live) error) error {
	for n := range rs {
		l := rs[n]
		if sel.Cells != nil {
			l.Values = nil
		}
		if len(sel.Years) > 0 && !slices.Contains(sel.Years, l.Year) {
			continue
		}
		if sel.Cells != nil && len(sel.Cells) > 0 {
			l.Values = map[string]store.Value{}
			for _, c := range sel.Cells {
				if v, ok := rs[n].Values[c]; ok {
					l.Values[c] = v
				}
			}
		}
		if err := visit(n, len(rs), &l); err != nil {
			return err
		}
	}
	return nil
}

func value(s string) store.Value {
	d := decimal.RequireFromString(s)
	return store.Value{Number: &d, State: normalize.Reported, Status: normalize.OK}
}

func small() reports {
	review, reviewed := value("12"), value("3")
	review.Status, reviewed.Reviewed = normalize.Review, true
	return reports{
		{
			Report: store.Report{ID: 7, Source: strings.Repeat("a", 64), Basis: "x", Path: "甲市, 统计局.html", MediaType: "text/html", Agency: store.Agency{ID: 3, Name: "甲市统计局"}, Year: 2020, Form: "2019", Dated: "2021-01-20", Cells: 4, InDoubt: 1},
			Values: map[string]store.Value{
				"proactive.procurement.amount": value("59237.2449"), "requests.received.total": review,
				"requests.carried_over.total": {State: normalize.Blank, Status: normalize.OK}, "requests.granted.total": value("0"),
			},
		},
		{
			Report: store.Report{ID: 2, Source: strings.Repeat("b", 64), Basis: "y", Path: "b.pdf", MediaType: "application/pdf", Pages: 3, Agency: store.Agency{ID: 1, Name: "鼓楼区人民政府", Division: "320106"}, Year: 2021, Form: "2021", Cells: 4, Reviewed: "agency year"},
			Values: map[string]store.Value{
				"requests.other.total": reviewed, "proactive.fees.amount": value("123456789012345678901234567890.5"),
				"requests.received.total": value("-2"), "requests.concluded.total": {State: normalize.Dash, Status: normalize.OK},
			},
			Parts: map[string]string{"proactive.fees.amount": strings.Repeat("c", 64)},
		},
	}
}

// evidenceOf makes the artifacts of reports.
func evidenceOf(rs reports) func(*store.Report) (*normalize.Report, error) {
	return func(r *store.Report) (*normalize.Report, error) {
		out := &normalize.Report{}
		for _, l := range rs {
			if l.Source != r.Source {
				continue
			}
			for id, v := range l.Values {
				o := normalize.Observation{ID: id, Value: v.Number, State: v.State, Status: v.Status, Text: "“" + id + "”"}
				e := normalize.Evidence{Reader: "html", Confidence: 1, Place: &normalize.Place{Table: 1, Row: 2, Column: 3}}
				if l.Pages > 0 {
					e = normalize.Evidence{Reader: "pdf/ledongthuc", Confidence: 0.99, Page: 3, Box: &extract.Box{1, 2.5, 3, 4}}
				}
				o.Evidence = []normalize.Evidence{e}
				out.Observations = append(out.Observations, o)
			}
		}
		return out, nil
	}
}

var about = About{Name: "nianbao-data", Title: "年报“数据”", Publisher: "某某研究所: 甲", Licence: "CC0-1.0", Program: "1.2",
	Steps: map[string]string{"normalize": "2", "extract": "1", "index": "3"}}

// formats are all ways to export to one file.
var formats = map[string]func(context.Context, io.Writer, Source, Options) error{
	"csv":     CSV,
	"wide":    WideCSV,
	"parquet": Parquet,
	"xlsx": func(ctx context.Context, w io.Writer, s Source, o Options) error {
		return XLSX(ctx, w, s, o, false)
	},
	"xlsx wide": func(ctx context.Context, w io.Writer, s Source, o Options) error {
		return XLSX(ctx, w, s, o, true)
	},
	"zip": func(ctx context.Context, w io.Writer, s Source, o Options) error {
		dir, err := os.MkdirTemp("", "export-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := Package(ctx, dir, s, o, about); err != nil {
			return err
		}
		return Zip(ctx, w, dir)
	},
}

func TestGolden(t *testing.T) {
	src := small()
	for name, write := range map[string]func(io.Writer) error{
		"long.csv": func(w io.Writer) error { return CSV(t.Context(), w, src, Options{}) },
		"evidence.csv": func(w io.Writer) error {
			return CSV(t.Context(), w, src, Options{Evidence: evidenceOf(src), ExcludeReview: true})
		},
		"wide.csv": func(w io.Writer) error { return WideCSV(t.Context(), w, src, Options{}) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
	dir := t.TempDir()
	if err := Package(t.Context(), dir, src, Options{}, about); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"datapackage.json", "README.md", "CITATION.cff", "reports.csv", "figures.csv", "indicators.csv"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, b)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// The same data gives the same bytes, whatever ids a store has given out.
func TestSameBytes(t *testing.T) {
	for name, write := range formats {
		var first, second bytes.Buffer
		again := small()
		for i := range again {
			again[i].ID, again[i].Agency.ID = int64(40-i), int64(90+i)
		}
		if err := errors.Join(write(t.Context(), &first, small(), Options{}), write(t.Context(), &second, again, Options{})); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s differs the second time", name)
		}
	}
}

// draw makes any reports.
func draw(t *rapid.T) reports {
	var out reports
	for n := range rapid.IntRange(1, 4).Draw(t, "reports") {
		form := rapid.SampledFrom(schema.Forms()).Draw(t, "form")
		l := store.Live{Values: map[string]store.Value{}}
		l.Source, l.Basis, l.Form = fmt.Sprintf("%064d", n), "x", form.ID
		l.Agency = store.Agency{ID: int64(n + 1), Name: rapid.StringOfN(rapid.SampledFrom([]rune(`甲乙市县局,"' =<&`)), 1, 8, -1).Draw(t, "name")}
		l.Year, l.Path = 2014+n, rapid.SampledFrom([]string{"a.html", "甲 乙.pdf", "", "=1+1"}).Draw(t, "path")
		for range rapid.IntRange(0, 12).Draw(t, "cells") {
			id := form.Cells[rapid.IntRange(0, len(form.Cells)-1).Draw(t, "cell")].ID
			v := store.Value{
				State:  rapid.SampledFrom([]normalize.State{normalize.Blank, normalize.Dash, normalize.Absent, normalize.Unreadable}).Draw(t, "state"),
				Status: rapid.SampledFrom([]normalize.Status{normalize.OK, normalize.Review}).Draw(t, "status"),
			}
			if rapid.Bool().Draw(t, "number") {
				d := decimal.New(rapid.Int64().Draw(t, "digits"), -rapid.Int32Range(0, 12).Draw(t, "scale"))
				v.Number, v.State = &d, rapid.SampledFrom([]normalize.State{normalize.Reported, normalize.Derived}).Draw(t, "known")
			}
			l.Values[id] = v
		}
		out = append(out, l)
	}
	return out
}

// shown is an observation as every format has to give it back.
func shown(source, cell, number, state, status string) string {
	if number != "" {
		number = decimal.RequireFromString(number).String()
	}
	return strings.Join([]string{source, cell, number, state, status}, "|")
}

func want(src reports, exclude bool) (out []string) {
	for _, l := range src {
		for _, c := range schema.Lookup(l.Form).Cells {
			if v, ok := l.Values[c.ID]; ok && !(exclude && v.Status == normalize.Review) {
				out = append(out, shown(l.Source, c.ID, plain(v.Number), string(v.State), string(v.Status)))
			}
		}
	}
	return out
}

// What is exported and read back are the same numbers, in the same order.
func TestReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := draw(t)
		o := Options{ExcludeReview: rapid.Bool().Draw(t, "exclude")}
		export := func(format string) []byte {
			var b bytes.Buffer
			if err := formats[format](context.Background(), &b, src, o); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
		want := want(src, o.ExcludeReview)
		for format, got := range map[string][]string{
			"csv": readCSV(t, export("csv")), "parquet": readParquet(t, export("parquet")), "xlsx": readXLSX(t, export("xlsx")),
		} {
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s (-want +got):\n%s", format, d)
			}
		}
	})
}

func readCSV(t *rapid.T, b []byte) (out []string) {
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) int { return slices.Index(rows[0], name) }
	for _, r := range rows[1:] {
		out = append(out, shown(r[at("source")], r[at("cell")], r[at("value")], r[at("state")], r[at("status")]))
	}
	return out
}

func readParquet(t *rapid.T, b []byte) (out []string) {
	rows, err := parquet.Read[parquetRow](bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		exact := ""
		if r.Exact != nil {
			exact = *r.Exact
		}
		if r.Value != nil {
			if d := decimal.New(*r.Value, -parquetScale); !d.Equal(decimal.RequireFromString(exact)) {
				t.Fatalf("value %s, exact %s", d, exact)
			}
		}
		out = append(out, shown(r.Source, r.Cell, exact, r.State, r.Status))
	}
	return out
}

func readXLSX(t *rapid.T, b []byte) (out []string) {
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("观测值", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	at := func(r []string, name string) string {
		if i := slices.Index(rows[0], name); i < len(r) {
			return r[i]
		}
		return ""
	}
	for _, r := range rows[1:] {
		out = append(out, shown(at(r, "文件SHA-256"), at(r, "指标项"), at(r, "数值"), at(r, "列示状态"), at(r, "核对状态")))
	}
	return out
}

// A decimal of six places goes into Parquet as it is; others stay text.
func TestUnscaled(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"0", "0"}, {"-0.000001", "-1"}, {"59237.2449", "59237244900"}, {"999999999999.999999", "999999999999999999"},
		{"1000000000000", ""}, {"0.0000001", ""}, {"-1000000000000", ""},
	} {
		got := ""
		if n := unscaled(decimal.RequireFromString(c.in)); n != nil {
			got = fmt.Sprint(*n)
		}
		if got != c.want {
			t.Errorf("%s is %s, want %s", c.in, got, c.want)
		}
	}
}

// Rows that differ from the artifact are no evidence.
func TestEvidenceDiffers(t *testing.T) {
	other := small()
	other[0].Values = map[string]store.Value{"requests.received.total": value("13")}
	err := CSV(t.Context(), io.Discard, small(), Options{Evidence: evidenceOf(other)})
	if err == nil || !strings.Contains(err.Error(), "differ") {
		t.Error(err)
	}
}

// What fails or is stopped leaves what was there, and nothing else.
func TestStopped(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "there.csv")
	if err := os.WriteFile(there, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, write := range formats {
		ctx, cancel := context.WithCancel(t.Context())
		stop := Options{Progress: func(int, int) { cancel() }}
		if err := File(there, func(w io.Writer) error { return write(ctx, w, small(), stop) }); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	fill := func(dir string) error {
		return Package(ctx, dir, small(), Options{Progress: func(int, int) { cancel() }}, about)
	}
	for _, err := range []error{Folder(filepath.Join(dir, "package"), fill), ZipFolder(ctx, filepath.Join(dir, "package.zip"), fill)} {
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if err := Folder(there, fill); !errors.Is(err, os.ErrExist) {
		t.Errorf("a folder over a file: %v", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(there); len(left) != 1 || string(b) != "old" {
		t.Errorf("left behind: %v", left)
	}
}
