package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
)

// agencyYear is a place that at most one report is live for.
type agencyYear struct {
	agency int64
	year   int
}

// Whoever changes what the live report of a place rests on touches the place, before
// and after where the change may move reports to other places: the views placed and
// candidate say what that is. batch makes the touched places anew at its end.

// touch marks the places that query gives: rows of agency and year.
func (b *batch) touch(ctx context.Context, query string, args ...any) error {
	err := b.query(ctx, query, args, func(rows *sql.Rows) error {
		var p agencyYear
		err := rows.Scan(&p.agency, &p.year)
		b.touched[p] = true
		return err
	})
	if err != nil {
		return fmt.Errorf("find the reports that this changes: %w", err)
	}
	return nil
}

// touchReport marks the place of a report and those of its twins and parts.
func (b *batch) touchReport(ctx context.Context, report int64) error {
	return b.touch(ctx, `
		SELECT agency, year FROM placed WHERE report = $1
		UNION SELECT p.agency, p.year FROM twin t JOIN placed p ON p.report = t.chosen WHERE t.report = $1
		UNION SELECT p.agency, p.year FROM twin t JOIN placed p ON p.report = t.report WHERE t.chosen = $1`, report)
}

// touchSource marks the place of the report of a source, and of the reports in it
// where it is an archive.
func (b *batch) touchSource(ctx context.Context, source string) error {
	return b.touch(ctx, `
		SELECT agency, year FROM placed WHERE source = $1
		UNION SELECT p.agency, p.year FROM member m JOIN placed p ON p.source = m.source WHERE m.archive = $1`, source)
}

// refresh makes the rows of touched places anew.
func (b *batch) refresh(ctx context.Context) (err error) {
	defer wrap(&err, "find the live reports")
	places := slices.SortedFunc(maps.Keys(b.touched), func(p, q agencyYear) int {
		return cmp.Or(cmp.Compare(p.agency, q.agency), cmp.Compare(p.year, q.year))
	})
	clear(b.touched)
	// A report that moved must be gone from one place before it is put in another.
	for _, p := range places {
		if err := b.exec(ctx, `DELETE FROM live WHERE agency = $1 AND year = $2`, p.agency, p.year); err != nil {
			return err
		}
	}
	for _, p := range places {
		if err := b.enliven(ctx, p); err != nil {
			return err
		}
	}
	clear(b.stored)
	return nil
}

var findCandidate = `
	SELECT c.report, r.form, r.source, ` + pathOf("r.source") + `
	FROM candidate c JOIN report r ON r.id = c.report
	WHERE c.agency = $1 AND c.year = $2 AND c.newest IS NOT NULL
	ORDER BY c.newest DESC, c.report DESC LIMIT 1`

// enliven puts the candidate of a place that was seen last there, if there is one.
func (b *batch) enliven(ctx context.Context, p agencyYear) error {
	var report int64
	var form, source, path string
	err := b.query(ctx, findCandidate, []any{p.agency, p.year}, func(rows *sql.Rows) error {
		return rows.Scan(&report, &form, &source, &path)
	})
	if err != nil || report == 0 {
		return err
	}
	said, ok := b.stored[report]
	if !ok {
		if said, err = cellsOf(ctx, b.tx, report, nil); err != nil {
			return err
		}
	}
	inDoubt, joined := 0, 0
	for i := range said {
		if said[i].flags&flagReview != 0 {
			inDoubt++
		}
		if said[i].part != 0 {
			joined++
		}
	}
	return b.exec(ctx,
		`INSERT INTO live (agency, year, report, form, source, path, in_doubt, joined, cells) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.agency, p.year, report, form, source, path, inDoubt, joined, said.encode())
}

// rebuild makes all rows of live anew.
func (b *batch) rebuild(ctx context.Context) error {
	if err := b.exec(ctx, `DELETE FROM live`); err != nil {
		return err
	}
	if err := b.touch(ctx, `SELECT DISTINCT agency, year FROM placed`); err != nil {
		return err
	}
	return b.refresh(ctx)
}

// complete makes the live reports where a migration left none.
func (s *Store) complete(ctx context.Context) error {
	var missing bool
	err := s.write.QueryRowContext(ctx, `
		SELECT NOT EXISTS (SELECT 1 FROM live) AND EXISTS (SELECT 1 FROM candidate WHERE newest IS NOT NULL)`).Scan(&missing)
	if err == nil && missing {
		err = s.batch(ctx, func(b *batch) error { return b.rebuild(ctx) })
	}
	if err != nil {
		return fmt.Errorf("make the live reports: %w", err)
	}
	return nil
}
