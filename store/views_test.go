package store_test

import (
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"nianbao/normalize"
	"nianbao/review"
	"nianbao/schema"
	"nianbao/store"
	"nianbao/store/storetest/pgtest"
)

// foreign opens a store's database as people do who know nothing of nianbao.
func foreign(t *testing.T, driver, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// viewed runs a test on both databases, with a connection from outside.
func viewed(t *testing.T, test func(t *testing.T, s *store.Store, db *sql.DB)) {
	t.Run("SQLite", func(t *testing.T) {
		dir := t.TempDir()
		test(t, open(t, dir), foreign(t, "sqlite", filepath.Join(dir, "nianbao.db")))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		address := pgtest.Address(t)
		test(t, open(t, t.TempDir(), store.WithDatabase(address)), foreign(t, "pgx", address))
	})
}

// table is what a query gives, every value as people see it.
func table(t *testing.T, db *sql.DB, query string) (out [][]string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%v:\n%s", err, query)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = fmt.Sprint(v)
			if f, err := decimal.NewFromString(row[i]); err == nil {
				row[i] = f.String() // 12.50 is 12.5
			}
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

var sqlBlock = regexp.MustCompile("(?s)```sql\n(.*?)```")

// Every query of docs/sql.md runs on both databases and gives the same rows.
func TestDocumentedQueries(t *testing.T) {
	doc, err := os.ReadFile("../docs/sql.md")
	if err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, m := range sqlBlock.FindAllSubmatch(doc, -1) {
		queries = append(queries, string(m[1]))
	}
	if len(queries) < 5 {
		t.Fatalf("only %d queries are documented", len(queries))
	}
	var first [][][]string
	viewed(t, func(t *testing.T, s *store.Store, db *sql.DB) {
		fill(t, s)
		for i, q := range queries {
			got := table(t, db, q)
			if len(got) == 0 {
				t.Errorf("no rows:\n%s", q)
			}
			if len(first) <= i {
				first = append(first, got)
			} else if d := cmp.Diff(first[i], got); d != "" {
				t.Errorf("SQLite and PostgreSQL differ (-SQLite +PostgreSQL):\n%s%s", q, d)
			}
		}
	})
}

// fill stores small reports with all that the queries look for.
func fill(t *testing.T, s *store.Store) {
	t.Helper()
	n := 0
	add := func(agency string, year int, findings []normalize.Finding, values ...string) {
		n++
		r := &normalize.Report{Agency: normalize.Agency{Name: agency}, Year: year, Form: "2021", Findings: findings}
		for i, id := range []string{"requests.received.total", "requests.carried_over.total", "proactive.fees.amount"} {
			o := normalize.Observation{ID: id, Unit: schema.Lookup("2021").Cell(id).Unit, State: normalize.Blank, Status: normalize.OK}
			if v := values[i]; v != "" {
				d := decimal.RequireFromString(v)
				o.Value, o.State = &d, normalize.Reported
			}
			if i == 2 && year == 2021 {
				o.Status = normalize.Review
			}
			r.Observations = append(r.Observations, o)
		}
		name := fmt.Sprintf("%064d", n)
		err := s.Load(t.Context(), []store.Entry{{
			Source: store.Source{SHA256: name, Path: name},
			Rows:   store.Rows{Source: name, Basis: name, Version: "1", MediaType: "text/html", Report: r},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	fails := func(rule string) []normalize.Finding {
		return []normalize.Finding{{Rule: rule, Severity: normalize.Error, IDs: []string{"a", "b"}, Message: "1 ≠ 2"}}
	}
	add("乙局", 2021, fails("balance.total"), "9", "9", "")
	add("乙局", 2021, fails("balance.total"), "30", "4", "12.50") // live
	add("甲局", 2020, nil, "3", "1", "0.37")
	add("甲局", 2021, append(fails("balance.total"), fails("results.review")...), "0", "0", "")
	add("Ä局", 2019, nil, "7", "2", "-0.05")
	add("b局", 2021, nil, "7", "", "1")
	d := decimal.RequireFromString("8")
	said := review.Correction{Source: fmt.Sprintf("%064d", n), Cell: "requests.received.total", Says: &review.Value{State: normalize.Reported, Number: &d},
		Read: review.Print{Text: "7", State: normalize.Reported}, Reason: "看过原件", By: "甲", At: "2026-01-01T00:00:00Z"}
	back := said
	back.Says, back.Source = nil, fmt.Sprintf("%064d", n+1)
	if _, err := s.Correct(t.Context(), []review.Correction{said, back}); err != nil {
		t.Fatal(err)
	}
}

// The view shows every value exactly as the store does.
func TestViewValues(t *testing.T) {
	viewed(t, func(t *testing.T, s *store.Store, db *sql.DB) {
		cells := schema.Lookup("2021").Cells
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			name := fmt.Sprintf("%064d", n)
			r := &normalize.Report{Agency: normalize.Agency{Name: name}, Year: 2021, Form: "2021"}
			for i := range rapid.IntRange(1, 8).Draw(rt, "cells") {
				o := normalize.Observation{ID: cells[i].ID, Unit: cells[i].Unit}
				o.Status = rapid.SampledFrom([]normalize.Status{normalize.OK, normalize.Review}).Draw(rt, "status")
				o.State = rapid.SampledFrom([]normalize.State{
					normalize.Reported, normalize.Blank, normalize.Dash, normalize.Absent, normalize.Unreadable, normalize.Derived,
				}).Draw(rt, "state")
				if o.State == normalize.Reported || o.State == normalize.Derived {
					digits := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-10, 10), rapid.Just(int64(-1<<63))).Draw(rt, "digits")
					d := decimal.New(digits, -int32(rapid.IntRange(-3, 20).Draw(rt, "scale")))
					o.Value = &d
				}
				if rapid.Bool().Draw(rt, "reviewed") {
					o.Correction = &normalize.Correction{By: "甲"}
				}
				r.Observations = append(r.Observations, o)
			}
			entry := store.Entry{
				Source: store.Source{SHA256: name, Path: name},
				Rows:   store.Rows{Source: name, Basis: name, Version: "1", Report: r},
			}
			if err := s.Load(t.Context(), []store.Entry{entry}); err != nil {
				rt.Fatal(err)
			}
			got := table(t, db, `SELECT cell, COALESCE(value, ''), unit, state, status, reviewed FROM observations WHERE agency = '`+name+`' ORDER BY cell`)
			var want [][]string
			for _, o := range r.Observations {
				value := ""
				if o.Value != nil {
					value = o.Value.String()
				}
				reviewed := "0"
				if o.Correction != nil {
					reviewed = "1"
				}
				want = append(want, []string{o.ID, value, o.Unit, string(o.State), string(o.Status), reviewed})
			}
			slices.SortFunc(want, func(a, b []string) int { return slices.Compare(a, b) })
			if d := cmp.Diff(want, got); d != "" {
				rt.Fatalf("(-want +got):\n%s", d)
			}
		})
	})
}

// The views show what the store shows, of reports with twins and parts too.
func TestViewTwins(t *testing.T) {
	viewed(t, func(t *testing.T, s *store.Store, db *sql.DB) {
		load := func(name string, status normalize.Status, findings []normalize.Finding, values ...string) int64 {
			t.Helper()
			r := &normalize.Report{Agency: normalize.Agency{Name: "甲局"}, Year: 2021, Form: "2021", Findings: findings}
			for i, v := range values {
				o := normalize.Observation{ID: "cell." + string(rune('a'+i)), Unit: "件", State: normalize.Absent, Status: status}
				if v != "" {
					d := decimal.RequireFromString(v)
					o.Value, o.State = &d, normalize.Reported
				}
				r.Observations = append(r.Observations, o)
			}
			sum := fmt.Sprintf("%064s", name)
			if err := s.Load(t.Context(), []store.Entry{{
				Source: store.Source{SHA256: sum, Path: "/reports/" + name},
				Rows:   store.Rows{Source: sum, Basis: sum, Version: "1", Report: r},
			}}); err != nil {
				t.Fatal(err)
			}
			reports, err := s.Reports(t.Context(), store.Filter{Source: sum})
			if err != nil || len(reports) != 1 {
				t.Fatalf("%v, %v", reports, err)
			}
			return reports[0].ID
		}
		missing := func(ids ...string) normalize.Finding {
			return normalize.Finding{Rule: "table_missing", Severity: normalize.Error, IDs: ids, Message: "m"}
		}
		fails := normalize.Finding{Rule: "balance.total", Severity: normalize.Error, IDs: []string{"cell.a"}, Message: "1 ≠ 2"}
		part := load("part", normalize.Review, []normalize.Finding{missing("cell.a", "cell.b"), fails}, "", "", "0.5", "7", "123456789012345678901234567890.5")
		twin := load("twin", normalize.OK, []normalize.Finding{fails}, "1", "3", "", "", "")
		chosen := load("chosen", normalize.OK, []normalize.Finding{missing("cell.c", "cell.d"), missing("cell.e", "cell.f"), missing("cell.c", "cell.dd")}, "1", "2", "", "", "")
		if err := s.RecordTwins(t.Context(), 0, []store.Twins{{
			Report: chosen, Others: []int64{twin}, Parts: []store.Part{{Report: part, Cells: []string{"cell.c", "cell.d", "cell.e"}}},
			Findings: []normalize.Finding{{Rule: "twins_differ", Severity: normalize.Warning, IDs: []string{"cell.b"}, Message: "2 ≠ 3"}},
			Doubts:   []string{"cell.b"},
		}}); err != nil {
			t.Fatal(err)
		}

		reports, err := s.LiveReports(t.Context(), 0)
		if err != nil || len(reports) != 1 {
			t.Fatalf("live are %v, %v", reports, err)
		}
		r := reports[0]
		want := [][]string{{fmt.Sprint(r.ID), r.Agency.Name, fmt.Sprint(r.InDoubt), r.Path}}
		if d := cmp.Diff(want, table(t, db, `SELECT report, agency, in_doubt, path FROM reports`)); d != "" {
			t.Errorf("reports (-store +view):\n%s", d)
		}
		values, err := s.Values(t.Context(), r.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		want = nil
		for _, id := range slices.Sorted(maps.Keys(values)) {
			v, number := values[id], "<nil>"
			if v.Number != nil {
				number = v.Number.String()
			}
			want = append(want, []string{id, number, string(v.State), string(v.Status)})
		}
		if d := cmp.Diff(want, table(t, db, `SELECT cell, value, state, status FROM observations ORDER BY cell`)); d != "" {
			t.Errorf("observations (-store +view):\n%s", d)
		}
		findings, err := s.Findings(t.Context(), store.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		want = nil
		for _, f := range findings {
			want = append(want, []string{f.Rule, string(f.Severity), strings.Join(f.IDs, " "), f.Message})
		}
		slices.SortFunc(want, func(a, b []string) int { return slices.Compare(a, b) })
		if d := cmp.Diff(want, table(t, db, `SELECT rule, severity, cells, message FROM findings ORDER BY rule, severity, cells`)); d != "" {
			t.Errorf("findings (-store +view):\n%s", d)
		}
		if len(want) != 4 {
			t.Errorf("findings are %v, want 4", want)
		}
	})
}

// Whatever the server's locale, texts compare by their bytes, as in SQLite.
func TestCollation(t *testing.T) {
	address := pgtest.Address(t)
	open(t, t.TempDir(), store.WithDatabase(address))
	bad := table(t, foreign(t, "pgx", address), `
		SELECT c.table_name, c.column_name FROM information_schema.columns c
		JOIN information_schema.tables b ON b.table_schema = c.table_schema AND b.table_name = c.table_name AND b.table_type = 'BASE TABLE'
		WHERE c.table_schema = CURRENT_SCHEMA AND c.data_type = 'text' AND c.collation_name IS DISTINCT FROM 'C'`)
	if len(bad) > 0 {
		t.Errorf("columns that compare by the locale: %v", bad)
	}
}
