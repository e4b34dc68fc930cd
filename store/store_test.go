package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/shopspring/decimal"
	"go.uber.org/goleak"

	"nianbao/normalize"
	"nianbao/schema"
	"nianbao/store"
	"nianbao/store/storetest"
	"nianbao/store/storetest/pgtest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		pgtest.Stop()
		os.Exit(code)
	}))
}

func open(t *testing.T, dir string, options ...store.Option) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Backend { return open(t, t.TempDir()) })
}

func TestPostgreSQL(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Backend {
		return open(t, t.TempDir(), store.WithDatabase(pgtest.Address(t)))
	})
}

// everywhere runs a test on both databases. Every call of open opens the same
// store anew.
func everywhere(t *testing.T, test func(t *testing.T, open func() *store.Store)) {
	t.Run("SQLite", func(t *testing.T) {
		dir := t.TempDir()
		test(t, func() *store.Store { return open(t, dir) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		dir, address := t.TempDir(), pgtest.Address(t)
		test(t, func() *store.Store { return open(t, dir, store.WithDatabase(address)) })
	})
}

// Programs that make and fill one store together give out no number twice.
func TestTogether(t *testing.T) {
	const programs, files = 4, 10
	everywhere(t, func(t *testing.T, open func() *store.Store) {
		var wg sync.WaitGroup
		for p := range programs {
			wg.Go(func() {
				s := open()
				for f := range files {
					name := fmt.Sprintf("%064d", p*files+f)
					if _, err := s.AddSource(t.Context(), store.Source{SHA256: name, Path: name}); err != nil {
						t.Error(err)
						return
					}
					// All tell new cells and new agencies at once.
					one := decimal.New(int64(p), 0)
					r := &normalize.Report{Agency: normalize.Agency{Name: fmt.Sprint("agency", f)}, Year: 2000 + p, Form: "2021", Observations: []normalize.Observation{
						{ID: fmt.Sprint("cell", f), Value: &one, State: normalize.Reported, Status: normalize.OK},
						{ID: fmt.Sprint("own", p, f), State: normalize.Blank, Status: normalize.OK},
					}}
					if err := s.Record(t.Context(), nil, store.Rows{Source: name, Basis: name, Version: "1", Report: r}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		s := open()
		st, err := s.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if st.Reports != programs*files || st.Agencies != files || st.Sources != programs*files {
			t.Errorf("stored are %+v", st)
		}
		reports, err := s.LiveReports(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reports {
			p := r.Year - 2000
			cell := strings.Replace(r.Agency.Name, "agency", "cell", 1)
			v, err := s.Values(t.Context(), r.ID, []string{cell})
			if err != nil {
				t.Fatal(err)
			}
			if v[cell].Number == nil || v[cell].Number.IntPart() != int64(p) {
				t.Errorf("%s of program %d is %+v", cell, p, v)
			}
		}
	})
}

func TestOpenExisting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := store.OpenExisting(t.Context(), dir); !errors.Is(err, store.ErrNone) {
		t.Errorf("error %v, want ErrNone", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("looking for a store made one")
	}
	open(t, dir)
	s, err := store.OpenExisting(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()

	t.Run("PostgreSQL", func(t *testing.T) {
		here := store.WithDatabase(pgtest.Address(t))
		if _, err := store.OpenExisting(t.Context(), dir, here); !errors.Is(err, store.ErrNone) {
			t.Errorf("error %v, want ErrNone", err)
		}
		open(t, dir, here)
		s, err := store.OpenExisting(t.Context(), dir, here)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
	})
}

// Errors about a database name it, and never its password.
func TestAddress(t *testing.T) {
	for address, part := range map[string]string{
		"mysql://u:secret@h/d":                                               "postgres://user:password@host/name",
		"postgres://u:secret@localhost:1/d?connect_timeout=1":                "postgres://u:xxxxx@localhost:1/d",
		"postgres:///d?host=/nowhere&password=secret&sslmode=disable&user=u": "/nowhere",
		"postgres://u:secret@h:port/d":                                       "",
	} {
		_, err := store.Open(t.Context(), t.TempDir(), store.WithDatabase(address))
		if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v, want one with %q", address, err, part)
		}
	}
}

// An observation must stay small: a million reports hold 200 million of them.
func TestObservationSize(t *testing.T) {
	const reports, limit = 400, 25
	dir := t.TempDir()
	s := open(t, dir)
	form := schema.Lookup("2021")
	var before, after int64
	size := func() int64 {
		var total int64
		for _, name := range []string{"nianbao.db", "nianbao.db-wal"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
				total += info.Size()
			}
		}
		return total
	}
	add := func(i int, obs []normalize.Observation) {
		name := fmt.Sprintf("%064d", i)
		if _, err := s.AddSource(t.Context(), store.Source{SHA256: name, Path: name}); err != nil {
			t.Fatal(err)
		}
		r := &normalize.Report{Agency: normalize.Agency{Name: "甲市统计局"}, Year: 2021, Form: "2021", Observations: obs}
		if err := s.Record(t.Context(), nil, store.Rows{Source: name, Basis: name, Version: "1", Report: r}); err != nil {
			t.Fatal(err)
		}
	}
	var obs []normalize.Observation
	for i, c := range form.Cells {
		d := decimal.New(int64(i*i*7), 0)
		obs = append(obs, normalize.Observation{ID: c.ID, Value: &d, State: normalize.Reported, Status: normalize.OK})
	}
	// Reports without observations come first, so that only observations are measured.
	for i := range reports {
		add(i, nil)
	}
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	before = size()
	for i := range reports {
		add(i, obs)
	}
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	after = size()
	per := float64(after-before) / float64(reports*len(obs))
	t.Logf("%.1f bytes an observation", per)
	if per > limit {
		t.Errorf("%.1f bytes an observation, want at most %d", per, limit)
	}
}
