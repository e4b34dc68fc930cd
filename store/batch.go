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

// batch is one writing transaction. It keeps what it prepared and looked up, and
// ends with making anew the live reports that it touched.
type batch struct {
	s          *Store
	tx         *sql.Tx
	statements map[string]*sql.Stmt
	cells      map[string]int64 // found or made in this transaction
	agencies   map[normalize.Agency]int64
	touched    map[agencyYear]bool
	stored     map[int64]cells // of reports stored in this transaction
}

// tx runs f in a writing transaction.
func (s *Store) tx(ctx context.Context, f func(*sql.Tx) error) error {
	return s.batch(ctx, func(b *batch) error { return f(b.tx) })
}

// batch runs f in a writing transaction.
func (s *Store) batch(ctx context.Context, f func(*batch) error) error {
	tx, err := s.dialect.begin(ctx, s.write)
	if err != nil {
		return err
	}
	b := &batch{
		s: s, tx: tx, statements: map[string]*sql.Stmt{}, cells: map[string]int64{}, agencies: map[normalize.Agency]int64{},
		touched: map[agencyYear]bool{}, stored: map[int64]cells{},
	}
	if err = f(b); err == nil {
		err = b.refresh(ctx)
	}
	if err != nil {
		// The driver may say first that the transaction, which ended with ctx, is over.
		return errors.Join(ctx.Err(), err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return err
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

// prepared returns the statement of a query, nil where the driver prepares it.
// It ends with the transaction.
func (b *batch) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if !b.s.dialect.prepares() {
		return nil, nil
	}
	if s := b.statements[query]; s != nil {
		return s, nil
	}
	s, err := b.tx.PrepareContext(ctx, query)
	if err == nil {
		b.statements[query] = s
	}
	return s, err
}

func (b *batch) exec(ctx context.Context, query string, args ...any) error {
	clean(args)
	s, err := b.prepared(ctx, query)
	if err != nil {
		return err
	}
	if s == nil {
		_, err = b.tx.ExecContext(ctx, query, args...)
	} else {
		_, err = s.ExecContext(ctx, args...)
	}
	return err
}

// scan reads the one row that query gives into dest.
func (b *batch) scan(ctx context.Context, dest any, query string, args ...any) error {
	clean(args)
	s, err := b.prepared(ctx, query)
	if err != nil {
		return err
	}
	if s == nil {
		return b.tx.QueryRowContext(ctx, query, args...).Scan(dest)
	}
	return s.QueryRowContext(ctx, args...).Scan(dest)
}

// query runs a query and hands its rows over.
func (b *batch) query(ctx context.Context, text string, args []any, row func(*sql.Rows) error) error {
	clean(args)
	s, err := b.prepared(ctx, text)
	if err != nil {
		return err
	}
	if s == nil {
		return query(ctx, b.tx, text, args, row)
	}
	rows, err := s.QueryContext(ctx, args...)
	return drain(rows, err, row)
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
		if err = b.scan(ctx, &id, `SELECT COALESCE(MAX(id), 0) + 1 FROM agency`); err == nil {
			err = b.exec(ctx, `INSERT INTO agency (id, name, division) VALUES ($1, $2, $3)`, id, a.Name, a.Division)
		}
	}
	if err == nil {
		b.agencies[a] = id
	}
	return id, err
}
