package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/shopspring/decimal"
	"go.uber.org/goleak"

	"nianbao/normalize"
	"nianbao/schema"
	"nianbao/store"
	"nianbao/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
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
