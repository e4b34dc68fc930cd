package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nianbao/normalize"
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

// chunk is how many reports are read at a time.
const chunk = 256

// EachLive hands the chosen reports to visit by agency, then year, with their
// number and how many there are. All come from one state of the store. Only the
// cells asked for are read, and only some reports are in memory at a time.
func (s *Store) EachLive(ctx context.Context, sel Selection, visit func(n, all int, l *Live) error) (err error) {
	defer wrap(&err, "read reports")
	tx, err := s.dialect.snapshot(ctx, s.read)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ignoreDone(tx.Rollback())) }() // nothing was written
	ids, err := selected(ctx, tx, sel)
	if err != nil {
		return err
	}
	cells, err := namedCells(ctx, tx, sel.Cells)
	if err != nil {
		return err
	}
	n := 0
	for some := range slices.Chunk(ids, chunk) {
		reports, err := readLive(ctx, tx, some, cells)
		if err != nil {
			return err
		}
		for _, l := range reports {
			if err := visit(n, len(ids), l); err != nil {
				return err
			}
			n++
		}
	}
	return nil
}

// selected returns the ids of the chosen reports in order: all that is kept of
// reports not yet read.
func selected(ctx context.Context, tx *sql.Tx, sel Selection) ([]int64, error) {
	var args []any
	where := "true"
	if len(sel.Years) > 0 {
		where += " AND l.year IN (" + marks(&args, sel.Years) + ")"
	}
	if len(sel.Agencies) > 0 {
		where += " AND l.agency IN (" + marks(&args, sel.Agencies) + ")"
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT l.id FROM live_report l JOIN agency a ON a.id = l.agency
		WHERE `+where+` ORDER BY a.name, a.division, l.year`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// namedCells returns the names of cells by number, of all where names is nil.
func namedCells(ctx context.Context, tx *sql.Tx, names []string) (map[int64]string, error) {
	all, err := cellIDs(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := map[int64]string{}
	for name, id := range all {
		if names == nil || slices.Contains(names, name) {
			out[id] = name
		}
	}
	return out, nil
}

func readLive(ctx context.Context, tx *sql.Tx, ids []int64, cells map[int64]string) ([]*Live, error) {
	byID := map[int64]*Live{}
	var args []any
	in := marks(&args, ids)
	err := query(ctx, tx, `SELECT`+liveColumns+`
		FROM report r JOIN agency a ON a.id = r.agency WHERE r.id IN (`+in+`)`, args, func(rows *sql.Rows) error {
		r, err := scanReport(rows)
		if err != nil {
			return err
		}
		byID[r.ID] = &Live{Report: r, Values: map[string]Value{}, Parts: map[string]string{}}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]*Live, len(ids))
	for i, id := range ids {
		if out[i] = byID[id]; out[i] == nil {
			return nil, fmt.Errorf("report %d is live and not there", id)
		}
	}
	if len(cells) == 0 {
		return out, nil
	}
	wanted := make([]int64, 0, len(cells))
	for id := range cells {
		wanted = append(wanted, id)
	}
	slices.Sort(wanted)
	where := ` IN (` + in + `) AND %s IN (` + marks(&args, wanted) + `)`
	err = query(ctx, tx, `
		SELECT o.report, o.cell, o.value, o.flags, w.value
		FROM observation o LEFT JOIN observation_wide w ON w.report = o.report AND w.cell = o.cell
		WHERE o.report`+fmt.Sprintf(where, "o.cell"), args, func(rows *sql.Rows) error {
		_, err := scanValue(rows, byID, cells)
		return err
	})
	if err != nil {
		return nil, err
	}
	// What twins say against them, and what parts put in their place: as in Values.
	err = query(ctx, tx, `SELECT d.report, d.cell FROM twin_doubt d WHERE d.report`+fmt.Sprintf(where, "d.cell"), args, func(rows *sql.Rows) error {
		var report, cell int64
		if err := rows.Scan(&report, &cell); err != nil {
			return err
		}
		if v, ok := byID[report].Values[cells[cell]]; ok {
			v.Status = normalize.Review
			byID[report].Values[cells[cell]] = v
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, query(ctx, tx, `
		SELECT j.report, j.cell, p.value, p.flags, w.value, r.source
		FROM twin_cell j JOIN observation p ON p.report = j.part AND p.cell = j.cell JOIN report r ON r.id = j.part
		LEFT JOIN observation_wide w ON w.report = p.report AND w.cell = p.cell
		WHERE j.report`+fmt.Sprintf(where, "j.cell"), args, func(rows *sql.Rows) error {
		var source string
		at, err := scanValue(rows, byID, cells, &source)
		if err == nil {
			at.report.Parts[at.cell] = source
		}
		return err
	})
}

// liveCell is a cell of a report.
type liveCell struct {
	report *Live
	cell   string
}

// scanValue puts the value of a row (report, cell, value, flags, long value, and
// more) into its report.
func scanValue(rows *sql.Rows, byID map[int64]*Live, cells map[int64]string, more ...any) (liveCell, error) {
	var report, cell int64
	var value *int64
	var flags int
	var wide *string
	if err := rows.Scan(append([]any{&report, &cell, &value, &flags, &wide}, more...)...); err != nil {
		return liveCell{}, err
	}
	at := liveCell{byID[report], cells[cell]}
	v, err := unpack(value, flags, wide)
	if err != nil {
		return at, fmt.Errorf("cell %s: %w", at.cell, err)
	}
	at.report.Values[at.cell] = v
	return at, nil
}

// liveColumns are reportColumns of reports that are known to be live.
var liveColumns = strings.Replace(reportColumns,
	"r.id IN (SELECT l.id FROM live_report l WHERE l.agency = r.agency AND l.year = r.year)", "true", 1)

// query runs a query and hands its rows over.
func query(ctx context.Context, tx *sql.Tx, text string, args []any, row func(*sql.Rows) error) error {
	rows, err := tx.QueryContext(ctx, text, args...)
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
