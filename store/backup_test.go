package store_test

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"nianbao/fixtures/country"
	"nianbao/normalize"
	"nianbao/review"
	"nianbao/store"
	"nianbao/store/storetest/pgtest"
)

// content is all that a backup of s without blobs says, by file.
func content(t *testing.T, s *store.Store) map[string]string {
	t.Helper()
	files := entries(t, backup(t, s, false))
	var lines []string // without the time
	for line := range strings.Lines(files["manifest.json"]) {
		if !strings.Contains(line, `"made"`) {
			lines = append(lines, line)
		}
	}
	files["manifest.json"] = strings.Join(lines, "")
	return files
}

func backup(t *testing.T, s *store.Store, blobs bool) *zip.Reader {
	t.Helper()
	var b bytes.Buffer
	var last, all int64
	_, err := s.Backup(t.Context(), &b, blobs, func(d, a int64) { last, all = d, a })
	if err != nil {
		t.Fatal(err)
	}
	if last != all {
		t.Errorf("%d of %d done at the end", last, all)
	}
	return reader(t, b.Bytes())
}

func reader(t *testing.T, b []byte) *zip.Reader {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func entries(t *testing.T, z *zip.Reader) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// zipped is a ZIP file of these files.
func zipped(t *testing.T, files map[string]string) *zip.Reader {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return reader(t, b.Bytes())
}

var made = sync.OnceValue(func() *country.Country {
	return country.New(1, store.Versions{Extract: "1", Normalize: "1", Index: "1"})
})

// full fills a store with all kinds of rows, and some blobs.
func full(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Activate(t.Context(), store.Versions{Extract: "1", Normalize: "1", Index: "1"}); err != nil {
		t.Fatal(err)
	}
	var loaded []store.Entry
	for i := range 12 {
		loaded = append(loaded, made().Entry(i))
	}
	original, err := s.PutOriginal([]byte("年报"))
	if err != nil {
		t.Fatal(err)
	}
	artifact, err := s.PutArtifact([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	d := decimal.RequireFromString("123456789012345678901234567890.5")
	loaded = append(loaded, store.Entry{
		Source: store.Source{SHA256: original, Size: 6, Path: "a \"quoted\"\npath"},
		Derivations: []store.Derivation{
			{Step: "extract", Input: original, Version: "1", Output: artifact},
			{Step: "normalize", Input: artifact, Version: "1", Error: `{"code":"damaged"}`},
		},
		Rows: store.Rows{Source: original, Basis: "b", Version: "1", Report: &normalize.Report{
			Observations: []normalize.Observation{{ID: "wide", Value: &d, State: normalize.Reported, Status: normalize.OK}},
			Findings:     []normalize.Finding{{Rule: "r", Severity: normalize.Error, IDs: []string{"a", "b"}, Message: "1 ≠ 2 <&>"}},
		}},
	})
	if err := s.Load(t.Context(), loaded); err != nil {
		t.Fatal(err)
	}
	said := review.Correction{Source: original, Cell: "wide", Says: &review.Value{State: normalize.Reported, Number: &d},
		Read: review.Print{Text: "1\n2", State: normalize.Unreadable}, Reason: "看过原件", By: "甲", At: "2026-01-01T00:00:00Z"}
	back := review.Correction{Source: original, Cell: "wide", Read: said.Read, Reason: "看错了", By: "乙", At: "2026-01-02T00:00:00Z", Replaces: []string{said.Key()}}
	if _, err := s.Correct(t.Context(), []review.Correction{said, back}); err != nil {
		t.Fatal(err)
	}
}

// A store goes from each database to each, and is the same there, and lives on.
func TestBackup(t *testing.T) {
	databases := map[string]func(t *testing.T) *store.Store{
		"SQLite":     func(t *testing.T) *store.Store { return open(t, t.TempDir()) },
		"PostgreSQL": func(t *testing.T) *store.Store { return open(t, t.TempDir(), store.WithDatabase(pgtest.Address(t))) },
	}
	for from, source := range databases {
		for to, target := range databases {
			t.Run(from+" to "+to, func(t *testing.T) {
				a, b := source(t), target(t)
				full(t, a)
				z := backup(t, a, true)
				restored, err := b.Restore(t.Context(), z, nil)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(content(t, a), content(t, b)); d != "" {
					t.Errorf("(-stored +restored):\n%s", d)
				}
				if restored.Blobs != 2 || len(restored.Missing) != 3*12 {
					t.Errorf("%d blobs, %d missing; want 2 and those of the files that never were", restored.Blobs, len(restored.Missing))
				}
				for _, e := range z.File {
					if name := filepath.Base(e.Name); len(name) == 64 {
						if _, err := b.Get(name); err != nil {
							t.Error(err)
						}
					}
				}
				if _, err := b.Restore(t.Context(), z, nil); !errors.Is(err, store.ErrNotEmpty) {
					t.Errorf("restoring again: error %v", err)
				}
				// New numbers follow the restored ones.
				if err := b.Load(t.Context(), []store.Entry{made().Entry(12)}); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// What is damaged is refused, and leaves nothing behind.
func TestRestoreRefusals(t *testing.T) {
	whole := open(t, t.TempDir())
	full(t, whole)
	files := entries(t, backup(t, whole, true))
	var blobName string
	for name := range files {
		if strings.HasPrefix(name, "originals/") {
			blobName = name
		}
	}
	for what, c := range map[string]struct {
		part string
		harm func(f map[string]string)
	}{
		"no manifest":    {"manifest.json", func(f map[string]string) { delete(f, "manifest.json") }},
		"another format": {"format", func(f map[string]string) { f["manifest.json"] = "{}" }},
		"a newer schema": {"schema 99", func(f map[string]string) { f["manifest.json"] = `{"format":"nianbao backup 1","schema":99}` }},
		"no schema":      {"schema 0", func(f map[string]string) { f["manifest.json"] = `{"format":"nianbao backup 1"}` }},
		"an unknown table": {"no table", func(f map[string]string) {
			f["manifest.json"] = `{"format":"nianbao backup 1","schema":1,"blobs":2,"tables":{"x":1}}`
		}},
		"a missing table": {"report.jsonl", func(f map[string]string) { delete(f, "tables/report.jsonl") }},
		"a missing row": {"manifest says", func(f map[string]string) {
			f["tables/finding.jsonl"] = `["report","seq","rule","severity","ids","message"]` + "\n"
		}},
		"a cut table":  {"row 3", func(f map[string]string) { f["tables/report.jsonl"] = f["tables/report.jsonl"][:505] }},
		"a bad column": {"column", func(f map[string]string) { f["tables/agency.jsonl"] = `["id) VALUES (1); --"]` }},
		"a short row":  {"row 1", func(f map[string]string) { f["tables/agency.jsonl"] = `["id","name","division"]` + "\n[1]\n" }},
		"a fraction": {"row 1", func(f map[string]string) {
			f["tables/agency.jsonl"] = `["id","name","division"]` + "\n[1.5,\"\",\"\"]\n"
		}},
		"a changed blob": {"changed", func(f map[string]string) { f[blobName] = "x" }},
		"a missing blob": {"blobs", func(f map[string]string) { delete(f, blobName) }},
	} {
		t.Run(what, func(t *testing.T) {
			damaged := maps.Clone(files)
			c.harm(damaged)
			s := open(t, t.TempDir())
			before := content(t, s)
			_, err := s.Restore(t.Context(), zipped(t, damaged), nil)
			if err == nil || !strings.Contains(err.Error(), c.part) {
				t.Errorf("error %v, want one with %q", err, c.part)
			}
			if d := cmp.Diff(before, content(t, s)); d != "" {
				t.Errorf("something was left behind:\n%s", d)
			}
			if _, err := s.Restore(t.Context(), zipped(t, files), nil); err != nil {
				t.Errorf("a whole backup afterwards: %v", err)
			}
		})
	}
}

func TestRestoreStopped(t *testing.T) {
	everywhere(t, func(t *testing.T, open func() *store.Store) {
		src := openSQLite(t)
		var loaded []store.Entry
		for i := range 60 {
			loaded = append(loaded, made().Entry(i))
		}
		if err := src.Load(t.Context(), loaded); err != nil {
			t.Fatal(err)
		}
		s := open()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := s.Restore(ctx, backup(t, src, false), func(done, all int64) { cancel() })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v", err)
		}
		st, err := open().Status(t.Context())
		if err != nil || st.Sources != 0 || st.Reports != 0 {
			t.Errorf("left behind: %+v, %v", st, err)
		}
	})
}

func openSQLite(t *testing.T) *store.Store { return open(t, t.TempDir()) }

// A backup of the first schema is restored into the tables of then and brought up
// to date.
func TestRestoreOlder(t *testing.T) {
	everywhere(t, func(t *testing.T, open func() *store.Store) {
		z := zipped(t, map[string]string{
			"manifest.json":     `{"format":"nianbao backup 1","schema":1,"tables":{"cell":2}}`,
			"tables/cell.jsonl": `["id","name"]` + "\n" + `[1,"capacity.budget"]` + "\n" + `[2,"requests.received.total"]` + "\n",
		})
		s := open()
		if _, err := s.Restore(t.Context(), z, nil); err != nil {
			t.Fatal(err)
		}
		got := content(t, s)["tables/cell.jsonl"]
		want := `["id","name","unit"]` + "\n" + `[1,"capacity.budget","万元"]` + "\n" + `[2,"requests.received.total","件"]` + "\n"
		if got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	})
}

// No table is forgotten.
func TestBackupTables(t *testing.T) {
	viewed(t, func(t *testing.T, s *store.Store, db *sql.DB) {
		names := map[string]bool{}
		for name := range content(t, s) {
			names[name] = true
		}
		query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
		if t.Name() == "TestBackupTables/PostgreSQL" {
			query = `SELECT table_name FROM information_schema.tables WHERE table_schema = CURRENT_SCHEMA AND table_type = 'BASE TABLE'`
		}
		found := 0
		for _, row := range table(t, db, query) {
			switch row[0] {
			case "goose_db_version": // the manifest says it
				continue
			case "live": // is made anew
				continue
			case "observation_columns": // the view observation is in it
				continue
			}
			found++
			if !names["tables/"+row[0]+".jsonl"] {
				t.Errorf("table %s is not in the backup", row[0])
			}
		}
		if found < 10 {
			t.Errorf("only %d tables were found", found)
		}
	})
}
