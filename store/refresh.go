package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	for some := range slices.Chunk(places, chunk) {
		if err := b.enliven(ctx, some); err != nil {
			return err
		}
	}
	clear(b.stored)
	return nil
}

// enliven puts the candidate of each place that was seen last there, if there is one.
func (b *batch) enliven(ctx context.Context, places []agencyYear) error {
	var args []any
	wanted := make([]string, len(places))
	for i, p := range places {
		args = append(args, p.agency, p.year)
		wanted[i] = fmt.Sprintf("(CAST($%d AS INTEGER), CAST($%d AS INTEGER))", 2*i+1, 2*i+2)
	}
	type found struct {
		agencyYear
		report                       int64
		form, source, reviewed, path string
	}
	var live []found
	// CROSS JOIN has SQLite look the places up: else it may pass over all reports in
	// their order, to save the sorting.
	err := b.query(ctx, `
		WITH wanted (agency, year) AS (VALUES `+strings.Join(wanted, ", ")+`)
		SELECT c.agency, c.year, c.report, r.form, r.source, r.reviewed, `+pathOf("r.source")+`
		FROM wanted w CROSS JOIN candidate c JOIN report r ON r.id = c.report
		WHERE c.agency = w.agency AND c.year = w.year AND c.newest IS NOT NULL
		ORDER BY c.agency, c.year, c.newest DESC, c.report DESC`, args, func(rows *sql.Rows) error {
		var f found
		err := rows.Scan(&f.agency, &f.year, &f.report, &f.form, &f.source, &f.reviewed, &f.path)
		if n := len(live); n == 0 || live[n-1].agencyYear != f.agencyYear {
			live = append(live, f)
		}
		return err
	})
	if err != nil || len(live) == 0 {
		return err
	}
	reports := make([]int64, len(live))
	for i := range live {
		reports[i] = live[i].report
	}
	said, err := b.said(ctx, reports)
	if err != nil {
		return err
	}
	for i := range live {
		f, r := &live[i], said[live[i].report]
		if err := b.exec(ctx,
			`INSERT INTO live (agency, year, report, form, source, path, in_doubt, joined, cells, reviewed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			f.agency, f.year, f.report, f.form, f.source, f.path, r.inDoubt, r.joined, r.cells, f.reviewed); err != nil {
			return err
		}
	}
	return nil
}

// said returns what reports say, with their twins and parts.
func (b *batch) said(ctx context.Context, reports []int64) (map[int64]ready, error) {
	out := make(map[int64]ready, len(reports))
	var args []any
	in := marks(&args, reports)
	err := b.query(ctx, `SELECT report FROM twin_cell WHERE report IN (`+in+`) UNION SELECT report FROM twin_doubt WHERE report IN (`+in+`)`, args, func(rows *sql.Rows) error {
		var report int64
		err := rows.Scan(&report)
		out[report] = ready{}
		return err
	})
	if err != nil {
		return nil, err
	}
	for report := range out {
		all, err := cellsOf(ctx, b.tx, report, nil)
		if err != nil {
			return nil, err
		}
		out[report] = all.ready()
	}
	var others []int64
	for _, report := range reports {
		if _, ok := out[report]; ok {
			continue
		}
		if r, ok := b.stored[report]; ok {
			out[report] = r
		} else {
			out[report] = cells(nil).ready() // it may have none
			others = append(others, report)
		}
	}
	if len(others) == 0 {
		return out, nil
	}
	return out, ownCellsOf(ctx, b.tx, others, func(report int64, cs cells) { out[report] = cs.ready() })
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
