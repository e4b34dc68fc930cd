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
	names := strings.Join(marks, ", ")
	// As values does for one report: cells of parts take the place of those that
	// are not there, and what twins say differently is under review.
	rows, err := s.read.QueryContext(ctx, `
		SELECT r.id, c.name, o.value, o.flags, w.value, d.cell IS NOT NULL
		FROM report r CROSS JOIN cell c
		LEFT JOIN twin_cell j ON j.report = r.id AND j.cell = c.id
		JOIN observation o ON o.report = COALESCE(j.part, r.id) AND o.cell = c.id
		LEFT JOIN twin_doubt d ON d.report = o.report AND d.cell = o.cell
		LEFT JOIN observation_wide w ON w.report = o.report AND w.cell = o.cell
		WHERE r.form IS NOT NULL AND c.name IN (`+names+`)`, args...)
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
		var doubted bool
		if err := rows.Scan(&report, &name, &value, &flags, &wide, &doubted); err != nil {
			return err
		}
		if doubted {
			flags |= flagReview
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
