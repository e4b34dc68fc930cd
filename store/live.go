package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Selection chooses live reports and what is read of them.
type Selection struct {
	Years    []int    // all where empty
	Agencies []int64  // all where empty
	Cells    []string // all where nil, none where empty
}

// Live is a live report with the values that were asked for.
type Live struct {
	Report
	Values map[string]Value // by cell; a cell the report does not have is missing
	// Parts are the sources of the cells that were taken from a part of the report,
	// by cell.
	Parts map[string]string
}

// wholeAtOnce is how many agencies are read at a time where all cells are asked for,
// fewCells how many cells of all reports may be in memory at once.
const (
	wholeAtOnce = 64
	fewCells    = 50
)

// EachLive hands the chosen reports to visit by agency, then year, with their
// number and how many there are. All come from one state of the store. Only the
// cells asked for are kept, and where they are many only some reports at a time.
func (s *Store) EachLive(ctx context.Context, sel Selection, visit func(n, all int, l *Live) error) (err error) {
	defer wrap(&err, "read reports")
	tx, err := s.dialect.snapshot(ctx, s.read)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ignoreDone(tx.Rollback())) }() // nothing was written
	cells, err := cellNames(ctx, tx, sel.Cells)
	if err != nil {
		return err
	}
	agencies, err := selectedAgencies(ctx, tx, sel)
	if err != nil {
		return err
	}
	n, all := 0, 0
	where, args := sel.where(nil)
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM live l WHERE `+where, args...).Scan(&all); err != nil {
		return err
	}
	size := wholeAtOnce
	if sel.Cells != nil && len(sel.Cells) <= fewCells {
		size = max(size, len(agencies))
	}
	for some := range slices.Chunk(agencies, size) {
		reports, err := readLive(ctx, tx, sel, some, len(agencies), cells)
		if err != nil {
			return err
		}
		for _, l := range reports {
			if err := visit(n, all, l); err != nil {
				return err
			}
			n++
		}
	}
	return nil
}

// where is the condition for the chosen reports of live l, of these agencies where
// there are any.
func (sel Selection) where(agencies []Agency) (where string, args []any) {
	where = "true"
	if len(sel.Years) > 0 {
		where += " AND l.year IN (" + marks(&args, sel.Years) + ")"
	}
	if len(sel.Agencies) > 0 {
		where += " AND l.agency IN (" + marks(&args, sel.Agencies) + ")"
	}
	if len(agencies) > 0 {
		ids := make([]int64, len(agencies))
		for i, a := range agencies {
			ids[i] = a.ID
		}
		where += " AND l.agency IN (" + marks(&args, ids) + ")"
	}
	return where, args
}

// selectedAgencies returns the agencies of the chosen reports in order.
func selectedAgencies(ctx context.Context, tx *sql.Tx, sel Selection) (out []Agency, err error) {
	where, args := sel.where(nil)
	err = query(ctx, tx, `
		SELECT a.id, a.name, a.division FROM agency a
		WHERE a.id IN (SELECT l.agency FROM live l WHERE `+where+`) ORDER BY a.name, a.division`, args, func(rows *sql.Rows) error {
		var a Agency
		err := rows.Scan(&a.ID, &a.Name, &a.Division)
		out = append(out, a)
		return err
	})
	return out, err
}

// cellNames returns the names of cells at their numbers, of all where names is nil.
func cellNames(ctx context.Context, tx *sql.Tx, names []string) ([]string, error) {
	all, err := cellIDs(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []string
	for name, id := range all {
		if names != nil && !slices.Contains(names, name) {
			continue
		}
		for int64(len(out)) <= id {
			out = append(out, "")
		}
		out[id] = name
	}
	return out, nil
}

// readLive reads the chosen reports of some of all agencies, in order.
func readLive(ctx context.Context, tx *sql.Tx, sel Selection, some []Agency, all int, cells []string) ([]*Live, error) {
	at := make(map[int64]int, len(some))
	for i, a := range some {
		at[a.ID] = i
	}
	byAgency := make([][]*Live, len(some))
	var of []Agency // nil where the condition would name all
	if len(some) < all {
		of = some
	}
	where, args := sel.where(of)
	var joined []int64
	byID := map[int64]*Live{}
	err := query(ctx, tx, `
		SELECT l.agency, l.year, l.report, l.form, l.source, l.path, l.in_doubt, l.joined, l.cells,
			r.basis, r.media_type, r.pages, COALESCE(r.dated, ''), r.cells
		FROM live l JOIN report r ON r.id = l.report WHERE `+where+` ORDER BY l.agency, l.year`, args, func(rows *sql.Rows) error {
		l := &Live{Values: map[string]Value{}, Parts: map[string]string{}}
		var agency, parts int64
		var packed sql.RawBytes
		if err := rows.Scan(&agency, &l.Year, &l.ID, &l.Form, &l.Source, &l.Path, &l.InDoubt, &parts, &packed,
			&l.Basis, &l.MediaType, &l.Pages, &l.Dated, &l.Cells); err != nil {
			return err
		}
		i := at[agency]
		l.Agency, l.Live = some[i], true
		byAgency[i] = append(byAgency[i], l)
		if parts > 0 {
			joined = append(joined, l.ID)
			byID[l.ID] = l
		}
		return eachCell(packed, cells, func(name string, v Value) { l.Values[name] = v })
	})
	if err != nil {
		return nil, err
	}
	for ids := range slices.Chunk(joined, chunk) {
		if err := readParts(ctx, tx, ids, byID); err != nil {
			return nil, err
		}
	}
	return slices.Concat(byAgency...), nil
}

// chunk is how many reports a query may name.
const chunk = 256

// readParts says which cells are those of parts.
func readParts(ctx context.Context, tx *sql.Tx, ids []int64, byID map[int64]*Live) error {
	var args []any
	return query(ctx, tx, `
		SELECT j.report, c.name, r.source
		FROM twin_cell j JOIN cell c ON c.id = j.cell JOIN report r ON r.id = j.part
		WHERE j.report IN (`+marks(&args, ids)+`)`, args, func(rows *sql.Rows) error {
		var report int64
		var cell, source string
		if err := rows.Scan(&report, &cell, &source); err != nil {
			return err
		}
		l := byID[report]
		if _, ok := l.Values[cell]; ok {
			l.Parts[cell] = source
		}
		return nil
	})
}

// queryer is a database or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// query runs a query and hands its rows over.
func query(ctx context.Context, q queryer, text string, args []any, row func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, text, args...)
	return drain(rows, err, row)
}

// drain hands over the rows that a query gave.
func drain(rows *sql.Rows, err error, row func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// marks adds values to the arguments of a query and returns their placeholders.
func marks[T any](args *[]any, values []T) string {
	out := make([]string, len(values))
	for i, v := range values {
		*args = append(*args, v)
		out[i] = fmt.Sprintf("$%d", len(*args))
	}
	return strings.Join(out, ", ")
}

// Activated returns the versions of the steps whose outputs are live, by step.
func (s *Store) Activated(ctx context.Context) (_ map[string]string, err error) {
	defer wrap(&err, "read the versions of steps")
	rows, err := s.read.QueryContext(ctx, `SELECT step, version FROM activation`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var step, version string
		if err := rows.Scan(&step, &version); err != nil {
			return nil, err
		}
		out[step] = version
	}
	return out, rows.Err()
}
