package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/review"
)

// reviewMark stands between the version of normalize and the number of the newest
// correction that an output was made with.
const reviewMark = "+review:"

// Reviewed is the version under which normalize's outputs are kept for files whose
// newest correction is last; 0 means that there is none.
func (v Versions) Reviewed(last int64) string {
	if last == 0 {
		return v.Normalize
	}
	return fmt.Sprint(v.Normalize, reviewMark, last)
}

// Correct adds corrections, those of files that are not stored included, and
// returns the ones that were not known yet. Nothing that was said is ever changed;
// what counts of it is package review's to say. The rows of the files that they are
// about are to be made anew.
func (s *Store) Correct(ctx context.Context, cs []review.Correction) (added []review.Correction, err error) {
	for i := range cs {
		if err := cs[i].Check(); err != nil {
			return nil, fmt.Errorf("correct %s: %w", cs[i].Cell, err)
		}
	}
	err = s.batch(ctx, func(b *batch) error {
		for i := range cs {
			isNew, err := b.correct(ctx, &cs[i])
			if err != nil {
				return fmt.Errorf("correct %s of %s: %w", cs[i].Cell, cs[i].Source, err)
			}
			if isNew {
				added = append(added, cs[i])
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

func (b *batch) correct(ctx context.Context, c *review.Correction) (isNew bool, err error) {
	key := c.Key()
	var known int
	if err := b.scan(ctx, &known, `SELECT COUNT(*) FROM correction WHERE key = $1`, key); err != nil || known > 0 {
		return false, err
	}
	var says, value, text any
	if c.Says != nil {
		says, value, text = string(c.Says.State), digits(c.Says.Number), null(c.Says.Text)
	}
	return true, b.exec(ctx, `
		INSERT INTO correction (id, key, source, cell, says, value, read_text, read_state, read_value, reason, person, made, replaces, text)
		SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM correction`,
		key, c.Source, c.Cell, says, value, c.Read.Text, string(c.Read.State), digits(c.Read.Number),
		c.Reason, c.By, c.At, strings.Join(c.Replaces, " "), text)
}

// digits stores a number as text, none as NULL.
func digits(d *decimal.Decimal) any {
	if d == nil {
		return nil
	}
	return d.String()
}

// Corrections returns what people said of the cells and fields of one file, of all files where
// source is empty, in the order in which it came, and the number of the newest, 0
// where there is none.
func (s *Store) Corrections(ctx context.Context, source string) (out []review.Correction, last int64, err error) {
	defer wrap(&err, "read corrections")
	query, args := `SELECT id, source, cell, says, value, read_text, read_state, read_value, reason, person, made, replaces, COALESCE(text, '') FROM correction`, []any{}
	if source != "" {
		query, args = query+` WHERE source = $1`, []any{source}
	}
	rows, err := s.read.QueryContext(ctx, query+` ORDER BY id`, args...)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var c review.Correction
		var says, value, read sql.NullString
		var replaces, text string
		if err := rows.Scan(&last, &c.Source, &c.Cell, &says, &value, &c.Read.Text, &c.Read.State, &read, &c.Reason, &c.By, &c.At, &replaces, &text); err != nil {
			return nil, 0, err
		}
		c.Replaces = strings.Fields(replaces)
		if c.Read.Number, err = parsed(read); err == nil && says.Valid {
			c.Says = &review.Value{State: normalize.State(says.String), Text: text}
			c.Says.Number, err = parsed(value)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("correction %d: %w", last, err)
		}
		out = append(out, c)
	}
	return out, last, rows.Err()
}

// EachDoubt hands on the findings of the chosen live reports in which something is in
// doubt, or of which people said something, those of a report together.
func (s *Store) EachDoubt(ctx context.Context, sel Selection, each func(report int64, f normalize.Finding)) (err error) {
	defer wrap(&err, "list findings of reports in doubt")
	where, args := sel.where(nil)
	return query(ctx, s.read, `
		SELECT f.report, f.rule, f.severity, f.cells, f.message
		FROM live l JOIN findings f ON f.report = l.report
		WHERE (l.in_doubt > 0 OR l.source IN (SELECT source FROM correction)) AND `+where+`
		ORDER BY f.report, f.rule, f.cells, f.message`, args, func(rows *sql.Rows) error {
		var report int64
		var f normalize.Finding
		var cells string
		err := rows.Scan(&report, &f.Rule, &f.Severity, &cells, &f.Message)
		f.IDs = strings.Fields(cells)
		each(report, f)
		return err
	})
}

// FieldDoubt is a report whose agency, year or form is in doubt.
type FieldDoubt struct {
	Report
	Findings []normalize.Finding // that name one of them
}

// FieldDoubts returns the reports that lack their agency or year, twins left away, and
// the live ones of which a finding doubts one of their fields.
func (s *Store) FieldDoubts(ctx context.Context) (out []FieldDoubt, err error) {
	defer wrap(&err, "list the reports whose agency, year or form is in doubt")
	const unplaced = `r.form IS NOT NULL AND (r.agency IS NULL OR r.year IS NULL) AND NOT EXISTS (SELECT 1 FROM twin t WHERE t.report = r.id)`
	var args []any
	doubting := `(f.rule IN (` + marks(&args, normalize.FieldDoubts) + `)
		OR f.rule IN ('` + review.Changed + `', '` + review.Differ + `') AND f.ids IN (` + marks(&args, normalize.Fields) + `))`
	missing := `f.rule IN ('agency_missing', 'year_missing')`
	found := map[int64][]normalize.Finding{}
	err = query(ctx, s.read, `
		SELECT f.report, f.rule, f.severity, f.ids, f.message
		FROM finding f JOIN report r ON r.id = f.report
		WHERE `+doubting+` AND EXISTS (SELECT 1 FROM live l WHERE l.report = f.report) OR (`+doubting+` OR `+missing+`) AND `+unplaced+`
		ORDER BY f.report, f.seq`, args, func(rows *sql.Rows) error {
		var report int64
		var f normalize.Finding
		var ids string
		err := rows.Scan(&report, &f.Rule, &f.Severity, &ids, &f.Message)
		f.IDs = strings.Fields(ids)
		found[report] = append(found[report], f)
		return err
	})
	if err != nil {
		return nil, err
	}
	reports, err := s.reports(ctx, unplaced, nil)
	if err != nil {
		return nil, err
	}
	for _, r := range reports {
		out = append(out, FieldDoubt{r, found[r.ID]})
		delete(found, r.ID)
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(found)), chunk) {
		var args []any
		reports, err := s.reports(ctx, `r.id IN (`+marks(&args, some)+`)`, args)
		if err != nil {
			return nil, err
		}
		for _, r := range reports {
			out = append(out, FieldDoubt{r, found[r.ID]})
		}
	}
	return out, nil
}

func parsed(s sql.NullString) (*decimal.Decimal, error) {
	if !s.Valid {
		return nil, nil
	}
	d, err := decimal.NewFromString(s.String)
	return &d, err
}
