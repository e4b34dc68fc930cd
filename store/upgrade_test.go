package store_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"nianbao/compare"
	"nianbao/fixtures"
	"nianbao/normalize"
	"nianbao/store"
	"nianbao/store/storetest"
	"nianbao/store/storetest/pgtest"
)

// firstOnPostgres is the first schema that was ever released for PostgreSQL.
const firstOnPostgres = 3

// newestSchema is the number of the newest migration.
func newestSchema(t *testing.T) (newest int) {
	t.Helper()
	names, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		number, _, _ := strings.Cut(filepath.Base(name), "_")
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		newest = max(newest, n)
	}
	return newest
}

// Of every schema before the newest a database is kept, as the program of then made
// it: it is upgraded, on PostgreSQL too, and a backup of then is restored. Nothing
// that was stored is lost or changed, and all that can be asked is answered as it is
// of a new store with the same rows.
func TestUpgrade(t *testing.T) {
	newest := newestSchema(t)
	for schema := 1; schema <= newest; schema++ {
		path := fmt.Sprintf("testdata/%04d.db.gz", schema)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			if schema < newest {
				t.Errorf("no database of schema %d is kept in %s: CONTRIBUTING.md says how to make one", schema, path)
			}
			continue
		}
		t.Run(strconv.Itoa(schema), func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "nianbao.db")
			unpack(t, path, file)
			then := rowsOf(t, foreign(t, "sqlite", file))
			if got := then.schema(); got != schema {
				t.Fatalf("%s is of schema %d", path, got)
			}
			for _, table := range then {
				if len(table.rows) == 0 {
					t.Errorf("table %s of %s has no rows: nothing tells whether they would be kept", table.name, path)
				}
			}
			var first answers
			t.Run("SQLite", func(t *testing.T) {
				s := open(t, dir)
				db := foreign(t, "sqlite", file)
				first = upgraded(t, s, db, then)
				sameTables(t, db)
				truth(t, s, db)
				restored := t.TempDir()
				again := open(t, restored)
				if _, err := again.Restore(t.Context(), backup(t, s, false), nil); err != nil {
					t.Fatal(err)
				}
				first.same(t, "restored from its backup", answersOf(t, again))
				now, anew := rowsOf(t, db), rowsOf(t, foreign(t, "sqlite", filepath.Join(restored, "nianbao.db")))
				if d := cmp.Diff(now.table("live").lines(), anew.table("live").lines()); d != "" {
					t.Errorf("what is kept ready (-upgraded +made anew):\n%s", d)
				}
			})
			t.Run("PostgreSQL", func(t *testing.T) {
				if schema < firstOnPostgres {
					t.Skip("no program kept this schema there")
				}
				address := pgtest.Address(t)
				db := foreign(t, "pgx", address)
				if err := store.MakeSchema(t.Context(), address, int64(schema)); err != nil {
					t.Fatal(err)
				}
				then.insert(t, db)
				s := open(t, t.TempDir(), store.WithDatabase(address))
				first.same(t, "in PostgreSQL", upgraded(t, s, db, then))
			})
			t.Run("backup", func(t *testing.T) {
				everywhere(t, func(t *testing.T, open func() *store.Store) {
					s := open()
					if _, err := s.Restore(t.Context(), then.backup(t), nil); err != nil {
						t.Fatal(err)
					}
					first.same(t, "restored from a backup of then", answersOf(t, s))
				})
			})
		})
	}
}

// upgraded holds a store to the rows that it had in an older schema.
func upgraded(t *testing.T, s *store.Store, db *sql.DB, then rows) answers {
	t.Helper()
	now := rowsOf(t, db)
	for _, old := range then {
		if old.name == "goose_db_version" || old.name == "live" { // live is made of the others
			continue
		}
		if d := cmp.Diff(old.lines(), now.table(old.name).only(old.columns).lines()); d != "" {
			t.Errorf("rows of %s (-then +now):\n%s", old.name, d)
		}
	}
	w := worldOf(t, then)
	agencies, err := s.Agencies(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range agencies {
		w.Hold(t, s, a.Name)
	}
	said := 0
	for _, source := range then.table("source").rows {
		cs, _, err := s.Corrections(t.Context(), source["sha256"].(string))
		if err != nil {
			t.Fatal(err)
		}
		said += len(cs)
	}
	ds, err := s.Decisions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := [2]int{said, len(ds)}, [2]int{len(then.table("correction").rows), len(then.table("decision").rows)}; got != want {
		t.Errorf("corrections and decisions are %v, want %v", got, want)
	}
	return answersOf(t, s)
}

// sameTables holds the tables and views of a database to those of a new one.
func sameTables(t *testing.T, db *sql.DB) {
	t.Helper()
	dir := t.TempDir()
	open(t, dir)
	const query = `SELECT type, name, tbl_name, COALESCE(sql, '') FROM sqlite_master ORDER BY type, name`
	if d := cmp.Diff(table(t, foreign(t, "sqlite", filepath.Join(dir, "nianbao.db")), query), table(t, db, query)); d != "" {
		t.Errorf("tables and views (-new +upgraded):\n%s", d)
	}
}

// truth holds the sample reports, which are among the reports, to what they print.
func truth(t *testing.T, s *store.Store, db *sql.DB) {
	t.Helper()
	reports, err := s.LiveReports(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, r := range reports {
		b, err := os.ReadFile(fmt.Sprintf("../fixtures/samples/truth/%s-%d.truth.json", r.Agency.Name, r.Year))
		if err != nil { // it is none of them
			continue
		}
		truth, err := fixtures.ReadTruth(b)
		if err != nil {
			t.Fatal(err)
		}
		values, err := s.Values(t.Context(), r.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range truth.Values {
			v := values[id]
			if v.Status != normalize.OK {
				continue
			}
			held++
			if (want == nil) != (v.Number == nil) || want != nil && !want.Equal(*v.Number) {
				t.Errorf("%s %d: %s is %v, want %v", r.Agency.Name, r.Year, id, v.Number, want)
			}
		}
	}
	if held < 400 {
		t.Errorf("only %d values were held to what is printed", held)
	}
	units := table(t, db, `SELECT cell, unit FROM observations WHERE cell IN ('capacity.budget', 'requests.received.total', 'proactive.items') GROUP BY cell, unit ORDER BY cell`)
	want := [][]string{{"capacity.budget", "万元"}, {"proactive.items", "条"}, {"requests.received.total", "件"}}
	if d := cmp.Diff(want, units); d != "" {
		t.Errorf("units (-want +got):\n%s", d)
	}
}

// answers are what a store says: its rows, its reports, and all that is compared.
type answers struct {
	content map[string]string
	reports []store.Report
	panel   string
}

func answersOf(t *testing.T, s *store.Store) (a answers) {
	t.Helper()
	a.content = content(t, s)
	var err error
	if a.reports, err = s.Reports(t.Context(), store.Filter{}); err != nil {
		t.Fatal(err)
	}
	compared, err := compare.Compare(t.Context(), s, compare.Options{Indicators: compare.Indicators(), Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(compared.Rows, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	a.panel = string(b)
	return a
}

func (a answers) same(t *testing.T, what string, b answers) {
	t.Helper()
	if len(a.reports) == 0 {
		t.Errorf("no reports")
	}
	for part, d := range map[string]string{
		"rows": cmp.Diff(a.content, b.content), "reports": cmp.Diff(a.reports, b.reports), "comparison": cmp.Diff(a.panel, b.panel),
	} {
		if d != "" {
			t.Errorf("%s (-upgraded +%s):\n%s", part, what, d)
		}
	}
}

// rows are all rows of a database, by table in the order in which these were made: a
// table comes after those that its rows point to.
type rows []tableRows

type tableRows struct {
	name    string
	columns []string
	rows    []map[string]any
}

func rowsOf(t *testing.T, db *sql.DB) (out rows) {
	t.Helper()
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid`
	if fmt.Sprintf("%T", db.Driver()) == "*stdlib.Driver" {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = CURRENT_SCHEMA AND (table_type = 'BASE TABLE' AND table_name <> 'observation_columns' OR table_name = 'observation')`
	}
	for _, row := range table(t, db, query) {
		one := tableRows{name: row[0]}
		found, err := db.QueryContext(t.Context(), `SELECT * FROM `+one.name)
		if err != nil {
			t.Fatal(err)
		}
		defer found.Close()
		if one.columns, err = found.Columns(); err != nil {
			t.Fatal(err)
		}
		for found.Next() {
			values, dest := make([]any, len(one.columns)), make([]any, len(one.columns))
			for i := range values {
				dest[i] = &values[i]
			}
			if err := found.Scan(dest...); err != nil {
				t.Fatal(err)
			}
			row := map[string]any{}
			for i, c := range one.columns {
				row[c] = values[i]
			}
			one.rows = append(one.rows, row)
		}
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	return out
}

// table is the table with this name, empty where there is none.
func (r rows) table(name string) tableRows {
	for _, t := range r {
		if t.name == name {
			return t
		}
	}
	return tableRows{name: name}
}

// schema is the number of the newest migration that was applied.
func (r rows) schema() (newest int) {
	for _, row := range r.table("goose_db_version").rows {
		newest = max(newest, int(row["version_id"].(int64)))
	}
	return newest
}

// only leaves out other columns.
func (t tableRows) only(columns []string) tableRows {
	t.columns = columns
	return t
}

// lines are the rows as text, sorted.
func (t tableRows) lines() (out []string) {
	for _, row := range t.rows {
		var line []string
		for _, c := range t.columns {
			line = append(line, fmt.Sprintf("%s=%v", c, row[c]))
		}
		out = append(out, strings.Join(line, " "))
	}
	slices.Sort(out)
	return out
}

// insert puts the rows into a PostgreSQL database with the same tables.
func (r rows) insert(t *testing.T, db *sql.DB) {
	t.Helper()
	for _, table := range r {
		name, columns, rows := table.name, table.columns, table.rows
		if name == "goose_db_version" {
			continue
		}
		if name == "observation" && len(r.table("live").columns) > 0 { // it is a view from then on
			name, columns, rows = "observation_columns", []string{"report", "cells", "vals", "flags"}, byReport(rows)
		}
		var marks []string
		for i := range columns {
			marks = append(marks, fmt.Sprint("$", i+1))
		}
		for _, row := range rows {
			var args []any
			for _, c := range columns {
				args = append(args, row[c])
			}
			query := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", name, strings.Join(columns, ", "), strings.Join(marks, ", "))
			if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

// byReport makes a row a report of rows of observation.
func byReport(rows []map[string]any) (out []map[string]any) {
	at := map[any]map[string]any{}
	for _, row := range rows {
		all := at[row["report"]]
		if all == nil {
			all = map[string]any{"report": row["report"], "cells": []int16(nil), "vals": []*int64(nil), "flags": []int16(nil)}
			at[row["report"]] = all
			out = append(out, all)
		}
		var value *int64
		if v, ok := row["value"].(int64); ok {
			value = &v
		}
		all["cells"] = append(all["cells"].([]int16), int16(row["cell"].(int64)))
		all["vals"] = append(all["vals"].([]*int64), value)
		all["flags"] = append(all["flags"].([]int16), int16(row["flags"].(int64)))
	}
	return out
}

// backup is a backup of the rows, of their schema.
func (r rows) backup(t *testing.T) *zip.Reader {
	t.Helper()
	files, counts := map[string]string{}, map[string]int{}
	for _, table := range r {
		if table.name == "goose_db_version" || table.name == "live" {
			continue
		}
		counts[table.name] = len(table.rows)
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		lines := []any{table.columns}
		for _, row := range table.rows {
			var line []any
			for _, c := range table.columns {
				line = append(line, row[c])
			}
			lines = append(lines, line)
		}
		for _, line := range lines {
			if err := e.Encode(line); err != nil {
				t.Fatal(err)
			}
		}
		files["tables/"+table.name+".jsonl"] = b.String()
	}
	b, err := json.Marshal(map[string]any{"format": "nianbao backup 1", "schema": r.schema(), "tables": counts})
	if err != nil {
		t.Fatal(err)
	}
	files["manifest.json"] = string(b)
	return zipped(t, files)
}

// worldOf says of rows what is live, from their documentation alone (migrations).
func worldOf(t *testing.T, r rows) *storetest.World {
	t.Helper()
	w := storetest.NewWorld()
	file := func(sum any) string { return strings.TrimLeft(sum.(string), "0") }
	sightings := r.table("sighting").rows
	slices.SortFunc(sightings, func(a, b map[string]any) int { return int(a["id"].(int64) - b["id"].(int64)) })
	for _, row := range sightings {
		w.Seen = append(w.Seen, storetest.Sighting{Path: row["path"].(string), File: file(row["source"])})
	}
	for _, row := range r.table("member").rows {
		archive := file(row["archive"])
		if w.Members[archive] == nil {
			w.Members[archive] = map[string]string{}
		}
		w.Members[archive][file(row["source"])] = row["name"].(string)
	}
	agencies, cells, wide := map[any]string{}, map[any]string{}, map[string]string{}
	for _, row := range r.table("agency").rows {
		agencies[row["id"]] = row["name"].(string)
	}
	for _, row := range r.table("cell").rows {
		cells[row["id"]] = row["name"].(string)
	}
	for _, row := range r.table("observation_wide").rows {
		wide[fmt.Sprint(row["report"], row["cell"])] = row["value"].(string)
	}
	files := map[any]string{}
	reports := r.table("report").rows
	slices.SortFunc(reports, func(a, b map[string]any) int { return int(a["id"].(int64) - b["id"].(int64)) })
	for _, row := range reports {
		name := file(row["source"])
		year, _ := row["year"].(int64) // they may be NULL
		form, _ := row["form"].(string)
		files[row["id"]] = name
		w.Order = append(w.Order, name)
		w.Reports[name] = &normalize.Report{Agency: normalize.Agency{Name: agencies[row["agency"]]}, Year: int(year), Form: form}
	}
	for _, row := range r.table("observation").rows {
		flags := row["flags"].(int64)
		o := normalize.Observation{ID: cells[row["cell"]], Status: []normalize.Status{normalize.OK, normalize.Review}[flags>>3&1]}
		o.State = []normalize.State{normalize.Reported, normalize.Blank, normalize.Dash, normalize.Absent, normalize.Unreadable, normalize.Derived}[flags&7]
		if v, ok := row["value"].(int64); ok {
			d := decimal.New(v, -int32(flags>>5&31))
			o.Value = &d
		}
		if flags>>4&1 == 1 {
			d := decimal.RequireFromString(wide[fmt.Sprint(row["report"], row["cell"])])
			o.Value = &d
		}
		of := w.Reports[files[row["report"]]]
		of.Observations = append(of.Observations, o)
	}
	for _, row := range r.table("twin").rows {
		w.Chosen[files[row["report"]]] = files[row["chosen"]]
	}
	for _, row := range r.table("twin_doubt").rows {
		of := files[row["report"]]
		w.Doubts[of] = append(w.Doubts[of], cells[row["cell"]])
	}
	for _, row := range r.table("twin_cell").rows {
		of := files[row["report"]]
		if w.Parts[of] == nil {
			w.Parts[of] = map[string]string{}
		}
		w.Parts[of][cells[row["cell"]]] = files[row["part"]]
	}
	return w
}

func unpack(t *testing.T, from, to string) {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o644); err != nil {
		t.Fatal(err)
	}
}
