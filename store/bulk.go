package store

import (
	"context"
	"fmt"
	"strings"
)

// EachValue hands on the values of the named cells of all reports, in no order.
// A cell that a report does not have is passed over.
func (s *Store) EachValue(ctx context.Context, cells []string, each func(report int64, cell string, v Value)) (err error) {
	defer wrap(&err, "read values of all reports")
	if len(cells) == 0 {
		return nil
	}
	marks, args := make([]string, len(cells)), make([]any, len(cells))
	for i, c := range cells {
		args[i], marks[i] = c, fmt.Sprintf("$%d", i+1)
	}
	rows, err := s.read.QueryContext(ctx, `
		SELECT o.report, c.name, o.value, o.flags, w.value
		FROM report r CROSS JOIN cell c
		JOIN observation o ON o.report = r.id AND o.cell = c.id
		LEFT JOIN observation_wide w ON w.report = o.report AND w.cell = o.cell
		WHERE r.form IS NOT NULL AND c.name IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var report int64
		var name string
		var value *int64
		var flags int
		var wide *string
		if err := rows.Scan(&report, &name, &value, &flags, &wide); err != nil {
			return err
		}
		v, err := unpack(value, flags, wide)
		if err != nil {
			return fmt.Errorf("cell %s: %w", name, err)
		}
		each(report, name, v)
	}
	return rows.Err()
}

// Paths returns where the bytes of a source were seen, the first place first.
func (s *Store) Paths(ctx context.Context, source string) (_ []string, err error) {
	defer wrap(&err, "list where a source was seen")
	rows, err := s.read.QueryContext(ctx, `SELECT path FROM sighting WHERE source = $1 GROUP BY path ORDER BY MIN(id)`, source)
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
