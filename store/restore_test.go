package store

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"nianbao/process/guard"
	"nianbao/store/storetest/pgtest"
)

// committing is a database whose transactions are committed as commit says.
type committing struct {
	dialect
	commit func(ctx context.Context, t transaction) error
}

func (d committing) begin(ctx context.Context, db *sql.DB) (transaction, error) {
	t, err := d.dialect.begin(ctx, db)
	return committed{t, d}, err
}

type committed struct {
	transaction
	in committing
}

func (t committed) commit(ctx context.Context) error { return t.in.commit(ctx, t.transaction) }

// A stop that arrives around the commit leaves all or nothing, and is told just where
// it is nothing.
func TestRestoreStoppedCommitting(t *testing.T) {
	src, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	const files = 40
	for i := range files {
		if _, err := src.AddSource(t.Context(), Source{SHA256: fmt.Sprintf("%064d", i), Size: 1, Path: fmt.Sprint("f", i)}); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := src.Backup(t.Context(), &b, false, nil); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	// The stop comes with the last transaction, which puts the rows back: the one before
	// looks whether something is stored.
	for when, stop := range map[string]func(cancel func(), commit func() error) error{
		"before": func(cancel func(), commit func() error) error {
			cancel()
			return commit()
		},
		"long before": func(cancel func(), commit func() error) error {
			cancel()
			time.Sleep(50 * time.Millisecond) // what ends with the context has ended
			return commit()
		},
		"during": func(cancel func(), commit func() error) error {
			var side sync.WaitGroup
			side.Go(cancel)
			defer side.Wait()
			return commit()
		},
		"after": func(cancel func(), commit func() error) error {
			defer cancel()
			return commit()
		},
	} {
		for name, options := range map[string][]Option{"SQLite": nil, "PostgreSQL": {WithDatabase(pgtest.Address(t))}} {
			t.Run(when+" in "+name, func(t *testing.T) {
				s, err := Open(t.Context(), t.TempDir(), options...)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				plain, commits := s.dialect, 0
				s.dialect = committing{plain, func(ctx context.Context, tx transaction) error {
					if commits++; commits < 2 {
						return tx.commit(ctx)
					}
					return stop(cancel, func() error { return tx.commit(ctx) })
				}}
				_, err = s.Restore(ctx, z, nil)
				if commits != 2 {
					t.Fatalf("%d transactions, %v", commits, err)
				}
				s.dialect = plain
				st, failed := s.Status(t.Context())
				if failed != nil {
					t.Fatal(failed)
				}
				switch {
				case err == nil && st.Sources == files:
				case errors.Is(err, context.Canceled) && st.Sources == 0 && when != "after":
					if _, err := s.Restore(t.Context(), z, nil); err != nil {
						t.Errorf("and once more: %v", err)
					}
				default:
					t.Errorf("%d of %d files are there, and the error is %v", st.Sources, files, err)
				}
			})
		}
	}
}

// What a line of a backup says is read as it was written, or refused.
func FuzzRow(f *testing.F) {
	f.Add([]byte(`[1,"capacity.budget",null]`))
	f.Add([]byte(`[-9223372036854775808,"\u0000\n年报","\ud800"]`))
	f.Add([]byte(`[1e999,true,{}]`))
	f.Add([]byte(`null`))
	f.Add([]byte(`[1,null,-25,0,999999999999999999]`))
	f.Add([]byte(`[-0,01]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		defer guard.Start()()
		for columns := range 4 {
			row, err := appendRow(nil, line, columns)
			if err != nil {
				continue
			}
			written := []byte("[")
			for i, v := range row {
				if i > 0 {
					written = append(written, ',')
				}
				if written, err = appendValue(written, v); err != nil {
					t.Fatal(err)
				}
			}
			// The short way says what the long one does.
			if spaced, err := appendRow(nil, append([]byte(" "), line...), columns); err != nil || !reflect.DeepEqual(row, spaced) {
				t.Errorf("%q is %v, and with a space before it %v, %v", line, row, spaced, err)
			}
			again, err := appendRow(nil, append(written, ']'), columns)
			if err != nil || !reflect.DeepEqual(row, again) {
				t.Errorf("%q is %v, and then %v, %v", line, row, again, err)
			}
		}
	})
}
