package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// EachValue hands on the values of the named cells of all reports, in no order.
// A cell that a report does not have is passed over.
func (s *Store) EachValue(ctx context.Context, cells []string, each func(report int64, cell string, v Value)) (err error) {
	defer wrap(&err, "read values of all reports")
	if len(cells) == 0 {
		return nil
	}
	txs, err := s.dialect.snapshots(ctx, s.read, 1)
	if err != nil {
		return err
	}
	tx := txs[0]
	defer func() { err = errors.Join(err, rollback(txs)) }() // nothing was written
	wanted, err := wantedCells(ctx, tx, cells)
	if err != nil {
		return err
	}
	var report int64
	var packed sql.RawBytes
	err = query(ctx, tx, `SELECT report, cells FROM live`, nil, func(rows *sql.Rows) error {
		if err := rows.Scan(&report, &packed); err != nil {
			return err
		}
		return eachCell(packed, wanted, func(name string, v Value) { each(report, name, v) })
	})
	if err != nil {
		return err
	}
	var others []int64
	err = query(ctx, tx, `
		SELECT r.id FROM report r WHERE r.form IS NOT NULL AND NOT EXISTS (SELECT 1 FROM live l WHERE l.report = r.id)`, nil, func(rows *sql.Rows) error {
		err := rows.Scan(&report)
		others = append(others, report)
		return err
	})
	if err != nil {
		return err
	}
	for _, report := range others {
		said, err := cellsOf(ctx, tx, report, cells)
		if err != nil {
			return err
		}
		values, err := said.values()
		if err != nil {
			return fmt.Errorf("report %d: %w", report, err)
		}
		for name, v := range values {
			each(report, name, v)
		}
	}
	return nil
}

// Paths returns where the bytes of a source were seen, the first place first.
func (s *Store) Paths(ctx context.Context, source string) (_ []string, err error) {
	defer wrap(&err, "list where a source was seen")
	rows, err := s.read.QueryContext(ctx, `
		SELECT path FROM (
			SELECT g.id, g.path FROM sighting g WHERE g.source = $1
			UNION ALL
			SELECT g.id, g.path || '!/' || m.name FROM member m JOIN sighting g ON g.source = m.archive WHERE m.source = $1
		) own_or_archive GROUP BY path ORDER BY MIN(id), path`, source)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var p string
		if err := rows.Scan(&p); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}
