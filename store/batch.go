package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"nianbao/normalize"
)

// batch is one writing transaction. It keeps what it looked up, and ends with making
// anew the live reports that it touched.
type batch struct {
	s        *Store
	tx       transaction
	cells    map[string]int64 // found or made in this transaction
	agencies map[normalize.Agency]int64
	known    known
	touched  map[agencyYear]bool
	stored   map[int64]ready // reports stored in this transaction
}

// batch runs f in a writing transaction. A stop that arrives once it is being committed
// comes too late: what a server made of it would not be known.
func (s *Store) batch(ctx context.Context, f func(*batch) error) error {
	open, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	inTime := context.AfterFunc(ctx, end)
	defer inTime()
	tx, err := s.dialect.begin(open, s.write)
	if err != nil {
		return errors.Join(ctx.Err(), err)
	}
	b := &batch{
		s: s, tx: tx, cells: map[string]int64{}, agencies: map[normalize.Agency]int64{},
		known: known{paths: map[string]string{}, reports: map[string]int64{}}, touched: map[agencyYear]bool{}, stored: map[int64]ready{},
	}
	if err = f(b); err == nil {
		err = b.refresh(ctx)
	}
	if err == nil && !inTime() {
		err = ctx.Err()
	}
	if err != nil {
		err = errors.Join(err, ignoreDone(tx.rollback()))
	} else {
		err = tx.commit(open)
	}
	if err != nil {
		// The driver may say first that the transaction, which ended with ctx, is over.
		return errors.Join(ctx.Err(), err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(s.cells, b.cells) // only now are they sure to stay
	return nil
}

// ignoreDone: a transaction whose context ended is rolled back already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// exec may be put off until something is asked: what it fails with may be said then.
func (b *batch) exec(ctx context.Context, query string, args ...any) error {
	clean(args)
	return b.tx.exec(ctx, query, args)
}

// scan reads the one row that query gives into dest.
func (b *batch) scan(ctx context.Context, dest any, text string, args ...any) error {
	found := false
	err := b.query(ctx, text, args, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(dest)
	})
	if err == nil && !found {
		return sql.ErrNoRows
	}
	return err
}

// query runs a query and hands its rows over.
func (b *batch) query(ctx context.Context, text string, args []any, row func(*sql.Rows) error) error {
	clean(args)
	return query(ctx, b.tx, text, args, row)
}

// clean makes texts what both databases store: UTF-8 without NUL. Names of files
// are bytes, and what damaged files say may be anything; bytes that are no text
// are written as \xff.
func clean(args []any) {
	for i, a := range args {
		s, ok := a.(string)
		if !ok || utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
			continue
		}
		var out strings.Builder
		for len(s) > 0 {
			r, n := utf8.DecodeRuneInString(s)
			if r == utf8.RuneError && n == 1 || r == 0 {
				fmt.Fprintf(&out, `\x%02x`, s[0])
			} else {
				out.WriteRune(r)
			}
			s = s[n:]
		}
		args[i] = out.String()
	}
}

// cell returns the number of a cell and gives it one where it has none.
func (b *batch) cell(ctx context.Context, name, unit string) (id int64, err error) {
	if id, ok := b.cells[name]; ok {
		return id, nil
	}
	b.s.mu.Lock()
	id, ok := b.s.cells[name]
	b.s.mu.Unlock()
	if ok {
		return id, nil
	}
	if b.cells, err = cellIDs(ctx, b.tx); err != nil {
		return 0, fmt.Errorf("list the cells: %w", err)
	}
	if id, ok := b.cells[name]; ok {
		return id, nil
	}
	for _, other := range b.cells {
		id = max(id, other)
	}
	id++
	if err := b.exec(ctx, `INSERT INTO cell (id, name, unit) VALUES ($1, $2, $3)`, id, name, unit); err != nil {
		return 0, fmt.Errorf("number the cell %s: %w", name, err)
	}
	b.cells[name] = id
	return id, nil
}

// cellIDs returns the numbers of all cells.
func cellIDs(ctx context.Context, tx queryer) (map[string]int64, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, name FROM cell`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		out[name] = id
	}
	return out, rows.Err()
}

// agency returns the number of an agency and gives it one where it has none.
func (b *batch) agency(ctx context.Context, a normalize.Agency) (id int64, err error) {
	if id, ok := b.agencies[a]; ok {
		return id, nil
	}
	const find = `SELECT id FROM agency WHERE name = $1 AND division = $2`
	err = b.scan(ctx, &id, find, a.Name, a.Division)
	if errors.Is(err, sql.ErrNoRows) {
		if id, err = b.next(ctx, &b.known.agency, "agency"); err == nil {
			err = b.exec(ctx, `INSERT INTO agency (id, name, division) VALUES ($1, $2, $3)`, id, a.Name, a.Division)
		}
	}
	if err == nil {
		b.agencies[a] = id
	}
	return id, err
}
