package store

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/store/storetest/pgtest"
)

// Reports that are read by several transactions while others are stored come from one
// state: every commit gives all of them another value.
func TestOneState(t *testing.T) {
	for name, options := range map[string][]Option{"SQLite": nil, "PostgreSQL": {WithDatabase(pgtest.Address(t))}} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), t.TempDir(), options...)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			const agencies = 3*wholeAtOnce + 1
			load := func(ctx context.Context, value int64) error {
				entries := make([]Entry, agencies)
				for i := range entries {
					source, d := fmt.Sprintf("%064d", i), decimal.New(value, 0)
					entries[i] = Entry{Source: Source{SHA256: source, Path: source}, Rows: Rows{
						Source: source, Basis: fmt.Sprint(value), Version: "1", MediaType: "text/html",
						Report: &normalize.Report{Agency: normalize.Agency{Name: fmt.Sprint("甲", i), Division: "370400"}, Year: 2021, Form: "2021",
							Observations: []normalize.Observation{{ID: "x", Value: &d, Unit: "件", State: normalize.Reported, Status: normalize.OK}}},
					}}
				}
				return s.Load(ctx, entries)
			}
			if err := load(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			var writer sync.WaitGroup
			defer writer.Wait()
			defer stop()
			writer.Go(func() {
				for value := int64(2); ctx.Err() == nil; value++ {
					if err := load(context.WithoutCancel(ctx), value); err != nil {
						t.Error(err)
						return
					}
				}
			})
			for range 10 {
				seen := map[string]int{}
				err := s.EachLive(t.Context(), Selection{}, func(_, _ int, l *Live) error {
					seen[l.Values["x"].Number.String()]++
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if len(seen) != 1 {
					t.Fatalf("values of several states: %v", seen)
				}
				for _, n := range seen {
					if n != agencies {
						t.Fatalf("%d reports, want %d", n, agencies)
					}
				}
			}
		})
	}
}

// Transactions that begin together while others commit see the same.
func TestSnapshots(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	activate := func(n int) error {
		v := fmt.Sprint(n)
		return s.Activate(context.WithoutCancel(t.Context()), Versions{Extract: v, Normalize: v, Index: v})
	}
	if err := activate(0); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var writer sync.WaitGroup
	defer writer.Wait()
	defer stop()
	writer.Go(func() {
		for n := 1; ctx.Err() == nil; n++ {
			if err := activate(n); err != nil {
				t.Error(err)
				return
			}
		}
	})
	together := 0
	for range 150 {
		txs, err := s.dialect.snapshots(t.Context(), s.read, 2)
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		for _, tx := range txs {
			var v string
			if err := tx.QueryRowContext(t.Context(), `SELECT version FROM activation WHERE step = 'extract'`).Scan(&v); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, v)
		}
		if err := rollback(txs); err != nil {
			t.Fatal(err)
		}
		if len(seen) == 2 && seen[0] != seen[1] {
			t.Fatalf("one sees %s, the other %s", seen[0], seen[1])
		}
		together += len(seen) - 1
	}
	if together == 0 {
		t.Error("no two transactions were ever begun together")
	}
}
